"""What the store does, in SQL: each operation is one function over a connection, here only.

``await store.read(tables.get, keys)`` runs it on a connection that only reads,
``await store.write(tables.remove, keys, at)`` in the writer thread; both inside one transaction.

A removed task keeps its rows, hidden by `removed_at`, for `KEEP_REMOVED_S`, then its id alone
for `KEEP_TOMBSTONE_S`, so that listing a service does not bring back what the user took out.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from rushes.core.account import Account, Service
from rushes.core.eta import Run, run_of
from rushes.core.incoming import Incoming, filled
from rushes.core.merge import Change, history
from rushes.core.presence import KeptFile
from rushes.core.task import Artifact, ArtifactState, Diff, Event, Flag, Key, Mark, Task, blank
from rushes.core.views import UNSAVED
from rushes.store import list_tables, rows
from rushes.store.where import literal, word, words

#: Tasks whose files are read at once.
_KEPT_AT_ONCE = 500

KEEP_REMOVED_S = 7 * 86400.0
KEEP_TOMBSTONE_S = 14 * 86400.0
KEEP_RUNS_S = 180 * 86400.0

#: Run times that are read at once: the newest say most about tomorrow.
NEWEST_RUNS = 2000

# Put together from our own column names only; every value is bound.
_TASK_MARKS = rows.placeholders(rows.TASK_COLUMNS)
_SELECT = f"SELECT num, {rows.TASK_COLUMNS} FROM task "  # noqa: S608
_SELECT_ARTIFACTS = f"SELECT task, {rows.ARTIFACT.names} FROM artifact "  # noqa: S608
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
    + ", ".join(f"{n} = excluded.{n}" for n in rows.ACCOUNT.names.split(", ") if n != "route")
    + ", route = iif((service, base_url) = (excluded.service, excluded.base_url), route, '')"
)
_BEHIND_LINKS = (ArtifactState.REMOTE, ArtifactState.SAVING)
_ON_DISK = (ArtifactState.SAVED, ArtifactState.MISSING)
_LISTED = "removed_at IS NULL"
_DUE = "account = ? AND is_due = 1 AND removed_at IS NULL"
_NEWEST_FIRST = " ORDER BY coalesce(created_at, added_at) DESC, num DESC"


# accounts


def accounts(db: sqlite3.Connection) -> tuple[Account, ...]:
    found = db.execute(_SELECT_ACCOUNTS + "ORDER BY created_at, id")
    return tuple(map(rows.ACCOUNT.read, found))


def put_account(db: sqlite3.Connection, account: Account) -> None:
    """Keep the account. The route that was found for it stays while its address does."""
    before = find_account(db, account.id)
    db.execute(_PUT_ACCOUNT, rows.ACCOUNT.row(account))
    if before is not None and before.service is not account.service:  # and its prices with it
        for num, task in _listed(db, "account = ?", (account.id,)):
            list_tables.drop(db, num)
            list_tables.put(db, num, task, account)


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
        list_tables.make(db, everything(db), known)
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


def numbered(db: sqlite3.Connection, nums: Iterable[int]) -> Iterator[tuple[int, Task]]:
    """The tasks with these numbers, as far as they are in the list."""
    for num in nums:
        row = db.execute(_SELECT + "WHERE num = ? AND removed_at IS NULL", (num,)).fetchone()
        if row is not None:
            yield num, rows.read_task(row[1:], _artifacts(db, num))


def number(db: sqlite3.Connection, key: Key) -> int | None:
    found = db.execute(
        "SELECT num FROM task WHERE account = ? AND id = ? AND removed_at IS NULL", _key(key)
    ).fetchone()
    return None if found is None else int(found[0])


def unsaved(db: sqlite3.Connection) -> tuple[Task, ...]:
    """Tasks with a file that is only behind a link."""
    found = db.execute(
        f"SELECT num FROM listed WHERE ({literal(UNSAVED)}) AND kept IN {words(_BEHIND_LINKS)}"  # noqa: S608
    )
    return tuple(task for _, task in numbered(db, [row[0] for row in found.fetchall()]))


def kept_files(
    db: sqlite3.Connection, below: int | None = None
) -> tuple[tuple[KeptFile, ...], int | None]:
    """The files that are or were on disk of some hundred tasks, the newest first, and where to go
    on: the next `below`; None: these were the last. No whole task is read for it."""
    nums = db.execute(
        "SELECT num FROM task WHERE num < ? AND kept IS NOT NULL AND removed_at IS NULL "
        "ORDER BY num DESC LIMIT ?",
        (2**63 - 1 if below is None else below, _KEPT_AT_ONCE),
    ).fetchall()
    if not nums:
        return (), None
    last = nums[-1][0]
    found = db.execute(
        "SELECT account, id, kind, state, path, size, mtime_ns, sha256 "  # noqa: S608
        "FROM task JOIN artifact ON artifact.task = task.num WHERE num BETWEEN ? AND ? "
        f"AND removed_at IS NULL AND state IN {words(_ON_DISK)} ORDER BY num DESC, place",
        (last, nums[0][0]),
    )
    files = tuple(map(rows.read_kept_file, found))
    return files, last if len(nums) == _KEPT_AT_ONCE else None


def due(db: sqlite3.Connection, account: str) -> tuple[Task, ...]:
    """The account's tasks to be looked at: live and watched, or terminal but with their result
    missing or conflicting and rechecks left."""
    return _read(db, _DUE, (rows.text(account),))


def get(db: sqlite3.Connection, keys: Sequence[Key]) -> tuple[Task, ...]:
    """Those of `keys` that are in the list, in the order of `keys`."""
    found = (_find(db, key) for key in keys)
    return tuple(task for _, task in filter(None, found))


def events(db: sqlite3.Connection, key: Key) -> tuple[Event, ...]:
    """A task's history, oldest first."""
    found = db.execute(
        f"SELECT {rows.EVENT.names} FROM event "  # noqa: S608
        "JOIN task ON task.num = event.task WHERE account = ? AND id = ? ORDER BY event.num",
        _key(key),
    )
    return tuple(map(rows.EVENT.read, found))


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
    added = {}
    for key in dict.fromkeys(keys):
        if (task := _add(db, key, at, discovered, said.get(key))) is not None:
            added[key] = task
    fills = {key: partial(_fill, said[key]) for key in keys if key in said}
    told = change(db, fills, at).changed
    added |= {task.key: task for task in told if task.key in added}  # brought back, and filled
    return Diff(
        added=tuple(added.values()), changed=tuple(task for task in told if task.key not in added)
    )


