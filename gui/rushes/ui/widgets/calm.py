"""Keeps wheels and drops from doing what nobody meant.

A wheel that scrolls a page turns no field it happens to pass, and text that is dropped into a field
is copied: its program keeps it.
"""

from typing import Any

from PySide6.QtCore import QEvent, QLibraryInfo, QObject, QPointF, Qt, QVersionNumber
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

_TURNED = (QComboBox, QAbstractSpinBox, QAbstractSlider, QTabBar)
_COPY, _MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction


def calm(root: QWidget) -> None:
    """Of all fields in `root` as it is now; calling it again is harmless."""
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, _TURNED) and not isinstance(widget, QScrollBar):
            if widget.focusPolicy() is Qt.FocusPolicy.WheelFocus:  # a wheel would give it the focus
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(_filter())
        elif isinstance(widget, QLineEdit):
            widget.installEventFilter(_filter())
        elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
            widget.viewport().installEventFilter(_filter())


def copied(event: QDropEvent) -> None:
    """Take what is dragged or dropped as a copy, whatever its program proposes."""
    event.setDropAction(_COPY)
    event.accept()


class _Calm(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QWheelEvent):
            if not isinstance(watched, _TURNED) or watched.hasFocus():
                return False
            event.ignore()  # the page below it scrolls
            return True
        if isinstance(event, QDropEvent) and _would_move(event):
            copy = _as_copy(event)
            QApplication.sendEvent(watched, copy)
            event.setDropAction(_COPY)
            event.setAccepted(copy.isAccepted())
            return True
        return False


_made: list[_Calm] = []


def _filter() -> _Calm:
    """One for all; it lives as long as the program."""
    if not _made:
        _made.append(_Calm())
    return _made[0]


def _would_move(event: QDropEvent) -> bool:
    """Whether another program would lose what is dropped."""
    is_foreign = event.source() is None and bool(event.possibleActions() & _COPY)
    return is_foreign and event.proposedAction() is _MOVE


def place_of_drag(at: QPointF) -> Any:
    """The point to make such an event with: Qt 6.12 has another kind than Qt before."""
    return at if QLibraryInfo.version() >= QVersionNumber(6, 12) else at.toPoint()


def _as_copy(event: QDropEvent) -> QDropEvent:
    at, about = event.position(), (event.mimeData(), event.buttons(), event.modifiers())
    if isinstance(event, QDragEnterEvent):
        return QDragEnterEvent(place_of_drag(at), _COPY, *about)
    if isinstance(event, QDragMoveEvent):
        return QDragMoveEvent(place_of_drag(at), _COPY, *about)
    return QDropEvent(at, _COPY, *about)
