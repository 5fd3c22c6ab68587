"""Builds the request paths that all dialects share the rules of."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from rushes.core.wire import Request

#: Where Ark answers for its tasks: the branch, and the collection of tasks below it.
ARK_ROUTE = ("/api/v3", "/contents/generations/tasks")

#: The route of a task beside which the one to its bytes stands, below whatever prefix.
_OPENAI_ROUTE = re.compile(r"(.*)/videos/[^/]+")


def segment(task_id: str) -> str:
    """A task id as exactly one path segment, whatever it is made of.

    Raises:
        ValueError: an empty id: the path would mean all tasks.
    """
    if not task_id:
        raise ValueError("a task id cannot be empty")
    if not task_id.strip("."):
        return task_id.replace(".", "%2E")  # "." and ".." would walk the path
    return quote(task_id, safe="", errors="replace")


def below(base_path: str, prefix: str, rest: str) -> str:
    """`prefix` + `rest`; only `rest` where the base path ends with the prefix's version.

    People paste bases with the version in them (".../v1"), and some services have several
    branches under one host that differ before it (".../api/plan/v3"). An empty prefix changes
    nothing.
    """
    version = prefix[prefix.rfind("/") :]
    return rest if base_path.rstrip("/").endswith(version) else prefix + rest


def task_at(prefix: str, route: str) -> Callable[[str, str], tuple[Request, ...]]:
    """The one request for a task (`Provider.one`): its id stands at the end of a route.

    Args:
        prefix: The branch with the version, as `below` takes it; "" where there is none.
        route: What stands between it and the id.
    """

    def one(base_path: str, task_id: str) -> tuple[Request, ...]:
        return (Request(below(base_path, prefix, f"{route}/{segment(task_id)}")),)

    return one


def absolute(link: str, base_url: str, route: str) -> str:
    """Where a link that is only a path leads to: a gateway's own route to the bytes of a task
    stands beside the route of the task, everything else below the root of its address.

    Args:
        route: The path, below the base URL, at which the task was answered for.
    """
    if not link.startswith("/"):
        return link
    parts = urlsplit(base_url)
    if not link.startswith("/v1/"):
        return f"{parts.scheme}://{parts.netloc}{link}"
    rest = link.removeprefix("/v1")
    beside = _OPENAI_ROUTE.fullmatch(route)
    return base_url + (beside[1] + rest if beside else below(parts.path, "/v1", rest))
