"""Views, counts, the pointer and the layout of the list."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QSize,
    Qt,
)
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure, Kind
from rushes.core.task import ArtifactState, Diff, Mark, Status
from rushes.presentation.columns import COLUMNS
from rushes.presentation.sentences import Action
from rushes.presentation.take import row_spoken
from rushes.ui.list.task_model import TaskModel
from rushes.ui.list.task_pane import TaskPane
from rushes.ui.list.task_table import TaskTable
from rushes.ui.preview.content import content_of
from rushes.ui.widgets import theme
from rushes.ui.window.main_window import first_size
from rushes.ui.window.messages import StatusLine
from rushes.ui.window.sidebar import AccountCommand, Sidebar
from rushes.ui.window.window_state import unpack
from tests.screens.measure import painted_texts
from tests.ui.listed import ListedWindow
from tests.ui.takes import ARK, NOW, ended, take, with_file
from tests.ui.windows import Fill, action, part, select, shown_keys, table_of


def test_that_an_empty_window_offers_the_next_step(fill: Fill, qtbot: QtBot) -> None:
    window = fill(accounts=())
    pane = part(window, TaskPane)
    assert "Add the service" in pane.empty_text
    window.set_accounts((ARK,))
    assert pane.empty_text == "Drag task IDs here, or import the last 7 days."
    with qtbot.waitSignal(pane.empty.action_requested) as told:
        pane.empty.button.click()
    assert told.args == [Action.IMPORT_RECENT]
    window.apply(Diff(added=(take(1),)))
    assert not pane.is_empty


def test_that_a_search_without_a_hit_offers_to_clear_it(fill: Fill) -> None:
    window = fill(take(1))
    window.toolbar.set_search("nothing-is-called-so")
    pane = part(window, TaskPane)
    assert pane.empty_text == "No task matches the search."
    pane.empty.button.click()
    assert not pane.is_empty


def test_that_counts_follow_diffs_and_time(fill: Fill) -> None:
    soon = with_file(ended(take(2)), ArtifactState.REMOTE, expires_at=NOW + 7 * 3600)
    window = fill(take(1), soon)
    window.set_now(NOW + 2 * 3600)
    button = next(
        b for b in window.findChildren(QAbstractButton) if "expiring" in b.accessibleName()
    )
    assert button.accessibleName() == "Save all expiring, 1"
    assert button.text() == "Save all expiring •1"
    window.apply(Diff(removed=(soon.key,)))
    assert button.accessibleName() == "Save all expiring"
    assert not button.isEnabled()


def test_that_choosing_a_view_shows_its_tasks_only(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1), ended(take(2), Status.FAILED))
    action(window, "Failed").trigger()
    assert [key.id for key in shown_keys(window)] == ["task-0002"]
    action(window, "All").trigger()
    assert len(shown_keys(window)) == 2


def test_that_selecting_a_hidden_row_takes_away_what_hides_it(fill: Fill) -> None:
    window = fill(take(1), ended(take(2), Status.FAILED))
    action(window, "Failed").trigger()
    window.select([take(1).key])
    assert window.selected_keys() == [take(1).key]


def test_that_removing_the_chosen_account_falls_back_to_all(fill: Fill) -> None:
    window = fill(take(1), take(2, account="b"))
    sidebar: Sidebar = part(window, Sidebar)
    item = sidebar.findItems("Rong", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    sidebar.setCurrentItem(item)
    assert [key.account for key in shown_keys(window)] == ["b"]
    window.set_accounts((ARK,))
    assert len(shown_keys(window)) == 2


def test_that_account_entries_say_what_is_wanted(fill: Fill, qtbot: QtBot) -> None:
    window = fill()
    denied = Failure(Kind.DENIED, "ark.cn-beijing.volces.com")
    window.status.set_activity(AccountChanged("a", Activity.PAUSED, failure=denied))
    menu = part(window, Sidebar).account_menu("a")
    entries = {entry.text(): entry for entry in menu.actions() if entry.text()}
    for words, command in (
        ("Refresh now", AccountCommand.REFRESH),
        ("Resume watching", AccountCommand.RESUME),
        ("Import the last 7 days", AccountCommand.IMPORT),
        ("Replace key…", AccountCommand.REPLACE_KEY),
        ("Remove account…", AccountCommand.REMOVE),
    ):
        with qtbot.waitSignal(window.sidebar.account_asked) as told:
            entries[words].trigger()
        assert told.args == [command, "a"]
    menu.deleteLater()


def test_that_rows_of_an_account_without_a_key_say_what_they_wait_for(fill: Fill) -> None:
    window = fill(take(1))
    no_key = Failure(Kind.NO_KEY)
    window.status.set_activity(AccountChanged("a", Activity.PAUSED, failure=no_key))
    window.status.set_activity(AccountChanged("b", Activity.PAUSED, failure=no_key))
    assert "Running, needs a key" in row_spoken(take(1), window.context)
    told = content_of(take(1), window.context).detail
    assert told == "There is no key for this account. Enter it to go on watching."
    status: StatusLine = part(window, StatusLine)
    assert status.text.startswith("paused: needs a key")
    window.status.set_activity(AccountChanged("a", Activity.WATCHING))
    assert "needs a key" not in row_spoken(take(1), window.context)


def test_that_takes_stand_by_what_they_are_called_while_ids_are_names(fill: Fill) -> None:
    named = take(7, mark=Mark(name="Task-0002 b"))
    times = {1: NOW - 1, 2: NOW - 5, 3: NOW - 9}
    window = fill(*(take(n, created=at) for n, at in times.items()), named)
    table = table_of(window)
    table.sort_by("name", descending=False)
    by_time = [key.id[-1] for key in shown_keys(window)]
    assert by_time == ["3", "2", "1", "7"]
    table.set_ids_as_names(True)
    assert [key.id[-1] for key in shown_keys(window)] == ["1", "2", "7", "3"]
    table.set_ids_as_names(False)
    assert [key.id[-1] for key in shown_keys(window)] == by_time


def test_that_the_status_line_tells_of_watching(fill: Fill) -> None:
    window = fill(take(1))
    window.status.set_free_space(81_000_000_000)
    window.status.set_activity(AccountChanged("a", Activity.WATCHING, next_look_at=NOW + 6))
    status: StatusLine = part(window, StatusLine)
    assert status.text == "watching, next check in 6 s · 1 running · 81 GB free"


def _point_at(table: TaskTable, on: bool) -> None:
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on)
    if on:
        at, none = QPointF(20, 20), Qt.MouseButton.NoButton
        keys = Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, keys)
        QApplication.sendEvent(table.viewport(), move)


def test_that_a_row_never_moves_under_the_pointer(fill: Fill, qtbot: QtBot) -> None:
    window = fill(*(take(n) for n in range(5)))
    table = table_of(window)
    _point_at(table, True)
    window.apply(Diff(changed=(ended(take(4)),)))
    assert shown_keys(window)[0] == take(4).key
    _point_at(table, False)
    table._settle()
    assert shown_keys(window)[-1] == take(4).key


def test_that_new_rows_above_leave_the_pointed_row_where_it_is(fill: Fill) -> None:
    window = fill(*(take(n) for n in range(60)))
    table = table_of(window)
    _point_at(table, True)
    table.verticalScrollBar().setValue(400)
    row = table.rowAt(100)
    key, place = shown_keys(window)[row], table.rowViewportPosition(row)
    window.apply(Diff(added=tuple(take(n) for n in range(100, 130))))
    now = shown_keys(window).index(key)
    assert table.rowViewportPosition(now) == place
    assert now == row + 30


def test_that_a_list_that_fills_beneath_a_resting_pointer_shows_its_top(fill: Fill) -> None:
    window = fill(take(0))
    table = table_of(window)
    table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    for n in range(1, 61):
        window.apply(Diff(added=(take(n),)))
    assert table.verticalScrollBar().value() == 0
    assert shown_keys(window)[0] == take(60).key


def test_that_rows_the_user_asked_for_begin_at_the_top_if_he_was_there(fill: Fill) -> None:
    window = fill(*(take(n, seed=-n) for n in range(60)))
    table = table_of(window)
    _point_at(table, True)
    table.sort_by("seed", descending=True)
    assert table.verticalScrollBar().value() == 0
    assert shown_keys(window)[0] == take(0).key


def test_that_the_selection_stays_with_its_tasks(fill: Fill) -> None:
    window = fill(*(take(n, seed=-n) for n in range(20)))
    _point_at(table_of(window), False)
    select(window, take(12), take(5))
    window.apply(Diff(added=(take(50),), changed=(ended(take(15)),), removed=(take(7).key,)))
    assert set(window.selected_keys()) == {take(12).key, take(5).key}
    table_of(window).sort_by("seed", descending=False)
    assert set(window.selected_keys()) == {take(12).key, take(5).key}


def test_that_the_layout_comes_back_in_another_window(fill: Fill) -> None:
    first = fill(take(1), accounts=(ARK,))
    table = table_of(first)
    table.show_column("tokens", True)
    table.setColumnWidth(1, 333)
    table.horizontalHeader().moveSection(3, 1)
    table.sort_by("seed", descending=True)
    action(first, "Sidebar").trigger()
    action(first, "Failed").trigger()
    kept = first.state.save()
    second = fill(take(1), accounts=(ARK,))
    second.state.restore(kept)
    assert table_of(second).layout_state() == table.layout_state()
    assert not part(second, Sidebar).isVisible()
    assert _without_place(second.state.save()) == _without_place(kept)


def _without_place(layout: str) -> dict[str, Any]:
    """The place on the screen is the window manager's to decide."""
    return {name: value for name, value in unpack(layout).items() if name != "geometry"}


