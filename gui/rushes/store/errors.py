"""Why a store does not open, and what an SQLite error means to the rest of the program."""

import errno
import os
import sqlite3
from pathlib import Path

from rushes.core.failure import Failure, Kind

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: The index of the log alone has 32 KiB.
_PROBE_BYTES = 65_536
_MAY_BE_FULL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
#: Of errors that have another code, or none: Python's own for a text with a changed byte, and what
#: SQLite says of a schema that is not the one we wrote. All our statements fit ours.
_SOUNDS_DAMAGED = (
    "decode to UTF-8",
    "vtable constructor failed",
    "no such table",
    "no such column",
    "has no column named",
    "no such index",
)
_NOT_WRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
)


class StoreError(Exception):
    """The store could not read or keep something. `failure` says why (STORE, DISK_FULL, FOLDER)."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail or failure.kind.value)
        self.failure = failure


class StoreInUse(StoreError):
    """Another running program holds this store."""

    def __init__(self) -> None:
        super().__init__(Failure(Kind.STORE, code="in_use", detail="held by a running program"))


class StoreTooNew(StoreError):
    """The file was written by a newer version of this program; it was left untouched."""

    def __init__(self, found: int, known: int) -> None:
        detail = f"the file has version {found}, this program knows {known}"
        super().__init__(Failure(Kind.STORE, code="too_new", detail=detail))


class NoLocks(StoreError):
    """The disk the list lies on cannot say whether another program has it."""

    def __init__(self, detail: str) -> None:
        super().__init__(Failure(Kind.STORE, code="no_locks", detail=detail))


class DamagedContent(sqlite3.DatabaseError):
    """A row holds what this program never writes: as damaged as a page that SQLite cannot read."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, not its surroundings."""
    return _code(error) in _DAMAGED or any(words in str(error) for words in _SOUNDS_DAMAGED)


def failure_of(error: sqlite3.Error | OSError, folder: Path | None = None) -> Failure:
    """The failure an error of SQLite or of the file system stands for.

    Args:
        folder: Where the list lies. SQLite calls much of what a full disk does an I/O error, so
            it is tried whether anything can be written there.
    """
    if isinstance(error, OSError):
        kind = Kind.DISK_FULL if error.errno in _FULL else Kind.FOLDER
        place = str(error.filename or folder or "")
        is_place = kind is Kind.FOLDER and place
        return Failure(
            kind,
            code="unusable" if is_place else "",
            message=place if is_place else "",
            detail=error.strerror or "",
        )
    if _code(error) == sqlite3.SQLITE_FULL or (
        _code(error) in _MAY_BE_FULL and folder is not None and is_full(folder)
    ):
        return Failure(Kind.DISK_FULL, detail=str(error))
    kind = Kind.FOLDER if _code(error) in _NOT_WRITABLE else Kind.STORE
    if kind is Kind.FOLDER and folder is not None:
        return Failure(kind, code="unusable", message=str(folder), detail=str(error))
    return Failure(kind, code="damaged" if is_damage(error) else "", detail=str(error))


def is_full(folder: Path) -> bool:
    """Whether a small file in `folder` does not fit any more. Blocks."""
    import tempfile  # a start that goes well does not need it

    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".room-") as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as e:
        return e.errno in _FULL
    return False


def _code(error: sqlite3.Error) -> int:
    """The primary result code; errors that Python's module raises by itself have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
