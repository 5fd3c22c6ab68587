"""The rows of the task table. Takes diffs and never resets: selection and scrolling survive."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)

from rushes.core.news import SaveProgress
from rushes.core.task import Artifact, ArtifactState, Diff, Key, Task
from rushes.presentation.columns import COLUMNS, Column, Context, row_spoken
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import flag_sentence, task_error_sentence
from rushes.ui.plain import rich_free
from rushes.ui.row_order import RowOrder

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole

#: Columns whose text or colour changes while nothing but time goes by.
TIMED = frozenset({"state", "left", "created", "updated", "record_expires"})

#: With more separate runs of rows than this, one change of layout is cheaper.
_MANY_RUNS = 24


class TaskModel(QAbstractTableModel):
    """Shows an ordered list of keys; `RowOrder` says which and in what order.

    A row whose task changed stays where it is until `settle`: rows never jump under the pointer.
    Its old task is kept in `_placed` so that the list stays sorted by what it was placed with.

    Signals:
        renamed: (Key, str) the user edited a name in place.
    """

    TASK = Role.UserRole + 1
    COLUMN = Role.UserRole + 2  # id of the column
    NOW = Role.UserRole + 3
    DETAIL = Role.UserRole + 4  # the second line of a comfortable row

    renamed = Signal(object, str)

    def __init__(self, order: RowOrder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = order
        self._tasks: dict[Key, Task] = {}
        self._rows: list[Key] = []
        self._row_of: dict[Key, int] | None = {}  # None: to be made again when it is asked for
        self._placed: dict[Key, Task] = {}

    # --- what is there --------------------------------------------------------------------

    @property
    def tasks(self) -> Mapping[Key, Task]:
        """All tasks, shown or not."""
        return self._tasks

    @property
    def keys(self) -> Sequence[Key]:
        """The shown ones, in order."""
        return self._rows

    def row(self, key: Key) -> int | None:
        if self._row_of is None:
            self._row_of = {key: row for row, key in enumerate(self._rows)}
        return self._row_of.get(key)

    def task_at(self, row: int) -> Task:
        return self._tasks[self._rows[row]]

    # --- changes --------------------------------------------------------------------------

    def apply(self, diff: Diff) -> None:
        """Bring the rows up to date; new rows go to their place, changed ones wait for `settle`."""
        self._drop(set(diff.removed))
        for key in diff.removed:
            self._tasks.pop(key, None)
            self._placed.pop(key, None)
        fresh = {task.key: task for task in diff.added if task.key not in self._tasks}
        known = [task for task in (*diff.changed, *diff.added) if task.key in self._tasks]
        touched: list[int] = []
        for task in known:
            row = self._replace(task)
            if row is not None:
                touched.append(row)
            elif self.order.accepts(task):
                fresh[task.key] = task
        self._repaint(touched)
        self._tasks.update(fresh)
        self._insert([task for task in fresh.values() if self.order.accepts(task)])

    def settle(self) -> None:
        """Put rows that waited into their place, or out of sight."""
        waiting, self._placed = self._placed, {}
        gone = {key for key in waiting if not self.order.accepts(self._tasks[key])}
        self._placed = waiting  # the list is sorted by these until the rows have moved
        self._drop(gone)
        for key in gone:
            del waiting[key]
        if len(waiting) > _MANY_RUNS:
            waiting.clear()
            self._arrange([task.key for task in self.order.rows(self._tasks.values())])
            return
        for key in list(waiting):
            self._move(key)

    @property
    def is_settled(self) -> bool:
        return not self._placed

    def show(self, order: RowOrder) -> None:
        """Filter and sort anew: the user asked for it, or time moved tasks in or out."""
        self.order = order
        self._placed.clear()
        wanted = [task.key for task in order.rows(self._tasks.values())]
        keep = set(wanted)
        self._drop({key for key in self._rows if key not in keep})
        shown = set(self._rows)
        self._append([key for key in wanted if key not in shown])
        if self._rows != wanted:
            self._arrange(wanted)

    def set_now(self, now: float, first: int, last: int) -> None:
        """Let time go by; rows `first` to `last` are on the screen and get their texts anew."""
        self.order = self.order.at(now)
        last = min(last, len(self._rows) - 1)
        if not 0 <= first <= last:
            return
        for column, what in enumerate(COLUMNS):
            if what.id in TIMED:
                self.dataChanged.emit(self.index(first, column), self.index(last, column))

    def set_progress(self, news: SaveProgress) -> None:
        """Bytes of a running download. Passed over for a file that is not being saved any more."""
        task = self._tasks.get(news.key)
        if task is None or not any(
            a.kind is news.artifact.kind and a.state is not ArtifactState.SAVED
            for a in task.artifacts
        ):
            return
        artifacts = tuple(
            news.artifact if a.kind is news.artifact.kind else a for a in task.artifacts
        )
        row = self._replace(replace(task, artifacts=artifacts))
        if row is not None:
            self._repaint([row])

    # --- for Qt ---------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        read = _READERS.get(role)
        if read is None:
            return None
        return read(COLUMNS[index.column()], self.task_at(index.row()), self.order.ctx)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.DisplayRole:
            return COLUMNS[section].title()
        if role == Role.TextAlignmentRole:
            return _aligned(COLUMNS[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        flags |= Qt.ItemFlag.ItemNeverHasChildren
        if COLUMNS[index.column()].id == "name":
            flags |= Qt.ItemFlag.ItemIsEditable
        if local_files(self.task_at(index.row())):
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Passes the wish on; the row changes when the store has it."""
        if not index.isValid() or role != Role.EditRole or COLUMNS[index.column()].id != "name":
            return False
        task = self.task_at(index.row())
        name = str(value).strip()
        if name != task.mark.name:
            self.renamed.emit(task.key, name)
        return True

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Dragged out, a row is its files on disk: nothing that leads to the service."""
        rows = sorted({index.row() for index in indexes})
        paths = [path for row in rows for path in local_files(self.task_at(row))]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        return data

    # --- inside ---------------------------------------------------------------------------

    def _rank(self, key: Key) -> tuple[Any, ...]:
        return self.order.rank(self._placed.get(key) or self._tasks[key])

    def _replace(self, task: Task) -> int | None:
        """Take the newer value of a known task. Returns its row, if it is shown."""
        old = self._tasks[task.key]
        new = _with_progress(old, task)
        self._tasks[task.key] = new
        row = self.row(task.key)
        if row is None:
            return None
        if task.key in self._placed or not self.order.accepts(new):
            self._placed.setdefault(task.key, old)
        elif self.order.rank(new) != self.order.rank(old):
            self._placed[task.key] = old
        return row

    def _repaint(self, rows: list[int]) -> None:
        last = len(COLUMNS) - 1
        spans = _runs(sorted(set(rows)))
        if len(spans) > _MANY_RUNS:
            spans = [(spans[0][0], spans[-1][1])]
        for first, end in spans:
            self.dataChanged.emit(self.index(first, 0), self.index(end - 1, last))

    def _drop(self, keys: set[Key]) -> None:
        rows = sorted(row for key in keys if (row := self.row(key)) is not None)
        runs = _runs(rows)
        if len(runs) > _MANY_RUNS:  # bring them together first
            self._arrange(
                [k for k in self._rows if k not in keys] + [k for k in self._rows if k in keys]
            )
            runs = [(len(self._rows) - len(rows), len(self._rows))]
        for first, end in reversed(runs):
            self.beginRemoveRows(ROOT, first, end - 1)
            del self._rows[first:end]
            self._row_of = None
            self.endRemoveRows()

    def _append(self, keys: list[Key]) -> None:
        if not keys:
            return
        first = len(self._rows)
        self.beginInsertRows(ROOT, first, first + len(keys) - 1)
        self._rows.extend(keys)
        self._row_of = None
        self.endInsertRows()

    def _insert(self, tasks: list[Task]) -> None:
        """Each to its place, neighbours together."""
        keys = [task.key for task in self.order.rows(tasks)]
        places: dict[int, list[Key]] = {}
        for key in keys:
            at = bisect_left(self._rows, self._rank(key), key=self._rank)
            places.setdefault(at, []).append(key)
        if len(places) > _MANY_RUNS:
            wanted = sorted((*self._rows, *keys), key=self._rank)
            self._append(keys)
            self._arrange(wanted)
            return
        for at, run in reversed(places.items()):
            self.beginInsertRows(ROOT, at, at + len(run) - 1)
            self._rows[at:at] = run
            self._row_of = None
            self.endInsertRows()

    def _move(self, key: Key) -> None:
        """Settle one row: its place among all others, which stand by their placed ranks."""
        start = self.row(key)
        assert start is not None
        others = [*self._rows[:start], *self._rows[start + 1 :]]
        del self._placed[key]
        end = bisect_left(others, self._rank(key), key=self._rank)
        if end == start:
            return
        target = end if end < start else end + 1  # Qt counts with the row still in its place
        self.beginMoveRows(ROOT, start, start, ROOT, target)
        self._rows.insert(end, self._rows.pop(start))
        self._row_of = None
        self.endMoveRows()

    def _arrange(self, keys: list[Key]) -> None:
        """The same rows in another order."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._rows[index.row()], index.column()) for index in before]
        self._rows = keys
        self._row_of = None
        self.changePersistentIndexList(
            before, [self.createIndex(self.row(key) or 0, column) for key, column in held]
        )
        self.layoutChanged.emit()


