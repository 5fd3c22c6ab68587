"""The list of all commands and their keys, and where the user gives a command another key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
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
from rushes.ui.commands import keymap
from rushes.ui.commands.actions import BY_ID, COMMANDS
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import line, push_button

_ID = Qt.ItemDataRole.UserRole


class ShortcutsDialog(QDialog):
    """What is changed here acts at once.

    Signals:
        chosen: what `Settings.shortcuts` is to be from now on.
    """

    chosen = Signal(dict)

    def __init__(self, shortcuts: keymap.Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = keymap.read(shortcuts)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(520, 600)
        self._table = _table()
        self._table.currentItemChanged.connect(self._show_current)
        self._title = line("", "title", wraps=False)
        self._field = QKeySequenceEdit()
        self._field.setMaximumSequenceLength(1)
        self._field.setClearButtonEnabled(True)
        plain.name(self._field, tr("New keys"))
        for inner in self._field.findChildren(QLineEdit):
            plain.name(inner, tr("New keys"))
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
        hint = line(tr("Single letters and digits act while the list has the focus."), "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.LARGE,) * 4)
        box.setSpacing(theme.SMALL)
        box.addWidget(self._table, 1)
        box.addLayout(row)
        for widget in (self._problem, hint, buttons):
            box.addWidget(widget)
        self._fill()
        self._table.setCurrentIndex(self._table.model().index(0, 0))

    def _fill(self) -> None:
        keys = keymap.effective(self._chosen)
        for at, command in enumerate(COMMANDS):
            item = self._table.topLevelItem(at) or QTreeWidgetItem(self._table)
            item.setData(0, _ID, command.id)
            item.setData(0, Qt.ItemDataRole.DisplayRole, keymap.words(command))
            item.setData(1, Qt.ItemDataRole.DisplayRole, keymap.shown(keys[command.id]))
            font = item.font(1)
            font.setBold(command.id in self._chosen)
            item.setFont(1, font)
        self._reset_all.setEnabled(bool(self._chosen))

    def _current(self) -> str:
        item = self._table.currentItem()
        return str(item.data(0, _ID)) if item else COMMANDS[0].id

    def _show_current(self) -> None:
        id_ = self._current()
        keys = keymap.effective(self._chosen)[id_]
        plain.set_text(self._title, keymap.words(BY_ID[id_]))
        self._field.setKeySequence(QKeySequence(keys[0] if keys else ""))
        self._reset.setEnabled(id_ in self._chosen)
        self._say("")

    def _say(self, problem: str) -> None:
        plain.set_text(self._problem, problem)
        self._problem.setVisible(problem != "")

    def _take(self) -> None:
        id_ = self._current()
        key = keymap.normal(self._field.keySequence().toString())
        if key in keymap.effective(self._chosen)[id_][:1]:
            return
        problem = keymap.problem(self._chosen, id_, key) if key else ""
        self._say(problem)
        if not problem:
            self._use({**self._chosen, id_: (key,) if key else ()})

    def _reset_current(self) -> None:
        """Give the command its own keys back, unless another one has them now."""
        id_ = self._current()
        rest = {other: keys for other, keys in self._chosen.items() if other != id_}
        own = keymap.effective(rest)[id_]
        problem = next(filter(None, (keymap.problem(rest, id_, key) for key in own)), "")
        self._say(problem)
        if not problem:
            self._use(rest)

    def _forget_all(self) -> None:
        self._use({})

    def _use(self, chosen: keymap.Keys) -> None:
        self._chosen = keymap.read(keymap.write(chosen))
        self._fill()
        self._show_current()
        self.chosen.emit(keymap.write(self._chosen))


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
