"""The window shows its rows before the rest is loaded, and offers meanwhile what it can do."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import STORE_FILE, Workspace
from rushes.controllers.list_controller import ListController
from rushes.core.failure import Failure, Kind
from rushes.core.task import Key
from rushes.options import Options
from rushes.store import StoreError, tables
from rushes.ui.window.commands import COMMANDS
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, is_welcome, until
from tests.store.stores import place
from tests.ui.takes import ARK, NOW

Work = Callable[[ListController], Awaitable[None]]


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
    async def look(front: ListController) -> None:
        await front.show()
        assert front.window.isVisible()
        assert front.window.table.row_count == 3
        assert front.window.table.has_visible_rows
        await front.painted()

    at_front(look)


def test_that_what_cannot_be_done_yet_is_not_offered_and_then_is(
    at_front: Callable[[Work], None],
) -> None:
    async def look(front: ListController) -> None:
        await front.show()
        window = front.window
        window.table.selectAll()
        text = QMimeData()
        text.setText("cgt-1")
        ids = [command.id for command in COMMANDS]
        early = {id_ for id_ in ids if window.commands[id_].isEnabled()}
        assert {"find", "as_gallery", "view_running", "quit", "sidebar"} <= early
        assert not {"add", "paste", "refresh", "save", "rate_5", "settings", "undo"} & early
        assert not is_welcome(window, text)
        assert not window.tasks.empty.isEnabled()
        assert window.cursor().shape() == Qt.CursorShape.BusyCursor
        window.set_ready()
        now = {id_ for id_ in ids if window.commands[id_].isEnabled()}
        assert {"add", "paste", "refresh", "rate_5", "settings", "undo"} <= now
        assert "remove_view" not in now  # no view is chosen that could be removed
        assert window.tasks.empty.isEnabled()
        assert window.cursor().shape() == Qt.CursorShape.ArrowCursor

    at_front(look)


def test_that_what_happened_to_the_list_is_replaced_by_no_other_message(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    place("release-1", base_dir / "data" / STORE_FILE)
    os.truncate(base_dir / "data" / STORE_FILE, 120_000)
    windows = Windows(drive, qtbot)

    async def use() -> None:
        workspace = await Workspace.open(Options(base_dir=base_dir))
        front = windows.front(workspace)
        window = front.window
        try:
            await front.show()
            assert window.notice.startswith("The list was damaged.")
            front.complain(Failure(Kind.NO_KEY), about=ARK.id)
            front.window.show_message("Saved.", kind="success")
            window.clear_or_leave()  # Escape
            assert window.notice.startswith("The list was damaged.")
            notices = [bar for bar in window.findChildren(MessageBar) if bar.text == window.notice]
            (bar,) = notices
            assert bar.isVisible()
            bar.clear()
            assert window.notice == ""
        finally:
            await front.aclose()
            await workspace.aclose()

    windows.drive(use())


def test_that_damage_met_while_the_window_is_open_is_told(at_front: Callable[[Work], None]) -> None:
    async def meet(front: ListController) -> None:
        await front.show()
        store = front.workspace.store
        with closing(sqlite3.connect(front.workspace.places.data / STORE_FILE)) as db:
            db.execute("UPDATE task SET status = '~~'")
            db.commit()
        with pytest.raises(StoreError):
            await store.read(tables.tasks)
        window = front.window
        await until(lambda: window.notice)
        assert window.notice.startswith(
            "The list on disk is damaged. Quit Rushes and start it again"
        )

    at_front(meet)


def test_that_a_first_look_at_the_list_loads_neither_network_nor_player_nor_keyring() -> None:
    dear = {"aiohttp", "httpx", "keyring", "PySide6.QtMultimedia"}
    code = f"import sys, rushes.app; print(*({dear!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
