"""Reads one image at a time off the GUI thread; only the newest wish is answered."""

import stat
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

_FORMATS = (b"png", b"jpeg", b"webp")
_LARGEST_SIDE = 8192
_ALLOCATION_MIB = 128


class _Answer(QObject):
    done = Signal(str, QImage)


class _Read(QRunnable):
    def __init__(self, path: str, answer: _Answer) -> None:
        super().__init__()
        self._path = path
        self._answer = answer

    def run(self) -> None:
        self._answer.done.emit(self._path, read_image(self._path))


class ImageLoader(QObject):
    """Signals:
    loaded: path, and the image; null when the file is no image that is allowed.
    """

    loaded = Signal(str, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._answer = _Answer(self)
        self._answer.done.connect(self._arrived)
        self._wanted = ""

    def load(self, path: str) -> None:
        self._wanted = path
        self._pool.clear()
        self._pool.start(_Read(path, self._answer))

    def forget(self) -> None:
        """Drop the wish; a read that runs ends unheard."""
        self._wanted = ""
        self._pool.clear()

    def wait(self) -> None:
        self._pool.waitForDone()

    def _arrived(self, path: str, image: QImage) -> None:
        if path == self._wanted:
            self.loaded.emit(path, image)


def read_image(path: str) -> QImage:
    """Decode a PNG, JPEG or WebP, told by content. Null for all else and for the too large."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # a pipe has no end
            return QImage()
    except (OSError, ValueError):
        return QImage()
    QImageReader.setAllocationLimit(_ALLOCATION_MIB)
    reader = QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in _FORMATS:
        return QImage()
    size = reader.size()
    if size.isEmpty() or size.boundedTo(QSize(_LARGEST_SIDE, _LARGEST_SIDE)) != size:
        return QImage()
    return reader.read()
