"""Tells a screen reader what happened to the selected row: politely, and not too often."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

#: At most one announcement in so many seconds; the last one of a flood is said.
EVERY_S = 5.0


class Announcer:
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
        event = QAccessibleAnnouncementEvent(self._widget, text)
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def _next(self) -> None:
        text, self._waiting = self._waiting, ""
        if text:
            self.say(text)
