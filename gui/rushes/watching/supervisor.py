"""Watching all accounts: one loop each, one gate a host, and one end."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from rushes.core.account import Account, KeyCredit, origin
from rushes.core.eta import Eta
from rushes.core.events import AccountChanged, Activity, BackendEvent, ProgramFailure
from rushes.core.failure import Failure, Kind
from rushes.core.pace import IN_FLIGHT, LIMITS
from rushes.core.ports import Client, Clock, Publish
from rushes.core.task import Diff, Key, Report, Task
from rushes.store import Store, StoreError, tables
from rushes.system.scope import CoroutineScope
from rushes.watching.api import AccountApi, Limiter, Routes
from rushes.watching.clocks import SteadyClock
from rushes.watching.poller import Poller

log = logging.getLogger(__name__)

#: A loop that ended by a bug starts again after this; an account never stops unnoticed.
_RESTART_S = 30.0


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
