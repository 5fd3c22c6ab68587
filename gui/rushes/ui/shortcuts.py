"""The list of all commands and their keys."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rushes.presentation.text import tr
from rushes.ui import plain, theme
from rushes.ui.actions import COMMANDS
from rushes.ui.pieces import line


class ShortcutsDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(460, 520)
        table = QTreeWidget()
        plain.name(table, tr("Commands and their keys"))
        table.setColumnCount(2)
        table.setHeaderLabels([tr("Command"), tr("Keys")])
        table.setRootIsDecorated(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.header().setStretchLastSection(False)
        table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        native = QKeySequence.SequenceFormat.NativeText
        for command in COMMANDS:
            if command.keys:
                item = QTreeWidgetItem(table)
                keys = ", ".join(QKeySequence(key).toString(native) for key in command.keys)
                item.setData(0, Qt.ItemDataRole.DisplayRole, command.text().rstrip("…"))
                item.setData(1, Qt.ItemDataRole.DisplayRole, keys)
        hint = line(tr("Single letters and digits act while the list has the focus."), "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.LARGE,) * 4)
        box.setSpacing(theme.SMALL)
        for widget in (table, hint, buttons):
            box.addWidget(widget)
