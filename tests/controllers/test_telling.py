"""Notifications come while the window is not in front, and lead back to what they tell."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QMessageBox
from pytestqt.qtbot import QtBot

from rushes.assets import asset
from rushes.controllers import build
from rushes.controllers.main_controller import MainController
from rushes.controllers.notifications import NotificationsController
from rushes.core.events import AccountChanged, Activity, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.listing import Counts
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Diff, Task
from rushes.core.views import View
from rushes.store import tables
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.window.tray import Tray
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.controllers.test_outward import listed
from tests.desktop_bus import NOTIFICATIONS, NUMBER, Desktop, desktop
from tests.ui.takes import ARK, ended, take, with_file


class Told:
    """Instead of a tray, which no virtual screen has."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.tip = ""
        self.is_shown = False
        self.is_gone = False

    def is_there(self) -> bool:
        return not self.is_gone

    def serve(
        self,
        open_window: Callable[[], object],
        show_told: Callable[[], object],
        refresh: Callable[[], object],
        quit_program: Callable[[], object],
        show_folder: Callable[[], object],
    ) -> None:
        self.show_folder = show_folder
        self.open, self.click, self.quit = open_window, show_told, quit_program
        self.is_shown = True

    def hide(self) -> None:
        self.is_shown = False

    def set_tip(self, text: str) -> None:
        self.tip = text

    def tell(self, title: str, text: str, *, has_files: bool) -> None:
        self.has_files = has_files
        self.told.append((title, text))


Work = Callable[[MainController, NotificationsController, Told], Awaitable[None]]
Use = Callable[[Work], None]


