"""Safe-area lines over the picture: what every screen shows, and where titles may stand."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from rushes.ui.widgets import theme

#: Shares of width and height. Source: SMPTE RP 218 (CRT-era 90 % / 80 %), what editors call
#: action safe and title safe.
ACTION_SAFE, TITLE_SAFE = 0.9, 0.8
_CROSS = 12  # half the length of the cross in the middle, in pixels


class Guides(QWidget):
    """Lies over the video, which is a native window that nothing can be painted onto: so this is
    one too, cut to the shape of its lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def lay_over(self, picture: QRect) -> None:
        """Put the lines over `picture`, in the parent's coordinates."""
        self.setGeometry(picture)
        if picture.isEmpty():
            return
        region = QRegion()
        for line in lines(picture.size().width(), picture.size().height()):
            region += line
        self.setMask(region)
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.ink("amber"))
        painter.end()


def safe_area(width: int, height: int, share: float) -> QRect:
    """The middle of a picture of that size."""
    inner_width, inner_height = round(width * share), round(height * share)
    return QRect(
        (width - inner_width) // 2, (height - inner_height) // 2, inner_width, inner_height
    )


def lines(width: int, height: int) -> list[QRect]:
    """All lines as thin boxes: two frames and a cross in the middle."""
    found = []
    for share in (ACTION_SAFE, TITLE_SAFE):
        box = safe_area(width, height, share)
        found += [
            QRect(box.left(), box.top(), box.width(), 1),
            QRect(box.left(), box.bottom(), box.width(), 1),
            QRect(box.left(), box.top(), 1, box.height()),
            QRect(box.right(), box.top(), 1, box.height()),
        ]
    found.append(QRect(width // 2 - _CROSS, height // 2, 2 * _CROSS, 1))
    found.append(QRect(width // 2, height // 2 - _CROSS, 1, 2 * _CROSS))
    return found
