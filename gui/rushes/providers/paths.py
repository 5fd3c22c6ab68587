"""Builds the request paths that all dialects share the rules of."""

from urllib.parse import quote


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
