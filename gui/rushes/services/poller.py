"""The loop of one account: choose what is due, look, commit, publish, wait.

Failures are values and never change a task's state. An account rests after failures that pass
and pauses after those that do not (`core.failure.PAUSING`), until the user acts.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.merge import Change, absorb, missed
from rushes.core.news import AccountChanged, TasksChanged, Trouble
from rushes.core.ports import Clock, Publish, Store, StoreError
from rushes.core.task import Diff, Key, Report
from rushes.services.asker import Answer, Asker
from rushes.services.errands import cancel_queued, import_recent
from rushes.services.schedule import Health, Pacer, Schedule

log = logging.getLogger(__name__)

#: Never sleep longer than this while something is watched: a wake from sleep is noticed then.
_LONGEST_NAP_S = 15.0

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
        self._schedule = Schedule(self._account, pacer)
        self._health = Health(pacer)
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

    def refresh(self) -> None:
        """Look at everything at once, still through the limiter. A pause stays a pause."""
        self._schedule.make_all_due(self._now())
        self._health.hurry()
        self._wake.set()

    def resume(self) -> None:
        """The user has seen to it: try again."""
        self._health.good()
        self._can_list = self._asker.provider.many is not None
        self.refresh()

    async def look(self, keys: Collection[Key]) -> Failure | None:
        """One pass over these tasks, ended ones included. Returns why some were not seen."""
        if (failure := self._health.must_wait(self._now())) is not None:
            return failure
        try:
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
            self._schedule.load(await self._store.live(self._account), self._now())
        except StoreError:
            self._is_loaded = False
            raise

    def _notice_sleep(self) -> None:
        """After a sleep everything is due; the limiter keeps that from being a burst."""
        offset = self._clock() - self._now()
        if self._offset is not None and offset - self._offset > _SLEPT_S:
            self.refresh()
        self._offset = offset

    async def _tick(self) -> None:
        listable = self._can_list and len(self._schedule) >= self._asker.provider.batch_from
        singly, listed = self._schedule.due(self._now(), busy=self._busy, can_list=listable)
        for keys, look in ((singly, self._look_singly), (listed, self._look_listed)):
            if keys:
                async with self._claimed(keys):
                    tally = await look(keys)
                self._schedule.ask_alone(tally.missing, self._now())
                self._settle(tally)
                if tally.stop:
                    break

    async def _look(self, keys: Collection[Key]) -> _Tally:
        async with self._claimed(keys):
            if not self._can_list or len(keys) < self._asker.provider.batch_from:
                return await self._look_singly(tuple(keys))
            tally = await self._look_listed(tuple(keys))
            if tally.stop or not tally.missing:
                return tally
            return await self._look_singly(tally.missing)

    async def _look_singly(self, keys: Sequence[Key]) -> _Tally:
        """One question a task, two at a time, one commit for all."""
        tally = _Tally()
        changes: dict[Key, Change] = {}
        left = list(reversed(keys))

        async def ask_on() -> None:
            while left and not tally.stop:
                key = left.pop()
                self._judge(key, await self._asker.one(key.id), changes, tally)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(2):
                    group.create_task(ask_on())
        finally:
            await self._commit(changes)
        return tally

    def _judge(self, key: Key, answer: Answer, changes: dict[Key, Change], tally: _Tally) -> None:
        match answer.said:
            case Report() as report:
                changes[key] = self._absorbing(report, answer.asked_at)
                self._answered(key)
                tally.good += 1
            case Failure(kind=Kind.NOT_FOUND):
                changes[key] = partial(missed, asked_at=answer.asked_at)
                self._answered(key)
                tally.good += 1  # the service did answer as it should
            case Failure() as failure:
                stop = failure.kind in _STOPPING
                tally.failed(failure, stop=stop)
                if not stop:
                    self._schedule.failed(key, failure, self._now())

    async def _look_listed(self, keys: Sequence[Key]) -> _Tally:
        """Ask the list for all of `keys`; a commit a page.

        Who stands on no page is asked for singly: only then an absence counts (contract 4).
        """
        tally = _Tally()
        missing = dict.fromkeys(keys)
        for request in self._asker.many([key.id for key in keys]):
            answer = await self._asker.page(request)
            if isinstance(answer.said, Failure):
                self._list_failed(answer.said, tally)
                if tally.stop:
                    return tally
                break
            found = {Key(self._account, report.id): report for report in answer.said.reports}
            seen = [key for key in found if key in missing]
            await self._commit({key: self._absorbing(found[key], answer.asked_at) for key in seen})
            for key in seen:
                del missing[key]
                self._answered(key)
            tally.good += 1
        tally.missing = tuple(missing)
        return tally

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

    def _answered(self, key: Key) -> None:
        self._schedule.answered(key, self._now(), self._clock())

    async def _commit(self, changes: dict[Key, Change]) -> None:
        if changes:
            self._took(await self._store.change(changes, self._clock()))

    def _took(self, diff: Diff) -> None:
        self.noticed(diff)
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
        due = None if self._health.is_paused else self._schedule.next_at(self._busy)
        return None if due is None else max(due, self._health.rests_until, self._now())

    def _tell(self) -> None:
        """Publish the state of the account when it differs from what was said last."""
        next_at = self._next_at()
        news = AccountChanged(
            account=self._account,
            activity=self._health.activity(is_idle=len(self._schedule) == 0),
            next_look_at=None if next_at is None else self._clock() + next_at - self._now(),
            failure=self._health.failure,
            last_good_at=self._last_good_at,
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
