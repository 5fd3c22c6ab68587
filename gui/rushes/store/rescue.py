"""What can still be read from a damaged list, over what the newest backup has.

Every table is read row by row from both ends, then each number that is missing in between is
looked up; where a task's own row is gone, an index may still know its id. A table in which SQLite
finds nothing wrong is taken as it is: what is not in it was removed. For every other one the
backup fills the gaps. The damaged file is only read.
"""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

from rushes.core.account import Account, KeySource, Service
from rushes.core.task import Flag, Key, Status, blank
from rushes.presentation.text import tr
from rushes.store import rows, schema, tables, wal
from rushes.store.backups import sync
from rushes.store.where import word

log = logging.getLogger(__name__)

_TABLES: Final = (
    *("account", "task", "artifact", "raw", "event", "tombstone", "run", "used", "notice"),
)
#: Tables whose rows have a number of their own, by which a single one is found.
_NUMBERED: Final = ("task", "raw", "event", "run", "used", "notice")
_PAGE = 4096
#: Numbers that are looked up one by one; a changed bit must not make it billions.
_MOST_LOOKS = 2_000_000
#: More results than any task has.
_PLACES = 8


@dataclass(slots=True)
class Rescued:
    """What the new list is made of.

    Attributes:
        read: Tasks read from the damaged file.
        from_backup: Tasks that only the backup still had.
        ids_only: Tasks of which the id was left, and at most the user's own marks; their services
            are asked again.
        lost: Tasks that were there and of which not even that is known.
    """

    read: int = 0
    from_backup: int = 0
    ids_only: int = 0
    lost: int = 0


@dataclass(slots=True)
class _Left:
    """What is known of rows that could not be read, and which tables are whole.

    Attributes:
        keys: Of tasks, by their numbers.
        removed: When they were taken out of the list, by their numbers.
        nums: Numbers of tasks that were there.
        records: How many tasks have lost what their service said of them.
    """

    whole: set[str] = field(default_factory=set)
    keys: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    removed: dict[int, float] = field(default_factory=dict)
    nums: set[int] = field(default_factory=set)
    records: int = 0


