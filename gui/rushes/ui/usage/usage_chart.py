"""The bars of the usage page, painted."""

from collections.abc import Mapping, Sequence
from math import ceil

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from rushes.core.account import Account
from rushes.core.usage import Outcome, StackBy, UsageBar, UsageChoice, UsageReport
from rushes.presentation import usage as words
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

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
        font.setPointSizeF(theme.CAPTION_PT)
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
                told = plain.rich_free(self._told((bar,), "\n"))
                QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def _told(self, bars: Sequence[UsageBar], gap: str = ", ") -> str:
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
            plain.announce(self, self._told(self.current))

    def _choose(self, bars: Sequence[UsageBar]) -> None:
        assert self._usage is not None
        asked, day = self._usage.query, bars[0].day
        until = min(day + self._usage.step - 1, asked.until)
        part = {asked.stack_by.value: bars[0].key} if len(bars) == 1 else {}
        self.chosen.emit(UsageChoice(since=day, until=until, **part))
