"""What the store does, in SQL: each operation is one function over a connection, here only.

``await store.read(tables.get, keys)`` runs it on a connection that only reads,
``await store.write(tables.remove, keys, at)`` in the writer thread; both inside one transaction.

A removed task keeps its rows, hidden by `removed_at`, for `KEEP_REMOVED_S`, then its id alone
for `KEEP_TOMBSTONE_S`, so that listing a service does not bring back what the user took out.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from rushes.core.account import Account, OwnPrice, Service
from rushes.core.eta import Run, run_of
from rushes.core.incoming import Incoming, filled
from rushes.core.merge import Change, history
from rushes.core.presence import KeptFile
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Diff,
    Event,
    Flag,
    Key,
    Mark,
    Status,
    Task,
    blank,
)
from rushes.core.views import UNSAVED
from rushes.store import list_tables, rows, used
from rushes.store.where import literal, word, words

T = TypeVar("T")

#: Tasks that one statement reads.
AT_ONCE = 500

KEEP_REMOVED_S = 7 * 86400.0
KEEP_TOMBSTONE_S = 14 * 86400.0
KEEP_RUNS_S = 180 * 86400.0

#: Run times that are read at once: the newest say most about tomorrow.
NEWEST_RUNS = 2000

# Put together from our own column names only; every value is bound.
_TASK_MARKS = rows.placeholders(rows.TASK_COLUMNS.split(","))
_TASK_COLUMNS = ", ".join(f"task.{name}" for name in rows.TASK_COLUMNS.split(", "))
_ARTIFACT_COLUMNS = ", ".join(f"artifact.{name}" for name in rows.ARTIFACT.names.split(", "))
# A task with several files comes several times, one without any comes once.
_SELECT = (
    f"SELECT task.num, {_TASK_COLUMNS}, artifact.task, {_ARTIFACT_COLUMNS} "  # noqa: S608
    "FROM (SELECT * FROM task WHERE {where}) AS task "
    "LEFT JOIN artifact ON artifact.task = task.num ORDER BY {order}, place"
)
_FILE = 1 + len(rows.TASK_COLUMNS.split(", "))
_INSERT = f"INSERT INTO task ({rows.TASK_COLUMNS}) VALUES ({_TASK_MARKS})"  # noqa: S608
_UPDATE = f"UPDATE task SET ({rows.TASK_COLUMNS}) = ({_TASK_MARKS}) WHERE num = ?"  # noqa: S608
_INSERT_ARTIFACT = (
    f"INSERT INTO artifact (task, place, {rows.ARTIFACT.names}) "  # noqa: S608
    f"VALUES (?, ?, {rows.ARTIFACT.marks})"
)

_SELECT_ACCOUNTS = f"SELECT {rows.ACCOUNT.names} FROM account "  # noqa: S608
# Not REPLACE: that deletes the old row first, and every task of the account with it.
_PUT_ACCOUNT = (
    f"INSERT INTO account ({rows.ACCOUNT.names}) VALUES ({rows.ACCOUNT.marks}) ON CONFLICT (id) "  # noqa: S608
    "DO UPDATE SET "
    + ", ".join(
        f"{n} = excluded.{n}"
        for n in rows.ACCOUNT.names.split(", ")
        if n not in ("route", "prices")
    )
    + ", route = iif((service, base_url) = (excluded.service, excluded.base_url), route, '')"
)
_BEHIND_LINKS = (ArtifactState.REMOTE, ArtifactState.SAVING)
_ON_DISK = (ArtifactState.SAVED, ArtifactState.MISSING)
#: Subjects of notices, and what a file of such a take is like.
LOST, DAMAGED = "lost", "damaged"
_HARMED: dict[str, Callable[[Artifact], bool]] = {
    LOST: lambda artifact: artifact.state is ArtifactState.LOST,
    DAMAGED: lambda artifact: artifact.state is ArtifactState.SAVED and artifact.damaged,
}
_LISTED = "removed_at IS NULL"
_DUE = "account = ? AND is_due = 1 AND removed_at IS NULL"
_NEWEST_FIRST = "coalesce(task.created_at, task.added_at) DESC, task.num DESC"


# accounts


def accounts(db: sqlite3.Connection) -> tuple[Account, ...]:
    found = db.execute(_SELECT_ACCOUNTS + "ORDER BY created_at, id")
    return tuple(map(rows.ACCOUNT.read, found))


def put_account(db: sqlite3.Connection, account: Account) -> None:
    """Keep the account. The route that was found for it stays while its address does."""
    before = find_account(db, account.id)
    db.execute(_PUT_ACCOUNT, rows.ACCOUNT.row(account))
    if before is not None and before.service is not account.service:  # and its prices with it
        theirs = _listed(db, "account = ?", (account.id,))
        list_tables.drop(db, [(num,) for num, _ in theirs])
        list_tables.put(db, theirs, {account.id: account})


def set_prices(db: sqlite3.Connection, account: str, prices: Sequence[OwnPrice]) -> None:
    """Use these prices of the user's at the account from now on. What is in the list already is
    counted by `reprice`, or at the next start."""
    db.execute("UPDATE account SET prices = ? WHERE id = ?", (rows.prices(prices), account))
    list_tables.doubt(db)


def reprice(db: sqlite3.Connection, account: str, after: int = 0) -> int | None:
    """Count anew what some of the account's takes cost, those with numbers above `after`: the
    writer is needed for other things between. Returns where to go on; None: that were all."""
    # Others cost nothing. By number: the index on the account would be read anew each time.
    theirs = f"+account = ? AND status = {word(Status.SUCCEEDED)} AND num > ?"
    batch = _numbered(db, f"{theirs} ORDER BY num LIMIT {AT_ONCE}", (account, after))
    if not batch:
        list_tables.vouch(db)
        return None
    list_tables.reprice(db, batch, {each.id: each for each in accounts(db)})
    return batch[-1][0]


def keep_route(db: sqlite3.Connection, account: str, route: str) -> None:
    """Remember at which route of its gateway the account's tasks are answered for."""
    db.execute("UPDATE account SET route = ? WHERE id = ?", (route, account))


