"""What each task cost and its sums by day, kept up to date with every change (`usage` reads them).

`used` has a row for each task that ever was in the list, with what it cost when it was last known;
rows of tasks that are gone have a negative number. It is a table of the schema, because nothing
else remembers those. `spent` sums it up by day, account, model and outcome; triggers keep it, so
that a page over a million tasks reads some thousand rows. Money is kept in whole billionths and
time in milliseconds: sums that go up and down stay exact.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from rushes.core.account import Account
from rushes.core.columns import run_time
from rushes.core.naming import model_short
from rushes.core.parameters import parameters_of
from rushes.core.price import billed_tokens, cost
from rushes.core.task import ArtifactState, Key, Status, Task
from rushes.core.usage import Outcome, outcome
from rushes.store import rows

BILLIONTH: Final = 1e9
_EPOCH: Final = date(1970, 1, 1).toordinal()
_BIGGEST: Final = 2**53  # of what a service reports: sums must fit SQLite's 64 bits
_LONGEST_REASON: Final = 80

#: The facts of a row, in the order of the table.
_FACTS: Final = (
    *("account", "id", "day", "model", "outcome", "reason", "tokens", "billed"),
    *("cost", "cost_in", "by_list", "by_own", "charged", "charged_in", "film_ms", "run_ms"),
    "bytes",
)
_KINDS: Final = ("day", "account", "model", "outcome", "reason", "cost_in", "charged_in")
SUMS: Final = ("tokens", "billed", "cost", "by_list", "by_own", "charged", "film_ms", "bytes")

SPENT: Final = f"""
    CREATE TABLE spent (
        day INTEGER NOT NULL, account TEXT NOT NULL, model TEXT NOT NULL, outcome TEXT NOT NULL,
        reason TEXT NOT NULL, cost_in TEXT NOT NULL, charged_in TEXT NOT NULL, n INTEGER NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in SUMS)},
        PRIMARY KEY ({", ".join(_KINDS)})
    ) WITHOUT ROWID
"""

KINDS: Final = ", ".join(_KINDS)
#: What sums up rows of `used` to rows of `spent`, grouped by `KINDS`.
SUMMED_UP: Final = f"{KINDS}, count(*), {', '.join(f'sum({name})' for name in SUMS)}"

# Put together from our own names only; every value is bound.
_COME = (
    f"INSERT INTO spent VALUES ({', '.join(f'new.{name}' for name in _KINDS)}, 1, "  # noqa: S608
    f"{', '.join(f'new.{name}' for name in SUMS)}) ON CONFLICT DO UPDATE SET n = n + 1, "
    f"{', '.join(f'{name} = {name} + excluded.{name}' for name in SUMS)}"
)
_GO = (
    f"UPDATE spent SET n = n - 1, {', '.join(f'{n} = {n} - old.{n}' for n in SUMS)} "  # noqa: S608
    f"WHERE ({', '.join(_KINDS)}) = ({', '.join(f'old.{name}' for name in _KINDS)})"
)
TRIGGERS: Final[Mapping[str, str]] = {
    "used_come": f"AFTER INSERT ON used BEGIN {_COME}; END",
    "used_go": f"AFTER DELETE ON used BEGIN {_GO}; END",
    "used_change": f"AFTER UPDATE OF {', '.join((*_KINDS, *SUMS))} ON used "
    f"BEGIN {_GO}; {_COME}; END",
}
_PUT = (
    f"INSERT INTO used (num, {', '.join(_FACTS)}) VALUES (?, {', '.join('?' * len(_FACTS))}) "  # noqa: S608
    f"ON CONFLICT (num) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FACTS)}"
)


def put(
    db: sqlite3.Connection, tasks: Iterable[tuple[int, Task]], accounts: Mapping[str, Account]
) -> None:
    """Count these, or count them anew."""
    db.executemany(
        _PUT, [(num, *_facts(task, accounts.get(task.key.account))) for num, task in tasks]
    )


def update(
    db: sqlite3.Connection,
    batch: Iterable[tuple[int, Task, Task]],
    accounts: Mapping[str, Account],
) -> None:
    """Tasks changed: their numbers, how they were and how they are."""
    changed = [
        (num, new)
        for num, old, new in batch
        if not _counts_as_before(old, new)
        and _facts(old, accounts.get(old.key.account)) != _facts(new, accounts.get(new.key.account))
    ]
    put(db, changed, accounts)


def _counts_as_before(old: Task, new: Task) -> bool:
    """Whether only the user's words about it are others: thousands may be rated at once."""
    return new == replace(old, mark=new.mark)


def drop_gone(db: sqlite3.Connection, keys: Iterable[Key]) -> None:
    """What is counted of tasks that had gone: they come back."""
    db.executemany(
        "DELETE FROM used WHERE num < 0 AND account = ? AND id = ?",
        [(rows.text(key.account), rows.text(key.id)) for key in keys],
    )


def stop_summing(db: sqlite3.Connection) -> None:
    """Until `sum_up`: many rows are summed up at once in a fraction of the time."""
    for name in TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")


def sum_up(db: sqlite3.Connection) -> None:
    """Make `spent` anew from `used`, and have triggers keep it."""
    db.execute("DROP TABLE IF EXISTS spent")
    db.execute(SPENT)
    db.execute(f"INSERT INTO spent SELECT {SUMMED_UP} FROM used GROUP BY {KINDS}")  # noqa: S608
    for name, what in TRIGGERS.items():
        db.execute(f"CREATE TRIGGER {name} {what}")


def local_day(at: float) -> int:
    """The day of a moment by this computer's clock, counted from 1970-01-01; 0 where no calendar
    has it."""
    try:
        return datetime.fromtimestamp(at, UTC).astimezone().toordinal() - _EPOCH
    except (OverflowError, ValueError, OSError):
        return 0


def _facts(task: Task, account: Account | None) -> tuple[Any, ...]:
    """The values of `_FACTS`. A day once counted is kept by the time zone of that moment."""
    report, ended = task.report, outcome(task)
    created = report.created_at
    price = cost(report, account.service, own=account.prices) if account else None
    charge, said = report.charged, report.usage
    reported = (said.total_tokens, said.completion_tokens) if said else ()
    tokens = next((n for n in reported if n is not None), None)
    is_made = report.status is Status.SUCCEEDED
    film_s = parameters_of(task).duration_s if is_made else None
    run_s = run_time(task) if is_made else None
    reason = report.error.code if report.error and ended is Outcome.FAILED else ""
    return (
        rows.text(task.key.account),
        rows.text(task.key.id),
        local_day(task.added_at if created is None else created),
        rows.text(model_short(report.model or "")),
        ended.value,
        rows.text(reason[:_LONGEST_REASON]),
        _whole(tokens),
        _whole(billed_tokens(said)),
        _whole(price.amount * BILLIONTH if price else 0),
        price.currency if price else "",
        price is not None and price.own is None,
        price is not None and price.own is not None,
        _whole(charge.amount * BILLIONTH if charge else 0),
        rows.text(charge.currency if charge else ""),
        _whole((film_s or 0) * 1000),
        None if run_s is None else _whole(run_s * 1000),
        sum(_whole(a.size) for a in task.artifacts if a.state is ArtifactState.SAVED),
    )


def _whole(value: float | None) -> int:
    """0 where nothing is said, or nothing that can be meant."""
    if value is None or not -_BIGGEST < value < _BIGGEST:  # nan is neither
        return 0
    return round(value)
