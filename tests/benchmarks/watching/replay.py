"""Watches days that are over, with the program's own policy or a fixed one, and keeps the score.

Only the clock and the service are pretended: `watching.schedule.Schedule` is the real one, and
requests are spaced as the limiter would.
"""

import heapq
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rushes.core.eta import Eta
from rushes.core.pace import RateLimits
from rushes.core.task import Diff, Key, Report, Status, Task, blank
from rushes.watching.schedule import Pacer, Schedule
from tests.benchmarks.watching.days import Job

ACCOUNT = "a"


#: When a guess is judged: shares of the run that are over.
AGES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Guess:
    """What was shown at one age of a run, and what was true (seconds)."""

    age: float
    eta: Eta
    left_s: float
    run_s: float

    @property
    def error(self) -> float:
        """How far off the moment of the end was, as a share of the run."""
        return abs(self.eta.likely_s - self.left_s) / self.run_s


@dataclass(slots=True)
class Score:
    """What a replay came to.

    Attributes:
        starts, ends: Seconds from each change at the service to the look that saw it.
        looks: Requests for that.
        guesses: What was shown of each running task at the ages `AGES`.
        unguessed: How often nothing was shown then.
    """

    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    looks: int = 0
    guesses: list[Guess] = field(default_factory=list)
    unguessed: int = 0

    @property
    def delays(self) -> list[float]:
        return self.starts + self.ends


def seen(job: Job, at: float) -> Report:
    """What Ark says about a task at that time."""
    status, updated_at = Status.QUEUED, job.created_at
    if at >= job.ended_at:
        status, updated_at = (Status.SUCCEEDED if job.is_good else Status.FAILED), job.ended_at
    elif at >= job.started_at:
        status, updated_at = Status.RUNNING, job.started_at
    return Report(
        id=job.id, status=status, model=job.model, created_at=job.created_at, updated_at=updated_at
    )


def fixed(jobs: Sequence[Job], *, every_s: float, since: float = 0.0) -> Score:
    """Each task is asked about on its own every so often, without any limit."""
    score = Score()
    for job in jobs:
        if job.created_at < since:
            continue
        at, was = job.created_at, Status.UNKNOWN
        while not was.is_terminal:
            at += every_s if was is not Status.UNKNOWN else 0.0
            score.looks += 1
            was = _count(score, job, was, at)
    return score


def _count(score: Score, job: Job, was: Status, at: float) -> Status:
    now = seen(job, at).status
    if now is not was:
        if now is not Status.QUEUED and was in (Status.UNKNOWN, Status.QUEUED):
            score.starts.append(at - job.started_at)
        if now.is_terminal:
            score.ends.append(at - job.ended_at)
    return now


def watched(
    jobs: Sequence[Job],
    *,
    limits: RateLimits,
    seed: int = 1,
    since: float = 0.0,
    notice: Callable[[Job, float], None] = lambda job, at: None,
) -> Score:
    """The program's own policy; what it learns, it learns on the way.

    Args:
        since: What was submitted before teaches, and is not counted.
        notice: Called with every look.
    """
    dice = random.Random(seed)
    schedule = Schedule(ACCOUNT, Pacer(1.0, dice.random), limits)
    score, known = Score(), {job.id: job for job in jobs}
    coming = list(reversed(jobs))
    guesses: list[tuple[float, float, Job]] = []  # (when, age, whose), a heap
    running: set[str] = set()
    now = free_at = 0.0
    while coming or len(schedule):
        due = schedule.next_at(now, ())
        if coming and (due is None or coming[-1].created_at <= max(due, free_at)):
            now = max(now, coming[-1].created_at)
            new = blank(Key(ACCOUNT, coming.pop().id), now)
            schedule.notice(Diff(added=(new,)), now)
            continue
        assert due is not None
        now = max(now, due, free_at)
        while guesses and guesses[0][0] <= now:
            _judge(score, schedule, *heapq.heappop(guesses))
        (key, *_), _ = schedule.due(now, busy=(), can_list=False)
        free_at = now + limits.get_gap_s
        job, task = known[key.id], schedule.task(key)
        assert task is not None
        notice(job, now)
        counted = score if job.created_at >= since else Score()
        counted.looks += 1
        report = seen(job, now)
        _count(counted, job, task.status, now)
        if report.status is Status.RUNNING and key.id not in running:
            running.add(key.id)
            if job.is_good and job.created_at >= since:
                for at, age in _ages(job, now):
                    heapq.heappush(guesses, (at, age, job))
        new = Task(key=key, report=report, added_at=task.added_at)
        if new.report != task.report:
            schedule.notice(Diff(changed=(new,)), now)
        schedule.answered(key, now, now)
    return score


def _ages(job: Job, since: float) -> Iterator[tuple[float, float]]:
    """The moments at which a person sees that it runs, with the share of the run that is over."""
    for age in AGES:
        at = job.started_at + age * (job.ended_at - job.started_at)
        if at >= since:
            yield at, age


def _judge(score: Score, schedule: Schedule, at: float, age: float, job: Job) -> None:
    """Compare what is shown at that moment with what came."""
    task = Task(key=Key(ACCOUNT, job.id), report=seen(job, at), added_at=job.created_at)
    if (eta := schedule.history.eta(task, at)) is None:
        score.unguessed += 1
    else:
        score.guesses.append(Guess(age, eta, job.ended_at - at, job.ended_at - job.started_at))
