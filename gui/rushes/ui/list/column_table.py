"""A table with the columns of a task: which are shown, how wide, in which order.

The name takes the room that the others leave. Where there is too little, they give way down to a
least width: there is something to scroll sideways only for columns that the user added.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyleOptionHeader,
    QTableView,
    QWidget,
)

from rushes.presentation.columns import BY_ID, COLUMNS
from rushes.presentation.take import next_try
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

#: How narrow columns can become before the name does (logical pixels), the first one first; the
#: name gives way to them down to the least.
_LEAST = {"rating": 58, "poster": 56, "status": 136}
#: Of what a status says below its word, and what stands beside it: an icon and the margins.
_LONG_WAIT_S, _BESIDE = 45 * 60.0, 38
_NAME_COMFORTABLE, _NAME_LEAST = 204, 130
#: With more room than this for the name, these can grow.
_NAME_WIDE = 480
_MOST = {"status": 220, "rating": 200}

#: A border that is dragged moves many times; the name follows once it rests.
_FITTED_AFTER_MS = 150

#: The column's place in the model.
AT = {column.id: at for at, column in enumerate(COLUMNS)}


class ColumnTable(QTableView):
    """Signals:
    sorting_clicked: the id of the column whose header was clicked; "" for the default order.
    """

    sorting_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalHeader(ElidedHeader(Qt.Orientation.Horizontal, self))
        self._chosen_columns: set[str] | None = None  # None: the defaults
        self._widths = {column.id: column.width for column in COLUMNS}
        self._fits_name = True  # until the user gives the name's column a width
        self._is_fitting = False
        self._fit_soon = QTimer(self, singleShot=True, interval=_FITTED_AFTER_MS)
        self._fit_soon.timeout.connect(self._fit_when_released)

    def setSelectionModel(self, selection: QItemSelectionModel) -> None:
        super().setSelectionModel(selection)
        # Qt's header asks every selected row, at each painting, whether its whole column is
        # selected: with all of 100,000 selected the window would stand still.
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(self.model(), header))

    def column_menu(self, parent: QWidget) -> QMenu:
        """One checkable entry a column."""
        menu = QMenu(parent)
        for column in COLUMNS:
            action = QAction(menu)
            plain.set_text(action, column.title())
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(AT[column.id]))
            action.setEnabled(column.id != "name")
            action.toggled.connect(lambda on, id_=column.id: self.show_column(id_, on))
            menu.addAction(action)
        menu.addSeparator()
        action = QAction(menu)
        plain.set_text(action, tr("Sort live first, then newest"))
        action.triggered.connect(lambda: self.sorting_clicked.emit(""))
        menu.addAction(action)
        return menu

    def show_column(self, column: str, on: bool) -> None:
        shown = {c.id for c in COLUMNS if not self.isColumnHidden(AT[c.id])}
        self._chosen_columns = shown | {column} if on else shown - {column}
        self._show_columns()

    def columns_state(self) -> dict[str, Any]:
        """Columns in their order on the screen with widths; plain JSON values."""
        header = self.horizontalHeader()
        ids = [COLUMNS[header.logicalIndex(at)].id for at in range(len(COLUMNS))]
        widths = {
            i: width for i, width in self._widths.items() if i != "name" or not self._fits_name
        }
        chosen = None if self._chosen_columns is None else sorted(self._chosen_columns)
        return {"order": ids, "widths": widths, "columns": chosen}

    def restore_columns(self, state: dict[str, Any]) -> None:
        """What `columns_state` gave; columns of another version are passed over."""
        order = [id_ for id_ in state.get("order", ()) if id_ in AT]
        chosen = state.get("columns")
        self._chosen_columns = None if chosen is None else {i for i in chosen if i in AT}
        if order and self._chosen_columns is not None:  # what that version did not have yet
            self._chosen_columns |= {c.id for c in COLUMNS if c.on and c.id not in order}
        header = self.horizontalHeader()
        for at, id_ in enumerate(_with_new(order) if order else ()):
            header.moveSection(header.visualIndex(AT[id_]), at)
        for id_, width in state.get("widths", {}).items():
            if id_ in AT and isinstance(width, int):
                self._widths[id_] = max(theme.TARGET, min(width, 2000))
                self._fits_name = self._fits_name and id_ != "name"
                self.setColumnWidth(AT[id_], self._widths[id_])
        self._show_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_up_headers(self) -> None:
        """Once the model is there."""
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.COMPACT)
        header = self.horizontalHeader()
        plain.name(header, tr("Columns"))
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(theme.TARGET)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(
            lambda section: self.sorting_clicked.emit(COLUMNS[section].id)
        )
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._column_menu_wanted)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        header.sectionResized.connect(self._resized)
        self._show_columns()

    def _show_columns(self) -> None:
        self._is_fitting = True  # a section that is shown again comes with a width of Qt's own
        for column in COLUMNS:
            chosen = self._chosen_columns
            on = column.on if chosen is None else column.id in chosen
            self.setColumnHidden(AT[column.id], not on and column.id != "name")
        self._is_fitting = False
        self._fit()

    def _fit(self) -> None:
        """Give the name what the others leave, and what they can spare of their width."""
        shown = [c.id for c in COLUMNS if not self.isColumnHidden(AT[c.id]) and c.id != "name"]
        words = {i: round(theme.points(wide)) for i, wide in _LEAST.items() if i != "poster"}
        metrics = QFontMetrics(theme.caption(self.font()))
        told = metrics.horizontalAdvance(next_try(_LONG_WAIT_S)) + _BESIDE
        least = {**_LEAST, **words, "status": max(words["status"], told)}
        widths = {id_: self._widths[id_] for id_ in shown}
        for id_ in (i for i in least if widths.get(i) == BY_ID[i].width):  # not the user's own
            widths[id_] = max(widths[id_], least[id_])
        room = self.viewport().width() - sum(widths.values())
        for id_ in filter(widths.__contains__, _LEAST):
            spared = max(0, min(_NAME_COMFORTABLE - room, widths[id_] - least[id_]))
            widths[id_] -= spared
            room += spared
        for id_ in (i for i in _MOST if i in widths and self._widths[i] == BY_ID[i].width):
            grown = max(0, min(room - _NAME_WIDE, _MOST[id_] - widths[id_]))
            widths[id_] += grown
            room -= grown
        if not self._fits_name:
            room = min(max(room, _NAME_COMFORTABLE), self._widths["name"])
        widths["name"] = max(_NAME_LEAST, room)
        self._is_fitting = True
        for id_, width in widths.items():
            self.setColumnWidth(AT[id_], width)
        self._is_fitting = False

    def _resized(self, section: int, _before: int, width: int) -> None:
        if self._is_fitting or width == 0:  # 0: it was hidden
            return
        column = COLUMNS[section].id
        self._widths[column] = width
        self._fits_name = self._fits_name and column != "name"
        self._fit_soon.start()

    def _fit_when_released(self) -> None:
        if QApplication.mouseButtons() is Qt.MouseButton.NoButton:
            self._fit()
        else:
            self._fit_soon.start()

    def _column_menu_wanted(self, at: QPoint) -> None:
        menu = self.column_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))


class ElidedHeader(QHeaderView):
    """Qt elides a title to the whole width of its section, and then cuts it at the padding."""

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        option.rect = QRect(0, 0, self.sectionSize(section), self.height())
        box = self.style().subElementRect(QStyle.SubElement.SE_HeaderLabel, option, self)
        mode = Qt.TextElideMode.ElideRight
        option.text = option.fontMetrics.elidedText(option.text, mode, box.width())


def _with_new(order: Sequence[str]) -> list[str]:
    """All columns in that order; those it does not name behind their neighbour in the table."""
    known, placed = set(order), list(order)
    for column, before in zip(COLUMNS[1:], COLUMNS, strict=False):
        if column.id not in known:
            placed.insert(placed.index(before.id) + 1, column.id)
    return placed
