"""The standing views of the sidebar: which tasks belong to which."""

import enum

from rushes.core.task import ArtifactState, Status, Task

#: From here on an unsaved file counts as expiring (seconds before its link ends).
EXPIRING_S = 6 * 3600.0
#: From here on it is urgent.
URGENT_S = 2 * 3600.0


class View(enum.Enum):
    ALL = "all"
    RUNNING = "running"
    EXPIRING = "expiring"
    UNSAVED = "unsaved"
    FAILED = "failed"


def is_in_view(task: Task, view: View, now: float) -> bool:
    """Whether `task` is shown in `view` at the time `now` (Unix seconds)."""
    match view:
        case View.ALL:
            return True
        case View.RUNNING:
            return task.is_live
        case View.EXPIRING:
            return is_expiring(task, now)
        case View.UNSAVED:
            return task.kept not in (None, ArtifactState.SAVED)
        case View.FAILED:
            return task.status in (Status.FAILED, Status.EXPIRED)


def is_expiring(task: Task, now: float, within_s: float = EXPIRING_S) -> bool:
    """Whether a file that is not on disk can be fetched now but not much longer."""
    deadline = task.deadline
    return deadline is not None and now < deadline <= now + within_s
