"""Ids come in by paste, drop and typing, and never to an account nobody chose."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.message_bar import MessageBar
from tests.ui.takes import ARK, take
from tests.ui.windows import Fill, found, offer, part, press, search_field, table_of


def test_that_pasting_anywhere_gives_the_text(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    QGuiApplication.clipboard().setText("cgt-1\ncgt-2")
    with qtbot.waitSignal(window.text_given) as told:
        press(table_of(window), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["cgt-1\ncgt-2"]


def test_that_pasting_into_the_search_field_searches(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    QGuiApplication.clipboard().setText("needle")
    heard: list[str] = []
    window.text_given.connect(heard.append)
    field = search_field(window)
    field.setFocus()
    press(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "needle"
    assert heard == []


def _drop(window: MainWindow, data: QMimeData) -> None:
    copy, left, plain = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPoint(50, 200), copy, data, left, plain)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 200), copy, data, left, plain))


def test_that_dropped_files_are_named_and_not_read(fill: Fill, qtbot: QtBot) -> None:
    window = fill()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/ids.txt"), QUrl.fromLocalFile("/tmp/log.json")])
    with qtbot.waitSignal(window.files_dropped) as told:
        _drop(window, data)
    assert told.args == [[Path("/tmp/ids.txt"), Path("/tmp/log.json")]]


def test_that_a_dropped_web_address_is_text_to_search(fill: Fill, qtbot: QtBot) -> None:
    window = fill()
    data = QMimeData()
    data.setUrls([QUrl("https://host.invalid/v1/tasks/cgt-1")])
    with qtbot.waitSignal(window.text_given) as told:
        _drop(window, data)
    assert "cgt-1" in told.args[0]


def test_that_the_strip_says_how_many_and_adds_to_the_guessed_account(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill()
    offer(window, found("x", "y"), 1, "b")
    strip = part(window, AddStrip)
    assert strip.isVisible()
    labels = " ".join(w.text() for w in strip.findChildren(QWidget) if hasattr(w, "text"))
    assert "3 task IDs found (1 already here)." in labels
    add = next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 2")
    with qtbot.waitSignal(window.add_confirmed) as told:
        add.click()
    assert told.args == ["b", list(found("x", "y"))]
    assert not strip.isVisible()


def test_that_an_ambiguous_account_must_be_chosen_by_the_user(fill: Fill) -> None:
    window = fill()
    offer(window, found("x"), 0, None)
    strip = part(window, AddStrip)
    add = next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 1")
    assert not add.isEnabled()
    assert strip._hint.text() == "Several accounts fit: choose one."
    strip._account.setCurrentIndex(1)
    strip._account.activated.emit(1)
    assert add.isEnabled()
    assert strip._hint.text() == ""


def test_that_one_account_alone_is_no_question(fill: Fill) -> None:
    window = fill(accounts=(ARK,))
    offer(window, found("x"), 0, None)
    assert part(window, AddStrip)._add.isEnabled()


def test_that_garbage_is_answered_with_what_to_do(fill: Fill) -> None:
    window = fill()
    offer(window, (), 0, None)
    assert part(window, MessageBar).text.startswith("No task ID found in what was pasted. Paste")


def test_that_ids_that_are_all_there_already_are_no_question(fill: Fill) -> None:
    window = fill()
    offer(window, (), 2, "a")
    assert not part(window, AddStrip).isVisible()
    assert part(window, MessageBar).text == "2 tasks already in the list."


def test_that_more_known_ids_than_new_ones_hide_none_of_the_new(fill: Fill) -> None:
    window = fill()
    offer(window, found("x"), 5, "a")
    assert part(window, AddStrip)._ids == ["x"]
    assert part(window, AddStrip)._told.text() == "6 task IDs found (5 already here)."


def test_that_ids_nobody_asked_for_leave_the_focus_and_say_nothing_in_vain(fill: Fill) -> None:
    window = fill(take(1))
    offer(window, (), 3, None, unasked=True)
    offer(window, (), 0, None, unasked=True)
    assert part(window, MessageBar).text == ""
    field = search_field(window)
    field.setFocus()
    offer(window, found("x"), 0, "a", unasked=True)
    assert part(window, AddStrip).isVisible()
    assert QApplication.focusWidget() is field


def test_that_ids_without_any_account_lead_to_adding_a_service(fill: Fill, qtbot: QtBot) -> None:
    window = fill(accounts=())
    offer(window, found("x"), 0, None)
    button = next(b for b in part(window, MessageBar).findChildren(QAbstractButton) if b.text())
    with qtbot.waitSignal(window.accounts_requested):
        button.click()


def test_that_ids_that_speak_for_different_accounts_go_to_each_its_own(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill()
    by_line = {"x1": "a", "x2": "b", "x3": "a"}
    window.show_add_strip(found("x1", "x2", "x3"), 0, by_line)
    strip = part(window, AddStrip)
    box = next(iter(strip.findChildren(QComboBox)))
    assert box.currentText() == "Each its own: 2 Ark, 1 Rong"
    told: list[tuple[object, ...]] = []
    window.add_confirmed.connect(lambda *args: told.append(args))
    next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 3").click()
    x1, x2, x3 = found("x1", "x2", "x3")
    assert told == [("a", [x1, x3]), ("b", [x2])]


def test_that_the_user_can_still_give_all_ids_to_one_account(fill: Fill, qtbot: QtBot) -> None:
    window = fill()
    window.show_add_strip(found("x1", "x2"), 0, {"x1": "a", "x2": "b"})
    strip = part(window, AddStrip)
    box = next(iter(strip.findChildren(QComboBox)))
    box.setCurrentIndex(box.findData("b"))
    box.activated.emit(box.currentIndex())
    with qtbot.waitSignal(window.add_confirmed) as told:
        next(b for b in strip.findChildren(QAbstractButton) if b.text() == "Add 2").click()
    assert told.args == ["b", list(found("x1", "x2"))]
