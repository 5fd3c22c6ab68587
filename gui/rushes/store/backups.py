"""Dated copies of the store, and the newest good one.

A backup is written by ``VACUUM INTO`` (a consistent, compact copy) under a temporary name and
gets its final name when it is on disk.
"""

import datetime as dt
import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from rushes.store import rows, schema

KEEP_DAILY = 7
KEEP_UPGRADES = 3
#: Of all daily copies together; the newest is kept even when it alone has more.
MOST_BYTES = 2 * 2**30
#: A list up to this size is copied again in the course of the day, when tasks came since.
SMALL_BYTES = 200 * 2**20
AGAIN_AFTER_S = 3600.0


class Backups:
    """The folder ``backups`` beside the store. Days and names are in UTC."""

    def __init__(self, store: Path) -> None:
        self._folder = store.parent / "backups"
        self._stem = store.stem

    def is_due(self, db: sqlite3.Connection, now: float) -> bool:
        """Whether the day has no copy, or one from which tasks that came since are missing."""
        try:
            made_at = self._daily(now).stat().st_mtime
        except OSError:
            return True
        if _bytes(db) > SMALL_BYTES:
            return False
        if 0.0 <= now - made_at < AGAIN_AFTER_S:
            # Of the first day: made before there was anything to be kept.
            return _has_tasks(db) and not _holds_tasks(self._daily(now))
        return bool(db.execute("SELECT 1 FROM task WHERE added_at > ?", (made_at,)).fetchone())

    def make_daily(self, db: sqlite3.Connection, now: float) -> Path:
        """Copy the open store in place of the day's earlier copy; keep the newest `KEEP_DAILY`,
        and of those no more than `MOST_BYTES`."""
        made = self._make(db, self._daily(now), now)
        daily = f"{self._stem}-????????.sqlite3"
        self._thin(daily, KEEP_DAILY)
        together = 0
        for number, path in enumerate(self._by_age(daily)):
            together += path.stat().st_size
            if number and together > MOST_BYTES:
                path.unlink(missing_ok=True)
        return made

    def make_before_upgrade(self, db: sqlite3.Connection, now: float) -> Path:
        name = f"{self._stem}-{stamp(now)}-version-{schema.version(db)}.sqlite3"
        made = self._make(db, self._folder / name, now)
        self._thin(f"{self._stem}-*-version-*.sqlite3", KEEP_UPGRADES)
        return made

    def start_over(self, db: sqlite3.Connection, now: float) -> None:
        """Have one copy of the list as it is now, and none of what it was before.

        Raises:
            OSError, sqlite3.Error: an old copy cannot be deleted, or none made.
        """
        for old in self._by_age("*.sqlite3"):
            old.unlink(missing_ok=True)
        self.make_daily(db, now)

    def names(self) -> tuple[str, ...]:
        """Newest first."""
        return tuple(path.name for path in self._by_age("*.sqlite3"))

    def newest_good(self) -> Path | None:
        """The newest copy that this program can read and that is whole."""
        return next(filter(is_good, self._by_age("*.sqlite3")), None)

    def _daily(self, now: float) -> Path:
        return self._folder / f"{self._stem}-{stamp(now)[:8]}.sqlite3"

    def _make(self, db: sqlite3.Connection, path: Path, now: float) -> Path:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        _refuse_without_room(db, self._folder)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            db.execute("VACUUM INTO ?", (str(part),))
            sync(part)
            os.utime(part, (now, now))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        sync(self._folder)
        return path

    def _thin(self, pattern: str, keep: int) -> None:
        for old in self._by_age(pattern)[keep:]:
            old.unlink(missing_ok=True)

    def _by_age(self, pattern: str) -> list[Path]:
        """Newest first."""
        found = self._folder.glob(pattern)
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def _has_tasks(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM task LIMIT 1").fetchone() is not None


def _holds_tasks(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return _has_tasks(db)
    except sqlite3.Error:
        return False


def _refuse_without_room(db: sqlite3.Connection, folder: Path) -> None:
    """A copy must not be what fills the disk."""
    if shutil.disk_usage(folder).free < 2 * _bytes(db):
        raise OSError(errno.ENOSPC, "no room for a backup")


def _bytes(db: sqlite3.Connection) -> int:
    pages, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return int(pages * size)


def is_good(path: Path) -> bool:
    """Whether the file is a whole store of a version this program knows. Does not write to it."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return 0 < schema.version(db) <= schema.KNOWN and is_whole(db, quick=True)
    except sqlite3.Error:
        return False


def is_whole(db: sqlite3.Connection, *, quick: bool = False) -> bool:
    """SQLite's own check of the open file, and whether what services said can be read. Raises
    sqlite3.DatabaseError on gross damage.

    Args:
        quick: Without what takes long: whether indexes and rows say the same, and the answers.
    """
    check = "quick_check" if quick else "integrity_check"
    if db.execute(f"PRAGMA {check}(1)").fetchone() != ("ok",):
        return False
    return quick or all(rows.is_report(row[0]) for row in db.execute("SELECT report FROM task"))


def stamp(now: float) -> str:
    return dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y%m%d-%H%M%S")


def sync(path: Path) -> None:
    """Have a file or folder on the disk. Windows cannot sync a folder, and need not."""
    if os.name == "nt" and path.is_dir():
        return
    fd = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
