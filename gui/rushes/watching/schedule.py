"""Which of an account's tasks are due, and how the account itself fares. No clock, no sleep.

All `now` are the loop's own seconds; `Pacer` turns policy (`core.pace`) into them.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rushes.core.eta import History, run_of
from rushes.core.events import Activity
from rushes.core.failure import CUT_OFF, PAUSING, Failure, Kind
from rushes.core.pace import RateLimits, recheck_wait_s, wait_s, wants_look
from rushes.core.retry import (
    BEFORE_END_S,
    KEY_STAYS_S,
    OF_ONE_TASK,
    USER_RETRY_S,
    account_rest_s,
    are_denials_believed,
    asked_wait_s,
    is_foreign,
    list_rest_s,
    miss_rest_s,
    task_rest_s,
)
from rushes.core.task import Diff, Key, Status, Task

#: Tasks of one round of single questions: few enough that what was learnt is on disk and on the
#: screen soon.
SINGLY_AT_ONCE = 4

#: A rest is made so much longer at most.
_LATER = 0.1

#: A task that failed so often in a row has a reason of its own: that others are seen again does
#: not hurry it.
_OWN_REASON = 3

#: A link lives so long at most: whose task was made first is in danger first.
_LINK_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Pacer:
    """Policy at a given speed of time, with chance to spread waits by."""

    speed: float
    chance: Callable[[], float]

    def seconds(self, simulated: float) -> float:
        return simulated / self.speed

    def wait(
        self, task: Task, history: History, wall: float, *, gap_s: float, is_shown: bool
    ) -> float:
        """Seconds of the loop's time. `wall` and the history are in pretended time's units."""
        if task.misses:
            return self.seconds(miss_rest_s(task.misses))
        if task.status.is_terminal:
            return self.seconds(recheck_wait_s(task))
        like = history.next_change(task)
        took = like.took if self.speed == 1.0 else tuple(s * self.speed for s in like.took)
        wait = wait_s(
            (wall - like.since) * self.speed,
            status=task.status,
            gap_s=gap_s,
            chance=self.chance(),
            took=took,
            is_shown=is_shown,
            rechecks=task.rechecks,
        )
        return self.seconds(wait)

    def rest(self, simulated: float) -> float:
        """A rest of about so long, so that many do not end together."""
        return self.seconds(simulated * (1.0 + _LATER * self.chance()))


_NEVER = float("-inf")

#: An answer that never changes is read and written down all the same so often (seconds at speed 1):
#: a task becomes stale by time alone, and the disk should know when it was seen last.
READ_AGAIN_S = 300.0

#: HTTP: too many requests.
LIMIT_STATUS = 429


@dataclass(slots=True)
class _Row:
    """A task that is watched.

    Attributes:
        ends_first: When its link ends, or would, had it succeeded at once (Unix seconds). Kept,
            because thousands are compared at each look.
        looked_at: When it was seen last.
        rate: Looks a second it asks for; 0 before the first.
        counts_at: From when on a look at a task that has ended counts as one of those it is
            given (`core.retry.MISSING_LINK_S`).
        alone: It was absent from the list: only its own answer counts.
        next_in: A place became free for it: it has started, most likely.
        fingerprint: Of its last answer, and `read_at` when that was read.
    """

    task: Task
    due_at: float
    looked_at: float = _NEVER
    rate: float = 0.0
    counts_at: float = _NEVER
    failures: int = 0
    alone: bool = False
    next_in: bool = False
    fingerprint: int | None = None
    read_at: float = _NEVER
    ends_first: float = field(init=False)

    def __post_init__(self) -> None:
        self.take(self.task)

    def take(self, task: Task) -> None:
        """The task as it is now."""
        self.task = task
        self.ends_first = task.deadline or (task.report.created_at or task.added_at) + _LINK_S


class Schedule:
    """The tasks of one account that are watched, and when each is due."""

    def __init__(
        self,
        account: str,
        pacer: Pacer,
        limits: RateLimits,
        wants: Callable[[Key], bool] | None = None,
    ) -> None:
        """`wants`: which of the account's tasks are watched; None: all."""
        self._account = account
        self._wants = wants or (lambda _: True)
        self._pacer = pacer
        self._limits = limits
        self._rows: dict[Key, _Row] = {}
        self._shown: Collection[Key] = frozenset()
        self._refused: dict[Key, Failure] = {}
        self._rate = 0.0  # of all rows together
        self.history: History = History()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def refused(self) -> Failure | None:
        """What the service says against a single task, its model or its route, if it does."""
        return next(iter(self._refused.values()), None)

    @property
    def seconds(self) -> Callable[[float], float]:
        """Turns policy into the loop's seconds."""
        return self._pacer.seconds

    def load(self, tasks: Iterable[Task], now: float) -> None:
        """Watch exactly these from now on; what is known of their pace stays."""
        known = self._rows
        self._rows = {
            task.key: known.get(task.key) or _Row(task, now)
            for task in tasks
            if wants_look(task) and self._wants(task.key)
        }
        self._refused = {key: said for key, said in self._refused.items() if key in self._rows}
        self._rate = sum(row.rate for row in self._rows.values())

    def notice(self, diff: Diff, now: float) -> bool:
        """Something changed in the list, by whomever. Returns whether there is a new task."""
        is_new = False
        for task in (*diff.added, *diff.changed):
            if task.key.account != self._account or not self._wants(task.key):
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
                    # ended without its link
                    row.due_at = now + self._pacer.seconds(recheck_wait_s(task))
                    row.counts_at = row.due_at
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
            self._refused.pop(key, None)

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
        self, now: float, *, busy: Collection[Key], can_list: bool, is_scanning: bool = False
    ) -> tuple[list[Key], list[Key]]:
        """Keys to ask about one by one, a few, and keys to ask the list for, all or none.

        What is on the screen comes first, then who is due longest, then whose link would end
        first. A list is asked for everybody as soon as one is due: the requests are the same.

        Args:
            is_scanning: A pass over the list is under way: who is new does not wait for its end.
        """
        singly: list[_Row] = []
        listed: list[_Row] = []
        is_pass_due = False
        for key, row in self._rows.items():
            if key in busy:
                continue
            is_new = is_scanning and row.looked_at == _NEVER
            if not can_list or row.alone or row.task.misses > 0 or is_new:
                if row.due_at <= now:
                    singly.append(row)
            elif not is_scanning:
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

    def fingerprint(self, key: Key, now: float) -> int | None:
        """What tells an answer that changes nothing; None where every answer is to be read.

        Answers of the same bytes leave the row as it is on disk, the time of the check included:
        never two checks overlap, so no older answer can slip in between.
        """
        row = self._rows.get(key)
        if row is None or row.task.status.is_terminal or row.task.misses:
            return None
        is_fresh = now - row.read_at < self.seconds(READ_AGAIN_S)
        return row.fingerprint if is_fresh else None

    def remember(self, prints: Mapping[Key, int], now: float) -> None:
        """The fingerprints of answers that were read now and are on disk."""
        for key, fingerprint in prints.items():
            if row := self._rows.get(key):
                row.fingerprint, row.read_at = fingerprint, now

    def answered(self, key: Key, now: float, wall: float, *, is_listed: bool = False) -> None:
        """The service said something about the task. `wall` is the time in Unix seconds."""
        if row := self._rows.get(key):
            wait = self._wait(row, wall)
            rate = 0.0 if is_listed else 1.0 / wait
            self._rate += rate - row.rate
            row.rate, row.looked_at = rate, now
            row.due_at = now + wait * (1.0 if is_listed else self.stretch)
            if row.task.status.is_terminal:
                if now >= row.counts_at:
                    row.counts_at = row.due_at
                row.due_at = row.counts_at
            row.failures, row.alone, row.next_in = 0, False, False
            self._refused.pop(key, None)

    def counts(self, key: Key, now: float) -> bool:
        """Whether a look now is one of those that a task that has ended is given."""
        row = self._rows.get(key)
        return row is None or not row.task.status.is_terminal or now >= row.counts_at

    @property
    def stretch(self) -> float:
        """So many times longer than wished are the waits, for all to share the account's rate."""
        return max(1.0, self._rate * self._pacer.seconds(self._limits.get_gap_s))

    def _wait(self, row: _Row, wall: float) -> float:
        gap_s, is_shown = self._limits.task_gap_s, row.task.key in self._shown
        return self._pacer.wait(row.task, self.history, wall, gap_s=gap_s, is_shown=is_shown)

    def failed(self, key: Key, failure: Failure, now: float) -> None:
        """This task could not be seen now."""
        if row := self._rows.get(key):
            row.failures += 1
            own = self._pacer.rest(task_rest_s(failure.kind, failures=row.failures))
            row.due_at = now + own
            if failure.kind in OF_ONE_TASK:
                row.due_at = now + max(own, self._pacer.seconds(failure.retry_after or 0.0))
            if failure.kind is not Kind.UPSTREAM:
                if failure.kind in OF_ONE_TASK:
                    self._refused[key] = failure
            elif failure.status == LIMIT_STATUS and (model := row.task.report.model):
                # The service behind counts the requests for a model, not those for a task.
                for other in self._rows.values():
                    if other.task.report.model == model:
                        other.due_at = max(other.due_at, row.due_at)

    def retry_failed(self, now: float) -> None:
        """The way is good again: who could not be seen on it is due now, and who seemed to be
        absent from the list is looked for there again."""
        for key, row in self._rows.items():
            row.alone = False
            if 0 < row.failures <= _OWN_REASON and key not in self._refused:
                row.due_at = min(row.due_at, now)

    def first_end(self, wall: float) -> float | None:
        """When the first link would end that has not ended at `wall` (Unix seconds)."""
        ends = (row.ends_first for row in self._rows.values())
        return min((end for end in ends if end > wall), default=None)

    def ask_alone(self, keys: Iterable[Key], now: float) -> None:
        for key in keys:
            if row := self._rows.get(key):
                row.alone, row.due_at = True, now


