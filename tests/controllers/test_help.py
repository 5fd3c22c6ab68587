"""Help → About, and the report that is shown before it is saved."""

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.system import parts
from rushes.ui.window.about import AboutDialog, ReportDialog
from tests.conftest import Drive
from tests.controllers.desks import Windows, until

Shown = TypeVar("Shown", bound=QWidget)


@pytest.fixture
def windows(drive: Drive[None], qtbot: QtBot) -> Windows:
    return Windows(drive, qtbot)


async def shown(main: MainController, kind: type[Shown]) -> Shown:
    def found() -> list[Shown]:
        return [each for each in main.window.findChildren(kind) if each.isVisible()]

    await until(found)
    return found()[0]


def press(dialog: QDialog, words: str) -> None:
    buttons = dialog.findChildren(QAbstractButton)
    next(each for each in buttons if each.text() == words).click()


def text_of(dialog: QDialog) -> str:
    return next(iter(dialog.findChildren(QPlainTextEdit))).toPlainText()


def test_that_about_says_what_the_program_is_made_of(
    windows: Windows, base_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def refuse(path: Path) -> bool:
        opened.append(path)
        return False

    monkeypatch.setattr(desktop, "open_folder", refuse)

    async def work() -> None:
        async with windows.desk(base_dir) as main:
            main.window.commands["about"].trigger()
            dialog = await shown(main, AboutDialog)
            told = {label.accessibleName(): label.text() for label in dialog.findChildren(QLabel)}
            assert told["Version"] == parts.own_version()
            assert told["Qt"] == qVersion()
            assert told["FFmpeg"] == ", ".join(parts.ffmpeg_versions().values())
            assert told["Data"] == str(base_dir / "data")
            assert any("GNU General" in label.text() for label in dialog.findChildren(QLabel))
            lines = text_of(dialog).splitlines()
            assert any(line.startswith("PySide6_Essentials ") for line in lines)
            assert [line for line in lines if line.endswith("unknown")] == []
            press(dialog, "Open data folder")
            assert opened == [base_dir / "data"]
            assert "cannot be opened here" in main.window.messages.text

    windows.drive(work())


def test_that_a_report_is_shown_first_and_then_saved_as_it_was_shown(
    windows: Windows, base_dir: Path, tmp_path: Path
) -> None:
    async def work() -> None:
        async with windows.desk(base_dir) as main:
            main.window.commands["about"].trigger()
            press(await shown(main, AboutDialog), "Report a problem…")
            report = await shown(main, ReportDialog)
            text = text_of(report)
            assert "Libraries: " in text
            assert "open in a running Rushes" in text
            assert "[log]" in text
            press(report, "Save…")
            saved = tmp_path / "report.txt"
            (await shown(main, QFileDialog)).fileSelected.emit(str(saved))
            await until(saved.exists)
            assert saved.read_text("utf-8") == text

    windows.drive(work())


def test_that_where_a_newer_version_may_be_is_said_and_nobody_asked(
    windows: Windows, base_dir: Path
) -> None:
    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            desk.window.commands["newer"].trigger()
            box = await shown(desk, QMessageBox)
            version = parts.own_version()
            assert f"This is Rushes {version}." in box.text()
            assert parts.installed_by()[1] in box.text()
            box.close()

    windows.drive(work())
