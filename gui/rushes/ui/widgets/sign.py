"""A small picture that is painted in the inks of the theme that is on."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from rushes.ui.widgets import theme


class Sign(QWidget):
    """One of our icons, for the eye only: the words beside it say the same."""

    def __init__(self, icon: str, colour: str = "muted", side: int = theme.ICON) -> None:
        super().__init__()
        self._icon = (icon, colour)
        self.setFixedSize(side, side)

    def show_icon(self, icon: str, colour: str) -> None:
        if self._icon != (icon, colour):
            self._icon = (icon, colour)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        theme.draw_icon(painter, *self._icon, QRectF(self.rect()))
        painter.end()
