"""Rong API (RongCloud), one task at a time (contract 2).

The fields are a subset of Ark's. Errors are undocumented: Ark's, RongCloud's own
`{code: int, errorMessage}`, a gateway's and HTML are all read by the shared readers.
"""

from rushes.core.wire import Request
from rushes.providers.paths import below, segment


def one(base_path: str, task_id: str) -> tuple[Request, ...]:
    rest = f"/contents/generations/tasks/{segment(task_id)}"
    return (Request(below(base_path, "/llm/v1", rest)),)
