"""Watching all accounts: one loop each, one gate a host, and one end.

The loop of one account (`Poller`): choose what is due, look, commit, publish, wait. Failures are
values and never change a task's state. After any of them an account rests and is asked again, ever
more rarely, for ever (`core.retry`).
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from rushes.core.account import Account, KeyCredit, origin
from rushes.core.eta import Eta, History
from rushes.core.events import AccountChanged, Activity, BackendEvent, ProgramFailure
from rushes.core.failure import Failure, Kind
from rushes.core.pace import IN_FLIGHT, LIMITS
from rushes.core.ports import Client, Clock, Publish
from rushes.core.retry import is_foreign
from rushes.core.task import Diff, Key, Report, Task
from rushes.store import Store, StoreError, tables
from rushes.system.scope import CoroutineScope
from rushes.watching.api import AccountApi, Limiter, Routes
from rushes.watching.checker import StatusChecker, Tally
from rushes.watching.clocks import SteadyClock
from rushes.watching.list_scan import Discovery, ListScan
from rushes.watching.schedule import Health, Pacer, Schedule

log = logging.getLogger(__name__)

#: Never sleep longer than this while something is watched: a wake from sleep is noticed then.
_LONGEST_NAP_S = 5.0

#: So often who is due is read anew before what a round of single questions came to is told.
_GROUPS_A_ROUND = 5

#: The wall clock ran so much further than the loop's: the computer slept.
_SLEPT_S = 20.0

#: A loop that ended by a bug starts again after this; an account never stops unnoticed.
_RESTART_S = 30.0


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
        api: AccountApi,
        *,
        store: Store,
        publish: Publish,
        clock: Clock,
        speed: float,
        chance: Callable[[], float],
        wants: Callable[[Key], bool] | None = None,
    ) -> None:
        self._api = api
        self._store = store
        self._publish = publish
        self._clock = clock
        self._account = api.account.id
        pacer = Pacer(speed, chance)
        self._schedule = Schedule(self._account, pacer, LIMITS[api.account.dialect], wants)
        self._health = Health(pacer)
        self._checker = StatusChecker(
            api, self._schedule, store=store, publish=publish, clock=clock, noticed=self.noticed
        )
        self._scan: ListScan | None = None  # the pass over the list that is under way
        self._discovery = (
            Discovery(api.recent, pacer.seconds)
            if api.account.keep_importing and api.provider.recent and wants is None
            else None
        )
        self._is_loaded = False
        self._wake = asyncio.Event()
        self._last_good_at: float | None = None
        self._published: AccountChanged | None = None
        self._offset: float | None = None  # wall clock minus the loop's

    async def run(self) -> None:
        """Look, commit, publish, wait, until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self._load()
                self._notice_sleep()
                self._publish_state()
                if self._health.may_look(self._now()):
                    await self._tick()
            except StoreError as e:
                self._publish(ProgramFailure(e.failure))
                self._health.rest(e.failure, self._now())
            self._publish_state()
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
        if self._schedule.show(keys, self._now(), self._api.service_clock()):
            self._wake.set()

    def eta(self, task: Task) -> Eta | None:
        """How long `task` may still take, as tasks of its kind took this user so far."""
        return self._schedule.history.eta(task, self._api.service_clock())

    def online(self) -> None:
        """The network is back: do not wait for the next try."""
        if self._health.is_cut_off:
            self._look_afresh()

    @property
    def activity(self) -> Activity:
        is_idle = len(self._schedule) == 0 and self._discovery is None
        return self._health.activity(is_idle=is_idle)

    def refresh(self) -> None:
        """The user wants everything looked at now; still through the limiter, and not again and
        again."""
        if self._health.retry_by_user(self._now()):
            self._schedule.make_all_due(self._now())
            self._checker.retry_list()
        self._wake.set()

    def _look_afresh(self) -> None:
        """After a time without any look: whose link ends first comes first. The limiter and the
        gate of the origin keep that from being a burst."""
        self._schedule.make_all_due(self._now(), afresh=True)
        self._health.skip_rest(self._now())
        self._wake.set()

    def resume(self) -> None:
        """The user has seen to it: try again."""
        self._health.reset()
        self.refresh()

    async def ask(self, task_id: str) -> Report | Failure:
        """What the service says about a task, whether it is in the list or not."""
        said = (await self._api.one(task_id)).said
        assert said is not None  # no earlier answer was named
        return said

    async def look(self, keys: Collection[Key]) -> Failure | None:
        """One pass over these tasks, ended ones included. Returns why some were not seen."""
        if (failure := self._health.must_wait(self._now())) is not None:
            return failure
        try:
            await self._load()
            if (failure := await self._probe()) is not None:
                return failure
            tally = await self._checker.check(keys)
        finally:
            self._wake.set()
        self._settle(tally)
        return tally.failure

    async def key_problem(self) -> Failure | None:
        """Why the key may not go along with something else than a check. None: it may."""
        health = self._health
        if health.must_probe and not health.may_look(self._now()):
            return health.failure
        was_foreign = health.must_probe
        failure = await self._probe()
        if was_foreign and failure is None:
            self._good()
            self._wake.set()
        return failure

    async def credit(self) -> KeyCredit | None:
        """What the gateway says about the key; None: nothing, or the key may not go along now."""
        if self._api.provider.models is None or await self.key_problem() is not None:
            return None
        return await self._api.credit()

    async def import_recent(self) -> Diff | Failure:
        """Put what the service still holds into the list. What was found is kept in any case.
        Where somebody else answered, the key goes there again only after a question without it."""
        if (failure := await self.key_problem()) is not None:
            return failure
        found = await self._checker.import_recent()
        if isinstance(found, Failure) and is_foreign(found):
            self._rest(found)
            self._wake.set()
        return found

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a queued task at the service; refused when it is not queued any more."""
        try:
            failure = await self._checker.cancel(key)
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
                runs = await self._store.read(tables.run_times, self._api.account.service)
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
        """Single questions and a page of the list, so that news of either is soon seen."""
        if await self._probe() is not None:
            return
        singly, listed = self._due()
        if singly:
            tally = Tally()
            await self._checker.check_singly(self._singly(singly, tally), tally)
            self._settle(tally)
            if tally.stop:
                return
        if listed:
            self._scan = self._checker.new_scan(listed)
        if self._scan is not None:
            tally, goes_on = await self._checker.next_page(self._scan)
            if not goes_on:
                self._scan = None
                self._schedule.ask_alone(tally.missing, self._now())
            self._settle(tally)
        found = self._discovery
        if found is not None and self._checker.can_list and found.next_at <= self._now():
            self._settle(await self._checker.discover(found))

    def _due(self) -> tuple[list[Key], list[Key]]:
        scanned = self._checker.missing(self._scan) if self._scan else ()
        return self._schedule.due(
            self._now(),
            busy=self._checker.in_flight.union(scanned),
            can_list=self._checker.can_list
            and len(self._schedule) >= self._api.provider.batch_from,
            is_scanning=self._scan is not None,
        )

    def _singly(self, keys: Sequence[Key], tally: Tally) -> Iterator[Key]:
        """These, and then who is due by then, as long as nothing else is to be done: with a pause
        between rounds less would be asked than the limiter allows."""
        if self._health.failure is not None:
            yield keys[0]  # whether it is over is seen by one
            return
        for _ in range(_GROUPS_A_ROUND):
            yield from (key for key in keys if key not in self._checker.in_flight)
            if tally.failure is not None or self._scan is not None or not self._is_loaded:
                return
            keys, listed = self._due()
            if listed:
                return

    # what came of it

    def _settle(self, tally: Tally) -> None:
        """What a round means for the account: good again, or resting."""
        if tally.good:
            self._last_good_at = self._clock()
        if (failure := tally.failure) is not None:
            where = failure.code or failure.detail
            log.info("%s at %s: %s", failure.kind.value, failure.host, where)
        failure = tally.account_failure
        if failure is not None and (tally.stop or not tally.good):
            self._rest(failure)
        elif tally.good or tally.task_failure:  # refused, but in the service's own words
            self._good()

    def _rest(self, failure: Failure) -> None:
        """A link that lives by one of the two clocks counts: nothing tells which is wrong."""
        ends_in: float | None = None
        if failure.retry_after is not None:
            walls = (self._clock(), self._api.service_clock())
            ends = ((self._schedule.first_end(wall), wall) for wall in walls)
            ends_in = min((end - wall for end, wall in ends if end is not None), default=None)
        self._health.rest(failure, self._now(), ends_in=ends_in)

    def _good(self) -> None:
        was_resting = self._health.failure is not None
        self._health.good()
        if was_resting:
            self._checker.retry_list()
            self._schedule.retry_failed(self._now())

    async def _probe(self) -> Failure | None:
        """Where somebody else answered last: ask without the key who is there. None: the key may
        go along."""
        if not self._health.must_probe:
            return None
        failure = await self._api.probe()
        if failure is not None:
            log.info("without the key: %s at %s", failure.kind.value, failure.host)
            self._rest(failure)
            return failure
        return self._health.probed(self._now())

    # waiting and publishing

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _next_at(self) -> float | None:
        """The loop's time of the next look; None when there is none to come by itself."""
        now = self._now()
        if self._health.is_paused:
            return None
        due = [] if self._discovery is None else [max(now, self._discovery.next_at)]
        if (soonest := self._schedule.next_at(now, self._checker.in_flight)) is not None:
            due.append(soonest)
        return max(min(due), self._health.rests_until) if due else None

    def _publish_state(self) -> None:
        """Publish the state of the account when it differs from what was said last."""
        next_at = self._next_at()
        state = AccountChanged(
            account=self._account,
            activity=self.activity,
            next_look_at=None if next_at is None else self._clock() + next_at - self._now(),
            failure=self._health.shown or self._schedule.refused,
            last_good_at=self._last_good_at,
            skew_s=self._api.skew.seconds if self._api.skew.is_known else None,
            key_waits=self._health.waits_for_click(self._now()),
        )
        if state != self._published:
            self._published = state
            self._publish(state)

    async def _nap(self) -> None:
        next_at = self._next_at()
        wait = None if next_at is None else min(next_at - self._now(), _LONGEST_NAP_S)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass


