"""When to look next. Pure policy: the loops in `watching/` bring clock, sleep and chance.

Deliberately far below what the services allow, because a user's production code shares the same
account limits (contract 1.4 and trap 23). All figures are seconds of real time at speed 1.
`chance` is a random number from 0 to 1, so that many tasks do not fall due together.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rushes.core.account import Dialect
from rushes.core.retry import (
    CONFLICT_S,
    GAVE_UP_LOOKS,
    GAVE_UP_S,
    MISSES,
    MISSING_LINK_S,
    UNSETTLED_LOOKS,
    UNSETTLED_S,
    recheck_s,
)
from rushes.core.task import Flag, Status, Task

#: A succeeded task without a link, or with a conflicting record, is asked again so often.
RECHECKS = {
    Flag.RESULT_MISSING: len(MISSING_LINK_S),
    Flag.STATUS_CONFLICT: len(CONFLICT_S),
    Flag.GAVE_UP: GAVE_UP_LOOKS,
}

#: What a look costs, in seconds that a change stays unseen: the one dial between the two.
LOOK_PRICE_S = 0.16

#: What is on the screen is worth more looks; that a task left the queue is worth fewer.
_SHOWN = 0.25
_WAITING = 4.0

LONGEST_WAIT_S = 300.0
_SHORTEST_WAIT_S = 0.5

#: Waits are spread so far around what is best, so that many tasks do not fall due together.
_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Seconds from one request of an account to the next of the same sort.

    Attributes:
        task_gap_s: From one look at a task to the next one at the same task.
    """

    get_gap_s: float
    task_gap_s: float = 3.0
    list_gap_s: float = 5.0


LIMITS = {
    Dialect.ARK: RateLimits(get_gap_s=0.5),
    Dialect.RONG: RateLimits(get_gap_s=1.0, task_gap_s=10.0),
    Dialect.ANYFAST: RateLimits(get_gap_s=0.5),
    Dialect.JIMENG: RateLimits(get_gap_s=0.5),
    Dialect.GATEWAY: RateLimits(get_gap_s=0.5),
}

_LIVE = (Status.QUEUED, Status.RUNNING, Status.UNKNOWN)

#: Requests to one origin that are under way at once, whatever the number of accounts.
IN_FLIGHT = 2


def wants_look(task: Task) -> bool:
    """Whether the service is still asked about `task`.

    One that has ended only while its result is missing or its record contradicts itself, and one
    that its service does not know for a day; never one whose watching the user paused.
    """
    return task.watched and may_still_change(task)


def may_still_change(task: Task) -> bool:
    """The same whether it is paused or not: one that has ended for good may not."""
    if Flag.NOT_FOUND in task.flags:
        return task.misses < MISSES
    if not task.status.is_terminal:
        return True
    if Flag.GAVE_UP not in task.flags and is_unsettled(task):
        return task.rechecks < UNSETTLED_LOOKS
    return any(flag in task.flags and task.rechecks < n for flag, n in RECHECKS.items())


def awaits_link(task: Task) -> bool:
    """Whether `task` succeeded without a file, and its service may still name a link to one."""
    if task.artifacts or Flag.RESULT_MISSING not in task.flags:
        return False
    return task.status is Status.SUCCEEDED and task.rechecks < RECHECKS[Flag.RESULT_MISSING]


def is_unsettled(task: Task) -> bool:
    """Whether the end is only what the service behind a gateway said, or that the gateway gave up
    asking: the gateway may still say something else. A film that is there settles it."""
    if task.status in (Status.SUCCEEDED, *_LIVE):
        return False
    return task.report.provisional or Flag.GAVE_UP in task.flags


def recheck_wait_s(task: Task) -> float:
    """From a look at a task that has ended to the next one."""
    if Flag.GAVE_UP in task.flags:
        return GAVE_UP_S
    return UNSETTLED_S if is_unsettled(task) else recheck_s(task.rechecks)


def wait_s(
    elapsed_s: float,
    *,
    status: Status,
    gap_s: float,
    chance: float,
    took: Sequence[float] = (),
    is_shown: bool = False,
    rechecks: int = 0,
) -> float:
    """From one look at a task to the next.

    So long that the change expected to stay unseen meanwhile is worth a look: rarely while
    hardly any of its like ended so early, often when most do, and ever more rarely after that.

    Args:
        elapsed_s: Since the phase began whose end is waited for (`core.eta.Like`); negative (a
            clock that is off) counts as just begun.
        gap_s: Never sooner.
        took: How long that phase took others, ascending; empty where nobody knows.
        rechecks: Looks since the task ended; nothing else counts once it has.
    """
    if status.is_terminal:
        return recheck_s(rechecks)
    price = LOOK_PRICE_S * (_SHOWN if is_shown else 1.0)
    if status is Status.QUEUED:
        price *= _WAITING
    best = _balance(took, max(elapsed_s, 0.0), price)
    return max(gap_s, best * (1.0 - _SPREAD / 2 + _SPREAD * chance))


def _balance(took: Sequence[float], elapsed_s: float, price: float) -> float:
    """The wait x at which x times the chance of a change within x is worth two looks.

    A change comes x/2 before it is seen on average, so that is where the price of a look and
    that of not looking are even (the inspection density of J. B. Keller, "Optimum checking
    schedules", 1974, with the chance read off the like instead of a hazard rate).
    """
    before = _rank(took, elapsed_s)
    left = len(took) - before
    # However little is known, a change may come, ever more rarely for ever older tasks.
    unknown_s = max(20.0, elapsed_s) if took else 400.0 + 2.0 * elapsed_s
    if not took:
        return min(math.sqrt(2.0 * price * unknown_s), LONGEST_WAIT_S)
    shortest, longest = _SHORTEST_WAIT_S, LONGEST_WAIT_S
    for _ in range(7):  # to a twentieth, which is less than waits are spread
        x = math.sqrt(shortest * longest)
        ending = _rank(took, elapsed_s + x) - before
        # The unknown counts as one of the like: it decides alone where nobody took longer.
        share = (ending + 1.0 - math.exp(-x / unknown_s)) / (left + 1.0)
        if x * share < 2.0 * price:
            shortest = x
        else:
            longest = x
    return longest


def _rank(took: Sequence[float], seconds: float) -> float:
    """How many of `took` are below; in between two of them, a part of one."""
    above = bisect_right(took, seconds)
    if above == 0 or above == len(took):
        return float(above)
    shorter, longer = took[above - 1], took[above]
    return above - 0.5 + (seconds - shorter) / (longer - shorter)
