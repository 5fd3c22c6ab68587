"""Nothing is final before its time (reliability 1a): when to try again, and when it is over.

Pure policy; `services/` brings clock and dice. Waits are seconds at speed 1, moments are Unix
seconds by the service's clock, `chance` is a random number from 0 to 1.
"""

import re

from rushes.core.failure import Failure, Kind
from rushes.core.pace import back_off_s
from rushes.core.task import Artifact, Task

# --- files ------------------------------------------------------------------------------------

#: Something else came than the file. It says little: storages answer 403 or 404 for seconds before
#: a file is there, and portals answer with a page.
REFUSED = frozenset({Kind.LINK_ENDED, Kind.WRONG_FILE, Kind.REJECTED, Kind.BLOCKED_URL})

#: Trouble on the way, or of ours. NO_KEY: the account's key has not been read yet, or not again.
PASSING = frozenset(
    {
        Kind.OFFLINE,
        Kind.SLOW,
        Kind.STALLED,
        Kind.PROXY,
        Kind.TLS,
        Kind.SERVER,
        Kind.MALFORMED,
        Kind.LIMITED,
        Kind.QUOTA,
        Kind.NO_KEY,
        Kind.INTERNAL,
    }
)

#: After the n-th refusal in a row; the last one from then on.
REFUSED_WAITS_S = (10.0, 30.0, 120.0, 600.0, 1800.0)

#: After the n-th file that came damaged; the last one from then on. The same bytes twice are what
#: the service made, other ones each time the fault of the network.
DAMAGED_WAITS_S = (30.0, 300.0, 1800.0)

#: An end that was only inferred may be off by so much.
INFERRED_GRACE_S = 3600.0
#: A service that cannot be asked for a newer link is waited for so long after the end.
UNASKED_GRACE_S = 24 * 3600.0
#: How long services keep a task's record, and with it the chance of a newer link.
RECORD_LIFE_S = 7 * 24 * 3600.0

_LONGEST_S = 1.2 * REFUSED_WAITS_S[-1]
_UNDONE_ESCAPE = re.compile(r"\\+u0026|&amp;", re.IGNORECASE)


def file_wait_s(
    failure: Failure, *, refusals: int, attempts: int, ends: tuple[float, ...], chance: float
) -> float | None:
    """Seconds until a file is tried again; None: only a person can change something.

    Args:
        refusals: Refused attempts in a row, this one included.
        attempts: Attempts in a row that failed in any way, this one included.
        ends: Seconds from now to the moments after which it may be over. The waits get shorter
            towards each, so that there is a try within its last minute.
    """
    if failure.kind in REFUSED:
        own = REFUSED_WAITS_S[min(max(refusals, 1), len(REFUSED_WAITS_S)) - 1]
        wait = max(own, failure.retry_after or 0.0) * (1.0 + 0.2 * chance)
    elif failure.kind is Kind.DAMAGED:
        wait = DAMAGED_WAITS_S[min(max(attempts, 1), len(DAMAGED_WAITS_S)) - 1]
    elif failure.kind in PASSING:
        wait = back_off_s(
            failure.kind, failures=attempts, chance=chance, retry_after=failure.retry_after
        )
    else:
        return None
    left = [max(REFUSED_WAITS_S[0], end / 2) for end in ends if end > 0.0]
    # After the last end there is no hurry any more.
    return min(wait, *left) if left else max(wait, REFUSED_WAITS_S[-1])


def ends_of(task: Task, artifact: Artifact) -> tuple[float, float]:
    """(when the file is said to be gone, when it is gone for sure), Unix seconds."""
    end = artifact.expires_at
    if end is None:
        # A service that does not say when it made a task: at the latest when it was added here.
        end = (task.report.created_at or task.added_at) + RECORD_LIFE_S
        return end, end
    return end, end + INFERRED_GRACE_S if artifact.expires_inferred else end


def is_lost(task: Task, artifact: Artifact, kind: Kind, *, now: float, was_asked: bool) -> bool:
    """Whether a file that failed with `kind` at `now` will never come.

    Args:
        was_asked: The service answered after `now` and named no newer link.
    """
    since = now - ends_of(task, artifact)[1]
    if kind in REFUSED and was_asked:
        return since >= 0.0
    # Where the file's own server was not reached, only the service's silence counts.
    return since >= UNASKED_GRACE_S and (kind in REFUSED or was_asked)


def still_to_wait(next_try_at: float | None, now: float) -> float:
    """Seconds left of a wait that was written down, perhaps by a clock that was wrong."""
    left = 0.0 if next_try_at is None else next_try_at - now
    return left if 0.0 < left <= _LONGEST_S else 0.0


def repaired(url: str) -> str | None:
    """The link whose `&` came escaped for JSON or HTML once too often; None: it has no such."""
    whole = _UNDONE_ESCAPE.sub("&", url)
    return whole if whole != url else None
