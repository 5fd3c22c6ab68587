"""A task its account's service does not know: others are asked only on a click, one by one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, KeySource, service_named
from rushes.core.secret import Secret
from rushes.core.task import Flag, Key, Mark, Status, Task
from rushes.presentation.sentences import Action
from rushes.simulator.server import Simulator
from rushes.store import tables
from rushes.ui.widgets import review
from tests.conftest import Drive
from tests.controllers.desks import Windows, button, until
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401 - a fixture

Work = Callable[[MainController, Simulator, dict[str, Account]], Awaitable[None]]
Use = Callable[[Work], None]
TRY = Action.TRY_OTHER_ACCOUNTS.value


@pytest.fixture
def use(
    drive: Drive[Any],
    qtbot: QtBot,
    base_dir: Path,
    simulator: Play,  # noqa: F811
) -> Use:
    """The window with accounts at three services that each run a task for a day."""
    windows = Windows(drive, qtbot)

    async def whole(work: Work) -> None:
        sim = simulator("running")
        async with windows.desk(base_dir, speed=50) as desk:
            await desk.backend.start()
            accounts = {}
            for name in ("ark", "rong", "anyfast"):
                site = sim.endpoint(name)
                new = Account(
                    name=name,
                    service=service_named(site.service),
                    base_url=site.base_url,
                    key_source=KeySource.SESSION,
                )
                made = await desk.backend.add_account(new, Secret(site.key))
                assert isinstance(made, Account)
                accounts[name] = made
            await desk.reload_accounts()
            await work(desk, sim, accounts)

    return lambda work: windows.drive(whole(work))


async def task_of(desk: MainController, key: Key) -> Task | None:
    return next(iter(await desk.backend.store.read(tables.get, [key])), None)


def asked(sim: Simulator, service: str, id_: str) -> bool:
    return any(one.service == service and id_ in one.path for one in sim.heard)


async def lost(desk: MainController, account: Account, id_: str) -> Key:
    """Add an id to an account that does not know it, and wait until it is given up."""
    key = Key(account.id, id_)
    await desk.backend.add(account.id, [id_])
    await desk.backend.mark([key], review.rated(4))
    await until(lambda: "Not found with" in desk.window.messages.text)
    task = await task_of(desk, key)
    assert task is not None
    assert Flag.NOT_FOUND in task.flags
    return key


def test_that_a_task_moves_with_its_marks_to_the_account_that_knows_it(use: Use) -> None:
    async def work(desk: MainController, sim: Simulator, accounts: dict[str, Account]) -> None:
        (id_,) = sim.endpoint("anyfast").ids
        old = await lost(desk, accounts["ark"], id_)
        new = Key(accounts["anyfast"].id, id_)
        hint = accounts["ark"].key_hint
        assert desk.window.messages.text == f"Not found with ark (·{hint})."
        button(desk.window, "Try other accounts").click()
        await until(lambda: "Found with anyfast" in desk.window.messages.text)
        assert await task_of(desk, old) is None
        task = await task_of(desk, new)
        assert task is not None
        assert task.mark == Mark(rating=4)
        assert Flag.NOT_FOUND not in task.flags
        await desk.backend.watcher.look([new])
        task = await task_of(desk, new)
        assert task is not None
        assert task.status is Status.RUNNING
        await desk.undo.mark([new], review.rated(1))  # done since, and left alone
        button(desk.window, "Undo").click()
        async with asyncio.timeout(LIMIT_S):
            while await task_of(desk, new) is not None:  # noqa: ASYNC110 - it is asked of the store
                await asyncio.sleep(0.01)
        task = await task_of(desk, old)
        assert task is not None
        assert task.mark == Mark(rating=1)

    use(work)


def test_that_no_other_account_hears_of_an_id_before_the_click(use: Use) -> None:
    async def work(desk: MainController, sim: Simulator, accounts: dict[str, Account]) -> None:
        (id_,) = sim.endpoint("rong").ids
        await lost(desk, accounts["ark"], id_)
        assert not asked(sim, "rong", id_)
        assert not asked(sim, "anyfast", id_)
        button(desk.window, "Try other accounts").click()
        await until(lambda: "Found with rong" in desk.window.messages.text)
        assert not asked(sim, "anyfast", id_)  # nobody is asked after the one that knows it

    use(work)


def test_that_a_task_nobody_knows_stays_where_it_is(use: Use) -> None:
    async def work(desk: MainController, _sim: Simulator, accounts: dict[str, Account]) -> None:
        key = await lost(desk, accounts["ark"], "nobody-knows-me")
        desk.window.elsewhere_requested.emit([key])
        await until(lambda: "No other account" in desk.window.messages.text)
        assert await task_of(desk, key) is not None

    use(work)
