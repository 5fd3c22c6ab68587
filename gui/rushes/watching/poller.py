"""The loop of one account: choose what is due, look, commit, publish, wait.

Failures are values and never change a task's state. After any of them an account rests and is
asked again, ever more rarely, for ever (`core.retry`).
"""

import asyncio
import logging
from collections.abc import Callable, Collection

from rushes.core.eta import Eta, History
from rushes.core.failure import Failure
from rushes.core.news import AccountChanged, Activity, Trouble
from rushes.core.pace import LIMITS
from rushes.core.ports import Clock, Publish
from rushes.core.task import Diff, Key, Report, Task
from rushes.store import Store, StoreError, tables
from rushes.watching.asker import Asker
from rushes.watching.claims import Claims
from rushes.watching.discovery import Discovery
from rushes.watching.errands import cancel_queued, import_recent
from rushes.watching.looks import Looks, Tally
from rushes.watching.marks import READ_AGAIN_S, Marks
from rushes.watching.schedule import Health, Pacer, Schedule
from rushes.watching.sweep import Sweep

log = logging.getLogger(__name__)

#: Never sleep longer than this while something is watched: a wake from sleep is noticed then.
_LONGEST_NAP_S = 5.0

#: The wall clock ran so much further than the loop's: the computer slept.
_SLEPT_S = 20.0


