"""The task table: rows fed by diffs, selection and scrolling kept by task."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from rushes.core.account import Account
from rushes.core.news import SaveProgress
from rushes.core.task import Diff, Key, Task
from rushes.presentation.columns import BY_ID, COLUMNS, SORT_DEFAULT, Context
from rushes.presentation.text import tr
from rushes.ui import plain, theme
from rushes.ui.delegates import HOVERED, CellDelegate
from rushes.ui.row_order import RowOrder, Scope, Wanted
from rushes.ui.task_model import TaskModel

#: Columns that should be in sight beside the name, and how far the name gives way or grows.
_VITAL = ("poster", "state", "saved", "left", "rating")
_NAME_WIDTHS = (130, 320)

_AT = {column.id: at for at, column in enumerate(COLUMNS)}


class TaskTable(QTableView):
    """Signals:
    selection_changed: list[Key], in row order.
    current_changed: Key | None, the row whose details are shown.
    menu_wanted: QPoint on the screen; there is a selection.
    seed_clicked: Key.
    renamed: (Key, str).
    rows_changed: the number of shown rows may have changed.
    """

    selection_changed = Signal(list)
    current_changed = Signal(object)
    menu_wanted = Signal(QPoint)
    seed_clicked = Signal(object)
    renamed = Signal(object, str)
    opened = Signal(object)
    rows_changed = Signal()

    def __init__(self, now: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TaskModel(RowOrder(ctx=Context(now=now)), self)
        self._chosen_columns: set[str] | None = None  # None: the defaults
        self._fits_name = True  # until the user gives the name's column a width
        self._is_fitting = False
        self.setObjectName("tasks")
        plain.name(self, tr("Tasks"))
        self.setModel(self._model)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table: no keyboard trap
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_up_headers()
        self._model.renamed.connect(self.renamed)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.viewportEntered.connect(lambda: self._hover(-1))
        self.doubleClicked.connect(lambda index: self.opened.emit(self._model.keys[index.row()]))
        self.clicked.connect(self._clicked)
        self.set_density("comfortable")

    # --- in -------------------------------------------------------------------------------

    def task(self, key: Key) -> Task | None:
        return self._model.tasks.get(key)

    @property
    def order(self) -> RowOrder:
        return self._model.order

    @property
    def tasks(self) -> Mapping[Key, Task]:
        """All tasks, shown or not."""
        return self._model.tasks

    @property
    def shown_keys(self) -> Sequence[Key]:
        return self._model.keys

    def apply(self, diff: Diff) -> None:
        with _Anchored(self):
            self._model.apply(diff)
            if not self._is_pointed_at():
                self._model.settle()
        self.rows_changed.emit()

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        known = {account.id: account for account in accounts}
        self._model.show(replace(self.order, ctx=replace(self.order.ctx, accounts=known)))
        self._show_columns()
        self.viewport().update()

    def set_scope(self, scope: Scope) -> None:
        self._show(replace(self.order, scope=scope))

    def set_search(self, wanted: Wanted | None) -> None:
        self._show(replace(self.order, wanted=wanted))

    def set_now(self, now: float) -> None:
        """Let time go by; only the rows on the screen are painted anew."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        rows = len(self._model.keys)
        self._model.set_now(now, first, rows - 1 if last < 0 else last)

    def refresh_membership(self) -> None:
        """Time moved tasks into or out of the chosen view."""
        if not self._is_pointed_at():
            self._show(self.order)

    def set_progress(self, news: SaveProgress) -> None:
        self._model.set_progress(news)

    def set_density(self, density: str) -> None:
        self.verticalHeader().setDefaultSectionSize(
            theme.COMPACT if density == "compact" else theme.COMFORTABLE
        )

    # --- selection by key -----------------------------------------------------------------

    def is_shown(self, key: Key) -> bool:
        return self._model.row(key) is not None

    def selected_keys(self) -> list[Key]:
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.keys[row] for row in rows]

    def current_key(self) -> Key | None:
        index = self.currentIndex()
        return self._model.keys[index.row()] if index.isValid() else None

    def select(self, keys: Iterable[Key]) -> None:
        """Select these, as far as they are shown, and bring the first into sight."""
        self._model.settle()
        rows = sorted(row for key in keys if (row := self._model.row(key)) is not None)
        chosen = QItemSelection()
        last = len(COLUMNS) - 1
        for row in rows:
            chosen.select(self._model.index(row, 0), self._model.index(row, last))
        flag = QItemSelectionModel.SelectionFlag
        if rows:
            first = self._model.index(rows[0], _AT["name"])
            self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
            self.scrollTo(first)
        self.selectionModel().select(chosen, flag.ClearAndSelect)

    def rename_current(self) -> None:
        """Edit the name of the current row in place."""
        index = self.currentIndex()
        if index.isValid():
            name = index.siblingAtColumn(_AT["name"])
            self.setColumnHidden(_AT["name"], False)
            self.scrollTo(name)
            self.edit(name)

    # --- columns and sorting --------------------------------------------------------------

    def sort_by(self, column: str, descending: bool) -> None:
        """Order by a column's id; `SORT_DEFAULT` for live first, then newest."""
        header = self.horizontalHeader()
        with QSignalBlocker(header):
            header.setSortIndicator(
                _AT.get(column, -1),
                Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder,
            )
        self._show(replace(self.order, sort_by=column, descending=descending))

    def column_menu(self, parent: QWidget) -> QMenu:
        """One checkable entry a column."""
        menu = QMenu(parent)
        for column in COLUMNS:
            action = QAction(menu)
            plain.set_text(action, column.title())
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(_AT[column.id]))
            action.setEnabled(column.id != "name")
            action.toggled.connect(lambda on, id_=column.id: self.show_column(id_, on))
            menu.addAction(action)
        menu.addSeparator()
        action = QAction(menu)
        plain.set_text(action, tr("Sort live first, then newest"))
        action.triggered.connect(lambda: self.sort_by(SORT_DEFAULT, descending=False))
        menu.addAction(action)
        return menu

    def show_column(self, column: str, on: bool) -> None:
        shown = {c.id for c in COLUMNS if not self.isColumnHidden(_AT[c.id])}
        self._chosen_columns = shown | {column} if on else shown - {column}
        self._show_columns()

    def layout_state(self) -> dict[str, Any]:
        """Columns in their order on the screen with widths, and the sort; plain JSON values."""
        header = self.horizontalHeader()
        ids = [COLUMNS[header.logicalIndex(at)].id for at in range(len(COLUMNS))]
        hidden = {id_ for id_ in ids if self.isColumnHidden(_AT[id_])}
        for id_ in hidden:  # a hidden section has no width of its own
            self._widths.setdefault(id_, BY_ID[id_].width)
        widths = {i: self._widths[i] if i in hidden else self.columnWidth(_AT[i]) for i in ids}
        if self._fits_name:
            del widths["name"]
        chosen = None if self._chosen_columns is None else sorted(self._chosen_columns)
        sort = [self.order.sort_by, self.order.descending]
        return {"order": ids, "widths": widths, "columns": chosen, "sort": sort}

    def restore_layout(self, state: dict[str, Any]) -> None:
        """What `layout_state` gave; columns of another version are passed over."""
        header = self.horizontalHeader()
        for at, id_ in enumerate(i for i in state.get("order", ()) if i in _AT):
            header.moveSection(header.visualIndex(_AT[id_]), at)
        for id_, width in state.get("widths", {}).items():
            if id_ in _AT and isinstance(width, int):
                self._widths[id_] = max(theme.TARGET, min(width, 2000))
                self.setColumnWidth(_AT[id_], self._widths[id_])
        chosen = state.get("columns")
        self._chosen_columns = None if chosen is None else {i for i in chosen if i in _AT}
        self._show_columns()
        by, descending = state.get("sort", (SORT_DEFAULT, False))
        self.sort_by(str(by) if by in _AT else SORT_DEFAULT, bool(descending))

    # --- events ---------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectionModel().hasSelection():
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens and Escape is the window's: neither starts editing or clears here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)
        QTimer.singleShot(0, self, self._settle)

    # --- inside ---------------------------------------------------------------------------

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.COMPACT)
        header = self.horizontalHeader()
        plain.name(header, tr("Columns"))
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(theme.TARGET)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self._sort_clicked)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._column_menu_wanted)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self._widths = {column.id: column.width for column in COLUMNS}
        for column in COLUMNS:
            self.setColumnWidth(_AT[column.id], column.width)
        header.sectionResized.connect(self._resized)
        self._show_columns()

    def _show_columns(self) -> None:
        many = len(self.order.ctx.accounts) > 1
        for column in COLUMNS:
            on = column.default_on and (many or not column.many_accounts)
            if self._chosen_columns is not None:
                on = column.id in self._chosen_columns
            self.setColumnHidden(_AT[column.id], not on and column.id != "name")
        self._fit_name()

    def _fit_name(self) -> None:
        """Let the name give way to what a person must see: is it done, saved, how long left."""
        if not self._fits_name:
            return
        others = [_AT[i] for i in _VITAL if not self.isColumnHidden(_AT[i])]
        room = self.viewport().width() - sum(self.columnWidth(at) for at in others)
        self._is_fitting = True
        self.setColumnWidth(_AT["name"], max(_NAME_WIDTHS[0], min(room, _NAME_WIDTHS[1])))
        self._is_fitting = False

    def _resized(self, section: int) -> None:
        if section == _AT["name"] and not self._is_fitting:
            self._fits_name = False

    def _sort_clicked(self, section: int) -> None:
        """First click ascending, second descending, third back to live first."""
        column, now = COLUMNS[section].id, self.order
        if column == "poster":
            self.sort_by(SORT_DEFAULT, descending=False)
        elif now.sort_by != column:
            self.sort_by(column, descending=False)
        elif not now.descending:
            self.sort_by(column, descending=True)
        else:
            self.sort_by(SORT_DEFAULT, descending=False)

    def _column_menu_wanted(self, at: QPoint) -> None:
        menu = self.column_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _show(self, order: RowOrder) -> None:
        with _Anchored(self):
            self._model.show(order)
        self.rows_changed.emit()

    def _settle(self) -> None:
        if not self._model.is_settled and not self._is_pointed_at():
            with _Anchored(self):
                self._model.settle()
            self.rows_changed.emit()

    def _hover(self, row: int) -> None:
        if self.property(HOVERED) != row:
            self.setProperty(HOVERED, row)
            self.viewport().update()

    def _is_pointed_at(self) -> bool:
        """Whether moving rows would pull one from under the user's pointer or editor."""
        editing = self.state() is QAbstractItemView.State.EditingState
        return editing or (self.isVisible() and self.viewport().underMouse())

    def _clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].id == "seed":
            task = self._model.task_at(index.row())
            if task.report.seed is not None:
                self.seed_clicked.emit(task.key)

    def _tell_selection(self) -> None:
        self.selection_changed.emit(self.selected_keys())

    def _tell_current(self, current: QModelIndex) -> None:
        self.current_changed.emit(self._model.keys[current.row()] if current.isValid() else None)


class _Anchored:
    """Keeps the topmost row of the screen where it is while rows come, go and move.

    At the very top new rows may show themselves, unless the pointer rests on the table.
    """

    def __init__(self, table: TaskTable) -> None:
        self._table = table
        self._key: Key | None = None
        self._offset = 0

    def __enter__(self) -> None:
        table = self._table
        bar = table.verticalScrollBar()
        row = table.rowAt(0)
        if row < 0 or (bar.value() == 0 and not table.viewport().underMouse()):
            return
        self._key = table.shown_keys[row]
        self._offset = table.rowViewportPosition(row)

    def __exit__(self, *_: object) -> None:
        table = self._table
        row = None if self._key is None else table._model.row(self._key)
        if row is None:
            return
        table.updateGeometries()
        bar = table.verticalScrollBar()
        bar.setValue(bar.value() + table.rowViewportPosition(row) - self._offset)
