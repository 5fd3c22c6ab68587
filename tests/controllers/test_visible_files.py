"""When the window looks whether files are there, and what it says of a folder that is away."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rushes.controllers.attention import VisibleFiles
from rushes.controllers.main_controller import MainController
from rushes.core.presence import Away, AwayFolder, Why
from rushes.core.task import ArtifactState, Key
from rushes.presentation.sentences import away_sentence
from rushes.store import tables
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.faults.library import ACCOUNT, KEY_ENV, TAKES, Library


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv(KEY_ENV, "key")
    library = Library(tmp_path)
    library.make()
    return library


@pytest.fixture
def windows(drive: Drive[Any], qtbot: QtBot) -> Windows:
    return Windows(drive, qtbot)


def words(desk: MainController) -> dict[str, str]:
    model = desk.window.table.model()
    cells = [model.index(row, AT["saved"]) for row in range(model.rowCount())]
    return {cell.data(TaskModel.TASK).id: cell.data() for cell in cells}


def missing(desk: MainController) -> set[str]:
    return {id_ for id_, word in words(desk).items() if word == "Missing"}


def come(desk: MainController) -> None:
    QApplication.sendEvent(desk.window, QEvent(QEvent.Type.WindowActivate))


def test_that_coming_to_the_window_shows_what_went_and_what_is_back(
    windows: Windows, library: Library
) -> None:
    async def work() -> None:
        async with windows.desk(library.base) as desk:
            await until(lambda: len(words(desk)) == TAKES)
            library.films.rename(library.place / "old")
            come(desk)
            await until(lambda: missing(desk) == library.below(library.films))
            await until(lambda: f"saved 1/{TAKES}" in desk.window.status_line.text)
            await until(lambda: "is not there. 13" in desk.window.messages.text)
            assert str(library.films) in desk.window.messages.text
            (library.place / "old").rename(library.films)
            come(desk)
            await until(lambda: not missing(desk))
            await until(lambda: not desk.window.messages.text)
            await until(lambda: f"saved {TAKES}/{TAKES}" in desk.window.status_line.text)

    windows.drive(work())


def test_that_a_window_in_front_looks_again_by_itself(windows: Windows, library: Library) -> None:
    async def work() -> None:
        async with windows.desk(library.base) as desk:
            desk.window.activateWindow()
            await until(desk.window.isActiveWindow)
            await until(lambda: desk.backend.presence._samples)
            library.files["t05"].unlink()
            await until(lambda: missing(desk) == {"t05"})

    windows.drive(work())


def test_that_rows_are_looked_at_when_they_come_into_sight(
    windows: Windows, library: Library
) -> None:
    async def work() -> None:
        async with windows.desk(library.base) as desk:
            await until(lambda: len(words(desk)) == TAKES)
            await until(lambda: desk.backend.presence._samples)
            desk.backend.presence.next_at = float("inf")
            library.files["t05"].unlink()
            desk.window.table.verticalScrollBar().valueChanged.emit(1)
            await until(lambda: missing(desk) == {"t05"})

    windows.drive(work())


def test_that_a_list_without_files_is_not_looked_at_again_and_again(
    windows: Windows, base_dir: Path
) -> None:
    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            desk.window.activateWindow()
            await until(desk.window.isActiveWindow)
            come(desk)
            await until(lambda: not desk.backend.presence.is_needed)
            looking = desk.findChild(VisibleFiles)
            assert isinstance(looking, VisibleFiles)
            await until(lambda: not looking._pace.isActive())  # the one from before that was known
            looking._look()
            assert not looking._pace.isActive()

    windows.drive(work())


def test_that_a_file_that_is_gone_is_not_opened(
    windows: Windows, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("rushes.controllers.desktop.open_file", opened.append)

    async def work() -> None:
        async with windows.desk(library.base) as desk:
            await until(lambda: len(words(desk)) == TAKES)
            library.files["t05"].unlink()
            desk.window.open_requested.emit(Key(ACCOUNT.id, "t05"))
            await until(lambda: "moved or deleted" in desk.window.messages.text)
            assert opened == []
            (task,) = await desk.backend.store.read(tables.get, [Key(ACCOUNT.id, "t05")])
            assert task.kept is ArtifactState.MISSING

    windows.drive(work())


def test_that_each_way_to_be_away_has_one_sentence() -> None:
    def said(*folders: tuple[str, Why, int]) -> str:
        return away_sentence([Away(AwayFolder(path, why), n) for path, why, n in folders])

    assert said() == ""
    assert said(("/a", Why.GONE, 13)) == (
        "/a is not there. 13 saved takes cannot be shown until it is back."
    )
    assert said(("/a", Why.EMPTY, 1)).startswith("/a is empty. 1 saved take cannot")
    assert said(("/a", Why.CLOSED, 2)).startswith("/a cannot be read. 2 saved takes")
    assert said(("/a", Why.SILENT, 2)).startswith("/a does not answer. 2 saved takes")
    assert said(("/a", Why.GONE, 4), ("/b", Why.SILENT, 3)) == (
        "/a and 1 other folder are not there. 7 saved takes cannot be shown until they are back."
    )
