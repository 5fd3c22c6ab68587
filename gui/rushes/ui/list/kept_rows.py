"""What stays with its task while rows come and go: selection and scrolling."""

from collections.abc import Iterable

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

from rushes.presentation.columns import COLUMNS
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


class Held:
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


class Pointed(QObject):
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


class Anchored:
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
