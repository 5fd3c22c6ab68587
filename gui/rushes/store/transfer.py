"""The whole list as a file of its own, and such a file into the list of another installation.

The file is an SQLite database with this schema, without what was taken out of the list and without
the tables that are made from the others. It holds no key; links of results that are not saved yet
and prompts are in it, so it is readable by its owner alone. A copy of a list (a backup, or the list
of another installation itself) is taken as well.
"""

import enum
import errno
import os
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rushes.core.account import Account, KeySource, origin
from rushes.core.failure import Kind
from rushes.core.merge import combined
from rushes.core.task import ArtifactState, Event, Key, Task
from rushes.core.usage import Outcome
from rushes.store import rows, schema, tables
from rushes.store.errors import failure_of
from rushes.store.opening import IMPORT_PREFIX
from rushes.system import disk

_MAGIC: Final = b"SQLite format 3\0"
_APPLICATION: Final = 0x52757368  # "Rush"
_LISTED: Final = "SELECT num FROM main.task WHERE removed_at IS NULL"
#: What of each table goes along. Of `used` what is not in the list any more: it stays counted.
_CONTENT: Final[Mapping[str, str]] = {
    "account": "1",
    "task": "removed_at IS NULL",
    "artifact": f"task IN ({_LISTED})",
    "raw": f"task IN ({_LISTED})",
    "event": f"task IN ({_LISTED})",
    "run": "1",
    "used": "num < 0",
}
#: The tables that are read, of a file that may be anybody's; and how SQLite is to treat it.
_READ: Final = frozenset({*_CONTENT, "carried"})
_DISTRUST: Final = ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0")
_ROWS: Final = 5000


#: A file of another list, opened by `opened`.
ListSource = sqlite3.Connection


class Unusable(enum.Enum):
    """Why a file cannot be taken in."""

    FOREIGN = "foreign"  # something else
    DAMAGED = "damaged"  # cut off, or changed
    TOO_NEW = "too_new"  # written by a newer version of this program


class BadListFile(Exception):
    """`args[0]` is an `Unusable`. Nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of the tasks in a file.

    Attributes:
        added: Those that were not in the list.
        changed: Those that were, and know more now.
        same: How many were there already and knew all of it.
        accounts: The accounts that came along, as they are in the list now.
        without_ca: How many of them trusted certificates of their own there, which they do not
            here: the file may be anybody's.
    """

    added: tuple[Key, ...] = ()
    changed: tuple[Key, ...] = ()
    same: int = 0
    accounts: tuple[Account, ...] = ()
    without_ca: int = 0


