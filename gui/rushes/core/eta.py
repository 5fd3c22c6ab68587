"""How long a task takes, learnt from those that ended. Pure; nothing here is a promise.

The services tell no progress, so what is left is read off the run times this user has seen.
"""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rushes.core.task import Status, Task

#: Nothing takes longer (contract 1.1: at most 3 days): such times are a clock's fault.
LONGEST_S = 7 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One task that succeeded, and how long it took.

    Attributes:
        total_s: From its creation to its end, waiting in the queue included.
        ran_s: Of that, without the queue; None where nobody saw it start.
    """

    model: str | None
    resolution: str | None
    duration_s: float | None
    total_s: float
    ran_s: float | None
    ended_at: float


def started_at(task: Task) -> float | None:
    """Since when `task` runs; None while it waits, and where nobody says.

    Ark tells the time of the last change of status only, which for a running task is its start.
    A gateway moves that time as it likes (contract, trap 25), but tells the start itself.
    """
    report = task.report
    if report.started_at is not None:
        return report.started_at
    is_first_hand = report.upstream_id is None and report.status is Status.RUNNING
    return report.updated_at if is_first_hand else None


def run_of(old: Task, new: Task) -> Run | None:
    """What a task that has just succeeded teaches; None for any other change."""
    report = new.report
    if new.status is not Status.SUCCEEDED or old.status is Status.SUCCEEDED:
        return None
    ended_at = report.finished_at or report.updated_at
    if report.created_at is None or ended_at is None:
        return None
    total_s = ended_at - report.created_at
    if not 0.0 < total_s <= LONGEST_S:
        return None
    started = started_at(new) or started_at(old)
    has_start = started is not None and report.created_at <= started < ended_at
    return Run(
        model=report.model,
        resolution=report.resolution,
        duration_s=report.duration_s,
        total_s=total_s,
        ran_s=ended_at - started if has_start and started is not None else None,
        ended_at=ended_at,
    )


#: Fewer ends of its like than this say nothing.
ENOUGH = 8

#: With fewer left that took longer, the task is out of the ordinary: no guess.
ENOUGH_LEFT = 3

#: The service may have a slow evening: what ended so lately tells, doubted like so many ends more.
_LATELY_S = 3600.0
_DOUBT = 4

#: Of each kind; older ones are from another season of the service.
_NEWEST = 200


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds until a task ends.

    Attributes:
        low_s, high_s: By then 10 % and 90 % of its like that took longer had ended.
        likely_s: The moment that is least off, as a share of the whole time, on average.
    """

    low_s: float
    likely_s: float
    high_s: float


def eta(history: Sequence[float], elapsed_s: float) -> Eta | None:
    """What is left of a task after `elapsed_s`, as its like fared.

    Args:
        history: How long each of them took, ascending, measured as `elapsed_s` is.

    Returns:
        None with too little history, or when nearly all of them were done by now.
    """
    left = history[bisect_right(history, elapsed_s) :]
    if len(history) < ENOUGH or len(left) < ENOUGH_LEFT:
        return None
    low, high = _quantile(left, 0.1), _quantile(left, 0.9)
    likely = min(max(_least_off(left), low), high)
    return Eta(low - elapsed_s, likely - elapsed_s, high - elapsed_s)


def _least_off(ascending: Sequence[float]) -> float:
    """The one with the smallest mean of |it - each| / each: the median weighted by 1 / each.

    The plain median is late once most have ended: of those few that are left, the slow ones count
    as much as the others, though an error of a minute matters least to them.
    """
    half = sum(1.0 / each for each in ascending) / 2.0
    weight = 0.0
    for each in ascending:
        weight += 1.0 / each
        if weight >= half:
            return each
    return ascending[-1]  # where rounding left nothing over half


