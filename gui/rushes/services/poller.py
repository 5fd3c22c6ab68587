"""The loop of one account: choose what is due, look, commit, publish, wait.

Failures are values and never change a task's state. An account rests after failures that pass
and pauses after those that do not (`core.failure.PAUSING`), until the user acts.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from rushes.core.eta import Eta, History
from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.merge import Change, absorb, missed
from rushes.core.news import AccountChanged, Activity, TasksChanged, Trouble
from rushes.core.pace import LIMITS
from rushes.core.ports import Clock, Publish, Store, StoreError
from rushes.core.task import Diff, Key, Report, Task
from rushes.core.wire import Wanted
from rushes.services.asker import Answer, Asker
from rushes.services.errands import cancel_queued, import_recent
from rushes.services.schedule import Health, Pacer, Schedule
from rushes.services.sweep import Sweep

log = logging.getLogger(__name__)

#: Never sleep longer than this while something is watched: a wake from sleep is noticed then.
_LONGEST_NAP_S = 5.0

#: An answer that never changes is read and written down all the same so often: a task becomes
#: stale by time alone, and the disk should know about when it was seen last.
_READ_AGAIN_S = 300.0

#: The wall clock ran so much further than the loop's: the computer slept.
_SLEPT_S = 20.0

#: With these nobody else's question would fare better now.
_STOPPING = PAUSING | {Kind.OFFLINE, Kind.PROXY, Kind.LIMITED, Kind.QUOTA}

#: The list cannot be asked at all here (a gateway that only knows single tasks).
_NO_LIST = frozenset({Kind.NOT_API, Kind.NOT_FOUND})

#: One odd id may spoil the whole list answer: these tasks are asked about one by one.
_SPOILT = _NO_LIST | {Kind.REJECTED, Kind.MALFORMED, Kind.TOO_LARGE, Kind.MODEL_NOT_OPEN}


@dataclass(slots=True)
class _Tally:
    """What a round of questions came to."""

    good: int = 0
    failure: Failure | None = None
    stop: bool = False  # the failure concerns the account, not one task
    missing: tuple[Key, ...] = ()  # not in the list: to be asked about singly

    def failed(self, failure: Failure, *, stop: bool) -> None:
        self.failure, self.stop = failure, self.stop or stop


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a task's last answer is told by, and when such a one was read (the loop's time)."""

    mark: int
    read_at: float