def _inherit(mark: Mark, task: Task) -> Task:
    """What the user said of the same task at another account, as far as he has not said it here."""
    if task.mark == Mark():
        return replace(task, mark=mark)
    return _fill(Incoming(task.id, prompt=mark.prompt, references=mark.references), task)


def _fill(said: Incoming, task: Task) -> Task:
    return replace(task, mark=filled(task.mark, said))


def _add(
    db: sqlite3.Connection, key: Key, at: float, discovered: bool, said: Incoming | None
) -> Task | None:
    known = db.execute(
        "SELECT num, removed_at FROM task WHERE account = ? AND id = ?", _key(key)
    ).fetchone()
    if known is not None:
        return None if known[1] is None or discovered else _restore(db, key, at)
    if discovered and _has_tombstone(db, key):
        return None
    # The account may be gone since somebody asked: then there is nobody to watch the task.
    if (account := find_account(db, key.account)) is None:
        return None
    task = blank(key, at)
    task = replace(task, mark=filled(task.mark, said))
    num = db.execute(_INSERT, rows.task_row(task)).lastrowid
    assert num is not None
    list_tables.put(db, num, task, account)
    _write_events(db, num, history(None, task, at))
    db.execute("DELETE FROM tombstone WHERE account = ? AND id = ?", _key(key))
    return task