def _quantile(ascending: Sequence[float], share: float) -> float:
    place = share * (len(ascending) - 1)
    below = int(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (place - below) * (ascending[above] - ascending[below])


@dataclass(frozen=True, slots=True)
class Like:
    """The like of a task at one point of its life.

    Attributes:
        since: When this phase of the task began (Unix seconds).
        took: How long the phase took others, ascending; empty without enough of them.
    """

    since: float
    took: tuple[float, ...] = ()


class History:
    """The run times of one service, by the kind of task."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        """`runs`: the newest first."""
        self._runs: dict[_Kind, deque[Run]] = {}
        self._sorted: dict[tuple[_Kind, str], tuple[float, ...]] = {}
        self._best: dict[tuple[_Kind, str], _Kind | None] = {}
        self._drifted: dict[tuple[_Kind, str], tuple[float, ...]] = {}
        self._drifted_at = 0  # the minute
        for run in reversed(tuple(runs)):
            self.add(run)

    def __bool__(self) -> bool:
        return bool(self._runs)

    def add(self, run: Run) -> None:
        self._best.clear()
        self._drifted.clear()
        exact = (run.model, run.resolution, run.duration_s)
        for kind in {exact, (run.model, None, None)}:
            self._runs.setdefault(kind, deque(maxlen=_NEWEST)).append(run)
            for phase in _PHASES:
                self._sorted.pop((kind, phase), None)

    def eta(self, task: Task, now: float) -> Eta | None:
        """How long until `task` succeeds, if it does; None where nobody can tell."""
        if not task.is_live or task.report.created_at is None:
            return None
        phase, since = "total", task.report.created_at
        started = started_at(task)
        if started is not None and self._kind(task, "ran") is not None:
            phase, since = "ran", started
        kind = self._kind(task, phase)
        if kind is None:
            return None
        return eta(self._took_now(kind, phase, now), now - since)

    def _took_now(self, kind: "_Kind", phase: str, now: float) -> tuple[float, ...]:
        """As long as it would take now. Kept for a minute: every row on the screen asks."""
        minute = int(now // 60)
        if minute != self._drifted_at:
            self._drifted_at = minute
            self._drifted.clear()
        if (kind, phase) not in self._drifted:
            drift = self._drift(kind, phase, now)
            took = tuple(took * drift for took in self._took(kind, phase))
            self._drifted[kind, phase] = took
        return self._drifted[kind, phase]

    def _drift(self, kind: "_Kind", phase: str, now: float) -> float:
        """How much slower than usual the service is this hour; close to 1 with little to go by."""
        every = [(run.ended_at, took) for run in self._runs[kind] if (took := _PHASES[phase](run))]
        lately = [math.log(took) for ended_at, took in every if now - ended_at <= _LATELY_S]
        if not lately:
            return 1.0
        usual = math.fsum(math.log(took) for _, took in every) / len(every)
        slower = math.fsum(lately) / len(lately) - usual
        return math.exp(slower * len(lately) / (len(lately) + _DOUBT))

    def next_change(self, task: Task) -> Like:
        """What tells when `task` will change next: its start while it waits, then its end."""
        begun = task.report.created_at or task.added_at
        if task.status is Status.QUEUED:
            return Like(begun, self._took(self._kind(task, "waited"), "waited"))
        started = started_at(task)
        if started is not None and (kind := self._kind(task, "ran")) is not None:
            return Like(started, self._took(kind, "ran"))
        return Like(begun, self._took(self._kind(task, "total"), "total"))

    def _kind(self, task: Task, phase: str) -> "_Kind | None":
        """Its exact kind, or else its model (a running task seldom tells more), if known enough."""
        report = task.report
        exact = (report.model, report.resolution, report.duration_s)
        if (exact, phase) not in self._best:
            kinds = (exact, (report.model, None, None))
            enough = (kind for kind in kinds if len(self._took(kind, phase)) >= ENOUGH)
            self._best[exact, phase] = next(enough, None)
        return self._best[exact, phase]

    def _took(self, kind: "_Kind | None", phase: str) -> tuple[float, ...]:
        if kind is None:
            return ()
        found = self._sorted.get((kind, phase))
        if found is None:
            runs = self._runs.get(kind, ())
            found = tuple(sorted(filter(None, map(_PHASES[phase], runs))))
            self._sorted[kind, phase] = found
        return found


_Kind = tuple[str | None, str | None, float | None]

_PHASES: dict[str, Callable[[Run], float | None]] = {
    "total": lambda run: run.total_s,
    "ran": lambda run: run.ran_s,
    "waited": lambda run: None if run.ran_s is None else run.total_s - run.ran_s,
}
