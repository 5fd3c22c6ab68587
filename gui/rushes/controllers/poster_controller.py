"""Pictures of results: posters and strips, from the folder they lie in or the process that makes
them, and 3D models, which another process reads and draws."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QImage, QImageWriter

from rushes.controllers.main_controller import MainController
from rushes.core.model import ModelTrouble
from rushes.core.poster import Source
from rushes.core.task import ArtifactKind
from rushes.files.models import ModelCache, Unpacked
from rushes.files.pictures import PictureCache
from rushes.ui.gallery.strips import Strips
from rushes.ui.widgets.image_loader import read_image
from rushes.ui.widgets.posters import Posters

#: So many posters wait to be made; what was scrolled past is asked for again when it comes back.
_MOST_WAITING = 64


class PosterController(QObject):
    """Finds or makes the pictures that are wanted: the film under the pointer first, then what was
    wanted last.

    Attributes:
        shelf: Who draws 3D models adds its maker there.
    """

    def __init__(self, main: MainController, posters: Posters, strips: Strips) -> None:
        super().__init__(main)
        self._main = main
        self._posters = posters
        self._strips = strips
        cache = main.backend.places.cache
        self.shelf = PictureCache(cache / "posters", main.frames)
        self._waiting: OrderedDict[str, Source] = OrderedDict()
        self._film: Source | None = None
        self._wanted = asyncio.Event()
        self._is_working = False
        posters.wanted.connect(self._take)
        strips.wanted.connect(self._want_strip)
        self._take()  # what was painted before this was here
        if strips.wish is not None:
            self._want_strip(strips.wish)

    def _take(self) -> None:
        if sources := self._posters.take_wanted():
            self._main.do(self._find(sources))

    async def _find(self, sources: Sequence[Source]) -> None:
        """What lies in the folder is delivered at once, the rest waits to be made."""

        def look() -> list[tuple[Source, str | None]]:
            found = ((source, self.shelf.find(source)) for source in sources)
            return [(source, str(path) if path else None) for source, path in found]

        for source, path in await asyncio.get_running_loop().run_in_executor(None, look):
            if path is not None:
                self._posters.deliver(source.name, path)
            else:
                self._waiting[source.name] = source
                self._waiting.move_to_end(source.name, last=False)
        dropped = []
        while len(self._waiting) > _MOST_WAITING:
            dropped.append(self._waiting.popitem()[0])
        self._posters.withdraw(dropped)
        self._go_on()

    def _want_strip(self, source: Source) -> None:
        self._film = source
        self._go_on()

    def _go_on(self) -> None:
        self._wanted.set()
        if not self._is_working:
            self._is_working = True
            self._main.do(self._work())

    async def _work(self) -> None:
        """Make one picture after the other until the window closes."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.shelf.trim)
        while await self._wanted.wait():
            if self._film is not None:
                film, self._film = self._film, None
                await self._make_strip(film)
            elif self._waiting:
                name, source = self._waiting.popitem(last=False)
                path = await self.shelf.make(source)
                self._posters.deliver(name, str(path) if path else None)
            else:
                self._wanted.clear()

    async def _make_strip(self, film: Source) -> None:
        loop = asyncio.get_running_loop()
        path = await loop.run_in_executor(None, self.shelf.find, film, "strip")
        path = path or await self.shelf.make(film, "strip")
        self._strips.deliver(film.name, str(path) if path else None)


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
