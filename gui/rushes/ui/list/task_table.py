"""The task table: rows in the order of the store, selection and scrolling kept by task."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from rushes.core.account import Account
from rushes.core.eta import Eta
from rushes.core.events import SaveProgress
from rushes.core.grouping import GroupBy
from rushes.core.listing import HEAD, SORT_DEFAULT, Group, ListFilter, ListQuery, Numbers, Term
from rushes.core.task import Diff, Key, Task
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.text import tr
from rushes.ui.list import group_bands
from rushes.ui.list.column_table import AT, ColumnTable
from rushes.ui.list.delegates import HOVERED, CellDelegate
from rushes.ui.list.selection import (
    Arrived,
    HoverGuard,
    PendingSelection,
    ScrollAnchor,
    ScrollPlace,
    SelectionSnapshot,
    selected_rows,
)
from rushes.ui.list.task_model import BLOCK, TaskModel
from rushes.ui.widgets import plain, theme

#: Selected rows that are told one by one; a command reaches all of them all the same.
_TOLD = 2000
#: Folded groups that are remembered.
_FOLDED = 500
#: The first rows are on the screen before the rest of a long order is known.
FIRST_ROWS = 200

Keys = Callable[[list[Key]], object]


class TaskTable(ColumnTable):
    """Shows what the store says: it asks through signals, and the answers come in by methods.

    Attributes:
    rows: Its model, which asks for the tasks of rows and hears of new names.

    Signals:
    order_wanted: (ListQuery, int, bool): the rows of this, to be given to `show_order` with the
        number; True: the first `FIRST_ROWS` before the others.
    keys_wanted: (list[int], function): the keys of these numbers, for the function.
    places_wanted: list[Key], for `take_places`.
    unveiling_wanted: a row that shall be selected is hidden by the search or the view.
    selection_changed: list[Key], in row order, of the first `_TOLD` that are in memory.
    current_changed: Key | None, the row whose details are shown.
    menu_wanted: QPoint on the screen; there is a selection.
    seed_clicked: Key.
    rows_changed: the number of shown rows may have changed.
    """

    order_wanted = Signal(ListQuery, int, bool)
    keys_wanted = Signal(list, object)
    places_wanted = Signal(list)
    unveiling_wanted = Signal()
    selection_changed = Signal(list)
    current_changed = Signal(object)
    menu_wanted = Signal(QPoint)
    seed_clicked = Signal(Key)
    opened = Signal(Key)
    rows_changed = Signal()

    def __init__(self, now: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = TaskModel(Context(now=now), self)
        self._question = 0  # the number of the newest order that was asked for
        self._is_asked = False  # and whether its answer is still to come, in full
        self._ask_again = False  # something changed meanwhile
        self._is_users = True  # the user asked for other rows: they may move under the pointer
        self._held: SelectionSnapshot | None = (
            None  # between the first rows of an order and the others
        )
        self.pointed = HoverGuard(self)
        self._awaited = PendingSelection(self, self.rows, self.pointed)
        self._told_current: Key | None = None
        self.pointed.left.connect(self._settle)
        self.is_filled = False  # an order was shown in full at least once
        self.setObjectName("tasks")
        plain.name(self, tr("Tasks"))
        self.setModel(self.rows)
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
        self.set_up_headers()
        self.sorting_clicked.connect(self._sort_clicked)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.viewportEntered.connect(lambda: self._hover(-1))
        self.doubleClicked.connect(self._double_clicked)
        self.clicked.connect(self._clicked)
        self.set_density("comfortable")

    # --- in -------------------------------------------------------------------------------

    def task(self, key: Key) -> Task | None:
        """A task in memory: at least those that are on the screen or were just selected."""
        return self.rows.task(key)

    @property
    def context(self) -> Context:
        return self.rows.ctx

    @property
    def listing(self) -> ListQuery:
        return self.rows.listing

    @property
    def known_tasks(self) -> Sequence[Task]:
        """The tasks in memory."""
        return tuple(self.rows.known.values())

    @property
    def row_count(self) -> int:
        return len(self.rows.order)

    @property
    def has_visible_rows(self) -> bool:
        """Whether the rows on the screen have been read."""
        first, last = self._visible()
        order, known = self.rows.order[first : last + 1], self.rows.known
        return bool(order) and all(num in known or num >= HEAD for num in order)

    def visible_rows(self) -> range:
        first, last = self._visible()
        return range(first, last + 1)

    def live_keys(self, rows: Iterable[int]) -> frozenset[Key]:
        """The tasks of these rows that still run, as far as they are in memory."""
        return frozenset(task.key for task in self.tasks_of(rows) if task.is_live)

    def tasks_of(self, rows: Iterable[int]) -> tuple[Task, ...]:
        """The tasks of these rows, as far as they are in memory."""
        order, known = self.rows.order, self.rows.known
        tasks = (known.get(order[row]) for row in rows if row < len(order))
        return tuple(task for task in tasks if task is not None)

    def refresh(self) -> None:
        """Ask for the order anew, as soon as the one that is asked for has come."""
        if self._is_asked:
            self._ask_again = True
        else:
            self._ask()

    def show_order(
        self,
        question: int,
        order: Numbers,
        *,
        whole: bool,
        groups: Mapping[int, Group] | None = None,
    ) -> None:
        """The answer to `order_wanted`. An older one than the newest question is passed over.

        Args:
            groups: What the heads in `order` say, where the listing is grouped.
        """
        if question != self._question:
            return
        self.rows.groups = groups or {}
        held = self._held or SelectionSnapshot(self, self.rows)
        may_move = self._is_users or not self._is_pointed_at()
        with ScrollAnchor(self, self.rows, holds_top=not may_move):
            self.rows.show(order, may_move=may_move)
            if self.rows.replaced:
                held.restore()
        self._held = None if whole else held
        self._need_visible()
        if not whole:
            self.rows_changed.emit()
            return
        self._is_asked, self._is_users, self.is_filled = False, False, True
        if held.has_changed():
            self._tell_selection()
        self.rows_changed.emit()
        if self._ask_again:
            self._ask()
        else:
            self._select_awaited()

    def order_failed(self, question: int) -> None:
        """The store could not answer; the rows stay as they are."""
        if question == self._question:
            self._is_asked = self._ask_again = False
            self._held = None

    def take(self, rows: Iterable[tuple[int, Task]]) -> None:
        """The tasks that were asked for."""
        self.rows.take(rows)
        current = self.currentIndex()
        if current.isValid() and self.current_key() not in (None, self._told_current):
            self._tell_current(current)
            self._tell_selection()

    def take_failed(self) -> None:
        self.rows.forget_asked()

    def apply(self, diff: Diff) -> None:
        with ScrollAnchor(self, self.rows, holds_top=self._is_pointed_at()):
            is_due = self.rows.apply(diff)
        self.rows_changed.emit()
        if is_due:
            self.refresh()

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        known = {account.id: account for account in accounts}
        self.rows.ctx = replace(self.rows.ctx, accounts=known)
        self.set_many_accounts(len(known) > 1)
        self.viewport().update()
        self.refresh()

    def set_eta(self, eta: Callable[[Task], Eta | None]) -> None:
        """Who can tell how long a task may still take."""
        self.rows.ctx = replace(self.rows.ctx, eta=eta)

    def set_scope(self, scope: ListFilter) -> None:
        self._show(replace(self.listing, scope=scope))

    def set_search(self, terms: tuple[Term, ...]) -> None:
        self._show(replace(self.listing, terms=terms))

    def set_now(self, now: float) -> None:
        """Let time go by; only the rows on the screen are painted anew."""
        self.rows.set_now(now, *self._visible())

    def set_progress(self, news: SaveProgress) -> None:
        self.rows.set_progress(news)

    def set_density(self, density: str) -> None:
        self.verticalHeader().setDefaultSectionSize(
            theme.COMPACT if density == "compact" else theme.COMFORTABLE
        )

    # --- selection by key -----------------------------------------------------------------

    def selected_rows(self) -> list[range]:
        """The selected rows in order: long runs cost no more than short ones."""
        return selected_rows(self.selectionModel())

    def selected_keys(self) -> list[Key]:
        """The keys of the first `_TOLD` selected rows, as far as they are in memory."""
        rows = islice(chain.from_iterable(self.selected_rows()), _TOLD)
        known, order = self.rows.known, self.rows.order
        tasks = (known.get(order[row]) for row in rows)
        return [task.key for task in tasks if task is not None]

    def with_selected(self, then: Keys) -> None:
        """Call `then` with the keys of all selected rows, at once when they are in memory."""
        keys = self.selected_keys()
        if len(keys) == sum(map(len, self.selected_rows())):
            then(keys)
        else:
            self.keys_wanted.emit(self.selected_numbers(), then)

    def selected_numbers(self) -> list[int]:
        """The numbers of all selected tasks, in row order."""
        order = self.rows.order
        spans = (order[span.start : span.stop] for span in self.selected_rows())
        return [num for span in spans for num in span if num < HEAD]

    def current_key(self) -> Key | None:
        index = self.currentIndex()
        task = self.rows.task_at(index.row()) if index.isValid() else None
        return task.key if task else None

    def select(self, keys: Iterable[Key]) -> None:
        """Select these and bring the first into sight, once it is known where they are; what
        hides one of them is wished away (`unveiling_wanted`)."""
        if self._awaited.begin(keys):
            self._find_awaited()
        else:
            self.places_wanted.emit(list(self._awaited.keys))

    def come_back(self, keys: Sequence[Key], top: ScrollPlace | None, arrived: Arrived) -> None:
        """Select again what was selected before a restart, the current one first, where nothing
        hides it and the user has selected nothing meanwhile; `arrived` is called once, then."""
        self._awaited.come_back(keys, top, arrived)
        self.places_wanted.emit(list(self._awaited.keys))

    def take_places(self, places: dict[Key, int], rows: Iterable[tuple[int, Task]]) -> None:
        """Where the tasks of `places_wanted` are; those that are not there are not in the list."""
        self._awaited.keep(places)
        self.rows.learn(places)
        self.rows.take(rows)
        self._find_awaited()

    def rename_current(self) -> None:
        """Edit the name of the current row in place."""
        index = self.currentIndex()
        if index.isValid():
            name = index.siblingAtColumn(AT["name"])
            self.setColumnHidden(AT["name"], False)
            self.scrollTo(name)
            self.edit(name)

    # --- columns and sorting --------------------------------------------------------------

    def sort_by(self, column: str, descending: bool) -> None:
        """Order by a column's id; `SORT_DEFAULT` for live first, then newest."""
        self.show_listing(replace(self.listing, sort_by=column, descending=descending))

    def group_by(self, what: GroupBy) -> None:
        """Put rows into groups; what was folded away comes back."""
        self._show(replace(self.listing, group_by=what, folded=frozenset()))

    def fold(self, names: Iterable[str]) -> None:
        """Only the heads of these groups are rows, and all of the others."""
        self._show(replace(self.listing, folded=frozenset(names)))

    def toggle_group(self, row: int) -> bool:
        """Fold the group whose head this row is, or unfold it. False: it is no head."""
        group = self.rows.group_at(row) if 0 <= row < self.row_count else None
        if group is not None:
            self.fold(self.listing.folded ^ {group.name})
        return group is not None

    @property
    def groups(self) -> Sequence[Group]:
        """Those the rows are in now."""
        return tuple(self.rows.groups.values())

    def show_listing(self, listing: ListQuery) -> None:
        """Show these rows in this order; an unknown column is the default."""
        by = listing.sort_by if listing.sort_by in AT else SORT_DEFAULT
        header, order = self.horizontalHeader(), Qt.SortOrder
        with QSignalBlocker(header):
            header.setSortIndicator(
                AT.get(by, -1),
                order.DescendingOrder if listing.descending else order.AscendingOrder,
            )
        self._show(replace(listing, sort_by=by))

    def layout_state(self) -> dict[str, Any]:
        """Columns and sort; plain JSON values."""
        now = self.listing
        sort = [now.sort_by, now.descending]
        groups = {"by": now.group_by.value, "folded": sorted(now.folded)[:_FOLDED]}
        return {**self.columns_state(), "sort": sort, "groups": groups}

    def restore_layout(self, state: dict[str, Any]) -> None:
        """What `layout_state` gave; columns of another version are passed over."""
        self.restore_columns(state)
        by, descending = state.get("sort", (SORT_DEFAULT, False))
        groups = state.get("groups") or {}
        known = {each.value: each for each in GroupBy}
        self.show_listing(
            replace(
                self.listing,
                sort_by=str(by),
                descending=bool(descending),
                group_by=known.get(str(groups.get("by")), GroupBy.NOTHING),
                folded=frozenset(map(str, groups.get("folded", ()))),
            )
        )

    # --- events ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.listing.group_by is not GroupBy.NOTHING:
            group_bands.paint(self, *self._visible())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.selectionModel().hasSelection():
            self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens and Escape is the window's: neither starts editing or clears here."""
        if group_bands.is_toggle(event, self.currentIndex()):
            self.toggle_group(self.currentIndex().row())
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    # --- inside ---------------------------------------------------------------------------

    def _sort_clicked(self, column: str) -> None:
        """First click ascending, second descending, third back to live first."""
        now = self.listing
        if column in (SORT_DEFAULT, "poster"):
            self.sort_by(SORT_DEFAULT, descending=False)
        elif now.sort_by != column:
            self.sort_by(column, descending=False)
        elif not now.descending:
            self.sort_by(column, descending=True)
        else:
            self.sort_by(SORT_DEFAULT, descending=False)

    def _show(self, listing: ListQuery) -> None:
        """The user asked for other rows: whatever was asked before is of no interest any more."""
        if listing != self.listing or not self.is_filled:
            self.rows.listing = listing
            self._is_users = True
            self._ask()

    def _ask(self) -> None:
        self._question += 1
        self._is_asked, self._ask_again, self._held = True, False, None
        at_top = self.verticalScrollBar().value() == 0 and not self._awaited.comes_back_scrolled
        self.order_wanted.emit(self.listing, self._question, at_top)

    def _settle(self) -> None:
        if not self.rows.is_settled and not self._is_pointed_at():
            held = SelectionSnapshot(self, self.rows)
            with ScrollAnchor(self, self.rows, holds_top=False):
                self.rows.settle()
                if self.rows.replaced:
                    held.restore()
            if held.has_changed():
                self._tell_selection()
            self._need_visible()
            self.rows_changed.emit()

    def _visible(self) -> tuple[int, int]:
        """The first and the last row on the screen."""
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, self.rowAt(0)), self.row_count - 1 if last < 0 else last

    def _need_visible(self) -> None:
        if self.row_count:
            first, last = self._visible()
            self.rows.need(first, min(last, first + BLOCK))

    def _find_awaited(self) -> None:
        """Where the tasks to be selected are; another order may be on its way already."""
        if self._is_asked:
            return
        if self._awaited.is_any_hidden:
            self.unveiling_wanted.emit()
        if not self._is_asked:
            self._select_awaited()

    def _select_awaited(self) -> None:
        if self._awaited.select():
            self._need_visible()

    def _hover(self, row: int) -> None:
        if self.property(HOVERED) != row:
            self.setProperty(HOVERED, row)
            self.viewport().update()

    def _is_pointed_at(self) -> bool:
        """Whether moving rows would pull one from under the user's pointer or editor."""
        if self.state() is QAbstractItemView.State.EditingState:
            return True
        return self.pointed.is_any

    def _clicked(self, index: QModelIndex) -> None:
        if self.toggle_group(index.row()):
            return
        if COLUMNS[index.column()].id == "seed":
            task = self.rows.task_at(index.row())
            if task is not None and task.report.seed is not None:
                self.seed_clicked.emit(task.key)

    def _double_clicked(self, index: QModelIndex) -> None:
        if task := self.rows.task_at(index.row()):
            self.opened.emit(task.key)

    def _tell_selection(self) -> None:
        if self._held is None:
            self.selection_changed.emit(self.selected_keys())

    def _tell_current(self, current: QModelIndex) -> None:
        if self._held is None:
            self._told_current = self.current_key() if current.isValid() else None
            self.current_changed.emit(self._told_current)