def rescue(damaged: Path, backup: Path | None, to: Path, now: float) -> Rescued:
    """Write a whole list of this version to `to`, which is made; on the disk when this returns.

    Args:
        backup: A whole file of a version this program knows; it is only read.
        now: Unix seconds: when tasks count as added of which only the id is known.

    Raises:
        OSError, sqlite3.Error: `to` or a copy of the backup cannot be written.
    """
    for stale in (to, *(wal.beside(to, tail) for tail in ("-journal", "-backup"))):
        stale.unlink(missing_ok=True)
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    told = Rescued()
    with closing(sqlite3.connect(to, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")  # brought to the disk as a whole
        db.execute("PRAGMA journal_mode = MEMORY")
        db.execute("PRAGMA temp_store = MEMORY")
        left = _read_all(db, damaged)
        schema.upgrade(db)
        _drop_unreadable(db, left)
        told.read = _listed(db)
        if backup is not None:
            with _attached(db, backup, wal.beside(to, "-backup")):
                _fill_from_backup(db, left)
            told.from_backup = _listed(db) - told.read
        told.ids_only = left.records + _add_known(db, left, now)
        found = {num for (num,) in db.execute("SELECT num FROM task")}
        told.lost = len(left.nums - found)
        _tidy(db)
        tables.make_list(db)
    sync(to)
    return told


# reading


def _read_all(db: sqlite3.Connection, damaged: Path) -> _Left:
    """Bring every row that can be read into `db`, which gets the version the file had."""
    left = _Left()
    try:
        source = _open(damaged)
    except (sqlite3.Error, OSError, MemoryError) as e:
        log.info("nothing can be read from the damaged list: %s", e)
        schema.upgrade(db)
        return left
    with closing(source):
        found = schema.version(source)
        schema.upgrade(db, schema.STEPS[: found if 0 < found <= schema.KNOWN else schema.KNOWN])
        db.execute("BEGIN")
        for table in _TABLES:
            if _is_whole(source, table):
                left.whole.add(table)
            _copy(source, db, table, left)
        _read_indexes(source, db, left)
        db.execute("COMMIT")
    return left


def _open(path: Path) -> sqlite3.Connection:
    """For reading, whatever the first page says. Raises sqlite3.Error when nothing can be had."""
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        return _tolerant(db)
    except sqlite3.Error:
        db.close()
    content = bytearray(wal.image(path))
    content[:100] = _header(bytes(content))
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.deserialize(bytes(content))
        return _tolerant(db)
    except BaseException:
        db.close()
        raise


def _tolerant(db: sqlite3.Connection) -> sqlite3.Connection:
    db.execute("PRAGMA writable_schema = ON")  # SQLite then bears with a schema that is not whole
    db.text_factory = lambda text: text.decode("utf-8", "replace")
    if db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None:
        raise sqlite3.DatabaseError("no schema")
    return db


def _header(content: bytes) -> bytes:
    """The first 100 bytes as this program has them written, but for what only the file knows."""
    head = bytearray(content[:100].ljust(100, b"\0"))
    head[:24] = b"SQLite format 3\0" + _PAGE.to_bytes(2, "big") + b"\1\1\0\x40\x20\x20"
    head[28:32] = (len(content) // _PAGE).to_bytes(4, "big")
    head[32:40] = bytes(8)  # no free pages: they are not to be written to
    head[44:48] = (4).to_bytes(4, "big")
    head[52:60] = bytes(4) + (1).to_bytes(4, "big")  # no automatic vacuum; UTF-8
    return bytes(head)


def _is_whole(db: sqlite3.Connection, table: str) -> bool:
    try:
        return db.execute(f"PRAGMA quick_check('{table}')").fetchall() == [("ok",)]
    except sqlite3.Error:
        return False


def _copy(source: sqlite3.Connection, db: sqlite3.Connection, table: str, left: _Left) -> None:
    names = _shared(source, db, table)
    if not names:
        return
    marks = ", ".join("?" * len(names))
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    kinds = [_KIND.get(kind, (str, bytes)) for kind in _kinds(db, table, names)]
    whole = table in left.whole
    if table in _NUMBERED:
        found = _by_number(source, table, names, whole)
    else:
        found = _by_key(source, db, table, names, whole)
    for row in found:
        if table == "task" and isinstance(row[0], int):
            left.nums.add(row[0])
        fits = all(v is None or isinstance(v, kind) for v, kind in zip(row, kinds, strict=True))
        with suppress(sqlite3.IntegrityError, OverflowError):
            if fits:
                db.execute(insert, row)


_KIND: Final = {"INTEGER": (int,), "REAL": (int, float)}


def _kinds(db: sqlite3.Connection, table: str, names: Sequence[str]) -> list[str]:
    kinds = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}
    return [kinds[name] for name in names]


def _shared(source: sqlite3.Connection, db: sqlite3.Connection, table: str) -> list[str]:
    """The columns that both have, in the order of `db`."""
    try:
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    except sqlite3.Error:
        return []
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] in there]


def _by_number(
    source: sqlite3.Connection, table: str, names: Sequence[str], whole: bool
) -> Iterator[tuple[Any, ...]]:
    select = f"SELECT rowid, {', '.join(names)} FROM {table} NOT INDEXED"  # noqa: S608
    seen: set[int] = set()
    for order in ("", " DESC"):
        for row in _scan(source, f"{select} ORDER BY rowid{order}"):
            if row[0] not in seen:
                seen.add(row[0])
                yield row[1:]
        if whole:
            return
    top = max(seen | _numbers(source, table), default=0)
    for num in range(1, min(top, _MOST_LOOKS) + 1):
        if num not in seen:
            yield from (row[1:] for row in _scan(source, f"{select} WHERE rowid = ?", (num,)))


