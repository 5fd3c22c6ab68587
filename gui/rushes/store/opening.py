"""From a path to an open, whole, up-to-date store file, whatever state the last run left it in.

Order: too new → refused untouched; missing while there are backups → the newest good one takes its
place; damaged → all that can be read goes over that backup (`rescue`); older → a backup, then the
schema's steps.
"""

import errno
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from rushes.core.account import Account
from rushes.store import safety, schema, tables, wal
from rushes.store.backups import Backups, is_whole, stamp, sync
from rushes.store.errors import DamagedContent, StoreTooNew, is_damage
from rushes.system import disk

_MAGIC = b"SQLite format 3\0"
_BUSY_TIMEOUT_S = 10.0
#: Looked through quickly after a kill (100,000 tasks: 0.7 s, not 1.8); the rest of the check comes
#: with the next backup.
_LARGE_BYTES = 32 * 2**20
#: Of folders beside the list with a copy of another one that is being taken in.
IMPORT_PREFIX = ".import-"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """What happened while the store was opened; worth telling the user unless nothing did.

    Attributes:
        set_aside: Where the damaged file was moved, for a person to look into.
        restored_from: The backup that was needed.
        was_gone: There was a list, and its file was not there any more, or empty.
        read: Tasks that could be read from the damaged file.
        from_backup: Tasks that only the backup still had.
        ids_only: Tasks of which nothing but the id was left; they are asked for again.
        lost: Tasks of which not even that is known.
        lacks_end: What was committed last, before the program was killed, cannot be read.
        upgraded_from: The version the file had before.
        is_read_only: The disk is full: the list is shown as it is until there is room.
    """

    set_aside: Path | None = None
    restored_from: Path | None = None
    was_gone: bool = False
    read: int = 0
    from_backup: int = 0
    ids_only: int = 0
    lost: int = 0
    lacks_end: bool = False
    upgraded_from: int | None = None
    is_read_only: bool = False

    def __bool__(self) -> bool:
        return self != OpenReport()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEnd:
    """What the last holder left word of.

    Attributes:
        was_clean: It closed the list properly.
        was_damaged: It had noticed that the list is damaged.
        had_list: There was a holder at all.
    """

    was_clean: bool
    was_damaged: bool = False
    had_list: bool = True


def open_file(path: Path, now: float, end: LastEnd) -> tuple[sqlite3.Connection, OpenReport]:
    """Open, creating, restoring or upgrading as needed. The caller holds the lock.

    After an end that was not clean the whole file is looked through first.

    Raises:
        StoreTooNew: written by a newer program; left untouched.
        sqlite3.Error, OSError: the disk is full, or the folder cannot be written.
    """
    for left in path.parent.glob(f"{IMPORT_PREFIX}*"):  # by a kill; it may hold prompts
        shutil.rmtree(left, ignore_errors=True)
    report = _finish_swap(path)
    promised = None if end.was_clean else wal.committed(path)  # before SQLite is asked anything
    if not is_there(path):
        report = _restore(path, Backups(path), end)
    elif (found := _file_version(path)) > schema.KNOWN:
        raise StoreTooNew(found, schema.KNOWN)
    elif report is None and not end.was_clean:
        is_good, lacks_end = _look_through(path, promised)
        if end.was_damaged or not is_good or lacks_end:
            report = replace(_bring_in_order(path, now), lacks_end=lacks_end)
    try:
        return _opened(path, now, report or OpenReport())
    except sqlite3.DatabaseError as e:
        if not is_damage(e) or report is not None:
            raise
    # Damaged though it ended cleanly, in what an upgrade or the list needs.
    return _opened(path, now, _bring_in_order(path, now))


def _opened(path: Path, now: float, report: OpenReport) -> tuple[sqlite3.Connection, OpenReport]:
    db = _connect(path)
    try:
        if not _is_ours(db):
            raise DamagedContent("no list of this program")
        before = schema.version(db)
        if 0 < before < schema.KNOWN:
            Backups(path).make_before_upgrade(db, now)
            report = replace(report, upgraded_from=before)
        schema.upgrade(db)
        tables.make_list(db)
    except BaseException:
        db.close()
        raise
    return db, report


