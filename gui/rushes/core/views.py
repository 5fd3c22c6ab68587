"""The standing views of the sidebar: which tasks belong to which."""

import enum
from typing import Final

from rushes.core.conditions import AllOf, AnyOf, Compares, Condition, IsOneOf, Not
from rushes.core.task import ArtifactState, Status

#: From here on an unsaved file counts as expiring (seconds before its link ends).
EXPIRING_S = 6 * 3600.0
#: From here on it is urgent.
URGENT_S = 2 * 3600.0

#: How a task ends that did not succeed and that nobody cancelled.
FAILURES: Final = (Status.FAILED, Status.EXPIRED)
#: Ends that a user has looked at or not.
WORTH_SEEING: Final = (Status.SUCCEEDED, *FAILURES)


class View(enum.Enum):
    ALL = "all"
    RUNNING = "running"
    EXPIRING = "expiring"
    UNSAVED = "unsaved"
    FAILED = "failed"


#: What could still get lost: a file that is not on disk, or a link that has not come yet. Any other
#: task without files is neither saved nor unsaved.
UNSAVED: Final = AnyOf(
    (Not(IsOneOf("kept", (None, ArtifactState.SAVED))), IsOneOf("awaits_link", (True,)))
)
FAILED: Final = IsOneOf("status", FAILURES)
RUNNING: Final = IsOneOf("live", (True,))


def in_view(view: View, now: float) -> Condition:
    """What is true of the tasks that `view` shows at the time `now` (Unix seconds)."""
    match view:
        case View.ALL:
            return AllOf(())
        case View.RUNNING:
            return RUNNING
        case View.EXPIRING:
            return expiring(now)
        case View.UNSAVED:
            return UNSAVED
        case View.FAILED:
            return FAILED


def expiring(now: float, within_s: float = EXPIRING_S) -> Condition:
    """A file that is not on disk can be fetched now but not much longer."""
    return AllOf((Compares("left", ">", now), Compares("left", "<=", now + within_s)))