class TaskSupervisor:
    """Starts, stops and finds the pollers. Clients belong to whoever hands them in.

    Attributes:
        came_online: Called when the network is back, or turned out to be.
        wants: Which tasks are looked at; None: all. Set before `start`.
    """

    def __init__(
        self,
        *,
        store: Store,
        publish: Publish,
        clock: Clock = time.time,
        speed: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.came_online: Callable[[], object] = lambda: None
        self.wants: Callable[[Key], bool] | None = None
        self._store = store
        self._publish_outside = publish
        self._offline: set[str] = set()
        self._clock = clock
        self._speed = speed
        self._chance = chance
        self._pollers: dict[str, Poller] = {}
        self._steady_clocks: dict[str, SteadyClock] = {}  # by account: one scale for the whole run
        self._routes: dict[tuple[str, str], Routes] = {}  # by account and base URL
        self._gates: dict[tuple[str, str, int], asyncio.Semaphore] = {}
        self._scope = CoroutineScope("watcher", self._on_error)

    def start(self, account: Account, client: Client, *, loop: bool = True) -> None:
        """Watch `account` from now on.

        Args:
            loop: False: only look when `look` and the like are called.
        """
        gate = self._gates.setdefault(origin(account.base_url), asyncio.Semaphore(IN_FLIGHT))
        limiter = Limiter(
            LIMITS[account.dialect],
            gate,
            clock=asyncio.get_running_loop().time,
            speed=self._speed,
        )
        known = self._steady_clocks.get(account.id)
        routes = self._routes.setdefault(
            (account.id, account.base_url), Routes(lambda seconds: seconds / self._speed)
        )
        keep_route = partial(self._keep_route, account.id)
        api = AccountApi(account, client, limiter, self._clock, known, routes, keep_route)
        self._steady_clocks[account.id] = api.steady_clock
        poller = Poller(
            api,
            store=self._store,
            publish=self._publish,
            clock=self._clock,
            speed=self._speed,
            chance=self._chance,
            wants=self.wants,
        )
        self._pollers[account.id] = poller
        if loop:
            self._scope.start(account.id, poller.run())

    async def _keep_route(self, account: str, route: str) -> None:
        try:
            await self._store.write(tables.keep_route, account, route)
        except StoreError as e:  # it will be found again
            self._publish(ProgramFailure(e.failure))

    def _publish(self, event: BackendEvent) -> None:
        """Pass it on; who is reached again after nobody was tells the others."""
        self._publish_outside(event)
        if not isinstance(event, AccountChanged):
            return
        if event.activity is Activity.OFFLINE:
            self._offline.add(event.account)
        elif event.account in self._offline:
            self._offline.discard(event.account)
            if event.activity in (Activity.WATCHING, Activity.IDLE):
                self.online()

    async def stop(self, account: str) -> None:
        """Stop watching; the account's client may be closed afterwards."""
        self._offline.discard(account)
        self._pollers.pop(account, None)
        await self._scope.cancel(account)

    def wake(self, account: str) -> None:
        """Tasks were added: look at them now."""
        if poller := self._pollers.get(account):
            poller.wake()

    def noticed(self, diff: Diff) -> None:
        """The list changed, by whomever: what was removed or paused is not asked about again."""
        for poller in self._pollers.values():
            poller.noticed(diff)

    def shown(self, keys: Collection[Key]) -> None:
        """These tasks are on the screen now: they are looked at first, and more often."""
        for account, poller in self._pollers.items():
            poller.shown([key for key in keys if key.account == account])

    def eta(self, task: Task) -> Eta | None:
        """How long `task` may still take, by the user's own history; None: nobody can tell."""
        poller = self._pollers.get(task.key.account)
        return None if poller is None else poller.eta(task)

    def online(self) -> None:
        """The network is back: accounts that found it gone look again at once."""
        for poller in self._pollers.values():
            poller.online()
        self.came_online()

    def refresh(self, account: str | None = None) -> None:
        """Look at everything at once; None: of all accounts. Inside a wait the service asked for,
        or within five seconds of the last time, nothing happens."""
        for poller in self._chosen(account):
            poller.refresh()

    def resume(self, account: str) -> None:
        """Try an account again as if nothing had gone wrong: the user has seen to it."""
        for poller in self._chosen(account):
            poller.resume()

    async def ask(self, key: Key) -> Report | Failure:
        """What an account's service says about a task that need not be in the list."""
        poller = self._pollers.get(key.account)
        return _not_started() if poller is None else await poller.ask(key.id)

    async def look(self, keys: Sequence[Key]) -> Failure | None:
        """One pass over these tasks now. Returns why some of them were not seen."""
        by_account: dict[str, list[Key]] = {}
        for key in keys:
            by_account.setdefault(key.account, []).append(key)
        answers = await asyncio.gather(*(self._look(a, k) for a, k in by_account.items()))
        return next((failure for failure in answers if failure is not None), None)

    async def key_problem(self, account: str) -> Failure | None:
        """Why the account's key may not go along to its address now. None: it may."""
        poller = self._pollers.get(account)
        return None if poller is None else await poller.key_problem()

    async def credit(self, account: str) -> KeyCredit | None:
        """What the account's gateway says about its key, at most a minute old; None: nothing, or
        the account is not watched."""
        poller = self._pollers.get(account)
        return None if poller is None else await poller.credit()

    async def _look(self, account: str, keys: Sequence[Key]) -> Failure | None:
        poller = self._pollers.get(account)
        return _not_started() if poller is None else await poller.look(keys)

    async def import_recent(self, account: str) -> Diff | Failure:
        """Put everything the service still holds (7 days) into the list."""
        poller = self._pollers.get(account)
        return _not_started() if poller is None else await poller.import_recent()

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a queued task at the service."""
        poller = self._pollers.get(key.account)
        return _not_started() if poller is None else await poller.cancel(key)

    async def aclose(self) -> None:
        await self._scope.aclose()
        self._pollers.clear()

    def _chosen(self, account: str | None) -> Iterable[Poller]:
        if account is None:
            return tuple(self._pollers.values())
        poller = self._pollers.get(account)
        return () if poller is None else (poller,)

    def _on_error(self, name: str, error: BaseException) -> None:
        log.error("watching %s ended by a bug; starting again", name, exc_info=error)
        if poller := self._pollers.get(name):
            self._scope.start(name, self._again(poller))

    async def _again(self, poller: Poller) -> None:
        await asyncio.sleep(_RESTART_S / self._speed)
        await poller.run()


def _not_started() -> Failure:
    return Failure(Kind.NO_KEY, detail="the account is not being watched")
