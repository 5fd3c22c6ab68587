"""From a path to an open, whole, up-to-date store file, whatever state the last run left it in.

Order: too new → refused untouched; missing or damaged while there are backups → the newest good
one takes its place; older → a backup, then the schema's steps.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rushes.adapters.store import schema, tables
from rushes.adapters.store.backups import Backups, is_whole, stamp, sync
from rushes.adapters.store.errors import StoreTooNew, is_damage

_MAGIC = b"SQLite format 3\0"
_BUSY_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """What happened while the store was opened; worth telling the user unless all is None.

    Attributes:
        set_aside: Where the damaged file was moved, for a person to look into.
        restored_from: The backup that took its place; None with `set_aside`: there was no good
            one, and the list starts empty.
        upgraded_from: The version the file had before.
    """

    set_aside: Path | None = None
    restored_from: Path | None = None
    upgraded_from: int | None = None

    def __bool__(self) -> bool:
        return (self.set_aside, self.restored_from, self.upgraded_from) != (None, None, None)


def open_file(path: Path, now: float, *, check: bool) -> tuple[sqlite3.Connection, OpenReport]:
    """Open, creating, restoring or upgrading as needed. The caller holds the lock.

    Args:
        check: Look through the whole file first (the last run did not end cleanly).

    Raises:
        StoreTooNew: written by a newer program; left untouched.
        sqlite3.Error, OSError: the disk is full, or the folder cannot be written.
    """
    backups = Backups(path)
    set_aside = restored_from = None
    if _is_there(path) and (found := _file_version(path)) > schema.KNOWN:
        raise StoreTooNew(found, schema.KNOWN)
    db = _connect_whole(path, check) if _is_there(path) else None
    if db is None:
        set_aside = _set_aside(path, now)
        restored_from = _restore(path, backups)
        db = _connect(path)
    try:
        before = schema.version(db)
        upgraded_from = before if 0 < before < schema.KNOWN else None
        if upgraded_from:
            backups.make_before_upgrade(db, now)
        schema.upgrade(db)
        tables.make_list(db)
    except BaseException:
        db.close()
        raise
    report = OpenReport(
        set_aside=set_aside, restored_from=restored_from, upgraded_from=upgraded_from
    )
    return db, report


def _is_there(path: Path) -> bool:
    """Not an empty file: creating the store was interrupted before its first commit."""
    return path.exists() and path.stat().st_size > 0


def _file_version(path: Path) -> int:
    """The version of a file, read without leaving a trace; 0 when it cannot be read."""
    if not _wal(path).exists() or not _wal(path).stat().st_size:
        with path.open("rb") as file:
            header = file.read(64)  # user_version: 4 bytes at 60 (SQLite's file format, 1.3)
        return int.from_bytes(header[60:64], "big") if header.startswith(_MAGIC) else 0
    try:  # what the WAL holds counts; a read-only connection does not fold it into the file
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            return schema.version(db)
    except sqlite3.DatabaseError:
        return 0


def _connect_whole(path: Path, check: bool) -> sqlite3.Connection | None:
    """A connection to a file that is no worse than it should be; None when it is damaged."""
    try:
        db = _connect(path)
    except sqlite3.DatabaseError as e:
        if is_damage(e):
            return None
        raise
    try:
        if _is_ours(db) and (not check or is_whole(db)):
            return db
    except sqlite3.DatabaseError as e:
        if not is_damage(e):
            db.close()
            raise
    db.close()
    return None


def _is_ours(db: sqlite3.Connection) -> bool:
    """Whether the schema can be read and is a version of ours, or nothing yet."""
    tables: int = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    return (schema.version(db) > 0) == (tables > 0)


def _connect(path: Path) -> sqlite3.Connection:
    """A connection as this program uses it; a missing file is made, readable by its owner only."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_TIMEOUT_S)
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            db.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _set_aside(path: Path, now: float) -> Path | None:
    """Move a damaged file and what belongs to it out of the way. None: there was no file."""
    damaged = _is_there(path)
    to = path.with_name(f"{path.name}.damaged-{stamp(now)}")
    while to.exists():
        to = to.with_name(f"{to.name}x")
    for tail in ("-wal", "-shm", ""):  # a WAL without its file must not meet the file that follows
        part = path.with_name(path.name + tail)
        if not part.exists():
            continue
        if damaged:
            part.replace(to.with_name(to.name + tail))
        else:
            part.unlink()
    return to if damaged else None


def _restore(path: Path, backups: Backups) -> Path | None:
    """Put the newest good backup in place, whole or not at all."""
    good = backups.newest_good()
    if good is None:
        return None
    part = path.with_name(f"{path.name}.restoring")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    shutil.copyfile(good, part)
    sync(part)
    part.replace(path)
    sync(path.parent)
    return good
