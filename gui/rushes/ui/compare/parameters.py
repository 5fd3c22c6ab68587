"""What is the same and what differs between takes: a pure list, and the table that shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from rushes.core.task import Task
from rushes.presentation import format as fmt
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
Role = Qt.ItemDataRole

LETTERS = "ABCD"
_SIGN = "≠"
_NAME, _TAKES = 1, 2  # columns: the parameter's name, the first take
_NONE = "—"
_ROW = 24


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter of all takes, as it is shown; `differs`: not the same everywhere."""

    title: str
    values: tuple[str, ...]
    differs: bool


def lines(tasks: Sequence[Task], ctx: Context) -> tuple[ParameterLine, ...]:
    """Every parameter that at least one take reports; those that differ come first."""
    made: list[ParameterLine] = []
    for title, read, write in _readers(ctx):
        raw = [read(task) for task in tasks]
        if all(value is None for value in raw):
            continue
        values = tuple(_NONE if v is None else plain.one_line(write(v), 80) for v in raw)
        made.append(ParameterLine(title, values, len(set(values)) > 1))
    return tuple(sorted(made, key=lambda line: not line.differs))


_Reader = tuple[str, Callable[[Task], Any], Callable[[Any], str]]


def _readers(ctx: Context) -> list[_Reader]:
    def column(id_: str) -> _Reader:
        found = BY_ID[id_]

        def read(task: Task) -> str | None:
            return None if found.value(task, ctx) is None else found.shown(task, ctx)

        return found.title(), read, str

    def fact(title: str, name: str, write: Callable[[Any], str] = str) -> _Reader:
        return title, lambda task: getattr(task.report, name), write

    return [
        column("seed"),
        column("prompt"),
        column("model"),
        fact(tr("Resolution"), "resolution"),
        fact(tr("Ratio"), "ratio"),
        fact(tr("Length"), "duration_s", fmt.clip_length),
        fact(tr("Frames"), "frames", fmt.number),
        fact(tr("Frames a second"), "fps", fmt.number),
        column("audio"),
        column("draft"),
        column("tier"),
        column("tokens"),
        column("cost"),
        column("run_time"),
        column("size"),
        fact(BY_ID["created"].title(), "created_at", fmt.absolute),
    ]


class LinesModel(QAbstractTableModel):
    """First whether it differs, then the parameter's name, then a column for each take."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[ParameterLine, ...] = ()
        self._takes = 0

    def show_lines(self, shown: tuple[ParameterLine, ...], takes: int) -> None:
        if shown == self._lines and takes == self._takes:
            return
        self.beginResetModel()
        self._lines, self._takes = shown, takes
        self.endResetModel()

    def line(self, row: int) -> ParameterLine:
        return self._lines[row]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._takes + _TAKES

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        line, column = self._lines[index.row()], index.column()
        words = (_SIGN if line.differs else "", line.title, *line.values)[column]
        if role == Role.DisplayRole:
            return words
        if role == Role.AccessibleTextRole:
            return _spoken(line) if column == _NAME else words
        if role == Role.ToolTipRole and column >= _TAKES:
            return plain.rich_free(words)
        if role == Role.TextAlignmentRole and column == 0:
            return Qt.AlignmentFlag.AlignCenter
        if role == Role.FontRole and line.differs:
            bold = QFont()
            bold.setWeight(QFont.Weight.DemiBold)
            return bold
        if role == Role.BackgroundRole and line.differs:
            return theme.ink("stripe")
        if role == Role.ForegroundRole:
            return theme.ink("text" if line.differs else "muted")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Role.DisplayRole:
            return None
        return ("", tr("Parameter"), *LETTERS)[section]


def _spoken(line: ParameterLine) -> str:
    return tr("{name}, differs", name=line.title) if line.differs else line.title


class ParameterTable(QTableView):
    """What differs is marked by a sign, bold type and a ground of its own, and stands first."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = LinesModel()
        self.setModel(self._lines)
        plain.name(self, tr("Parameters of the takes"))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(_ROW)
        rows.setDefaultSectionSize(_ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        plain.name(header, tr("Takes"))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(_ROW)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)

    def show_takes(self, tasks: Sequence[Task], ctx: Context) -> None:
        self._lines.show_lines(lines(tasks, ctx), len(tasks))
        if tasks:
            header = self.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(0, _ROW)
