"""What happens in the first part of the start, before anybody listens, is not lost."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import SETTINGS_FILE, Workspace, read_settings
from rushes.controllers import build
from rushes.controllers.front import Front
from rushes.controllers.window import Desk
from rushes.core.poster import clip_source
from rushes.options import Options
from rushes.store import tables
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK
from tests.ui.test_poster_desk import saved

Early = Callable[[Front], Awaitable[None]]
Late = Callable[[Desk], Awaitable[None]]


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
        desk = await build.desk(front)
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

    async def early(front: Front) -> None:
        posters = front.window.middle.posters
        asked = asyncio.Event()
        posters.wanted.connect(asked.set)
        assert posters.for_task(task, box) is None
        await asked.wait()  # said, and nobody there yet

    async def late(desk: Desk) -> None:
        posters = desk.window.middle.posters
        await until(lambda: posters.for_task(task, box))

    start(early, late)


def test_that_the_film_pointed_at_early_is_opened(start: Callable[[Early, Late], None]) -> None:
    source = clip_source(saved(1, "dusk.mp4"))
    assert source is not None

    async def early(front: Front) -> None:
        assert front.window.middle.gallery.view.strips.frame(source, 0.5) is None

    async def late(desk: Desk) -> None:
        strips = desk.window.middle.gallery.view.strips
        await until(lambda: strips.frame(source, 0.5))

    start(early, late)


def test_that_free_space_and_the_rows_on_the_screen_need_no_second_tick(
    start: Callable[[Early, Late], None],
) -> None:
    """The window's first tick is over then; where nothing runs the next comes with the pointer."""
    shown: list[Any] = []

    async def early(front: Front) -> None:
        front.window.set_free_space = shown.append  # type: ignore[method-assign,assignment]

    async def late(desk: Desk) -> None:
        await until(lambda: shown and shown[0] is not None)

    start(early, late)


def test_that_a_layout_changed_early_is_written(
    start: Callable[[Early, Late], None], base_dir: Path
) -> None:
    async def early(front: Front) -> None:
        told = asyncio.Event()
        front.window.layout_changed.connect(told.set)
        front.window.middle.show_view("gallery")
        await told.wait()

    async def late(desk: Desk) -> None:
        path = base_dir / "config" / SETTINGS_FILE
        layout = desk.window.save_layout()
        await until(lambda: path.exists() and _kept(base_dir) == layout)

    start(early, late)


def test_that_a_dialog_of_before_takes_no_newer_layout_back(
    start: Callable[[Early, Late], None], base_dir: Path
) -> None:
    async def early(front: Front) -> None: ...

    async def late(desk: Desk) -> None:
        old = desk.backend.settings
        desk.window.table.sort_by("seed", descending=True)
        desk.window.settings_changed.emit(old)
        layout = desk.window.save_layout()
        await until(lambda: _kept(base_dir) == layout)

    start(early, late)


def _kept(base: Path) -> str:
    """As another start would read it."""
    return read_settings(Options(base_dir=base))[0].window
