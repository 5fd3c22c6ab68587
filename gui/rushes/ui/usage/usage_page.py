"""The usage page: what was made and spent, as bars by day and as a table by account and model."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
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
from rushes.ui.widgets.basics import Elided, push_button

#: Days that can be chosen; None: all.
RANGES: tuple[int | None, ...] = (7, 30, 90, None)

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


class UsageChart(QWidget):
    """Stacked bars. What it shows, the table of days says in words.

    Signals:
        chosen: UsageChoice, of a part of a bar that was clicked.
    """

    chosen = Signal(UsageChoice)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(150)
        self.setMouseTracking(True)
        self._usage: UsageReport | None = None
        self._accounts: Mapping[str, Account] = {}
        self._keys: list[str] = []
        self._boxes: list[tuple[QRectF, UsageBar]] = []

    def show_usage(self, usage: UsageReport, accounts: Mapping[str, Account]) -> None:
        self._usage, self._accounts = usage, accounts
        sums: dict[str, float] = {}
        for bar in usage.bars:
            sums[bar.key] = sums.get(bar.key, 0.0) + bar.value
        self._keys = sorted(sums, key=lambda key: (-sums[key], key))
        measure = words.measure_word(usage.query.measure)
        plain.name(self, tr("{measure} by day", measure=measure), words.summary(usage))
        self.update()

    def word(self, key: str) -> str:
        assert self._usage is not None
        return words.part_word(self._usage.query.stack_by, key, self._accounts)

    def ink(self, key: str) -> str:
        """The name of a part's colour."""
        if self._usage is not None and self._usage.query.stack_by is StackBy.OUTCOME:
            return _OF_OUTCOME[key]
        return _INKS[self._keys.index(key) % len(_INKS)]

    @property
    def keys(self) -> Sequence[str]:
        """The parts, the largest first."""
        return tuple(self._keys)

    def part_at(self, x: float, y: float) -> UsageBar | None:
        return next((bar for box, bar in self._boxes if box.contains(x, y)), None)

    def box_of(self, bar: UsageBar) -> QRectF:
        """Where it stands; of the last paint."""
        return next(box for box, each in self._boxes if each == bar)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        self._boxes = []
        if self._usage is not None and self._usage.bars:
            self._paint(painter, self._usage)
        painter.end()

    def _paint(self, painter: QPainter, usage: UsageReport) -> None:
        days: dict[int, list[UsageBar]] = {}
        for bar in usage.bars:
            days.setdefault(bar.day, []).append(bar)
        most = max(sum(bar.value for bar in bars) for bars in days.values())
        font = self.font()
        font.setPointSizeF(theme.CAPTION_PT)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        measure = usage.query.measure
        half = most // 2 / most if most >= 10 else 0.5  # a whole number of takes
        marks = [(share, words.amount(most * share, measure)) for share in (1.0, half)]
        left = max(metrics.horizontalAdvance(text) for _, text in marks) + theme.SMALL
        top, bottom = 2 * metrics.height(), self.height() - metrics.height() - theme.TINY
        room = QRectF(left, top, max(1.0, self.width() - left - 1), max(1.0, bottom - top))
        for share, text in marks:
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
        for day, bars in days.items():
            x, y = room.left() + (day - usage.first) // usage.step * wide, room.bottom()
            for bar in sorted(bars, key=lambda each: self._keys.index(each.key)):
                tall = room.height() * bar.value / most
                box = QRectF(x + gap / 2, y - tall, max(1.0, min(wide - gap, 48.0)), tall)
                painter.fillRect(box, QColor(theme.ink(self.ink(bar.key))))
                self._boxes.append((box.adjusted(0, -1, 0, 1), bar))
                y -= tall
        self._paint_legend(painter, left, metrics)
        painter.setPen(theme.ink("muted"))
        line = QRectF(left, bottom + theme.TINY, room.width(), metrics.height())
        side = Qt.AlignmentFlag
        last = usage.first + (count - 1) * usage.step
        painter.drawText(line, side.AlignLeft, words.day_word(usage.first))
        painter.drawText(line, side.AlignRight, words.day_word(last))

    def _paint_legend(self, painter: QPainter, x: float, metrics: QFontMetricsF) -> None:
        """Over the bars, as many of the parts as there is room for, the largest first."""
        side = metrics.ascent()
        for key in self._keys:
            text = plain.one_line(self.word(key), 24)
            wide = side + theme.TINY + metrics.horizontalAdvance(text)
            if x + wide > self.width():
                break
            painter.fillRect(QRectF(x, 1, side, side), theme.ink(self.ink(key)))
            painter.setPen(theme.ink("muted"))
            at = QRectF(x + side + theme.TINY, 0, wide, metrics.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignLeft, text)
            x += wide + theme.MEDIUM

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._usage is not None:
            at = self.mapFromGlobal(event.globalPos())
            bar = self.part_at(at.x(), at.y())
            if bar is None:
                QToolTip.hideText()
            else:
                day = words.day_word(bar.day, self._usage.step)
                value = words.amount(bar.value, self._usage.query.measure)
                told = plain.rich_free(f"{day}\n{self.word(bar.key)}: {value}")
                QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        bar = self.part_at(at.x(), at.y())
        if bar is not None and self._usage is not None:
            asked = self._usage.query
            self.chosen.emit(
                UsageChoice(
                    since=bar.day,
                    until=min(bar.day + self._usage.step - 1, asked.until),
                    **{asked.stack_by.value: bar.key},
                )
            )


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
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.usage: UsageReport | None = None
        self._accounts: Mapping[str, Account] = {}
        self._measures: tuple[Measure, ...] = (Measure(),)
        self.range = _Choice(tr("Range"), map(_range_word, RANGES), 1)
        self.stack = _Choice(tr("Parts of the bars"), map(words.stack_word, StackBy), 0)
        self.measure = _Choice(tr("Measure"), [words.measure_word(Measure())], 0)
        for choice in (self.range, self.stack, self.measure):
            choice.activated.connect(lambda _: self.asked.emit())
        self.export = push_button(tr("Export CSV…"), self.export_wanted.emit)
        self.summary = Elided()
        self.empty = plain.label(wraps=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chart = UsageChart()
        self.chart.chosen.connect(self.chosen)
        self.lines, self.days = _table(tr("Usage by account and model")), _table(tr("Usage by day"))
        self.lines.cellActivated.connect(lambda row, _: self._choose_line(row))
        self.days.cellActivated.connect(lambda row, _: self._choose_day(row))
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
        self.usage, self._accounts = usage, accounts
        self._show_measures(usage)
        self._show_parts(is_empty=not usage.total.takes)
        self.summary.show_text(words.summary(usage))
        self.chart.show_usage(usage, accounts)
        self._fill_lines(usage)
        self._fill_days(usage)

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
        self.measure.addItems([words.measure_word(each) for each in self._measures])
        self.measure.setCurrentIndex(self._measures.index(now))

    def _fill_lines(self, usage: UsageReport) -> None:
        titles = [tr("Account"), tr("Model"), *(title() for title, _ in words.COLUMNS)]
        rows = [(tr("Together"), "", usage.total)] if len(usage.lines) > 1 else []
        rows += [
            (words.account_word(line.account, self._accounts), words.model_word(line.model), line)
            for line in usage.lines
        ]
        texts = [(a, m, *(text(line) for _, text in words.COLUMNS)) for a, m, line in rows]
        _fill(self.lines, titles, texts, left=2)
        for row, (_, _, line) in enumerate(rows):
            if line.failed and (item := self.lines.item(row, 4)):
                told = words.reasons_words(line)
                item.setToolTip(plain.rich_free(told))
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, plain.shown(told))

    def _fill_days(self, usage: UsageReport) -> None:
        measure, keys = usage.query.measure, self.chart.keys
        days: dict[int, dict[str, float]] = {}
        for bar in usage.bars:
            days.setdefault(bar.day, {})[bar.key] = bar.value
        titles = [tr("Day"), words.measure_word(measure), *map(self.chart.word, keys)]
        texts = [
            (
                words.day_word(day, usage.step),
                words.amount(sum(parts.values()), measure),
                *(words.amount(parts[k], measure) if k in parts else "" for k in keys),
            )
            for day, parts in sorted(days.items(), reverse=True)
        ]
        _fill(self.days, titles, texts, left=1)
        for column, key in enumerate(keys, 2):
            if item := self.days.horizontalHeaderItem(column):
                item.setIcon(theme.icon("dot", self.chart.ink(key)))

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
        day = sorted({bar.day for bar in self.usage.bars}, reverse=True)[row]
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


def _table(name: str) -> QTableWidget:
    made = QTableWidget()
    plain.name(made, name)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setTabKeyNavigation(False)
    made.setShowGrid(False)
    made.setWordWrap(False)
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(theme.TARGET)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    return made


def _fill(
    table: QTableWidget, titles: Sequence[str], texts: Sequence[Sequence[str]], left: int
) -> None:
    """The first `left` columns are words, the others figures."""
    table.clear()
    table.setColumnCount(len(titles))
    table.setRowCount(len(texts))
    side = Qt.AlignmentFlag
    for column, title in enumerate(titles):
        head = QTableWidgetItem(plain.one_line(title, 60))
        head.setTextAlignment(side.AlignLeft if column < left else side.AlignRight)
        table.setHorizontalHeaderItem(column, head)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            item = QTableWidgetItem(plain.one_line(text, 60))
            across = side.AlignLeft if column < left else side.AlignRight
            item.setTextAlignment(across | side.AlignVCenter)
            table.setItem(row, column, item)
