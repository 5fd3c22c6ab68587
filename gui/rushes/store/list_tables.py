"""The tables behind the list: what its rows are sorted, filtered, searched and counted by.

They repeat what `task` and `artifact` say, in a form in which SQLite answers without reading a
whole task, so they can be made anew from those at any time (`make`). They are no part of the
schema's steps: their columns follow those of this program, and a file in which another program
made them gets them anew. Every table is narrow: sorting 100,000 rows by any column is one scan
in C.

`listed`: one row for each task that is in the list; `k_…` is what the column of that name sorts by.
`words`: the text of a row in folded case, by field; `found` is its index (FTS5, trigrams).
`tagged`: one row for each tag of a task. `tally`: how many rows there are of each kind.
`grouped`: the group of a task by hand and by its name, where it has one.
"""

import enum
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, starmap
from typing import Any, Final

from rushes.core.account import Account
from rushes.core.columns import COLUMNS
from rushes.core.conditions import FACTS, NAMED_WORDS, WORDS, folded
from rushes.core.grouping import team_of
from rushes.core.price import PRICES
from rushes.core.task import Task
from rushes.core.views import FAILED, UNSAVED
from rushes.store import rows, used, where

#: Columns that sort by the name of the account, which may change, or by nothing.
_NOT_KEPT = frozenset({"poster", "account"})
_SORTED: Final = tuple(column for column in COLUMNS if column.id not in _NOT_KEPT)
#: The columns of the table that have a sort key in `listed`.
SORTED: Final = frozenset(column.id for column in _SORTED)

_TEXT = "TEXT NOT NULL"
#: Facts as a row has them; the others are what a column sorts by (`where`).
_FACTS: Final[Mapping[str, str]] = {
    "account": _TEXT,
    "live": "INTEGER NOT NULL",
    "status": _TEXT,
    "not_found": "INTEGER NOT NULL",
    "kept": _TEXT,
    "awaits_link": "INTEGER NOT NULL",
    "pick": _TEXT,
    "name_or_id": _TEXT,
    "raw_word": _TEXT,
    "duration": "REAL",
    "frames": "INTEGER",
    "fps": "REAL",
}
_LISTED: Final = ("newest", *_FACTS, *(f"k_{column.id}" for column in _SORTED))
_WORDS: Final = {**WORDS, **NAMED_WORDS}

#: Goes up when rows are read into these tables in another way; then they are made anew.
_WAY = 7

_BATCH = 2000

