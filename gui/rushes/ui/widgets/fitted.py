"""Drawing an image into a box without changing its proportions."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter


def draw_fitted(painter: QPainter, image: QImage, into: QRect) -> None:
    """Draw the whole image, centred, with its own proportions."""
    if image.isNull():
        return
    size = image.size().scaled(into.size(), Qt.AspectRatioMode.KeepAspectRatio)
    box = QRect(0, 0, size.width(), size.height())
    box.moveCenter(into.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)
