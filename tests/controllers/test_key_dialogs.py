"""Adding a key with a service or a password store that takes its time, or refuses."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.errors import KeyringLocked
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from rushes.controllers import accounts_controller
from rushes.controllers.main_controller import MainController
from rushes.core.account import KeySource
from rushes.store import tables
from rushes.system.vault import KeyringVault
from rushes.ui.accounts.accounts_dialog import AccountDialog, AccountsDialog
from tests.conftest import Drive, MemoryKeyring
from tests.controllers.desks import Windows, until
from tests.patience import LIMIT_S
from tests.ui.takes import ARK

KEY = "0f1e2d3c-0000-4000-8000-aabbccdd7f3a"
Work = Callable[[MainController], Awaitable[None]]


class Hanging(MemoryKeyring):
    """Waits for its user in a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answered = threading.Event(), threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.asked.set()
        self.answered.wait(LIMIT_S)
        super().set_password(service, username, password)


class Declined(MemoryKeyring):
    """Its user did not want a new keyring."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("dismissed")


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Work], None]:
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            desk.backend.vault = KeyringVault(lambda _: True)
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            await work(desk)

    return lambda work: windows.drive(use(work))


def opened(desk: MainController) -> AccountDialog:
    desk.window.commands["add_account"].trigger()
    (dialog,) = desk.window.findChildren(AccountDialog)
    fields = {f.accessibleName(): f for f in dialog.findChildren(QLineEdit)}
    fields["API key"].setText(KEY)
    fields["Address"].setText("https://127.0.0.1:9")
    fields["API key"].setText(KEY)
    fields["Name"].setText("Second")
    return dialog


def button(dialog: QWidget, name: str) -> QAbstractButton:
    return next(b for b in dialog.findChildren(QAbstractButton) if b.accessibleName() == name)


def said(dialog: QWidget) -> str:
    return "\n".join(w.text() for w in dialog.findChildren(QLabel) if w.isVisibleTo(dialog))


def test_that_space_twice_on_test_stops_it_and_keeps_the_key(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        begun = asyncio.Event()

        async def test(*_: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        desk.backend.test = test  # type: ignore[method-assign, assignment]
        dialog = opened(desk)
        dialog.activateWindow()
        pressed = button(dialog, "Test")
        pressed.setFocus()
        QTest.keyClick(pressed, Qt.Key.Key_Space)
        await begun.wait()
        await until(lambda: pressed.accessibleName() == "Stop")
        assert QApplication.focusWidget() is pressed
        QTest.keyClick(pressed, Qt.Key.Key_Space)
        await until(lambda: "The test was stopped." in said(dialog))
        assert pressed.accessibleName() == "Test"
        assert dialog.isVisible()
        assert (
            next(
                f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "API key"
            ).text()
            == KEY
        )
        dialog.reject()

    at_desk(work)


def test_that_the_test_of_a_known_account_can_be_stopped(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        async def test(*_: object) -> None:
            await asyncio.Event().wait()

        desk.backend.test = test  # type: ignore[method-assign, assignment]
        desk.window.commands["accounts"].trigger()
        (dialog,) = desk.window.findChildren(AccountsDialog)
        button(dialog, "Test").click()
        await until(
            lambda: "Stop" in [b.accessibleName() for b in dialog.findChildren(QAbstractButton)]
        )
        button(dialog, "Stop").click()
        await until(lambda: "The test was stopped." in said(dialog))
        dialog.reject()

    at_desk(work)


def test_that_a_password_store_that_hangs_is_told_and_the_key_can_be_kept_without_it(
    at_desk: Callable[[Work], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts_controller, "_SILENT_S", 0.05)
    hanging = Hanging()
    keyring.set_keyring(hanging)

    async def work(desk: MainController) -> None:
        dialog = opened(desk)
        button(dialog, "Add account").click()
        await until(hanging.asked.is_set)
        await until(lambda: "The password store does not answer yet." in said(dialog))
        button(dialog, "Keep the key until I quit").click()
        await until(lambda: "Second" in {a.name for a in desk.accounts.values()})
        (kept,) = (a for a in desk.accounts.values() if a.name == "Second")
        assert kept.key_source is KeySource.SESSION
        await until(lambda: not dialog_is_open(desk))
        hanging.answered.set()  # too late: what it kept is taken out again
        await desk.backend.vault.is_available()
        assert hanging.entries == {}

    at_desk(work)


def dialog_is_open(desk: MainController) -> bool:
    return any(d.isVisible() for d in desk.window.findChildren(QDialog))


def test_that_closing_the_dialog_of_a_hanging_store_adds_nothing(
    at_desk: Callable[[Work], None],
) -> None:
    hanging = Hanging()
    keyring.set_keyring(hanging)

    async def work(desk: MainController) -> None:
        dialog = opened(desk)
        button(dialog, "Add account").click()
        await until(hanging.asked.is_set)
        dialog.reject()
        hanging.answered.set()
        await desk.list.scope.idle()
        await desk.backend.vault.is_available()
        assert {a.name for a in await desk.backend.accounts()} == {ARK.name}
        assert hanging.entries == {}

    at_desk(work)


def test_that_declining_a_new_keyring_leaves_a_way_on(at_desk: Callable[[Work], None]) -> None:
    keyring.set_keyring(Declined())

    async def work(desk: MainController) -> None:
        dialog = opened(desk)
        button(dialog, "Add account").click()
        await until(lambda: "Unlock your password store" in said(dialog))
        assert button(dialog, "Add account").isEnabled()
        way_on = button(dialog, "Keep the key until I quit")
        assert way_on.isVisible()
        way_on.click()
        await until(lambda: "Second" in {a.name for a in desk.accounts.values()})

    at_desk(work)