def remove_account(db: sqlite3.Connection, account: str) -> Diff:
    """Forget an account and its rows in the list. Files on disk stay."""
    listed = db.execute(
        "SELECT id FROM task WHERE account = ? AND removed_at IS NULL ORDER BY num", (account,)
    )
    gone = tuple(Key(account, rows.read_text(row[0])) for row in listed)
    db.execute("DELETE FROM account WHERE id = ?", (account,))
    return Diff(removed=gone)


# the list


def make_list(db: sqlite3.Connection) -> None:
    """Fill the tables behind the list, when another version of the program filled them. All or
    nothing: interrupted, it is done at the next start."""
    if list_tables.is_made(db):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        known = {account.id: account for account in accounts(db)}
        list_tables.make(db, everything(db), known, removed(db))
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


# reading tasks


def tasks(db: sqlite3.Connection) -> tuple[Task, ...]:
    """Every task in the list, newest first."""
    return _read(db, _LISTED, ())


def everything(db: sqlite3.Connection) -> Iterator[tuple[int, Task]]:
    """Every task in the list with its number, read as it is asked for."""
    last = 0
    while batch := _listed(db, "num > ?", (last,), "ORDER BY num LIMIT 1000"):
        yield from batch
        last = batch[-1][0]


def numbered(
    db: sqlite3.Connection, nums: Iterable[int], reader: rows.TaskReader = rows.WHOLE
) -> Iterator[tuple[int, Task]]:
    """The tasks with these numbers, as far as they are in the list."""
    for part in in_parts(nums):
        wanted = rows.placeholders(part)
        found = dict(_listed(db, f"num IN ({wanted})", part, reader=reader))
        yield from ((num, found[num]) for num in part if num in found)


def numbers_of(db: sqlite3.Connection, keys: Iterable[Key]) -> dict[Key, int]:
    """The numbers of those of `keys` that are in the list."""
    found = _in_table(db, "task", "removed_at, num", keys)
    return {key: num for key, (removed_at, num) in found if removed_at is None}


def known(db: sqlite3.Connection, keys: Iterable[Key]) -> dict[Key, bool]:
    """Those of `keys` that have a row, and whether they are in the list (or were removed)."""
    found = _in_table(db, "task", "removed_at, num", keys)
    return {key: removed_at is None for key, (removed_at, _) in found}


def unsaved(db: sqlite3.Connection) -> tuple[Task, ...]:
    """Tasks with a file that is only behind a link."""
    found = db.execute(
        f"SELECT num FROM listed WHERE ({literal(UNSAVED)}) AND kept IN {words(_BEHIND_LINKS)}"  # noqa: S608
    )
    return tuple(task for _, task in numbered(db, [row[0] for row in found.fetchall()]))


