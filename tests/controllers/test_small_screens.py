"""On the smallest screens that are in use, every dialog can be read and its buttons be hit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from rushes import assets
from rushes.controllers.main_controller import MainController
from rushes.presentation import text
from rushes.store import tables
from rushes.ui.accounts.accounts_dialog import AccountDialog
from rushes.ui.accounts.welcome import Welcome
from rushes.ui.widgets import basics, plain, theme
from rushes.ui.window.about import ReportDialog
from rushes.ui.window.moves_dialog import MoveLine, MovesDialog
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.screens.measure import Measure
from tests.ui.takes import ARK

_BORDERS = QSize(16, 48)


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    translator = QTranslator()
    assert translator.load(f"rushes_{request.param}", str(assets.root() / "i18n"))
    qapp.installTranslator(translator)
    text.install(QCoreApplication.translate)
    yield request.param
    text.install(None)
    qapp.removeTranslator(translator)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> QSize:
    """What a screen of 1280 × 800 pixels at 150 % leaves for a window; the real one is larger."""
    theme.apply(qapp, "light")
    left = QSize(853, 533) - _BORDERS
    around = QGuiApplication.primaryScreen().availableSize() - left
    monkeypatch.setattr(basics, "_AROUND", around)
    return left


def test_that_every_dialog_fits_a_small_screen(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, room: QSize, language: str
) -> None:
    windows = Windows(drive, qtbot)
    measure, seen = Measure(), set[type]()

    def look(dialog: QDialog) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        told = f"{type(dialog).__name__}: {dialog.size().toTuple()}"
        assert dialog.size() == dialog.size().boundedTo(room), told
        assert measure.faults(dialog, dialog.grab().toImage()) == [], told
        seen.add(type(dialog))

    async def opened(desk: MainController, command: str) -> QDialog:
        desk.window.commands[command].trigger()
        await until(lambda: any(d.isVisible() for d in desk.window.findChildren(QDialog)))
        (dialog,) = (d for d in desk.window.findChildren(QDialog) if d.isVisible())
        look(dialog)
        return dialog

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            first = await opened(desk, "add_account")
            assert isinstance(first, Welcome)
            for step in range(2):
                first.show_problem("The password store of the system is locked. " * 3)
                look(first)
                if step == 0:
                    next(b for b in first.findChildren(QPushButton) if b.isDefault()).click()
                    look(first)
            first.reject()
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            for command in ("add_account", "accounts", "settings", "shortcuts", "about"):
                dialog = await opened(desk, command)
                if isinstance(dialog, AccountDialog):
                    dialog.set_vault_note("No password store: the key is kept until you quit.")
                    dialog.show_problem("The password store of the system is locked. " * 3)
                    look(dialog)
                dialog.reject()
            lines = [MoveLine(f"/home/somebody/{n}.mp4", f"/media/{n}/a.mp4") for n in range(40)]
            for dialog in (
                MovesDialog(lines, ["Some are away. " * 9] * 2, desk.window),
                ReportDialog("a line\n" * 400, lambda: None, desk.window),
            ):
                dialog.open()
                look(dialog)
                dialog.reject()
            box = plain.ask(desk.window, "Remove?", "Long words. " * 40, "Yes", "No", lambda: None)
            look(box)
            box.reject()

    windows.drive(work())
    assert seen - {QMessageBox} == _dialogs_of_ours()


def _dialogs_of_ours() -> set[type]:
    """Those that are no base of others."""
    found, to_see = set(), [QDialog]
    while to_see:
        kinds = to_see.pop().__subclasses__()
        to_see += kinds
        found |= {k for k in kinds if k.__module__.startswith("rushes.") and not k.__subclasses__()}
    return found
