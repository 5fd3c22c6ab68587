"""Keeps single frames of a clip: as a PNG file beside it, or on the clipboard."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter

from rushes.controllers.window import Desk
from rushes.core.failure import Failure
from rushes.files.file_store import write_new
from rushes.presentation.text import tr


class FrameDesk(QObject):
    """What becomes of `MainWindow.frame_wanted`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        desk.window.frame_wanted.connect(self._take)

    def _take(self, clip: str, number: int, image: QImage, is_copy: bool) -> None:
        if is_copy:
            QGuiApplication.clipboard().setImage(image)
            told = tr("Frame {number} copied.", number=number)
            self._desk.window.show_message(told, kind="success", replace="frame", timeout_s=4)
        else:
            self._desk.do(self._save(frame_path(Path(clip), number), image))

    async def _save(self, wanted: Path, image: QImage) -> Failure | None:
        """Compressing a frame takes too long for the thread that paints."""
        loop = asyncio.get_running_loop()
        saved = await loop.run_in_executor(None, lambda: write_new(wanted, png(image)))
        if isinstance(saved, Failure):
            return saved
        told = tr("Frame saved as {name}.", name=saved.name)
        self._desk.window.show_message(told, kind="success", replace="frame", timeout_s=6)
        return None


def frame_path(clip: Path, number: int) -> Path:
    """``/films/hero.mp4``, 123 → ``/films/hero_f0123.png``. Frames count from 1, as on screen."""
    return clip.with_name(f"{clip.stem}_f{number:04}.png")


def png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(content.data())
