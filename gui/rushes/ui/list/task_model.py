"""The rows of the task table: their order, and the few of them that are near the screen.

Nothing here grows with a task that is not shown but four bytes of its number.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    QUrl,
    Signal,
)

from rushes.core.events import SaveProgress
from rushes.core.grouping import GroupBy
from rushes.core.listing import HEAD, Band, Group, ListQuery, Numbers, numbers
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Diff, Key, Task
from rushes.presentation.columns import BY_ID, COLUMNS, Context
from rushes.presentation.take import second_line
from rushes.presentation.text import tr
from rushes.ui.list import cells
from rushes.ui.list.row_order import changed_part, gently, place, row_of, runs

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
#: Marks a drag of our own rows: the selected ones.
TAKES = "application/x-rushes-takes"
Role = Qt.ItemDataRole

#: What of a column changes while nothing but time goes by.
TIMED: Mapping[str, Callable[[Task, Context], str]] = {
    "name": lambda task, ctx: second_line(task, ctx).tail,
    **{id_: BY_ID[id_].shown for id_ in ("status", "left", "created", "updated", "record_expires")},
}

#: With more separate runs of rows than this, one change of layout is cheaper.
_MANY_RUNS = 24
#: A larger part of the list that changed is taken out and put in as a whole.
_MANY_ROWS = 5000
#: Rows are asked for in blocks around what is needed.
BLOCK = 100
#: Tasks kept in memory.
_KEPT = 4000


class TaskModel(QAbstractTableModel):
    """Shows an order of numbers; the tasks behind them are asked for as they come into sight.

    A row whose task changed stays where it is until another order is shown: rows never jump
    under the pointer.

    Attributes:
        listing, ctx: What the order was made from; a cell's text depends on `ctx`.
        groups: What the heads among the rows say.
        bands: The days of the rows, from the top; () where they are not known.
        replaced: Whether the last `show` took out and put in so many rows that Qt lost track of
            the selection.

    Signals:
        bands_changed: the same rows are of other days.
        rows_wanted: list[int], the numbers of tasks that are needed; `take` brings them.
        renamed: (Key, str) the user edited a name in place.
        dragged_unsaved: list[Key], rows dragged out whose files are not on disk yet.
        dragged_out: list[Key], rows whose files another program took.
    """

    TASK, GROUP = cells.TASK, cells.GROUP

    bands_changed = Signal()
    rows_wanted = Signal(list)
    renamed = Signal(Key, str)
    dragged_unsaved = Signal(list)
    dragged_out = Signal(list)

    def __init__(self, ctx: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self.listing = ListQuery()
        self.groups: Mapping[int, Group] = {}
        self.bands: tuple[Band, ...] = ()
        self.replaced = False
        self._order = numbers()
        self._wanted = self._order  # what is shown once rows may move
        self._wanted_bands = self.bands
        self._tasks: dict[int, Task] = {}
        self._num_of: dict[Key, int] = {}
        self._row_hint: dict[int, int] = {}  # true if the order says so
        self._arriving: dict[tuple[Key, ArtifactKind], Artifact] = {}
        self._missed: set[int] = set()  # rows
        self._asked: set[int] = set()  # numbers
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self._ask_missed)

    # --- what is there --------------------------------------------------------------------

    @property
    def known(self) -> Mapping[int, Task]:
        """The tasks in memory by their numbers: at least those on the screen."""
        return self._tasks

    @property
    def order(self) -> Numbers:
        """The numbers of all rows."""
        return self._order

    def task(self, key: Key) -> Task | None:
        num = self._num_of.get(key)
        return None if num is None else self._tasks.get(num)

    def task_at(self, row: int) -> Task | None:
        """The task of a row; None while it is being read, which begins now."""
        num = self._order[row]
        self._row_hint[num] = row
        task = self._tasks.get(num)
        if task is None and num < HEAD:
            self._missed.add(row)
            if not self._asking.isActive():
                self._asking.start()
        return task

    def group_at(self, row: int) -> Group | None:
        """The group whose head this row is; None for a task."""
        num = self._order[row]
        return None if num < HEAD else self.groups.get(num, Group("", 0))

    def is_folded(self, group: Group) -> bool:
        return group.name in self.listing.folded

    def row(self, key: Key) -> int | None:
        """The row of a task whose number is known."""
        num = self._num_of.get(key)
        return None if num is None else self.row_of_number(num)

    def row_of_number(self, num: int) -> int | None:
        row = self._row_hint.get(num, -1)
        if 0 <= row < len(self._order) and self._order[row] == num:
            return row
        found = row_of(self._order, num)
        if found is not None:
            self._row_hint[num] = found
        return found

    def number(self, key: Key) -> int | None:
        return self._num_of.get(key)

    def learn(self, places: Mapping[Key, int]) -> None:
        """The numbers of tasks that may not be in memory."""
        self._num_of.update(places)

    # --- changes --------------------------------------------------------------------------

    def apply(self, diff: Diff) -> bool:
        """Bring the rows up to date. Returns whether another order may be due: for what came,
        what moved, what is not known here, and what left a group, whose head counts its takes."""
        is_grouped = self.listing.group_by is not GroupBy.NOTHING
        is_due = bool(diff.added) or (is_grouped and bool(diff.removed))
        gone: list[int] = []
        for key in diff.removed:
            num = self._num_of.pop(key, None)
            is_due = is_due or num is None
            if num is not None:
                self._tasks.pop(num, None)
                gone.append(num)
        self._drop(gone)
        touched: list[int] = []
        for task in (*diff.changed, *diff.added):
            num = self._num_of.get(task.key)
            old = None if num is None else self._tasks.get(num)
            if num is None or old is None:
                is_due = True
                continue
            new = self._tasks[num] = self._with_progress(task)
            touched.append(num)
            if not is_due:
                is_due = place(self.listing, old, self.ctx) != place(self.listing, new, self.ctx)
        self._repaint(touched)
        return is_due

    def show(self, order: Numbers, bands: tuple[Band, ...] = (), *, may_move: bool = True) -> None:
        """Show other rows, or the same in another order.

        Args:
            bands: Their days.
            may_move: False: rows that are shown stay where they are; new ones come between them.
        """
        self._wanted, self._wanted_bands = order, bands
        self._bring(order, may_move=may_move)
        if self.is_settled and self.bands != bands:
            self.bands = bands
            self.bands_changed.emit()

    def _bring(self, order: Numbers, *, may_move: bool) -> None:
        self.replaced = False
        first, old_end, new_end = changed_part(self._order, order)
        if max(old_end, new_end) - first > _MANY_ROWS:
            if may_move:
                self._replace(first, old_end, order[first:new_end])
            return
        old, new = self._order[first:old_end].tolist(), order[first:new_end].tolist()
        self._rearrange(first, old, new if may_move else gently(old, new))

    @property
    def is_settled(self) -> bool:
        return self._order == self._wanted

    def settle(self) -> None:
        """Let rows that waited go to their places, or out of sight."""
        self.show(self._wanted, self._wanted_bands)

    def take(self, rows: Iterable[tuple[int, Task]]) -> None:
        """Tasks that were asked for, or came by the way."""
        came = []
        for num, task in rows:
            self._asked.discard(num)
            self._num_of[task.key] = num
            self._tasks.pop(num, None)
            self._tasks[num] = self._with_progress(task)
            came.append(num)
        for num in list(islice(self._tasks, max(0, len(self._tasks) - _KEPT))):
            self._num_of.pop(self._tasks.pop(num).key, None)
        self._repaint(came)

    def forget_asked(self) -> None:
        """What was asked for could not be read: it may be asked for again."""
        self._asked.clear()

    def need(self, first: int, last: int) -> None:
        """Rows `first` to `last` are wanted, in whole blocks, and soon."""
        begin = max(0, first // BLOCK * BLOCK)
        span = self._order[begin : (last // BLOCK + 1) * BLOCK]
        missing = [n for n in span if n < HEAD and n not in self._tasks and n not in self._asked]
        self._row_hint.update(zip(span, range(begin, begin + len(span)), strict=True))
        if missing:
            self._asked.update(missing)
            self.rows_wanted.emit(missing)

    def set_now(self, now: float, first: int, last: int, columns: Container[str] = TIMED) -> None:
        """Let time go by; of rows `first` to `last`, which are on the screen, those cells are
        painted anew whose text is another now.

        Args:
            columns: Ids of those on the screen.
        """
        before, self.ctx = self.ctx, replace(self.ctx, now=now)
        last = min(last, len(self._order) - 1)
        if not 0 <= first <= last:
            return
        shown = [self._tasks.get(num) for num in self._order[first : last + 1]]
        for column, what in enumerate(COLUMNS):
            say = TIMED.get(what.id)
            if say is None or what.id not in columns:
                continue
            aged = [task and say(task, before) != say(task, self.ctx) for task in shown]
            for start, end in runs(row for row, is_aged in enumerate(aged, first) if is_aged):
                self.dataChanged.emit(self.index(start, column), self.index(end - 1, column))

    def set_progress(self, news: SaveProgress) -> None:
        """Bytes of a running download. Passed over for a file that is not being saved any more."""
        num = self._num_of.get(news.key)
        task = None if num is None else self._tasks.get(num)
        if num is None or task is None or not any(
            a.kind is news.artifact.kind and a.state is not ArtifactState.SAVED
            for a in task.artifacts
        ):  # fmt: skip
            return
        self._arriving[news.key, news.artifact.kind] = news.artifact
        artifacts = tuple(
            news.artifact if a.kind is news.artifact.kind else a for a in task.artifacts
        )
        self._tasks[num] = replace(task, artifacts=artifacts)
        self._repaint([num])

    # --- for Qt ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        read = cells.READERS.get(role)
        if read is None:
            return None
        if (group := self.group_at(index.row())) is not None:
            folded = self.is_folded(group)
            return cells.head_cell(COLUMNS[index.column()], role, group, is_folded=folded)
        task = self.task_at(index.row())
        return None if task is None else read(COLUMNS[index.column()], task, self.ctx)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.DisplayRole:
            short = {"poster": "", "rating": tr("Rating")}  # narrow columns
            return short.get(COLUMNS[section].id, COLUMNS[section].title())
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            return COLUMNS[section].title()
        if role == Role.TextAlignmentRole:
            return cells.aligned(COLUMNS[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.group_at(index.row()) is not None:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        task = self.task_at(index.row())
        can_drag = task is not None and bool(local_files(task) or can_save(task))
        return cells.FLAGS[COLUMNS[index.column()].id == "name", can_drag]

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Passes the wish on; the row changes when the store has it."""
        if not index.isValid() or role != Role.EditRole or COLUMNS[index.column()].id != "name":
            return False
        task = self.task_at(index.row())
        name = str(value).strip()
        if task is not None and name != task.mark.name:
            self.renamed.emit(task.key, name)
        return True

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list", TAKES]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData | None:  # type: ignore[override]
        """Dragged out, a row is its files on disk: nothing that leads to the service. While one of
        them has no file yet there are none: an editor that was given half of the takes would not
        tell. Within the window rows are dragged all the same (`TAKES`)."""
        tasks = self.tasks_at(indexes)
        data = QMimeData()
        data.setData(TAKES, b"takes")
        if not _unsaved(tasks):
            paths = [path for task in tasks for path in local_files(task)]
            data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        return data

    def carried(self, tasks: Sequence[Task], *, is_taken: bool) -> None:
        """Rows were dragged out of the window.

        Args:
            is_taken: Another program took their files.
        """
        if unsaved := _unsaved(tasks):
            self.dragged_unsaved.emit(unsaved)
        elif is_taken:
            self.dragged_out.emit([task.key for task in tasks])

    def tasks_at(self, indexes: Sequence[QModelIndex]) -> list[Task]:
        """Of their rows, each once, in their order."""
        rows = sorted({index.row() for index in indexes})
        return [task for task in map(self.task_at, rows) if task is not None]

    # --- inside ---------------------------------------------------------------------------

    def _ask_missed(self) -> None:
        missed, self._missed = self._missed, set()
        rows = [row for row in missed if row < len(self._order)]
        for first, end in runs(sorted({row // BLOCK for row in rows})):
            self.need(first * BLOCK, end * BLOCK - 1)

    def _repaint(self, nums: Iterable[int]) -> None:
        """Of rows whose place is known: what is on the screen was asked for by its row."""
        order, last = self._order, len(COLUMNS) - 1
        hints = ((num, self._row_hint.get(num, -1)) for num in nums)
        rows = {row for num, row in hints if 0 <= row < len(order) and order[row] == num}
        spans = runs(sorted(rows))
        if len(spans) > _MANY_RUNS:
            spans = [(spans[0][0], spans[-1][1])]
        for first, end in spans:
            self.dataChanged.emit(self.index(first, 0), self.index(end - 1, last))

    def _drop(self, nums: list[int]) -> None:
        rows = sorted(row for num in nums if (row := self.row_of_number(num)) is not None)
        spans = runs(rows)
        if not spans:
            return
        if len(spans) > _MANY_RUNS:
            first, end = spans[0][0], spans[-1][1]
            out = set(nums)
            kept = [num for num in self._order[first:end] if num not in out]
            self._rearrange(first, self._order[first:end].tolist(), kept)
        else:
            for first, end in reversed(spans):
                self._take_out(first, end)
        out = set(nums)
        self._wanted = self._order if self._wanted is self._order else _without(self._wanted, out)

    def _replace(self, first: int, end: int, new: Numbers) -> None:
        self.replaced = True
        self._take_out(first, end)
        self._put_in(first, new)

    def _rearrange(self, first: int, old: list[int], new: list[int]) -> None:
        """Turn the rows `old`, which begin at `first`, into `new` by the least Qt must be told."""
        staying, coming = set(new), set(new) - set(old)
        spans = runs(row for row, num in enumerate(old, first) if num not in staying)
        if len(spans) > _MANY_RUNS:  # bring them together first
            kept = [num for num in old if num in staying]
            self._permute(first, kept + [num for num in old if num not in staying])
            spans = [(first + len(kept), first + len(old))]
        for start, end in reversed(spans):
            self._take_out(start, end)
        kept = [num for num in old if num in staying]
        places = runs(row for row, num in enumerate(new, first) if num in coming)
        if kept == [num for num in new if num not in coming] and len(places) <= _MANY_RUNS:
            for start, end in places:
                self._put_in(start, numbers_of(new[start - first : end - first]))
            return
        if coming:
            self._put_in(first + len(kept), numbers_of([n for n in new if n in coming]))
        self._permute(first, new)

    def _take_out(self, first: int, end: int) -> None:
        if first >= end:
            return
        self.beginRemoveRows(ROOT, first, end - 1)
        self._order = self._order[:first] + self._order[end:]
        self.bands = _without_rows(self.bands, first, end)
        self.endRemoveRows()

    def _put_in(self, first: int, new: Numbers) -> None:
        if not new:
            return
        self.beginInsertRows(ROOT, first, first + len(new) - 1)
        self._order = self._order[:first] + new + self._order[first:]
        self.bands = _with_rows(self.bands, first, len(new))
        self.endInsertRows()

    def _permute(self, first: int, new: list[int]) -> None:
        """The same rows in another order."""
        end = first + len(new)
        before = self._order[first:end].tolist()
        if before == new:
            return
        self.layoutAboutToBeChanged.emit()
        to = {num: row for row, num in enumerate(new, first)}
        held = [i for i in self.persistentIndexList() if first <= i.row() < end]
        self._order = self._order[:first] + numbers_of(new) + self._order[end:]
        self.changePersistentIndexList(
            held, [self.createIndex(to[before[i.row() - first]], i.column()) for i in held]
        )
        self.layoutChanged.emit()

    def _with_progress(self, task: Task) -> Task:
        """Bytes received are not stored: a diff in mid-download must not set the bar back."""

        def carried(a: Artifact) -> Artifact:
            known = self._arriving.get((task.key, a.kind))
            if known is None:
                return a
            if a.state is not ArtifactState.SAVING:
                del self._arriving[task.key, a.kind]
                return a
            return (
                a if a.received else replace(a, received=known.received, size=a.size or known.size)
            )

        if not self._arriving:
            return task
        return replace(task, artifacts=tuple(carried(a) for a in task.artifacts))


def _unsaved(tasks: Sequence[Task]) -> list[Key]:
    return [task.key for task in tasks if not local_files(task) and can_save(task)]


def local_files(task: Task) -> list[str]:
    """The paths of a task's files that are on disk."""
    return [a.path for a in task.artifacts if a.path and a.state is ArtifactState.SAVED]


def can_save(task: Task) -> bool:
    """Whether a file of the task is still to be fetched."""
    return any(a.state in (ArtifactState.REMOTE, ArtifactState.SAVING) for a in task.artifacts)


def _without_rows(bands: tuple[Band, ...], first: int, end: int) -> tuple[Band, ...]:
    kept, start = [], 0
    for band in bands:
        stop = start + band.size
        gone = max(0, min(stop, end) - max(start, first))
        kept.append(replace(band, size=band.size - gone))
        start = stop
    return tuple(band for band in kept if band.size)


def _with_rows(bands: tuple[Band, ...], at: int, count: int) -> tuple[Band, ...]:
    """Rows that came before the row `at` belong to its day until it is known better."""
    start = 0
    for n, band in enumerate(bands):
        start += band.size
        if at < start or n == len(bands) - 1:
            return (*bands[:n], replace(band, size=band.size + count), *bands[n + 1 :])
    return bands


def numbers_of(nums: Iterable[int]) -> Numbers:
    made = numbers()
    made.extend(nums)
    return made


def _without(order: Numbers, nums: set[int]) -> Numbers:
    return numbers_of(num for num in order if num not in nums)