class ListHealth:
    """Whether an account's list can be asked: what cannot be now may be later.

    Args:
        seconds: Turns policy into the loop's seconds.
    """

    def __init__(self, is_there: bool, seconds: Callable[[float], float]) -> None:
        self._is_there = is_there
        self._seconds = seconds
        self._failures = 0
        self._rests_until = float("-inf")

    def may_ask(self, now: float) -> bool:
        return self._is_there and now >= self._rests_until

    def good(self) -> None:
        self._failures, self._rests_until = 0, float("-inf")

    def failed(self, now: float) -> None:
        self._failures += 1
        self._rests_until = now + self._seconds(list_rest_s(self._failures))


class Health:
    """How an account fares: good, or resting after a failure until it is asked again.

    Attributes:
        failure: The last one; None: all is well.
        rests_until: When the next question may go out by itself (the loop's time).
        must_probe: Somebody else answered where the service should be: it is asked without the
            key first who is there.
    """

    def __init__(self, pacer: Pacer) -> None:
        self._pacer = pacer
        self._user_retry_at = float("-inf")
        self.reset()

    def good(self) -> None:
        """A question was answered as it should be."""
        self.reset()
        self._was_good = True

    def reset(self) -> None:
        """Begin anew: the user has seen to it, with another key perhaps."""
        self._was_good = False
        self.failure: Failure | None = None
        self.rests_until = float("-inf")
        self.must_probe = False
        self._failures = 0
        self._denials = 0
        self._denied_since = 0.0
        self._believed = 0  # refusals of the key since they count
        self._foreign_since: float | None = None
        self._asked_to_wait_until = float("-inf")

    def rest(self, failure: Failure, now: float, *, ends_in: float | None = None) -> None:
        """It could not be asked now.

        Args:
            ends_in: When the first link ends: nothing waits longer, whoever wants it to.
        """
        self.failure = failure
        self._failures += 1
        if failure.kind is Kind.DENIED:
            self._deny(now)
        if is_foreign(failure):
            self.must_probe = True
            if self._foreign_since is None:
                self._foreign_since = now
        own = account_rest_s(failure.kind, failures=self._failures, believed=self._believed)
        self.rests_until = now + self._pacer.rest(own)
        self._asked_to_wait_until = float("-inf")
        if (asked := asked_wait_s(failure)) is not None:
            wait = self._pacer.rest(asked)
            if ends_in is not None:
                wait = min(wait, ends_in - self._pacer.seconds(BEFORE_END_S))
            self._asked_to_wait_until = now + wait
            self.rests_until = max(self.rests_until, now + wait)

    def _deny(self, now: float) -> None:
        if not self._denials:
            self._denied_since = now
        self._denials += 1
        over_s = (now - self._denied_since) / self._pacer.seconds(1.0)
        if are_denials_believed(self._denials, over_s):
            self._believed += 1

    def probed(self, now: float) -> Failure | None:
        """The service is there again by its own words. None: the key may go along now."""
        if self.waits_for_click(now) and self.failure is not None:
            self.rest(self.failure, now)
            return self.failure
        self.must_probe, self._foreign_since = False, None
        return None

    def waits_for_click(self, now: float) -> bool:
        """Whether the key stays here until the user says so: somebody else answered for a day."""
        since = self._foreign_since
        return since is not None and now - since >= self._pacer.seconds(KEY_STAYS_S)

    @property
    def shown(self) -> Failure | None:
        """The failure as it is told: a key is not blamed before its refusals count.

        One that was good is not named at all: services refuse good keys while they start.
        """
        if self.failure is not None and self.failure.kind is Kind.DENIED and not self._believed:
            return replace(self.failure, kind=Kind.NOT_API if self._was_good else Kind.DOUBTED)
        return self.failure

    @property
    def is_cut_off(self) -> bool:
        """Whether the service could not be reached: the network's return may have mended it."""
        return self.failure is not None and self.failure.kind in CUT_OFF

    def skip_rest(self, now: float) -> None:
        """Do not wait for the next try; a service that asked for it still gets its rest."""
        if now >= self._asked_to_wait_until:
            self.rests_until = float("-inf")

    def retry_by_user(self, now: float) -> bool:
        """The user does not want to wait, whoever asked for it, and vouches for the way: the key
        goes along.

        Returns whether it may be asked now; not a second time within a few seconds.
        """
        if now - self._user_retry_at < self._pacer.seconds(USER_RETRY_S):
            return False
        self._user_retry_at = now
        self.rests_until = self._asked_to_wait_until = float("-inf")
        self.must_probe, self._foreign_since = False, None
        self._failures = 0  # who presses is mending the way: the gaps grow anew from here
        return True

    def may_look(self, now: float) -> bool:
        return not self.is_paused and now >= self.rests_until

    def must_wait(self, now: float) -> Failure | None:
        """Why nobody may ask about a task now, but by `retry_by_user`."""
        until = self.rests_until if self._believed else self._asked_to_wait_until
        return self.failure if now < until else None

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
