"""The scrub bar: a slider that shows which stretch of the clip is being looped."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

_MARK = 6.0  # width and height of a mark in pixels


class ScrubBar(QSlider):
    """Its value is the frame on screen, from 0."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._stretch: tuple[int | None, int | None] = (None, None)
        self.setMinimumHeight(24)
        plain.name(self, tr("Position"))

    @property
    def stretch(self) -> tuple[int | None, int | None]:
        """First and last frame of the marked stretch; None where no mark is set."""
        return self._stretch

    def show_stretch(self, first: int | None, last: int | None) -> None:
        self._stretch = first, last
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        first, last = self._stretch
        if first is None and last is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.ink("amber"))
        left = self._x(self.minimum() if first is None else first)
        right = self._x(self.maximum() if last is None else last)
        foot = self.height() - 3.0
        painter.drawRect(QRectF(left, foot, max(1.0, right - left), 2.0))
        if first is not None:
            painter.drawPolygon(_flag(left, foot + 2, 1))
        if last is not None:
            painter.drawPolygon(_flag(right, foot + 2, -1))
        painter.end()

    def _x(self, frame: int) -> float:
        """Where the middle of the handle is when `frame` is on screen."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, slider = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderHandle, self)
        room = groove.width() - handle.width()
        span = max(1, self.maximum() - self.minimum())
        return groove.left() + handle.width() / 2 + room * (frame - self.minimum()) / span


def _flag(x: float, foot: float, way: int) -> QPolygonF:
    """A small triangle standing on `foot` that points into the stretch."""
    shape = QPolygonF()
    for dx, dy in ((0.0, 0.0), (0.0, -_MARK), (way * _MARK, 0.0)):
        shape.append(QPointF(x + dx, foot + dy))
    return shape
