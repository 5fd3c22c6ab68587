"""What nobody meant does not happen: wheels turn nothing without focus, drops take nothing away."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.store import tables
from rushes.ui.accounts.accounts_dialog import AccountDialog
from rushes.ui.widgets.calm import place_of_drag
from rushes.ui.window.messages import DropVeil
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK

Work = Callable[[MainController], Awaitable[None]]
_BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
_SHIFT, _LEFT = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Work], None]:
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            await work(desk)

    return lambda work: windows.drive(use(work))


def turned(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        turns = isinstance(widget, (QComboBox, QAbstractSpinBox, QAbstractSlider, QTabBar))
        if turns and not isinstance(widget, QScrollBar):
            yield widget


def value(widget: QWidget) -> object:
    if isinstance(widget, (QComboBox, QTabBar)):
        return widget.currentIndex()
    if isinstance(widget, QAbstractSpinBox):
        return widget.text()
    assert isinstance(widget, QAbstractSlider)
    return widget.value()


def wheel(widget: QWidget, by: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, by), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def check(root: QWidget) -> int:
    """Returns how many widgets a wheel could turn."""
    count = 0
    for count, widget in enumerate(turned(root), 1):  # noqa: B007
        widget.clearFocus()
        widget.setEnabled(True)
        before = value(widget)
        for by in (120, -120, -240):
            wheel(widget, by)
        assert value(widget) == before, (type(root).__name__, widget.accessibleName())
        assert not widget.hasFocus(), widget.accessibleName()
    return count


def test_that_a_wheel_turns_nothing_that_has_no_focus(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        window = desk.window
        seen: dict[str, int] = {}
        window.commands["add_account"].trigger()
        seen["welcome"] = check_dialog(window)
        await desk.backend.store.write(tables.put_account, ARK)
        await desk.reload_accounts()
        for command in ("add_account", "accounts", "settings", "shortcuts"):
            window.commands[command].trigger()
            seen[command] = check_dialog(window)
        _ = window.content.gallery, window.content.compare, window.content.usage
        seen["window"] = check(window)
        assert seen["settings"] >= 5
        assert seen["add_account"] >= 1
        assert seen["window"] >= 4

    at_desk(work)


def check_dialog(window: QWidget) -> int:
    (dialog,) = (d for d in window.findChildren(QDialog) if d.isVisible())
    count = check(dialog)
    dialog.reject()
    return count


def test_that_a_field_with_the_focus_is_turned(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        await desk.backend.store.write(tables.put_account, ARK)
        await desk.reload_accounts()
        desk.window.commands["add_account"].trigger()
        (dialog,) = desk.window.findChildren(AccountDialog)
        (combo,) = dialog.findChildren(QComboBox)
        dialog.activateWindow()
        combo.setFocus()
        await until(combo.hasFocus)
        wheel(combo, -120)
        assert combo.currentIndex() == 1
        dialog.reject()

    at_desk(work)


def test_that_a_popup_shows_its_last_entry(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        await desk.backend.store.write(tables.put_account, ARK)
        await desk.reload_accounts()
        count = 0
        for command in ("add_account", "settings"):
            desk.window.commands[command].trigger()
            (dialog,) = (d for d in desk.window.findChildren(QDialog) if d.isVisible())
            dialog.activateWindow()
            for combo in dialog.findChildren(QComboBox):
                if combo.isVisible():  # as a click gives it the focus, which has another border
                    combo.setFocus()
                    await until(combo.hasFocus)
                combo.showPopup()
                view = combo.view()
                last = view.visualRect(combo.model().index(combo.count() - 1, 0))
                assert last.isValid()
                assert last.bottom() <= view.viewport().height(), combo.accessibleName()
                assert view.verticalScrollBar().maximum() == 0, combo.accessibleName()
                combo.hidePopup()
                count += 1
            dialog.reject()
        assert count >= 5

    at_desk(work)


def text() -> QMimeData:
    data = QMimeData()
    data.setText("cgt-20261121140233-abcde")
    return data


def dropped(on: QWidget) -> Qt.DropAction | None:
    """What becomes of a text of another program that would rather move it; None: it is refused."""
    data = text()
    enter = QDragEnterEvent(place_of_drag(QPointF(5, 5)), _BOTH, data, _LEFT, _SHIFT)
    QApplication.sendEvent(on, enter)
    if not enter.isAccepted():
        return None
    assert enter.dropAction() is Qt.DropAction.CopyAction
    event = QDropEvent(QPointF(5, 5), _BOTH, data, _LEFT, _SHIFT)
    assert event.proposedAction() is Qt.DropAction.MoveAction
    QApplication.sendEvent(on, event)
    return event.dropAction() if event.isAccepted() else None


def test_that_dropped_text_is_copied_everywhere(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        window = desk.window
        assert dropped(window) is Qt.DropAction.CopyAction
        fields: list[QWidget] = [
            f for f in window.findChildren(QLineEdit) if f.acceptDrops() and not f.isReadOnly()
        ]
        fields += [f.viewport() for f in window.findChildren(QPlainTextEdit) if not f.isReadOnly()]
        desk.window.commands["add"].trigger()  # a field to type into
        taken = [dropped(field) for field in fields if field.isVisible()]
        assert Qt.DropAction.CopyAction in taken
        assert Qt.DropAction.MoveAction not in taken
        await desk.list.scope.idle()

    at_desk(work)


def test_that_a_veil_says_what_letting_go_will_do(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        window, data = desk.window, text()
        (veil,) = window.findChildren(DropVeil)
        assert not veil.isVisible()
        QApplication.sendEvent(
            window, QDragEnterEvent(place_of_drag(QPointF(5, 5)), _BOTH, data, _LEFT, _SHIFT)
        )
        assert veil.isVisible()
        assert veil.accessibleName() == "Drop to find task IDs"
        assert veil.size() == window.size()
        QApplication.sendEvent(window, QDragLeaveEvent())
        assert not veil.isVisible()
        QApplication.sendEvent(
            window, QDragEnterEvent(place_of_drag(QPointF(5, 5)), _BOTH, data, _LEFT, _SHIFT)
        )
        QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), _BOTH, data, _LEFT, _SHIFT))
        assert not veil.isVisible()
        nothing = QMimeData()
        event = QDragEnterEvent(place_of_drag(QPointF(5, 5)), _BOTH, nothing, _LEFT, _SHIFT)
        QApplication.sendEvent(window, event)
        assert not veil.isVisible()
        await desk.list.scope.idle()

    at_desk(work)
