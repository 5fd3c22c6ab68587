"""Why a store does not open, and what an SQLite error means to the rest of the program."""

import errno
import sqlite3

from rushes.core.failure import Failure, Kind
from rushes.core.ports import StoreError

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_NOT_WRITABLE = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
)


class StoreInUse(StoreError):
    """Another running program holds this store."""

    def __init__(self) -> None:
        super().__init__(Failure(Kind.STORE, code="in_use", detail="held by a running program"))


class StoreTooNew(StoreError):
    """The file was written by a newer version of this program; it was left untouched."""

    def __init__(self, found: int, known: int) -> None:
        detail = f"the file has version {found}, this program knows {known}"
        super().__init__(Failure(Kind.STORE, code="too_new", detail=detail))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken, not its surroundings."""
    return _code(error) in _DAMAGED


def failure_of(error: sqlite3.Error | OSError) -> Failure:
    """The failure an error of SQLite or of the file system stands for."""
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return Failure(Kind.DISK_FULL if full else Kind.FOLDER, detail=error.strerror or "")
    if _code(error) == sqlite3.SQLITE_FULL:
        return Failure(Kind.DISK_FULL, detail=str(error))
    kind = Kind.FOLDER if _code(error) in _NOT_WRITABLE else Kind.STORE
    return Failure(kind, code="damaged" if is_damage(error) else "", detail=str(error))


def _code(error: sqlite3.Error) -> int:
    """The primary result code; errors that Python's module raises by itself have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
