"""Which of an account's tasks are due, and how the account itself fares. No clock, no sleep.

All `now` are the loop's own seconds; `Pacer` turns policy (`core.pace`) into them.
"""

import heapq
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from rushes.core.eta import History, run_of
from rushes.core.failure import CUT_OFF, PAUSING, Failure, Kind
from rushes.core.news import Activity
from rushes.core.pace import RECHECK_S, Limits, back_off_s, wait_s, wants_look
from rushes.core.task import Diff, Key, Status, Task

#: Tasks of one round of single questions: few enough that what was learnt is on disk and on the
#: screen soon.
SINGLY_AT_ONCE = 4

#: A link lives so long at most: whose task was made first is in danger first.
_LINK_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Pacer:
    """Policy at a given speed of time, with dice."""

    speed: float
    chance: Callable[[], float]

    def seconds(self, simulated: float) -> float:
        return simulated / self.speed

    def wait(
        self, task: Task, history: History, wall: float, *, gap_s: float, is_shown: bool
    ) -> float:
        """Seconds of the loop's time. `wall` and the history are in pretended time's units."""
        like = history.next_change(task)
        took = like.took if self.speed == 1.0 else tuple(s * self.speed for s in like.took)
        wait = wait_s(
            (wall - like.since) * self.speed,
            status=task.status,
            gap_s=gap_s,
            chance=self.chance(),
            took=took,
            is_shown=is_shown,
        )
        return self.seconds(wait)

    def back_off(self, failure: Failure, failures: int, *, obey: bool) -> float:
        return self.seconds(
            back_off_s(
                failure.kind,
                failures=failures,
                chance=self.chance(),
                retry_after=failure.retry_after if obey else None,
            )
        )


_NEVER = float("-inf")


@dataclass(slots=True)
class _Row:
    """A task that is watched.

    Attributes:
        ends_first: When its link ends, or would, had it succeeded at once (Unix seconds). Kept,
            because thousands are compared at each look.
        looked_at: When it was seen last.
        rate: Looks a second it asks for; 0 before the first.
        alone: It was absent from the list: only its own answer counts.
        next_in: A place became free for it: it has started, most likely.
    """

    task: Task
    due_at: float
    looked_at: float = _NEVER
    rate: float = 0.0
    failures: int = 0
    alone: bool = False
    next_in: bool = False
    ends_first: float = field(init=False)

    def __post_init__(self) -> None:
        self.take(self.task)

    def take(self, task: Task) -> None:
        """The task as it is now."""
        self.task = task
        self.ends_first = task.deadline or (task.report.created_at or task.added_at) + _LINK_S