def change(db: sqlite3.Connection, changes: Mapping[Key, Change], at: float) -> Diff:
    """Apply each change to the current row and write the history. Keys that are not in the list
    are passed over. A change that returns None or an equal task is not in the diff, but a new
    `report.raw` is kept all the same.
    """
    changed = []
    for key, apply in changes.items():
        found = _find(db, key)
        if found is None:
            continue
        num, old = found
        new = apply(old)
        if new is None or new is old:
            continue
        if new.key != key:
            raise ValueError("a change must not change the task's key")
        _update(db, num, old, new)
        _write_events(db, num, history(old, new, at))
        if (run := run_of(old, new)) is not None:
            _write_run(db, key.account, run)
        if new != old:
            changed.append(rows.without_raw(new))
    return Diff(changed=tuple(changed))


def removed(db: sqlite3.Connection) -> list[tuple[int, Task]]:
    """The tasks that were taken out of the list and can come back."""
    found = db.execute(_SELECT + "WHERE removed_at IS NOT NULL")
    return [(row[0], rows.read_task(row[1:], _artifacts(db, row[0]))) for row in found.fetchall()]


def remove(db: sqlite3.Connection, keys: Sequence[Key], at: float) -> Diff:
    """Take tasks out of the list; `restore` brings them back for `KEEP_REMOVED_S`."""
    gone = []
    for key in dict.fromkeys(keys):
        found = _find(db, key)
        if found is None:
            continue
        db.execute("UPDATE task SET removed_at = ? WHERE num = ?", (at, found[0]))
        list_tables.drop(db, found[0])
        _write_events(db, found[0], (Event(at=at, what="removed", old="", new=""),))
        gone.append(key)
    return Diff(removed=tuple(gone))


def restore(db: sqlite3.Connection, keys: Sequence[Key], at: float) -> Diff:
    back = [_restore(db, key, at) for key in dict.fromkeys(keys)]
    return Diff(added=tuple(filter(None, back)))


def _restore(db: sqlite3.Connection, key: Key, at: float) -> Task | None:
    changed = db.execute(
        "UPDATE task SET removed_at = NULL WHERE account = ? AND id = ? AND removed_at IS NOT NULL",
        _key(key),
    ).rowcount
    found = _find(db, key)
    if not changed or found is None:
        return None
    num, task = found
    list_tables.put(db, num, task, _account_of(db, task))
    _write_events(db, num, (Event(at=at, what="restored", old="", new=""),))
    return task


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
    db.execute("DELETE FROM tombstone WHERE account = ? AND id = ?", _key(target))
    flags = old.flags - {Flag.NOT_FOUND}
    new = replace(old, key=target, flags=flags, misses=0, asked_at=None, last_seen_at=None)
    list_tables.drop(db, num)
    db.execute(_UPDATE, (*rows.task_row(new), num))
    list_tables.put(db, num, new, owner)
    before = find_account(db, key.account)
    was = before.name if before else ""
    _write_events(db, num, (Event(at=at, what="account", old=was, new=owner.name),))
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
    for num, task in numbered(db, before):
        list_tables.update(db, num, before[num], task, _account_of(db, task))


# rows


def _key(key: Key) -> tuple[str | bytes, str | bytes]:
    return rows.text(key.account), rows.text(key.id)


def _find(db: sqlite3.Connection, key: Key) -> tuple[int, Task] | None:
    row = db.execute(
        _SELECT + "WHERE account = ? AND id = ? AND removed_at IS NULL", _key(key)
    ).fetchone()
    if row is None:
        return None
    return row[0], rows.read_task(row[1:], _artifacts(db, row[0]))


def _artifacts(db: sqlite3.Connection, num: int) -> tuple[Artifact, ...]:
    found = db.execute(_SELECT_ARTIFACTS + "WHERE task = ? ORDER BY place", (num,))
    return tuple(rows.ARTIFACT.read(row[1:]) for row in found)


def find_artifact(db: sqlite3.Connection, num: int, place: int) -> Artifact | None:
    row = db.execute(_SELECT_ARTIFACTS + "WHERE task = ? AND place = ?", (num, place)).fetchone()
    return None if row is None else rows.ARTIFACT.read(row[1:])