@pytest.mark.parametrize("broken", ["", "x", "AAAA", "e30=", "bnVsbA=="])
def test_that_a_damaged_layout_leaves_the_window_as_it_is(fill: Fill, broken: str) -> None:
    window = fill(take(1))
    before = window.state.save()
    window.state.restore(broken)
    assert window.state.save() == before


def test_that_the_panes_keep_their_widths_when_the_window_was_small_for_a_while(
    fill: Fill,
) -> None:
    window = fill(take(1))
    window.resize(1280, 800)
    QApplication.processEvents()
    before = window.panes.sizes()
    assert before[0] == 190
    assert before[2] == 380
    window.resize(900, 560)
    QApplication.processEvents()
    assert window.panes.sizes()[1] >= 450
    window.resize(1280, 800)
    QApplication.processEvents()
    assert window.panes.sizes() == before


def _widths(window: ListedWindow) -> dict[str, int]:
    table = table_of(window)
    ids = [column.id for column in COLUMNS]
    return {id_: w for at, id_ in enumerate(ids) if (w := table.columnWidth(at)) > 0}


@pytest.mark.parametrize("wide", [900, 1280, 1366, 1920])
def test_that_nothing_scrolls_sideways_and_the_room_is_used(fill: Fill, wide: int) -> None:
    window = fill(*(take(n, mark=Mark(name="hero " * 40, tags=("a", "b"))) for n in range(50)))
    window.resize(wide, 560)
    QApplication.processEvents()
    table, widths = table_of(window), _widths(window)
    assert set(widths) == {"poster", "name", "status", "rating"}
    assert sum(widths.values()) == table.viewport().width()
    assert table.horizontalScrollBar().maximum() == 0
    assert widths["name"] == max(widths.values())
    assert widths["status"] >= 120


