"""Every command says what is wanted of which rows, and letters stay letters in fields."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from rushes.core.retry import RECORD_LIFE_S
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Flag, Mark, Pick, Status, Task
from rushes.ui.commands.command import Keymap
from rushes.ui.gallery.gallery import GridView
from rushes.ui.preview.preview import Preview
from rushes.ui.window.commands import COMMANDS
from rushes.ui.window.quick_edit import QuickEdit
from tests.ui.takes import NOW, ended, take, with_file
from tests.ui.windows import Fill, action, part, press, search_field, select, table_of


@pytest.mark.parametrize(
    ("key", "mark"),
    [
        (Qt.Key.Key_3, Mark(rating=3)),
        (Qt.Key.Key_0, Mark(rating=0)),
        (Qt.Key.Key_P, Mark(rating=1, pick=Pick.PICK)),
        (Qt.Key.Key_X, Mark(rating=1, pick=Pick.REJECT)),
    ],
)
def test_that_a_letter_marks_the_selected_rows(
    fill: Fill, qtbot: QtBot, key: Qt.Key, mark: Mark
) -> None:
    window = fill(take(1), take(2), take(3))
    keys = select(window, take(3), take(2))
    with qtbot.waitSignal(window.mark_requested) as told:
        press(table_of(window), key)
    assert told.args[0] == keys
    assert told.args[1](Mark(rating=1)) == mark


def test_that_a_letter_in_the_search_field_is_only_a_letter(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    select(window, take(1))
    heard: list[object] = []
    window.mark_requested.connect(lambda *args: heard.append(args))
    field = search_field(window)
    field.setFocus()
    for key in (Qt.Key.Key_P, Qt.Key.Key_3):
        press(field, key)
    assert field.text() == "p3"
    assert heard == []


def test_that_single_letters_can_be_turned_off_and_other_keys_stay(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill(take(1))
    select(window, take(1))
    window.settings.change(Settings(theme="light", single_letter_keys=False))
    heard: list[object] = []
    window.mark_requested.connect(lambda *args: heard.append(args))
    press(table_of(window), Qt.Key.Key_P)
    assert heard == []
    with qtbot.waitSignal(window.remove_requested):
        press(table_of(window), Qt.Key.Key_Delete)


@pytest.mark.parametrize(
    ("words", "signal", "args"),
    [
        ("Save now", "save_requested", [[take(2).key]]),
        ("Save as…", "save_as_requested", [[take(2).key]]),
        ("Move files…", "move_requested", [[take(2).key]]),
        ("Open with default app", "open_requested", [take(2).key]),
        ("Show in folder", "reveal_requested", [take(2).key]),
        ("Refresh this task", "look_requested", [[take(2).key]]),
        ("Pause watching", "watch_requested", [[take(2).key], False]),
        ("Remove from list", "remove_requested", [[take(2).key]]),
        ("Seed", "copy_requested", ["seed", [take(2).key]]),
        ("Parameters as JSON", "copy_requested", ["parameters", [take(2).key]]),
        ("Task ID", "copy_requested", ["id", [take(2).key]]),
        ("File path", "copy_requested", ["path", [take(2).key]]),
        ("curl command without the key", "copy_requested", ["curl", [take(2).key]]),
        ("Result URL with its end time", "copy_requested", ["url", [take(2).key]]),
        ("CSV…", "export_requested", ["csv", [take(2).key]]),
        ("Timeline…", "export_requested", ["timeline", [take(2).key]]),
        ("Contact sheet…", "export_requested", ["contact_sheet", [take(2).key]]),
    ],
)
def test_that_a_command_says_what_is_wanted_of_which_rows(
    fill: Fill, qtbot: QtBot, words: str, signal: str, args: list[object]
) -> None:
    window = fill(take(1), with_file(take(2), ArtifactState.SAVED, path="/a.mp4"), take(3))
    select(window, take(2))
    with qtbot.waitSignal(getattr(window, signal)) as told:
        action(window, words).trigger()
    assert told.args == args


def test_that_commands_on_rows_are_off_while_no_row_is_selected(fill: Fill) -> None:
    window = fill(take(1))
    assert not action(window, "Rename…").isEnabled()
    select(window, take(1))
    assert action(window, "Rename…").isEnabled()


def test_that_nothing_acts_on_rows_that_the_usage_page_hides(fill: Fill) -> None:
    window = fill(
        take(1, Status.QUEUED), with_file(ended(take(2)), ArtifactState.SAVED, path="/x/b.mp4")
    )
    select(window, take(2))
    of_rows = ["rate_5", "remove", "rename", "reveal", "copy_id", "export", "review", "look"]
    assert [id_ for id_ in of_rows if not window.commands[id_].isEnabled()] == []
    window.content.show_usage()
    assert [id_ for id_ in of_rows if window.commands[id_].isEnabled()] == []
    window.content.leave_compare()
    assert [id_ for id_ in of_rows if not window.commands[id_].isEnabled()] == []


def test_that_a_task_that_has_ended_for_good_offers_no_pause(fill: Fill) -> None:
    failed, running = ended(take(1), Status.FAILED), take(2)
    window = fill(failed, running)
    pause = action(window, "Pause watching")
    select(window, failed)
    assert not pause.isEnabled()
    select(window, failed, running)
    assert pause.isEnabled()
    select(window, replace(running, watched=False))
    assert pause.isEnabled()


_ENDED = {"expires_at": NOW - 10.0}
_LONG_AGO = NOW - RECORD_LIFE_S - 3600.0
_OLD = replace(
    ended(take(1)),
    added_at=_LONG_AGO,
    report=replace(ended(take(1)).report, created_at=_LONG_AGO),
)
_NO_FILE = (
    (take(1, Status.FAILED), "This take failed: there is no file."),
    (take(1, Status.CANCELLED), "This take was cancelled: there is no file."),
    (
        take(1, Status.EXPIRED),
        "The service did not finish within its time limit: there is no file.",
    ),
    (take(1), "This take is not ready yet: there is no file so far."),
    (take(1, Status.SUCCEEDED), "The service gave no link to a file of this take."),
    (
        replace(take(1), flags=frozenset({Flag.NOT_FOUND})),
        "The service does not know this take: there is no file.",
    ),
    (with_file(ended(take(1)), ArtifactState.LOST), "The download link ended."),
    (
        with_file(_OLD, ArtifactState.MISSING, path="/gone/a.mp4", **_ENDED),
        "The file was moved or deleted, and its link has ended.",
    ),
    (
        with_file(_OLD, ArtifactState.MISSING, path="/disk/a.mp4", **_ENDED),
        "The file is in /disk, which is not available now.",
    ),
)


@pytest.mark.parametrize(("task", "why"), _NO_FILE, ids=[why for _, why in _NO_FILE])
def test_that_what_needs_a_file_is_off_for_a_take_without_one_and_its_keys_say_why(
    fill: Fill, qtbot: QtBot, task: Task, why: str
) -> None:
    window = fill(task)
    window.command_context.away = ["/disk"]
    window.set_preview(Preview(window.commands))
    select(window, task)
    window.save_requested.connect(lambda _: pytest.fail("asked for what cannot be done"))
    keys = {
        "Play": "Space",
        "Open with default app": "Return",
        "Show in folder": "Ctrl+Shift+E",
        "Save now": "Ctrl+S",
        "Copy file": "Ctrl+C",
        "Move files…": "Ctrl+Shift+M",
    }
    offered = {words: action(window, words).isEnabled() for words in keys}
    assert offered == dict.fromkeys(keys, False)
    for words, key in keys.items():
        window.messages.clear()
        QTest.keySequence(table_of(window), QKeySequence(key))
        assert window.messages.text.startswith(why), words
        assert why in action(window, words).toolTip(), words


def test_that_a_take_that_can_be_saved_is_offered_to_be_saved_not_to_be_opened(fill: Fill) -> None:
    task = with_file(ended(take(1)), ArtifactState.REMOTE)
    window = fill(task)
    select(window, task)
    assert action(window, "Save now").isEnabled()
    assert action(window, "Copy file").isEnabled()
    press(table_of(window), Qt.Key.Key_Return)
    assert window.messages.text == "There is no saved file yet. Press Save first."


def test_that_a_deleted_file_can_be_fetched_while_its_record_lives_whatever_its_link(
    fill: Fill,
) -> None:
    task = with_file(ended(take(1)), ArtifactState.MISSING, path="/gone/a.mp4", **_ENDED)
    window = fill(task)
    select(window, task)
    assert action(window, "Save now").isEnabled()
    press(table_of(window), Qt.Key.Key_Return)
    told = "The file was moved or deleted. Press Save to fetch it again."
    assert window.messages.text == told


def test_that_space_on_several_takes_says_what_to_do(fill: Fill) -> None:
    window = fill(take(1), take(2))
    select(window, take(1), take(2))
    press(table_of(window), Qt.Key.Key_Space)
    assert window.messages.text == "Select one take to play it."


def test_that_every_command_is_in_a_menu_and_has_a_key(fill: Fill) -> None:
    window = fill()
    menus = window.menuBar().findChildren(QMenu)
    in_menus = {entry.text() for menu in menus for entry in menu.actions()}
    with_keys = {a.text() for a in window.findChildren(QAction) if a.shortcuts()}
    unreachable = [command.id for command in COMMANDS if command.text() not in in_menus & with_keys]
    assert unreachable == []


def test_that_no_two_commands_share_a_key_where_both_act() -> None:
    keymap = Keymap(COMMANDS)
    problems = [keymap.problem(c.id, key) for c in COMMANDS for key in keymap.keys(c.id)]
    assert set(problems) == {""}


def test_that_the_menu_of_rows_says_everything_in_its_order(fill: Fill) -> None:
    window = fill(take(1, Status.QUEUED))
    select(window, take(1))
    table_of(window).menu_wanted.emit(QPoint(0, 0))
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    words = [entry.text() or "-" for entry in menu.actions()]
    assert words == [
        *("Play", "Open with default app", "Show in folder", "Save now", "Save as…", "-"),
        *("Copy", "-", "Rating", "Pick", "Reject", "Tags…", "Note…", "Compare takes"),
        *("Review", "-"),
        *("Refresh this task", "Pause watching", "Rename…", "Move files…", "Export", "-"),
        *("Remove from list", "At provider"),
    ]
    inside = {m.title(): [e.text() for e in m.actions()] for m in menu.findChildren(QMenu)}
    assert inside["Copy"] == [
        *("Seed", "Parameters as JSON", "Prompt", "Task ID", "File path"),
        *("Result URL with its end time", "curl command without the key"),
        "Last frame, to begin the next take with",
    ]
    assert inside["Export"] == [
        *("Timeline…", "Contact sheet…", "", "CSV…", "JSON…", "", "Case for the service…"),
    ]
    assert inside["At provider"] == ["Cancel the queued task…"]
    menu.close()


@pytest.mark.parametrize("words", ["Tags…", "Note…"])
def test_that_a_field_opens_below_the_current_tile_of_the_gallery(fill: Fill, words: str) -> None:
    window = fill(*(take(n) for n in range(9)))
    window.content.show_view("gallery")
    select(window, take(2))
    action(window, words).trigger()
    edit = next(e for e in window.findChildren(QuickEdit) if e.isVisible())
    view: GridView = part(window, GridView)
    tile = view.visualRect(view.currentIndex())
    at = view.viewport().mapFromGlobal(edit.pos())
    assert abs(at.y() - tile.bottom()) <= 2 or at.y() == view.viewport().height() - 80
    assert at.x() in (tile.left() + 4, view.viewport().width() - 360)
    edit.close()


@pytest.mark.parametrize(
    ("typed", "end", "notes"),
    [("long", "click", ["long"]), ("long", "escape", []), ("", "click", [])],
)
def test_that_a_click_elsewhere_takes_a_note_and_escape_does_not(
    fill: Fill, typed: str, end: str, notes: list[str]
) -> None:
    window, heard = fill(take(1), take(2)), list[str]()
    window.mark_requested.connect(lambda _keys, change: heard.append(change(Mark()).note))
    select(window, take(1))
    action(window, "Note…").trigger()
    edit = next(e for e in window.findChildren(QuickEdit) if e.isVisible())
    (field,) = edit.findChildren(QLineEdit)
    QTest.keyClicks(field, typed)
    if end == "escape":
        QTest.keyClick(edit, Qt.Key.Key_Escape)
    else:
        QTest.mouseClick(edit, Qt.MouseButton.LeftButton, pos=QPoint(-200, -200))
    assert not edit.isVisible()
    assert heard == notes


def test_that_only_a_queued_task_of_a_service_that_can_is_offered_to_cancel(fill: Fill) -> None:
    tasks = (
        take(1, Status.QUEUED),
        take(2, Status.RUNNING),
        take(3, Status.QUEUED, account="b"),
    )
    window = fill(*tasks)
    offered = []
    for task in tasks:
        select(window, task)
        offered.append(action(window, "Cancel the queued task…").isEnabled())
    assert offered == [True, False, False]


def test_that_cancelling_at_the_service_is_asked_first(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1, Status.QUEUED))
    select(window, take(1))
    heard: list[object] = []
    window.cancel_requested.connect(heard.append)
    action(window, "Cancel the queued task…").trigger()
    box = window.findChild(QMessageBox)
    assert box is not None
    assert heard == []
    next(b for b in box.buttons() if b.text() == "Cancel the task").click()
    assert heard == [take(1).key]


def test_that_tags_typed_for_several_rows_keep_what_each_has_alone(
    fill: Fill, qtbot: QtBot
) -> None:
    one = take(1, mark=Mark(tags=("hero", "night")))
    two = take(2, mark=Mark(tags=("hero",)))
    window = fill(one, two)
    select(window, two, one)
    action(window, "Tags…").trigger()
    edit = window.findChild(QuickEdit)
    assert edit is not None
    field = edit.findChild(QLineEdit)
    assert field is not None
    assert field.text() == "hero"
    field.setText("final，b roll")
    with qtbot.waitSignal(window.mark_requested) as told:
        press(field, Qt.Key.Key_Return)
    change = told.args[1]
    assert change(one.mark).tags == ("night", "final", "b roll")
    assert change(two.mark).tags == ("final", "b roll")


def test_that_renaming_in_place_says_the_new_name(fill: Fill, qtbot: QtBot) -> None:
    window = fill(take(1))
    select(window, take(1))
    press(table_of(window), Qt.Key.Key_F2)
    editor = next(
        e for e in table_of(window).findChildren(QLineEdit) if e.accessibleName() == "Name"
    )
    editor.setText("日落")
    with qtbot.waitSignal(window.table.rows.renamed) as told:
        press(editor, Qt.Key.Key_Return)
    assert told.args == [take(1).key, "日落"]


def test_that_no_two_commands_have_the_same_place_in_a_menu() -> None:
    places = [place for command in COMMANDS for place in command.menus]
    assert sorted(place for place in places if places.count(place) > 1) == []