class Poller:
    """Watches one account. `run` is the loop; everything else may be called beside it.

    Args:
        clock: Unix seconds. Waiting is measured with the loop's own clock.
        speed: See `Options.speed`.
        chance: Random numbers from 0 to 1.
    """

    def __init__(
        self,
        asker: Asker,
        *,
        store: Store,
        publish: Publish,
        clock: Clock,
        speed: float,
        chance: Callable[[], float],
    ) -> None:
        self._asker = asker
        self._store = store
        self._publish = publish
        self._clock = clock
        self._account = asker.account.id
        pacer = Pacer(speed, chance)
        self._pacer = pacer
        self._schedule = Schedule(self._account, pacer, LIMITS[asker.account.dialect])
        self._health = Health(pacer)
        self._sweep: Sweep | None = None
        self._lengths: dict[str, int] = {}  # of the service's lists, by name
        self._marks: dict[Key, _Mark] = {}
        self._is_loaded = False
        self._can_list = asker.provider.many is not None
        self._busy: set[Key] = set()
        self._released = asyncio.Event()
        self._wake = asyncio.Event()
        self._last_good_at: float | None = None
        self._told: AccountChanged | None = None
        self._offset: float | None = None  # wall clock minus the loop's

    async def run(self) -> None:
        """Look, commit, publish, wait, until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._load()
                self._notice_sleep()
                self._tell()
                if self._health.may_look(self._now()):
                    await self._tick()
            except StoreError as e:
                self._publish(Trouble(e.failure))
                self._health.rest(e.failure, self._now())
            self._tell()
            await self._nap()

    def wake(self) -> None:
        """Read again from the store what is to be watched."""
        self._is_loaded = False
        self._wake.set()

    def noticed(self, diff: Diff) -> None:
        """Something changed in the list, by whomever."""
        if self._schedule.notice(diff, self._now()):
            self._wake.set()

    def shown(self, keys: Collection[Key]) -> None:
        """These are on the screen now: they are looked at first."""
        if self._schedule.show(keys, self._now(), self._service_clock()):
            self._wake.set()

    def eta(self, task: Task) -> Eta | None:
        """How long `task` may still take, as tasks of its kind took this user so far."""
        return self._schedule.history.eta(task, self._service_clock())

    def online(self) -> None:
        """The network is back: do not wait for the next try."""
        if self._health.is_cut_off:
            self._look_afresh()

    @property
    def activity(self) -> Activity:
        return self._health.activity(is_idle=len(self._schedule) == 0)

    def refresh(self) -> None:
        """Look at everything at once, still through the limiter. A pause stays a pause."""
        self._schedule.make_all_due(self._now())
        self._health.hurry()
        self._wake.set()

    def _look_afresh(self) -> None:
        """After a time without any look: whose link ends first comes first. The limiter and the
        gate of the origin keep that from being a burst."""
        self._schedule.make_all_due(self._now(), afresh=True)
        self._health.hurry()
        self._wake.set()

    def resume(self) -> None:
        """The user has seen to it: try again."""
        self._health.good()
        self._can_list = self._asker.provider.many is not None
        self.refresh()

    async def ask(self, task_id: str) -> Report | Failure:
        """What the service says about a task, whether it is in the list or not."""
        said = (await self._asker.one(task_id)).said
        assert said is not None  # no earlier answer was named
        return said

    async def look(self, keys: Collection[Key]) -> Failure | None:
        """One pass over these tasks, ended ones included. Returns why some were not seen."""
        if (failure := self._health.must_wait(self._now())) is not None:
            return failure
        try:
            await self._load()
            tally = await self._look(keys)
        finally:
            self._wake.set()
        self._settle(tally)
        return tally.failure

    async def import_recent(self) -> Diff | Failure:
        """Put what the service still holds into the list. What was found is kept in any case."""
        diff, failure = await import_recent(self._asker, self._store, self._clock)
        self._took(diff)
        return diff if failure is None else failure

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a queued task at the service; refused when it is not queued any more."""
        try:
            async with self._claimed([key]):
                report, asked_at, failure = await cancel_queued(self._asker, key)
                if report is not None:
                    await self._commit({key: self._absorbing(report, asked_at)})
        finally:
            self._wake.set()
        return failure if failure is not None else await self.look([key])

    # looking

    async def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True  # before the look: a wake in between asks for another one
        try:
            live = await self._store.live(self._account)
            if not self._schedule.history:
                runs = await self._store.run_times(self._asker.account.service)
                self._schedule.history = History(runs)
            self._schedule.load(live, self._now())
            if self._last_good_at is None:
                seen = (task.last_seen_at for task in live if task.last_seen_at is not None)
                self._last_good_at = max(seen, default=None)
        except StoreError:
            self._is_loaded = False
            raise

    def _notice_sleep(self) -> None:
        """The wall clock goes on in a sleep, the loop's does not (where it does, all is due)."""
        offset = self._clock() - self._now()
        if self._offset is not None and offset - self._offset > _SLEPT_S:
            log.info("the computer slept for about %.0f s", offset - self._offset)
            self._look_afresh()
        self._offset = offset

    async def _tick(self) -> None:
        """A few single questions and a page of the list, so that news of either is soon seen."""
        sweeping = self._missing(self._sweep) if self._sweep else ()
        singly, listed = self._schedule.due(
            self._now(),
            busy=self._busy.union(sweeping),
            can_list=self._can_list and len(self._schedule) >= self._asker.provider.batch_from,
            is_sweeping=self._sweep is not None,
        )
        if singly:
            async with self._claimed(singly):
                tally = await self._look_singly(singly)
            self._settle(tally)
            if tally.stop:
                return
        if listed:
            self._sweep = self._new_sweep(listed)
        if self._sweep is not None:
            await self._sweep_on(self._sweep)

    def _new_sweep(self, keys: Collection[Key]) -> Sweep:
        return self._asker.sweep(map(self._wanted, keys), self._lengths)

    def _wanted(self, key: Key) -> Wanted:
        if (task := self._schedule.task(key)) is None:
            return Wanted(key.id)
        return Wanted(key.id, task.status, task.report.tier)

    async def _sweep_on(self, sweep: Sweep) -> None:
        """The next page of the pass that is under way."""
        async with self._claimed(self._missing(sweep)):
            tally = _Tally()
            is_over = not await self._look_on(sweep, tally)
        if is_over:
            self._sweep = None
            self._schedule.ask_alone(tally.missing, self._now())
        self._settle(tally)

    async def _look(self, keys: Collection[Key]) -> _Tally:
        async with self._claimed(keys):
            if not self._can_list or len(keys) < self._asker.provider.batch_from:
                return await self._look_singly(tuple(keys))
            sweep, tally = self._new_sweep(keys), _Tally()
            while await self._look_on(sweep, tally):
                pass
            if tally.stop or not tally.missing:
                return tally
            return await self._look_singly(tally.missing)

    async def _look_singly(self, keys: Sequence[Key]) -> _Tally:
        """One question a task, two at a time, one commit for all."""
        tally = _Tally()
        changes: dict[Key, Change] = {}
        marks: dict[Key, int] = {}
        left = list(reversed(keys))

        async def ask_on() -> None:
            while left and not tally.stop:
                key = left.pop()
                answer = await self._asker.one(key.id, self._known(key, self._now()))
                self._judge(key, answer, changes, tally)
                if answer.mark is not None:
                    marks[key] = answer.mark

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(2):
                    group.create_task(ask_on())
        finally:
            await self._commit(changes)
            self._remember({key: mark for key, mark in marks.items() if key in changes})
        return tally

    def _judge(self, key: Key, answer: Answer, changes: dict[Key, Change], tally: _Tally) -> None:
        match answer.said:
            case None:
                self._answered([key])
                tally.good += 1
            case Report() as report:
                changes[key] = self._absorbing(report, answer.asked_at)
                self._answered([key])
                tally.good += 1
            case Failure(kind=Kind.NOT_FOUND):
                changes[key] = partial(missed, asked_at=answer.asked_at)
                self._answered([key])
                tally.good += 1  # the service did answer as it should
            case Failure() as failure:
                stop = failure.kind in _STOPPING
                tally.failed(failure, stop=stop)
                if not stop:
                    self._schedule.failed(key, failure, self._now())

    async def _look_on(self, sweep: Sweep, tally: _Tally) -> bool:
        """Ask for one page and commit it. Returns whether the pass goes on.

        Who stands on no page is asked for singly: only then an absence counts (contract 4).
        """
        if (request := sweep.request()) is None:
            return False
        now = self._now()
        known = {
            mark: key.id
            for key in self._missing(sweep)
            if (mark := self._known(key, now)) is not None
        }
        answer = await self._asker.page(request, known)
        page = answer.said
        if isinstance(page, Failure):
            self._list_failed(page, tally)
            if not tally.stop:
                tally.missing = self._missing(sweep)
            return False
        found = {Key(self._account, r.id): r for r in page.reports if r.id in sweep.missing}
        await self._commit({k: self._absorbing(r, answer.asked_at) for k, r in found.items()})
        self._remember({key: page.prints[key.id] for key in found if key.id in page.prints})
        seen = (*found, *(Key(self._account, each) for each in page.same))
        self._answered(seen, is_listed=True)
        sweep.took(page)
        tally.good += 1
        if sweep.request() is not None:
            return True
        tally.missing = self._missing(sweep)
        return False

    def _missing(self, sweep: Sweep) -> tuple[Key, ...]:
        return tuple(Key(self._account, each) for each in sweep.missing)

    def _list_failed(self, failure: Failure, tally: _Tally) -> None:
        if failure.kind not in _SPOILT:
            tally.failed(failure, stop=True)
            return
        log.info("no list at %s: %s", failure.host, failure.kind.value)
        if failure.kind in _NO_LIST:
            self._can_list = False

    # what came of it

    def _absorbing(self, report: Report, asked_at: float) -> Change:
        return partial(absorb, report=report, asked_at=asked_at, seen_at=self._clock())

    def _answered(self, keys: Iterable[Key], *, is_listed: bool = False) -> None:
        now, wall = self._now(), self._service_clock()
        for key in keys:
            self._schedule.answered(key, now, wall, is_listed=is_listed)

    def _known(self, key: Key, now: float) -> int | None:
        """What tells an answer that changes nothing; None where every answer is to be read.

        Looks that find the same bytes leave the row as it is on disk, the time of the look
        included: never two looks overlap, so no older answer can slip in between.
        """
        mark, task = self._marks.get(key), self._schedule.task(key)
        if mark is None or task is None or task.status.is_terminal or task.misses:
            return None
        is_fresh = now - mark.read_at < self._pacer.seconds(_READ_AGAIN_S)
        return mark.mark if is_fresh else None

    def _remember(self, marks: Mapping[Key, int]) -> None:
        """Only after the commit: what is not on disk is read again."""
        now = self._now()
        self._marks.update({key: _Mark(mark, now) for key, mark in marks.items()})

    def _service_clock(self) -> float:
        return self._clock() + self._asker.skew.seconds

    async def _commit(self, changes: dict[Key, Change]) -> None:
        if changes:
            self._took(await self._store.change(changes, self._clock()))

    def _took(self, diff: Diff) -> None:
        self.noticed(diff)
        for task in diff.changed:
            if task.status.is_terminal:
                self._marks.pop(task.key, None)
        if diff:
            self._publish(TasksChanged(diff))

    def _settle(self, tally: _Tally) -> None:
        """What a round means for the account: good again, resting, or paused."""
        if tally.good:
            self._last_good_at = self._clock()
        if (failure := tally.failure) is not None:
            where = failure.code or failure.detail
            log.info("%s at %s: %s", failure.kind.value, failure.host, where)
            if tally.stop or not tally.good:
                self._health.rest(failure, self._now())
                return
        if tally.good:
            self._health.good()

    @asynccontextmanager
    async def _claimed(self, keys: Collection[Key]) -> AsyncIterator[None]:
        """Never two looks at one task at once: wait until nobody else looks at these."""
        wanted = set(keys)
        while self._busy & wanted:
            await self._released.wait()
        self._busy |= wanted
        try:
            yield
        finally:
            self._busy -= wanted
            self._released.set()
            self._released = asyncio.Event()

    # waiting and telling

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _next_at(self) -> float | None:
        """The loop's time of the next look; None when there is none to come by itself."""
        now = self._now()
        due = None if self._health.is_paused else self._schedule.next_at(now, self._busy)
        return None if due is None else max(due, self._health.rests_until)

    def _tell(self) -> None:
        """Publish the state of the account when it differs from what was said last."""
        next_at = self._next_at()
        news = AccountChanged(
            account=self._account,
            activity=self.activity,
            next_look_at=None if next_at is None else self._clock() + next_at - self._now(),
            failure=self._health.failure,
            last_good_at=self._last_good_at,
            skew_s=self._asker.skew.seconds if self._asker.skew.is_known else None,
        )
        if news != self._told:
            self._told = news
            self._publish(news)

    async def _nap(self) -> None:
        next_at = self._next_at()
        wait = None if next_at is None else min(next_at - self._now(), _LONGEST_NAP_S)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass
