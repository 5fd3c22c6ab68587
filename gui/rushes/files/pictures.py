"""Pictures of saved files: a bounded folder of small JPEGs.

Nothing is fetched: a poster is made of a file that is on this disk already, by the frame server.
"""

import asyncio
import contextlib
import os
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

from rushes.core.poster import Source
from rushes.core.task import ArtifactKind
from rushes.files.frames import FrameServer
from rushes.files.verify import HEAD_BYTES, sniff
from rushes.system.disk import open_regular

#: Makes a picture of a file of one kind: (file, where to write a JPEG) → whether it did.
Maker = Callable[[Path, Path], Awaitable[bool]]

MAX_BYTES = 500 * 2**20
_KEEP_SHARE = 0.9  # what is left after a trim
_TRIM_EVERY = 64  # files written
_USED_S = 86_400  # a picture that is used is marked so once a day
_IMAGES = frozenset({"png", "jpg", "webp"})
_FILMS = frozenset({"mp4", "m4v", "mov", "3gp", "webm", "mkv", "avi", "ts", "gif", "flv"})
#: What stands in the name of its file; strips of earlier versions had twelve frames.
_NAMES = {"poster": "poster", "strip": "strip48"}


class PictureCache:
    """Posters and strips in one folder, by the name of their source; the least used ones go.

    Args:
        folder: In the cache; made when needed.
        server: Looks into films and images. It is ended by whoever made it.

    Attributes:
        makers: Who makes posters of which kind of file beside films and images. Whoever can draw
            a 3D model adds itself here.
    """

    def __init__(self, folder: Path, server: FrameServer, *, max_bytes: int = MAX_BYTES) -> None:
        self.makers: dict[ArtifactKind, Maker] = {}
        self._folder = folder
        self._server = server
        self._max_bytes = max_bytes
        self._written = 0

    def find(self, source: Source, what: str = "poster") -> Path | None:
        """The picture, if it is there. A look at the disk: call it in a thread."""
        path = self.path_of(source, what)
        try:
            used = path.stat().st_mtime
            if time.time() - used > _USED_S:
                os.utime(path)
        except OSError:
            return None
        return path

    async def make(self, source: Source, what: str = "poster") -> Path | None:
        """Make the picture ("poster" or "strip"). None: this file has none."""
        path = self.path_of(source, what)
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
        loop = asyncio.get_running_loop()
        try:
            kind = await loop.run_in_executor(None, self._prepare, Path(source.path))
            if not await self._draw(source, kind, what, part):
                return None
            await loop.run_in_executor(None, part.replace, path)
        except OSError:  # a full disk or a file that just went: no picture is no trouble
            return None
        finally:
            await asyncio.shield(loop.run_in_executor(None, _remove, part))
        self._written += 1
        if self._written % _TRIM_EVERY == 0:
            await loop.run_in_executor(None, self.trim)
        return path

    def trim(self) -> None:
        """Remove the least used pictures when there are too many, and parts of broken runs."""
        found: list[tuple[float, int, Path]] = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    found.append((facts.st_mtime, facts.st_size, Path(entry.path)))
        total = sum(size for _, size, _ in found)
        now = time.time()
        wanted = self._max_bytes * _KEEP_SHARE if total > self._max_bytes else total
        for used, size, path in sorted(found):
            broken = path.suffix == ".part" and now - used > _USED_S
            if total > wanted or broken:
                _remove(path)
                total -= size

    async def _draw(self, source: Source, kind: str, what: str, out: Path) -> bool:
        path = Path(source.path)
        if kind in _FILMS or (kind in _IMAGES and what == "poster"):
            return await self._server.draw("image" if kind in _IMAGES else what, path, out) is None
        maker = self.makers.get(source.kind)
        return what == "poster" and maker is not None and await maker(path, out)

    def _prepare(self, path: Path) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_regular(path) as file:
            return sniff(file.read(HEAD_BYTES))

    def path_of(self, source: Source, what: str) -> Path:
        """Where that picture is kept, once it was made."""
        return self._folder / f"{source.name}.{_NAMES[what]}.jpg"


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
