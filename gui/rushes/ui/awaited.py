"""Tasks that shall be selected, once it is known in which rows they are."""

from collections.abc import Container, Iterable

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QTableView

from rushes.core.task import Key
from rushes.ui.column_table import AT
from rushes.ui.kept_rows import selection_of
from rushes.ui.row_order import rows_of
from rushes.ui.task_model import TaskModel


class Awaited:
    def __init__(self, table: QTableView, model: TaskModel) -> None:
        self._table = table
        self._model = model
        self._keys: tuple[Key, ...] | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        return self._keys or ()

    def begin(self, keys: Iterable[Key]) -> bool:
        """Wait for these. Returns whether their numbers are known already."""
        self._keys = tuple(keys)
        return all(self._model.number(key) is not None for key in self._keys)

    def keep(self, known: Container[Key]) -> None:
        """Those that are not in the list are waited for no longer."""
        self._keys = tuple(key for key in self.keys if key in known)

    @property
    def is_any_hidden(self) -> bool:
        """Whether one of them is in no row, because of the search, the view or a folded group."""
        return any(self._model.row(key) is None for key in self.keys)

    def select(self) -> bool:
        """Select those that are in rows, and bring the first into sight. False: none waits, or
        none is there."""
        if self._keys is None:
            return False
        keys, self._keys = self._keys, None
        self._model.settle()
        nums = {num for key in keys if (num := self._model.number(key)) is not None}
        rows = sorted(rows_of(self._model.order, nums).values())
        flag, chosen = QItemSelectionModel.SelectionFlag, self._table.selectionModel()
        if rows:
            first = self._model.index(rows[0], AT["name"])
            chosen.setCurrentIndex(first, flag.NoUpdate)
            self._table.scrollTo(first)
        chosen.select(selection_of(self._model, rows), flag.ClearAndSelect)
        return bool(rows)
