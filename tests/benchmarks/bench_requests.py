"""What seeing tasks costs: P1 one by one, P2 by lists; requests.Session is the reference."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import requests
from PySide6.QtWidgets import QApplication

from rushes.core import pace
from rushes.core.account import Account, Dialect, Service
from rushes.core.failure import Failure
from rushes.core.ports import Client
from rushes.core.secret import Secret
from rushes.core.task import Key
from rushes.core.wire import Reply, Request
from rushes.net.http import Network
from rushes.runtime.loop import Garbage, new_loop
from rushes.store import Store, tables
from rushes.watching.api import AccountApi, Limiter
from rushes.watching.supervisor import TaskSupervisor
from tests.benchmarks.figure import Figure, compare, cpu_seconds, in_turn, limit, rounds
from tests.benchmarks.watching.service import serving, task_id

FIGURES = ("P1", "P2")
N = 1000
_NO_LIMITS = pace.RateLimits(get_gap_s=0.0, list_gap_s=0.0)
_SECRET = Secret("00000000-0000-4000-8000-000000000000")


def figures(quick: bool) -> Iterator[Figure]:
    pace.LIMITS.update(dict.fromkeys(Dialect, _NO_LIMITS))  # the work counts, not the wait
    app = QApplication([])
    n = rounds(quick)
    with (
        serving(N) as url,
        tempfile.TemporaryDirectory() as folder,
        Garbage(),
        asyncio.Runner(loop_factory=lambda: new_loop(app)) as runner,
    ):
        account = Account(id="a", name="", service=Service.ARK, base_url=url)
        rig = runner.run(_Rig.open(account, Path(folder)))

        def measure(look: Callable[[], Coroutine[Any, Any, None]]) -> tuple[list[float], ...]:
            ours, reference = (
                partial(_cpu, lambda: runner.run(look())),
                partial(_cpu, _session, url),
            )
            return in_turn(ours, reference, n=n)

        for name, again in (("every answer new", False), ("nothing changed", True)):
            ours, theirs = measure(partial(rig.singly, again=again))
            yield compare(f"P1 look-up, {name}", _each(ours), _each(theirs), unit="s", at_most=0.5)
        yield limit("P2 the first look at 1,000", [_cpu(lambda: runner.run(rig.all()))], unit="s")
        before = rig.client.asked
        ours, theirs = measure(rig.all)
        yield compare("P2 to see 1,000", ours, theirs, unit="s", at_most=1 / 50)
        passes = n + 1  # the one that warms up
        asked = (rig.client.asked - before) / passes
        yield limit("P2 requests", [asked], unit="requests", at_most=4)
        runner.run(rig.aclose())


def _cpu(work: Callable[..., object], *args: object) -> float:
    """Garbage of the one before is not counted."""
    gc.collect()
    return cpu_seconds(lambda: work(*args))


def _each(seconds: Sequence[float]) -> list[float]:
    return [spent / N for spent in seconds]


def _session(url: str) -> None:
    """What a careful script does."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {_SECRET.reveal()}"
        for number in range(N):
            path = f"/api/v3/contents/generations/tasks/{task_id(number)}"
            assert session.get(url + path, timeout=30).json()["status"] in ("running", "queued")


class _Counting:
    """A client that counts."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.asked = 0

    async def send(self, request: Request) -> Reply | Failure:
        self.asked += 1
        return await self._client.send(request)

    async def aclose(self) -> None:
        await self._client.aclose()


class _Rig:
    """The program's own path to a service where it watches 1,000 tasks."""

    def __init__(self, store: Store, network: Network, account: Account) -> None:
        self._store, self._network, self._account = store, network, account
        self.client = _Counting(network.client_for(account, _SECRET))
        self._watcher = TaskSupervisor(store=store, publish=lambda news: None)
        self._keys = [Key(account.id, task_id(number)) for number in range(N)]
        self._prints: dict[str, int | None] = {}

    @classmethod
    async def open(cls, account: Account, folder: Path) -> Self:
        rig = cls(await Store.open(folder / "store.sqlite3"), Network(), account)
        await rig._store.write(tables.put_account, account)
        await rig._store.write(tables.add, rig._keys, time.time())
        rig._watcher.start(account, rig.client, loop=False)
        return rig

    async def singly(self, *, again: bool) -> None:
        """Ask about every task on its own.

        Args:
            again: What it said last time is known.
        """
        limiter = Limiter(_NO_LIMITS, asyncio.Semaphore(pace.IN_FLIGHT), clock=time.monotonic)
        api = AccountApi(self._account, self.client, limiter, time.time)
        left = [key.id for key in self._keys]

        async def ask_on() -> None:
            while left:
                each = left.pop()
                answer = await api.one(each, self._prints.get(each) if again else None)
                self._prints[each] = answer.fingerprint
                assert answer.fingerprint is not None

        async with asyncio.TaskGroup() as group:
            for _ in range(pace.IN_FLIGHT):
                group.create_task(ask_on())

    async def all(self) -> None:
        """See all of them once, as the loop of the account does."""
        assert await self._watcher.look(self._keys) is None

    async def aclose(self) -> None:
        await self._watcher.aclose()
        await self._network.aclose()
        await self._store.aclose()
