"""A look at a list for a report, beside whatever uses it. It writes nothing and never fails."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rushes.core.account import Account
from rushes.store import safety, schema, tables, wal
from rushes.store.backups import Backups, is_whole
from rushes.store.opening import in_memory, is_there


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
    """Raises nothing: what cannot be read is said in `problem`. Blocks."""
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
