"""Every command can be given another key; what would clash is said and not taken."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QKeySequenceEdit, QLabel, QLineEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from rushes.core.settings import Settings
from rushes.ui.commands.command import Keymap, Keys
from rushes.ui.commands.shortcuts import ShortcutsDialog
from rushes.ui.window.commands import COMMANDS, sections
from tests.ui.takes import take
from tests.ui.windows import Fill, press, select, table_of


@pytest.fixture
def dialog(qtbot: QtBot) -> ShortcutsDialog:
    made = ShortcutsDialog(sections(), {"pick": ("A",)})
    qtbot.addWidget(made)
    made.show()
    return made


def table_in(dialog: ShortcutsDialog) -> QTreeWidget:
    return next(iter(dialog.findChildren(QTreeWidget)))


def lines(dialog: ShortcutsDialog) -> list[str]:
    """What is shown, headings in brackets."""
    table = table_in(dialog)
    items = [table.topLevelItem(at) for at in range(table.topLevelItemCount())]
    return [
        each.text(0) if each.flags() & Qt.ItemFlag.ItemIsEnabled else f"[{each.text(0)}]"
        for each in items
        if each is not None and not each.isHidden()
    ]


def give(dialog: ShortcutsDialog, command: str, key: str) -> list[Keys]:
    """Type a key for a command. Returns what was chosen, as the settings get it."""
    told: list[Keys] = []
    dialog.chosen.connect(told.append)
    words = next(c.words for c in COMMANDS if c.id == command)
    (item,) = table_in(dialog).findItems(words, Qt.MatchFlag.MatchExactly)
    table_in(dialog).setCurrentItem(item)
    field = next(iter(dialog.findChildren(QKeySequenceEdit)))
    field.setKeySequence(QKeySequence(key))
    field.editingFinished.emit()
    return told


def problem(dialog: ShortcutsDialog) -> str:
    labels = dialog.findChildren(QLabel)
    return next(label.text() for label in labels if label.property("role") == "error")


def test_that_a_key_of_the_users_choice_acts_and_the_old_one_does_not(
    fill: Fill, qtbot: QtBot
) -> None:
    window = fill(take(1))
    select(window, take(1))
    window.settings.change(Settings(theme="light", shortcuts={"pick": ("A",)}))
    heard: list[object] = []
    window.mark_requested.connect(lambda *args: heard.append(args))
    press(table_of(window), Qt.Key.Key_P)
    assert heard == []
    press(table_of(window), Qt.Key.Key_A)
    assert len(heard) == 1


def test_that_a_letter_of_the_users_choice_goes_with_the_others(fill: Fill) -> None:
    window = fill(take(1))
    select(window, take(1))
    chosen: Keys = {"pick": ("A",)}
    window.settings.change(Settings(theme="light", shortcuts=chosen, single_letter_keys=False))
    heard: list[object] = []
    window.mark_requested.connect(lambda *args: heard.append(args))
    press(table_of(window), Qt.Key.Key_A)
    assert heard == []


def test_that_a_new_key_is_told_for_the_settings(dialog: ShortcutsDialog) -> None:
    told = give(dialog, "reject", "Y")
    assert told == [{"pick": ("A",), "reject": ("Y",)}]
    assert problem(dialog) == ""


def test_that_a_command_can_be_left_without_a_key(dialog: ShortcutsDialog) -> None:
    told = give(dialog, "reject", "")
    assert told == [{"pick": ("A",), "reject": ()}]


def test_that_a_key_of_another_command_is_refused_in_one_sentence(
    dialog: ShortcutsDialog,
) -> None:
    assert give(dialog, "reject", "A") == []
    assert problem(dialog) == (
        "A belongs to “Pick” already. Choose another, or change that one first."
    )


def test_that_a_key_that_writes_text_is_refused_to_commands_of_the_whole_window(
    dialog: ShortcutsDialog,
) -> None:
    assert give(dialog, "refresh", "R") == []
    assert "needed for typing" in problem(dialog)
    assert give(dialog, "refresh", "Ctrl+R") != []


def test_that_reset_gives_the_own_keys_back(dialog: ShortcutsDialog) -> None:
    told = give(dialog, "pick", "B")
    next(b for b in dialog.findChildren(QAbstractButton) if b.text() == "Reset all").click()
    assert told[-1] == {}
    assert give(dialog, "reject", "P") == []  # it belongs to Pick again


@pytest.mark.parametrize(
    "kept",
    [{"none": ("A",)}, {"refresh": ("R",)}],  # a command of another version, a key for typing
)
def test_that_settings_that_make_no_sense_leave_the_own_keys(kept: Keys) -> None:
    assert [Keymap(COMMANDS, kept).keys(c.id) for c in COMMANDS] == [c.keys for c in COMMANDS]


def test_that_a_key_of_the_users_choice_is_not_lost_to_a_command_that_came_later() -> None:
    keymap = Keymap(COMMANDS, {"pick": ("X",), "note": ("X",)})
    assert (keymap.keys("pick"), keymap.keys("reject")) == (("X",), ())
    assert keymap.keys("note") == ("N",)  # the first one has it


def test_that_what_is_kept_says_the_same_when_read() -> None:
    chosen: Keys = {"pick": ("Q",), "save": ("Ctrl+Y", "F9")}
    kept = Keymap(COMMANDS, {**chosen, "reject": ("X",)}).chosen
    assert kept == chosen
    assert Keymap(COMMANDS, kept).chosen == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [("undo", ["Undo"]), ("expiring SAVE", ["Save all expiring"]), ("ctrl+shift+z", ["Redo"])],
)
def test_that_a_command_is_found_by_its_words_and_its_keys(
    dialog: ShortcutsDialog, typed: str, words: list[str]
) -> None:
    field = next(f for f in dialog.findChildren(QLineEdit) if f.accessibleName() == "Search")
    QTest.keyClicks(field, typed)
    heading, *shown = lines(dialog)
    assert heading.startswith("[Everywhere")
    assert shown == words
    assert table_in(dialog).currentIndex().data() == words[0]


def test_that_commands_stand_in_sections_by_where_their_keys_act(dialog: ShortcutsDialog) -> None:
    shown = lines(dialog)
    assert len([line for line in shown if line[0] != "["]) == len(COMMANDS)
    headings = [line for line in shown if line[0] == "["]
    assert len(headings) == len(set(headings))
    heading_of, heading = {}, ""
    for line in shown:
        heading = line if line[0] == "[" else heading
        heading_of[line] = heading
    assert heading_of["Pick"] == heading_of["★★★"] == "[Takes: list, player, review, compare]"
    assert heading_of["Frame forward"] == "[Playing: list, player, review, compare]"
    assert heading_of["Next take"] == "[Review]"
    assert heading_of["Take B"] == "[Compare]"
    assert heading_of["Compare takes"] == "[List and player]"
    assert heading_of["Paste task IDs"] == "[Everywhere: Edit]"
    assert heading_of["CSV"] == "[Everywhere: File]"


def test_that_the_keys_go_from_command_to_command_past_the_headings(
    dialog: ShortcutsDialog,
) -> None:
    table = table_in(dialog)
    table.setFocus()
    press(table, Qt.Key.Key_Home)
    seen = [table.currentIndex().data()]
    for _ in range(len(COMMANDS) - 1):
        press(table, Qt.Key.Key_Down)
        seen.append(table.currentIndex().data())
    assert seen == [line for line in lines(dialog) if line[0] != "["]


def test_that_a_key_is_gone_at_once_when_its_field_is_emptied(dialog: ShortcutsDialog) -> None:
    told: list[Keys] = []
    dialog.chosen.connect(told.append)
    (item,) = table_in(dialog).findItems("Pick", Qt.MatchFlag.MatchExactly)
    table_in(dialog).setCurrentItem(item)
    field = next(iter(dialog.findChildren(QKeySequenceEdit)))
    (clear,) = field.findChildren(QAbstractButton)
    QTest.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert item.text(1) == ""
    assert told == [{"pick": ()}]
