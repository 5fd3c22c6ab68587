"""What a screen reader is told of, without taking the focus."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from rushes.ui.widgets import plain

#: At most one announcement in so many seconds; the last one of a flood is said.
EVERY_S = 5.0


class Announcer:
    """Announces what happens to the selected row, not too often."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._waiting = ""
        self._timer = QTimer(widget)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def say(self, text: str) -> None:
        if self._timer.isActive():
            self._waiting = text
            return
        self._timer.start(int(EVERY_S * 1000))
        plain.announce(self._widget, text)

    def _next(self) -> None:
        text, self._waiting = self._waiting, ""
        if text:
            self.say(text)
