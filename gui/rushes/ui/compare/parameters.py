"""What is the same and what differs between takes: a pure list, and the table that shows it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, takewhile
from math import ceil
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from rushes.core.task import Task
from rushes.presentation import format as fmt
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.readings import parameter
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
_MOST_LINES = 6  # of a prompt
_LEAD = 60  # characters before the first difference that are shown
#: A character of a language without spaces, a word, or a sign.
_WORD = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]|\w+|[^\w\s]")
_MOST_WORDS = 1500
_SEARCHED = 400  # words; of more, frequent ones are no places to meet: that would take seconds
_ALIKE = 0.3  # prompts that share less are two different ones: to mark all says nothing
#: The `Spans` of a prompt's cell; None: it is none.
SPANS = Qt.ItemDataRole.UserRole + 1


#: Parts of a text: where each begins and where it ends.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter of all takes, as it is shown.

    Attributes:
        differs: It is not the same everywhere.
        spans: Of a text in which words are marked: for each take, what others do not have.
    """

    title: str
    values: tuple[str, ...]
    differs: bool
    spans: tuple[Spans, ...] = ()


def lines(tasks: Sequence[Task], ctx: Context) -> tuple[ParameterLine, ...]:
    """Every parameter that at least one take reports; those that differ come first."""
    made: list[ParameterLine] = []
    for title, read in _readers(ctx):
        found = [read(task) for task in tasks]
        if not any(found):
            continue
        values = tuple(plain.one_line(each[0], 80) if each else _NONE for each in found)
        compared = {each and each[1] for each in found}
        made.append(ParameterLine(title, values, len(compared) > 1))
    if any(task.mark.prompt for task in tasks):
        made.insert(1, _prompts([plain.shown(task.mark.prompt) for task in tasks]))
    return tuple(sorted(made, key=lambda line: not line.differs))


def _prompts(prompts: Sequence[str]) -> ParameterLine:
    """What differs is in sight: a long beginning that all have is left out."""
    words = tuple(" ".join(prompt.split()) for prompt in prompts)
    spans = differing(words)
    first = min((found[0][0] for found in spans if found), default=0)
    cut = first - _LEAD if first > 2 * _LEAD else 0
    if cut:
        words = tuple(f"…{text[cut:]}" for text in words)
        moved = 1 - cut
        spans = tuple(tuple((a + moved, b + moved) for a, b in found) for found in spans)
    shown = tuple(text or _NONE for text in words)
    return ParameterLine(BY_ID["prompt"].title(), shown, len(set(words)) > 1, spans)


@lru_cache(maxsize=16)
def differing(texts: tuple[str, ...]) -> tuple[Spans, ...]:
    """The words of each text that another one like it does not have in that place. Chinese and
    Japanese, which put no spaces between words, are compared by characters."""
    parts = [tuple(_WORD.finditer(text))[:_MOST_WORDS] for text in texts]
    marked: list[set[int]] = [set() for _ in texts]
    for one, other in combinations(range(len(texts)), 2):
        left, right = ([each[0].casefold() for each in parts[n]] for n in (one, other))
        # Most prompts of one take differ in a few words: the rest need not be searched.
        same = [a == b for a, b in zip(left, right, strict=False)]
        start = same.index(False) if False in same else len(same)
        back = zip(reversed(left[start:]), reversed(right[start:]), strict=False)
        end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], back))
        mine, theirs = (words[start : len(words) - end] for words in (left, right))
        matcher = SequenceMatcher(
            None, mine, theirs, autojunk=max(len(mine), len(theirs)) > _SEARCHED
        )
        found = matcher.get_opcodes()
        shared = start + end + sum(b - a for what, a, b, _, _ in found if what == "equal")
        if shared < _ALIKE * max(len(left), len(right)):
            continue
        for what, a, b, c, d in found:
            if what != "equal":
                marked[one].update(range(start + a, start + b))
                marked[other].update(range(start + c, start + d))
    return tuple(_joined(parts[n], marked[n]) for n in range(len(texts)))


def _joined(parts: Sequence[re.Match[str]], marked: set[int]) -> Spans:
    """Neighbours are marked as one, with the space between them."""
    spans: list[tuple[int, int]] = []
    for n in sorted(marked):
        begin, end = parts[n].span()
        if spans and n - 1 in marked:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return tuple(spans)


#: A title, and what reads a value: as it is shown, and as it is compared.
_Reader = tuple[str, Callable[[Task], tuple[str, str] | None]]


