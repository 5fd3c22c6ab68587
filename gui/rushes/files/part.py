"""A file that is still coming: ``.<name>.<uuid>.part`` beside its later place, and its record.

The record (``….part.json``) says what the first bytes of the part must hash to. A resume believes
nothing else: not the part's length (after a power loss it may be there without its content), not
its date. What does not hash as recorded is fetched again.

Bytes that came damaged are kept aside as ``.<name>.<their hash>.damaged`` until a good file
comes, the same bytes once more, or the link ends: then they get the final name.

All methods block: call them in a worker thread.
"""

import errno
import hashlib
import os
import re
import stat
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Self

import msgspec

from rushes.files.filenames import folded, numbered
from rushes.files.folder import Folder
from rushes.system.disk import begin_sync, sync

#: A kill -9 costs at most so many bytes of a download, and on a slow link what came in so long.
RECORD_EVERY_BYTES = 4 * 2**20
RECORD_EVERY_S = 1.0
#: A part nobody came back for is removed at a start after so long.
STALE_S = 7 * 24 * 3600.0

_RECORD_BYTES = 1024  # one write of a fixed size: never torn by a kill, and no room needed twice
_READ_BYTES = 2**20
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file would wait for a writer
_OURS = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{32}\.(?P<end>part(?:\.json)?|damaged)")
#: So many damaged files of one name are kept aside: one to compare with, and the one before.
_KEPT_DAMAGED = 2

#: Opening a part reads a folder and then locks one file in it: one thread at a time.
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Record:
    """What is known about a part.

    Attributes:
        source: Hash that names the artifact at the server (see `download.source_of`).
        etag: The server's strong validator for these bytes.
        total: Bytes of the whole file; None: the server did not say.
        offset, sha256: The first `offset` bytes hash to `sha256`.
    """

    source: str
    etag: str
    total: int | None
    offset: int = 0
    sha256: str = ""


