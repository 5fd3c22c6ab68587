"""Messages lie over the list's lower edge: nothing that is shown or goes moves a row."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from rushes.ui.list.column_table import AT
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.messages import MessageBar
from tests.ui.takes import take
from tests.ui.windows import Fill, press, table_of

LONG = "Nothing can be saved just now. " * 12
SHOW = ("Show", lambda: None)


def three_notices(window: MainWindow) -> None:
    for n in range(3):
        window.show_notice(f"{LONG} {n}", subject=str(n))


#: Every way in which something is said over the list.
SAID: dict[str, Callable[[MainWindow], None]] = {
    **{
        f"{kind}{' with a button' if action else ''}{' (long)' if text == LONG else ''}": partial(
            MainWindow.show_message, text=text, kind=kind, action=action, replace=kind
        )
        for kind in ("info", "success", "warning", "error")
        for action in (None, SHOW)
        for text in ("Copied.", LONG)
    },
    "notice": lambda window: window.show_notice(LONG, action=SHOW, subject="lost"),
    "notices": three_notices,
}


def _places(window: MainWindow) -> list[tuple[QPoint, int]]:
    """Where everything is that a pointer can be on."""
    table = table_of(window)
    parts: list[QWidget] = [window.toolbar, window.sidebar, table.viewport(), window.status_line]
    places = [(part.mapToGlobal(QPoint()), part.height()) for part in parts]
    rows = [(QPoint(0, table.rowViewportPosition(row)), 0) for row in range(table.row_count)]
    return places + rows


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("view", ["list", "gallery"])
def test_that_no_message_moves_a_row(fill: Fill, qtbot: QtBot, said: str, view: str) -> None:
    window = fill(*(take(n) for n in range(40)))
    window.content.show_view(view)
    table_of(window).verticalScrollBar().setValue(3)
    window.grab()
    before = _places(window)
    SAID[said](window)
    bars = [bar for bar in window.findChildren(MessageBar) if bar.text]
    qtbot.waitUntil(lambda: all(bar.isVisible() and bar.height() > 20 for bar in bars))
    window.grab()
    assert _places(window) == before
    low = window.content.mapToGlobal(QPoint(0, window.content.height())).y()
    for bar in bars:
        assert window.content.rect().contains(bar.mapTo(window.content, bar.rect().center()))
        assert bar.mapToGlobal(QPoint(0, bar.height())).y() < low
        top = window.childAt(bar.mapTo(window, bar.rect().center()))
        assert top is bar or (top is not None and bar.isAncestorOf(top))  # nothing lies over it
    for bar in bars:
        bar.clear()
    window.grab()
    assert _places(window) == before


def test_that_undo_stands_for_its_time_whatever_else_is_said(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("3 tasks removed.", action=("Undo", lambda: None), replace="r", timeout_s=10)
    bar.show_message("Copied.", replace="copy", timeout_s=0.02)
    assert bar.text == "Copied."
    qtbot.waitUntil(lambda: bar.text == "3 tasks removed.")
    assert 9_000 < bar._timer.remainingTime() <= 10_500  # Qt lets such a timer be 5 % late


def test_that_the_most_severe_comes_back_first(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.show_message("Disk full", kind="error", replace="disk")
    bar.show_message("Folder away", kind="warning", replace="away")
    assert bar.text == "Folder away"  # it is told, in its turn
    assert bar._timer.isActive()
    bar._timer.setInterval(10)
    qtbot.waitUntil(lambda: bar.text == "Disk full")
    bar.clear()
    assert bar.text == "Folder away"


def test_that_a_notice_is_replaced_by_nothing_and_closed_by_the_user_alone(fill: Fill) -> None:
    window = fill(take(1))
    heard: list[str] = []
    show = ("Show", lambda: heard.append("shown"))
    closed = partial(heard.append, "closed")
    window.show_notice("“dusk”: lost", action=show, subject="lost", closed=closed)
    window.show_notice("2 takes are lost", action=show, subject="lost", closed=closed)
    window.show_notice("The list was damaged.")
    window.show_message("Disk full", kind="error", replace="disk")
    window.clear_message()
    window.clear_or_leave()
    assert window.notice == "2 takes are lost\nThe list was damaged."
    (bar,) = (b for b in window.findChildren(MessageBar) if b.text == "2 takes are lost")
    bar.clear()
    bar.clear()  # there is nothing to close any more
    assert heard == ["closed"]
    assert window.notice == "The list was damaged."


def test_that_a_click_on_a_message_leaves_the_keys_where_they_were(
    fill: Fill, qtbot: QtBot
) -> None:
    window, heard = fill(take(1)), list[str]()
    table_of(window).setFocus()
    qtbot.waitUntil(table_of(window).hasFocus)
    window.show_message("Saved.", action=("Show", partial(heard.append, "shown")))
    (shown,) = (b for b in window.messages.findChildren(QAbstractButton) if b.text() == "Show")
    qtbot.waitUntil(shown.isVisible)
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton)
    assert heard == ["shown"]
    assert table_of(window).hasFocus()


def test_that_a_notice_stays_in_its_place_when_a_message_goes(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    window.show_notice("2 takes are lost", subject="lost")
    window.show_message("Copied.", replace="copy")
    (bar,) = (b for b in window.findChildren(MessageBar) if b.text == "2 takes are lost")
    qtbot.waitUntil(lambda: bar.isVisible() and bar.height() > 20)
    window.grab()
    before, overlay = bar.mapToGlobal(QPoint()), bar.parentWidget()
    assert overlay is not None
    tall = overlay.height()
    window.clear_message("copy")
    qtbot.waitUntil(lambda: overlay.height() < tall)
    window.grab()
    assert bar.mapToGlobal(QPoint()) == before


def test_that_a_message_leaves_the_size_of_the_pictures_free(fill: Fill, qtbot: QtBot) -> None:
    window = fill(*(take(n) for n in range(40)))
    window.show_message(LONG, kind="error", replace="long")
    window.content.show_view("gallery")
    slider = window.content.gallery.findChild(QSlider)
    assert slider is not None
    at = slider.mapTo(window, slider.rect().center())
    qtbot.waitUntil(lambda: window.messages.isVisible() and window.messages.height() > 20)
    window.grab()
    assert window.childAt(at) is slider
    window.content.show_view("list")
    low = window.messages.mapTo(window.content, window.messages.rect().bottomLeft()).y()
    assert window.content.height() - low < slider.height()


def _last_place(window: MainWindow) -> QRect:
    """Of the last take, in the coordinates of the window."""
    view, table = window.content.rows_view, table_of(window)
    rect = view.visualRect(table.rows.index(table.row_count - 1, AT["name"]))
    return rect.translated(view.viewport().mapTo(window, QPoint()))


@pytest.mark.parametrize(
    ("view", "count"),  # those that have room without a scroll bar, and more
    [("list", 6), ("list", 40), ("gallery", 4), ("gallery", 40)],
)
def test_that_the_last_take_can_be_brought_above_the_messages(
    fill: Fill, qtbot: QtBot, view: str, count: int
) -> None:
    window = fill(*(take(n) for n in range(count)))
    window.resize(900, 620)
    window.content.set_tile_size(0)
    window.content.show_view(view)
    rows, bar = window.content.rows_view, window.content.rows_view.verticalScrollBar()
    press(rows, Qt.Key.Key_Home)
    window.grab()
    room, end = rows.viewport().size(), bar.maximum()
    assert (end == 0) is (count < 40)
    for n in range(2):
        window.show_notice("The list was damaged.", subject=str(n))
    window.show_message("Disk full", kind="error", replace="disk")
    bars = [each for each in window.findChildren(MessageBar) if each.text]
    qtbot.waitUntil(lambda: all(each.isVisible() and each.height() > 20 for each in bars))
    window.grab()
    covered = min(each.mapTo(window, QPoint()).y() for each in bars)
    press(rows, Qt.Key.Key_End)
    window.grab()
    assert _last_place(window).bottom() < covered
    assert rows.viewport().size() == room
    place = _last_place(window)
    for each in bars:
        each.clear()
    qtbot.waitUntil(lambda: table_of(window).past_end.covered == 0)
    window.grab()
    assert _last_place(window) == place  # also when they go, no row moves
    bar.setValue(0)
    assert bar.maximum() == end
