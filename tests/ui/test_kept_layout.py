"""What of the window survives a kill: it is told soon after it changed, and taken back whole."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from rushes.core.account import Account
from rushes.core.listing import ListFilter
from rushes.core.task import Task
from rushes.ui.window.panes import Panes
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.window_state import pack, unpack
from tests.ui.listed import ListedWindow
from tests.ui.takes import ARK, RONG, take
from tests.ui.windows import Fill, action, part, select, table_of

MANY: tuple[Task, ...] = tuple(take(n) for n in range(60))


def place(window: ListedWindow) -> Any:
    return unpack(window.state.save())["place"]


def told_after(window: ListedWindow, qtbot: QtBot, change: Callable[[], object]) -> dict[str, Any]:
    """The layout the window tells when that is done."""
    with qtbot.waitSignal(window.state.changed) as told:
        change()
    return unpack(told.args[0])


def settled(fill: Fill, qtbot: QtBot) -> ListedWindow:
    """A window that has told how it looks."""
    window = fill(*MANY)
    qtbot.waitUntil(lambda: window.state.told == window.state.save())
    return window


def test_that_each_kind_of_change_is_told_within_two_seconds(fill: Fill, qtbot: QtBot) -> None:
    window = settled(fill, qtbot)
    assert all(timer.interval() < 2000 for timer in window.state.findChildren(QTimer))
    table = table_of(window)

    def told(change: Callable[[], object]) -> dict[str, Any]:
        return told_after(window, qtbot, change)

    assert told(lambda: table.show_column("tokens", True))["table"]["columns"]
    assert told(lambda: table.setColumnWidth(1, 251))["table"]["widths"]["name"] == 251
    assert told(lambda: table.horizontalHeader().moveSection(4, 1))["table"]["order"][1] == "saved"
    assert told(lambda: table.sort_by("seed", descending=True))["table"]["sort"] == ["seed", True]
    assert told(lambda: action(window, "Failed").trigger())["view"] == "failed"
    assert told(lambda: action(window, "All").trigger())["view"] == "all"
    assert told(lambda: select(window, take(7)))["place"]["selected"] == [[*take(7).key]]
    assert told(lambda: table.verticalScrollBar().setValue(300))["place"]["top"][1]
    assert told(lambda: window.content.show_view("gallery"))["as"] == "gallery"
    assert told(lambda: window.content.set_tile_size(2))["tiles"] == 2
    assert told(lambda: action(window, "Details").trigger())["inspector"] is False
    assert told(lambda: _drag_border(part(window, Panes)))["panes"][0] > 190
    assert told(lambda: window.resize(1111, 666))["geometry"]


def _drag_border(panes: Panes) -> None:
    panes.setSizes([260, 600, 300])
    panes.splitterMoved.emit(260, 1)


def test_that_nothing_is_told_while_nothing_changes(fill: Fill, qtbot: QtBot) -> None:
    window = settled(fill, qtbot)
    with qtbot.assertNotEmitted(window.state.changed, wait=1500):
        window.refresh_list()


def test_that_selection_and_scroll_place_come_back_with_their_takes(
    fill: Fill, qtbot: QtBot
) -> None:
    first = fill(*MANY)
    keys = select(first, take(30), take(31))
    first.table.verticalScrollBar().setValue(777)
    kept = first.state.save()
    # Since then takes came in front and behind, and one is gone.
    others = (*(take(n) for n in range(1, 60)), *(take(n) for n in range(100, 120)))
    second = fill(*others)
    second.state.restore(kept)
    assert set(second.selected_keys()) == set(keys)
    assert place(second)["selected"] == place(first)["selected"]
    assert place(second)["top"] == place(first)["top"]
    assert first.table.verticalScrollBar().value() != 0


def test_that_a_selection_that_is_hidden_now_takes_no_view_away(fill: Fill) -> None:
    first = fill(*MANY)
    action(first, "Failed").trigger()
    state = unpack(first.state.save())
    state["place"] = {"selected": [[*take(3).key]], "top": [*take(9).key, -4]}
    del state["version"]
    second = fill(*MANY)
    second.state.restore(pack(state))
    assert unpack(second.state.save())["view"] == "failed"
    assert second.selected_keys() == []


def test_that_an_account_that_was_chosen_is_chosen_when_its_line_comes(fill: Fill) -> None:
    first = fill(*MANY)
    sidebar = part(first, Sidebar)
    sidebar.choose(ListFilter(account=RONG.id))
    kept = first.state.save()
    none: tuple[Account, ...] = ()
    second = fill(*MANY, accounts=none)
    second.state.restore(kept)
    assert unpack(second.state.save())["account"] == RONG.id  # a kill now would lose nothing
    second.set_accounts((ARK, RONG))
    assert part(second, Sidebar).scope == ListFilter(account=RONG.id)


def test_that_what_no_window_wrote_leaves_no_window_without_rows(fill: Fill) -> None:
    window = fill(*MANY)
    wrongs: tuple[dict[str, Any], ...] = (
        {"place": 3},
        {"place": {"selected": [[1, 2], "x"], "top": ["a"]}},
        {"place": {"top": [1, 2, 3]}},
        {"tiles": "many"},
        {"table": []},
        {"table": {"sort": 7}},
    )
    for wrong in wrongs:
        window.state.restore(pack(wrong))
        assert window.table.row_count == len(MANY)
