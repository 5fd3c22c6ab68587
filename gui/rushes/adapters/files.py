"""Where files go, whether they still are there, and how much room is left."""

import asyncio
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rushes.adapters import quarantine, sidecar
from rushes.adapters.disk import failure_of, make_folders, write_whole
from rushes.adapters.filenames import (
    EXTENSIONS,
    folded,
    safe_part,
    safe_path,
    taken,
    with_extension,
)
from rushes.adapters.part import Part
from rushes.adapters.verify import WrongFile, verify
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.naming import SHA8_LATER, BadTemplate, render, values_of
from rushes.core.ports import SavedFile
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, Report, Task

T = TypeVar("T")

_BLOCK_BYTES = 2**20


class FileKeeper:
    """`core.ports.Files` in the user's folder.

    Args:
        settings: The current ones, asked for at each call.
        default_folder: Used, and created, while the user has chosen none.
        executor: For blocking work; None is the loop's own.
        by_rule: The folder a rule chooses for the files of a task; None: the usual one.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        default_folder: Path,
        executor: Executor | None = None,
        by_rule: Callable[[Task, Account], Path | None] = lambda _task, _account: None,
    ) -> None:
        self._settings = settings
        self._default_folder = default_folder
        self._executor = executor
        self._by_rule = by_rule

    @property
    def folder(self) -> Path:
        chosen = self._settings().folder
        return Path(chosen).expanduser().absolute() if chosen else self._default_folder.absolute()

    async def target(self, task: Task, kind: ArtifactKind, account: Account) -> Path | Failure:
        """As the port says; the folders of the path exist afterwards."""
        settings, chosen = self._settings(), self.folder_by_rule(task, account)
        folder = chosen or self.folder
        ext = expected_extension(task.report, kind)
        try:
            rendered = render(settings.template, values_of(task, kind, account, ext))
        except BadTemplate as e:
            return Failure(Kind.FOLDER, detail=f"the name template is not usable: {e}")
        may_create = chosen is None and not settings.folder
        return await self._off(lambda: _prepare(folder, rendered, ext, may_create=may_create))

    def folder_by_rule(self, task: Task, account: Account) -> Path | None:
        folder = self._by_rule(task, account)
        return None if folder is None else folder.absolute()

    async def write_sidecar(
        self, task: Task, artifact: Artifact, account: Account
    ) -> Failure | None:
        if artifact.path is None:
            raise ValueError("a sidecar belongs to a saved file")
        path = sidecar.path_beside(Path(artifact.path))
        return await self._off(lambda: _write(path, sidecar.content(task, artifact, account)))

    async def is_intact(self, artifact: Artifact) -> bool:
        return await self._off(lambda: is_intact(artifact))

    async def copy(self, artifact: Artifact, path: Path) -> Path | Failure:
        """As the port says; the ending stays the one the content has."""
        if artifact.path is None:
            raise ValueError("only a saved file is copied")
        source = Path(artifact.path)
        return await self._off(lambda: _copy(source, path))

    async def take_over(
        self, task: Task, kind: ArtifactKind, account: Account, path: Path | None
    ) -> SavedFile | None:
        """As the port says."""
        target = path or await self.target(task, kind, account)
        if isinstance(target, Failure):
            return None
        return await self._off(lambda: left_behind(target, task, kind))

    async def free_bytes(self, folder: Path | None = None) -> int | None:
        """As the port says: a chosen disk may be away."""
        place, may_create = folder or self.folder, folder is None and not self._settings().folder
        return await self._off(lambda: free_in(place, may_create=may_create))

    async def _off(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def expected_extension(report: Report, kind: ArtifactKind) -> str:
    """What the file will probably be; the downloader corrects it by the content."""
    match kind:
        case ArtifactKind.LAST_FRAME:
            return "png"
        case ArtifactKind.MODEL:
            return "zip"
        case ArtifactKind.VIDEO | ArtifactKind.ORIGINAL_VIDEO:
            return "mov" if (report.file_format or "").strip().lower() == "mov" else "mp4"


def is_intact(artifact: Artifact) -> bool:
    """Whether path, size and mtime still are those of the saved file. Blocks for one `stat`."""
    if artifact.path is None:
        return False
    try:
        state = Path(artifact.path).stat()
    except (OSError, ValueError):  # gone, unreachable, or never a path
        return False
    return (
        stat.S_ISREG(state.st_mode)
        and artifact.size in (None, state.st_size)
        and artifact.mtime_ns in (None, state.st_mtime_ns)
    )


def _prepare(folder: Path, rendered: str, ext: str, *, may_create: bool) -> Path | Failure:
    """A safe path below `folder` whose folders exist.

    A folder the user chose is never created: if it is missing, its disk is probably away, and
    what would be written there would land on another one.
    """
    try:
        if may_create:
            make_folders(folder)
        if not folder.is_dir():
            return Failure(Kind.FOLDER, detail="the folder is not there")
        path = _as_spelled_there(folder, safe_path(rendered, ext))
        if not _lies_inside(path.parent, folder):
            return Failure(Kind.FOLDER, detail="a link leads out of the folder")
        make_folders(path.parent)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            return Failure(Kind.FOLDER, detail="the folder cannot be written")
    except OSError as e:
        return failure_of(e)
    return path


def _as_spelled_there(folder: Path, path: PurePosixPath) -> Path:
    """`path` below `folder`; folders that are there in another spelling are taken for the same.

    Two folders that differ in case alone would become one on another computer, and their files
    would replace each other.
    """
    for part in path.parts[:-1]:
        there = taken(folder) if folder.is_dir() else {}
        folder /= there.get(folded(part), part)
    return folder / path.name


def _lies_inside(inner: Path, folder: Path) -> bool:
    return inner.resolve().is_relative_to(folder.resolve())


def left_behind(target: Path, task: Task, kind: ArtifactKind) -> SavedFile | None:
    """The result of `task` that has its final name beside `target`, but is in no row: the program
    was ended between the two. Blocks.

    Proven by its sidecar, or by the hash that was once saved. Without either, ended before the
    sidecar was written, by a name with the task's id in it and by a content that is whole.
    """
    stem = re.escape(with_extension(target, "mp4").stem)
    stem = stem.replace(re.escape(SHA8_LATER), "[0-9a-f]{8}")
    wanted = re.compile(rf"{stem}(?: \(\d+\))?\.(?:{'|'.join(sorted(EXTENSIONS))})", re.IGNORECASE)
    try:
        names = sorted(filter(wanted.fullmatch, taken(target.parent).values()))
    except OSError:
        return None
    found = (_proven(target.with_name(name), task, kind) for name in names)
    return next(filter(None, found), None)


def _proven(path: Path, task: Task, kind: ArtifactKind) -> SavedFile | None:
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            return None
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if _is_told(path, state.st_size, sha256, task, kind):
            return SavedFile(path, state.st_size, state.st_mtime_ns, sha256)
    except OSError:  # gone meanwhile, or unreadable
        pass
    return None


def _is_told(path: Path, size: int, sha256: str, task: Task, kind: ArtifactKind) -> bool:
    artifact = task.artifact(kind)
    if artifact is not None and artifact.sha256 == sha256:
        return True
    beside = sidecar.path_beside(path)
    if os.path.lexists(beside):
        return sidecar.read(beside) == sidecar.Told(task.id, kind.value, size, sha256)
    id8 = safe_part(task.id[-8:].lstrip("-_. "))
    if not id8 or id8 not in path.name:
        return False
    try:
        verify(path, kind)
    except WrongFile:
        return False
    return True


def _copy(source: Path, wanted: Path) -> Path | Failure:
    target = with_extension(wanted, source.suffix.removeprefix("."))
    try:
        part = Part.claim(target, f"copy of {source}")
        try:
            part.restart()
            with source.open("rb") as file:
                while data := file.read(_BLOCK_BYTES):
                    part.append(data)
            quarantine.mark(part.path)
            part.finish()
            return part.publish(target, str)
        finally:
            part.close()
    except OSError as e:
        return failure_of(e)


def write_new(wanted: Path, content: bytes) -> Path | Failure:
    """Write a file under a name that is free, `wanted` or one close to it. Blocks."""
    try:
        part = Part.claim(wanted, f"made here: {wanted.name}")
        try:
            part.restart()
            part.append(content)
            part.finish()
            return part.publish(wanted, str)
        finally:
            part.close()
    except OSError as e:
        return failure_of(e)


def _write(path: Path, content: bytes) -> Failure | None:
    try:
        write_whole(path, content)
    except OSError as e:
        return failure_of(e)
    return None


def free_in(folder: Path, *, may_create: bool = True) -> int | None:
    """Bytes free where `folder` is, or will be; None where that cannot be told."""
    # What is not created yet will lie on the disk of the next folder up.
    places = (folder, *folder.parents) if may_create else (folder,)
    try:
        return next((shutil.disk_usage(p).free for p in places if p.exists()), None)
    except OSError:
        return None
