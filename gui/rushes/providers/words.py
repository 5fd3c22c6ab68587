"""The status words of all dialects and what they mean (contract, canonical status map)."""

from collections.abc import Mapping

from rushes.core.task import Status
from rushes.providers.values import word

_MEANING: Mapping[str, Status] = {
    said: status
    for status, words in {
        Status.QUEUED: (
            *("queued", "pending", "submitted", "not_start", "creating", "created"),
            *("in_queue", "queueing"),
        ),
        Status.RUNNING: ("running", "in_progress", "processing", "generating", "preparing"),
        Status.SUCCEEDED: ("succeeded", "success", "completed", "succeed", "done"),
        Status.FAILED: ("failed", "failure", "error", "fail"),
        Status.CANCELLED: ("cancelled", "canceled", "cancel"),
        Status.EXPIRED: ("expired", "timeout"),
    }.items()
    for said in words
}


def meaning(said: object) -> Status:
    """The canonical status of a raw word; any word not in the map is UNKNOWN, never terminal."""
    return _MEANING.get((word(said) or "").casefold(), Status.UNKNOWN)