def test_that_there_is_a_bar_only_for_columns_that_were_added(fill: Fill) -> None:
    window = fill(take(1))
    window.resize(900, 560)
    table = table_of(window)
    for column in ("model", "prompt"):
        table.show_column(column, True)
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() > 0
    for column in ("model", "prompt"):
        table.show_column(column, False)
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() == 0


def test_that_a_width_the_user_gave_is_kept_while_there_is_room(fill: Fill) -> None:
    window = fill(take(1))
    window.resize(1600, 700)
    QApplication.processEvents()
    table = table_of(window)
    table.setColumnWidth(1, 400)
    table.setColumnWidth(2, 200)
    window.resize(900, 560)
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() == 0
    window.resize(1600, 700)
    QApplication.processEvents()
    assert (table.columnWidth(1), table.columnWidth(2)) == (400, 200)


def test_that_who_changed_columns_in_an_older_version_gets_the_new_ones_beside_his_own(
    fill: Fill,
) -> None:
    window = fill(take(1))
    table = table_of(window)
    ids = [column.id for column in COLUMNS]
    of_old = [id_ for id_ in ids if id_ != "status"]
    theirs = ["name", "poster", *of_old[2:]]
    chosen = ["left", "name", "poster", "rating", "saved", "state", "tokens"]
    table.restore_layout({"order": theirs, "widths": {"tokens": 111}, "columns": chosen})
    shown = {id_ for at, id_ in enumerate(ids) if not table.isColumnHidden(at)}
    assert shown == {*chosen, "status"}
    assert table.columns_state()["order"][:4] == ["name", "status", "poster", "state"]
    table.restore_layout({"order": of_old, "widths": {}, "columns": None})
    shown = {id_ for at, id_ in enumerate(ids) if not table.isColumnHidden(at)}
    assert shown == {"poster", "name", "status", "rating"}


def test_that_home_and_end_go_to_the_first_and_the_last_row(fill: Fill) -> None:
    window = fill(*(take(n) for n in range(30)))
    table = table_of(window)
    select(window, take(12))
    QTest.keyClick(table, Qt.Key.Key_End)
    assert window.selected_keys() == [take(0).key]
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert window.selected_keys() == [take(29).key]
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(window.selected_keys()) == 30