def is_sound(db: sqlite3.Connection, num: int) -> bool:
    """Whether this program can have written the row of the task: for a file that was damaged."""
    row = db.execute(_SELECT + "WHERE num = ?", (num,)).fetchone()
    try:
        list_tables.values(rows.read_task(row[1:], _artifacts(db, num)))
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError, ArithmeticError):
        return False
    return True


def put_row(db: sqlite3.Connection, num: int, task: Task) -> None:
    """Write the task's own row; not what follows from it."""
    db.execute(_UPDATE, (*rows.task_row(task), num))


def find_account(db: sqlite3.Connection, id_: str) -> Account | None:
    row = db.execute(_SELECT_ACCOUNTS + "WHERE id = ?", (rows.text(id_),)).fetchone()
    return None if row is None else rows.ACCOUNT.read(row)


def _account_of(db: sqlite3.Connection, task: Task) -> Account:
    account = find_account(db, task.key.account)
    assert account is not None  # a task goes with its account
    return account


def _read(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> tuple[Task, ...]:
    """Many tasks in two queries, newest first."""
    artifacts = _artifacts_of(db, where, values)
    found = db.execute(_SELECT + "WHERE " + where + _NEWEST_FIRST, values)
    return tuple(rows.read_task(row[1:], artifacts.get(row[0], ())) for row in found)


def _listed(
    db: sqlite3.Connection, where: str, values: tuple[object, ...], order: str = ""
) -> list[tuple[int, Task]]:
    """Many tasks of the list with their numbers."""
    chosen = f"{where} AND {_LISTED} {order}"
    artifacts = _artifacts_of(db, chosen, values)
    found = db.execute(_SELECT + "WHERE " + chosen, values)
    return [(row[0], rows.read_task(row[1:], artifacts.get(row[0], ()))) for row in found]


def _artifacts_of(
    db: sqlite3.Connection, where: str, values: tuple[object, ...]
) -> Mapping[int, tuple[Artifact, ...]]:
    artifacts: defaultdict[int, tuple[Artifact, ...]] = defaultdict(tuple)
    chosen = f"WHERE task IN (SELECT num FROM task WHERE {where}) ORDER BY task, place"  # noqa: S608
    for row in db.execute(_SELECT_ARTIFACTS + chosen, values):
        artifacts[row[0]] += (rows.ARTIFACT.read(row[1:]),)
    return artifacts


def _update(db: sqlite3.Connection, num: int, old: Task, new: Task) -> None:
    db.execute(_UPDATE, (*rows.task_row(new), num))
    list_tables.update(db, num, old, new, _account_of(db, new))
    if _stored(new.artifacts) != old.artifacts:
        db.execute("DELETE FROM artifact WHERE task = ?", (num,))
        db.executemany(
            _INSERT_ARTIFACT,
            [(num, place, *rows.ARTIFACT.row(a)) for place, a in enumerate(new.artifacts)],
        )
    if new.report.raw:
        db.execute(
            "INSERT INTO raw (task, body) VALUES (?, ?) ON CONFLICT (task) "
            "DO UPDATE SET body = excluded.body WHERE body IS NOT excluded.body",
            (num, rows.text(new.report.raw)),
        )


def _stored(artifacts: Iterable[Artifact]) -> tuple[Artifact, ...]:
    return tuple(replace(a, received=0) if a.received else a for a in artifacts)


def _write_events(db: sqlite3.Connection, num: int, lines: Iterable[Event]) -> None:
    db.executemany(
        f"INSERT INTO event (task, {rows.EVENT.names}) VALUES (?, {rows.EVENT.marks})",  # noqa: S608
        [(num, *rows.EVENT.row(line)) for line in lines],
    )


def _write_run(db: sqlite3.Connection, account: str, run: Run) -> None:
    db.execute(
        f"INSERT INTO run (service, {rows.RUN.names}) "  # noqa: S608
        f"SELECT service, {rows.RUN.marks} FROM account WHERE id = ?",
        (*rows.RUN.row(run), rows.text(account)),
    )


def _has_tombstone(db: sqlite3.Connection, key: Key) -> bool:
    found = db.execute("SELECT 1 FROM tombstone WHERE account = ? AND id = ?", _key(key))
    return found.fetchone() is not None