def _readers(ctx: Context) -> list[_Reader]:
    def column(id_: str) -> _Reader:
        found = BY_ID[id_]

        def read(task: Task) -> tuple[str, str] | None:
            shown = None if found.value(task, ctx) is None else found.shown(task, ctx)
            return None if shown is None else (shown, shown)

        return found.title(), read

    def made(title: str, name: str) -> _Reader:
        def read(task: Task) -> tuple[str, str] | None:
            found = parameter(task, name)
            return found and found[:2]

        return title, read

    def created(task: Task) -> tuple[str, str] | None:
        at = task.report.created_at
        return None if at is None else (fmt.absolute(at),) * 2

    return [
        column("seed"),
        column("model"),
        made(tr("Resolution"), "size"),
        made(tr("Ratio"), "ratio"),
        made(tr("Length"), "duration_s"),
        made(tr("Frames"), "frames"),
        made(tr("Frames a second"), "fps"),
        column("audio"),
        column("draft"),
        column("tier"),
        column("tokens"),
        column("cost"),
        column("run_time"),
        column("size"),
        (BY_ID["created"].title(), created),
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
        if role == SPANS:
            return line.spans[column - _TAKES] if line.spans and column >= _TAKES else None
        if role == Role.AccessibleTextRole:
            return _spoken(line) if column == _NAME else words
        if role == Role.ToolTipRole and column >= _TAKES:
            return plain.rich_free(words)
        if role == Role.TextAlignmentRole and column == 0:
            return Qt.AlignmentFlag.AlignCenter
        if role == Role.FontRole and line.differs and not (line.spans and column >= _TAKES):
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
        self.setItemDelegate(WordsDelegate(self))
        header.sectionResized.connect(lambda *_: self._fit())

    def show_takes(self, tasks: Sequence[Task], ctx: Context) -> None:
        self._lines.show_lines(lines(tasks, ctx), len(tasks))
        if tasks:
            header = self.horizontalHeader()
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(0, _ROW)
        self._fit()

    def _fit(self) -> None:
        """Rows of prompts are as high as what is shown of them."""
        for row in range(self._lines.rowCount()):
            high = _ROW
            if self._lines.line(row).spans:
                hints = (
                    self.itemDelegate().sizeHint(
                        _option(self, column), self._lines.index(row, column)
                    )
                    for column in range(_TAKES, self._lines.columnCount())
                )
                high = max((hint.height() for hint in hints), default=_ROW)
            if self.rowHeight(row) != high:
                self.setRowHeight(row, high)


def _option(table: QTableView, column: int) -> QStyleOptionViewItem:
    option = QStyleOptionViewItem()
    option.font = table.font()
    option.rect = QRect(0, 0, table.columnWidth(column), _ROW)
    return option


class WordsDelegate(QStyledItemDelegate):
    """Paints a prompt on several lines; words that differ are underlined on a ground of their
    own."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        layout = self._layout(option, index)
        lines = min(layout.lineCount(), _MOST_LINES)
        return QSize(option.rect.width(), ceil(lines * _line_height(option)) + theme.SMALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not self._is_prompt(index):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        layout = self._layout(option, index, text)
        at = QPointF(option.rect.topLeft()) + QPointF(_PAD, theme.TINY)
        high = _line_height(option)
        painter.save()
        painter.setClipRect(option.rect)
        painter.setPen(theme.ink("text"))
        most = min(layout.lineCount(), _MOST_LINES, int(option.rect.height() / high))
        for number in range(most):
            line = layout.lineAt(number)
            line.setPosition(QPointF(0, number * high))
        for formatted in layout.formats():
            self._mark(painter, layout, formatted, at, most)
        for number in range(most):
            layout.lineAt(number).draw(painter, at)
        if most < layout.lineCount():
            edge = QRectF(
                option.rect.right() - 2 * _PAD, at.y() + (most - 1) * high, 2 * _PAD, high
            )
            painter.fillRect(edge, index.data(Role.BackgroundRole) or theme.ink("base"))
            painter.drawText(edge, Qt.AlignmentFlag.AlignCenter, "…")
        painter.restore()

    @staticmethod
    def _mark(
        painter: QPainter,
        layout: QTextLayout,
        formatted: QTextLayout.FormatRange,
        at: QPointF,
        most: int,
    ) -> None:
        """Paint the ground of one span, a piece on each line."""
        end = formatted.start + formatted.length
        for number in range(most):
            line = layout.lineAt(number)
            first, last = line.textStart(), line.textStart() + line.textLength()
            if formatted.start < last and end > first:
                left = _across(line, max(first, formatted.start))
                right = _across(line, min(last, end))
                box = QRectF(at.x() + left, at.y() + line.y(), right - left, line.height())
                painter.fillRect(box, theme.ink("selection"))

    @staticmethod
    def _is_prompt(index: Index) -> bool:
        return index.data(SPANS) is not None  # no spans: nothing of it is marked

    @staticmethod
    def _layout(option: QStyleOptionViewItem, index: Index, text: str | None = None) -> QTextLayout:
        words = index.data() if text is None else text
        layout = QTextLayout(words, option.font)
        wraps = QTextOption()
        wraps.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(wraps)
        formats = []
        for begin, end in index.data(SPANS) or ():
            each = QTextLayout.FormatRange()
            each.start, each.length = begin, end - begin
            each.format.setFontUnderline(True)
            formats.append(each)
        layout.setFormats(formats)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, option.rect.width() - 2 * _PAD))
        layout.endLayout()
        return layout


_PAD = 3.0  # beside the text of a cell


def _line_height(option: QStyleOptionViewItem) -> float:
    """Of a line with Chinese in it, too."""
    return QFontMetricsF(option.font).lineSpacing() * 1.15


def _across(line: QTextLine, at: int) -> float:
    found: Any = line.cursorToX(at)
    return float(found[0] if isinstance(found, tuple) else found)
