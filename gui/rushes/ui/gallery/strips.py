"""Frames along a film, for the tile under the pointer. A few films are held."""

from collections import OrderedDict

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QImage

from rushes.core.poster import Source
from rushes.ui.widgets.image_loader import ImageLoader

#: As the frame server makes them: rows of frames in playing order.
COLUMNS, ROWS = 8, 6
FRAMES = COLUMNS * ROWS
_MOST_HELD = 2  # some 6 MB each
_MOST_EMPTY = 1024


class Strips(QObject):
    """Attributes:
    wish: The film that was asked for last and has not come; None: none.

    Signals:
    wanted: the Source of the film whose frames are to be made, or found.
    arrived: they can be painted.
    """

    wanted = Signal(Source)
    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._held: OrderedDict[str, QImage] = OrderedDict()  # null: there are none
        self._loader = ImageLoader(self)
        self._loader.loaded.connect(self._loaded)
        self._loading: dict[str, str] = {}  # path → name
        self.wish: Source | None = None

    def frame(self, source: Source, share: float) -> tuple[QImage, QRect] | None:
        """The frame at `share` (0 to 1) of the film's length: where it lies in which image.

        None: not there yet; it is asked for.
        """
        strip = self._held.get(source.name)
        if strip is None:
            if self.wish != source:
                self.wish = source
                self.wanted.emit(source)
            return None
        self._held.move_to_end(source.name)
        if strip.isNull():
            return None
        wide, tall = strip.width() // COLUMNS, strip.height() // ROWS
        row, column = divmod(min(FRAMES - 1, max(0, int(share * FRAMES))), COLUMNS)
        return strip, QRect(column * wide, row * tall, wide, tall)

    def deliver(self, name: str, path: str | None) -> None:
        """The frames of that film are in this file; None: it has none."""
        if path is None:
            self._hold(name, QImage())
        else:
            self._loading = {path: name}
            self._loader.load(path)

    def forget_wish(self) -> None:
        """The pointer left: the film may be asked for again later."""
        self.wish = None

    def wait(self) -> None:
        self._loader.wait()

    def _loaded(self, path: str, image: QImage) -> None:
        name = self._loading.pop(path, "")
        if name:
            self._hold(name, image)
            self.arrived.emit()

    def _hold(self, name: str, image: QImage) -> None:
        self._held[name] = image
        full = [held for held, strip in self._held.items() if not strip.isNull()]
        if len(full) > _MOST_HELD:
            del self._held[full[0]]
        if len(self._held) > _MOST_EMPTY:
            self._held.popitem(last=False)
