"""What happens in the first part of the start, before anybody listens, is not lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import SETTINGS_FILE, Workspace, read_settings
from rushes.controllers import build
from rushes.controllers.list_controller import ListController
from rushes.controllers.main_controller import MainController
from rushes.core.poster import clip_source
from rushes.core.task import Key
from rushes.options import Options
from rushes.store import tables
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.window.commands import Handlers
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK
from tests.ui.test_poster_desk import saved

Early = Callable[[ListController], Awaitable[None]]
Late = Callable[[MainController], Awaitable[None]]


@pytest.fixture
def start(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Early, Late], None]:
    """The window as the program starts it: `early` before anything but the rows is there."""
    windows = Windows(drive, qtbot)

    async def use(early: Early, late: Late) -> None:
        workspace = await Workspace.open(Options(base_dir=base_dir))
        await workspace.store.write(tables.put_account, ARK)
        front = windows.front(workspace)
        await front.show()
        await early(front)
        desk = await build.main_controller(front)
        try:
            await late(desk)
        finally:
            await desk.aclose()
            await desk.backend.aclose()

    return lambda early, late: windows.drive(use(early, late))


def test_that_pictures_of_rows_that_were_painted_early_come(
    start: Callable[[Early, Late], None],
) -> None:
    task, box = saved(1, "dusk.mp4"), QSize(160, 90)

    async def early(front: ListController) -> None:
        posters = front.window.content.posters
        asked = asyncio.Event()
        posters.wanted.connect(asked.set)
        assert posters.for_task(task, box) is None
        await asked.wait()  # said, and nobody there yet

    async def late(desk: MainController) -> None:
        posters = desk.window.content.posters
        await until(lambda: posters.for_task(task, box))

    start(early, late)


def test_that_the_film_pointed_at_early_is_opened(start: Callable[[Early, Late], None]) -> None:
    source = clip_source(saved(1, "dusk.mp4"))
    assert source is not None

    async def early(front: ListController) -> None:
        assert front.window.content.gallery.view.strips.frame(source, 0.5) is None

    async def late(desk: MainController) -> None:
        strips = desk.window.content.gallery.view.strips
        await until(lambda: strips.frame(source, 0.5))

    start(early, late)


def test_that_free_space_and_the_rows_on_the_screen_need_no_second_tick(
    start: Callable[[Early, Late], None],
) -> None:
    """The window's first tick is over then; where nothing runs the next comes with the pointer."""
    shown: list[Any] = []

    async def early(front: ListController) -> None:
        front.status.set_free_space = shown.append  # type: ignore[method-assign, assignment]

    async def late(desk: MainController) -> None:
        await until(lambda: shown and shown[0] is not None)

    start(early, late)


def test_that_a_layout_changed_early_is_written(
    start: Callable[[Early, Late], None], base_dir: Path
) -> None:
    async def early(front: ListController) -> None:
        told = asyncio.Event()
        front.state.changed.connect(told.set)
        front.window.content.show_view("gallery")
        await told.wait()

    async def late(desk: MainController) -> None:
        path = base_dir / "config" / SETTINGS_FILE
        layout = desk.list.state.save()
        await until(lambda: path.exists() and _kept(base_dir) == layout)

    start(early, late)


def test_that_a_dialog_of_before_takes_no_newer_layout_back(
    start: Callable[[Early, Late], None], base_dir: Path
) -> None:
    async def early(front: ListController) -> None: ...

    async def late(desk: MainController) -> None:
        old = desk.backend.settings
        desk.window.command_context.do.show_settings()
        (dialog,) = desk.window.findChildren(SettingsDialog)
        desk.window.table.sort_by("seed", descending=True)
        dialog.settings_changed.emit(replace(old, density="compact"))
        layout = desk.list.state.save()
        await until(lambda: _kept(base_dir) == layout)

    start(early, late)


@pytest.mark.parametrize("command", ["settings", "shortcuts", "accounts", "add_account"])
def test_that_an_open_dialog_keeps_nobody_from_closing_the_window(
    start: Callable[[Early, Late], None], command: str
) -> None:
    """A system sends no close to a window behind a modal one."""

    async def early(front: ListController) -> None: ...

    async def late(desk: MainController) -> None:
        for _ in range(2):
            desk.window.commands[command].trigger()
        (dialog,) = (d for d in desk.window.findChildren(QDialog) if d.isVisible())
        assert not dialog.isModal()
        quitting: list[bool] = []
        desk.list.closing.quitting.connect(lambda: quitting.append(True))
        desk.window.close()
        assert quitting
        assert not dialog.isVisible()

    start(early, late)


def _kept(base: Path) -> str:
    """As another start would read it."""
    return read_settings(Options(base_dir=base))[0].window


def test_that_what_was_selected_early_is_shown(start: Callable[[Early, Late], None]) -> None:
    key = Key(ARK.id, "task-1")

    async def early(front: ListController) -> None:
        store = front.workspace.store
        front.apply(await store.write(tables.add, [key], front.workspace.clock()))
        await until(lambda: front.window.table.row_count == 1)
        front.window.select([key])
        await until(lambda: front.window.selected_keys() == [key])

    async def late(desk: MainController) -> None:
        await until(lambda: desk.inspector.shown == (key,))

    start(early, late)


def test_that_every_command_can_be_done_when_it_is_offered(
    start: Callable[[Early, Late], None],
) -> None:
    async def early(front: ListController) -> None: ...

    async def late(desk: MainController) -> None:
        handlers = desk.window.command_context.do
        missing = [
            each.name for each in fields(Handlers) if getattr(handlers, each.name) is each.default
        ]
        assert missing == []

    start(early, late)


def test_that_a_folder_is_tried_while_it_is_chosen(
    start: Callable[[Early, Late], None], tmp_path: Path
) -> None:
    async def early(front: ListController) -> None: ...

    async def late(desk: MainController) -> None:
        (tmp_path / "file").write_bytes(b"")
        desk.window.commands["settings"].trigger()
        (dialog,) = desk.window.findChildren(SettingsDialog)
        field = next(e for e in dialog.findChildren(QLineEdit) if e.accessibleName() == "Folder")

        def said(words: str) -> bool:
            labels = dialog.findChildren(QLabel)
            return any(words in w.text() for w in labels if w.isVisibleTo(dialog))

        await until(lambda: said(" free"))  # of the usual one
        field.setText(str(tmp_path / "file"))
        await until(lambda: said("This is a file, not a folder."))
        field.setText("/proc/nowhere")
        await until(lambda: said("Nothing can be written into this folder."))
        field.setText(str(tmp_path / "new"))
        await until(lambda: said("It is made with the first file."))
        assert not (tmp_path / "new").exists()
        field.setText("relative")
        await until(lambda: said("A folder needs a whole path"))
        assert not said("It is made with the first file.")
        dialog.reject()

    start(early, late)


def test_that_what_else_changed_while_the_settings_were_open_stays(
    start: Callable[[Early, Late], None],
) -> None:
    async def early(front: ListController) -> None: ...

    async def late(desk: MainController) -> None:
        desk.window.commands["settings"].trigger()
        (dialog,) = desk.window.findChildren(SettingsDialog)
        desk.window.commands["compact"].trigger()
        theme = next(b for b in dialog.findChildren(QComboBox) if b.accessibleName() == "Theme")
        theme.setCurrentIndex(2)
        dialog._buttons.accepted.emit()
        now = desk.list.settings.settings
        assert (now.theme, now.density) == ("dark", "compact")

    start(early, late)
