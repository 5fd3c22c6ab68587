"""Posters in the size they are painted in: a bounded cache that asks for what it does not have.

Whoever paints calls `for_task` and paints what comes, or nothing yet; `arrived` says when to paint
again. Files are decoded off the GUI thread. Where they lie, and making them, is not known here.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QObject,
    QPointF,
    QRectF,
    QRunnable,
    QSize,
    Qt,
    QThreadPool,
    QTimer,
    Signal,
)
from PySide6.QtGui import QImage, QPainter

from rushes.core.poster import Source, poster_source
from rushes.core.task import Task
from rushes.ui.widgets.image_loader import read_image

MAX_BYTES = 32 * 2**20
_ASK_EVERY_MS = 15
_AT_ONCE = 32  # asked for in one go, the newest wishes first
_MOST_WISHES = 256
_MOST_KNOWN = 8192  # names whose file, or lack of one, is remembered


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture fitted into so many device pixels."""

    source: Source
    wide: int
    tall: int

    @property
    def key(self) -> tuple[str, int, int]:
        return (self.source.name, self.wide, self.tall)


class Posters(QObject):
    """Signals:
    wanted: there is something in `take_wanted`. Rows are painted before anybody listens to this:
        who comes then takes what there is.
    arrived: there is more to paint.
    """

    wanted = Signal()
    arrived = Signal()

    def __init__(self, parent: QObject | None = None, *, max_bytes: int = MAX_BYTES) -> None:
        super().__init__(parent)
        self._max_bytes = max_bytes
        self._bytes = 0
        self._images: OrderedDict[tuple[str, int, int], QImage] = OrderedDict()
        self._wishes: OrderedDict[tuple[str, int, int], Wish] = OrderedDict()
        self._asked: dict[str, list[Wish]] = {}
        self._sought: dict[str, Source] = {}  # of those asked for: what nobody has taken yet
        self._paths: OrderedDict[str, str] = OrderedDict()  # "": there is no picture of it
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._answer = _Answer(self)
        self._answer.done.connect(self._decoded)
        self._timer = QTimer(self, singleShot=True, interval=_ASK_EVERY_MS)
        self._timer.timeout.connect(self._ask)

    def for_task(self, task: Task, box: QSize, ratio: float = 1.0) -> QImage | None:
        """The task's poster fitted into `box` (of logical pixels); None: not there (yet)."""
        source = poster_source(task)
        if source is None:
            return None
        wide, tall = round(box.width() * ratio), round(box.height() * ratio)
        key = (source.name, wide, tall)
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            image.setDevicePixelRatio(ratio)
            return image
        if self._paths.get(source.name) != "":
            self._wish(Wish(source, wide, tall))
        return None

    def at_hand(self, task: Task) -> QImage | None:
        """The task's poster in the largest size that is at hand; nothing is asked for."""
        source = poster_source(task)
        found = [
            image for (name, *_), image in self._images.items() if source and name == source.name
        ]
        return max(found, key=QImage.width, default=None)

    def take_wanted(self) -> list[Source]:
        """What came since the last time, the most urgent first: each is to be answered by
        `deliver` or `withdraw`."""
        sought, self._sought = self._sought, {}
        return list(sought.values())

    def deliver(self, name: str, path: str | None) -> None:
        """The picture of that source is this file; None: there is none."""
        self._paths[name] = path or ""
        self._paths.move_to_end(name)
        if len(self._paths) > _MOST_KNOWN:
            self._paths.popitem(last=False)
        wishes = self._asked.pop(name, [])
        if path:
            self._decode(wishes)

    def withdraw(self, names: Iterable[str]) -> None:
        """Nobody will answer for these now; painted again, they are asked for again."""
        for name in names:
            self._asked.pop(name, None)
            self._sought.pop(name, None)

    @property
    def bytes_held(self) -> int:
        return self._bytes

    def wait(self) -> None:
        """Until everything that is being decoded is decoded."""
        self._pool.waitForDone()

    # --- inside ---------------------------------------------------------------------------

    def _wish(self, wish: Wish) -> None:
        under_way = self._asked.get(wish.source.name)
        if under_way is not None and wish in under_way:
            return
        self._wishes[wish.key] = wish
        self._wishes.move_to_end(wish.key)
        if len(self._wishes) > _MOST_WISHES:
            self._wishes.popitem(last=False)  # scrolled past long ago
        if not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        known: list[Wish] = []
        unknown: dict[str, Source] = {}
        for _ in range(min(_AT_ONCE, len(self._wishes))):
            wish = self._wishes.popitem()[1]
            name = wish.source.name
            if self._paths.get(name):
                known.append(wish)
                continue
            if name not in self._asked:
                unknown[name] = wish.source
            self._asked.setdefault(name, []).append(wish)
        if self._wishes:
            self._timer.start()
        if known:
            self._decode(known)
        if unknown:
            self._sought = unknown | self._sought
            self.wanted.emit()

    def _decode(self, wishes: Sequence[Wish]) -> None:
        jobs = []
        for wish in wishes:
            # Until it is decoded it counts as asked for, or each repaint would decode it again.
            self._asked.setdefault(wish.source.name, []).append(wish)
            jobs.append((wish, self._paths[wish.source.name]))
        self._pool.start(_Decode(jobs, self._answer))

    def _decoded(self, made: list[tuple[Wish, QImage]]) -> None:
        for wish, image in made:
            self._asked.pop(wish.source.name, None)
            if image.isNull():  # damaged, or thrown out of the folder just now
                self._paths[wish.source.name] = ""
                continue
            self._keep(wish.key, image)
        self.arrived.emit()

    def _keep(self, key: tuple[str, int, int], image: QImage) -> None:
        before = self._images.pop(key, None)
        self._bytes += image.sizeInBytes() - (before.sizeInBytes() if before else 0)
        self._images[key] = image
        while self._bytes > self._max_bytes and len(self._images) > 1:
            self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()


class _Answer(QObject):
    done = Signal(list)


class _Decode(QRunnable):
    def __init__(self, jobs: Sequence[tuple[Wish, str]], answer: _Answer) -> None:
        super().__init__()
        self._jobs = jobs
        self._answer = answer

    def run(self) -> None:
        self._answer.done.emit([(wish, _fitted(path, wish)) for wish, path in self._jobs])


def _fitted(path: str, wish: Wish) -> QImage:
    image = read_image(path)
    if image.isNull():
        return image
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    made = image.scaled(wish.wide, wish.tall, keep, smooth)
    return made.convertToFormat(QImage.Format.Format_RGB32)


def draw(painter: QPainter, image: QImage, box: QRectF) -> None:
    """Paint a poster in the middle of `box`, which it was fitted into."""
    size, middle = image.deviceIndependentSize(), box.center()
    at = QPointF(middle.x() - size.width() / 2, middle.y() - size.height() / 2)
    painter.drawImage(at.toPoint(), image)  # on whole pixels: nothing is scaled again
