"""Settings: which takes are saved in a folder of their own. A table, the first rule that holds
counts.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rushes.core.settings import MOST_RULES, FolderRule
from rushes.presentation import folder_rules
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import icon_button, line, styled

_CONDITION, _FOLDER = range(2)
_ROWS_SHOWN = 3


class FolderRules(QWidget):
    """Signals:
    changed: a rule was added, removed, moved or typed.
    """

    changed = Signal()

    def __init__(self, rules: Sequence[FolderRule], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = _table()
        for rule in rules:
            self._append(rule)
        self._add = icon_button("add", tr("Add a rule"), self._add_rule)
        self._choose = icon_button("folder", tr("Choose the folder of the rule"), self._ask)
        self._up = icon_button("chevron-up", tr("Move the rule up"), lambda: self._move(-1))
        self._down = icon_button("chevron-down", tr("Move the rule down"), lambda: self._move(1))
        self._remove = icon_button("remove", tr("Remove the rule"), self._remove_rule)
        self.setFocusProxy(self._table)
        self._told = line("", "caption")
        foot = QHBoxLayout()
        foot.setSpacing(theme.TINY)
        foot.addWidget(self._told, 1, Qt.AlignmentFlag.AlignTop)
        for button in (self._add, self._choose, self._up, self._down, self._remove):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.TINY)
        box.addWidget(self._table)
        box.addLayout(foot)
        self._table.itemChanged.connect(lambda _: self._changed())
        self._table.itemSelectionChanged.connect(self._offer)
        self._offer()
        self._tell()

    def chosen(self) -> tuple[FolderRule, ...]:
        """The rules as they stand now; see `problem`. A row without any word is none."""
        rows = (self._rule(row) for row in range(self._table.rowCount()))
        return tuple(rule for rule in rows if rule.condition or rule.folder)

    def problem(self) -> str:
        """Why they cannot be used, in one sentence; "" when they can."""
        return next(filter(None, map(folder_rules.problem, self.chosen())), "")

    # --- inside ---------------------------------------------------------------------------

    def _changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """What the rules do, or what is wrong with one of them."""
        problem = self.problem()
        rest = tr("The first rule that holds chooses the folder. What is saved is not moved.")
        styled(self._told, "error" if problem else "caption")
        plain.set_text(self._told, problem or rest)

    def _rule(self, row: int) -> FolderRule:
        cells = (self._table.item(row, column) for column in (_CONDITION, _FOLDER))
        condition, folder = (cell.text().strip() if cell else "" for cell in cells)
        return FolderRule(condition=condition, folder=folder)

    def _append(self, rule: FolderRule) -> None:
        row = self._table.rowCount()
        self._table.insertRow(row)
        self._put(row, rule)

    def _put(self, row: int, rule: FolderRule) -> None:
        self._table.setItem(row, _CONDITION, QTableWidgetItem(rule.condition))
        self._table.setItem(row, _FOLDER, QTableWidgetItem(rule.folder))

    def _current(self) -> int:
        """The selected row, or -1."""
        return self._table.currentRow() if self._table.selectedItems() else -1

    def _offer(self) -> None:
        row, last = self._current(), self._table.rowCount() - 1
        self._add.setEnabled(last + 1 < MOST_RULES)
        for button, is_on in (
            (self._choose, row >= 0),
            (self._remove, row >= 0),
            (self._up, row > 0),
            (self._down, 0 <= row < last),
        ):
            button.setEnabled(is_on)

    def _add_rule(self) -> None:
        self._append(FolderRule(condition="", folder=""))
        row = self._table.rowCount() - 1
        self._table.setCurrentCell(row, _CONDITION)
        self._offer()
        self._table.edit(self._table.currentIndex())

    def _remove_rule(self) -> None:
        self._table.removeRow(self._current())
        self._offer()
        self._changed()

    def _move(self, by: int) -> None:
        row = self._current()
        one, other = self._rule(row), self._rule(row + by)
        self._put(row, other)
        self._put(row + by, one)
        self._table.setCurrentCell(row + by, _CONDITION)
        self._offer()

    def _ask(self) -> None:
        row = self._current()
        dialog = QFileDialog(self.window(), tr("Folder of the rule"), self._rule(row).folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(
            lambda path: self._table.setItem(row, _FOLDER, QTableWidgetItem(path))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _table() -> QTableWidget:
    made = QTableWidget(0, 2)
    plain.name(made, tr("Rules for folders"))
    made.setHorizontalHeaderLabels([tr("Takes, as in the search"), tr("Folder")])
    for column in (_CONDITION, _FOLDER):
        mode = QHeaderView.ResizeMode.Stretch
        made.horizontalHeader().setSectionResizeMode(column, mode)
    made.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    made.horizontalHeader().setHighlightSections(False)
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(theme.TARGET + theme.TINY)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setTabKeyNavigation(False)
    made.setCornerButtonEnabled(False)
    made.setWordWrap(False)
    made.setShowGrid(False)
    head = made.horizontalHeader().sizeHint().height()
    made.setFixedHeight(head + _ROWS_SHOWN * (theme.TARGET + theme.TINY) + theme.SMALL)
    return made