def lost(db: sqlite3.Connection, since: float) -> tuple[Task, ...]:
    """Tasks with a lost file whose link, or whose record made after `since`, may still live."""
    found = db.execute(
        "SELECT DISTINCT num FROM task JOIN artifact ON artifact.task = num WHERE "
        "artifact.state = ? AND removed_at IS NULL AND "
        "max(coalesce(created_at, added_at), coalesce(artifact.expires_at, 0)) >= ?",
        (ArtifactState.LOST.value, since),
    )
    return tuple(task for _, task in numbered(db, [row[0] for row in found.fetchall()]))


def notices(db: sqlite3.Connection) -> dict[str, tuple[Task, ...]]:
    """Takes that came to harm and of which the user has not closed the notice, by its subject
    (`LOST`, `DAMAGED`), in the order in which it happened. Both are there, empty or not."""
    found: dict[str, tuple[Task, ...]] = {}
    for subject in _HARMED:
        nums = db.execute("SELECT task FROM notice WHERE subject = ? ORDER BY num", (subject,))
        found[subject] = tuple(task for _, task in numbered(db, [row[0] for row in nums]))
    return found


def close_notice(db: sqlite3.Connection, subject: str, keys: Iterable[Key]) -> None:
    """The user has closed the notice that named or counted these takes; others stay."""
    db.executemany(
        "DELETE FROM notice WHERE subject = ? AND task = ?",
        [(subject, num) for num in numbers_of(db, keys).values()],
    )


def kept_files(
    db: sqlite3.Connection, below: int | None = None
) -> tuple[tuple[KeptFile, ...], int | None]:
    """The files that are or were on disk of some hundred tasks, the newest first, and where to go
    on: the next `below`; None: these were the last. No whole task is read for it. What is in the
    trash is not among them: nobody misses it."""
    nums = db.execute(
        "SELECT num FROM task WHERE num < ? AND kept IS NOT NULL AND removed_at IS NULL "
        "ORDER BY num DESC LIMIT ?",
        (2**63 - 1 if below is None else below, AT_ONCE),
    ).fetchall()
    if not nums:
        return (), None
    last = nums[-1][0]
    found = db.execute(
        "SELECT account, id, kind, state, path, size, mtime_ns, sha256 "  # noqa: S608
        "FROM task JOIN artifact ON artifact.task = task.num WHERE num BETWEEN ? AND ? "
        f"AND removed_at IS NULL AND state IN {words(_ON_DISK)} "
        f"AND NOT (trashed AND state = {word(ArtifactState.MISSING)}) "
        "ORDER BY num DESC, place",
        (last, nums[0][0]),
    )
    files = tuple(map(rows.read_kept_file, found))
    return files, last if len(nums) == AT_ONCE else None


def due(db: sqlite3.Connection, account: str) -> tuple[Task, ...]:
    """The account's tasks to be looked at: live and watched, or terminal but with their result
    missing or conflicting and rechecks left."""
    return _read(db, _DUE, (rows.text(account),))


def get(db: sqlite3.Connection, keys: Sequence[Key]) -> tuple[Task, ...]:
    """Those of `keys` that are in the list, in the order of `keys`."""
    found = _find_all(db, keys)
    return tuple(found[key][1] for key in keys if key in found)


def each(db: sqlite3.Connection, keys: Iterable[Key]) -> Iterator[Task]:
    """As `get`, read as they are asked for, to be written out and let go of."""
    for part in in_parts(keys):
        yield from (task for _, task in _find_all(db, part, rows.TO_WRITE_OUT).values())


def to_write_out(db: sqlite3.Connection, nums: Iterable[int]) -> list[Task]:
    """The tasks with these numbers, as far as they are in the list, as `each` gives them."""
    return [task for _, task in numbered(db, nums, rows.TO_WRITE_OUT)]


def newest_first(db: sqlite3.Connection) -> list[int]:
    """The numbers of all tasks in the list."""
    found = db.execute(f"SELECT num FROM task WHERE {_LISTED} ORDER BY {_NEWEST_FIRST}")  # noqa: S608
    return [num for (num,) in found]


def events(db: sqlite3.Connection, key: Key) -> tuple[Event, ...]:
    """A task's history, oldest first."""
    found = db.execute(
        f"SELECT {rows.EVENT.names} FROM event "  # noqa: S608
        "JOIN task ON task.num = event.task WHERE account = ? AND id = ? ORDER BY event.num",
        _key(key),
    )
    return tuple(map(rows.EVENT.read, found))


