"""Pictures of a model turning once, to be scrubbed, above what is known of it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from rushes.core.model import ModelFacts, ModelTrouble
from rushes.presentation.text import tr
from rushes.presentation.words import facts_line, trouble_sentence
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import IconLabel, draw_fitted, line, push_button

_SPIN_MS = 100
_DRAG = 10  # pixels of the mouse for a picture


class ModelPane(QWidget):
    """Signals:
    orbit_wanted: the model is to be turned freely, in a window of its own.
    open_wanted: the file is to be opened with the user's own program.
    """

    orbit_wanted = Signal()
    open_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._waits = False  # for pictures of the model that is being looked at
        self.turntable = Turntable()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setMinimumHeight(24)
        plain.name(self._slider, tr("Turn the model"))
        self._facts = line("", "muted")
        self._orbit = push_button(tr("Orbit"), self.orbit_wanted.emit, icon="cube")
        self._open = push_button(tr("Open file"), self.open_wanted.emit)
        plain.set_tooltip(self._orbit, tr("Turn the model freely, in a window of its own"))
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self._slider, 1)
        row.addWidget(self._orbit)
        row.addWidget(self._open)
        below = QVBoxLayout()
        below.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        below.setSpacing(2)
        below.addWidget(self._facts)
        below.addLayout(row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.turntable, 1)
        box.addLayout(below)
        self._slider.valueChanged.connect(self.turntable.turn_to)
        self.turntable.turned.connect(self._turned)

    def clear(self, facts: str = "") -> None:
        """Wait for the next model; `facts` is what is known before it was looked at."""
        self._waits = True
        self.turntable.show_pictures(())
        self.turntable.show_words(tr("Looking at the model…"))
        plain.set_text(self._facts, facts)
        self._slider.setEnabled(False)
        self._orbit.setEnabled(False)

    def show_still(self, picture: QImage) -> None:
        """The poster, until the pictures are there."""
        if self._waits:
            self.turntable.show_pictures((picture,))

    def show_facts(self, facts: ModelFacts) -> None:
        plain.set_text(self._facts, facts_line(facts))
        self._orbit.setEnabled(True)

    def show_pictures(self, pictures: Sequence[QImage]) -> None:
        """The model seen from all sides, one after the other."""
        self._waits = False
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, max(0, len(pictures) - 1))
            self._slider.setValue(0)
        self._slider.setEnabled(len(pictures) > 1)
        self.turntable.show_pictures(pictures)

    def show_trouble(self, trouble: ModelTrouble) -> None:
        """Say why there are no pictures; the facts stay, if there are any."""
        self._waits = False
        self.turntable.show_pictures(())
        self.turntable.show_words(trouble_sentence(trouble), icon="warning", colour="amber")

    def _turned(self, at: int) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(at)


class Turntable(QWidget):
    """One picture at a time; dragging sideways or the wheel turns the model.

    Signals:
        turned: the number of the picture on show, from 0.
    """

    turned = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        plain.name(self, tr("3D model"))
        self._pictures: tuple[QImage, ...] = ()
        self._at = 0
        self._grip: QPoint | None = None
        self._spin = QTimer(self, interval=_SPIN_MS)
        self._spin.timeout.connect(lambda: self.turn(1))
        self._icon = IconLabel("cube", side=36)
        self._words = line("", "muted")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box = QVBoxLayout(self)
        box.addStretch(1)
        box.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._words)
        box.addStretch(1)

    @property
    def at(self) -> int:
        return self._at

    @property
    def pictures(self) -> tuple[QImage, ...]:
        return self._pictures

    @property
    def is_spinning(self) -> bool:
        return self._spin.isActive()

    def show_pictures(self, pictures: Sequence[QImage]) -> None:
        self._pictures, self._at = tuple(pictures), 0
        self._spin.stop()
        for part in (self._icon, self._words):
            part.setVisible(not pictures)
        self.setCursor(Qt.CursorShape.SizeHorCursor if pictures else Qt.CursorShape.ArrowCursor)
        self.update()

    def show_words(self, words: str, *, icon: str = "cube", colour: str = "muted") -> None:
        """What stands here while there are no pictures."""
        self._icon.show_icon(icon, colour)
        plain.set_text(self._words, words)

    def turn_to(self, at: int) -> None:
        if self._pictures and at % len(self._pictures) != self._at:
            self._at = at % len(self._pictures)
            self.turned.emit(self._at)
            self.update()

    def turn(self, by: int) -> None:
        self.turn_to(self._at + by)

    def toggle_spin(self) -> None:
        if self._spin.isActive() or len(self._pictures) < 2:
            self._spin.stop()
        else:
            self._spin.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        if self._pictures:
            shown = self._pictures[self._at]
            painter.fillRect(self.rect(), shown.pixelColor(0, 0))  # goes on beside the picture
            draw_fitted(painter, shown, self.rect())
        else:
            painter.fillRect(self.rect(), theme.ink("stripe"))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position().toPoint()
        self._spin.stop()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        moved = event.position().toPoint().x() - self._grip.x()
        if abs(moved) >= _DRAG:
            self._grip = event.position().toPoint()
            self.turn(round(moved / _DRAG))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        del event
        self._grip = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.turn(1 if event.angleDelta().y() > 0 else -1)
        event.accept()
