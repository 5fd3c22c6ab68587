"""A table with the columns of a task: which are shown, how wide, in which order."""

from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView, QWidget

from rushes.presentation.columns import BY_ID, COLUMNS
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

#: Columns that should be in sight beside the name, and how far the name gives way or grows.
_VITAL = ("poster", "state", "saved", "left", "rating")
_NAME_WIDTHS = (130, 320)

#: The column's place in the model.
AT = {column.id: at for at, column in enumerate(COLUMNS)}


class ColumnTable(QTableView):
    """Signals:
    sorting_clicked: the id of the column whose header was clicked; "" for the default order.
    """

    sorting_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen_columns: set[str] | None = None  # None: the defaults
        self._has_many_accounts = False
        self._widths = {column.id: column.width for column in COLUMNS}
        self._fits_name = True  # until the user gives the name's column a width
        self._is_fitting = False

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

    def set_many_accounts(self, many: bool) -> None:
        self._has_many_accounts = many
        self._show_columns()

    def columns_state(self) -> dict[str, Any]:
        """Columns in their order on the screen with widths; plain JSON values."""
        header = self.horizontalHeader()
        ids = [COLUMNS[header.logicalIndex(at)].id for at in range(len(COLUMNS))]
        hidden = {id_ for id_ in ids if self.isColumnHidden(AT[id_])}
        for id_ in hidden:  # a hidden section has no width of its own
            self._widths.setdefault(id_, BY_ID[id_].width)
        widths = {i: self._widths[i] if i in hidden else self.columnWidth(AT[i]) for i in ids}
        if self._fits_name:
            del widths["name"]
        chosen = None if self._chosen_columns is None else sorted(self._chosen_columns)
        return {"order": ids, "widths": widths, "columns": chosen}

    def restore_columns(self, state: dict[str, Any]) -> None:
        """What `columns_state` gave; columns of another version are passed over."""
        header = self.horizontalHeader()
        for at, id_ in enumerate(i for i in state.get("order", ()) if i in AT):
            header.moveSection(header.visualIndex(AT[id_]), at)
        for id_, width in state.get("widths", {}).items():
            if id_ in AT and isinstance(width, int):
                self._widths[id_] = max(theme.TARGET, min(width, 2000))
                self.setColumnWidth(AT[id_], self._widths[id_])
        chosen = state.get("columns")
        self._chosen_columns = None if chosen is None else {i for i in chosen if i in AT}
        self._show_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_name()

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
        header.setMinimumSectionSize(theme.TARGET)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(
            lambda section: self.sorting_clicked.emit(COLUMNS[section].id)
        )
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._column_menu_wanted)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        for column in COLUMNS:
            self.setColumnWidth(AT[column.id], column.width)
        header.sectionResized.connect(self._resized)
        self._show_columns()

    def _show_columns(self) -> None:
        for column in COLUMNS:
            on = column.on and (self._has_many_accounts or not column.many_accounts)
            if self._chosen_columns is not None:
                on = column.id in self._chosen_columns
            self.setColumnHidden(AT[column.id], not on and column.id != "name")
        self._fit_name()

    def _fit_name(self) -> None:
        """Let the name give way to what a person must see: is it done, saved, how long left."""
        if not self._fits_name:
            return
        others = [AT[i] for i in _VITAL if not self.isColumnHidden(AT[i])]
        room = self.viewport().width() - sum(self.columnWidth(at) for at in others)
        self._is_fitting = True
        self.setColumnWidth(AT["name"], max(_NAME_WIDTHS[0], min(room, _NAME_WIDTHS[1])))
        self._is_fitting = False

    def _resized(self, section: int) -> None:
        if section == AT["name"] and not self._is_fitting:
            self._fits_name = False

    def _column_menu_wanted(self, at: QPoint) -> None:
        menu = self.column_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))
