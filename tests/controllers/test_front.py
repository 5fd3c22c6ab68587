"""The window shows its rows before the rest is loaded, and forgets no wish meanwhile."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import STORE_FILE, Workspace
from rushes.controllers.front import Front
from rushes.core.failure import Failure, Kind
from rushes.core.task import Key
from rushes.options import Options
from rushes.store import StoreError, tables
from rushes.ui.window.message_bar import MessageBar
from rushes.ui.window.window_body import WindowBody
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.store.stores import place
from tests.ui.takes import ARK, NOW

Work = Callable[[Front], Awaitable[None]]


@pytest.fixture
def at_front(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Work], None]:
    """Do something with the window on three tasks, before anything else is there."""
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        workspace = await Workspace.open(Options(base_dir=base_dir))
        await workspace.store.write(tables.put_account, ARK)
        await workspace.store.write(tables.add, [Key(ARK.id, f"task-{n}") for n in range(3)], NOW)
        front = windows.front(workspace)
        try:
            await work(front)
        finally:
            await front.aclose()
            await workspace.aclose()

    return lambda work: windows.drive(use(work))


def test_that_the_window_appears_with_its_rows_in_it(at_front: Callable[[Work], None]) -> None:
    async def look(front: Front) -> None:
        await front.show()
        assert front.window.isVisible()
        assert front.window.table.row_count == 3
        assert front.window.table.has_visible_rows
        await front.painted()

    at_front(look)


def test_that_early_wishes_are_carried_out_once_and_in_order(
    at_front: Callable[[Work], None],
) -> None:
    async def wish(front: Front) -> None:
        window = front.window
        heard: list[object] = []
        window.text_given.emit("cgt-1")
        window.save_requested.emit([Key(ARK.id, "task-1")])
        window.text_given.emit("cgt-2")
        window.text_given.connect(heard.append)
        window.save_requested.connect(heard.append)
        front.wishes.hand_on()
        assert heard == ["cgt-1", [Key(ARK.id, "task-1")], "cgt-2"]
        window.text_given.emit("cgt-3")
        front.wishes.hand_on()
        assert heard[3:] == ["cgt-3"]

    at_front(wish)


def test_that_what_happened_to_the_list_is_replaced_by_no_other_message(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    place("release-1", base_dir / "data" / STORE_FILE)
    os.truncate(base_dir / "data" / STORE_FILE, 120_000)
    windows = Windows(drive, qtbot)

    async def use() -> None:
        workspace = await Workspace.open(Options(base_dir=base_dir))
        front = windows.front(workspace)
        (body,) = front.window.findChildren(WindowBody)
        try:
            await front.show()
            assert body.notice.startswith("The list was damaged.")
            front.complain(Failure(Kind.NO_KEY), about=ARK.id)
            front.window.show_message("Saved.", kind="success")
            body.clear_or_leave()  # Escape
            assert body.notice.startswith("The list was damaged.")
            notices = [bar for bar in body.findChildren(MessageBar) if bar.text == body.notice]
            (bar,) = notices
            assert bar.isVisible()
            bar.clear()
            assert body.notice == ""
        finally:
            await front.aclose()
            await workspace.aclose()

    windows.drive(use())


def test_that_damage_met_while_the_window_is_open_is_told(at_front: Callable[[Work], None]) -> None:
    async def meet(front: Front) -> None:
        await front.show()
        store = front.workspace.store
        with closing(sqlite3.connect(front.workspace.places.data / STORE_FILE)) as db:
            db.execute("UPDATE task SET status = '~~'")
            db.commit()
        with pytest.raises(StoreError):
            await store.read(tables.tasks)
        (body,) = front.window.findChildren(WindowBody)
        await until(lambda: body.notice)
        assert body.notice.startswith("The list on disk is damaged. Quit Rushes and start it again")

    at_front(meet)


def test_that_a_first_look_at_the_list_loads_neither_network_nor_player_nor_keyring() -> None:
    dear = {"aiohttp", "httpx", "keyring", "PySide6.QtMultimedia"}
    code = f"import sys, rushes.app; print(*({dear!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
