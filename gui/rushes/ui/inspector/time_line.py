"""Created, running, finished, saved: four stops on a line."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.ui.inspector.fields import Moment
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.pieces import line

_STOPS = 4
_DOT = 4.0
_TRACK = 14


class TimeLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._moments: tuple[Moment, ...] = ()
        self._titles: list[QLabel] = []
        self._times: list[QLabel] = []
        box = QGridLayout(self)
        box.setContentsMargins(0, _TRACK + theme.TINY, 0, 0)
        box.setHorizontalSpacing(theme.TINY)
        box.setVerticalSpacing(0)
        for column in range(_STOPS):
            box.setColumnStretch(column, 1)
            title, time = line(wraps=False), line("", "caption")
            title.setMinimumWidth(1)
            time.setMinimumWidth(1)
            time.setAlignment(Qt.AlignmentFlag.AlignTop)
            box.addWidget(title, 0, column)
            box.addWidget(time, 1, column)
            self._titles.append(title)
            self._times.append(time)

    def show_moments(self, moments: tuple[Moment, ...]) -> None:
        """Show four stops; the day is written where it differs from the stop before."""
        if moments == self._moments:
            return
        self._moments = moments
        day = ""
        for moment, title, time in zip(moments, self._titles, self._times, strict=True):
            plain.set_text(title, moment.title)
            text = fmt.NOT_REPORTED
            if moment.at is not None:
                today, clock = fmt.absolute(moment.at)[:10], fmt.absolute(moment.at)[11:]
                clock = f"≈ {clock}" if moment.about else clock
                text = clock if today == day else f"{clock}\n{today}"
                day = today
            plain.set_text(time, text)
            tip = fmt.absolute(moment.at) if moment.at is not None else _absent(moment)
            plain.set_tooltip(time, tip)
            plain.name(time, f"{moment.title}: {tip}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = [QPointF(t.x() + _DOT + 1, _TRACK / 2) for t in self._titles]
        done, open_ = theme.ink("accent"), theme.ink("edge")
        for before, after, moment in zip(ends, ends[1:], self._moments[1:], strict=False):
            painter.setPen(QPen(done if moment.reached else theme.ink("line"), 2))
            painter.drawLine(before, after)
        if self._moments:
            painter.setPen(QPen(theme.ink("line"), 2))
        for end, moment in zip(ends, self._moments, strict=False):
            self._dot(painter, end, done if moment.reached else open_, moment.reached)
        painter.end()

    def _dot(self, painter: QPainter, at: QPointF, colour: QColor, filled: bool) -> None:
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if filled else theme.ink("window"))
        painter.drawEllipse(at, _DOT, _DOT)


def _absent(moment: Moment) -> str:
    return tr("not reported by this service") if moment.reached else tr("not yet")
