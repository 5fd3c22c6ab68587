"""Where files go, whether they still are there, and how much room is left.

Whether saved files are there is told by name, size and time, a `stat` each (`FilePresence`). A
folder that is away is looked at once, not once for each file below it, and each place in a thread
of its own: a dead drive is a folder that is away, and holds up no other.
"""

import asyncio
import glob
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.naming import SHA8_LATER, id8, render, values_of
from rushes.core.ports import SavedFile
from rushes.core.presence import AwayFolder, FoundFile, KeptFile, Why
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, Key, Report, Task
from rushes.files import sidecar
from rushes.files.download import save_kept_damaged
from rushes.files.filenames import (
    EXTENSIONS,
    folded,
    safe_part,
    safe_path,
    taken,
    with_extension,
)
from rushes.files.part import PartFile
from rushes.files.verify import WrongFile, verify
from rushes.system.disk import failure_of, make_folders, mark_downloaded, open_regular
from rushes.system.threads import Beat, Watchdog, in_thread

T = TypeVar("T")

_BLOCK_BYTES = 2**20

#: A disk that was asleep is awake by then (seconds).
_SPIN_UP_S = 15.0

#: Places that are asked at the same time.
_AT_ONCE = 8

_MOUNTS = Path("/proc/self/mountinfo")

