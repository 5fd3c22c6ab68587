"""Tasks that shall be selected, once it is known in which rows they are."""

from collections.abc import Callable, Container, Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QObject,
    QSignalBlocker,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView

from rushes.core.task import Key
from rushes.presentation.columns import COLUMNS
from rushes.ui.list.column_table import AT
from rushes.ui.list.row_order import rows_of, runs
from rushes.ui.list.task_model import TaskModel


def selected_rows(chosen: QItemSelectionModel) -> list[range]:
    """The selected rows in order: a long run costs no more than a short one."""
    selection = chosen.selection()
    ranges = map(selection.at, range(selection.count()))
    return [range(*span) for span in sorted({(r.top(), r.bottom() + 1) for r in ranges})]


def selection_of(model: TaskModel, rows: Iterable[int]) -> QItemSelection:
    """These rows, given in order."""
    chosen, last = QItemSelection(), len(COLUMNS) - 1
    for first, end in runs(rows):
        chosen.select(model.index(first, 0), model.index(end - 1, last))
    return chosen


class SelectionSnapshot:
    """The selection by numbers, for when so many rows are exchanged that Qt loses it."""

    def __init__(self, table: QTableView, model: TaskModel) -> None:
        self._table, self._model = table, model
        order, spans = model.order, selected_rows(table.selectionModel())
        self._is_all = bool(order) and sum(map(len, spans)) == len(order)
        self._nums = (
            {n for s in spans for n in order[s.start : s.stop]} if not self._is_all else set()
        )
        current = table.currentIndex()
        self._current = order[current.row()] if current.isValid() else None
        self._column = current.column()
        self._was = sum(map(len, spans))

    def restore(self) -> None:
        """Select again what still is there, without a word."""
        flag = QItemSelectionModel.SelectionFlag
        chosen = self._table.selectionModel()
        with QSignalBlocker(chosen):
            row = None if self._current is None else self._model.row_of_number(self._current)
            if row is not None:
                index = self._model.index(row, self._column)
                chosen.setCurrentIndex(index, flag.NoUpdate)
            if self._is_all:
                self._table.selectAll()
            elif self._nums:
                rows = sorted(rows_of(self._model.order, self._nums).values())
                chosen.select(selection_of(self._model, rows), flag.ClearAndSelect)

    def has_changed(self) -> bool:
        """Whether a selected row is gone."""
        return sum(map(len, selected_rows(self._table.selectionModel()))) != self._was


#: What tells that somebody points; a window that opens beneath a pointer at rest is not meant.
_POINTING = frozenset({QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class HoverGuard(QObject):
    """Whether somebody points at one of the views that show the rows: then none may move.

    Attributes:
        views: Those views.

    Signals:
        left: the pointer has left one of them, and all is done that goes with it.
    """

    left = Signal()

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.views: list[QAbstractItemView] = []
        self._meant: QObject | None = None  # the viewport that was pointed at last
        self.add(view)

    def add(self, view: QAbstractItemView) -> None:
        self.views.append(view)
        view.viewport().installEventFilter(self)

    @property
    def is_any(self) -> bool:
        ports = [view.viewport() for view in self.views if view.isVisible()]
        return any(port is self._meant and port.underMouse() for port in ports)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _POINTING:
            self._meant = watched
        elif event.type() == QEvent.Type.Leave:
            self._meant = None
            QTimer.singleShot(0, self, self.left.emit)
        return super().eventFilter(watched, event)


class ScrollAnchor:
    """Keeps the topmost row of the screen where it is while rows come, go and move.

    Args:
        holds_top: At the very top, too, where new rows may show themselves otherwise.
    """

    def __init__(self, table: QTableView, model: TaskModel, *, holds_top: bool) -> None:
        self._table, self._model, self._holds_top = table, model, holds_top
        self._num: int | None = None
        self._offset = 0

    def __enter__(self) -> None:
        table = self._table
        bar = table.verticalScrollBar()
        row = table.rowAt(0)
        if row < 0 or (bar.value() == 0 and not self._holds_top):
            return
        self._num = self._model.order[row]
        self._offset = table.rowViewportPosition(row)

    def __exit__(self, *_: object) -> None:
        table = self._table
        row = None if self._num is None else self._model.row_of_number(self._num)
        if row is None:
            return
        table.updateGeometries()
        bar = table.verticalScrollBar()
        bar.setValue(bar.value() + table.rowViewportPosition(row) - self._offset)


#: A task and how far from the upper edge it stood (pixels).
ScrollPlace = tuple[Key, int]
#: Called with the row of such a task (None: it is in none) and its distance.
Arrived = Callable[[int | None, int], object]


class PendingSelection:
    def __init__(self, table: QTableView, model: TaskModel, pointed: HoverGuard) -> None:
        self._table = table
        self._model = model
        self._views = pointed.views
        self._keys: tuple[Key, ...] | None = None
        self._are_known = False  # an order that comes before their numbers selects nothing
        self._top: ScrollPlace | None = None
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

    def come_back(self, keys: Sequence[Key], top: ScrollPlace | None, arrived: Arrived) -> None:
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