def _numbers(source: sqlite3.Connection, table: str) -> set[int]:
    """Numbers of rows as the indexes of a table know them."""
    found: set[Any] = set()
    for (name,) in list(
        _scan(
            source, "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?", (table,)
        )
    ):
        for order in ("", " DESC"):
            found |= {
                row[0]
                for row in _scan(
                    source,
                    f'SELECT rowid FROM {table} INDEXED BY "{name}" ORDER BY rowid{order}',  # noqa: S608
                )
            }
    if table == "task":
        for other, column in (("artifact", "task"), ("raw", "task"), ("listed", "num")):
            ask = f"SELECT {column} FROM {other}"  # noqa: S608
            for order in ("", f" ORDER BY {column} DESC"):
                found |= {row[0] for row in _scan(source, ask + order)}
    return {num for num in found if isinstance(num, int) and 0 < num <= _MOST_LOOKS}


def _by_key(
    source: sqlite3.Connection,
    db: sqlite3.Connection,
    table: str,
    names: Sequence[str],
    whole: bool,
) -> Iterator[tuple[Any, ...]]:
    """Of a table without numbers; a row may come more than once."""
    select = f"SELECT {', '.join(names)} FROM {table}"  # noqa: S608
    key = {"account": ("id",), "artifact": ("task", "place"), "tombstone": ("account", "id")}[table]
    yield from _scan(source, select)
    if whole:
        return
    yield from _scan(source, f"{select} ORDER BY {' DESC, '.join(key)} DESC")
    if table == "account":
        ids = chain(
            db.execute("SELECT DISTINCT account FROM task"),
            _scan(source, "SELECT account FROM task"),
        )
        for (id_,) in set(ids):
            yield from _scan(source, f"{select} WHERE id = ?", (id_,))
    elif table == "artifact":
        for (num,) in db.execute("SELECT num FROM task").fetchall():
            before = f"{select} WHERE task = ? AND place = ?"
            for place in range(_PLACES):
                yield from _scan(source, before, (num, place))
    else:
        for (id_,) in db.execute("SELECT id FROM account").fetchall():
            yield from _scan(source, f"{select} WHERE account = ?", (id_,))