def events_of(db: sqlite3.Connection, num: int) -> tuple[Event, ...]:
    """As `events`, of the task with this number."""
    found = db.execute(
        f"SELECT {rows.EVENT.names} FROM event WHERE task = ? ORDER BY num",  # noqa: S608
        (num,),
    )
    return tuple(map(rows.EVENT.read, found))


def raw_of(db: sqlite3.Connection, num: int) -> str:
    """As `raw`, of the task with this number."""
    found = db.execute("SELECT body FROM raw WHERE task = ?", (num,)).fetchone()
    return rows.read_text(found[0]) if found else ""


def raw(db: sqlite3.Connection, key: Key) -> str:
    """The last answer about the task, as received; "" before the first."""
    found = db.execute(
        "SELECT body FROM raw JOIN task ON task.num = raw.task WHERE account = ? AND id = ?",
        _key(key),
    ).fetchone()
    return rows.read_text(found[0]) if found else ""


def run_times(db: sqlite3.Connection, service: Service) -> tuple[Run, ...]:
    """How long tasks at this service took, the newest end first; kept by `change`."""
    found = db.execute(
        f"SELECT {rows.RUN.names} FROM run "  # noqa: S608
        "WHERE service = ? ORDER BY ended_at DESC LIMIT ?",
        (service.value, NEWEST_RUNS),
    )
    return tuple(map(rows.RUN.read, found))


# changing tasks


def add(
    db: sqlite3.Connection,
    keys: Sequence[Key],
    at: float,
    *,
    discovered: bool = False,
    said: Mapping[Key, Incoming] | None = None,
) -> Diff:
    """Put tasks into the list; keys of an account that is not there (any more) are passed over.
    Already there: what is empty of it is filled by `said`, nothing else. Removed before: brought
    back with the user's marks, unless `discovered` (found by listing, not asked for by the user).
    """
    said = said or {}
    keys = list(dict.fromkeys(keys))
    found = dict(_in_table(db, "task", "removed_at, num", keys))
    known = {key: num for key, (_, num) in found.items()}
    gone = [] if discovered else [key for key, (at_, _) in found.items() if at_ is not None]
    tombstones = dict(_in_table(db, "tombstone", "removed_at", keys)) if discovered else {}
    # The account may be gone since somebody asked: then there is nobody to watch the task.
    owners = {account.id: account for account in accounts(db)}
    fresh = [
        _filled(said.get(key), blank(key, at))
        for key in keys
        if key not in known and key not in tombstones and key.account in owners
    ]
    added = {task.key: task for task in (*_restore(db, gone, at), *_insert(db, fresh, owners, at))}
    fills = {key: partial(_filled, said[key]) for key in keys if key in said and key in known}
    told = change(db, fills, at).changed
    added |= {task.key: task for task in told if task.key in added}  # brought back, and filled
    return Diff(
        added=tuple(added[key] for key in keys if key in added),
        changed=tuple(task for task in told if task.key not in added),
    )


def _inherit(mark: Mark, task: Task) -> Task:
    """What the user said of the same task at another account, as far as he has not said it here."""
    if task.mark == Mark():
        return replace(task, mark=mark)
    return _filled(Incoming(task.id, prompt=mark.prompt, references=mark.references), task)


def _filled(said: Incoming | None, task: Task) -> Task:
    mark = filled(task.mark, said)
    return task if mark == task.mark else replace(task, mark=mark)


def _insert(
    db: sqlite3.Connection, fresh: Sequence[Task], owners: Mapping[str, Account], at: float
) -> Sequence[Task]:
    """Put tasks into the list that it does not know."""
    listed = []
    used.drop_gone(db, [task.key for task in fresh])
    for task in fresh:
        num = db.execute(_INSERT, rows.task_row(task)).lastrowid
        assert num is not None
        listed.append((num, task))
    list_tables.put(db, listed, owners)
    _write_events(db, [(num, event) for num, task in listed for event in history(None, task, at)])
    forgotten = [_key(task.key) for task in fresh]
    db.executemany("DELETE FROM tombstone WHERE account = ? AND id = ?", forgotten)
    return fresh


