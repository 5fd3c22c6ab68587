"""After a search the list is where it was before it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from rushes.core.grouping import GroupBy
from rushes.core.task import Key
from rushes.ui.list.column_table import AT
from tests.ui.listed import ListedWindow
from tests.ui.takes import take
from tests.ui.windows import Fill, press, search_field, select, table_of

TAKES = [take(n) for n in range(60)]

VIEWS = pytest.mark.parametrize("view", ["list", "gallery"])


def scrolled(fill: Fill, view: str) -> ListedWindow:
    """A window at the end of its takes, with one of the last ones selected."""
    window = fill(*TAKES)
    window.content.show_view(view)
    press(window.content.rows_view, Qt.Key.Key_End)
    select(window, TAKES[2])
    bar = window.content.rows_view.verticalScrollBar()
    bar.setValue(bar.maximum() - 20)
    return window


def where(window: ListedWindow) -> tuple[int, list[Key]]:
    return window.content.rows_view.verticalScrollBar().value(), window.selected_keys()


def search(window: ListedWindow, text: str) -> None:
    press(table_of(window), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    for letter in text:
        search_field(window).insert(letter)


@VIEWS
@pytest.mark.parametrize("text", ["no such take", "task-0002", "task-000"])
def test_that_the_place_comes_back_when_the_search_is_cleared(
    fill: Fill, view: str, text: str
) -> None:
    window = scrolled(fill, view)
    before = where(window)
    search(window, text)
    press(search_field(window), Qt.Key.Key_Escape)
    assert where(window) == before
    press(search_field(window), Qt.Key.Key_Escape)
    assert where(window) == before
    assert window.focusWidget() is window.content.rows_view


@VIEWS
def test_that_the_place_comes_back_when_a_filter_is_taken_off(fill: Fill, view: str) -> None:
    window = scrolled(fill, view)
    before = where(window)
    picks = next(b for b in window.chips.findChildren(QPushButton) if b.text() == "Picks")
    picks.click()
    assert table_of(window).row_count == 0
    picks.click()
    assert where(window) == before


@VIEWS
def test_that_a_take_selected_in_what_was_found_stays_and_is_in_sight(
    fill: Fill, view: str, qtbot: QtBot
) -> None:
    window = scrolled(fill, view)
    search(window, "task-003")
    select(window, TAKES[30])
    search_field(window).clear()
    assert window.selected_keys() == [TAKES[30].key]
    rows = window.content.rows_view
    row = table_of(window).rows.row(TAKES[30].key)
    place = rows.visualRect(table_of(window).rows.index(row or 0, AT["name"]))
    assert rows.viewport().rect().contains(place.center())


def test_that_a_list_at_its_top_is_at_its_top_again(fill: Fill) -> None:
    window = fill(*TAKES)
    search(window, "task-00")
    table_of(window).verticalScrollBar().setValue(500)
    search_field(window).clear()
    assert where(window) == (0, [])


def test_that_a_take_that_shall_be_shown_is_shown_though_a_search_hid_it(fill: Fill) -> None:
    window = scrolled(fill, "list")
    search(window, "task-0002")
    select(window, TAKES[50])
    assert search_field(window).text() == ""
    assert window.selected_keys() == [TAKES[50].key]
    row = table_of(window).rows.row(TAKES[50].key)
    assert row in table_of(window).visible_rows()


@VIEWS
def test_that_down_from_the_search_selects_the_first_take_found(fill: Fill, view: str) -> None:
    window = fill(*TAKES)
    window.content.show_view(view)
    search(window, "task-000")
    press(search_field(window), Qt.Key.Key_Down)
    assert window.focusWidget() is window.content.rows_view
    assert window.selected_keys() == [TAKES[9].key]


def test_that_down_from_the_search_passes_over_the_head_of_a_group(fill: Fill) -> None:
    window = fill(*TAKES)
    window.table.group_by(GroupBy.NAME)
    press(search_field(window), Qt.Key.Key_Down)
    assert table_of(window).rows.task_at(0) is None
    task = table_of(window).rows.task_at(1)
    assert task is not None
    assert window.selected_keys() == [task.key]


def test_that_down_from_the_search_leaves_what_is_selected(fill: Fill) -> None:
    window = fill(*TAKES)
    select(window, TAKES[2])
    press(search_field(window), Qt.Key.Key_Down)
    assert window.selected_keys() == [TAKES[2].key]


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_that_the_first_take_found_is_selected_where_the_selected_one_was_not_found(
    fill: Fill, key: Qt.Key
) -> None:
    window = fill(*TAKES)
    select(window, TAKES[50])
    search(window, "task-000")
    press(search_field(window), key)
    assert window.selected_keys() == [TAKES[9].key]


def test_that_escape_closes_the_suggestions_with_the_text(fill: Fill, qtbot: QtBot) -> None:
    window = fill(*TAKES)
    field = search_field(window)
    field.setFocus()
    QTest.keyClicks(field, "rat")
    popup = field.completer().popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert not popup.isVisible()
