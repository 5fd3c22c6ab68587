"""Lets preview and list look into 3D results: another process reads and draws them."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QImage, QImageWriter

from rushes.controllers.main_controller import MainController
from rushes.core.model import ModelTrouble
from rushes.core.task import ArtifactKind
from rushes.files.models import ModelCache, Unpacked
from rushes.files.pictures import PictureCache
from rushes.ui.widgets.image_loader import read_image


class ModelController(QObject):
    """What becomes of `Preview.model_wanted` and `Preview.orbit_wanted`, and the posters of models.

    Args:
        posters: Where the list's pictures are made.
    """

    def __init__(self, main: MainController, posters: PictureCache) -> None:
        super().__init__(main)
        self._main = main
        self._preview = main.preview
        cache = main.backend.places.cache
        self._shelf = ModelCache(cache / "models")
        main.preview.model_wanted.connect(lambda path: main.do(self._look(path)))
        main.preview.orbit_wanted.connect(lambda path: main.do(self._orbit(path)))
        main.ending.connect(self._shelf.close)
        posters.makers[ArtifactKind.MODEL] = self._make_poster
        self._drawing = asyncio.Lock()  # one at a time: each takes a processor for a while

    async def _look(self, result: str) -> None:
        loop, preview = asyncio.get_running_loop(), self._preview
        found = await loop.run_in_executor(None, self._unpacked, result)
        if isinstance(found, ModelTrouble):
            preview.show_model_trouble(result, found)
            return
        model, name = found.path, _name(result)
        preview.show_model_facts(result, found.facts)
        turn = await loop.run_in_executor(None, self._shelf.turntable, model, name)
        if isinstance(turn, ModelTrouble):
            preview.show_model_trouble(result, turn)
            return
        preview.show_model(result, await loop.run_in_executor(None, _read, turn))

    async def _make_poster(self, result: Path, out: Path) -> bool:
        async with self._drawing:
            return await asyncio.get_running_loop().run_in_executor(
                None, self._poster, str(result), out
            )

    def _poster(self, result: str, out: Path) -> bool:
        found = self._unpacked(result)
        if isinstance(found, ModelTrouble):
            return False
        still = self._shelf.picture(found.path, _name(result))
        if isinstance(still, ModelTrouble):
            return False
        return QImageWriter(str(out), QByteArray(b"jpg")).write(read_image(str(still)))

    async def _orbit(self, result: str) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, self._unpacked, result)
        if isinstance(found, ModelTrouble):
            self._preview.show_model_trouble(result, found)
        else:
            self._shelf.orbit(found.path, Path(result).stem)

    def _unpacked(self, result: str) -> Unpacked | ModelTrouble:
        return self._shelf.unpacked(Path(result), _name(result))


def _name(result: str) -> str:
    """One for each content of a file: where it is, how large, and since when."""
    try:
        state = Path(result).stat()
        told = f"{result}\0{state.st_size}\0{state.st_mtime_ns}"
    except OSError:
        told = result
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(paths: Sequence[Path]) -> list[QImage]:
    pictures = [read_image(str(path)) for path in paths]
    return [picture for picture in pictures if not picture.isNull()]
