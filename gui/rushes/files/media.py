"""Pictures of saved files: a bounded folder of small JPEGs, and the process that makes them.

Nothing is fetched: a poster is made of a file that is on this disk already. The decoder runs as a
process of its own (`helpers/frames.py`), because a file may break it or make it hang.
"""

import asyncio
import contextlib
import json
import os
import time
import uuid
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rushes.core.poster import Source
from rushes.core.task import ArtifactKind
from rushes.files.verify import HEAD_BYTES, sniff
from rushes.system import helper
from rushes.system.disk import open_regular

#: Makes a picture of a file of one kind: (file, where to write a JPEG) → whether it did.
Maker = Callable[[Path, Path], Awaitable[bool]]

MAX_BYTES = 500 * 2**20
_KEEP_SHARE = 0.9  # what is left after a trim
_TRIM_EVERY = 64  # files written
_USED_S = 86_400  # a picture that is used is marked so once a day
_IDLE_S = 20.0
_JOB_S = 20.0
_END_S = 0.3
_IMAGES = frozenset({"png", "jpg", "webp"})
_FILMS = frozenset({"mp4", "m4v", "mov", "3gp", "webm", "mkv", "avi", "ts"})


class FrameWorker:
    """The decoder's process: started when needed, ended when idle, killed when it hangs."""

    def __init__(
        self,
        folder: Path,
        command: Sequence[str] | None = None,
        *,
        idle_s: float = _IDLE_S,
        job_s: float = _JOB_S,
    ) -> None:
        """
        Args:
            folder: The process's own current folder; made when needed, and stays empty.
            command: How it is started, if it is not ours.
            idle_s: Seconds without a wish after which it ends.
            job_s: Seconds one wish may take; then the process is killed.
        """
        self._folder = folder
        self._command = helper.command("frames") if command is None else tuple(command)
        self._idle_s = idle_s
        self._job_s = job_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def make(self, what: str, path: Path, out: Path) -> int:
        """`what` is "image", "poster" or "strip". Returns the number of frames in `out`; 0: none.

        A file that breaks or stalls the decoder gives 0, and the next one a new process.
        """
        async with self._turn:
            self._hold()
            wish = {"what": what, "path": str(path), "out": str(out)}
            try:
                async with asyncio.timeout(self._job_s):
                    return await self._ask(json.dumps(wish).encode() + b"\n")
            except (TimeoutError, OSError, ValueError):
                await self._kill()
                return 0
            except asyncio.CancelledError:
                await self._kill()  # its answer would be taken for the next wish's
                raise
            finally:
                loop = asyncio.get_running_loop()
                self._rest = loop.call_later(self._idle_s, self._let_go)

    async def aclose(self) -> None:
        self._hold()
        await self._kill()

    async def _ask(self, line: bytes) -> int:
        before = self._process
        if before is not None and before.stdin is not None and before.stdin.is_closing():
            await before.wait()  # it was told to end
        if not self.is_running:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                **helper.surroundings(self._folder),
            )
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line)
        await process.stdin.drain()
        return int(json.loads(await process.stdout.readline())["frames"])

    def _hold(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _let_go(self) -> None:
        """End of its input is what the process ends with."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def _kill(self) -> None:
        """Wait a moment for a process that is ending; what goes on after that is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_END_S):
                await process.wait()
        except TimeoutError:
            # Not sooner: told to kill one that has just ended, asyncio loses its exit code.
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


class PosterShelf:
    """Posters and strips in one folder, by the name of their source; the least used ones go.

    Attributes:
        makers: Who makes posters of which kind of file beside films and images. Whoever can draw
            a 3D model adds itself here.
    """

    def __init__(self, folder: Path, worker: FrameWorker, *, max_bytes: int = MAX_BYTES) -> None:
        self.makers: dict[ArtifactKind, Maker] = {}
        self._folder = folder
        self._worker = worker
        self._max_bytes = max_bytes
        self._written = 0

    def find(self, source: Source, what: str = "poster") -> Path | None:
        """The picture, if it is there. A look at the disk: call it in a thread."""
        path = self._path(source, what)
        try:
            used = path.stat().st_mtime
            if time.time() - used > _USED_S:
                os.utime(path)
        except OSError:
            return None
        return path

    async def make(self, source: Source, what: str = "poster") -> Path | None:
        """Make the picture ("poster" or "strip"). None: this file has none."""
        path = self._path(source, what)
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
        if kind in _FILMS:
            return await self._worker.make(what, path, out) > 0
        if kind in _IMAGES and what == "poster":
            return await self._worker.make("image", path, out) > 0
        maker = self.makers.get(source.kind)
        return what == "poster" and maker is not None and await maker(path, out)

    def _prepare(self, path: Path) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_regular(path) as file:
            return sniff(file.read(HEAD_BYTES))

    def _path(self, source: Source, what: str) -> Path:
        return self._folder / f"{source.name}.{what}.jpg"


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
