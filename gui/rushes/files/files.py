"""Where files go, whether they still are there, and how much room is left."""

import errno
import glob
import hashlib
import os
import re
import shutil
import stat
import threading
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path, PurePosixPath

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.naming import SHA8_LATER, BadTemplate, render, values_of
from rushes.core.ports import SavedFile
from rushes.core.presence import KeptFile
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, Key, Report, Task
from rushes.files import quarantine, sidecar
from rushes.files.filenames import (
    EXTENSIONS,
    folded,
    numbered,
    safe_part,
    safe_path,
    taken,
    with_extension,
)
from rushes.files.folder import Folder
from rushes.files.part import Part
from rushes.files.presence import Disk
from rushes.files.verify import WrongFile, verify
from rushes.system.disk import failure_of, make_folders
from rushes.system.patience import Patience

_BLOCK_BYTES = 2**20
_SIDECAR_BYTES = 4 * 2**20  # no sidecar of ours is longer

#: A disk that was asleep is awake by then (seconds).
_SPIN_UP_S = 15.0

#: A file is looked at for its own sake, whosever it is.
_NOBODY = Key("", "")


class FileKeeper:
    """`core.ports.Files` in the user's folder.

    Args:
        settings: The current ones, asked for at each call.
        default_folder: Used, and created, while the user has chosen none.
        by_rule: The folder a rule chooses for the files of a task; None: the usual one.
        ruled: The folders that rules may choose.

    Attributes:
        disk: Tells which saved files are there.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        default_folder: Path,
        by_rule: Callable[[Task, Account], Path | None] = lambda _task, _account: None,
        ruled: Callable[[], Iterable[Path]] = tuple,
    ) -> None:
        self._settings = settings
        self._default_folder = default_folder
        self._by_rule = by_rule
        self._patience = Patience()
        self.disk = Disk(lambda: (self.folder, *ruled()), self._patience)

    @property
    def folder(self) -> Path:
        chosen = self._settings().folder
        return Path(chosen).expanduser().absolute() if chosen else self._default_folder.absolute()

    async def target(self, task: Task, kind: ArtifactKind, account: Account) -> Path | Failure:
        """As the port says; the folders of the path exist afterwards."""
        path = self._relative(task, kind, account)
        if isinstance(path, Failure):
            return path
        chosen = self.folder_by_rule(task, account)
        folder = chosen or self.folder
        may_create = chosen is None and not self._settings().folder
        return await self._ask(folder, lambda: _prepare(folder, path, may_create=may_create))

    async def proposal(self, task: Task, kind: ArtifactKind, account: Account) -> Path | Failure:
        """The same name for "save as". Nothing is created: it lies in the last folder of the path
        that is there."""
        path = self._relative(task, kind, account)
        if isinstance(path, Failure):
            return path
        folder = self.folder_by_rule(task, account) or self.folder
        return await self._ask(folder, lambda: _proposed(folder, path))

    async def _ask(self, folder: Path, work: Callable[[], Path | Failure]) -> Path | Failure:
        """What `work` finds in `folder`; a drive that does not answer is a failure."""
        try:
            return await self._patience.ask(str(folder), lambda _: work(), limit_s=_SPIN_UP_S)
        except TimeoutError as e:
            return Failure(Kind.FOLDER, detail=str(e))

    def _relative(
        self, task: Task, kind: ArtifactKind, account: Account
    ) -> PurePosixPath | Failure:
        """By the user's template, inside whichever folder."""
        ext = expected_extension(task.report, kind)
        try:
            rendered = render(self._settings().template, values_of(task, kind, account, ext))
        except BadTemplate as e:
            return Failure(Kind.FOLDER, detail=f"the name template is not usable: {e}")
        return safe_path(rendered, ext)

    def folder_by_rule(self, task: Task, account: Account) -> Path | None:
        folder = self._by_rule(task, account)
        return None if folder is None else folder.absolute()

    async def write_sidecar(
        self, task: Task, artifact: Artifact, account: Account
    ) -> Failure | None:
        if artifact.path is None:
            raise ValueError("a sidecar belongs to a saved file")
        content = sidecar.content(task, artifact, account)
        return await self._patience.run(lambda: _write_beside(artifact, content))

    async def is_intact(self, artifact: Artifact) -> bool:
        """As the port says. A drive that does not answer has no file."""
        file = KeptFile.of(_NOBODY, artifact)
        (found,) = await self.disk.look([file])
        return found.there and (found.changed_at is None or await self.disk.is_same(file))

    async def copy(self, artifact: Artifact, path: Path) -> Path | Failure:
        """As the port says; the ending stays the one the content has."""
        if artifact.path is None:
            raise ValueError("only a saved file is copied")
        source = Path(artifact.path)
        return await self._patience.run(lambda: _copy(source, path))

    async def take_over(
        self, task: Task, kind: ArtifactKind, account: Account, path: Path | None
    ) -> SavedFile | None:
        """As the port says."""
        target = path or await self.target(task, kind, account)
        if isinstance(target, Failure):
            return None
        return await self._patience.run(lambda: left_behind(target, task, kind))

    async def free_bytes(self, folder: Path | None = None) -> int | None:
        """As the port says: a chosen disk may be away."""
        place, may_create = folder or self.folder, folder is None and not self._settings().folder
        try:
            return await self._patience.ask(
                str(place), lambda _: free_in(place, may_create=may_create)
            )
        except TimeoutError:
            return None


