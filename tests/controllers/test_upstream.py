"""A gateway's task that failed or was given up: its job is looked up at Ark on a click, and what
is there is joined to the take."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, KeySource, Service
from rushes.core.secret import Secret
from rushes.core.task import (
    ArtifactKind,
    ArtifactState,
    Flag,
    Key,
    Report,
    Status,
    Task,
    TaskError,
    blank,
)
from rushes.core.upstream import joined, places, upstream_id
from rushes.simulator.server import Simulator
from rushes.store import tables
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.core.pasted import SHAPES
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401 - a fixture
from tests.ui.takes import ARK, RONG

Work = Callable[[MainController, Simulator, dict[str, Account]], Awaitable[None]]
JOB = "cgt-20260915092331-ab1cd"
GATEWAY = Key("g", "task_EABiuT2mSyJ6VSCYkgqLmvVdKQkmPiMm")


def gateways(status: Status, *flags: Flag, upstream: str | None = JOB) -> Task:
    report = Report(id=GATEWAY.id, status=status, upstream_id=upstream, status_raw="FAILURE")
    return replace(blank(GATEWAY, 1.0), report=report, flags=frozenset(flags))


@pytest.fixture
def use(
    drive: Drive[Any],
    qtbot: QtBot,
    base_dir: Path,
    simulator: Play,  # noqa: F811
) -> Callable[[str, Work], None]:
    """The window with an account of Ark and one of a gateway at the same origin: result links of
    a computer like this one are opened only where the account itself is."""
    windows = Windows(drive, qtbot)

    async def whole(scene: str, work: Work) -> None:
        sim = simulator(scene)
        async with windows.desk(base_dir, speed=50) as desk:
            await desk.backend.start()
            accounts = {}
            site = sim.endpoint("ark")
            for name, service in (("ark", Service.ARK), ("gateway", Service.GATEWAY)):
                new = Account(
                    name=name,
                    service=service,
                    base_url=site.base_url,
                    key_source=KeySource.SESSION,
                )
                made = await desk.backend.add_account(new, Secret(site.key))
                assert isinstance(made, Account)
                accounts[name] = made
            await desk.reload_accounts()
            await work(desk, sim, accounts)

    return lambda scene, work: windows.drive(whole(scene, work))


async def failed_take(desk: MainController, account: Account, upstream: str) -> Key:
    """A take of the gateway that failed and names its job."""
    key = Key(account.id, "asyntask_0123456789abcdef0123456789abcdef")
    await desk.backend.store.write(tables.add, [key], 1.0)
    said = replace(gateways(Status.FAILED, upstream=upstream).report, id=key.id)
    diff = await desk.backend.store.write(
        tables.change, {key: lambda task: replace(task, report=said)}, 2.0
    )
    assert diff.changed
    desk.list.refresh()
    return key


async def task_of(desk: MainController, key: Key) -> Task:
    (task,) = await desk.backend.store.read(tables.get, [key])
    return task


def asked(sim: Simulator, id_: str) -> bool:
    return any(one.service == "ark" and id_ in one.path for one in sim.heard)


def test_that_a_film_that_is_at_ark_becomes_the_take_s_on_a_click(
    use: Callable[[str, Work], None],
) -> None:
    async def work(desk: MainController, sim: Simulator, accounts: dict[str, Account]) -> None:
        job = sim.endpoint("ark").ids[0]
        key = await failed_take(desk, accounts["gateway"], job)
        await until(lambda: desk.window.table.row_count == 1)
        desk.window.select([key])
        await until(lambda: desk.window.commands["upstream"].isEnabled())
        assert not asked(sim, job)

        async def looked() -> Task:
            desk.window.commands["upstream"].trigger()
            await desk.list.scope.idle()
            return await task_of(desk, key)

        while (task := await looked()).status is not Status.SUCCEEDED:
            assert task.status is Status.FAILED  # it still runs there: the gateway's word stays
            await asyncio.sleep(0.1)
            assert "says: " in desk.window.messages.text
        assert task.report.status_raw == "succeeded, ark"
        film = task.artifact(ArtifactKind.VIDEO)
        assert film is not None
        events = [(one.what, one.new) for one in await desk.backend.store.read(tables.events, key)]
        assert ("status", "succeeded (succeeded, ark)") in events

        async with asyncio.timeout(LIMIT_S):
            while (await task_of(desk, key)).kept is not ArtifactState.SAVED:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert len(await desk.backend.store.read(tables.tasks)) == 1

    use("one", work)


def test_that_an_id_ark_does_not_know_is_told(use: Callable[[str, Work], None]) -> None:
    async def work(desk: MainController, sim: Simulator, accounts: dict[str, Account]) -> None:
        key = await failed_take(desk, accounts["gateway"], JOB)
        before = await task_of(desk, key)
        desk.window.upstream_requested.emit([key])
        await until(lambda: f"{JOB} is not known with ark" in desk.window.messages.text)
        assert await task_of(desk, key) == before

    use("one", work)


@pytest.mark.parametrize(
    ("task", "offered"),
    [
        (gateways(Status.FAILED), True),
        (gateways(Status.UNKNOWN), True),
        (gateways(Status.RUNNING, Flag.GAVE_UP), True),
        (gateways(Status.RUNNING), False),
        (gateways(Status.SUCCEEDED), False),
        (gateways(Status.FAILED, upstream=None), False),
        (gateways(Status.FAILED, upstream="task_0123456789abcdef"), False),
    ],
)
def test_that_it_is_offered_where_ark_may_know_more(task: Task, offered: bool) -> None:
    assert bool(places(task, [ARK, RONG])) is offered
    assert places(task, [RONG]) == ()


def test_that_the_job_s_id_is_read_out_of_a_gateway_s_id() -> None:
    key = Key("g", SHAPES["aisix"][0])
    assert upstream_id(blank(key, 1.0)) == "cgt-20261129054007-rhn6g"
    assert upstream_id(blank(Key("a", JOB), 1.0)) is None


def test_that_a_job_that_still_runs_changes_no_end_and_one_that_failed_gives_the_reason() -> None:
    running = Report(id=JOB, status=Status.RUNNING, status_raw="running")
    task = joined(gateways(Status.FAILED), running, "Ark", 5.0)
    assert (task.status, task.report.upstream_said) == (Status.FAILED, "running")
    assert Flag.STATUS_CONFLICT not in task.flags
    error = TaskError(code="OutputVideoSensitiveContentDetected")
    failed = Report(id=JOB, status=Status.FAILED, status_raw="failed", error=error)
    task = joined(gateways(Status.UNKNOWN, Flag.GAVE_UP), failed, "Ark", 5.0)
    assert (task.status, task.report.error) == (Status.FAILED, error)
    assert (task.id, task.report.status_raw) == (GATEWAY.id, "failed, Ark")
    assert task.flags == frozenset()