class PartFile:
    """One open part file. Bytes are appended in order; `publish` or `close` ends it.

    Attributes:
        missing: Why the answer, against what the file itself says, seems to be cut off; "": it
            does not.
        is_packed: Its answer says that it is packed.
    """

    def __init__(self, folder: Folder, name: str, wanted: str, file: FileIO) -> None:
        self.path = folder.path / name
        self._folder = folder
        self._name = name
        self._wanted = wanted
        self._file = file
        self._lock = threading.Lock()  # a cancelled download closes while a write may still run
        self._hash = hashlib.sha256()
        self._recorded = 0
        self._recorded_at = time.monotonic()
        self.offset = 0
        self.record: Record | None = None
        self.missing = ""
        self.is_packed = False

    @classmethod
    def open(cls, target: Path, source: str) -> Self:
        """Open the part an earlier try left for `target`, or a new one.

        Leftovers of the same name that cannot be resumed are removed; those that another
        download holds are left alone.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = Folder(target.parent)
        try:
            with _opening:
                return cls._open_or_create(folder, target.name, source)
        except BaseException:
            folder.close()
            raise

    @classmethod
    def kept_damaged(cls, target: Path) -> Self | None:
        """What was kept aside of `target`, the larger one of two, as a part that has all its bytes;
        None: nothing was. To be ended by `publish` or `release`.

        Raises:
            OSError: the folder cannot be read.
        """
        folder = Folder(target.parent)
        try:
            with _opening:
                for name in sorted(_damaged_of(folder, target.name), key=folder.size, reverse=True):
                    if (part := cls._reopen(folder, name, target.name)) is not None:
                        part._take_all()
                        return part
        except BaseException:
            folder.close()
            raise
        folder.close()
        return None

    def _take_all(self) -> None:
        while data := self._file.read(_READ_BYTES):
            self._hash.update(data)
            self.offset += len(data)

    @classmethod
    def _open_or_create(cls, folder: Folder, wanted: str, source: str) -> Self:
        found: Self | None = None
        for name in _parts_of(folder, wanted):
            opened = cls._reopen(folder, name, wanted)
            if opened is None:
                continue
            record = _read(folder, name)
            if found is None and record is not None and record.source == source:
                found = opened
                found._recall(record)
            else:
                opened._remove()
        return found or cls._create(folder, wanted)

    @classmethod
    def _create(cls, folder: Folder, wanted: str) -> Self:
        name = f".{wanted}.{uuid.uuid4().hex}.part"
        file = FileIO(folder.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL), "r+")
        _lock(file.fileno())
        return cls(folder, name, wanted, file)

    @classmethod
    def _reopen(cls, folder: Folder, name: str, wanted: str) -> Self | None:
        """None: it is gone, held by another download, or not a plain file."""
        try:
            file = FileIO(folder.open(name, os.O_RDWR | _AT_ONCE), "r+")
        except FileNotFoundError:
            folder.remove(_record_of(name))  # a record whose part has its final name
            return None
        except PermissionError:  # Windows: another download has it open
            return None
        except OSError as e:
            if e.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):  # link, folder, pipe
                raise
            return None
        state = os.fstat(file.fileno())
        if state.st_nlink > 1:  # ended between `link` and `unlink`: it has its final name
            file.close()
            folder.remove(name)
            folder.remove(_record_of(name))
            return None
        if not stat.S_ISREG(state.st_mode) or not _lock(file.fileno()):
            file.close()
            return None
        return cls(folder, name, wanted, file)

    def _recall(self, record: Record) -> None:
        """Trust what hashes as recorded, and nothing behind it."""
        left = record.offset
        while left > 0 and (data := self._file.read(min(left, _READ_BYTES))):
            self._hash.update(data)
            left -= len(data)
        if left == 0 and record.offset > 0 and self._hash.hexdigest() == record.sha256:
            self.offset, self.record, self._recorded = record.offset, record, record.offset
            self._file.truncate(self.offset)
        else:
            self.restart()

    def restart(self) -> None:
        """Forget all bytes so far."""
        with self._lock:
            self._file.seek(0)
            self._file.truncate()
            self._hash = hashlib.sha256()
            self.offset = self._recorded = 0
            self.record = None
            self.missing = ""
            self._folder.remove(_record_of(self._name))

    def begin(self, record: Record | None) -> None:
        """Note what is coming. None: it cannot be resumed later."""
        with self._lock:
            self.record = record

    def append(self, data: bytes) -> None:
        """Write and hash `data`; now and then, write down how far it is.

        What fits on a disk that gets full counts as written.
        """
        with self._lock:
            self._file.seek(self.offset)
            view = memoryview(data)
            while view:
                written = self._file.write(view)
                self._hash.update(view[:written])
                self.offset += written
                view = view[written:]
            is_late = time.monotonic() - self._recorded_at >= RECORD_EVERY_S
            if self.offset - self._recorded >= RECORD_EVERY_BYTES or is_late:
                begin_sync(self._file.fileno(), self._recorded, self.offset - self._recorded)
                self._write_record()

    def _write_record(self) -> None:
        if self.record is None:
            return
        known = asdict(self.record) | {"offset": self.offset, "sha256": self.sha256}
        content = msgspec.json.encode(known).ljust(_RECORD_BYTES)
        opened = self._folder.open(_record_of(self._name), os.O_RDWR | os.O_CREAT)
        with FileIO(opened, "r+") as file:
            file.write(content)
        self._recorded = self.offset
        self._recorded_at = time.monotonic()

    @property
    def sha256(self) -> str:
        """Of all bytes so far, lower-case hex."""
        return self._hash.hexdigest()

    def finish(self) -> None:
        """All bytes are here: bring them to the disk itself."""
        with self._lock:
            self._write_record()
            sync(self._file.fileno())

    def publish(self, target: Path, failpoint: Callable[[str], object]) -> Path:
        """Give the whole file its final name, numbered where that one is taken. Ends the part.

        A file that is there already with the same bytes is taken instead of a second copy: a
        crash after the rename and before the commit leads here again.

        Args:
            target: In the folder of the part.
        """
        with self._lock:
            size, sha256 = self.offset, self.sha256
            self._folder.check_place()
            if sys.platform == "win32":
                self._file.close()  # an open file cannot be renamed there
            final = self._place(target, size, sha256)
            failpoint("renamed")
            # Before the folder is synced: once the file counts as saved nobody looks for these.
            for name in (_record_of(self._name), *_damaged_of(self._folder, self._wanted)):
                self._folder.remove(name)
            self._folder.remove(self._name)  # still there when another copy was taken
            self._folder.sync()
            self._file.close()
            self._folder.close()
            return final

    def _place(self, target: Path, size: int, sha256: str) -> Path:
        others = self._taken()
        for wanted in numbered(target):
            there = others.get(folded(wanted.name))
            if there is None:
                try:
                    self._folder.rename_new(self._name, wanted.name)
                except FileExistsError:  # made by somebody else just now
                    others = self._taken()
                    there = others.get(folded(wanted.name))
                else:
                    return wanted
            if there is not None and _is_same(self._folder, there, size, sha256):
                return target.with_name(there)
        raise AssertionError("numbers do not end")

    def _taken(self) -> dict[str, str]:
        """As `filenames.taken`, of this very folder."""
        return {folded(name): name for name in self._folder.names()}

    def came_damaged_before(self) -> bool:
        """Whether these very bytes came once before, damaged, and were kept aside."""
        return self._folder.state(self._damaged_name()) is not None

    def keep_damaged(self) -> None:
        """Keep bytes that came damaged: those of the next try are compared with them. Ends the
        part. Only the latest are kept."""
        with self._lock:
            if sys.platform == "win32":
                self._file.close()
            before = [
                n for n in _damaged_of(self._folder, self._wanted) if n != self._damaged_name()
            ]
            self._folder.replace(self._name, self._damaged_name())
            for name in before[: 1 - _KEPT_DAMAGED]:
                self._folder.remove(name)
            self._folder.remove(_record_of(self._name))
            self._folder.sync()
            self._file.close()
            self._folder.close()

    def _damaged_name(self) -> str:
        return f".{self._wanted}.{self.sha256[:32]}.damaged"

    def close(self) -> None:
        """Let go. What can be resumed stays, with how far it is written down; the rest goes."""
        with self._lock:
            if self._file.closed:
                return
            try:
                if self.record is None or self.offset == 0:
                    self._remove()
                    return
                self._write_record()
            except OSError:  # a full disk: the last record written still holds
                pass
            finally:
                self.release()

    def release(self) -> None:
        """Let go and leave everything as it is. May be called again."""
        self._file.close()
        self._folder.close()

    def discard(self) -> None:
        """Let go and leave nothing."""
        with self._lock:
            try:
                self._remove()
            finally:
                self._folder.close()

    def _remove(self) -> None:
        if sys.platform == "win32":
            self._file.close()
        self._folder.remove(self._name)
        self._folder.remove(_record_of(self._name))
        self._file.close()


def purge_parts(folder: Path, now: float) -> int:
    """Remove parts below `folder` that nobody came back for. Returns how many files went.

    What came damaged stays: it may be all there will ever be of a file.
    """
    gone = 0
    for root, _, names in os.walk(folder):
        ours = (match for match in map(_OURS.fullmatch, names) if match)
        for path in (Path(root, match[0]) for match in ours if match["end"] != "damaged"):
            try:
                state = path.lstat()
                if not stat.S_ISREG(state.st_mode) or now - state.st_mtime < STALE_S:
                    continue
                gone += _remove_unheld(path)
            except OSError:  # not ours to remove after all, or gone meanwhile
                continue
    return gone


def _remove_unheld(path: Path) -> bool:
    with FileIO(path, "r+") as file:
        if not _lock(file.fileno()):
            return False
    path.unlink()
    return True


def _lock(fd: int) -> bool:
    """Whether the file is ours alone until it is closed. True where nothing can be locked."""
    if sys.platform == "win32":
        return True  # an open file can neither be removed nor renamed there
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network disks
        return True
    return True


def _parts_of(folder: Folder, wanted: str) -> list[str]:
    """The parts of this very name; a record alone stands for its part."""
    ours = (_OURS.fullmatch(name) for name in folder.names())
    parts = (m for m in ours if m and m["end"] != "damaged" and m["name"] == wanted)
    return sorted({m[0].removesuffix(".json") for m in parts})


def _damaged_of(folder: Folder, wanted: str) -> list[str]:
    """What was kept aside of this very name, the oldest first."""
    ours = (_OURS.fullmatch(name) for name in folder.names())
    names = [m[0] for m in ours if m and m["end"] == "damaged" and m["name"] == wanted]
    states = {name: folder.state(name) for name in names}
    return sorted(names, key=lambda name: state.st_mtime_ns if (state := states[name]) else 0)


def _record_of(part: str) -> str:
    return f"{part}.json"


def _read(folder: Folder, part: str) -> Record | None:
    try:
        with FileIO(folder.open(_record_of(part), os.O_RDONLY | _AT_ONCE)) as file:
            record = msgspec.json.decode(file.read(_RECORD_BYTES), type=Record)
    except (OSError, ValueError, RecursionError):  # not of ours, or cut off by a crash
        return None
    fits = record.total is None or record.offset <= record.total
    return record if record.offset > 0 and fits else None


def _is_same(folder: Folder, name: str, size: int, sha256: str) -> bool:
    try:
        state = folder.state(name)
        if state is None or state.st_size != size:
            return False
        with FileIO(folder.open(name, os.O_RDONLY | _AT_ONCE)) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:  # unreadable: not a copy we can promise
        return False
