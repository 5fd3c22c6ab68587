"""What was lost or came damaged is said until the user has closed it, in whichever start."""

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.core.events import SaveFailed, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.task import ArtifactState, Task
from rushes.store import tables
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK, ended, take, with_file

_LOST, _SAVED = ArtifactState.LOST, ArtifactState.SAVED


async def put(desk: MainController, count: int) -> None:
    await desk.backend.store.write(tables.put_account, ARK)
    await desk.reload_accounts()
    await desk.backend.store.write(tables.add, [take(n).key for n in range(count)], 1.0)


async def harm(desk: MainController, state: ArtifactState, number: int) -> None:
    """The file of a take ends so, and the window hears of it."""
    facts: dict[str, object] = {"expires_at": 1.8e9}
    if state is _SAVED:  # it is looked for
        path = desk.backend.files.folder / f"{number}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"damaged")
        known = path.stat()
        facts |= {"path": str(path), "size": known.st_size, "mtime_ns": known.st_mtime_ns}

    def change(task: Task) -> Task:
        return with_file(ended(task), state, damaged=state is _SAVED, **facts)

    store = desk.backend.store
    diff = await store.write(tables.change, {take(number).key: change}, 2.0)
    desk.show_event(TasksChanged(diff))
    if state is _LOST:
        (task,) = diff.changed
        desk.show_event(SaveFailed(task.key, task.artifacts[0], Failure(Kind.LOST)))


def bars(desk: MainController) -> list[MessageBar]:
    said = desk.window.notice
    return [b for b in desk.window.findChildren(MessageBar) if b.text and b.text in said]


def test_that_a_lost_take_is_said_again_by_the_next_start_until_it_is_closed(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def use() -> None:
        async with windows.desk(base_dir) as desk:
            await put(desk, 3)
            await harm(desk, _LOST, 0)
            await until(lambda: "The download link ended on" in desk.window.notice)
            await harm(desk, _LOST, 1)
            await until(lambda: desk.window.notice.startswith("The links of 2 takes have ended"))
        async with windows.desk(base_dir) as desk:  # nobody had closed it
            await until(lambda: desk.window.notice.startswith("The links of 2 takes have ended"))
            (bar,) = bars(desk)
            bar.clear()
            await desk.list.scope.idle()
        async with windows.desk(base_dir) as desk:
            await desk.list.scope.idle()
            assert desk.window.notice == ""
            await harm(desk, _LOST, 2)  # the others are not counted again
            await until(lambda: "The download link ended on" in desk.window.notice)

    windows.drive(use())


def test_that_a_damaged_file_is_said_again_beside_a_lost_one(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def use() -> None:
        async with windows.desk(base_dir) as desk:
            await put(desk, 2)
            await harm(desk, _SAVED, 0)
            await harm(desk, _LOST, 1)
            await until(lambda: len(bars(desk)) == 2)
        async with windows.desk(base_dir) as desk:
            await until(lambda: len(bars(desk)) == 2)
            (lost,) = (bar for bar in bars(desk) if "The download link ended" in bar.text)
            lost.clear()
            await desk.list.scope.idle()
        async with windows.desk(base_dir) as desk:
            await until(lambda: desk.window.notice)
            assert "damaged" in desk.window.notice
            assert len(bars(desk)) == 1

    windows.drive(use())
