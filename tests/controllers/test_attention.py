"""What the watching hears of the desk and the system."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from PySide6.QtNetwork import QNetworkInformation

from rushes.controllers.attention import NetworkMonitor
from rushes.controllers.main_controller import MainController
from rushes.core.account import KeySource
from rushes.core.eta import Run
from rushes.core.failure import Failure
from rushes.core.task import Key, Status, Task
from rushes.core.wire import Reply, Request
from rushes.presentation.take import row_spoken
from rushes.store import tables
from tests.controllers.test_main_controller import Work
from tests.controllers.test_main_controller import at_desk as at_desk
from tests.patience import LIMIT_S
from tests.ui.takes import ARK

Reach = QNetworkInformation.Reachability


async def _until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not happened():  # noqa: ASYNC110  (there is no one event for all of these)
            await asyncio.sleep(0.01)


async def _fill(desk: MainController, count: int, *, ended: Collection[int] = ()) -> list[Key]:
    """So many running tasks of an account whose key nobody has, oldest first."""
    account = replace(ARK, key_source=KeySource.SESSION)
    await desk.backend.store.write(tables.put_account, account)
    keys = [Key(ARK.id, f"t{n:03}") for n in range(count)]
    await desk.backend.store.write(tables.add, keys, 1.0)

    def as_it_is(task: Task) -> Task:
        n = int(task.id[1:])
        status = Status.FAILED if n in ended else Status.RUNNING
        return replace(task, report=replace(task.report, status=status, created_at=1000.0 + n))

    await desk.backend.store.write(tables.change, dict.fromkeys(keys, as_it_is), 1.0)
    await desk.list.reload_accounts()
    desk.list.refresh()
    await _until(lambda: desk.window.table.has_visible_rows)
    return keys


def test_that_the_watcher_knows_the_running_tasks_that_can_be_seen(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        told: list[frozenset[Key]] = []
        desk.backend.watcher.shown = told.append  # type: ignore[method-assign, assignment]
        keys = await _fill(desk, 300, ended=[299])
        desk.list.status.set_now(2000.0)
        top = told[-1]
        assert keys[298] in top
        assert keys[299] not in top, "it has ended"
        assert 3 <= len(top) < 60
        desk.list.status.set_now(2001.0)
        assert len(told) == 1, "nothing new to tell"
        desk.window.table.scrollToBottom()
        await _until(lambda: desk.window.table.has_visible_rows)
        desk.list.status.set_now(2002.0)
        assert not told[-1] & top
        desk.window.hide()
        assert told[-1] == frozenset()

    at_desk(work)


def test_that_pictures_on_the_screen_count_as_rows_do(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        told: list[frozenset[Key]] = []
        desk.backend.watcher.shown = told.append  # type: ignore[method-assign, assignment]
        keys = await _fill(desk, 10)
        desk.window.content.show_view("gallery")
        desk.list.status.set_now(2000.0)
        assert told[-1] == frozenset(keys)

    at_desk(work)


def test_that_the_return_of_the_network_is_passed_on_and_its_loss_is_not(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        returned: list[str] = []
        desk.backend.watcher.online = lambda: returned.append("back")  # type: ignore[method-assign]
        (watch,) = desk.findChildren(NetworkMonitor)
        watch.note_reachability(Reach.Disconnected)
        assert returned == []
        watch.note_reachability(Reach.Online)
        assert returned == ["back"]
        watch.note_reachability(Reach.Online)
        assert returned == ["back"]

    at_desk(work)


def test_that_the_table_asks_the_watcher_how_long_a_task_may_take(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        (key,) = await _fill(desk, 1)
        account = replace(ARK, key_source=KeySource.SESSION)
        desk.backend.watcher.start(account, Silent(), loop=False)
        history = desk.backend.watcher._pollers[ARK.id]._schedule.history
        assert "left" not in _spoken(desk, key)
        now = time.time()
        for n in range(20):
            total_s = now - 1000.0 + 60.0 * n  # the task was created at 1000.0
            kind = {"model": None, "resolution": None, "duration_s": None}
            history.add(Run(**kind, total_s=total_s, ran_s=None, ended_at=now))
        assert "min left" in _spoken(desk, key)

    at_desk(work)


class Silent:
    """A client nobody asks."""

    async def send(self, request: Request) -> Reply | Failure:
        raise AssertionError(request)

    async def aclose(self) -> None: ...


def _spoken(desk: MainController, key: Key) -> str:
    task = desk.window.task(key)
    assert task is not None
    return row_spoken(task, desk.window.context)