def snapshot(path: Path) -> bytes:
    """The list in today's form as the bytes of a file, without writing anything to the disk.

    Raises:
        sqlite3.Error, OSError: it cannot be read.
    """
    if not is_there(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with closing(in_memory(wal.image(path))) as db:
        if schema.version(db) > schema.KNOWN:
            raise StoreTooNew(schema.version(db), schema.KNOWN)
        schema.upgrade(db)
        tables.make_list(db)
        return db.serialize()


def in_memory(content: bytes) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    db.deserialize(content)
    return db


def is_there(path: Path) -> bool:
    """Not an empty file: creating the store was interrupted before its first commit.

    Raises:
        OSError: it is no file.
    """
    disk.refuse_pipe(path)
    return path.exists() and path.stat().st_size > 0


def _file_version(path: Path) -> int:
    """The version of a file, read without leaving a trace; 0 when it cannot be read."""
    if wal.is_empty(path):
        with disk.open_regular(path) as file:
            header = file.read(64)  # user_version: 4 bytes at 60 (SQLite's file format, 1.3)
        return int.from_bytes(header[60:64], "big") if header.startswith(_MAGIC) else 0
    try:  # what the WAL holds counts; a read-only connection does not fold it into the file
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            return schema.version(db)
    except sqlite3.DatabaseError:
        return 0


def _look_through(path: Path, promised: wal.WalIndex | None) -> tuple[bool, bool]:
    """Whether the file is whole, and whether SQLite has dropped what was committed last. Writes
    nothing into it: closing another connection would fold the log into a file to be rescued."""
    try:
        if path.with_name(f"{path.name}-journal").exists():
            # Creating the list was cut off before it had its log: only a connection that may write
            # can roll that back.
            with closing(sqlite3.connect(path)) as db:
                db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            is_large = path.stat().st_size > _LARGE_BYTES
            is_good = _is_ours(db) and (schema.version(db) == 0 or is_whole(db, quick=is_large))
            return is_good, wal.lacks(path, promised)
    except sqlite3.DatabaseError as e:
        if is_damage(e):
            return False, False
        raise


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


def _bring_in_order(path: Path, now: float) -> OpenReport:
    """Put a list in place that has all that can be had; the damaged one is kept.

    The new list is whole, under a name that says so, before anything of the old one is moved: a
    kill at any moment is made up for by `_finish_swap`.
    """
    from rushes.store.rescue import rescue  # a start that goes well does not need it

    backup = Backups(path).newest_good()
    aside = path.with_name(f"{path.name}.damaged-{stamp(now)}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}x")
    part = path.with_name(f"{path.name}.restoring")
    try:
        found = rescue(path, backup, part, now)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    report = OpenReport(set_aside=aside, restored_from=backup, **asdict(found))
    _write_note(path, report)
    part.replace(_ready(path))
    sync(path.parent)
    _finish_swap(path)
    return report


def _ready(path: Path) -> Path:
    return path.with_name(f"{path.name}.restored")


def _note(path: Path) -> Path:
    """What the user is to be told of a list that is about to take its place."""
    return path.with_name(f"{path.name}.restored.json")


def _write_note(path: Path, report: OpenReport) -> None:
    said = {k: v.name if isinstance(v, Path) else v for k, v in asdict(report).items()}
    disk.write_whole(_note(path), json.dumps(said).encode())


def _read_note(path: Path) -> OpenReport:
    aside = path.with_name(f"{path.name}.damaged")
    try:
        with disk.open_regular(_note(path)) as file:
            said = json.loads(file.read())
        backup = said["restored_from"] and path.parent / "backups" / said["restored_from"]
        aside = path.with_name(said["set_aside"])
        return OpenReport(**{**said, "set_aside": aside, "restored_from": backup})
    except (OSError, ValueError, TypeError, KeyError):
        return OpenReport(set_aside=aside)


def _finish_swap(path: Path) -> OpenReport | None:
    """Move the damaged file and what belongs to it out of the way, and the new one in its place.
    None: none is waiting."""
    if not _ready(path).exists() and not _note(path).exists():
        return None
    report = _read_note(path)
    aside = report.set_aside
    assert aside is not None
    if not _ready(path).exists():
        _note(path).unlink(missing_ok=True)
        return report if aside.exists() else None  # all was done but for the telling, or nothing
    for tail in ("-wal", "-shm", ""):  # a WAL must never meet the file that follows
        part = path.with_name(path.name + tail)
        if part.exists():
            part.replace(aside.with_name(aside.name + tail))
    sync(path.parent)
    _ready(path).replace(path)
    sync(path.parent)
    _note(path).unlink(missing_ok=True)
    return report


def _restore(path: Path, backups: Backups, end: LastEnd) -> OpenReport | None:
    """Put the newest good backup in place of a file that is gone, whole or not at all. None:
    there never was a list, as far as anybody knows."""
    good = backups.newest_good()
    if good is None:
        return OpenReport(was_gone=True) if end.had_list else None
    part = path.with_name(f"{path.name}.restoring")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    shutil.copyfile(good, part)
    sync(part)
    for tail in ("-wal", "-shm"):  # of the file that is gone
        path.with_name(path.name + tail).unlink(missing_ok=True)
    part.replace(path)
    sync(path.parent)
    with closing(sqlite3.connect(path)) as db:
        count = db.execute("SELECT count(*) FROM task WHERE removed_at IS NULL").fetchone()[0]
    return OpenReport(was_gone=True, restored_from=good, from_backup=count)


# --- a look for a report, beside whatever uses the list ----------------------------------------


@dataclass(slots=True)
class Examined:
    """What was found.

    Attributes:
        is_held: A running program has the list.
        is_there: There is a file with something in it.
        version: Of the file; 0 unknown.
        is_too_new: A newer version of this program has written it.
        is_whole: SQLite's check; None: it could not be made.
        problem: Why something of it could not be read; "" when all could.
        counts: Tasks in the list by their status word.
        backups: Names of the copies, newest first.
    """

    is_held: bool = False
    is_there: bool = False
    version: int = 0
    is_too_new: bool = False
    is_whole: bool | None = None
    problem: str = ""
    accounts: tuple[Account, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    backups: tuple[str, ...] = ()


def examine(path: Path) -> Examined:
    """Writes nothing, raises nothing: what cannot be read is said in `problem`. Blocks."""
    found = Examined()
    try:
        found.is_held = safety.is_held(path.with_name(f"{path.name}.lock"))
        found.backups = Backups(path).names()
        found.is_there = is_there(path)
        if found.is_there:
            with closing(_open(path, found.is_held)) as db:
                _look(db, found)
    except (sqlite3.Error, OSError, MemoryError) as e:
        found.problem = found.problem or str(e)
    return found


def _open(path: Path, is_held: bool) -> sqlite3.Connection:
    """An open list is read as SQLite does; one that nobody has without making its index anew,
    which the next start needs as it is."""
    if is_held:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    if wal.is_empty(path):
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    return in_memory(wal.image(path))


def _look(db: sqlite3.Connection, found: Examined) -> None:
    found.version = schema.version(db)
    found.is_too_new = found.version > schema.KNOWN
    try:
        found.is_whole = is_whole(db, quick=True)
    except sqlite3.DatabaseError as e:
        found.is_whole, found.problem = False, str(e)
    in_list = "SELECT status, count(*) FROM task WHERE removed_at IS NULL GROUP BY status"
    found.counts = dict(sorted(db.execute(in_list)))
    if found.version >= schema.KNOWN:
        found.accounts = tables.accounts(db)
    else:  # an older list has fewer columns: a copy of it is brought up to this version
        with closing(in_memory(db.serialize())) as copy:
            schema.upgrade(copy)
            found.accounts = tables.accounts(copy)
