"""The list of all commands and their keys, and where the user gives a command another key."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rushes.presentation.text import tr
from rushes.ui.commands.command import Command, Commands, Keymap, Keys, normal, shown
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import enlarge_buttons, line, push_button, screen_room


class ShortcutsDialog(QDialog):
    """What is changed here acts at once.

    Args:
        sections: Headings, and the commands below each.

    Signals:
        chosen: what `Settings.shortcuts` is to be from now on.
    """

    chosen = Signal(dict)

    def __init__(
        self,
        sections: Sequence[tuple[str, Commands]],
        shortcuts: Keys,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = tuple(chain.from_iterable(commands for _, commands in sections))
        self._keymap = Keymap(self._commands, shortcuts)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(QSize(520, 600).boundedTo(screen_room(self)))
        self._table = _table()
        self._sections = [
            (
                _heading(words, self._table),
                [(each, QTreeWidgetItem(self._table)) for each in commands],
            )
            for words, commands in sections
        ]
        self._table.currentItemChanged.connect(self._show_current)
        self._filter = QLineEdit()
        plain.name(self._filter, tr("Search"))
        self._filter.setPlaceholderText(tr("Search"))
        self._filter.textChanged.connect(self._narrow)
        self._title = line("", "title", wraps=False)
        self._field = QKeySequenceEdit()
        self._field.setMaximumSequenceLength(1)
        self._field.setClearButtonEnabled(True)
        plain.name(self._field, tr("New keys"))
        for inner in self._field.findChildren(QLineEdit):
            plain.name(inner, tr("New keys"))
            enlarge_buttons(inner, tr("No keys"))
        for clear in self._field.findChildren(QAbstractButton):
            clear.clicked.connect(self._take)  # for Qt, that is no end of editing
        self._field.editingFinished.connect(self._take)
        self._reset = push_button(tr("Reset"), self._reset_current)
        self._problem = line("", "error")
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._title, 1)
        row.addWidget(self._field)
        row.addWidget(self._reset)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._reset_all = push_button(tr("Reset all"), self._forget_all)
        buttons.addButton(self._reset_all, QDialogButtonBox.ButtonRole.ResetRole)
        plain.set_text(buttons.button(QDialogButtonBox.StandardButton.Close), tr("Close"))
        buttons.rejected.connect(self.reject)
        hint = line(
            tr("Single letters and digits act where takes are shown, except where text is typed."),
            "muted",
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.LARGE,) * 4)
        box.setSpacing(theme.SMALL)
        box.addWidget(self._filter)
        box.addWidget(self._table, 1)
        box.addLayout(row)
        for widget in (self._problem, hint, buttons):
            box.addWidget(widget)
        self._fill()

    def _fill(self) -> None:
        for command, item in chain.from_iterable(items for _, items in self._sections):
            item.setData(0, Qt.ItemDataRole.DisplayRole, command.words)
            item.setData(1, Qt.ItemDataRole.DisplayRole, shown(self._keymap.keys(command.id)))
            font = item.font(1)
            font.setBold(self._keymap.is_chosen(command.id))
            item.setFont(1, font)
        self._reset_all.setEnabled(bool(self._keymap.chosen))
        self._narrow(self._filter.text())

    def _narrow(self, text: str) -> None:
        """Show only the commands with all these words in their names, or with these keys."""
        wanted = text.casefold()
        found = []
        for heading, items in self._sections:
            for command, item in items:
                keys = shown(self._keymap.keys(command.id)).casefold()
                name = command.words.casefold()
                item.setHidden(wanted not in keys and not all(w in name for w in wanted.split()))
            seen = [item for _, item in items if not item.isHidden()]
            heading.setHidden(not seen)
            found += seen
        current = self._table.currentItem()
        if found and (current is None or current.isHidden()):
            self._table.setCurrentItem(found[0])

    @property
    def _current(self) -> Command[Any]:
        current = self._table.currentItem()
        items = chain.from_iterable(items for _, items in self._sections)
        return next(command for command, item in items if item is current)

    def _show_current(self) -> None:
        keys = self._keymap.keys(self._current.id)
        plain.set_text(self._title, self._current.words)
        self._field.setKeySequence(QKeySequence(keys[0] if keys else ""))
        self._reset.setEnabled(self._keymap.is_chosen(self._current.id))
        self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        plain.set_text(self._problem, problem)
        self._problem.setVisible(problem != "")

    def _take(self) -> None:
        key = normal(self._field.keySequence().toString())
        if key not in self._keymap.keys(self._current.id)[:1]:
            self._changed(self._keymap.choose(self._current.id, key))

    def _reset_current(self) -> None:
        self._changed(self._keymap.reset(self._current.id))

    def _forget_all(self) -> None:
        self._keymap = Keymap(self._commands)
        self._changed("")

    def _changed(self, problem: str) -> None:
        """Show what the keys are now, or why they are not changed."""
        if problem:
            self._show_problem(problem)
            return
        self._fill()
        self._show_current()
        self.chosen.emit(self._keymap.chosen)


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setObjectName("keys")
    table.setUniformRowHeights(True)
    plain.name(table, tr("Commands and their keys"))
    table.setColumnCount(2)
    table.setHeaderLabels([tr("Command"), tr("Keys")])
    table.setRootIsDecorated(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.header().setStretchLastSection(False)
    table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return table


def _heading(words: str, table: QTreeWidget) -> QTreeWidgetItem:
    """A line that the keys pass over."""
    item = QTreeWidgetItem(table)
    item.setData(0, Qt.ItemDataRole.DisplayRole, words)
    font = item.font(0)
    font.setWeight(QFont.Weight.DemiBold)
    item.setFont(0, font)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setFirstColumnSpanned(True)
    return item
