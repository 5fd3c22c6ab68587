"""A search worth keeping gets a name in the sidebar."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from rushes.core.grouping import GroupBy
from rushes.core.listing import ListFilter
from rushes.core.settings import Settings
from rushes.core.task import Mark
from rushes.core.views import View
from rushes.ui.window.quick_edit import QuickEdit
from rushes.ui.window.sidebar import Sidebar
from tests.ui.listed import ListedWindow
from tests.ui.takes import take
from tests.ui.windows import Fill, action, part, press, search_field, shown_keys

TASKS = (take(1, mark=Mark(rating=5)), take(2), take(3, mark=Mark(rating=4)))


@pytest.fixture
def window(fill: Fill) -> ListedWindow:
    return fill(*TASKS)


def sidebar_of(window: ListedWindow) -> Sidebar:
    found: Sidebar = part(window, Sidebar)
    return found


def lines(window: ListedWindow) -> list[str]:
    """What a screen reader reads of the views."""
    sidebar = sidebar_of(window)
    model = sidebar.model()
    views = model.index(0, 0)
    lines = [model.index(row, 0, views) for row in range(model.rowCount(views))]
    return [str(line.data(Qt.ItemDataRole.AccessibleTextRole) or line.data()) for line in lines]


def name_it(window: ListedWindow, command: str, name: str) -> None:
    action(window, command).trigger()
    edit = next(e for e in window.findChildren(QuickEdit) if e.isVisible())
    field = next(iter(edit.findChildren(QLineEdit)))
    field.setText(name)
    press(field, Qt.Key.Key_Return)


def save(window: ListedWindow, search: str, name: str) -> None:
    search_field(window).setText(search)
    name_it(window, "Save this view…", name)


def test_that_a_saved_search_brings_back_its_rows_and_their_order(window: ListedWindow) -> None:
    window.table.sort_by("rating", descending=True)
    save(window, "rating:>=4", "good ones")
    good = [take(1).key, take(3).key]
    assert shown_keys(window) == good
    assert sidebar_of(window).saved == "good ones"
    sidebar_of(window).choose(ListFilter())
    window.table.sort_by("", descending=False)
    search_field(window).setText("")
    assert len(shown_keys(window)) == 3
    sidebar_of(window).choose_saved("good ones")
    assert shown_keys(window) == good
    assert search_field(window).text() == "rating:>=4"


def test_that_leaving_a_saved_view_brings_back_what_was_there(window: ListedWindow) -> None:
    save(window, "rating:>=4", "good ones")
    sidebar_of(window).choose(ListFilter())
    search_field(window).setText("task")
    sidebar_of(window).choose_saved("good ones")
    sidebar_of(window).choose(ListFilter(view=View.RUNNING))
    assert search_field(window).text() == "task"
    assert window.table.listing.scope.view is View.RUNNING


def test_that_a_search_typed_in_a_saved_view_stays_when_it_is_left(window: ListedWindow) -> None:
    save(window, "rating:>=4", "good ones")
    search_field(window).setText("rating:5")
    sidebar_of(window).choose(ListFilter())
    assert search_field(window).text() == "rating:5"


def test_that_each_saved_view_says_how_many_it_has(window: ListedWindow, qtbot: QtBot) -> None:
    save(window, "rating:>=4", "good ones")
    qtbot.waitUntil(lambda: "good ones, 2" in lines(window))


def test_that_saved_views_come_back_with_the_settings_and_the_layout(
    window: ListedWindow, fill: Fill
) -> None:
    kept: list[Settings] = []
    window.settings.changed.connect(kept.append)
    save(window, "rating:5", "best")
    layout = window.state.save()
    again = fill(*TASKS)
    again.settings.change(kept[-1])
    again.state.restore(layout)
    assert sidebar_of(again).saved == "best"
    assert shown_keys(again) == [take(1).key]


def test_that_a_view_can_be_renamed_and_keeps_its_search(window: ListedWindow) -> None:
    save(window, "rating:5", "best")
    name_it(window, "Rename view…", "the one")
    assert sidebar_of(window).saved == "the one"
    assert [words.split(",")[0] for words in lines(window)][5:] == ["the one"]
    assert search_field(window).text() == "rating:5"


def test_that_a_removed_view_comes_back_by_undo(window: ListedWindow) -> None:
    undo: list[Callable[[], Any]] = []
    window.saved_views.undoable.connect(lambda back, _again: undo.append(back))
    save(window, "rating:5", "best")
    press(sidebar_of(window), Qt.Key.Key_Delete)
    assert len(lines(window)) == 5
    assert sidebar_of(window).saved == ""
    assert len(shown_keys(window)) == 3
    assert "“best” was removed" in window.messages.text
    undo.pop()()
    assert len(lines(window)) == 6


def test_that_the_keys_of_the_sidebar_reach_a_saved_view(window: ListedWindow) -> None:
    save(window, "rating:5", "best")
    sidebar = sidebar_of(window)
    sidebar.choose(ListFilter(view=View.FAILED))
    press(sidebar, Qt.Key.Key_Down)
    assert sidebar.saved == "best"
    press(sidebar, Qt.Key.Key_F2)
    assert window.findChildren(QuickEdit)


def test_that_every_saved_view_is_in_the_menu(window: ListedWindow) -> None:
    save(window, "rating:5", "best & only")
    sidebar_of(window).choose(ListFilter())
    entry = next(a for a in window.findChildren(QAction) if a.text() == "best && only")
    entry.trigger()
    assert sidebar_of(window).saved == "best & only"
    assert entry.isChecked()


def test_that_commands_of_a_saved_view_are_off_while_none_is_chosen(window: ListedWindow) -> None:
    assert not action(window, "Remove view").isEnabled()
    save(window, "x", "x")
    assert action(window, "Remove view").isEnabled()
    assert [a.text() for a in sidebar_of(window).saved_menu().actions()] == [
        "Rename view…",
        "Remove view",
    ]


def test_that_nobody_counts_for_a_window_that_is_hidden(window: ListedWindow, qtbot: QtBot) -> None:
    save(window, "rating:>=4", "good ones")
    heard: list[object] = []
    window.saved_views.counts_wanted.connect(heard.append)
    window.hide()
    window.saved_views.ask_counts()
    assert heard == []
    with qtbot.waitSignal(window.saved_views.counts_wanted):
        window.show()


def test_that_a_saved_view_goes_out_when_its_search_is_edited(window: ListedWindow) -> None:
    save(window, "rating:5", "best")
    sidebar = sidebar_of(window)
    search_field(window).setText("rating:5 ")
    assert sidebar.saved == "best"
    search_field(window).setText("rating:5 lake")
    assert sidebar.saved == ""
    assert search_field(window).text() == "rating:5 lake"
    assert sidebar.scope == ListFilter()
    sidebar.choose_saved("best")
    assert search_field(window).text() == "rating:5"


def test_that_an_unknown_field_of_the_search_is_said(window: ListedWindow) -> None:
    search_field(window).setText("colour:red")
    assert "no field “colour”" in window.messages.text
    search_field(window).setText("prompt:red")
    assert window.messages.text == ""


def test_that_the_chosen_view_says_how_many_of_its_takes_a_search_leaves(
    window: ListedWindow,
) -> None:
    assert lines(window)[0] == "All, 3"
    search_field(window).setText("rating:>=4")
    assert lines(window)[0] == "All, 2 of 3"
    search_field(window).setText("no such take")
    assert lines(window)[0] == "All, 0 of 3"
    sidebar_of(window).choose(ListFilter(view=View.RUNNING))
    assert lines(window)[:2] == ["All, 3", "Running, 0 of 3"]
    search_field(window).setText("")
    assert lines(window)[:2] == ["All, 3", "Running, 3"]


def test_that_a_search_counts_what_is_folded_away_and_a_saved_view_has_one_figure(
    window: ListedWindow,
) -> None:
    save(window, "rating:>=4", "good ones")
    assert lines(window)[0] == "All, 3"
    sidebar_of(window).choose(ListFilter())
    search_field(window).setText("rating:>=4")
    listing = replace(window.table.listing, group_by=GroupBy.HAND)
    window.table.show_listing(listing)
    assert lines(window)[0] == "All, 2 of 3"
    folded = frozenset(group.name for group in window.table.groups)
    window.table.show_listing(replace(listing, folded=folded))
    assert window.table.row_count == len(window.table.groups) == 1
    assert lines(window)[0] == "All, 2 of 3"
