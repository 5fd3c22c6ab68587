"""Which rows, in which order, and how many: read from the tables behind the list.

The numbers of all rows come as one text made by SQLite: no object a row, and the interpreter is
free for the window meanwhile.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rushes.core.account import Account
from rushes.core.conditions import AllOf
from rushes.core.grouping import GroupBy
from rushes.core.listing import (
    HEAD,
    MOST_UNSEEN,
    SORT_DEFAULT,
    Band,
    Counts,
    Group,
    ListQuery,
    Numbers,
    numbers,
)
from rushes.core.task import ArtifactState, Key, Status, Task
from rushes.core.views import EXPIRING_S, FAILURES, URGENT_S, WORTH_SEEING, View, expiring, in_view
from rushes.presentation.search import condition
from rushes.store import rows, tables
from rushes.store.list_tables import SORTED
from rushes.store.where import Bind, Values, is_indexed, literal, where, word, words

_NEWEST = "newest DESC, num DESC"
#: Rows that are looked through one by one before the index of words is asked.
_NEAR = 5000


def order(
    db: sqlite3.Connection, listing: ListQuery, now: float, limit: int | None = None
) -> Numbers:
    """The numbers of the rows of `listing`, first row first; before a group its head.

    Args:
        now: Unix seconds: what expires depends on it.
        limit: Only so many from the top.
    """
    question = _Question(db, listing, now)
    question.values["limit"] = -1 if limit is None else limit
    ordered = question.order_by()
    if listing.group_by is GroupBy.NOTHING:
        rest = f"FROM listed {question.where} ORDER BY {ordered}"
        return _numbers(db, rest, question.values)
    folded = ", ".join(question.bind(name) for name in sorted(listing.folded))
    statement = _GROUPED_ORDER.format(
        teams=question.teams(), ordered=ordered, folded=folded, head=HEAD
    )
    return _unpacked(db.execute(statement, question.values).fetchone()[0])


def _numbers(db: sqlite3.Connection, rest: str, values: Mapping[str, object]) -> Numbers:
    found = db.execute(
        f"SELECT group_concat(printf('%08x', num), '') FROM (SELECT num {rest} LIMIT :limit)",  # noqa: S608
        values,
    )
    return _unpacked(found.fetchone()[0])


def _unpacked(found: str | None) -> Numbers:
    packed = numbers(bytes.fromhex(found or ""))
    packed.byteswap()  # hexadecimal digits are big-endian
    return packed


def top(db: sqlite3.Connection, listing: ListQuery, now: float, limit: int) -> tuple[Numbers, bool]:
    """At most `limit` rows from the top, in a time that does not grow with the list where that
    can be; and whether there are no others.

    A search begins with the newest rows, one by one: a word that stands in many is found there at
    once, without its tens of thousands of places in the index. For a word too short for the index
    that may be all for now.
    """
    by_newest = listing.sort_by == SORT_DEFAULT and listing.group_by is GroupBy.NOTHING
    if listing.terms and by_newest:
        near, is_all, is_indexed = _near(db, listing, now, limit)
        if is_all or len(near) >= limit or not is_indexed:
            return near, is_all
    found = order(db, listing, now, limit)
    return found, len(found) < limit


def _near(
    db: sqlite3.Connection, listing: ListQuery, now: float, limit: int
) -> tuple[Numbers, bool, bool]:
    """Those of the first `_NEAR` rows of the scope that the search finds; whether the scope has no
    other rows; and whether the index of words can answer the search."""
    scope = _Question(db, replace(listing, terms=()), now)
    last = db.execute(
        f"SELECT live, newest FROM listed {scope.where} ORDER BY {scope.order_by()} "  # noqa: S608
        f"LIMIT 1 OFFSET {_NEAR}",
        scope.values,
    ).fetchone()
    question = _Question(db, listing, now, row_by_row=True)
    chosen = question.where
    if last is not None:
        live, newest = map(question.bind, last)
        chosen += f" AND (live, newest) >= ({live}, {newest})"
    question.values["limit"] = limit
    found = _numbers(db, f"FROM listed {chosen} ORDER BY {question.order_by()}", question.values)
    return found, last is None and len(found) < limit, all(map(is_indexed, question.search))


def groups(db: sqlite3.Connection, listing: ListQuery, now: float) -> dict[int, Group]:
    """The heads that `order` puts before the groups, by their numbers."""
    if listing.group_by is GroupBy.NOTHING:
        return {}
    question = _Question(db, listing, now)
    found = db.execute(
        f"WITH {question.teams()} SELECT min(num), team, count(*) FROM chosen GROUP BY team",  # noqa: S608
        question.values,
    )
    return {num | HEAD: Group(rows.read_text(team), size) for num, team, size in found}


def bands(
    db: sqlite3.Connection, listing: ListQuery, now: float, east_s: float
) -> tuple[Band, ...]:
    """The days of the rows that `order` gives, in that order; () where they stand in another order
    than by time.

    Args:
        east_s: Seconds by which the user's clock is ahead of UTC, now. Within an hour of midnight a
            row of the other half of a year with summer time may be given to its neighbour.
    """
    if listing.sort_by != SORT_DEFAULT or listing.group_by is not GroupBy.NOTHING:
        return ()
    question = _Question(db, listing, now)
    east = question.bind(east_s)
    day = f"CASE WHEN live THEN NULL ELSE CAST(floor((newest + {east}) / 86400) AS INTEGER) END"
    found = db.execute(
        f"SELECT {day} AS day, count(*) FROM listed {question.where} "  # noqa: S608
        "GROUP BY day ORDER BY day IS NULL DESC, day DESC",
        question.values,
    )
    return tuple(Band(day, size) for day, size in found)


def count(db: sqlite3.Connection, listing: ListQuery, now: float) -> int:
    """How many tasks `listing` has."""
    question = _Question(db, listing, now)
    found = db.execute(f"SELECT count(*) FROM listed {question.where}", question.values)  # noqa: S608
    return int(found.fetchone()[0])


def where_of(
    db: sqlite3.Connection, listing: ListQuery, now: float
) -> tuple[str, dict[str, object]]:
    """The clause that chooses the rows of `listed`, and the values bound to it."""
    question = _Question(db, listing, now)
    return question.where, question.values


# A window over each group gives its head and where the group stands: that of its newest task.
_GROUPED_ORDER = """
    WITH {teams}
    SELECT group_concat(code, '') FROM (
        SELECT CASE
            WHEN place > 1 THEN printf('%08x', num)
            WHEN team IN ({folded}) THEN printf('%08x', head + {head})
            ELSE printf('%08x%08x', head + {head}, num) END AS code
        FROM (
            SELECT num, team, row_number() OVER (PARTITION BY team ORDER BY {ordered}) AS place,
                min(num) OVER (PARTITION BY team) AS head,
                max(newest) OVER (PARTITION BY team) AS top
            FROM chosen
        )
        WHERE place = 1 OR team NOT IN ({folded})
        ORDER BY team = '', top DESC, team, place LIMIT :limit
    )