def local_files(task: Task) -> list[str]:
    """The paths of a task's files that are on disk."""
    return [a.path for a in task.artifacts if a.path and a.state is ArtifactState.SAVED]


def _with_progress(old: Task, new: Task) -> Task:
    """Bytes received are not stored: a diff in mid-download must not set the bar back to zero."""
    before = {a.kind: a for a in old.artifacts if a.state is ArtifactState.SAVING and a.received}
    if not before:
        return new

    def carried(a: Artifact) -> Artifact:
        known = before.get(a.kind)
        if known is None or a.state is not ArtifactState.SAVING or a.received:
            return a
        return replace(a, received=known.received, size=a.size or known.size)

    return replace(new, artifacts=tuple(carried(a) for a in new.artifacts))


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted row numbers as half-open spans: [1, 2, 5] -> [(1, 3), (5, 6)]."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and spans[-1][1] == row:
            spans[-1] = (spans[-1][0], row + 1)
        else:
            spans.append((row, row + 1))
    return spans


def _aligned(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _shown(column: Column, task: Task, ctx: Context) -> Any:
    return column.shown(task, ctx)


def _detail(column: Column, task: Task, ctx: Context) -> Any:
    """What a person should know next: why it failed, what is odd about it, else its id."""
    del column, ctx
    report = task.report
    if why := task_error_sentence(report.error, task.status, report.status_raw):
        return one_line(why)
    if task.flags:
        return flag_sentence(min(task.flags, key=lambda flag: flag.value))
    return one_line(task.id) if task.mark.name else ""


def _edited(column: Column, task: Task, ctx: Context) -> Any:
    return task.mark.name if column.id == "name" else column.shown(task, ctx)


def _tip(column: Column, task: Task, ctx: Context) -> Any:
    return rich_free(column.tip(task, ctx)) or None


def _spoken(column: Column, task: Task, ctx: Context) -> Any:
    """The name's cell speaks for the whole row: that is where a screen reader stands."""
    return row_spoken(task, ctx) if column.id == "name" else column.shown(task, ctx)


def _described(column: Column, task: Task, _ctx: Context) -> Any:
    return column.title() if column.id != "name" else one_line(task.id)


_READERS: dict[int, Callable[[Column, Task, Context], Any]] = {
    Role.DisplayRole: _shown,
    Role.EditRole: _edited,
    Role.ToolTipRole: _tip,
    Role.AccessibleTextRole: _spoken,
    Role.AccessibleDescriptionRole: _described,
    Role.TextAlignmentRole: lambda column, _task, _ctx: _aligned(column),
    TaskModel.TASK: lambda _column, task, _ctx: task,
    TaskModel.COLUMN: lambda column, _task, _ctx: column.id,
    TaskModel.DETAIL: _detail,
    TaskModel.NOW: lambda _column, _task, ctx: ctx.now,
}
