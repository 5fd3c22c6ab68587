"""Where each dialect is asked about a task, and what the paths of all of them have in common."""

import re
from urllib.parse import quote, urlsplit

from rushes.core.wire import Request

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
    branches under one host that differ before it (".../api/plan/v3").
    """
    version = prefix[prefix.rindex("/") :]
    return rest if base_path.rstrip("/").endswith(version) else prefix + rest


def ark_tasks(base_path: str) -> str:
    """The collection that Ark's single and list calls share."""
    return below(base_path, "/api/v3", "/contents/generations/tasks")


def ark_one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """The id stands in the path, although Ark's documents call it a query parameter."""
    return (Request(f"{ark_tasks(base_path)}/{segment(task_id)}"),)


def ark_cancel(base_path: str, task_id: str) -> Request:
    """Cancels a queued task; on one that ended it erases the record for good."""
    return Request(f"{ark_tasks(base_path)}/{segment(task_id)}", method="DELETE")


def rong_one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """Rong API (contract 2): Ark's route below a branch of its own."""
    rest = f"/contents/generations/tasks/{segment(task_id)}"
    return (Request(below(base_path, "/llm/v1", rest)),)


def new_api_one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """AnyFast and its like (contract 3.2)."""
    return (Request(below(base_path, "/v1", f"/video/generations/{segment(task_id)}")),)


def openai_one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """The second route of the same gateways, and the only one of others."""
    return (Request(below(base_path, "/v1", f"/videos/{segment(task_id)}")),)


def jimeng_one(base_path: str, task_id: str) -> tuple[Request, ...]:
    """Jimeng gateways (contract 3.3). Asking costs nothing."""
    del base_path  # nothing to adapt: the path has no version
    return (Request(f"/jimeng/fetch/{segment(task_id)}"),)


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
