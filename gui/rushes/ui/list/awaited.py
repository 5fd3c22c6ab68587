"""Tasks that shall be selected, once it is known in which rows they are."""

from collections.abc import Callable, Container, Iterable, Sequence

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QTableView

from rushes.core.task import Key
from rushes.ui.list.column_table import AT
from rushes.ui.list.kept_rows import Pointed, selection_of
from rushes.ui.list.row_order import rows_of
from rushes.ui.list.task_model import TaskModel

#: A task and how far from the upper edge it stood (pixels).
Place = tuple[Key, int]
#: Called with the row of such a task (None: it is in none) and its distance.
Arrived = Callable[[int | None, int], object]


class Awaited:
    def __init__(self, table: QTableView, model: TaskModel, pointed: Pointed) -> None:
        self._table = table
        self._model = model
        self._views = pointed.views
        self._keys: tuple[Key, ...] | None = None
        self._are_known = False  # an order that comes before their numbers selects nothing
        self._top: Place | None = None
        self._arrived: Arrived | None = None  # where they were selected before a restart

    @property
    def keys(self) -> tuple[Key, ...]:
        """Whose numbers are asked for."""
        top = () if self._top is None else (self._top[0],)
        return tuple(dict.fromkeys((*(self._keys or ()), *top)))

    @property
    def comes_back_scrolled(self) -> bool:
        """Whether what is on the screen will not be the first rows."""
        return self._top is not None

    def begin(self, keys: Iterable[Key]) -> bool:
        """Wait for these. Returns whether their numbers are known already."""
        self._keys, self._top, self._arrived = tuple(keys), None, None
        self._are_known = all(self._model.number(key) is not None for key in self._keys)
        return self._are_known

    def come_back(self, keys: Sequence[Key], top: Place | None, arrived: Arrived) -> None:
        """Wait for what was selected and on the screen before a restart."""
        self._keys, self._top, self._arrived = tuple(keys), top, arrived
        self._are_known = False

    def keep(self, known: Container[Key]) -> None:
        """Those that are not in the list are waited for no longer."""
        self._keys = tuple(key for key in self._keys or () if key in known)
        self._are_known = True

    @property
    def is_any_hidden(self) -> bool:
        """Whether one that the user wants to see is in no row, because of the search, the view or
        a folded group."""
        wanted = self._keys or () if self._arrived is None else ()
        return any(self._model.row(key) is None for key in wanted)

    def select(self) -> bool:
        """Select those that are in rows, and bring the first into sight, or the place of before
        the restart. False: none waits, or none is there."""
        if self._keys is None or not self._are_known:
            return False
        keys, self._keys = self._keys, None
        top, self._top = self._top, None
        arrived, self._arrived = self._arrived, None
        self._model.settle()
        chosen = self._table.selectionModel()
        if arrived is None or not chosen.hasSelection():  # else the user was faster
            rows = self._select(keys, scrolls=arrived is None)
        else:
            rows = []
        if arrived is not None:
            arrived(None if top is None else self._model.row(top[0]), top[1] if top else 0)
        return bool(rows or top)

    def _select(self, keys: Sequence[Key], *, scrolls: bool) -> list[int]:
        nums = {num for key in keys if (num := self._model.number(key)) is not None}
        at = rows_of(self._model.order, nums)
        rows = sorted(at.values())
        flag, chosen = QItemSelectionModel.SelectionFlag, self._table.selectionModel()
        if rows:
            current = rows[0] if scrolls else next(r for k in keys if (r := self._row(k, at)) >= 0)
            first = self._model.index(current, AT["name"])
            # A view that is not shown yet scrolls there when it is, unless it is told not to.
            for view in self._views:
                view.setAutoScroll(scrolls)
            chosen.setCurrentIndex(first, flag.NoUpdate)
            for view in self._views:
                view.setAutoScroll(True)
            if scrolls:
                self._table.scrollTo(first)
        chosen.select(selection_of(self._model, rows), flag.ClearAndSelect)
        return rows

    def _row(self, key: Key, at: dict[int, int]) -> int:
        num = self._model.number(key)
        return -1 if num is None else at.get(num, -1)