#: A file is looked at for its own sake, whosever it is.
_NOBODY = Key("", "")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a file belongs: at `path` below `folder`.

    Attributes:
        may_create: The folder is the program's own to make. One that the user chose is never
            created: if it is missing, its disk is probably away, and what would be written there
            would land on another one.
    """

    folder: Path
    path: PurePosixPath
    may_create: bool


class FileStore:
    """Names and facts of the files in the user's folder. Blocking work is done in a thread inside.

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
        self._watchdog = Watchdog()
        self.disk = FilePresence(lambda: (self.folder, *ruled()), self._watchdog)

    @property
    def folder(self) -> Path:
        chosen = self._settings().folder
        return Path(chosen).expanduser().absolute() if chosen else self._default_folder.absolute()

    async def target(self, task: Task, kind: ArtifactKind, account: Account) -> Path | Failure:
        """Where this file should go, by the user's template, inside the folder for it. The folders
        of the path exist afterwards."""
        place = self.place(task, kind, account)
        return await self.ask(place.folder, lambda: prepare(place))

    async def proposal(self, task: Task, kind: ArtifactKind, account: Account) -> Path:
        """The same name for "save as". Nothing is created: it lies in the last folder of the path
        that is there, or in the user's own where that disk does not answer."""
        place = self.place(task, kind, account)
        there = await self.ask(place.folder, lambda: _proposed(place))
        return Path.home() / place.path.name if isinstance(there, Failure) else there

    async def ask(self, folder: Path, work: Callable[[], T | Failure]) -> T | Failure:
        """What `work` finds in `folder`; a drive that does not answer is a failure."""
        try:
            return await self._watchdog.ask(str(folder), lambda _: work(), limit_s=_SPIN_UP_S)
        except TimeoutError as e:
            return Failure(Kind.FOLDER, detail=str(e))

    def place(
        self, task: Task, kind: ArtifactKind, account: Account, ext: str | None = None
    ) -> Destination:
        """Where this file belongs by the user's template and rules. Nothing is looked at.

        Args:
            ext: What the file is; None: what it will probably be.
        """
        ext = ext if ext in EXTENSIONS else expected_extension(task.report, kind)
        rendered = render(self._settings().template, values_of(task, kind, account, ext))
        chosen = self.folder_by_rule(task, account)
        may_create = chosen is None and not self._settings().folder
        return Destination(chosen or self.folder, safe_path(rendered, ext), may_create)

    def folder_by_rule(self, task: Task, account: Account) -> Path | None:
        """The folder that a rule of the user's chooses; None: the usual one."""
        folder = self._by_rule(task, account)
        return None if folder is None else folder.absolute()

    async def write_sidecar(
        self, task: Task, artifact: Artifact, account: Account
    ) -> Failure | None:
        return await in_thread(lambda: sidecar.write(task, artifact, account), "files")

    async def is_intact(self, artifact: Artifact) -> bool:
        """Whether the saved file still is there: size and time of change, or else its content, are
        its. A drive that does not answer has no file."""
        file = KeptFile.of(_NOBODY, artifact)
        (found,) = await self.disk.look([file])
        return found.there and (found.changed_at is None or await self.disk.is_same(file))

    async def copy(self, artifact: Artifact, path: Path) -> Path | Failure:
        """Another copy of a saved file, under `path` or a number after it: nothing is replaced. The
        ending stays the one the content has."""
        if artifact.path is None:
            raise ValueError("only a saved file is copied")
        source = Path(artifact.path)
        return await in_thread(lambda: _copy(source, path), "files")

    async def take_over(
        self, task: Task, kind: ArtifactKind, account: Account, path: Path | None
    ) -> SavedFile | None:
        """The whole file that an earlier run left where this one would go, if it is proven to be
        this very result. `path`: where the user wants it; None: by the template."""
        target = path or await self.target(task, kind, account)
        if isinstance(target, Failure):
            return None
        return await in_thread(lambda: left_behind(target, task, kind), "files")

    async def save_kept_damaged(
        self, task: Task, kind: ArtifactKind, account: Account, path: Path | None
    ) -> SavedFile | Failure | None:
        """What came damaged of this file and was kept aside, now under its final name; None: there
        is nothing. `path`: as in `take_over`."""
        target = path or await self.target(task, kind, account)
        if isinstance(target, Failure):
            return target
        return await in_thread(lambda: save_kept_damaged(target, kind), "files")

    async def free_bytes(self, folder: Path | None = None) -> int | None:
        """Room in `folder`, or where results usually go; None while that is not known: a chosen
        disk may be away."""
        place, may_create = folder or self.folder, folder is None and not self._settings().folder
        try:
            return await self._watchdog.ask(
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


def prepare(place: Destination) -> Path | Failure:
    """A safe path below the folder, whose folders exist afterwards. Blocks."""
    folder = place.folder
    try:
        if place.may_create:
            make_folders(folder)
        if not folder.is_dir():
            return Failure(Kind.FOLDER, message=str(folder), detail="the folder is not there")
        path = as_spelled_there(folder, place.path)
        if not _lies_inside(path.parent, folder):
            return Failure(Kind.FOLDER, detail="a link leads out of the folder")
        make_folders(path.parent)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            return Failure(Kind.FOLDER, message=str(folder), detail="the folder cannot be written")
    except OSError as e:
        failure = failure_of(e)
        is_full = failure.kind is Kind.DISK_FULL
        return failure if is_full else replace(failure, message=str(folder))
    return path


def _proposed(place: Destination) -> Path | Failure:
    try:
        path = as_spelled_there(place.folder, place.path)
        there = next((above for above in path.parents if above.is_dir()), place.folder)
    except OSError as e:
        return failure_of(e)
    return there / path.name


def as_spelled_there(folder: Path, path: PurePosixPath) -> Path:
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
    told = sidecar.SidecarFacts(task.id, kind.value, size, sha256)
    # Beside a file of the user's own, ours has a number (`write_sidecar`).
    beside = path.parent.glob(f"{glob.escape(path.name)}*.json")
    if found := [sidecar.read(each) for each in beside]:
        return told in found
    tails = (id8(task.id), task.id[-8:].lstrip("-_. "))  # the other one by an older version
    return is_whole and any(tail and tail in path.name for tail in map(safe_part, tails))


def _copy(source: Path, wanted: Path) -> Path | Failure:
    target = with_extension(wanted, source.suffix.removeprefix("."))
    try:
        part = PartFile.open(target, f"copy of {source}")
        try:
            part.restart()
            with open_regular(source) as file:
                while data := file.read(_BLOCK_BYTES):
                    part.append(data)
            mark_downloaded(part.path)
            part.finish()
            return part.publish(target, str)
        finally:
            part.close()
    except OSError as e:
        return failure_of(e)


def write_new(wanted: Path, content: bytes) -> Path | Failure:
    """Write a file under a name that is free, `wanted` or one close to it. Blocks."""
    try:
        part = PartFile.open(wanted, f"made here: {wanted.name}")
        try:
            part.restart()
            part.append(content)
            part.finish()
            return part.publish(wanted, str)
        finally:
            part.close()
    except OSError as e:
        return failure_of(e)


def free_in(folder: Path, *, may_create: bool = True) -> int | None:
    """Bytes free where `folder` is, or will be; None where that cannot be told."""
    # What is not created yet will lie on the disk of the next folder up.
    places = (folder, *folder.parents) if may_create else (folder,)
    try:
        return next((shutil.disk_usage(p).free for p in places if p.exists()), None)
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class TriedFolder:
    """What a folder for results is like now.

    Attributes:
        is_there: Else it is made with the first file.
        is_file: A file has its name.
        can_write: Into it, or where it will be made.
        free: Bytes; None where that cannot be told.
    """

    folder: Path
    is_there: bool
    is_file: bool
    can_write: bool
    free: int | None


def try_folder(folder: Path) -> TriedFolder:
    """Look at it and write into it, or into the next folder up that is there. Blocks."""
    is_there = is_file = can_write = False
    try:
        is_there = folder.is_dir()
        is_file = folder.exists() and not is_there
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if not is_file:
            with tempfile.TemporaryFile(dir=there):
                can_write = True
    except (OSError, StopIteration, ValueError):
        pass
    return TriedFolder(folder, is_there, is_file, can_write, free_in(folder))


# --- whether saved files are there --------------------------------------------------------------


class FilePresence:
    """Which saved files are there. Never waits long for a drive that does not answer.

    What does not answer, if a file's `stat` does not end, is its *place*: the mounted disk it lies
    on, or the folder of results, or else its own folder (it may be a link to a dead drive).

    Args:
        roots: The folders that results are kept in.
    """

    def __init__(self, roots: Callable[[], Iterable[Path]], watchdog: Watchdog) -> None:
        self._roots = roots
        self._watchdog = watchdog

    async def look(self, files: Sequence[KeptFile]) -> list[FoundFile]:
        """What is there of each file, in the order of `files`; nothing is read but names, sizes and
        times."""
        roots = [str(root) for root in self._roots()]
        tops = sorted({*_mounts(), *roots}, key=len, reverse=True)
        places: defaultdict[str, list[int]] = defaultdict(list)
        folders: dict[str, str] = {}
        for number, file in enumerate(files):
            folder = os.path.dirname(file.path or "")  # noqa: PTH120 - of thousands of them
            if folder not in folders:
                folders[folder] = next((top for top in tops if _is_in(folder, top)), folder)
            places[folders[folder]].append(number)
        found = [FoundFile()] * len(files)
        free = asyncio.Semaphore(_AT_ONCE)

        async def look_at(place: str, numbers: list[int]) -> None:
            asked = [files[number] for number in numbers]
            gates = [top for top in reversed(tops) if _is_in(place, top)]
            try:
                async with free:
                    said = await self._watchdog.ask(
                        place, lambda beat: _look(asked, gates, roots, beat)
                    )
            except TimeoutError:
                said = [FoundFile(away=AwayFolder(place, Why.SILENT))] * len(asked)
            for number, each in zip(numbers, said, strict=True):
                found[number] = each

        await asyncio.gather(*(look_at(*each) for each in places.items()))
        return found

    async def is_same(self, file: KeptFile) -> bool:
        """Whether the file that is there has the content it was saved with. Reads all of it."""
        path = file.path or ""
        with suppress(OSError, ValueError):  # TimeoutError is one
            return await self._watchdog.ask(path, lambda beat: _digest(path, beat)) == file.sha256
        return False


def _mounts() -> list[str]:
    """Where disks are mounted, but for the system's own; empty where nobody says so."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    escaped = (line.split(" ")[4] for line in lines)
    points = {each.encode("utf-8", "surrogateescape") for each in escaped if each != "/"}
    # Blanks and the like are written as three octal digits.
    return [os.fsdecode(point.decode("unicode_escape").encode("latin-1")) for point in points]


def _is_in(folder: str, top: str) -> bool:
    return folder == top or folder.startswith(top.rstrip(os.sep) + os.sep)


def _look(
    files: Sequence[KeptFile], gates: Sequence[str], roots: Sequence[str], beat: Beat
) -> list[FoundFile]:
    """`gates` are the disks and roots the files are in, the outermost first. A dead drive keeps
    whoever asks for itself only as long as that is wanted; who looks for the same name in it as
    somebody else waits in the kernel for good, and cannot even be killed (Linux)."""
    for gate in gates:
        with suppress(OSError):
            os.stat(gate)  # noqa: PTH116
        beat()
    looker = _Looker(roots, beat)
    return [looker.look(file) for file in files]


class _Looker:
    """Looks at files one after the other and keeps what it has learnt of their folders."""

    def __init__(self, roots: Sequence[str], beat: Beat) -> None:
        self._roots = frozenset(roots)
        self._beat = beat
        self._known: dict[str, AwayFolder | None] = {}

    def look(self, file: KeptFile) -> FoundFile:
        folder = os.path.dirname(file.path or "")  # noqa: PTH120
        if not file.path or not folder:
            return FoundFile()
        try:
            if (away := self._folder(folder)) is not None:
                return FoundFile(away=away)
            state = os.stat(file.path)  # noqa: PTH116
        except ValueError:  # never a path
            return FoundFile()
        except (FileNotFoundError, NotADirectoryError):
            return FoundFile(away=self._if_empty(folder))
        except OSError:
            return FoundFile(away=AwayFolder(folder, Why.CLOSED))
        finally:
            self._beat()
        if not stat.S_ISREG(state.st_mode) or file.size not in (None, state.st_size):
            return FoundFile()
        if file.mtime_ns in (None, state.st_mtime_ns):
            return FoundFile(there=True)
        return FoundFile(there=True, changed_at=state.st_mtime_ns)

    def _folder(self, folder: str) -> AwayFolder | None:
        """What is away, if this folder cannot be looked into; above what is there, the topmost."""
        if folder not in self._known:
            self._known[folder] = self._ask(folder)
            self._beat()
        return self._known[folder]

    def _ask(self, folder: str) -> AwayFolder | None:
        above = os.path.dirname(folder)  # noqa: PTH120
        try:
            is_folder = stat.S_ISDIR(os.stat(folder).st_mode)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            is_folder = False
        except PermissionError:
            return self._above(folder) or AwayFolder(above, Why.CLOSED)
        except OSError:
            return self._above(folder) or AwayFolder(folder, Why.CLOSED)
        if is_folder:
            return None
        return self._above(folder) or self._if_empty(above) or AwayFolder(folder, Why.GONE)

    def _above(self, folder: str) -> AwayFolder | None:
        above = os.path.dirname(folder)  # noqa: PTH120
        return None if above == folder else self._folder(above)

    def _if_empty(self, folder: str) -> AwayFolder | None:
        """A folder of results in which nothing is left is the empty place of a disk that is not
        mounted, or its files were all taken away: either way this is what there is to say."""
        if folder in self._roots:
            with suppress(OSError), os.scandir(folder) as entries:
                if next(entries, None) is None:
                    return AwayFolder(folder, Why.EMPTY)
        return None


def _digest(path: str, beat: Beat) -> str:
    digest = hashlib.sha256()
    with open_regular(Path(path)) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            beat()
    return digest.hexdigest()
