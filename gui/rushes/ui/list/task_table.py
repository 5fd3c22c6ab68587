"""The task table: rows in the order of the store, selection and scrolling kept by task."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from rushes.core.account import Account
from rushes.core.eta import Eta
from rushes.core.events import SaveProgress
from rushes.core.failure import Kind
from rushes.core.grouping import GroupBy
from rushes.core.listing import (
    HEAD,
    SORT_DEFAULT,
    Band,
    Group,
    ListFilter,
    ListQuery,
    Numbers,
    Term,
)
from rushes.core.task import Diff, Key, Task
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.text import tr
from rushes.ui.list import group_bands
from rushes.ui.list.column_table import AT, ColumnTable
from rushes.ui.list.delegates import HOVERED, CellDelegate
from rushes.ui.list.drag_rows import carry
from rushes.ui.list.row_order import rows_of, runs
from rushes.ui.list.task_model import BLOCK, TaskModel
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.past_end import PastEnd

_Index = QModelIndex | QPersistentModelIndex

#: What tells that somebody points; a window that opens beneath a pointer at rest is not meant.
_POINTING = frozenset({QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})

#: A task and how far from the upper edge it stood (pixels).
ScrollPlace = tuple[Key, int]
#: Called with the row of such a task (None: it is in none) and its distance.
Arrived = Callable[[int | None, int], object]

#: Selected rows that are told one by one; a command reaches all of them all the same.
_TOLD = 2000
#: Folded groups that are remembered.
_FOLDED = 500
#: The first rows are on the screen before the rest of a long order is known.
FIRST_ROWS = 200

#: Columns whose texts stand on the cards of the gallery, too.
_ON_CARDS = frozenset({"name", "status"})

Keys = Callable[[list[Key]], object]


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
    """The selection by numbers, for when so many rows are exchanged that Qt loses it.

    Attributes:
        left: What of it is selected while the first rows alone are there.
    """

    def __init__(self, table: QTableView, model: TaskModel) -> None:
        self._table, self._model = table, model
        order, spans = model.order, selected_rows(table.selectionModel())
        self._is_all = bool(order) and sum(map(len, spans)) == len(order)
        self._nums = order[:] if self._is_all else self.now()
        current = table.currentIndex()
        self._current = order[current.row()] if current.isValid() else None
        self._column = current.column()
        self._was = sum(map(len, spans))
        self.left: list[int] = []

    def now(self) -> list[int]:
        """The numbers of what is selected by now."""
        order, spans = self._model.order, selected_rows(self._table.selectionModel())
        return [num for span in spans for num in order[span.start : span.stop]]

    def restore(self) -> None:
        """Select again what still is there, without a word."""
        flag = QItemSelectionModel.SelectionFlag
        chosen = self._table.selectionModel()
        with QSignalBlocker(chosen):
            row = None if self._current is None else self._model.row_of_number(self._current)
            if row is not None:
                index = self._model.index(row, self._column)
                chosen.setCurrentIndex(index, flag.NoUpdate)
            if self._is_all and len(self._model.order) <= self._was:
                self._table.selectAll()
            elif nums := set(self._nums):  # others came that nobody selected
                rows = sorted(rows_of(self._model.order, nums).values())
                chosen.select(selection_of(self._model, rows), flag.ClearAndSelect)

    def has_changed(self) -> bool:
        """Whether a selected row is gone."""
        return sum(map(len, selected_rows(self._table.selectionModel()))) != self._was


class HoverGuard(QObject):
    """Whether somebody points at one of the views that show the rows: then none may move.

    Attributes:
        views: Those views.
        holds: Somebody looks at one row after the other: none may move then, either.

    Signals:
        left: the pointer has left one of them, and all is done that goes with it.
    """

    left = Signal()

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self.views: list[QAbstractItemView] = []
        self.holds = False
        self._meant: QObject | None = None  # the viewport that was pointed at last
        self.add(view)

    def add(self, view: QAbstractItemView) -> None:
        self.views.append(view)
        view.viewport().installEventFilter(self)

    @property
    def is_any(self) -> bool:
        if self.holds:
            return True
        ports = [view.viewport() for view in self.views if view.isVisible()]
        return any(port is self._meant and port.underMouse() for port in ports)

    def release(self) -> None:
        """Rows may move again."""
        self.holds = False
        self.left.emit()

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


class PendingSelection:
    def __init__(self, table: QTableView, model: TaskModel, pointed: HoverGuard) -> None:
        self._table = table
        self._model = model
        self._views = pointed.views
        self._keys: tuple[Key, ...] | None = None
        self._are_known = False  # an order that comes before their numbers selects nothing
        self._top: ScrollPlace | None = None
        self.arrived: Arrived | None = None  # where they were selected before a restart

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
        self._keys, self._top, self.arrived = tuple(keys), None, None
        self._are_known = all(self._model.number(key) is not None for key in self._keys)
        return self._are_known

    def come_back(self, keys: Sequence[Key], top: ScrollPlace | None, arrived: Arrived) -> None:
        """Wait for what was selected and on the screen before a restart."""
        self._keys, self._top, self.arrived = tuple(keys), top, arrived
        self._are_known = False

    def keep(self, known: Container[Key]) -> None:
        """Those that are not in the list are waited for no longer."""
        self._keys = tuple(key for key in self._keys or () if key in known)
        self._are_known = True

    @property
    def is_any_hidden(self) -> bool:
        """Whether one that the user wants to see is in no row, because of the search, the view or
        a folded group."""
        wanted = self._keys or () if self.arrived is None else ()
        return any(self._model.row(key) is None for key in wanted)

    def select(self) -> bool:
        """Select those that are in rows, and bring the first into sight, or the place of before
        the restart. False: none waits, or none is there."""
        if self._keys is None or not self._are_known:
            return False
        keys, self._keys = self._keys, None
        top, self._top = self._top, None
        arrived, self.arrived = self.arrived, None
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


class TaskTable(ColumnTable):
    """Shows what the store says: it asks through signals, and the answers come in by methods.

    Attributes:
    rows: Its model, which asks for the tasks of rows and hears of new names.
    past_end: How far it scrolls past its last row.

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

    def __init__(self, now: float) -> None:
        super().__init__()
        self.past_end = PastEnd(self)
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
        self.selectionModel().selectionChanged.connect(self._selection_changed)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.entered.connect(lambda index: self._hover(index.row()))
        self.viewportEntered.connect(lambda: self._hover(-1))
        self.doubleClicked.connect(self._double_clicked)
        self.clicked.connect(self._clicked)
        self.set_density("comfortable")

    def startDrag(self, actions: Qt.DropAction) -> None:
        delegate = self.itemDelegate()
        posters = delegate.posters if isinstance(delegate, CellDelegate) else None
        carry(self, posters, actions)

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
    def found(self) -> int | None:
        """How many tasks the search leaves, also those folded away; None: nothing is searched."""
        if not self.listing.terms:
            return None
        groups = self.rows.groups.values()
        return sum(group.size for group in groups) if groups else self.row_count

    @property
    def has_visible_rows(self) -> bool:
        """Whether the rows on the screen have been read."""
        first, last = self._visible()
        order, known = self.rows.order[first : last + 1], self.rows.known
        return bool(order) and all(num in known or num >= HEAD for num in order)

    @property
    def comes_back(self) -> bool:
        """Whether what `come_back` was given is not selected yet."""
        return self._awaited.arrived is not None

    @property
    def is_waiting(self) -> bool:
        """Whether other rows are asked for that have not all come."""
        return self._is_asked

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
        bands: tuple[Band, ...] = (),
    ) -> None:
        """The answer to `order_wanted`. An older one than the newest question is passed over.

        Args:
            groups: What the heads in `order` say, where the listing is grouped.
            bands: The days of the rows, for the gallery.
        """
        if question != self._question:
            return
        self.rows.groups = groups or {}
        held = self._held
        if held is None or held.now() != held.left:  # the user selects among the first rows already
            held = SelectionSnapshot(self, self.rows)
        may_move = self._is_users or not self._is_pointed_at()
        with ScrollAnchor(self, self.rows, holds_top=not may_move):
            self.rows.show(order, bands, may_move=may_move)
            if self.rows.replaced:
                held.restore()
        self._held = None if whole else held
        self._need_visible()
        if not whole:
            held.left = held.now()
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
        selected = self.selected_rows()
        with ScrollAnchor(self, self.rows, holds_top=self._is_pointed_at()):
            is_due = self.rows.apply(diff)
        if diff.removed and selected and not self.selectionModel().hasSelection():
            self._select_near(selected[0][0])
        self.rows_changed.emit()
        if is_due:
            self.refresh()

    def set_accounts(self, accounts: Iterable[Account]) -> None:
        known = {account.id: account for account in accounts}
        self.rows.ctx = replace(self.rows.ctx, accounts=known)
        self.viewport().update()
        self.refresh()

    def set_eta(self, eta: Callable[[Task], Eta | None]) -> None:
        """Who can tell how long a task may still take."""
        self.rows.ctx = replace(self.rows.ctx, eta=eta)

    def set_held(self, held: Mapping[str, Kind]) -> None:
        """Which accounts ask for nothing before the user acts, and why."""
        if held != self.rows.ctx.held:
            self.rows.ctx = replace(self.rows.ctx, held=held)
            if rows := self.row_count:
                ends = (0, 0), (rows - 1, len(COLUMNS) - 1)
                self.rows.dataChanged.emit(*(self.rows.index(*end) for end in ends))

    def set_scope(self, scope: ListFilter) -> None:
        self._show(replace(self.listing, scope=scope))

    def set_search(self, terms: tuple[Term, ...]) -> None:
        self._show(replace(self.listing, terms=terms))

    def set_now(self, now: float) -> None:
        """Let time go by; only the rows on the screen are painted anew."""
        shown = {each.id for each in COLUMNS if not self.isColumnHidden(AT[each.id])}
        self.rows.set_now(now, *self._visible(), shown | _ON_CARDS)

    def set_ids_as_names(self, on: bool) -> None:
        """Whether a take that the user gave no name is called by its id."""
        if on != self.rows.ctx.ids_as_names:
            self.rows.ctx = replace(self.rows.ctx, ids_as_names=on)
            wanted = replace(self.listing, ids_as_names=on)
            if self.is_filled and self.listing.sort_by == "name":
                self._show(wanted)
            else:
                self.rows.listing = wanted
            if rows := self.row_count:
                self.rows.dataChanged.emit(
                    *(self.rows.index(row, AT["name"]) for row in (0, rows - 1))
                )

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

    def go_to(self, row: int) -> None:
        """Select this row alone and bring it into sight."""
        self.rows.need(row, row)
        index = self.rows.index(row, AT["name"])
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        self.scrollTo(index)
        # Last: who hears of it may go to another row at once.
        self.selectionModel().select(index, flag.ClearAndSelect | flag.Rows)

    def select_one(self) -> None:
        """Have something selected: the first task where nothing is."""
        if not self.selected_rows():
            order = self.rows.order
            if (row := next((n for n, num in enumerate(order) if num < HEAD), None)) is not None:
                self.go_to(row)

    def come_back(
        self,
        keys: Sequence[Key],
        top: ScrollPlace | None,
        arrived: Arrived,
        terms: tuple[Term, ...] | None = None,
    ) -> None:
        """Select again what was selected before a restart or a search, the current one first, where
        nothing hides it and the user has selected nothing meanwhile; `arrived` is called once,
        then. With `terms`, as `set_search` before."""
        self._awaited.come_back(keys, top, arrived)
        if terms is not None:
            self.set_search(terms)
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

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the first and the last row, not the first and the last column."""
        move = QAbstractItemView.CursorAction
        if action not in (move.MoveHome, move.MoveEnd) or not self.row_count:
            return super().moveCursor(action, modifiers)
        row = 0 if action is move.MoveHome else self.row_count - 1
        return self.rows.index(row, max(0, self.currentIndex().column()))

    def updateGeometries(self) -> None:
        """Qt's range of the scroll bar ends with the last row; ours may end below it."""
        bar, rows = self.verticalScrollBar(), self.verticalHeader()
        place, end = bar.value(), bar.maximum()
        with QSignalBlocker(bar):  # Qt moves it to the nearest place in its own range
            super().updateGeometries()
            past = rows.length() - self.viewport().height()
            bar.setMaximum(self.past_end.maximum(past, place))
            bar.setValue(place)
            rows.setOffset(bar.value())
        shows = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(  # a bar for the room alone would make the rows narrower
            shows.ScrollBarAlwaysOff if past <= 0 else shows.ScrollBarAsNeeded
        )
        if bar.maximum() != end:
            bar.rangeChanged.emit(bar.minimum(), bar.maximum())
        if bar.value() != place:
            bar.valueChanged.emit(bar.value())

    def scrollTo(
        self,
        index: _Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        super().scrollTo(index, hint)
        place, bar = self.visualRect(index), self.verticalScrollBar()
        hidden = place.bottom() - (self.viewport().height() - self.past_end.covered)
        if place.isValid() and hidden > 0:
            bar.setValue(bar.value() + min(hidden, place.top()))

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
        # Rows that are there already stay while they are asked for anew.
        is_new = self._is_users or not self.is_filled
        at_top = self.verticalScrollBar().value() == 0 and not self._awaited.comes_back_scrolled
        self.order_wanted.emit(self.listing, self._question, is_new and at_top)

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

    def _select_near(self, row: int) -> None:
        """What was selected from `row` on is gone: the task that has moved up there is selected, or
        the one before."""
        after, before = range(row, self.row_count), range(min(row, self.row_count) - 1, -1, -1)
        near = chain(islice(after, 2), islice(before, 2))  # one of two is no head of a group
        there = next((at for at in near if self.rows.group_at(at) is None), None)
        if there is not None:
            flag = QItemSelectionModel.SelectionFlag
            index = self.rows.index(there, AT["name"])
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def _selection_changed(self) -> None:
        """Whoever selects one row from outside, as a screen reader does, means it: the details and
        the next arrow key go by the current row."""
        rows = self.selected_rows()
        if self._held is None and len(rows) == 1 and len(rows[0]) == 1:
            row, current = rows[0][0], self.currentIndex()
            if current.row() != row:
                index = self.rows.index(row, max(0, current.column()))
                flag = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        self._tell_selection()

    def _tell_selection(self) -> None:
        if self._held is None:
            self.selection_changed.emit(self.selected_keys())

    def _tell_current(self, current: QModelIndex) -> None:
        if self._held is None:
            self._told_current = self.current_key() if current.isValid() else None
            self.current_changed.emit(self._told_current)