def test_that_the_next_row_is_selected_when_the_selected_one_is_removed(fill: Fill) -> None:
    window = fill(*(take(n) for n in range(9)))
    select(window, take(5))
    window.apply(Diff(removed=(take(5).key,)))
    assert window.selected_keys() == [take(4).key]
    assert window.current_key() == take(4).key
    select(window, take(1), take(0))
    window.apply(Diff(removed=(take(1).key, take(0).key)))
    assert window.selected_keys() == [take(2).key]  # the last row that is left
    select(window, take(8), take(7))
    window.apply(Diff(removed=(take(8).key,)))
    assert window.selected_keys() == [take(7).key]


def test_that_a_row_selected_from_outside_becomes_the_current_one(fill: Fill) -> None:
    window = fill(*(take(n) for n in range(9)))
    table = table_of(window)
    select(window, take(5))
    flag = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(table.model().index(2, 1), flag.ClearAndSelect | flag.Rows)
    assert window.current_key() == take(6).key == window.selected_keys()[0]


def test_that_ids_stand_as_names_where_the_user_wants_it(fill: Fill) -> None:
    window = fill(take(1), take(2, mark=Mark(name="hero")))
    name = [column.id for column in COLUMNS].index("name")

    def names() -> list[str]:
        return [table_of(window).model().index(row, name).data() for row in range(2)]

    assert names()[0] == "hero"
    assert "task-0001" not in names()
    window.settings.change(replace(window.settings.settings, ids_as_names=True))
    assert names() == ["hero", "task-0001"]


@pytest.mark.parametrize(
    ("screen", "window"),
    [
        ((1280, 720), (1264, 672)),
        ((1366, 728), (1280, 680)),
        ((1920, 1040), (1280, 800)),
        ((910, 512), (894, 464)),
    ],
)
def test_that_the_first_window_fits_the_screen(
    screen: tuple[int, int], window: tuple[int, int]
) -> None:
    assert first_size(QSize(*screen)).toTuple() == window


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_that_the_time_of_a_running_task_is_read_in_the_narrowest_list(
    fill: Fill, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    monkeypatch.setitem(theme.__dict__, "_scale", [scale])
    window = fill(take(1))
    window.setStyleSheet(theme.style_sheet(theme.colours()))
    window.resize(900, 560)
    window.set_now(NOW + 600)
    QApplication.processEvents()
    table = table_of(window)
    painted = {each.text for each in painted_texts(table.viewport())}
    assert [words for words in painted if words.startswith("Running ")], painted
    assert not [words for words in painted if words.startswith("Running") and "…" in words]


@pytest.mark.parametrize("larger", [1.0, 1.5])
def test_that_the_next_try_of_a_file_is_read_in_the_narrowest_list(
    fill: Fill, monkeypatch: pytest.MonkeyPatch, larger: float
) -> None:
    """Also where the type is larger by its resolution: then its size says nothing of that."""
    monkeypatch.setattr(theme, "CAPTION_PT", theme.CAPTION_PT * larger)
    waiting = {"refusals": 2, "problem": "link_ended", "next_try_at": NOW + 661}
    window = fill(with_file(ended(take(1)), ArtifactState.REMOTE, **waiting))
    window.resize(853, 560)
    window.set_now(NOW)
    QApplication.processEvents()
    told = [each.text for each in painted_texts(table_of(window).viewport())]
    assert "next try 11 min" in told


@pytest.mark.parametrize("width", [600, 900, 1280])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_that_every_button_of_the_toolbar_has_the_room_it_needs(
    fill: Fill, qtbot: QtBot, width: int, scale: float
) -> None:
    soon = with_file(ended(take(2)), ArtifactState.REMOTE, expires_at=NOW + 3600)
    window = fill(take(1), soon)
    window.setStyleSheet(f"QWidget {{ font-size: {theme.BODY_PT * scale}pt; }}")
    window.resize(width, 560)
    window.set_now(NOW + 60)
    bar = window.toolbar

    def cut() -> list[str]:
        shown = [b for b in bar.findChildren(QAbstractButton) if b.isVisible()]
        assert "•1" in " ".join(b.text() for b in shown)
        return [
            b.accessibleName()
            for b in shown
            if b.width() < b.sizeHint().width() or b.geometry().right() >= bar.width()
        ]

    qtbot.waitUntil(lambda: bar.width() == width and cut() == [])


def test_that_painting_does_not_ask_every_selected_row(
    fill: Fill, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all of a long list selected the window must not stand still."""
    asked: list[int] = []
    flags = TaskModel.flags

    def counted(model: TaskModel, at: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        asked.append(at.row())
        return flags(model, at)

    monkeypatch.setattr(TaskModel, "flags", counted)
    table = table_of(fill(*map(take, range(1, 400))))
    table.selectAll()
    table.grab()
    assert 0 < len(set(asked)) < 200