def put_whole(db: sqlite3.Connection, task: Task, raw: str, past: Sequence[Event]) -> None:
    """Put a task of another list into the tables, with its files, its last answer and its history;
    then `list_whole` several at once."""
    used.drop_gone(db, [task.key])
    db.execute("DELETE FROM tombstone WHERE account = ? AND id = ?", _key(task.key))
    num = db.execute(_INSERT, rows.task_row(task)).lastrowid
    assert num is not None
    _put_artifacts(db, num, task.artifacts)
    if raw:
        db.execute("INSERT INTO raw (task, body) VALUES (?, ?)", (num, rows.text(raw)))
    _write_events(db, [(num, event) for event in past])


def list_whole(db: sqlite3.Connection, keys: Sequence[Key]) -> None:
    """Have tasks in the list that `put_whole` has put into the tables."""
    listed = list(_find_all(db, keys).values())
    list_tables.put(db, listed, {account.id: account for account in accounts(db)})


def change(db: sqlite3.Connection, changes: Mapping[Key, Change], at: float) -> Diff:
    """Apply each change to the current row and write the history. Keys that are not in the list
    are passed over. A change that returns None or an equal task is not in the diff, but a new
    `report.raw` is kept all the same.
    """
    changed: list[Task] = []
    updated: list[tuple[int, Task, Task]] = []
    events_: list[tuple[int, Event]] = []
    owners = {account.id: account for account in accounts(db)}
    found = _find_all(db, changes)
    for key, (num, old) in found.items():
        new = changes[key](old)
        if new is None or new is old:
            continue
        if new.key != key:
            raise ValueError("a change must not change the task's key")
        _write(db, num, old, new)
        updated.append((num, old, new))
        events_ += ((num, event) for event in history(old, new, at))
        if (run := run_of(old, new)) is not None:
            _write_run(db, key.account, run)
        if new != old:
            changed.append(rows.without_raw(new))
    list_tables.update(db, updated, owners)
    _write_events(db, events_)
    return Diff(changed=tuple(changed))


def removed(db: sqlite3.Connection) -> list[tuple[int, Task]]:
    """The tasks that were taken out of the list and can come back."""
    return _numbered(db, "removed_at IS NOT NULL", ())


def remove(db: sqlite3.Connection, keys: Sequence[Key], at: float) -> Diff:
    """Take tasks out of the list; `restore` brings them back for `KEEP_REMOVED_S`."""
    found = _find_all(db, keys)
    nums = [(num,) for num, _ in found.values()]
    db.executemany("UPDATE task SET removed_at = ? WHERE num = ?", [(at, *num) for num in nums])
    list_tables.drop(db, nums)
    event = Event(at=at, what="removed", old="", new="")
    _write_events(db, [(num, event) for (num,) in nums])
    return Diff(removed=tuple(found))


def restore(db: sqlite3.Connection, keys: Sequence[Key], at: float) -> Diff:
    return Diff(added=_restore(db, keys, at))


def _restore(db: sqlite3.Connection, keys: Sequence[Key], at: float) -> tuple[Task, ...]:
    found = _in_table(db, "task", "removed_at, num", list(dict.fromkeys(keys)))
    nums = [num for _, (removed_at, num) in found if removed_at is not None]
    db.executemany("UPDATE task SET removed_at = NULL WHERE num = ?", [(num,) for num in nums])
    back = list(numbered(db, nums))
    list_tables.put(db, back, {account.id: account for account in accounts(db)})
    event = Event(at=at, what="restored", old="", new="")
    _write_events(db, [(num, event) for num, _ in back])
    return tuple(task for _, task in back)


def move(db: sqlite3.Connection, key: Key, account: str, at: float) -> Diff:
    """Have the task in the list as another account's, with all the user said about it.

    Is it there already, then that one stays; a mark goes over to it where it has none.
    """
    found, owner = _find(db, key), find_account(db, account)
    target = Key(account, key.id)
    if found is None or owner is None or target == key:
        return Diff()
    num, old = found
    if _find(db, target) is not None:
        gone = remove(db, [key], at)
        kept = change(db, {target: partial(_inherit, old.mark)}, at)
        return Diff(changed=kept.changed, removed=gone.removed)
    db.execute("DELETE FROM task WHERE account = ? AND id = ?", _key(target))  # once removed
    used.drop_gone(db, [target])
    db.execute("DELETE FROM tombstone WHERE account = ? AND id = ?", _key(target))
    flags = old.flags - {Flag.NOT_FOUND}
    new = replace(old, key=target, flags=flags, misses=0, asked_at=None, last_seen_at=None)
    list_tables.drop(db, [(num,)])
    db.execute(_UPDATE, (*rows.task_row(new), num))
    list_tables.put(db, [(num, new)], {account: owner})
    before = find_account(db, key.account)
    was = before.name if before else ""
    _write_events(db, [(num, Event(at=at, what="account", old=was, new=owner.name))])
    return Diff(added=(new,), removed=(key,))


