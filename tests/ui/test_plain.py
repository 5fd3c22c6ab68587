"""Text on widgets is shown as it is: never markup, never a keyboard mark, never invisible."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import rushes.ui
from rushes.ui.widgets import plain

HOSTILE = (
    "<b>bold</b>",
    '<img src="file:///etc/passwd">',
    "&File && more",
    "{0.__class__} %s %n",
    "right\u202eleft",
    "\x1b[31mred\x07",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_that_a_label_shows_the_characters_it_was_given(qtbot: QtBot, text: str) -> None:
    label = plain.label(text)
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert "\u202e" not in label.text()
    assert "\x1b" not in label.text()
    if text.isprintable():
        assert label.text() == text


@pytest.mark.parametrize("text", HOSTILE)
def test_that_a_tooltip_holds_no_tag_of_the_text(qtbot: QtBot, text: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    plain.set_tooltip(widget, text)
    inside = widget.toolTip().removeprefix("<qt>").removesuffix("</qt>")
    assert "<" not in inside


@pytest.mark.parametrize("text", ["Add (Ctrl+N)", "rating:>=4", "a & b\nnext line", "<b>bold</b>"])
def test_that_a_screen_reader_gets_the_text_of_a_tooltip_without_its_markup(
    qtbot: QtBot, text: str
) -> None:
    widget, button, action = QWidget(), QToolButton(), QAction()
    qtbot.addWidget(widget)
    qtbot.addWidget(button)
    plain.set_tooltip(widget, "before")
    plain.set_tooltip(widget, text)
    plain.set_action(button, action)
    plain.set_tooltip(action, text)
    for each in (widget, button):
        assert QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Description) == text
    plain.name(widget, "name", "what it is for")
    plain.set_tooltip(widget, "other")
    assert widget.accessibleDescription() == "what it is for"


def test_that_an_ampersand_of_a_button_is_shown_and_no_keyboard_mark(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    plain.set_text(button, "Save & close")
    assert button.text() == "Save && close"
    assert button.shortcut().isEmpty()


def test_that_a_text_of_a_megabyte_is_cut(qtbot: QtBot) -> None:
    label = plain.label("x" * 1_000_000)
    qtbot.addWidget(label)
    assert len(label.text()) <= 2001
    assert label.text().endswith("…")


def test_that_the_safe_answer_is_the_default_and_agreeing_is_told_once(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    agreed: list[bool] = []
    box = plain.ask(parent, "t", "<i>?</i>", "Yes", "No", lambda: agreed.append(True))
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert box.defaultButton().text() == "No"
    yes = next(b for b in box.buttons() if b.text() == "Yes")
    yes.click()
    assert agreed == [True]


def test_that_refusing_a_question_does_nothing(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    agreed: list[bool] = []
    box = plain.ask(parent, "t", "?", "Yes", "No", lambda: agreed.append(True))
    box.defaultButton().click()
    assert agreed == []


RAW = frozenset(
    {
        "setText",
        "setToolTip",
        "setStatusTip",
        "setWhatsThis",
        "setInformativeText",
        "setDetailedText",
        "setHtml",
        "setMarkdown",
    }
)
MAKERS = frozenset({"QLabel", "QPushButton", "QCheckBox"})


def _raw_calls(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in RAW:
            by_clipboard = "clipboard" in ast.unparse(called.value)
            if not by_clipboard:
                yield node.lineno
        makes = isinstance(called, ast.Name) and called.id in MAKERS
        if makes and any(not isinstance(arg, ast.Name) for arg in node.args):
            yield node.lineno


def test_that_no_widget_gets_its_text_past_the_one_door() -> None:
    room = Path(rushes.ui.__path__[0])
    found = [
        f"{file.relative_to(room)}:{line}"
        for file in sorted(room.rglob("*.py"))
        if file.name != "plain.py"
        for line in _raw_calls(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_that_the_check_sees_a_text_that_goes_past_the_door() -> None:
    assert list(_raw_calls("x.setToolTip(server)\nQLabel('<b>')\nQLabel(parent)")) == [1, 2]


def test_that_message_boxes_and_labels_are_the_only_guessers_of_rich_text(qtbot: QtBot) -> None:
    """Qt's own default is to guess: this is what the door is for."""
    guessing = QLabel()
    qtbot.addWidget(guessing)
    assert guessing.textFormat() is Qt.TextFormat.AutoText
    box = plain.message_box(QMessageBox.Icon.Critical, "t", "<b>x</b>")
    qtbot.addWidget(box)
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert box.text() == "<b>x</b>"
