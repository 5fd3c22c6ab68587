"""What can be seen on the screen, whoever painted it."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

#: How far apart a pixel's largest and smallest channel are in a picture, or how dark it is: the
#: light theme's empty places and grey signs are neither.
_CHROMA, _DARK = 40, 70


def screen_shot() -> QImage:
    screen = QApplication.primaryScreen()
    assert screen is not None
    return screen.grabWindow(0).toImage()


def picture_share(image: QImage, box: QRect) -> float:
    """The share (0 to 1) of pixels in the box that only pictures have; one in four is looked at."""
    columns = range(box.left(), box.right() + 1, 2)
    rows = range(box.top(), box.bottom() + 1, 2)
    found = [_is_of_picture(image.pixelColor(x, y)) for x in columns for y in rows]
    return sum(found) / max(1, len(found))


def _is_of_picture(colour: QColor) -> bool:
    rgb = (colour.red(), colour.green(), colour.blue())
    return max(rgb) - min(rgb) > _CHROMA or max(rgb) < _DARK