def forget_prompts(db: sqlite3.Connection, at: float) -> Diff:
    """Empty what any task says of its prompt, also in the service's own words."""
    forgotten = change(db, dict.fromkeys((task.key for task in tasks(db)), _without_prompt), at)
    for num, task in removed(db):
        put_row(db, num, _without_prompt(task))
    db.execute("DELETE FROM raw WHERE body LIKE '%prompt%'")
    list_tables.rebuild_index(db)  # it only strikes out what is changed, the words stay in it
    return forgotten


def _without_prompt(task: Task) -> Task:
    return replace(
        task,
        mark=replace(task.mark, prompt="", references=()),
        report=replace(task.report, revised_prompt=None),
    )


# files


def begin_move(db: sqlite3.Connection, key: Key, kind: ArtifactKind, old: str, new: str) -> bool:
    """Note that a file is about to be moved, for a program that is killed meanwhile. False: the
    task is not in the list (any more)."""
    num = numbers_of(db, [key]).get(key)
    if num is not None:
        values = (num, kind.value, rows.text(old), rows.text(new))
        db.execute("INSERT OR REPLACE INTO moving VALUES (?, ?, ?, ?)", values)
    return num is not None


def end_move(db: sqlite3.Connection, key: Key, kind: ArtifactKind) -> None:
    """The file is where its row says, and nowhere else."""
    db.execute(
        "DELETE FROM moving WHERE kind = ? AND task IN "
        "(SELECT num FROM task WHERE account = ? AND id = ?)",
        (kind.value, *_key(key)),
    )


def begun_moves(db: sqlite3.Connection) -> tuple[tuple[KeptFile, str, str], ...]:
    """(file as its row has it, old path, new path) of each move that was begun and has not ended;
    also of tasks that were removed meanwhile."""
    found = db.execute(
        "SELECT account, id, kind, state, path, size, mtime_ns, sha256, old, new FROM moving "
        "JOIN task ON task.num = moving.task JOIN artifact USING (task, kind)"
    )
    return tuple(
        (rows.read_kept_file(row[:8]), rows.read_text(row[8]), rows.read_text(row[9]))
        for row in found
    )


def take_in(
    db: sqlite3.Connection, newcomers: Sequence[Account], takes: Mapping[Key, Change], at: float
) -> Diff:
    """Files that were found on disk: each change puts one take's into its row, which is made where
    there is none.

    Args:
        newcomers: Accounts of takes, that are not here yet.
    """
    for account in newcomers:
        put_account(db, account)
    came = add(db, list(takes), at)
    told = {task.key: task for task in change(db, takes, at).changed}
    added = tuple(told.pop(task.key, task) for task in came.added)
    return Diff(added=added, changed=tuple(told.values()))


def with_id(db: sqlite3.Connection, id_: str) -> tuple[Key, ...]:
    """The tasks of the list with this id, whosever they are."""
    found = db.execute(
        "SELECT account FROM task WHERE id = ? AND removed_at IS NULL "
        "AND account IN (SELECT id FROM account)",
        (rows.text(id_),),
    )
    return tuple(Key(rows.read_text(account), id_) for (account,) in found)


def hand_out(db: sqlite3.Connection, keys: Iterable[Key], at: float) -> Diff:
    """Other programs know the saved files of these tasks by their paths from now on."""
    return change(db, dict.fromkeys(keys, _handed_out), at)


def _handed_out(task: Task) -> Task:
    artifacts = (
        replace(each, handed=True) if each.state is ArtifactState.SAVED else each
        for each in task.artifacts
    )
    return replace(task, artifacts=tuple(artifacts))


def with_path(db: sqlite3.Connection, path: str) -> tuple[Key, ...]:
    """The tasks, removed ones included, that have this file: the same bytes under the same name
    are kept once."""
    return _with_file(db, "path", path)


def with_sha256(db: sqlite3.Connection, sha256: str) -> tuple[Key, ...]:
    """The tasks, removed ones included, that had a file of this content."""
    return _with_file(db, "sha256", sha256)


