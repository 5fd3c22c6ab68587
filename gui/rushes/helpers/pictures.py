"""The helper that takes frames out of films and pictures.

Decoding a frame holds Python's lock for a long time, and a file that breaks the decoder must not
take the window with it. One JSON object a line comes in, one goes out:

    {"path": …, "out": …, "what": "image" | "poster" | "strip"}    →    {"frames": 12}

`frames` is 0 when there is no picture to be had. Only absolute paths of local files are opened.
The process ends with its standard input.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # needs no screen, and must not find one
os.environ["QT_FFMPEG_DECODING_HW_DEVICE_TYPES"] = ","  # drivers hang; software always answers

from PySide6.QtCore import QByteArray, QEventLoop, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtMultimedia import QMediaMetaData, QMediaPlayer, QVideoFrame, QVideoSink

from rushes.ui.preview.player import local_url
from rushes.ui.widgets.image_loader import read_image

#: Longest side of a poster, and of one frame of a strip, in pixels.
POSTER_SIDE, STRIP_SIDE = 384, 240
STRIP_FRAMES = 12
_LARGEST_SIDE = 8192
_QUALITY = 84
_STEP_S = 4.0  # for one answer of the decoder
_BLACK = 20  # mean grey of 255 below which a frame shows nothing
_POSTER_AT_MS = 500


class Film:
    """One film, opened to be looked at frame by frame."""

    def __init__(self, app: QGuiApplication) -> None:
        self._app = app
        self._sink = QVideoSink()
        self._player = QMediaPlayer()
        self._player.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._frame = QVideoFrame()

    def open(self, path: str) -> bool:
        done = QMediaPlayer.MediaStatus
        self._player.setSource(local_url(path))
        loaded = (done.LoadedMedia, done.BufferedMedia)
        ended = (*loaded, done.InvalidMedia)
        self._wait(lambda: self._player.mediaStatus() in ended)
        if self._player.mediaStatus() not in loaded or not self._player.hasVideo():
            return False
        size = self._player.metaData().value(QMediaMetaData.Key.Resolution)
        if isinstance(size, QSize) and max(size.width(), size.height()) > _LARGEST_SIDE:
            return False
        self._player.pause()
        return self._wait(lambda: self._frame.isValid())

    def close(self) -> None:
        self._player.stop()
        self._player.setSource(QUrl())
        self._frame = QVideoFrame()

    @property
    def duration_ms(self) -> int:
        return self._player.duration()

    def at(self, ms: int, side: int) -> QImage:
        """The frame shown at `ms`, no larger than `side`; null when it does not come."""
        if ms > 0:
            self._frame = QVideoFrame()
            self._player.setPosition(ms)
            if not self._wait(lambda: self._frame.isValid()):
                return QImage()
        return fitted(self._frame.toImage(), side)

    def _on_frame(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._frame = frame

    def _wait(self, is_so: Callable[[], bool]) -> bool:
        until = time.monotonic() + _STEP_S
        while not is_so():
            if time.monotonic() > until:
                return False
            self._app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.001)
        return True


def fitted(image: QImage, side: int) -> QImage:
    if image.isNull() or max(image.width(), image.height()) <= side:
        return image
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(side, side, keep, smooth)


def brightness(image: QImage) -> float:
    """Mean grey, 0 to 255."""
    ignore = Qt.AspectRatioMode.IgnoreAspectRatio
    small = image.scaled(16, 16, ignore, Qt.TransformationMode.SmoothTransformation)
    grey = bytes(small.convertToFormat(QImage.Format.Format_Grayscale8).constBits())
    return sum(grey) / len(grey)


def poster(film: Film) -> QImage:
    """The first frame after half a second that is not black; else the brightest one tried."""
    tried: list[QImage] = []
    length = film.duration_ms
    first = min(_POSTER_AT_MS, length // 2)
    for ms in (first, length // 4, length // 2, length * 3 // 4):
        image = film.at(ms, POSTER_SIDE)
        if not image.isNull():
            if brightness(image) > _BLACK:
                return image
            tried.append(image)
    return max(tried, key=brightness, default=QImage())


def strip(film: Film) -> QImage:
    """Frames along the whole film, side by side; null when one of them does not come."""
    frames = [
        film.at(int(film.duration_ms * (n + 0.5) / STRIP_FRAMES), STRIP_SIDE)
        for n in range(STRIP_FRAMES)
    ]
    if any(frame.isNull() for frame in frames):
        return QImage()
    wide, tall = frames[0].width(), frames[0].height()
    made = QImage(wide * STRIP_FRAMES, tall, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    for n, frame in enumerate(frames):
        painter.drawImage(QRect(n * wide, 0, wide, tall), frame)
    painter.end()
    return made


def answer(film: Film, wish: dict[str, Any]) -> int:
    """Write what is wished to `out`. Returns the number of frames in it."""
    what, path, out = wish["what"], str(wish["path"]), str(wish["out"])
    if what == "image":
        made = fitted(read_image(path), POSTER_SIDE)
    else:
        try:
            opened = film.open(path)
            made = (strip(film) if what == "strip" else poster(film)) if opened else QImage()
        finally:
            film.close()
    if made.isNull() or not _written(made, out):
        return 0
    return STRIP_FRAMES if what == "strip" else 1


def _written(image: QImage, out: str) -> bool:
    writer = QImageWriter(out, QByteArray(b"JPEG"))
    writer.setQuality(_QUALITY)
    return writer.write(image)


def main() -> int:
    app = QGuiApplication(sys.argv[:1])
    film = Film(app)
    for line in sys.stdin:
        print(json.dumps({"frames": answer(film, json.loads(line))}), flush=True)
    return 0
