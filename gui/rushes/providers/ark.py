"""Volcengine Ark and BytePlus ModelArk, one task at a time (contract 1).

The answer is the bare task object. The id stands in the path, although the documents call it a
query parameter; the services' own SDKs do the same.
"""

from rushes.core.wire import Request
from rushes.providers.paths import ark_tasks, segment


def one(base_path: str, task_id: str) -> tuple[Request, ...]:
    return (Request(f"{ark_tasks(base_path)}/{segment(task_id)}"),)


def cancel(base_path: str, task_id: str) -> Request:
    """Cancels a queued task; on one that ended it erases the record for good."""
    return Request(f"{ark_tasks(base_path)}/{segment(task_id)}", method="DELETE")