_TABLES: Final[tuple[str, ...]] = (
    f"""
    CREATE TABLE listed (
        num INTEGER PRIMARY KEY REFERENCES task (num) ON DELETE CASCADE,
        newest REAL NOT NULL, {", ".join(f"{name} {kind}" for name, kind in _FACTS.items())},
        {", ".join(f"k_{column.id}" for column in _SORTED)}
    )
    """,
    f"""
    CREATE TABLE words (
        num INTEGER PRIMARY KEY REFERENCES listed (num) ON DELETE CASCADE,
        {", ".join(f'"{name}" TEXT NOT NULL' for name in _WORDS)}
    )
    """,
    f"""
    CREATE VIRTUAL TABLE found USING fts5 (
        {", ".join(f'"{name}"' for name in WORDS)},
        content = 'words', content_rowid = 'num', tokenize = 'trigram case_sensitive 1'
    )
    """,
    """
    CREATE TABLE tagged (
        tag TEXT NOT NULL, task INTEGER NOT NULL REFERENCES listed (num) ON DELETE CASCADE,
        folded TEXT NOT NULL,
        PRIMARY KEY (tag, task)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE tally (
        account TEXT NOT NULL, status TEXT NOT NULL, live INTEGER NOT NULL, kept TEXT NOT NULL,
        awaits_link INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (account, status, live, kept, awaits_link)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX listed_newest ON listed (live DESC, newest DESC, num DESC)",
    "CREATE INDEX listed_account ON listed (account, live DESC, newest DESC, num DESC)",
    f"CREATE INDEX listed_failed ON listed (newest DESC, num DESC) WHERE {where.literal(FAILED)}",
    f"""
    CREATE INDEX listed_unsaved ON listed (live DESC, newest DESC, num DESC)
        WHERE {where.literal(UNSAVED)}
    """,
    "CREATE INDEX listed_left ON listed (k_left) WHERE k_left IS NOT NULL",
    "CREATE INDEX tagged_task ON tagged (task)",
    "CREATE INDEX tagged_folded ON tagged (folded)",
    """
    CREATE TABLE grouped (
        task INTEGER PRIMARY KEY REFERENCES listed (num) ON DELETE CASCADE,
        by_hand TEXT NOT NULL, by_name TEXT NOT NULL
    )
    """,
)

#: In the order in which they can be dropped: what points at another table first.
_DROPPED: Final = ("tagged", "grouped", "found", "words", "listed", "tally")

_NAMES = ", ".join(f'"{name}"' for name in WORDS)
_INDEX = f"INSERT INTO found (rowid, {_NAMES}) VALUES (new.num, {{}})".format(  # noqa: S608
    ", ".join(f'new."{name}"' for name in WORDS)
)
_UNINDEX = f"INSERT INTO found (found, rowid, {_NAMES}) VALUES ('delete', old.num, {{}})".format(  # noqa: S608
    ", ".join(f'old."{name}"' for name in WORDS)
)
_COUNT = (
    "INSERT INTO tally VALUES (new.account, new.status, new.live, new.kept, new.awaits_link, 1) "
    "ON CONFLICT DO UPDATE SET n = n + 1"
)
_UNCOUNT = (
    "UPDATE tally SET n = n - 1 WHERE (account, status, live, kept, awaits_link) = "
    "(old.account, old.status, old.live, old.kept, old.awaits_link)"
)
_KINDS = "account, status, live, kept, awaits_link"
_TRIGGERS: Mapping[str, str] = {
    "words_come": f"AFTER INSERT ON words BEGIN {_INDEX}; END",
    "words_go": f"AFTER DELETE ON words BEGIN {_UNINDEX}; END",
    "words_change": f"AFTER UPDATE OF {_NAMES} ON words BEGIN {_UNINDEX}; {_INDEX}; END",
    "listed_come": f"AFTER INSERT ON listed BEGIN {_COUNT}; END",
    "listed_go": f"AFTER DELETE ON listed BEGIN {_UNCOUNT}; END",
    "listed_change": f"AFTER UPDATE OF {_KINDS} ON listed BEGIN {_UNCOUNT}; {_COUNT}; END",
}

#: What these tables are and what is in them; another version's are dropped and made anew.
_MADE_OF = (PRICES, _TABLES, _TRIGGERS, used.SPENT, used.TRIGGERS)
_VERSION = f"{_WAY} {zlib.crc32(repr(_MADE_OF).encode()):08x}"

# Put together from our own names only; every value is bound.
_INSERT_LISTED = f"INSERT INTO listed (num, {', '.join(_LISTED)}) VALUES ({{}})".format(  # noqa: S608
    ", ".join("?" * (len(_LISTED) + 1))
)
_INSERT_WORDS = f"INSERT INTO words VALUES ({', '.join('?' * (len(_WORDS) + 1))})"  # noqa: S608
_INSERT_TAG = "INSERT OR IGNORE INTO tagged (tag, task, folded) VALUES (?, ?, ?)"
_INSERT_GROUPED = "INSERT INTO grouped VALUES (?, ?, ?)"

Listed = tuple[int, Task]


def put(db: sqlite3.Connection, batch: Sequence[Listed], accounts: Mapping[str, Account]) -> None:
    """Tasks came into the list."""
    listed = [(num, *_listed(task, accounts.get(task.key.account))) for num, task in batch]
    db.executemany(_INSERT_LISTED, listed)
    db.executemany(_INSERT_WORDS, [(num, *_words(task)) for num, task in batch])
    db.executemany(_INSERT_TAG, chain.from_iterable(_tags(num, task) for num, task in batch))
    groups = chain.from_iterable(_groups(num, task) for num, task in batch)
    db.executemany(_INSERT_GROUPED, groups)
    used.put(db, batch, accounts)


def update(
    db: sqlite3.Connection,
    batch: Sequence[tuple[int, Task, Task]],
    accounts: Mapping[str, Account],
) -> None:
    """Listed tasks changed: their numbers, how they were and how they are. Writes what is different
    only: most columns have no news."""
    news = [(num, new) for num, _, new in batch]
    listed = {num: _listed(new, accounts.get(new.key.account)) for num, new in news}
    _set(db, "listed", _LISTED, listed)
    _set(db, "words", tuple(_WORDS), {num: _words(new) for num, new in news})
    used.update(db, batch, accounts)
    tags = [(num, new) for num, old, new in batch if old.mark.tags != new.mark.tags]
    db.executemany("DELETE FROM tagged WHERE task = ?", [(num,) for num, _ in tags])
    db.executemany(_INSERT_TAG, chain.from_iterable(starmap(_tags, tags)))
    groups = [(num, new) for num, old, new in batch if _grouped_by(old) != _grouped_by(new)]
    db.executemany("DELETE FROM grouped WHERE task = ?", [(num,) for num, _ in groups])
    db.executemany(_INSERT_GROUPED, chain.from_iterable(starmap(_groups, groups)))


def reprice(db: sqlite3.Connection, batch: Sequence[Listed], owners: Mapping[str, Account]) -> None:
    """The prices of tasks changed, also of those that were taken out of the list."""
    cost = next(column.key for column in _SORTED if column.id == "cost")
    costs = [(_scalar(cost(task, owners.get(task.key.account))), num) for num, task in batch]
    db.executemany("UPDATE listed SET k_cost = ? WHERE num = ?", costs)
    used.put(db, batch, owners)


def drop(db: sqlite3.Connection, nums: Iterable[tuple[int]]) -> None:
    """Tasks left the list; what else says of them follows."""
    db.executemany("DELETE FROM listed WHERE num = ?", nums)


def values(task: Task) -> tuple[Any, ...]:
    """What is kept of a task here, but for what depends on its account."""
    return (*_listed(task, None), *_words(task), *_tags(0, task), *_groups(0, task))


def is_made(db: sqlite3.Connection) -> bool:
    """Whether these tables were made by this version of the program."""
    found = db.execute("SELECT version FROM derived WHERE name = 'list'").fetchone()
    return bool(found == (_VERSION,))


def make(
    db: sqlite3.Connection,
    everything: Iterator[Listed],
    accounts: Mapping[str, Account],
    removed: Iterable[Listed] = (),
) -> None:
    """Make these tables anew, inside the caller's transaction.

    Args:
        everything: Every task that is in the list, read as it is asked for.
        removed: Tasks that were taken out of it: they stay counted.
    """
    used.stop_summing(db)
    for table in _DROPPED:  # their triggers and indexes with them
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES:
        db.execute(statement)
    while batch := list(islice(everything, _BATCH)):
        put(db, batch, accounts)
    rebuild_index(db)
    used.put(db, removed, accounts)
    used.sum_up(db)
    db.execute(
        f"INSERT INTO tally SELECT {_KINDS}, count(*) FROM listed GROUP BY {_KINDS}"  # noqa: S608
    )
    for name, what in _TRIGGERS.items():  # only now: an index built at once is much cheaper
        db.execute(f"CREATE TRIGGER {name} {what}")
    vouch(db)


def vouch(db: sqlite3.Connection) -> None:
    """These tables are as this version of the program makes them."""
    db.execute("INSERT OR REPLACE INTO derived VALUES ('list', ?)", (_VERSION,))


def doubt(db: sqlite3.Connection) -> None:
    """Until `vouch` they are not: a program that ends before makes them anew at its next start."""
    db.execute("DELETE FROM derived WHERE name = 'list'")


def rebuild_index(db: sqlite3.Connection) -> None:
    """Make the index of words anew from `words`, with nothing left of what stood in it before."""
    db.execute("INSERT INTO found (found) VALUES ('rebuild')")


def _set(
    db: sqlite3.Connection,
    table: str,
    names: tuple[str, ...],
    now: Mapping[int, tuple[Any, ...]],
) -> None:
    """What stands in the table already is read rather than worked out once more: that is half of
    the work."""
    values, nums = ", ".join(f'"{name}"' for name in names), iter(now)
    changes: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    while part := list(islice(nums, _BATCH)):
        chosen = f"num IN ({rows.placeholders(part)})"
        for num, *old in db.execute(f"SELECT num, {values} FROM {table} WHERE {chosen}", part):  # noqa: S608
            changed = {n: b for n, a, b in zip(names, old, now[num], strict=True) if a != b}
            changes[tuple(changed)].append((*changed.values(), num))
    changes.pop((), None)
    for changed_names, rows_ in changes.items():
        what = ", ".join(f'"{name}" = ?' for name in changed_names)
        db.executemany(f"UPDATE {table} SET {what} WHERE num = ?", rows_)  # noqa: S608


def _listed(task: Task, account: Account | None) -> tuple[Any, ...]:
    """The values of `_LISTED`."""
    created = task.report.created_at
    return (
        float(task.added_at if created is None else created),
        *(_fact(name, task) for name in _FACTS),
        *(_scalar(column.key(task, account)) for column in _SORTED),
    )


def _fact(name: str, task: Task) -> Any:
    value = _scalar(FACTS[name](task))
    return "" if value is None and _FACTS[name] == _TEXT else value


def _words(task: Task) -> tuple[str, ...]:
    """The values of `_WORDS`."""
    return tuple(folded(read(task)) for read in _WORDS.values())


def _tags(num: int, task: Task) -> Iterator[tuple[str | bytes, int, str]]:
    return ((rows.text(tag), num, folded(tag)) for tag in task.mark.tags)


def _grouped_by(task: Task) -> tuple[str, str]:
    return task.mark.group, task.mark.name


def _groups(num: int, task: Task) -> Iterator[tuple[int, str | bytes, str | bytes]]:
    by_name = team_of(task.mark.name)
    if task.mark.group or by_name:
        yield num, rows.text(task.mark.group), rows.text(by_name)


def _scalar(value: Any) -> Any:
    """A fact or sort key as SQLite keeps it: of a tuple the first part, which says where a row
    belongs; the rest is for show."""
    if value is None or type(value) is float:
        return value
    if isinstance(value, tuple):
        value = value[0]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return rows.text(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return float(value)
    return value