class Poller:
    """Watches one account. `run` is the loop; everything else may be called beside it.

    Args:
        clock: Unix seconds. Waiting is measured with the loop's own clock.
        speed: See `Options.speed`.
        chance: Random numbers from 0 to 1.
        wants: Which tasks are looked at; None: all, and those that are found.
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
        wants: Callable[[Key], bool] | None = None,
    ) -> None:
        self._asker = asker
        self._store = store
        self._publish = publish
        self._clock = clock
        self._account = asker.account.id
        pacer = Pacer(speed, chance)
        self._pacer = pacer
        self._schedule = Schedule(self._account, pacer, LIMITS[asker.account.dialect], wants)
        self._health = Health(pacer)
        self._sweep: Sweep | None = None
        self._is_loaded = False
        self._claims = Claims()
        self._looks = Looks(
            *(asker, self._schedule, self._claims, Marks(pacer.seconds(READ_AGAIN_S))),
            store=store,
            publish=publish,
            clock=clock,
            noticed=self.noticed,
        )
        self._discovery = (
            Discovery(asker.recent, pacer.seconds)
            if asker.account.keep_importing and asker.provider.recent and wants is None
            else None
        )
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
        if self._schedule.show(keys, self._now(), self._asker.service_clock()):
            self._wake.set()

    def eta(self, task: Task) -> Eta | None:
        """How long `task` may still take, as tasks of its kind took this user so far."""
        return self._schedule.history.eta(task, self._asker.service_clock())

    def online(self) -> None:
        """The network is back: do not wait for the next try."""
        if self._health.is_cut_off:
            self._look_afresh()

    @property
    def activity(self) -> Activity:
        is_idle = len(self._schedule) == 0 and self._discovery is None
        return self._health.activity(is_idle=is_idle)

    def refresh(self) -> None:
        """The user wants everything looked at now; still through the limiter, not again and
        again, and never while the service wants us to wait."""
        if self._health.wish(self._now()):
            self._schedule.make_all_due(self._now())
            self._looks.list_again()
        self._wake.set()

    def _look_afresh(self) -> None:
        """After a time without any look: whose link ends first comes first. The limiter and the
        gate of the origin keep that from being a burst."""
        self._schedule.make_all_due(self._now(), afresh=True)
        self._health.hurry(self._now())
        self._wake.set()

    def resume(self) -> None:
        """The user has seen to it: try again."""
        self._health.good()
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
            if (failure := await self._greet()) is not None:
                return failure
            tally = await self._looks.at(keys)
        finally:
            self._wake.set()
        self._settle(tally)
        return tally.failure

    async def greet(self) -> Failure | None:
        """Before the key goes along with something else than a look. None: it may."""
        health = self._health
        if health.must_greet and not health.may_look(self._now()):
            return health.failure
        was_foreign = health.must_greet
        failure = await self._greet()
        if was_foreign and failure is None:
            self._good()
            self._wake.set()
        return failure

    async def import_recent(self) -> Diff | Failure:
        """Put what the service still holds into the list. What was found is kept in any case."""
        diff, failure = await import_recent(self._asker, self._store, self._clock)
        self._looks.took(diff)
        return diff if failure is None else failure

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a queued task at the service; refused when it is not queued any more."""
        try:
            async with self._claims.on([key]):
                report, asked_at, failure = await cancel_queued(self._asker, key)
                if report is not None:
                    await self._looks.commit({key: self._looks.absorbing(report, asked_at)})
        finally:
            self._wake.set()
        return failure if failure is not None else await self.look([key])

    # looking

    async def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True  # before the look: a wake in between asks for another one
        try:
            live = await self._store.read(tables.due, self._account)
            if not self._schedule.history:
                runs = await self._store.read(tables.run_times, self._asker.account.service)
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
        if await self._greet() is not None:
            return
        sweeping = self._looks.missing(self._sweep) if self._sweep else ()
        singly, listed = self._schedule.due(
            self._now(),
            busy=self._claims.busy.union(sweeping),
            can_list=self._looks.can_list
            and len(self._schedule) >= self._asker.provider.batch_from,
            is_sweeping=self._sweep is not None,
        )
        if singly:
            if self._health.failure is not None:
                singly = singly[:1]  # whether it is over is seen by one
            tally = await self._looks.singly(singly)
            self._settle(tally)
            if tally.stop:
                return
        if listed:
            self._sweep = self._looks.new_sweep(listed)
        if self._sweep is not None:
            await self._sweep_on(self._sweep)
        found = self._discovery
        if found is not None and self._looks.can_list and found.next_at <= self._now():
            self._settle(await self._looks.discover(found))

    async def _sweep_on(self, sweep: Sweep) -> None:
        """The next page of the pass that is under way."""
        tally, goes_on = await self._looks.next_page(sweep)
        if not goes_on:
            self._sweep = None
            self._schedule.ask_alone(tally.missing, self._now())
        self._settle(tally)

    # what came of it

    def _settle(self, tally: Tally) -> None:
        """What a round means for the account: good again, or resting."""
        if tally.good:
            self._last_good_at = self._clock()
        if (failure := tally.failure) is not None:
            where = failure.code or failure.detail
            log.info("%s at %s: %s", failure.kind.value, failure.host, where)
        if tally.way is not None and (tally.stop or not tally.good):
            self._rest(tally.way)
        elif tally.good or tally.refused:  # refused, but in the service's own words
            self._good()

    def _rest(self, failure: Failure) -> None:
        wall = self._asker.service_clock()
        end = self._schedule.first_end(wall) if failure.retry_after is not None else None
        self._health.rest(failure, self._now(), ends_in=None if end is None else end - wall)

    def _good(self) -> None:
        if self._health.failure is not None:
            self._health.good()
            self._looks.list_again()
            self._schedule.forgive(self._now())

    async def _greet(self) -> Failure | None:
        """Where somebody else answered last: ask without the key who is there. None: the key may
        go along."""
        if not self._health.must_greet:
            return None
        failure = await self._asker.greet()
        if failure is not None:
            log.info("without the key: %s at %s", failure.kind.value, failure.host)
            self._rest(failure)
            return failure
        return self._health.greeted(self._now())

    # waiting and telling

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _next_at(self) -> float | None:
        """The loop's time of the next look; None when there is none to come by itself."""
        now = self._now()
        if self._health.is_paused:
            return None
        due = [] if self._discovery is None else [max(now, self._discovery.next_at)]
        if (soonest := self._schedule.next_at(now, self._claims.busy)) is not None:
            due.append(soonest)
        return max(min(due), self._health.rests_until) if due else None

    def _tell(self) -> None:
        """Publish the state of the account when it differs from what was said last."""
        next_at = self._next_at()
        news = AccountChanged(
            account=self._account,
            activity=self.activity,
            next_look_at=None if next_at is None else self._clock() + next_at - self._now(),
            failure=self._health.shown or self._schedule.refused,
            last_good_at=self._last_good_at,
            skew_s=self._asker.skew.seconds if self._asker.skew.is_known else None,
            key_waits=self._health.waits_for_click(self._now()),
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
