"""The rules for folders in the settings: edited, put in order, and refused in one sentence."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QTableWidget,
)
from pytestqt.qtbot import QtBot

from rushes.core.settings import FolderRule, Settings
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.settings.tables import FolderRules

A = FolderRule(condition="tag:a", folder="/films/a")
B = FolderRule(condition="rating:5", folder="/films/b")


@pytest.fixture
def editor(qtbot: QtBot) -> FolderRules:
    made = FolderRules((A, B))
    qtbot.addWidget(made)
    made.show()
    return made


def table_in(editor: FolderRules) -> QTableWidget:
    (table,) = editor.findChildren(QTableWidget)
    return table


def write_in(editor: FolderRules, row: int, text: str) -> None:
    """Type a condition."""
    cell = table_in(editor).item(row, 0)
    assert cell is not None
    cell.setText(text)


def press(editor: FolderRules, name: str) -> None:
    (button,) = [b for b in editor.findChildren(QAbstractButton) if b.accessibleName() == name]
    assert button.isEnabled()
    button.click()


def test_that_rules_are_moved_and_removed(editor: FolderRules) -> None:
    table_in(editor).selectRow(1)
    press(editor, "Move the rule up")
    assert editor.chosen() == (B, A)
    press(editor, "Move the rule down")
    assert editor.chosen() == (A, B)
    press(editor, "Remove the rule")
    assert editor.chosen() == (A,)


def test_that_a_new_row_counts_once_something_is_written(editor: FolderRules) -> None:
    press(editor, "Add a rule")
    assert editor.chosen() == (A, B)
    assert editor.problem() == ""
    write_in(editor, 2, "model:x")
    assert "a whole path" in editor.problem()
    press(editor, "Choose the folder of the rule")
    (dialog,) = editor.findChildren(QFileDialog)
    dialog.fileSelected.emit("/films/x")
    dialog.reject()
    assert editor.chosen()[2] == FolderRule(condition="model:x", folder="/films/x")
    assert editor.problem() == ""


def test_that_settings_take_only_rules_that_can_be_used(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(folder_rules=(A,)))
    qtbot.addWidget(dialog)
    told: list[Settings] = []
    dialog.settings_changed.connect(told.append)
    (rules,) = dialog.findChildren(FolderRules)
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    write_in(rules, 0, "modle:seedance")
    assert not ok.isEnabled()
    windows = {w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not dialog}
    assert windows == set()
    assert any("“modle:seedance”" in label.text() for label in dialog.findChildren(QLabel))
    write_in(rules, 0, "model:seedance")
    ok.click()
    (settings,) = told
    assert settings.folder_rules == (FolderRule(condition="model:seedance", folder="/films/a"),)