@pytest.fixture
def telling(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Use:
    """Do something with the whole window, hidden, one account and a teller."""
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        teller = Told()
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            made = NotificationsController(desk, teller)
            assert teller.is_shown
            desk.window.hide()
            await until(lambda: QApplication.activeWindow() is None)
            await work(desk, made, teller)
        assert not teller.is_shown
        assert not made.gathering.isActive()

    return lambda work: windows.drive(use(work))


async def put(desk: MainController, *tasks: Task) -> None:
    """Into the store and past the window, as a poller does it."""
    store = desk.backend.store
    at = desk.backend.workspace.clock()
    diff = await store.write(tables.add, [task.key for task in tasks], at)
    desk.show_event(TasksChanged(diff))


def end(desk: MainController, *tasks: Task) -> None:
    desk.show_event(TasksChanged(Diff(changed=tuple(ended(task) for task in tasks))))


def test_that_what_ends_within_ten_seconds_is_told_as_one(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        await put(desk, take(1), take(2))
        assert not made.gathering.isActive()
        end(desk, take(1))
        assert made.gathering.isActive()
        end(desk, take(2))
        assert teller.told == []
        made.gathering.timeout.emit()
        assert [title for title, _ in teller.told] == ["2 done"]

    telling(work)


def test_that_nothing_is_told_while_the_window_is_in_front(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        await put(desk, take(1), take(2))
        end(desk, take(1))
        desk.window.show()
        desk.window.activateWindow()
        await until(lambda: QApplication.activeWindow() is not None)
        made.gathering.timeout.emit()
        assert teller.told == []
        made.gathering.stop()
        end(desk, take(2))
        assert not made.gathering.isActive()

    telling(work)


def test_that_a_click_selects_the_rows_that_were_told(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        await put(desk, take(1), take(2), take(3))
        end(desk, take(1), take(3))
        made.gathering.timeout.emit()
        teller.click()
        assert desk.window.isVisible()
        await until(
            lambda: set(desk.window.selected_keys()) == {take(1).key, take(3).key},
        )
        assert teller.has_files
        desk.window.table.clearSelection()
        teller.show_folder()  # there is none yet
        await until(
            lambda: set(desk.window.selected_keys()) == {take(1).key, take(3).key},
        )

    telling(work)


def test_that_a_file_is_told_when_its_moment_comes_by_itself(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        soon = desk.backend.workspace.clock() + 7200.2
        task = with_file(ended(take(1)), ArtifactState.REMOTE, expires_at=soon)
        desk.show_event(TasksChanged(Diff(changed=(task,))))
        assert not made.gathering.isActive()
        await until(made.gathering.isActive)
        made.gathering.timeout.emit()
        assert [title for title, _ in teller.told] == ["1 unsaved link ending"]

    telling(work)


def test_that_a_paused_account_is_told_by_its_name(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        desk.show_event(AccountChanged(ARK.id, Activity.PAUSED, failure=Failure(Kind.DENIED)))
        made.gathering.timeout.emit()
        ((title, text),) = teller.told
        assert title == "1 account waiting for you"
        assert text.startswith("Ark: ")
        assert not teller.has_files

    telling(work)


def test_that_a_switch_that_is_off_is_heeded_at_once(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        await put(desk, take(1))
        settings = replace(desk.backend.settings, tell_done=False)
        desk.change_settings(settings)
        end(desk, take(1))
        assert not made.gathering.isActive()

    telling(work)


def test_that_the_tray_counts(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        desk.list.status.set_counts(Counts(views={View.RUNNING: 2}, unseen_failed=1))
        assert "2 running" in teller.tip
        assert "1 failed" in teller.tip

    telling(work)


def test_that_the_tray_opens_the_window_and_ends_the_program(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        left: list[int] = []
        desk.list.closing.quitting.connect(lambda: left.append(1))
        teller.open()
        assert desk.window.isVisible()
        teller.quit()
        assert left == [1]

    telling(work)


def test_that_the_trays_menu_says_what_is_wanted(qtbot: QtBot) -> None:
    parent = QObject()
    tray = Tray(QIcon(str(asset("icons", "rushes.svg"))), parent)
    called: list[str] = []
    words = [
        "Open Rushes",
        "Show takes of the last notification",
        "Show their folder",
        "Refresh",
        "Quit",
    ]
    given = [partial(called.append, words[n]) for n in (0, 1, 3, 4, 2)]
    tray.serve(*given)
    assert [action.text() for action in tray.menu.actions()] == words
    for action in tray.menu.actions():
        action.trigger()
    assert called == words
    tray.set_tip("<b>1 & 2</b>")
    assert tray.icon.toolTip() == "‹b›1 ＆ 2‹/b›"
    tray.menu.deleteLater()


async def shown(desk: MainController) -> None:
    desk.window.show()
    await until(desk.window.isVisible)


def button(desk: MainController, words: str) -> QAbstractButton:
    box = desk.window.findChild(QMessageBox)
    assert box is not None
    return next(each for each in box.buttons() if each.text() == words)


def test_that_closing_asks_once_and_goes_into_the_tray(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        left: list[int] = []
        desk.list.closing.quitting.connect(lambda: left.append(1))
        await shown(desk)
        desk.window.close()
        assert desk.window.isVisible()
        button(desk, "Keep running").click()
        assert not desk.window.isVisible()
        await until(lambda: desk.backend.settings.close_to_tray == "yes")
        build.answers(desk)({"verb": "show"}, lambda _: None)  # a second start
        assert desk.window.isVisible()
        desk.window.close()
        assert not desk.window.isVisible()
        assert desk.window.findChild(QMessageBox) is None, "asked twice"
        assert left == []

    telling(work)


def test_that_quitting_instead_is_remembered(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        await shown(desk)
        left: list[int] = []
        desk.list.closing.quitting.connect(lambda: left.append(1))
        desk.window.close()
        button(desk, "Quit").click()
        assert left == [1]
        await until(lambda: desk.backend.settings.close_to_tray == "no")

    telling(work)


def test_that_the_command_quit_ends_although_closing_goes_into_the_tray(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        desk.change_settings(replace(desk.backend.settings, close_to_tray="yes"))
        await shown(desk)
        left: list[int] = []
        desk.list.closing.quitting.connect(lambda: left.append(1))
        desk.list.closing.quit()
        assert left == [1]

    telling(work)


def test_that_closing_quits_where_the_tray_has_gone(telling: Use) -> None:
    async def work(desk: MainController, made: NotificationsController, teller: Told) -> None:
        desk.change_settings(replace(desk.backend.settings, close_to_tray="yes"))
        teller.is_gone = True
        await shown(desk)
        left: list[int] = []
        desk.list.closing.quitting.connect(lambda: left.append(1))
        desk.window.close()
        assert left == [1]

    telling(work)


def test_that_the_switches_stand_in_the_settings_only_where_they_do_something(qtbot: QtBot) -> None:
    def switches(*, has_tray: bool, has_notices: bool) -> dict[str, QCheckBox]:
        dialog = SettingsDialog(Settings(), has_tray=has_tray, has_notices=has_notices)
        qtbot.addWidget(dialog)
        dialog.show()
        dialogs.append(dialog)
        boxes = dialog.findChildren(QCheckBox)
        return {box.text(): box for box in boxes if box.isVisibleTo(dialog)}

    dialogs: list[SettingsDialog] = []
    told, closed = "Takes that are done", "Go on in the tray when the window is closed"
    assert not {told, closed} & switches(has_tray=False, has_notices=False).keys()
    assert {told, closed} & switches(has_tray=False, has_notices=True).keys() == {told}
    dialogs.pop()
    boxes = switches(has_tray=True, has_notices=True)
    boxes[told].click()
    boxes["Trouble with a key or a balance"].click()
    assert dialogs[1].chosen() == Settings(tell_done=False, tell_trouble=False)
    boxes[closed].click()
    assert dialogs[1].chosen().close_to_tray == "yes"
    assert dialogs[0].chosen() == Settings()


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux' own")
def test_that_a_desktop_without_a_tray_is_told_over_d_bus(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = Windows(drive, qtbot)

    async def work(there: Desktop) -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            await until(lambda: desk.findChild(NotificationsController) is not None)
            made = desk.findChild(NotificationsController)
            assert isinstance(made, NotificationsController)
            assert desk.list.settings.has_notices
            desk.window.hide()
            await until(lambda: QApplication.activeWindow() is None)
            await put(desk, take(1))
            end(desk, take(1))
            made.gathering.timeout.emit()
            await until(lambda: not there.said.empty())
            program, replaced, icon, title, _, buttons, *_ = there.next()["body"]
            assert buttons == ["default", "Show", "folder", "Show in folder"]
            assert (program, replaced, title) == ("Rushes", 0, "1 done")
            assert Path(icon.removeprefix("file://")).is_file()
            there.click()
            await until(desk.window.isVisible)
            desk.window.hide()
            await until(lambda: QApplication.activeWindow() is None)
            await put(desk, take(2))
            end(desk, take(2))
            made.gathering.timeout.emit()
            await until(lambda: not there.said.empty())
            assert there.next()["body"][1] == NUMBER  # in the place of the last
            film, shown_files = tmp_path / "a.mp4", list[Path]()
            film.write_bytes(b"film")
            known = film.stat()
            facts = {"path": str(film), "size": known.st_size, "mtime_ns": known.st_mtime_ns}
            await listed(desk, with_file(ended(take(2)), ArtifactState.SAVED, **facts))
            monkeypatch.setattr("rushes.controllers.desktop.reveal", shown_files.append)
            there.click("folder")
            await until(lambda: shown_files == [film])
            assert not desk.window.isVisible()

    with desktop(tmp_path, NOTIFICATIONS) as there:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", there.address)
        windows.drive(work(there))
