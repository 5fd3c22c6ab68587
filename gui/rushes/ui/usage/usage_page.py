"""The usage page: what was made and spent, as bars by day and as a table by account and model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QTabWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account
from rushes.core.usage import (
    Measure,
    Outcome,
    StackBy,
    UsageBar,
    UsageChoice,
    UsageLine,
    UsageReport,
)
from rushes.presentation import usage as words
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import line, push_button

#: Inks of the parts of a bar, one after the other; their contrast is that of icons.
_INKS = ("accent", "succeeded", "amber", "unknown", "failed", "queued", "expired", "star")
_OF_OUTCOME = {
    Outcome.SUCCEEDED.value: "succeeded",
    Outcome.LOST.value: "unknown",
    Outcome.FAILED.value: "failed",
    Outcome.EXPIRED.value: "expired",
    Outcome.CANCELLED.value: "cancelled",
    Outcome.NOT_FOUND.value: "edge",
    Outcome.LIVE.value: "running",
}


#: Days that can be chosen; None: all.
RANGES: tuple[int | None, ...] = (7, 30, 90, None)

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_Role = Qt.ItemDataRole
#: Of a cell (characters).
_LONGEST = 60
#: Rows whose texts say how wide a column is.
_MEASURED = 50
#: Of a column: beside its text, at most, and of words where there is little room (pixels).
_AROUND, _WIDEST, _NARROWEST = 2 * theme.SMALL + theme.TINY, 480, 130
_DOT = 10


class UsageChart(QWidget):
    """Stacked bars. What it shows, the table of days says in words. The arrow keys go from bar to
    bar and into its parts, Enter chooses.

    Signals:
        chosen: UsageChoice, of a bar or a part of one.
    """

    chosen = Signal(UsageChoice)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(150)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._usage: UsageReport | None = None
        self._accounts: Mapping[str, Account] = {}
        self._places: dict[str, int] = {}  # of the parts, the largest first
        self._bars: dict[int, list[UsageBar]] = {}  # by day, from the bottom
        self._boxes: list[tuple[QRectF, UsageBar]] = []  # of the last paint
        self._current = (0, -1)  # the keyboard's bar, and its part; -1: the whole

    def show_usage(self, usage: UsageReport, accounts: Mapping[str, Account]) -> None:
        is_same = self._usage is not None and self._usage.query == usage.query
        self._usage, self._accounts = usage, accounts
        sums: dict[str, float] = {}
        for bar in usage.bars:
            sums[bar.key] = sums.get(bar.key, 0.0) + bar.value
        ordered = sorted(sums, key=lambda key: (-sums[key], key))
        self._places = {key: place for place, key in enumerate(ordered)}
        self._bars = {}
        for bar in sorted(usage.bars, key=lambda each: (each.day, self._places[each.key])):
            self._bars.setdefault(bar.day, []).append(bar)
        if not is_same or self._current[0] >= len(self._bars):
            self._current = (len(self._bars) - 1, -1)
        measure = words.measure_word(usage.query.measure, usage.total)
        plain.name(self, tr("{measure} by day", measure=measure), words.summary(usage))
        self.update()

    def word(self, key: str) -> str:
        assert self._usage is not None
        return words.part_word(self._usage.query.stack_by, key, self._accounts)

    def ink(self, key: str) -> str:
        """The name of a part's colour."""
        if self._usage is not None and self._usage.query.stack_by is StackBy.OUTCOME:
            return _OF_OUTCOME[key]
        return _INKS[self._places[key] % len(_INKS)]

    @property
    def keys(self) -> Sequence[str]:
        """The parts, the largest first."""
        return tuple(self._places)

    def part_at(self, x: float, y: float) -> UsageBar | None:
        return next((bar for box, bar in self._boxes if box.contains(x, y)), None)

    def box_of(self, bar: UsageBar) -> QRectF:
        """Where it stands; of the last paint."""
        return next(box for box, each in self._boxes if each == bar)

    @property
    def current(self) -> Sequence[UsageBar]:
        """Where the keyboard is: the parts of a bar, or one of them."""
        at, part = self._current
        if not 0 <= at < len(self._bars):
            return ()
        bars = list(self._bars.values())[at]
        return tuple(bars) if part < 0 else (bars[min(part, len(bars) - 1)],)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        self._boxes = []
        if self._usage is not None and self._usage.bars:
            self._paint(painter, self._usage)
        painter.end()

    def _paint(self, painter: QPainter, usage: UsageReport) -> None:
        most = max(sum(bar.value for bar in bars) for bars in self._bars.values())
        font = self.font()
        font.setPointSizeF(theme.points(theme.CAPTION_PT))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        measure = usage.query.measure
        values = words.ticks(most, measure)
        ticks = [(value / most, words.amount(value, measure)) for value in values]
        advances = (metrics.horizontalAdvance(text) for _, text in ticks)
        left = max(advances, default=0.0) + theme.SMALL
        top, bottom = 2 * metrics.height(), self.height() - metrics.height() - theme.TINY
        room = QRectF(left, top, max(1.0, self.width() - left - theme.TINY), max(1.0, bottom - top))
        for share, text in ticks:
            y = room.bottom() - room.height() * share
            painter.setPen(theme.ink("line"))
            painter.drawLine(int(left), int(y), self.width(), int(y))
            painter.setPen(theme.ink("muted"))
            painter.drawText(
                QRectF(0, y - metrics.height() / 2, left - theme.SMALL, metrics.height()),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                text,
            )
        painter.setPen(theme.ink("edge"))
        painter.drawLine(int(left), int(room.bottom()), self.width(), int(room.bottom()))
        count = max((usage.query.until - usage.first) // usage.step + 1, 1)
        wide = room.width() / count
        gap = 2.0 if wide >= 6 else 0.0
        for day, bars in self._bars.items():
            x, y = room.left() + (day - usage.first) // usage.step * wide, room.bottom()
            for bar in bars:
                tall = room.height() * bar.value / most
                box = QRectF(x + gap / 2, y - tall, max(1.0, min(wide - gap, 48.0)), tall)
                painter.fillRect(box, QColor(theme.ink(self.ink(bar.key))))
                self._boxes.append((box.adjusted(0, -1, 0, 1), bar))
                y -= tall
        self._paint_legend(painter, left, metrics)
        self._paint_focus(painter)
        painter.setPen(theme.ink("muted"))
        self._paint_days(painter, room, count, metrics)

    def _paint_days(
        self, painter: QPainter, room: QRectF, count: int, metrics: QFontMetricsF
    ) -> None:
        """The days below the bars, as many as there is room for."""
        assert self._usage is not None
        first, step = self._usage.first, self._usage.step
        word = metrics.horizontalAdvance(words.day_word(first)) + theme.HUGE
        wide = room.width() / count
        each = max(1, ceil(word / wide))
        for place in range(0, count, each):
            x = room.left() + place * wide
            if x + word - theme.HUGE > self.width():
                break
            at = QRectF(x, room.bottom() + theme.TINY, word, metrics.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignLeft, words.day_word(first + place * step))

    def _paint_legend(self, painter: QPainter, x: float, metrics: QFontMetricsF) -> None:
        """Over the bars, as many of the parts as there is room for, the largest first."""
        side = metrics.ascent()
        for key in self._places:
            text = plain.one_line(self.word(key), 24)
            wide = side + theme.TINY + metrics.horizontalAdvance(text)
            if x + wide > self.width():
                break
            painter.fillRect(QRectF(x, 1, side, side), theme.ink(self.ink(key)))
            painter.setPen(theme.ink("muted"))
            at = QRectF(x + side + theme.TINY, 0, wide, metrics.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignLeft, text)
            x += wide + theme.MEDIUM

    def _paint_focus(self, painter: QPainter) -> None:
        if not self.hasFocus():
            return
        ring = QRectF()
        for bar in self.current:
            ring = ring.united(self.box_of(bar))
        painter.setPen(QPen(QColor(theme.ink("accent")), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRect(ring.adjusted(-3, -2, 3, 2).intersected(inside))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self.mapFromGlobal(event.globalPos())
            bar = self.part_at(at.x(), at.y())
            if bar is None:
                QToolTip.hideText()
            else:
                told = plain.rich_free(self._bar_words((bar,), "\n"))
                QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def _bar_words(self, bars: Sequence[UsageBar], gap: str = ", ") -> str:
        """The day and the value of a part, or of all parts of a bar."""
        assert self._usage is not None
        day = words.day_word(bars[0].day, self._usage.step)
        value = words.amount(sum(bar.value for bar in bars), self._usage.query.measure)
        part = f"{self.word(bars[0].key)}: " if len(bars) == 1 else ""
        return f"{day}{gap}{part}{value}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if (bar := self.part_at(at.x(), at.y())) is not None:
            self._choose((bar,))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at, part = self._current
        last = len(self._bars) - 1
        parts = len(list(self._bars.values())[at]) if 0 <= at <= last else 0
        match event.key():
            case Qt.Key.Key_Left:
                to = (max(at - 1, 0), -1)
            case Qt.Key.Key_Right:
                to = (min(at + 1, last), -1)
            case Qt.Key.Key_Home:
                to = (0, -1)
            case Qt.Key.Key_End:
                to = (last, -1)
            case Qt.Key.Key_Up:
                to = (at, min(part + 1, parts - 1))
            case Qt.Key.Key_Down:
                to = (at, max(part - 1, -1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.current:
                    self._choose(self.current)
                return
            case _:
                super().keyPressEvent(event)
                return
        self._current = to
        self._tell_current()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell_current()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _tell_current(self) -> None:
        if self.current:
            plain.announce(self, self._bar_words(self.current))

    def _choose(self, bars: Sequence[UsageBar]) -> None:
        assert self._usage is not None
        asked, day = self._usage.query, bars[0].day
        until = min(day + self._usage.step - 1, asked.until)
        part = {asked.stack_by.value: bars[0].key} if len(bars) == 1 else {}
        self.chosen.emit(UsageChoice(since=day, until=until, **part))


@dataclass(frozen=True)
class _TableText:
    """What a table shows, written as it is painted.

    Attributes:
        left: The first columns are words, the others figures.
        has_total: The first row sums up the others.
        inks: Of the dots before the titles of the last columns.
        spare: Columns that are left out where there is too little room, in this order; the tip of
            the first column says them.
    """

    titles: Sequence[str] = ()
    rows: int = 0
    left: int = 0
    text: Callable[[int, int], str] = lambda _row, _column: ""
    tip: Callable[[int, int], str] = lambda _row, _column: ""
    has_total: bool = False
    inks: Sequence[str] = ()
    spare: Sequence[int] = ()

    def ink(self, column: int) -> str:
        """ "" for none."""
        place = column - len(self.titles) + len(self.inks)
        return self.inks[place] if place >= 0 else ""


class _FigureModel(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.shown = _TableText()
        self.left_out: Sequence[int] = ()  # columns

    def show(self, shown: _TableText) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()

    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else self.shown.rows

    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.shown.titles)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        row, column = index.row(), index.column()
        match role:
            case _Role.DisplayRole:
                return plain.one_line(self.shown.text(row, column), _LONGEST)
            case _Role.TextAlignmentRole:
                return self._side(column)
            case _Role.FontRole if self.shown.has_total and row == 0:
                font = QFont()
                font.setBold(True)
                return font
            case _Role.ToolTipRole:
                return plain.rich_free(self._tip(row, column))
            case _Role.AccessibleDescriptionRole:
                return plain.shown(self._tip(row, column))
        return None

    def _tip(self, row: int, column: int) -> str:
        shown = self.shown
        rest = sorted(self.left_out) if column == 0 else ()
        parts = (
            tr("{title}: {value}", title=shown.titles[each], value=shown.text(row, each))
            for each in rest
        )
        return "\n".join(filter(None, (shown.tip(row, column), *parts)))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case _Role.DisplayRole:
                return plain.one_line(self.shown.titles[section], _LONGEST)
            case _Role.TextAlignmentRole:
                return self._side(section)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag
        across = side.AlignLeft if column < self.shown.left else side.AlignRight
        return across | side.AlignVCenter


class _FigureHeader(QHeaderView):
    """A title that stands for a part of the bars has a dot in its colour before it."""

    def __init__(self, model: _FigureModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model = model
        self.setHighlightSections(False)

    @property
    def metrics(self) -> QFontMetrics:
        """Of the titles: their size comes from the style sheet."""
        font = self.font()
        font.setPointSizeF(theme.points(theme.CAPTION_PT))
        return QFontMetrics(font)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        super().paintSection(painter, rect, section)
        if not (ink := self._model.shown.ink(section)):
            return
        title = plain.one_line(self._model.shown.titles[section], _LONGEST)
        right = rect.right() - theme.SMALL - self.metrics.horizontalAdvance(title) - theme.TINY
        place = QRectF(right - _DOT, rect.center().y() - _DOT / 2, _DOT, _DOT)
        theme.draw_icon(painter, "dot", ink, place)


class _FigureTable(QTableView):
    """Signals:
    row_chosen: by a double click or the Enter key.
    """

    row_chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        plain.name(self, name)
        self.setObjectName("figures")
        self._model = _FigureModel()
        self._head = _FigureHeader(self._model)
        self.setHorizontalHeader(self._head)
        self.setModel(self._model)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.TARGET)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._needed: list[int] = []  # the width of each column
        self.activated.connect(lambda index: self.row_chosen.emit(index.row()))

    def show_text(self, shown: _TableText, *, keep: bool) -> None:
        """`keep`: the same question is answered anew; row, place and widths stay."""
        row, bar = self.currentIndex().row(), self.verticalScrollBar()
        place, titles = bar.value(), self._model.shown.titles
        self._model.show(shown)
        if not keep or titles != shown.titles:
            self._fit()
        elif 0 <= row < shown.rows:
            self.setCurrentIndex(self._model.index(row, 0))
            bar.setValue(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _fit(self) -> None:
        """Find how wide the titles and the first rows are: measuring all of them takes too long."""
        shown, head, font = self._model.shown, self._head.metrics, self.font()
        font.setBold(shown.has_total)  # the widest row is
        cell = QFontMetrics(font)
        self._needed = []
        for column, title in enumerate(shown.titles):
            dot = _DOT + theme.TINY if shown.ink(column) else 0
            rows = range(min(shown.rows, _MEASURED))
            texts = (self._model.index(row, column).data() for row in rows)
            widest = max(map(cell.horizontalAdvance, texts), default=0)
            wide = max(head.horizontalAdvance(title) + dot, widest)
            self._needed.append(min(wide + _AROUND, _WIDEST))
        self._share()

    def _share(self) -> None:
        """Where there is too little room columns that are spare are left out, then the words give
        way, the longest first; their tips say them whole."""
        widths = list(self._needed)
        left = range(min(self._model.shown.left, len(widths)))
        room = self.viewport().width()
        least = [min(wide, _NARROWEST) if n in left else wide for n, wide in enumerate(widths)]
        spare = list(self._model.shown.spare)
        out: list[int] = []
        while spare and sum(least) - sum(least[n] for n in out) > room:
            out.append(spare.pop(0))
        self._model.left_out = out
        over = sum(widths) - sum(widths[n] for n in out) - room
        while over > 0 and left:
            longest = max(left, key=lambda column: widths[column])
            if widths[longest] <= _NARROWEST:
                break
            by = min(over, widths[longest] - _NARROWEST, 8)
            widths[longest] -= by
            over -= by
        for column, wide in enumerate(widths):
            self._head.setSectionHidden(column, column in out)
            self._head.resizeSection(column, wide)


class UsagePage(QWidget):
    """Signals:
    asked: What is to be shown was changed: range, parts, measure.
    chosen: UsageChoice, of a bar or a line: its takes are to be selected in the list.
    export_wanted: The table is wanted as a file.
    """

    asked = Signal()
    chosen = Signal(UsageChoice)
    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Usage"))
        self.usage: UsageReport | None = None
        self._accounts: Mapping[str, Account] = {}
        self._measures: tuple[Measure, ...] = (Measure(),)
        self.range = _Choice(tr("Range"), map(_range_word, RANGES), 1)
        self.stack = _Choice(tr("Parts of the bars"), map(words.stack_word, StackBy), 0)
        self.measure = _Choice(tr("Measure"), [tr("Takes")], 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # of its own: a letter changes no field
        for choice in (self.range, self.stack, self.measure):
            choice.activated.connect(lambda _: self.asked.emit())
        self.export = push_button(tr("Export CSV…"), self.export_wanted.emit)
        self.summary = line()
        self.empty = plain.label(wraps=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chart = UsageChart()
        self.chart.chosen.connect(self.chosen)
        self.lines = _FigureTable(tr("Usage by account and model"))
        self.days = _FigureTable(tr("Usage by day"))
        self._days: Sequence[int] = ()  # of the rows of `days`
        self.lines.row_chosen.connect(self._choose_line)
        self.days.row_chosen.connect(self._choose_day)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.lines, plain.unmarked(tr("Accounts and models")))
        self.tabs.addTab(self.days, plain.unmarked(tr("Days")))
        plain.name(self.tabs, tr("Figures"))
        bar = QHBoxLayout()
        for part in (self.range, self.measure, self.stack):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.export)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)
        box.setSpacing(theme.SMALL)
        box.addLayout(bar)
        box.addWidget(self.summary)
        box.addWidget(self.chart, 2)
        box.addWidget(self.empty, 2)
        box.addWidget(self.tabs, 3)
        self._show_parts(is_empty=True)

    @property
    def range_days(self) -> int | None:
        return RANGES[self.range.currentIndex()]

    @property
    def stack_by(self) -> StackBy:
        return tuple(StackBy)[self.stack.currentIndex()]

    @property
    def chosen_measure(self) -> Measure:
        return self._measures[self.measure.currentIndex()]

    def show_usage(self, usage: UsageReport, accounts: Mapping[str, Account]) -> None:
        is_same = self.usage is not None and self.usage.query == usage.query
        self.usage, self._accounts = usage, accounts
        self._show_measures(usage)
        self._show_parts(is_empty=not usage.total.takes)
        plain.set_text(self.summary, words.summary(usage))
        self.chart.show_usage(usage, accounts)
        self.lines.show_text(self._line_text(usage), keep=is_same)
        self.days.show_text(self._day_text(usage), keep=is_same)

    def _show_parts(self, *, is_empty: bool) -> None:
        for part in (self.summary, self.chart, self.tabs):
            part.setVisible(not is_empty)
        self.export.setEnabled(not is_empty)
        self.empty.setVisible(is_empty)
        if self.usage is None:
            plain.set_text(self.empty, "")
        elif self.usage.query.since is None:
            plain.set_text(self.empty, tr("Nothing to count yet. Add tasks to see what they cost."))
        else:
            plain.set_text(self.empty, tr("No takes in this range. Choose a longer one above."))

    def _show_measures(self, usage: UsageReport) -> None:
        """What is chosen stays, also where this range has nothing of it."""
        now = usage.query.measure
        self._measures = tuple(dict.fromkeys((*usage.measures, now)))
        self.measure.clear()
        total = usage.total
        self.measure.addItems([words.measure_word(each, total) for each in self._measures])
        self.measure.setCurrentIndex(self._measures.index(now))

    def _line_text(self, usage: UsageReport) -> _TableText:
        rows = [usage.total, *usage.lines] if len(usage.lines) > 1 else list(usage.lines)
        columns = [column for column in words.COLUMNS if any(map(column.is_told, rows))]

        def text(row: int, column: int) -> str:
            line = rows[row]
            if column >= 2:
                return columns[column - 2].text(line)
            if line is usage.total:
                return "" if column else tr("Total")
            if column:
                return words.model_word(line.model)
            return words.account_word(line.account, self._accounts)

        def tip(row: int, column: int) -> str:
            return columns[column - 2].tip(rows[row]) if column >= 2 else text(row, column)

        titles = [tr("Account"), tr("Model"), *(column.title() for column in columns)]
        rank = {place: column.goes for place, column in enumerate(columns, 2) if column.goes}
        return _TableText(
            titles,
            len(rows),
            2,
            text,
            tip,
            has_total=len(rows) > 1,
            spare=sorted(rank, key=lambda place: -rank[place]),
        )

    def _day_text(self, usage: UsageReport) -> _TableText:
        measure, keys = usage.query.measure, self.chart.keys
        days: dict[int, dict[str, float]] = {}
        for bar in usage.bars:
            days.setdefault(bar.day, {})[bar.key] = bar.value
        self._days = sorted(days, reverse=True)

        def text(row: int, column: int) -> str:
            day = self._days[row]
            if column == 0:
                return words.day_word(day, usage.step)
            if column == 1:
                return words.amount(sum(days[day].values()), measure)
            value = days[day].get(keys[column - 2])
            return "" if value is None else words.amount(value, measure)

        titles = [tr("Day"), words.measure_word(measure, usage.total), *map(self.chart.word, keys)]
        inks = [self.chart.ink(key) for key in keys]
        spare = range(len(titles) - 1, 1, -1)  # the smallest parts first
        return _TableText(titles, len(self._days), 1, text, inks=inks, spare=spare)

    def _choose_line(self, row: int) -> None:
        if self.usage is None:
            return
        asked, place = self.usage.query, row - (len(self.usage.lines) > 1)
        line: UsageLine | None = self.usage.lines[place] if place >= 0 else None
        self.chosen.emit(
            UsageChoice(
                since=asked.since,
                until=asked.until,
                account=line.account if line else None,
                model=line.model if line else None,
            )
        )

    def _choose_day(self, row: int) -> None:
        if self.usage is None:
            return
        day = self._days[row]
        last = min(day + self.usage.step - 1, self.usage.query.until)
        self.chosen.emit(UsageChoice(since=day, until=last))


def _range_word(days: int | None) -> str:
    return tr("All time") if days is None else tr("Last {days} days", days=days)


class _Choice(QComboBox):
    """The wheel changes nothing while it has no focus."""

    def __init__(self, name: str, texts: Iterable[str], now: int) -> None:
        super().__init__()
        self.addItems(list(texts))
        self.setCurrentIndex(now)
        self.setMinimumHeight(theme.TARGET)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        plain.name(self, name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
