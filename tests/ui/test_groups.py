"""Takes that belong together stand together, by name or by hand, and can be folded away."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from rushes.core.grouping import GroupBy
from rushes.core.task import Diff, Mark
from rushes.ui.gallery.gallery import GridView
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel
from rushes.ui.window.quick_edit import QuickEdit
from tests.ui.listed import ListedWindow
from tests.ui.takes import take
from tests.ui.windows import Fill, action, part, press, select, shown_keys, table_of

DUSK = (take(1, mark=Mark(name="dusk 1")), take(2, mark=Mark(name="dusk 2")))
DAWN = (take(3, mark=Mark(name="dawn_01")), take(4, mark=Mark(name="dawn_02")))
ALONE = take(5)


@pytest.fixture
def window(fill: Fill) -> ListedWindow:
    made = fill(*DUSK, *DAWN, ALONE)
    action(made, "By name").trigger()
    return made


def rows(window: ListedWindow) -> list[str]:
    """Names of rows; of heads with their size, and whether they are folded."""
    model, told = table_of(window).rows, []
    for row in range(model.rowCount()):
        head = model.index(row, AT["name"]).data(TaskModel.GROUP)
        if head is not None:
            told.append(f"{'+' if head[1] else '-'} {head[0].name} {head[0].size}")
        else:
            task = model.task_at(row)
            assert task is not None
            told.append(task.mark.name or task.id)
    return told


def go_to(window: ListedWindow, row: int) -> None:
    table = table_of(window)
    table.setCurrentIndex(table.model().index(row, AT["name"]))


WHOLE = ["- dawn 2", "dawn_02", "dawn_01", "- dusk 2", "dusk 2", "dusk 1", "-  1", "task-0005"]


def test_that_takes_of_one_name_stand_below_their_head(window: ListedWindow) -> None:
    assert rows(window) == WHOLE
    action(window, "No groups").trigger()
    assert len(rows(window)) == 5


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Left])
def test_that_a_group_folds_and_unfolds_by_keys(window: ListedWindow, key: Qt.Key) -> None:
    go_to(window, 0)
    press(table_of(window), key)
    assert rows(window) == ["+ dawn 2", *WHOLE[3:]]
    assert table_of(window).currentIndex().row() == 0
    press(table_of(window), Qt.Key.Key_Right if key is Qt.Key.Key_Left else key)
    assert rows(window) == WHOLE


def test_that_a_click_on_a_head_folds_it(window: ListedWindow) -> None:
    table = table_of(window)
    box = table.visualRect(table.model().index(3, AT["name"]))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert rows(window)[3:] == ["+ dusk 2", "-  1", "task-0005"]


def test_that_the_command_folds_the_group_of_the_current_take(window: ListedWindow) -> None:
    select(window, DUSK[0])
    action(window, "Collapse or expand").trigger()
    assert "+ dusk 2" in rows(window)
    action(window, "Collapse all").trigger()
    assert rows(window) == ["+ dawn 2", "+ dusk 2", "+  1"]
    action(window, "Expand all").trigger()
    assert rows(window) == WHOLE


def test_that_all_selected_takes_are_meant_and_no_head(window: ListedWindow, qtbot: QtBot) -> None:
    table_of(window).selectAll()
    with qtbot.waitSignal(window.look_requested) as told:
        action(window, "Refresh this task").trigger()
    assert set(told.args[0]) == {task.key for task in (*DUSK, *DAWN, ALONE)}


def test_that_a_head_is_spoken_with_its_size_and_state(window: ListedWindow) -> None:
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model = table_of(window).model()
    assert model.index(3, AT["name"]).data(spoken) == "dusk, 2 tasks, expanded"
    go_to(window, 3)
    press(table_of(window), Qt.Key.Key_Return)
    assert model.index(3, AT["name"]).data(spoken) == "dusk, 2 tasks, collapsed"


def test_that_a_renamed_take_goes_to_its_group(window: ListedWindow) -> None:
    named = take(5, mark=Mark(name="dusk 7"))
    window.apply(Diff(changed=(named,)))
    table_of(window).rows.settle()  # the pointer may rest on it
    assert rows(window)[:4] == ["- dusk 3", "dusk 7", "dusk 2", "dusk 1"]


def test_that_groups_and_what_is_folded_come_back_at_the_next_start(
    window: ListedWindow, fill: Fill
) -> None:
    go_to(window, 3)
    press(table_of(window), Qt.Key.Key_Return)
    before = rows(window)
    again = fill(*DUSK, *DAWN, ALONE)
    again.state.restore(window.state.save())
    assert rows(again) == before
    assert action(again, "By name").isChecked()


def test_that_takes_are_put_into_a_group_by_hand_and_shown_in_it(
    window: ListedWindow, qtbot: QtBot
) -> None:
    select(window, *DUSK)
    action(window, "Group…").trigger()
    edit = next(e for e in window.findChildren(QuickEdit) if e.isVisible())
    field = next(iter(edit.findChildren(QLineEdit)))
    assert field.text() == "dusk"
    field.setText(" hero  takes ")
    with qtbot.waitSignal(window.mark_requested) as told:
        press(field, Qt.Key.Key_Return)
    assert set(told.args[0]) == {task.key for task in DUSK}
    assert told.args[1](DUSK[0].mark) == Mark(name="dusk 1", group="hero takes")
    assert table_of(window).listing.group_by is GroupBy.HAND
    with qtbot.waitSignal(window.mark_requested) as told:
        action(window, "Out of the group").trigger()
    assert told.args[1](Mark(group="x")) == Mark()


def test_that_a_take_in_a_folded_group_can_be_selected_from_elsewhere(window: ListedWindow) -> None:
    action(window, "Collapse all").trigger()
    keys = select(window, DUSK[1])
    assert window.selected_keys() == keys


def test_that_the_gallery_shows_heads_as_tiles_that_fold(window: ListedWindow) -> None:
    window.content.show_view("gallery")
    view: GridView = part(window, GridView)
    view.grab()
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.grid.tile(0).center() + QPoint(0, 1)
    )
    assert rows(window)[:2] == ["+ dawn 2", "- dusk 2"]
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, AT["name"]))
    press(view, Qt.Key.Key_Left)
    assert rows(window)[:2] == ["+ dawn 2", "+ dusk 2"]
    view.grab()


def test_that_rows_stay_while_the_pointer_rests_on_the_gallery(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1), take(2))
    window.content.show_view("gallery")
    view: GridView = part(window, GridView)
    QTest.mouseMove(view.viewport(), view.grid.tile(0).center())
    qtbot.waitUntil(view.viewport().underMouse)
    newest = take(9)
    window.apply(Diff(added=(newest,)))
    before = shown_keys(window)
    window.apply(Diff(changed=(take(1, created=newest.added_at + 5),)))
    assert shown_keys(window) == before