"""


class _Question:
    """A listing in the words of SQL, and the values bound to it.

    Attributes:
        search: What the terms mean.
    """

    def __init__(
        self, db: sqlite3.Connection, listing: ListQuery, now: float, *, row_by_row: bool = False
    ) -> None:
        """`row_by_row`: see `where.Values`."""
        self._listing = listing
        self._accounts = {account.id: account for account in tables.accounts(db)}
        self.values: dict[str, object] = {}
        self.bind = _binding(self.values)
        self.search = tuple(condition(term, self._accounts) for term in listing.terms)
        scope = listing.scope.condition(now)
        self.where = _where(AllOf((*scope.parts, *self.search)), self.bind, row_by_row)

    def order_by(self) -> str:
        return _order_by(self._listing, self._accounts, self.bind)

    def teams(self) -> str:
        """The rows as the table `chosen`, each with its `team`; one alone by its name is none."""
        if self._listing.group_by is GroupBy.HAND:
            return (
                "chosen AS (SELECT listed.*, coalesce(by_hand, '') AS team FROM listed "  # noqa: S608
                f"LEFT JOIN grouped ON grouped.task = listed.num {self.where})"
            )
        return (
            "named AS (SELECT listed.*, coalesce(by_name, '') AS name FROM listed "  # noqa: S608
            f"LEFT JOIN grouped ON grouped.task = listed.num {self.where}), chosen AS (SELECT *, "
            "CASE WHEN count(*) OVER (PARTITION BY name) > 1 THEN name ELSE '' END AS team "
            "FROM named)"
        )


def _binding(values: dict[str, object]) -> Bind:
    """What puts a value into `values` and gives the name that stands for it in the statement."""

    def bind(value: object) -> str:
        name = f"v{len(values)}"
        values[name] = rows.text(value) if isinstance(value, str) else value
        return f":{name}"

    return bind


def _where(wanted: AllOf, bind: Bind, row_by_row: bool = False) -> str:
    """The clause for `wanted`; without any condition ""."""
    return f"WHERE {where(wanted, Values(bind, row_by_row))}" if wanted.parts else ""


def _order_by(listing: ListQuery, accounts: Mapping[str, Account], bind: Bind) -> str:
    """None last in both directions; equal ones newest first."""
    by = listing.sort_by
    if by == "name" and listing.ids_as_names:
        key = "name_or_id"
    elif by in SORTED:
        key = f"k_{by}"
    elif by == "account":
        places = {name: place for place, name in enumerate(sorted(_names(accounts)))}
        key = _by_account({id_: places[a.name] for id_, a in accounts.items()}, bind)
    elif by == "poster" or (by == SORT_DEFAULT and listing.scope.view is View.FAILED):
        return _NEWEST  # what failed is not live
    else:
        return f"live DESC, {_NEWEST}"
    return f"{key} {'DESC' if listing.descending else 'ASC'} NULLS LAST, {_NEWEST}"


def _names(accounts: Mapping[str, Account]) -> set[str]:
    return {account.name for account in accounts.values()}


def _by_account(places: Mapping[str, int], bind: Bind) -> str:
    cases = " ".join(f"WHEN {bind(id_)} THEN {place}" for id_, place in places.items())
    return f"CASE account {cases} END" if cases else "NULL"


def tasks(db: sqlite3.Connection, nums: Sequence[int]) -> tuple[tuple[int, Task], ...]:
    """The tasks with these numbers, as far as they are in the list."""
    return tuple(tables.numbered(db, nums))


def locate(db: sqlite3.Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """The numbers of those of `keys` that are in the list."""
    return tables.numbers_of(db, keys)


def keys(db: sqlite3.Connection, nums: Sequence[int]) -> tuple[Key, ...]:
    """The keys of these numbers, in their order, as far as they are in the list."""
    found: list[Key] = []
    for part in tables.in_parts(nums):
        rows_ = db.execute(
            "SELECT num, account, id FROM task "  # noqa: S608
            f"WHERE num IN ({rows.placeholders(part)}) AND removed_at IS NULL",
            part,
        )
        known = {num: Key(rows.read_text(acc), rows.read_text(id_)) for num, acc, id_ in rows_}
        found += (known[num] for num in part if num in known)
    return tuple(found)


def picks(db: sqlite3.Connection, nums: Sequence[int]) -> tuple[Key, ...]:
    """The keys of those of the rows that are picked, in their order."""
    found = {num for (num,) in db.execute("SELECT num FROM listed WHERE pick = 'pick'")}
    return keys(db, [num for num in nums if num in found])


def counts(db: sqlite3.Connection, now: float) -> Counts:
    """All figures at the time `now`, without a look at a single row that does not expire soon."""
    by_account: dict[str, int] = {}
    kept: dict[str, int] = {}
    for account, state, n in db.execute("SELECT account, kept, n FROM tally WHERE n > 0"):
        by_account[account] = by_account.get(account, 0) + n
        kept[state] = kept.get(state, 0) + n
    views = {
        view: _ending(db, now, EXPIRING_S) if view is View.EXPIRING else _tallied(db, view)
        for view in View
    }
    nothing_to_save = kept.get("", 0) - _awaiting_link(db)
    tags = db.execute("SELECT tag, count(*) FROM tagged GROUP BY tag")
    unseen = _unseen_figures(db)
    return Counts(
        views=views,
        accounts={rows.read_text(account): n for account, n in by_account.items()},
        tags={rows.read_text(tag): n for tag, n in tags},
        urgent=_ending(db, now, URGENT_S),
        saved=kept.get(ArtifactState.SAVED.value, 0),
        savable=sum(kept.values()) - nothing_to_save,
        saving=kept.get(ArtifactState.SAVING.value, 0),
        unseen=unseen.get(Status.SUCCEEDED.value, 0),
        unseen_failed=sum(unseen.get(status.value, 0) for status in FAILURES),
        next_change=_next_change(db, now),
    )


def words_in_use(db: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """By field of the search, the values that most tasks have, the commonest first. A look at
    every task."""
    found: dict[str, tuple[str, ...]] = {}
    for field, source in _IN_USE.items():
        rows_ = db.execute(
            f"SELECT value FROM ({source}) WHERE value <> '' "  # noqa: S608
            f"GROUP BY value ORDER BY count(*) DESC, value LIMIT {_MOST_WORDS}"
        )
        found[field] = tuple(value for (value,) in rows_)
    return found


_MOST_WORDS = 50
_IN_USE = {
    **{
        field: f"SELECT {field} AS value FROM words"  # noqa: S608
        for field in ("model", "resolution", "ratio", "tier")
    },
    "error": "SELECT code AS value FROM words",
    # Words of services that are none of ours; the others are known without a look.
    "status": f"SELECT raw_word AS value FROM listed WHERE status = {word(Status.UNKNOWN)}",  # noqa: S608
}


def unseen(db: sqlite3.Connection) -> tuple[Key, ...]:
    """The takes that are done and nobody has looked at, the newest first."""
    found = db.execute(
        f"SELECT account, id FROM task WHERE {_UNSEEN} AND status = {word(Status.SUCCEEDED)} "  # noqa: S608
        f"ORDER BY num DESC LIMIT {MOST_UNSEEN}"
    )
    return tuple(Key(rows.read_text(account), rows.read_text(id_)) for account, id_ in found)


#: In the words of the index `task_unseen`.
_UNSEEN = f"seen = 0 AND removed_at IS NULL AND status IN {words(WORTH_SEEING)}"


def _unseen_figures(db: sqlite3.Connection) -> dict[str, int]:
    """By status, and only so far as anybody would count."""
    each = " UNION ALL ".join(
        f"SELECT * FROM (SELECT status FROM task WHERE {_UNSEEN} AND status = {word(status)} "  # noqa: S608
        f"LIMIT {MOST_UNSEEN})"
        for status in WORTH_SEEING
    )
    return dict(db.execute(f"SELECT status, count(*) FROM ({each}) GROUP BY status").fetchall())  # noqa: S608


def _tallied(db: sqlite3.Connection, view: View) -> int:
    """How many tasks a view has that does not depend on the time."""
    chosen = literal(in_view(view, 0.0))
    return int(db.execute(f"SELECT coalesce(sum(n), 0) FROM tally WHERE {chosen}").fetchone()[0])  # noqa: S608


def _awaiting_link(db: sqlite3.Connection) -> int:
    found = db.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE awaits_link = 1").fetchone()
    return int(found[0])


def _ending(db: sqlite3.Connection, now: float, within_s: float) -> int:
    bound: dict[str, object] = {}
    chosen = where(expiring(now, within_s), Values(_binding(bound)))
    return int(db.execute(f"SELECT count(*) FROM listed WHERE {chosen}", bound).fetchone()[0])  # noqa: S608


def _next_change(db: sqlite3.Connection, now: float) -> float | None:
    """The next moment at which a link ends, gets urgent or starts to count as expiring."""
    moments = [
        end - before
        for before in (0.0, URGENT_S, EXPIRING_S)
        if (end := _first_after(db, now + before)) is not None
    ]
    return min(moments, default=None)


def _first_after(db: sqlite3.Connection, at: float) -> float | None:
    found = db.execute("SELECT min(k_left) FROM listed WHERE k_left > ?", (at,)).fetchone()
    return None if found[0] is None else float(found[0])
