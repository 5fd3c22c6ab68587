"""Jimeng gateways (contract 3.3): two stacked gateways, so an envelope in an envelope.

Asking costs nothing. The documents' schema and example disagree; both shapes are read.
"""

from rushes.core.wire import Request
from rushes.providers.paths import segment


def one(base_path: str, task_id: str) -> tuple[Request, ...]:
    del base_path  # nothing to adapt: the path has no version
    return (Request(f"/jimeng/fetch/{segment(task_id)}"),)