class Schedule:
    """The tasks of one account that are watched, and when each is due."""

    def __init__(self, account: str, pacer: Pacer, limits: Limits) -> None:
        self._account = account
        self._pacer = pacer
        self._limits = limits
        self._rows: dict[Key, _Row] = {}
        self._shown: Collection[Key] = frozenset()
        self._rate = 0.0  # of all rows together
        self.history: History = History()

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, tasks: Iterable[Task], now: float) -> None:
        """Watch exactly these from now on; what is known of their pace stays."""
        known = self._rows
        self._rows = {
            task.key: known.get(task.key) or _Row(task, now) for task in tasks if wants_look(task)
        }
        self._rate = sum(row.rate for row in self._rows.values())

    def notice(self, diff: Diff, now: float) -> bool:
        """Something changed in the list, by whomever. Returns whether there is a new task."""
        is_new = False
        for task in (*diff.added, *diff.changed):
            if task.key.account != self._account:
                continue
            row = self._rows.get(task.key)
            if row is not None and task.status.is_terminal and not row.task.status.is_terminal:
                self._ended(row.task, task, now)
            if not wants_look(task):
                self._drop(task.key)
            elif row is None:
                self._rows[task.key] = _Row(task, now)
                is_new = True
            else:
                if task.status.is_terminal and not row.task.status.is_terminal:
                    row.due_at = now + self._pacer.seconds(RECHECK_S)  # ended without its link
                row.take(task)
        for key in diff.removed:
            self._drop(key)
        return is_new

    def _ended(self, old: Task, new: Task, now: float) -> None:
        """One place is free: the one that waits longest for it has most likely started."""
        if (run := run_of(old, new)) is not None:
            self.history.add(run)
        queued = (
            row
            for row in self._rows.values()
            if row.task.status is Status.QUEUED
            and not row.next_in
            and row.task.report.model == new.report.model
        )
        if first := min(queued, key=lambda row: row.ends_first, default=None):
            gap = self._pacer.seconds(self._limits.task_gap_s)
            first.next_in = True
            first.due_at = min(first.due_at, max(now, first.looked_at + gap))

    def _drop(self, key: Key) -> None:
        if row := self._rows.pop(key, None):
            self._rate -= row.rate

    def show(self, keys: Collection[Key], now: float, wall: float) -> bool:
        """These tasks are on the screen: they are looked at first, and more often. Returns whether
        one of them is watched and was not on the screen before."""
        new = [row for key in keys if key not in self._shown and (row := self._rows.get(key))]
        self._shown = frozenset(keys)
        for row in new:
            row.due_at = min(row.due_at, max(now, row.looked_at + self._wait(row, wall)))
        return bool(new)

    def make_all_due(self, now: float, *, afresh: bool = False) -> None:
        """Everybody is to be looked at now.

        Args:
            afresh: How long somebody was due before does not count (the computer slept): then
                whose link would end first comes first.
        """
        for row in self._rows.values():
            row.due_at = now if afresh else min(row.due_at, now)

    def due(
        self, now: float, *, busy: Collection[Key], can_list: bool, is_sweeping: bool = False
    ) -> tuple[list[Key], list[Key]]:
        """Keys to ask about one by one, a few, and keys to ask the list for, all or none.

        What is on the screen comes first, then who is due longest, then whose link would end
        first. A list is asked for everybody as soon as one is due: the requests are the same.

        Args:
            is_sweeping: A pass over the list is under way: who is new does not wait for its end.
        """
        singly: list[_Row] = []
        listed: list[_Row] = []
        is_pass_due = False
        for key, row in self._rows.items():
            if key in busy:
                continue
            is_new = is_sweeping and row.looked_at == _NEVER
            if not can_list or row.alone or row.task.misses > 0 or is_new:
                if row.due_at <= now:
                    singly.append(row)
            elif not is_sweeping:
                listed.append(row)
                is_pass_due = is_pass_due or row.due_at <= now
        first = heapq.nsmallest(
            SINGLY_AT_ONCE,
            singly,
            key=lambda row: (row.task.key not in self._shown, row.due_at, row.ends_first),
        )
        keys = [row.task.key for row in first]
        return keys, [row.task.key for row in listed] if is_pass_due else []

    def next_at(self, now: float, busy: Collection[Key]) -> float | None:
        """When the next task is due, `now` or later; None without any."""
        soonest = None
        for key, row in self._rows.items():
            if (soonest is None or row.due_at < soonest) and key not in busy:
                if row.due_at <= now:
                    return now  # no need to look at the thousands behind it
                soonest = row.due_at
        return soonest

    def task(self, key: Key) -> Task | None:
        row = self._rows.get(key)
        return None if row is None else row.task

    def answered(self, key: Key, now: float, wall: float, *, is_listed: bool = False) -> None:
        """The service said something about the task. `wall` is the time in Unix seconds."""
        if row := self._rows.get(key):
            wait = self._wait(row, wall)
            rate = 0.0 if is_listed else 1.0 / wait
            self._rate += rate - row.rate
            row.rate, row.looked_at = rate, now
            row.due_at = now + wait * (1.0 if is_listed else self.stretch)
            row.failures, row.alone, row.next_in = 0, False, False

    @property
    def stretch(self) -> float:
        """So many times longer than wished are the waits, for all to share the account's rate."""
        return max(1.0, self._rate * self._pacer.seconds(self._limits.get_gap_s))

    def _wait(self, row: _Row, wall: float) -> float:
        gap_s, is_shown = self._limits.task_gap_s, row.task.key in self._shown
        return self._pacer.wait(row.task, self.history, wall, gap_s=gap_s, is_shown=is_shown)

    def failed(self, key: Key, failure: Failure, now: float) -> None:
        """This task could not be seen, for a reason of its own."""
        if row := self._rows.get(key):
            row.failures += 1
            row.due_at = now + self._pacer.back_off(failure, row.failures, obey=False)

    def ask_alone(self, keys: Iterable[Key], now: float) -> None:
        for key in keys:
            if row := self._rows.get(key):
                row.alone, row.due_at = True, now


class Health:
    """How an account fares: good, resting after a failure that passes, or paused."""

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._failures = 0
        self.failure: Failure | None = None
        self.rests_until = float("-inf")

    def good(self) -> None:
        self.failure, self._failures, self.rests_until = None, 0, float("-inf")

    def rest(self, failure: Failure, now: float) -> None:
        self.failure = failure
        self._failures += 1
        self.rests_until = now + self._pacer.back_off(failure, self._failures, obey=True)

    @property
    def is_cut_off(self) -> bool:
        """Whether the service could not be reached: the network's return may have mended it."""
        return self.failure is not None and self.failure.kind in CUT_OFF

    def hurry(self) -> None:
        """The user does not want to wait; a service that asked for it still gets its rest."""
        if not self._was_asked_to_wait:
            self.rests_until = float("-inf")

    def may_look(self, now: float) -> bool:
        return not self.is_paused and now >= self.rests_until

    def must_wait(self, now: float) -> Failure | None:
        """Why not even the user may ask now."""
        return self.failure if self._was_asked_to_wait and now < self.rests_until else None

    @property
    def _was_asked_to_wait(self) -> bool:
        return self.failure is not None and self.failure.kind in (Kind.LIMITED, Kind.QUOTA)

    @property
    def is_paused(self) -> bool:
        return self.failure is not None and self.failure.kind in PAUSING

    def activity(self, *, is_idle: bool) -> Activity:
        if self.is_paused:
            return Activity.PAUSED
        if self.failure is not None:
            offline = self.failure.kind is Kind.OFFLINE
            return Activity.OFFLINE if offline else Activity.BACKING_OFF
        return Activity.IDLE if is_idle else Activity.WATCHING