def _with_file(db: sqlite3.Connection, column: str, value: str) -> tuple[Key, ...]:
    found = db.execute(
        "SELECT DISTINCT account, id FROM task JOIN artifact ON artifact.task = task.num "  # noqa: S608
        f"WHERE artifact.{column} = ? ORDER BY removed_at IS NOT NULL, num DESC",
        (rows.text(value),),
    )
    return tuple(Key(rows.read_text(account), rows.read_text(id_)) for account, id_ in found)


# keeping house


def purge(db: sqlite3.Connection, now: float) -> None:
    """Drop what was removed long ago; its id stays as a tombstone a while longer."""
    old = (now - KEEP_REMOVED_S,)
    db.execute(
        "INSERT OR REPLACE INTO tombstone (account, id, removed_at) "
        "SELECT account, id, removed_at FROM task WHERE removed_at < ?",
        old,
    )
    db.execute("DELETE FROM task WHERE removed_at < ?", old)
    db.execute("DELETE FROM tombstone WHERE removed_at < ?", (now - KEEP_TOMBSTONE_S,))
    db.execute("DELETE FROM run WHERE ended_at < ?", (now - KEEP_RUNS_S,))


def end_saving(db: sqlite3.Connection) -> None:
    """Whatever was being saved when the last run ended is behind its link again."""
    saving = f"state = {word(ArtifactState.SAVING)}"  # as in the index `artifact_saving`
    found = db.execute(f"SELECT DISTINCT task FROM artifact WHERE {saving}").fetchall()  # noqa: S608
    before = dict(numbered(db, [row[0] for row in found]))
    db.execute(f"UPDATE artifact SET state = {word(ArtifactState.REMOTE)} WHERE {saving}")  # noqa: S608
    owners = {account.id: account for account in accounts(db)}
    after = [(num, before[num], task) for num, task in numbered(db, before)]
    list_tables.update(db, after, owners)


# rows


def _key(key: Key) -> tuple[str | bytes, str | bytes]:
    return rows.text(key.account), rows.text(key.id)


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """So many at a time as one statement takes."""
    left = iter(values)
    while part := list(islice(left, AT_ONCE)):
        yield part


def _find(db: sqlite3.Connection, key: Key) -> tuple[int, Task] | None:
    return _find_all(db, [key]).get(key)


def _find_all(
    db: sqlite3.Connection, keys: Iterable[Key], reader: rows.TaskReader = rows.WHOLE
) -> dict[Key, tuple[int, Task]]:
    """Those of `keys` that are in the list with their numbers, in the order of `keys`."""
    keys = list(dict.fromkeys(keys))
    found = {
        task.key: (num, task)
        for chosen, values in _by_account(keys)
        for num, task in _listed(db, chosen, values, reader=reader)
    }
    return {key: found[key] for key in keys if key in found}


def _in_table(
    db: sqlite3.Connection, table: str, columns: str, keys: Iterable[Key]
) -> Iterator[tuple[Key, Any]]:
    """The keys that stand in a table, with other columns of their rows (one: its value)."""
    for chosen, values in _by_account(keys):
        for row in db.execute(f"SELECT account, id, {columns} FROM {table} WHERE {chosen}", values):  # noqa: S608
            key = Key(rows.read_text(row[0]), rows.read_text(row[1]))
            yield key, row[2:] if len(row) > 3 else row[2]


def _by_account(keys: Iterable[Key]) -> Iterator[tuple[str, tuple[str | bytes, ...]]]:
    """Conditions that the rows of these keys fulfil and their values, some keys at a time."""
    ids: defaultdict[str, list[str | bytes]] = defaultdict(list)
    for key in keys:
        ids[key.account].append(rows.text(key.id))
    for account, theirs in ids.items():
        for part in in_parts(theirs):
            chosen = f"account = ? AND id IN ({rows.placeholders(part)})"
            yield chosen, (rows.text(account), *part)


def find_artifact(db: sqlite3.Connection, num: int, place: int) -> Artifact | None:
    wanted = f"SELECT {rows.ARTIFACT.names} FROM artifact WHERE task = ? AND place = ?"  # noqa: S608
    row = db.execute(wanted, (num, place)).fetchone()
    return None if row is None else rows.ARTIFACT.read(row)


