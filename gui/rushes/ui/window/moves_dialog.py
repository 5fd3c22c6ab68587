"""Shows which files are about to be moved, from where to where, before anything happens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, screen_room

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()
_OLD, _NEW = range(2)
_ROWS_LEAST = 3
_WIDE, _TALLEST = 820, 560


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One file: where it is, where it goes (absolute paths), and whether other programs know it."""

    old: str
    new: str
    handed: bool = False


class _Lines(QAbstractTableModel):
    """Paths below the folder that all of them share: what differs is what is to be read."""

    def __init__(self, lines: Sequence[MoveLine], parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = lines
        self._shared = _shared_folder([path for each in lines for path in (each.old, each.new)])

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        each = self._lines[index.row()]
        path = each.new if index.column() == _NEW else each.old
        if role == _Role.DisplayRole:
            return plain.one_line(_below(path, self._shared), 1000)
        if role == _Role.ToolTipRole:
            known = tr("Dragged out, opened or put into a timeline: other programs know it here.")
            is_warned = each.handed and index.column() == _OLD
            return plain.rich_free(f"{path}\n{known}" if is_warned else path)
        if role == _Role.ForegroundRole and each.handed and index.column() == _OLD:
            return theme.ink("amber")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return (tr("Now"), tr("Then"))[section]
        if role == _Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class MovesDialog(QDialog):
    """Asks whether these files are moved (`accepted`); deletes itself when it is closed."""

    def __init__(
        self, lines: Sequence[MoveLine], notes: Sequence[str], parent: QWidget | None = None
    ) -> None:
        """`notes`: sentences about what is not in `lines`."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("movesDialog")
        self.setWindowTitle(tr("Move files"))
        head = line(
            tr("%n file(s) go where file names and folder rules say now.", None, len(lines))
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(*(theme.HUGE,) * 2, theme.HUGE, theme.LARGE)
        box.setSpacing(theme.MEDIUM)
        box.addWidget(head)
        box.addWidget(self._table(lines), 1)
        known = sum(each.handed for each in lines)
        if known:
            told = tr(
                "Dragged out, opened or put into a timeline: %n of them. Programs that use them "
                "will not find them any more.",
                None,
                known,
            )
            box.addWidget(line(told, "warning"))
        for note in notes:
            box.addWidget(line(note, "muted"))
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        move = buttons.button(standard.Ok)
        plain.set_text(move, tr("Move %n file(s)", None, len(lines)))
        move.setProperty("primary", True)
        plain.set_text(buttons.button(standard.Cancel), tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)
        wanted = QSize(_WIDE, min(self.sizeHint().height(), _TALLEST))
        self.resize(wanted.boundedTo(screen_room(self)))

    def _table(self, lines: Sequence[MoveLine]) -> QTableView:
        table = QTableView()
        table.setObjectName("moves")
        table.setModel(_Lines(lines, self))
        plain.name(table, tr("Files to be moved"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        head, side = table.horizontalHeader(), table.verticalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        side.hide()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(theme.TARGET)
        around = head.sizeHint().height() + 2 * table.frameWidth()
        table.setMinimumHeight(_ROWS_LEAST * theme.TARGET + around)
        table.setSizeAdjustPolicy(QTableView.SizeAdjustPolicy.AdjustToContents)
        return table


def _shared_folder(paths: Sequence[str]) -> str:
    """The longest folder that all of them are in; "" where they are on different drives."""
    try:
        return os.path.commonpath([str(PurePath(path).parent) for path in paths])
    except ValueError:
        return ""


def _below(path: str, folder: str) -> str:
    return str(PurePath(path).relative_to(folder)) if folder else path