def write(db: sqlite3.Connection, path: Path, settings: str) -> int:
    """Write the list that `db` reads to `path`, over what is there. Returns how many tasks it has.

    Args:
        settings: Goes along as it is.

    Raises:
        OSError: the file cannot be written.
        sqlite3.Error: the list cannot be read, or the disk is full.
    """
    part = path.with_name(f".rushes-{uuid.uuid4().hex}.part")  # two may write at the same time
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(part, isolation_level=None)) as out:
            out.execute("PRAGMA synchronous = OFF")  # brought to the disk as a whole
            out.execute("PRAGMA journal_mode = OFF")
            out.execute(f"PRAGMA application_id = {_APPLICATION}")
            schema.upgrade(out)
            out.execute("BEGIN")
            for table, which in _CONTENT.items():
                _copy(db, out, table, which)
            out.execute("CREATE TABLE carried (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            out.execute("INSERT INTO carried VALUES ('settings', ?)", (settings,))
            out.execute("COMMIT")
            written: int = out.execute("SELECT count(*) FROM task").fetchone()[0]
        with part.open("rb+") as file:
            disk.sync(file.fileno())
        part.replace(path)
    except OSError as e:
        e.filename = str(path)  # nobody knows the part
        raise
    finally:
        part.unlink(missing_ok=True)
    disk.sync_folder(path.parent)
    return written


def _copy(db: sqlite3.Connection, out: sqlite3.Connection, table: str, which: str) -> None:
    names = [row[1] for row in out.execute(f"PRAGMA table_info({table})")]
    found = db.execute(f"SELECT {', '.join(names)} FROM main.{table} WHERE {which}")  # noqa: S608
    insert = f"INSERT INTO {table} VALUES ({rows.placeholders(names)})"  # noqa: S608
    while batch := found.fetchmany(_ROWS):
        out.executemany(insert, batch)


@contextmanager
def opened(path: Path, folder: Path) -> Iterator[sqlite3.Connection]:
    """A copy of such a file in today's form, to be given to `take_in`; the file itself is only
    read.

    Args:
        folder: Where there is room for the copy.

    Raises:
        BadListFile, OSError
    """
    with TemporaryDirectory(prefix=IMPORT_PREFIX, dir=folder) as place:
        copy = Path(place, "list.sqlite3")
        with disk.open_regular(path) as source:
            if source.read(len(_MAGIC)) != _MAGIC:
                raise BadListFile(Unusable.FOREIGN)
            source.seek(0)
            try:
                with copy.open("xb") as to:
                    while block := source.read(2**20):
                        to.write(block)
            except OSError as e:  # of a write, no name is told
                e.filename = e.filename or str(folder)
                raise
        with closing(sqlite3.connect(copy, isolation_level=None, check_same_thread=False)) as db:
            try:
                for pragma in _DISTRUST:
                    db.execute(f"PRAGMA {pragma}")
                _bring_up(db)
            except sqlite3.Error as e:
                if failure_of(e, folder).kind is Kind.DISK_FULL:  # nothing is wrong with the file
                    full = errno.ENOSPC
                    raise OSError(full, os.strerror(full), str(folder)) from e
                raise BadListFile(Unusable.DAMAGED) from e
            yield db


def _bring_up(db: sqlite3.Connection) -> None:
    tables_there = {
        name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    found = schema.version(db)
    if found < 1 or not {"account", "task", "artifact"} <= tables_there:
        raise BadListFile(Unusable.FOREIGN)
    if found > schema.KNOWN:
        raise BadListFile(Unusable.TOO_NEW)
    _take_out_code(db)
    if db.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise BadListFile(Unusable.DAMAGED)
    schema.upgrade(db)
    db.execute("CREATE INDEX IF NOT EXISTS event_of_task ON event (task)")


def _take_out_code(db: sqlite3.Connection) -> None:
    """Leave nothing in the file that would be carried out when it is read or changed: tables whose
    rows are computed are refused, triggers, views and indexes go."""
    found = db.execute("SELECT type, name, rootpage, sql FROM sqlite_schema").fetchall()
    for kind, name, page, sql in found:
        quoted = '"' + name.replace('"', '""') + '"'
        if name.casefold() in _READ:
            columns = db.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
            if kind != "table" or not page or any(hidden for *_, hidden in columns):
                raise BadListFile(Unusable.FOREIGN)
        elif kind in ("trigger", "view") or (kind == "index" and sql):
            db.execute(f"DROP {kind} {quoted}")


def settings_in(source: sqlite3.Connection) -> str:
    """The settings that went along; "": none."""
    with suppress(sqlite3.Error):
        row = source.execute("SELECT value FROM carried WHERE name = 'settings'").fetchone()
        return str(row[0]) if row else ""
    return ""


def take_in(db: sqlite3.Connection, source: sqlite3.Connection, at: float) -> TakenIn:
    """Put everything of `source` (see `opened`) into the list, all or nothing. What both have
    loses nothing: see `core.merge.combined`.

    Raises:
        BadListFile: a part of it cannot be read.
    """
    _refuse_odd(db, source)
    try:
        return _taken_in(db, source, at)
    except (ValueError, TypeError, ArithmeticError, sqlite3.IntegrityError) as e:
        # A whole database with values that no list has; ours holds none of them.
        raise BadListFile(Unusable.DAMAGED) from e


def _taken_in(db: sqlite3.Connection, source: sqlite3.Connection, at: float) -> TakenIn:
    owners, came, without_ca = _accounts(db, source)
    added: list[Key] = []
    changed: list[Key] = []
    seen = 0
    for batch in _batches(source):
        theirs = {
            Key(owners[task.key.account].id, task.key.id): (num, task)
            for num, task in batch
            if task.key.account in owners
        }
        seen += len(theirs)
        known = tables.known(db, theirs)
        back = [key for key, is_listed in known.items() if not is_listed]
        tables.restore(db, back, at)
        fresh = [key for key in theirs if key not in known]
        for key in fresh:
            num, task = theirs[key]
            raw, history = _beside(source, num)
            tables.put_whole(db, _moved(task, key), raw, history)
        tables.list_whole(db, fresh)
        more = {
            key: partial(_with_raw, source, num, _moved(task, key), at)
            for key, (num, task) in theirs.items()
            if key in known
        }
        told = {task.key for task in tables.change(db, more, at).changed}
        added += [*fresh, *back]
        changed += [key for key in more if key in told and key not in back]
    _take_rest(db, source, {id_: account.id for id_, account in owners.items()})
    return TakenIn(
        added=tuple(added),
        changed=tuple(changed),
        same=seen - len(added) - len(changed),
        accounts=tuple(came),
        without_ca=without_ca,
    )


def _batches(source: sqlite3.Connection) -> Iterator[Sequence[tuple[int, Task]]]:
    """Tasks with their numbers, some hundred at a time."""
    waiting: list[tuple[int, Task]] = []
    found = tables.everything(source)
    while True:
        # Not sqlite3's own errors: the list would be taken for the damaged one.
        try:
            for each in found:
                waiting.append(each)
                if len(waiting) == tables.AT_ONCE:
                    break
            else:
                found = iter(())
        except sqlite3.Error as e:
            raise BadListFile(Unusable.DAMAGED) from e
        if not waiting:
            return
        yield tuple(waiting)
        waiting.clear()


def _moved(task: Task, key: Key) -> Task:
    """Nothing of it is being saved here."""
    saving, remote = ArtifactState.SAVING, ArtifactState.REMOTE
    artifacts = tuple(replace(a, state=remote) if a.state is saving else a for a in task.artifacts)
    return replace(task, key=key, artifacts=artifacts)


def _with_raw(
    source: sqlite3.Connection, num: int, theirs: Task, at: float, ours: Task
) -> Task | None:
    task = combined(ours, theirs, at)
    if task.report is not theirs.report:
        return None if task == ours else task
    raw, _ = _beside(source, num)
    return replace(task, report=replace(task.report, raw=raw))


def _beside(source: sqlite3.Connection, num: int) -> tuple[str, tuple[Event, ...]]:
    """The last answer about a task, and its history."""
    try:
        return tables.raw_of(source, num), tables.events_of(source, num)
    except sqlite3.Error as e:
        raise BadListFile(Unusable.DAMAGED) from e


def _accounts(
    db: sqlite3.Connection, source: sqlite3.Connection
) -> tuple[dict[str, Account], list[Account], int]:
    """The account here for each account there, by its id there, those that are new here, and how
    many of these trusted certificates of their own there."""
    try:
        theirs = tables.accounts(source)
    except sqlite3.Error as e:
        raise BadListFile(Unusable.DAMAGED) from e
    ours = list(tables.accounts(db))
    owners: dict[str, Account] = {}
    came: list[Account] = []
    without_ca = 0
    for account in theirs:
        known = next((o for o in ours if o.id == account.id), None) or next(
            (o for o in ours if _has_same_key(o, account)), None
        )
        if known is None:
            known = _newcomer(account, ours)
            tables.put_account(db, known)
            ours.append(known)
            came.append(known)
            without_ca += bool(account.ca_file)
        owners[account.id] = known
    return owners, came, without_ca


def _has_same_key(one: Account, other: Account) -> bool:
    """As far as the hint tells."""
    told = one.key_env or one.key_hint
    same = (one.service, one.base_url, one.key_env, one.key_hint)
    return bool(told) and same == (other.service, other.base_url, other.key_env, other.key_hint)


def _newcomer(account: Account, ours: Sequence[Account]) -> Account:
    """Its key is not in the file: it must be in this computer's password store under this account
    and for this address, or be entered. A variable that the file names is only read where the user
    reads it for the same address already, and no certificates are trusted because the file says
    so: it may be anybody's."""
    account = replace(account, ca_file="")
    taken = {each.name for each in ours}
    names = (f"{account.name} ({n})" for n in count(2))
    name = account.name if account.name not in taken else next(n for n in names if n not in taken)
    is_bound = account.key_source is KeySource.ENVIRONMENT and any(
        each.key_env == account.key_env and origin(each.base_url) == origin(account.base_url)
        for each in ours
    )
    if account.key_source is KeySource.ENVIRONMENT and not is_bound:
        return replace(account, name=name, key_source=KeySource.SESSION, key_env="")
    return replace(account, name=name)


def _take_rest(
    db: sqlite3.Connection, source: sqlite3.Connection, owners: Mapping[str, str]
) -> None:
    """How long tasks took, and what those cost that are in no list any more: once each."""
    there = f"service, {rows.RUN.names}"
    names = [name for name in _declared(db, "used") if name != "num"]
    try:
        runs = source.execute(f"SELECT {there} FROM run").fetchall()  # noqa: S608
        gone = source.execute(f"SELECT {', '.join(names)} FROM used WHERE num < 0").fetchall()  # noqa: S608
    except sqlite3.Error as e:
        raise BadListFile(Unusable.DAMAGED) from e
    for value in chain(*runs, *gone):
        if isinstance(value, bytes):
            rows.read_text(value)
    for row in gone:
        Outcome(row[names.index("outcome")])
    db.executemany(
        f"INSERT INTO run ({there}) SELECT {rows.placeholders(there.split(','))} "  # noqa: S608
        "WHERE NOT EXISTS (SELECT 1 FROM run WHERE (service, total_s, ended_at) = (?, ?, ?))",
        [(*run, run[0], run[4], run[6]) for run in runs],
    )
    db.executemany(
        f"INSERT INTO used (num, {', '.join(names)}) "  # noqa: S608
        f"SELECT (SELECT min(min(num), 0) - 1 FROM used), {rows.placeholders(names)} "
        "WHERE NOT EXISTS (SELECT 1 FROM used WHERE (account, id) = (?, ?))",
        [(owners[row[0]], *row[1:], owners[row[0]], row[1]) for row in gone if row[0] in owners],
    )


_KINDS: Final = {
    "INTEGER": "'integer', 'null'",
    "REAL": "'real', 'integer', 'null'",
    "TEXT": "'text', 'blob', 'null'",
}


def _declared(db: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns of a table of ours, and what they hold."""
    return {row[1]: row[2] for row in db.execute(f"PRAGMA main.table_info({table})")}


def _refuse_odd(db: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """SQLite keeps anything anywhere; a text among figures would be met at each later start. What
    the columns of the file are declared to hold says nothing: it may be anybody's.

    Raises:
        BadListFile
    """
    for table, which in _CONTENT.items():
        kinds = _declared(db, table).items()
        odd = [f"typeof({name}) NOT IN ({_KINDS[kind]})" for name, kind in kinds]
        odd += [f"{name} IN (9e999, -9e999)" for name, kind in kinds if kind == "REAL"]
        asked = f"SELECT 1 FROM main.{table} WHERE ({which}) AND ({' OR '.join(odd)}) LIMIT 1"  # noqa: S608
        try:
            found = source.execute(asked).fetchone()
        except sqlite3.Error as e:
            raise BadListFile(Unusable.DAMAGED) from e
        if found is not None:
            raise BadListFile(Unusable.DAMAGED)
