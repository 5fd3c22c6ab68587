"""Which of an account's tasks are due, and how the account itself fares. No clock, no sleep.

All `now` are the loop's own seconds; `Pacer` turns policy (`core.pace`) into them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.news import Activity
from rushes.core.pace import RECHECK_S, back_off_s, wait_s, wants_look
from rushes.core.task import Diff, Key, Task

#: Tasks of one pass over the list endpoint, and of one round of single questions: few enough
#: that what was learnt is on disk and on the screen soon.
LISTED_AT_ONCE = 500
SINGLY_AT_ONCE = 4

#: Who is due so soon joins a pass over the list: the request is the same.
_JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Pacer:
    """Policy at a given speed of time, with dice."""

    speed: float
    chance: Callable[[], float]

    def seconds(self, simulated: float) -> float:
        return simulated / self.speed

    def wait(self, task: Task, age_s: float) -> float:
        return self.seconds(wait_s(age_s, status=task.status, chance=self.chance()))

    def back_off(self, failure: Failure, failures: int, *, obey: bool) -> float:
        return self.seconds(
            back_off_s(
                failure.kind,
                failures=failures,
                chance=self.chance(),
                retry_after=failure.retry_after if obey else None,
            )
        )


@dataclass(slots=True)
class _Row:
    """A task that is watched."""

    task: Task
    due_at: float
    failures: int = 0
    alone: bool = False  # was absent from the list: only its own answer counts


class Schedule:
    """The tasks of one account that are watched, and when each is due."""

    def __init__(self, account: str, pacer: Pacer) -> None:
        self._account = account
        self._pacer = pacer
        self._rows: dict[Key, _Row] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def load(self, tasks: Iterable[Task], now: float) -> None:
        """Watch exactly these from now on; what is known of their pace stays."""
        known = self._rows
        self._rows = {
            task.key: known.get(task.key) or _Row(task, now) for task in tasks if wants_look(task)
        }

    def notice(self, diff: Diff, now: float) -> bool:
        """Something changed in the list, by whomever. Returns whether there is a new task."""
        is_new = False
        for task in (*diff.added, *diff.changed):
            row = self._rows.get(task.key)
            if task.key.account != self._account or not wants_look(task):
                self._rows.pop(task.key, None)
            elif row is None:
                self._rows[task.key] = _Row(task, now)
                is_new = True
            else:
                if task.status.is_terminal and not row.task.status.is_terminal:
                    row.due_at = now + self._pacer.seconds(RECHECK_S)  # ended without its link
                row.task = task
        for key in diff.removed:
            self._rows.pop(key, None)
        return is_new

    def make_all_due(self, now: float) -> None:
        for row in self._rows.values():
            row.due_at = now

    def due(
        self, now: float, *, busy: Collection[Key], can_list: bool
    ) -> tuple[list[Key], list[Key]]:
        """Keys to ask about one by one, and keys to ask the list for; longest due first."""
        singly: list[_Row] = []
        listed: list[_Row] = []
        for key, row in self._rows.items():
            if key not in busy:
                alone = not can_list or row.alone or row.task.misses > 0
                (singly if alone else listed).append(row)
        is_pass_due = any(row.due_at <= now for row in listed)
        horizon = now + self._pacer.seconds(_JOIN_S) if is_pass_due else now
        return _first(singly, now, SINGLY_AT_ONCE), _first(listed, horizon, LISTED_AT_ONCE)

    def next_at(self, busy: Collection[Key]) -> float | None:
        """When the next task is due; None without any."""
        rows = (row.due_at for key, row in self._rows.items() if key not in busy)
        return min(rows, default=None)

    def answered(self, key: Key, now: float, wall: float) -> None:
        """The service said something about the task. `wall` is the time in Unix seconds."""
        if row := self._rows.get(key):
            age_s = wall - (row.task.report.created_at or row.task.added_at)
            row.due_at = now + self._pacer.wait(row.task, age_s)
            row.failures, row.alone = 0, False

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


def _first(rows: list[_Row], horizon: float, n: int) -> list[Key]:
    due = [row for row in rows if row.due_at <= horizon]
    due.sort(key=lambda row: row.due_at)
    return [row.task.key for row in due[:n]]