def _scan(
    db: sqlite3.Connection, statement: str, values: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """The rows up to the first one that cannot be read."""
    try:
        yield from db.execute(statement, values)
    except (sqlite3.Error, OverflowError):
        return


def _read_indexes(source: sqlite3.Connection, db: sqlite3.Connection, left: _Left) -> None:
    """Which tasks there are as the indexes know it; that survives the task's own row."""
    there = {row[0]: row[1:] for row in db.execute("SELECT num, account, id FROM task")}
    left.nums |= _numbers(source, "task")
    keys = 'SELECT rowid, account, id FROM task INDEXED BY "sqlite_autoindex_task_1"'
    for order in ("", " ORDER BY account DESC, id DESC"):
        for num, account, id_ in _scan(source, keys + order):
            known = there.get(num)
            if known == (account, id_) or not (isinstance(account, str) and isinstance(id_, str)):
                continue
            if known is not None:  # row and index have a different key: one of them is right
                left.keys[-num] = (account, id_)
            elif isinstance(num, int):
                left.keys[num] = (account, id_)
                left.nums.add(num)
    gone = "SELECT rowid, removed_at FROM task INDEXED BY task_removed WHERE removed_at IS NOT NULL"
    for num, at in _scan(source, gone):
        if isinstance(at, float):
            left.removed[num] = at


# what came of it


def _drop_unreadable(db: sqlite3.Connection, left: _Left) -> None:
    """Rows whose values this program never writes count as not read."""
    for (id_,) in db.execute("SELECT id FROM account").fetchall():
        try:
            tables.find_account(db, id_)
        except sqlite3.DatabaseError:
            left.whole.discard("account")
            db.execute("DELETE FROM account WHERE id = ?", (id_,))
    for num, place in db.execute("SELECT task, place FROM artifact").fetchall():
        try:
            tables.find_artifact(db, num, place)
        except sqlite3.DatabaseError:
            left.whole.discard("artifact")
            db.execute("DELETE FROM artifact WHERE task = ? AND place = ?", (num, place))
    unread = [
        n for n, said in db.execute("SELECT num, report FROM task") if not rows.is_report(said)
    ]
    left.records = len(unread)
    db.executemany(
        "UPDATE task SET report = json_object('id', id, 'status', status), is_due = 1 "
        "WHERE num = ?",
        [(num,) for num in unread],
    )
    for num, account, id_ in db.execute("SELECT num, account, id FROM task").fetchall():
        if not tables.is_sound(db, num):
            left.whole.discard("task")
            left.keys[num] = (account, id_)
            db.execute("DELETE FROM task WHERE num = ?", (num,))


def _listed(db: sqlite3.Connection) -> int:
    found: int = db.execute("SELECT count(*) FROM task WHERE removed_at IS NULL").fetchone()[0]
    return found


@contextmanager
def _attached(db: sqlite3.Connection, backup: Path, copy: Path) -> Iterator[None]:
    """A copy of the backup in today's form, as `b`."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    shutil.copyfile(backup, copy)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as brought:
            brought.execute("PRAGMA journal_mode = MEMORY")
            schema.upgrade(brought)
        db.execute("ATTACH ? AS b", (str(copy),))
        yield
        db.execute("DETACH b")
    finally:
        copy.unlink(missing_ok=True)


def _fill_from_backup(db: sqlite3.Connection, left: _Left) -> None:
    db.execute("BEGIN")
    if "account" not in left.whole:
        db.execute("INSERT OR IGNORE INTO account SELECT * FROM b.account")
    new = [] if "task" in left.whole else _tasks_from_backup(db, left)
    db.execute("CREATE TEMP TABLE pair (old INTEGER, num INTEGER, is_new INTEGER)")
    db.execute(
        "INSERT INTO pair SELECT b.num, t.num, 0 FROM b.task AS b "
        "JOIN main.task AS t ON (t.account, t.id) = (b.account, b.id)"
    )
    db.executemany("UPDATE pair SET is_new = 1 WHERE num = ?", [(num,) for num in new])
    for table, names in (("artifact", _ARTIFACT), ("raw", "body")):
        which = "is_new" if table in left.whole else "1"
        db.execute(
            f"INSERT INTO main.{table} (task, {names}) "  # noqa: S608
            f"SELECT pair.num, {names} FROM b.{table} AS b "
            f"JOIN pair ON pair.old = b.task WHERE {which} "
            f"AND NOT EXISTS (SELECT 1 FROM main.{table} AS t WHERE t.task = pair.num)"
        )
    which = "is_new" if "event" in left.whole else "1"
    db.execute(
        "INSERT OR IGNORE INTO main.event (num, task, at, what, old, new) "  # noqa: S608
        "SELECT b.num, pair.num, at, what, b.old, b.new FROM b.event AS b "
        f"JOIN pair ON pair.old = b.task WHERE {which}"
    )
    if "run" not in left.whole:
        db.execute("INSERT OR IGNORE INTO main.run SELECT * FROM b.run")
    if "tombstone" not in left.whole:
        db.execute(
            "INSERT OR IGNORE INTO main.tombstone SELECT * FROM b.tombstone "
            "WHERE (account, id) NOT IN (SELECT account, id FROM main.task)"
        )
    db.execute("DROP TABLE pair")
    db.execute("COMMIT")


_ARTIFACT: Final = f"place, {rows.ARTIFACT.names}"


def _tasks_from_backup(db: sqlite3.Connection, left: _Left) -> list[int]:
    """Tasks that the damaged file had, for all that is known, and that could not be read there.
    Returns their numbers."""
    names = f"{rows.TASK_COLUMNS}, removed_at"
    num_of = {key: num for num, key in left.keys.items()}
    wanted = db.execute(
        f"SELECT num, {names} FROM b.task AS b "  # noqa: S608
        "WHERE (account, id) NOT IN (SELECT account, id FROM main.task) "
        "AND (account, id) NOT IN (SELECT account, id FROM main.tombstone) "
        "AND account IN (SELECT id FROM main.account) "
        # moved to another account since
        "AND NOT EXISTS (SELECT 1 FROM main.task AS t WHERE t.num = b.num AND t.id = b.id)"
    ).fetchall()
    marks = rows.placeholders(f"num, {rows.TASK_COLUMNS}, removed_at".split(","))
    insert = f"INSERT INTO main.task (num, {names}) VALUES ({marks})"  # noqa: S608
    taken = {num for (num,) in db.execute("SELECT num FROM main.task")}
    made = []
    for row in wanted:
        key = (row[1], row[2])
        num = abs(num_of.get(key, row[0]))
        if row[0] in left.keys and left.keys[row[0]][1] == key[1] and key not in num_of:
            continue  # moved to another account since, and its row is lost
        removed_at = left.removed.get(num, row[-1])
        values = (None if num in taken else num, *row[1:-1], removed_at)
        made.append(int(db.execute(insert, values).lastrowid or 0))
        taken.add(made[-1])
        left.keys.pop(num_of.get(key, 0), None)
    return made


def _add_known(db: sqlite3.Connection, left: _Left, now: float) -> int:
    """Tasks of which the id alone is known: they are looked at again."""
    marks = rows.placeholders(f"num, {rows.TASK_COLUMNS}, removed_at".split(","))
    insert = f"INSERT OR IGNORE INTO task (num, {rows.TASK_COLUMNS}, removed_at) VALUES ({marks})"  # noqa: S608
    added = 0
    for num, (account, id_) in left.keys.items():
        task = blank(Key(rows.read_text(account), rows.read_text(id_)), now)
        removed_at = left.removed.get(num)
        values = (num if num > 0 else None, *rows.task_row(task), removed_at)
        made = db.execute(insert, values).rowcount
        added += bool(made) and removed_at is None
    return added


def _tidy(db: sqlite3.Connection) -> None:
    """Give every task an account, let nothing point nowhere, have results asked for again."""
    homeless = "SELECT DISTINCT account FROM task WHERE account NOT IN (SELECT id FROM account)"
    for (id_,) in db.execute(homeless).fetchall():
        tables.put_account(db, _stand_in(rows.read_text(id_)))
    for table in ("artifact", "raw", "event", "notice"):
        db.execute(f"DELETE FROM {table} WHERE task NOT IN (SELECT num FROM task)")  # noqa: S608
    db.execute("DELETE FROM used WHERE num > 0")  # counted anew with the tables behind the list
    db.execute("DELETE FROM tombstone WHERE account NOT IN (SELECT id FROM account)")
    bare = (
        f"SELECT num FROM task WHERE removed_at IS NULL AND status = {word(Status.SUCCEEDED)} "  # noqa: S608
        "AND num NOT IN (SELECT task FROM artifact)"
    )
    for num, task in list(tables.numbered(db, [row[0] for row in db.execute(bare)])):
        if task.status is Status.SUCCEEDED:
            again = replace(task, flags=task.flags | {Flag.RESULT_MISSING}, rechecks=0)
            tables.put_row(db, num, again)


def _stand_in(id_: str) -> Account:
    """For an account of which only the id is left. Its key is not looked for: nobody knows any
    more where it may be sent."""
    return Account(
        id=id_,
        name=tr("Unreadable account"),
        service=Service.ARK,
        base_url=Service.ARK.base_url,
        key_source=KeySource.SESSION,
    )