def is_sound(db: sqlite3.Connection, num: int) -> bool:
    """Whether this program can have written the row of the task: for a file that was damaged."""
    try:
        ((_, task),) = _numbered(db, "num = ?", (num,))
        list_tables.values(task)
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError, ArithmeticError):
        return False
    return True


def put_row(db: sqlite3.Connection, num: int, task: Task) -> None:
    """Write the task's own row; not what follows from it."""
    db.execute(_UPDATE, (*rows.task_row(task), num))


def find_account(db: sqlite3.Connection, id_: str) -> Account | None:
    row = db.execute(_SELECT_ACCOUNTS + "WHERE id = ?", (rows.text(id_),)).fetchone()
    return None if row is None else rows.ACCOUNT.read(row)


def _read(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> tuple[Task, ...]:
    """Many tasks, newest first."""
    return tuple(task for _, task in _numbered(db, where, values, order=_NEWEST_FIRST))


def _listed(
    db: sqlite3.Connection,
    where: str,
    values: Sequence[object],
    order: str = "",
    reader: rows.TaskReader = rows.WHOLE,
) -> list[tuple[int, Task]]:
    """Many tasks of the list with their numbers."""
    return _numbered(db, f"{where} AND {_LISTED} {order}", values, reader)


def _numbered(
    db: sqlite3.Connection,
    where: str,
    values: Sequence[object],
    reader: rows.TaskReader = rows.WHOLE,
    order: str = "task.num",
) -> list[tuple[int, Task]]:
    """Many tasks with their files in one query. `where` may end with an order and a limit."""
    found = db.execute(_SELECT.format(where=where, order=order), values)
    tasks = []
    for num, lines in groupby(found, itemgetter(0)):
        row, *more = lines
        files = () if row[_FILE] is None else (row, *more)
        artifacts = tuple([reader.artifacts.read(each[_FILE + 1 :]) for each in files])
        tasks.append((num, reader.read(row[1:_FILE], artifacts)))
    return tasks


def _write(db: sqlite3.Connection, num: int, old: Task, new: Task) -> None:
    """The task's own row and what belongs to it; not what follows from it."""
    put_row(db, num, new)
    if _stored(new.artifacts) != old.artifacts:
        db.execute("DELETE FROM artifact WHERE task = ?", (num,))
        _put_artifacts(db, num, new.artifacts)
        _put_notices(db, num, old, new)
    if new.report.raw:
        db.execute(
            "INSERT INTO raw (task, body) VALUES (?, ?) ON CONFLICT (task) "
            "DO UPDATE SET body = excluded.body WHERE body IS NOT excluded.body",
            (num, rows.text(new.report.raw)),
        )


def _put_notices(db: sqlite3.Connection, num: int, old: Task, new: Task) -> None:
    """With the change itself: whenever the program ends, the user is told of it."""
    for subject, harmed in _HARMED.items():
        now = {artifact.kind for artifact in new.artifacts if harmed(artifact)}
        before = {artifact.kind for artifact in old.artifacts if harmed(artifact)}
        if now - before:
            db.execute("INSERT OR IGNORE INTO notice (subject, task) VALUES (?, ?)", (subject, num))
        elif before and not now:
            db.execute("DELETE FROM notice WHERE subject = ? AND task = ?", (subject, num))


def _put_artifacts(db: sqlite3.Connection, num: int, artifacts: Iterable[Artifact]) -> None:
    db.executemany(
        _INSERT_ARTIFACT,
        [(num, place, *rows.ARTIFACT.row(a)) for place, a in enumerate(artifacts)],
    )


def _stored(artifacts: Iterable[Artifact]) -> tuple[Artifact, ...]:
    return tuple(replace(a, received=0) if a.received else a for a in artifacts)


def _write_events(db: sqlite3.Connection, lines: Iterable[tuple[int, Event]]) -> None:
    """The numbers of tasks, each with a line of its history."""
    db.executemany(
        f"INSERT INTO event (task, {rows.EVENT.names}) VALUES (?, {rows.EVENT.marks})",  # noqa: S608
        [(num, *rows.EVENT.row(line)) for num, line in lines],
    )


def _write_run(db: sqlite3.Connection, account: str, run: Run) -> None:
    db.execute(
        f"INSERT INTO run (service, {rows.RUN.names}) "  # noqa: S608
        f"SELECT service, {rows.RUN.marks} FROM account WHERE id = ?",
        (*rows.RUN.row(run), rows.text(account)),
    )
