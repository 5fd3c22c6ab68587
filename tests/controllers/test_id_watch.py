"""Ids that turn up in a watched folder or on the clipboard are offered once, and never added."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rushes.controllers.id_intake import KNOWN_FILE, IdWatch
from rushes.controllers.main_controller import MainController
from rushes.core.task import Key
from rushes.store import tables
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.messages import MessageBar
from tests.conftest import Drive
from tests.controllers.desks import Windows, drop, until
from tests.ui.takes import ARK

Work = Callable[[MainController], Awaitable[None]]
Use = Callable[[Work], None]
ID = "cgt-20261121140233-abcde"
OTHER = "cgt-20261121140233-fghij"


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Use:
    """Do something with the whole window and one account."""
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            await work(desk)

    return lambda work: windows.drive(use(work))


async def watching(desk: MainController, folder: Path) -> None:
    settings = replace(desk.backend.settings, watch_folder=str(folder))
    desk.change_settings(settings)
    watch = watch_of(desk)
    await until(lambda: watch._files.directories() == [str(folder)])


def watch_of(desk: MainController) -> IdWatch:
    (found,) = desk.findChildren(IdWatch)
    return found


def offered(desk: MainController) -> list[str]:
    strip: AddStrip = desk.window.add_strip
    return strip.ids if strip.isVisible() else []


def test_that_only_ids_of_new_files_are_offered(at_desk: Use, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text(OTHER)

    async def work(desk: MainController) -> None:
        await watching(desk, tmp_path)
        (tmp_path / "picture.png").write_text(OTHER)
        (tmp_path / "new.LOG").write_text(f"submitted task {ID}\n")
        await until(lambda: offered(desk))
        assert offered(desk) == [ID]
        assert await desk.backend.store.read(tables.tasks) == ()

    at_desk(work)


def test_that_what_came_while_rushes_was_closed_is_offered_at_the_start(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "old.txt").write_text(OTHER)
    windows = Windows(drive, qtbot)

    async def first() -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await watching(desk, folder)
            await until(lambda: (desk.backend.places.data / KNOWN_FILE).exists())

    async def second() -> None:
        async with windows.desk(base_dir) as desk:
            await until(lambda: offered(desk))
            assert offered(desk) == [ID]

    async def third() -> None:
        async with windows.desk(base_dir) as desk:
            await until(lambda: offered(desk))
            assert offered(desk) == [ID]  # it was not answered
            desk.window.add_strip.leave()
            await desk.list.scope.idle()

    async def fourth() -> None:
        async with windows.desk(base_dir) as desk:
            await desk.list.scope.idle()
            assert offered(desk) == []

    windows.drive(first())
    (folder / "came.csv").write_text(f"task_id,prompt\n{ID},a lantern\n")
    for run in (second, third, fourth):
        windows.drive(run())


def test_that_a_folder_that_was_just_chosen_or_a_damaged_memory_offers_nothing(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.txt").write_text(OTHER)
    windows = Windows(drive, qtbot)

    async def run(content: str) -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await watching(desk, tmp_path)
            await desk.list.scope.idle()
            assert offered(desk) == []
            (desk.backend.places.data / KNOWN_FILE).write_text(content)

    for content in ("{", '{"folder": "/elsewhere", "files": {}}', '{"folder": 1, "files": [1]}'):
        windows.drive(run(content))


def test_that_what_is_in_the_list_or_was_declined_is_not_offered_again(
    at_desk: Use, tmp_path: Path
) -> None:
    async def work(desk: MainController) -> None:
        await desk.backend.store.write(tables.add, [Key(ARK.id, OTHER)], 1.0)
        await watching(desk, tmp_path)
        (tmp_path / "a.txt").write_text(f"{ID}\n{OTHER}\n")
        await until(lambda: offered(desk))
        assert offered(desk) == [ID]
        desk.window.add_strip.leave()
        desk.window.messages.clear()  # that says so
        watch = watch_of(desk)
        (tmp_path / "b.txt").write_text(f"{ID}\n{OTHER}\n")
        await until(lambda: "b.txt" in (watch._known or ()))
        await desk.list.scope.idle()
        assert offered(desk) == []
        assert desk.window.findChildren(MessageBar)[0].text == ""

    at_desk(work)


def test_that_the_next_ids_wait_until_the_question_is_answered(
    at_desk: Use, tmp_path: Path
) -> None:
    async def work(desk: MainController) -> None:
        await watching(desk, tmp_path)
        watch = watch_of(desk)
        (tmp_path / "a.json").write_text(f'{{"id": "{ID}"}}')
        await until(lambda: offered(desk))
        (tmp_path / "b.csv").write_text(f"id,status\n{OTHER},queued\n")
        await until(lambda: OTHER in watch._waiting)
        assert offered(desk) == [ID]
        desk.window.add_strip.leave()
        await until(lambda: offered(desk) == [OTHER])

    at_desk(work)


def test_that_a_file_that_is_too_large_and_a_folder_that_is_gone_are_said(
    at_desk: Use, tmp_path: Path
) -> None:
    async def work(desk: MainController) -> None:
        said = desk.window.findChildren(MessageBar)[0]
        await watching(desk, tmp_path)
        (tmp_path / "huge.txt").write_bytes(b"x" * (64 * 1024 * 1024 + 1))
        await until(lambda: "huge.txt is too large" in said.text)
        other = tmp_path / "other"
        other.mkdir()
        await watching(desk, other)
        other.rmdir()
        await until(lambda: "other cannot be watched" in said.text)
        gone = replace(desk.backend.settings, watch_folder=str(tmp_path / "gone"))
        desk.change_settings(gone)
        await until(lambda: "gone cannot be watched" in said.text)

    at_desk(work)


def test_that_the_clipboard_is_read_only_when_wanted_and_only_for_ids(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        watch = watch_of(desk)
        assert watch._clipboard is None
        desk.change_settings(replace(desk.backend.settings, watch_clipboard=True))
        assert watch._clipboard is not None
        for text in ("hello", "sunset over the sea", "v1.2"):
            await watch._read_copied(text)
        assert offered(desk) == []
        await watch._read_copied(f"here it is: {ID}")
        assert offered(desk) == [ID]
        desk.change_settings(replace(desk.backend.settings, watch_clipboard=False))
        assert watch._clipboard is None

    at_desk(work)


def test_that_what_rushes_itself_copied_is_no_news(at_desk: Use) -> None:
    async def work(desk: MainController) -> None:
        desk.change_settings(replace(desk.backend.settings, watch_clipboard=True))
        data = QMimeData()
        data.setText(ID)
        QGuiApplication.clipboard().setMimeData(data)
        await until(QGuiApplication.clipboard().ownsClipboard)
        await desk.list.scope.idle()
        assert offered(desk) == []

    at_desk(work)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_that_a_pipe_among_the_files_is_passed_over(at_desk: Use, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    async def work(desk: MainController) -> None:
        await watching(desk, tmp_path)
        (tmp_path / "ids.txt").write_text(ID)
        await until(lambda: offered(desk) == [ID])

    at_desk(work)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_that_a_pipe_and_a_device_that_are_dropped_are_told(at_desk: Use, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    async def work(desk: MainController) -> None:
        (bar,) = desk.window.findChildren(MessageBar)
        drop(desk.window, tmp_path / "pipe")
        await until(lambda: bar.text == "pipe cannot be read: not a regular file.")
        drop(desk.window, Path("/dev/zero"))
        await until(lambda: bar.text == "zero cannot be read: not a regular file.")

    at_desk(work)
