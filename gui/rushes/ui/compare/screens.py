"""The pictures: side by side, or two on top of each other with a line to pull across."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rushes.presentation.text import tr
from rushes.ui.preview.content_stack import ContentStack
from rushes.ui.widgets import plain

_GAP = 4
_LINE = 4
_SURROUND = "#0c0d0f"  # as in the preview


class Screens(QWidget):
    """Signals:
    wiped: the line's place, 0 to 1 of the width.
    pointed_at: which picture was clicked.
    """

    wiped = Signal(float)
    pointed_at = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("Pictures of the takes"))
        self.stacks: list[ContentStack] = []
        self._frames: list[QWidget] = []  # each cuts its stack off at its own edge
        self._grip = _Grip(self)
        self._is_wiping = False
        self._share = 0.5
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(140)

    def set_count(self, count: int) -> list[ContentStack]:
        """Fresh stacks, the old ones gone."""
        for frame in self._frames:
            frame.hide()
            frame.deleteLater()
        self.stacks, self._frames = [], []
        for _ in range(count):
            frame = QWidget(self)
            make_native(frame)  # else the video, which is one, would not be cut off by it
            stack = ContentStack()
            stack.setMinimumHeight(0)  # the cell says how tall it is
            stack.setParent(frame)
            self.stacks.append(stack)
            self._frames.append(frame)
            frame.show()
            stack.show()
        self._is_wiping = False
        self._arrange()
        return self.stacks

    def set_wiping(self, on: bool) -> None:
        self._is_wiping = on and len(self.stacks) == 2
        self._arrange()

    @property
    def wipe(self) -> float:
        return self._share

    def set_wipe(self, share: float) -> None:
        share = min(1.0, max(0.0, share))
        if share != self._share:
            self._share = share
            self._arrange()
            self.wiped.emit(share)

    def cell(self, which: int) -> QRect:
        """Where a picture is, in this widget."""
        if self._is_wiping:
            return self.rect()
        count = len(self.stacks)
        across = 2 if count == 4 else max(1, count)
        down = -(-count // across)
        line, column = divmod(which, across)
        wide = (self.width() - (across - 1) * _GAP) // across
        tall = (self.height() - (down - 1) * _GAP) // down
        return QRect(column * (wide + _GAP), line * (tall + _GAP), wide, tall)

    def _arrange(self) -> None:
        for which, (frame, stack) in enumerate(zip(self._frames, self.stacks, strict=True)):
            cell = self.cell(which)
            frame.setGeometry(cell)
            stack.setGeometry(frame.rect())
        self._grip.setVisible(self._is_wiping)
        if self._is_wiping:
            x = round(self._share * self.width())
            self._frames[1].setGeometry(x, 0, self.width() - x, self.height())
            self.stacks[1].setGeometry(-x, 0, self.width(), self.height())
            self._frames[1].raise_()
            self._grip.setGeometry(x - _LINE // 2, 0, _LINE, self.height())
            self._grip.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(_SURROUND))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._is_wiping:
            self.set_wipe(at.x() / max(1, self.width()))
            return
        for which in range(len(self.stacks)):
            if self.cell(which).contains(at):
                self.pointed_at.emit(which)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_wiping and event.buttons() & Qt.MouseButton.LeftButton:
            self.set_wipe(event.position().x() / max(1, self.width()))


def make_native(widget: QWidget) -> None:
    """Give the widget a window of the system's, but not those around it."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
    widget.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)


class _Grip(QWidget):
    """The line between the two pictures."""

    def __init__(self, screens: Screens) -> None:
        super().__init__(screens)
        self._screens = screens
        make_native(self)  # above the videos, which are too
        self.setCursor(Qt.CursorShape.SplitHCursor)
        plain.name(self, tr("Line between the two pictures"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#ffffff"))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.mapToParent(event.position().toPoint())
        self._screens.set_wipe(at.x() / max(1, self._screens.width()))