def expected_extension(report: Report, kind: ArtifactKind) -> str:
    """What the file will probably be; the downloader corrects it by the content."""
    match kind:
        case ArtifactKind.LAST_FRAME:
            return "png"
        case ArtifactKind.MODEL:
            return "zip"
        case ArtifactKind.VIDEO | ArtifactKind.ORIGINAL_VIDEO:
            return "mov" if (report.file_format or "").strip().lower() == "mov" else "mp4"


def _prepare(folder: Path, wanted: PurePosixPath, *, may_create: bool) -> Path | Failure:
    """A safe path below `folder` whose folders exist.

    A folder the user chose is never created: if it is missing, its disk is probably away, and
    what would be written there would land on another one.
    """
    try:
        if may_create:
            make_folders(folder)
        if not folder.is_dir():
            return Failure(Kind.FOLDER, detail="the folder is not there")
        path = _as_spelled_there(folder, wanted)
        if not _lies_inside(path.parent, folder):
            return Failure(Kind.FOLDER, detail="a link leads out of the folder")
        make_folders(path.parent)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            return Failure(Kind.FOLDER, detail="the folder cannot be written")
    except OSError as e:
        return failure_of(e)
    return path


def _proposed(folder: Path, wanted: PurePosixPath) -> Path | Failure:
    try:
        path = _as_spelled_there(folder, wanted)
        there = next((place for place in path.parents if place.is_dir()), folder)
    except OSError as e:
        return failure_of(e)
    return there / path.name


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
        found = verify(path, kind)
        if _is_told(path, state.st_size, sha256, task, kind, is_whole=not found.damage):
            return SavedFile(
                path=path,
                size=state.st_size,
                mtime_ns=state.st_mtime_ns,
                sha256=sha256,
                checked=found.checked,
                damaged=bool(found.damage),
            )
    except (OSError, WrongFile):  # gone meanwhile, unreadable, or a page
        pass
    return None


def _is_told(
    path: Path, size: int, sha256: str, task: Task, kind: ArtifactKind, *, is_whole: bool
) -> bool:
    artifact = task.artifact(kind)
    if artifact is not None and artifact.sha256 == sha256:
        return True
    told = sidecar.Told(task.id, kind.value, size, sha256)
    # Beside a file of the user's own, ours has a number (`write_sidecar`).
    beside = path.parent.glob(f"{glob.escape(path.name)}*.json")
    if found := [sidecar.read(each) for each in beside]:
        return told in found
    id8 = safe_part(task.id[-8:].lstrip("-_. "))
    return is_whole and id8 != "" and id8 in path.name


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


def _write_beside(artifact: Artifact, content: bytes) -> Failure | None:
    """Write a sidecar into the folder in which the file really lies, over an older one of ours. A
    file of the user's that has its name stays, and ours gets a number."""
    file = Path(artifact.path or "")
    try:
        folder = Folder(file.parent)
        try:
            state = folder.state(file.name)
            if state is None or state.st_size != artifact.size:
                raise OSError(errno.ESTALE, "the folder was moved or replaced meanwhile")
            with _writing_beside:
                _write_numbered(folder, sidecar.path_beside(file), content)
        finally:
            folder.close()
    except OSError as e:
        return failure_of(e)
    return None


#: Two takes with the same bytes and the same name share one file: their sidecars have one name,
#: too, and are written at the same moment when they are saved together.
_writing_beside = threading.Lock()


def _write_numbered(folder: Folder, wanted: Path, content: bytes) -> None:
    for path in numbered(wanted):
        ours = _holds_ours(folder, path.name)
        if ours is not False:
            folder.write(path.name, content, over=ours is True)
            return


def _holds_ours(folder: Folder, name: str) -> bool | None:
    """Whether that name is one of our sidecars; None: nothing has it."""
    try:
        fd = folder.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError:  # a link, or not to be read: not ours
        return False
    with FileIO(fd) as file:
        plain = stat.S_ISREG(os.fstat(fd).st_mode)
        return plain and sidecar.is_ours(file.read(_SIDECAR_BYTES) or b"")


def free_in(folder: Path, *, may_create: bool = True) -> int | None:
    """Bytes free where `folder` is, or will be; None where that cannot be told."""
    # What is not created yet will lie on the disk of the next folder up.
    places = (folder, *folder.parents) if may_create else (folder,)
    try:
        return next((shutil.disk_usage(p).free for p in places if p.exists()), None)
    except OSError:
        return None
