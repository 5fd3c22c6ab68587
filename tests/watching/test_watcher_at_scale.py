"""A thousand live tasks on one account: all are seen, and its limits hold at the service's end."""

import asyncio
import random
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rushes.core.account import Account, Service
from rushes.core.events import AccountChanged, BackendEvent, TasksChanged
from rushes.core.secret import Secret
from rushes.core.task import Key
from rushes.net.http import Network
from rushes.simulator.life import Phase, lived
from rushes.simulator.scene import Scene, Site, Slot
from rushes.store import Store, tables
from rushes.watching.supervisor import TaskSupervisor
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401  (a fixture)

SPEED = 20.0
N = 1000


def crowd() -> Scene:
    """Most of them run for long; a hundred end within a simulated minute and a half."""
    dice = random.Random(5)
    slots = []
    for number in range(N):
        ends = dice.uniform(20, 80) if number % 10 == 0 else 86_400.0
        life = lived(5, ends, Phase.FAILED, submitted_s=-60)
        slots.append(Slot(name=f"crowd {number}", life=life, seed=number))
    return Scene(name="crowd", about="Many.", slots=MappingProxyType({Site.ARK: tuple(slots)}))


def test_that_a_thousand_tasks_are_watched_within_the_accounts_limits(
    run: Drive[Any],
    simulator: Play,  # noqa: F811
    tmp_path: Path,
) -> None:
    sim = simulator(crowd(), speed=SPEED)
    ark = sim.endpoint("ark")
    news: list[BackendEvent] = []

    async def work() -> None:
        store, network = await Store.open(tmp_path / "store.sqlite3"), Network()

        def publish(one: BackendEvent) -> None:
            news.append(one)
            if isinstance(one, TasksChanged):
                watcher.noticed(one.diff)

        watcher = TaskSupervisor(store=store, publish=publish, speed=SPEED)
        account = Account(id="a", name="", service=Service.ARK, base_url=ark.base_url)
        try:
            await store.write(tables.put_account, account)
            await store.write(tables.add, [Key("a", each) for each in ark.ids], 0.0)
            watcher.start(account, network.client_for(account, Secret(ark.key)))
            async with asyncio.timeout(LIMIT_S):
                while await _unfinished(store) > N - N // 10:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        finally:
            await watcher.aclose()
            await network.aclose()
            await store.aclose()

    run(work())
    failures = [n.failure for n in news if isinstance(n, AccountChanged) and n.failure]
    assert failures == []  # a 429 would be one
    assert len(sim.heard) < N / 5


async def _unfinished(store: Store) -> int:
    return len(await store.read(tables.due, "a"))
