"""When to look next. Pure policy: the loops in `services/` bring clock, sleep and dice.

Deliberately far below what the services allow, because a user's production code shares the same
account limits (contract 1.4 and trap 23). All figures are seconds of real time at speed 1.
`chance` is a random number from 0 to 1, so that many tasks do not fall due together.
"""

from dataclasses import dataclass

from rushes.core.account import Dialect
from rushes.core.failure import Kind
from rushes.core.task import Flag, Status, Task

#: A succeeded task without a link, or with a conflicting record, is asked again so often.
RECHECKS = {Flag.RESULT_MISSING: 3, Flag.STATUS_CONFLICT: 1}
RECHECK_S = 30.0

#: (age from, shortest wait, spread): new tasks often, old ones rarely.
_BY_AGE = ((86_400.0, 300.0, 60.0), (3600.0, 60.0, 30.0), (300.0, 15.0, 15.0), (0.0, 10.0, 2.0))

_SLOWEST_S = 300.0
_OFFLINE_SLOWEST_S = 60.0  # the network's return should be noticed soon
_QUOTA_S = 600.0
_QUOTA_SLOWEST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds from one request of an account to the next of the same sort."""

    get_gap_s: float
    list_gap_s: float = 5.0


LIMITS = {
    Dialect.ARK: Limits(get_gap_s=0.5),
    Dialect.RONG: Limits(get_gap_s=1.0),
    Dialect.ANYFAST: Limits(get_gap_s=0.5),
    Dialect.JIMENG: Limits(get_gap_s=0.5),
    Dialect.GATEWAY: Limits(get_gap_s=0.5),
}

#: Requests to one origin that are under way at once, whatever the number of accounts.
IN_FLIGHT = 2


def wants_look(task: Task) -> bool:
    """Whether the service is still asked about `task`."""
    if not task.status.is_terminal:
        return task.watched and task.is_live
    return any(flag in task.flags and task.rechecks < n for flag, n in RECHECKS.items())


def wait_s(age_s: float, *, status: Status, chance: float) -> float:
    """From one look at a task to the next.

    Args:
        age_s: Since the task was created; negative (a clock that is off) counts as new.
    """
    if status.is_terminal:
        return RECHECK_S
    _, shortest, spread = next((row for row in _BY_AGE if age_s >= row[0]), _BY_AGE[-1])
    return shortest + spread * chance


def back_off_s(kind: Kind, *, failures: int, chance: float, retry_after: float | None) -> float:
    """How long a whole account, or a single download, rests after the n-th failure in a row.

    Doubles up to a limit; a quota is not a matter of seconds. What the server asked for is
    obeyed above our own idea.
    """
    first, slowest = 5.0, _SLOWEST_S
    if kind is Kind.OFFLINE:
        slowest = _OFFLINE_SLOWEST_S
    elif kind is Kind.QUOTA:
        first, slowest = _QUOTA_S, _QUOTA_SLOWEST_S
    own = min(first * 2.0 ** min(max(failures, 1) - 1, 16), slowest)
    return max(own, retry_after or 0.0) * (1.0 + 0.2 * chance)
