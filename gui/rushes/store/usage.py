"""What was made and spent: the usage page's questions, answered from the sums in `used`."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Final

from rushes.core.listing import ListFilter, ListQuery
from rushes.core.task import Key
from rushes.core.usage import (
    Measure,
    Outcome,
    Quantity,
    StackBy,
    UsageBar,
    UsageChoice,
    UsageLine,
    UsageQuery,
    UsageReport,
)
from rushes.core.views import View
from rushes.store import rows, tables
from rushes.store.listing import where_of
from rushes.store.used import BILLIONTH, KINDS, SPENT, SUMMED_UP, SUMS

#: Run times that a median is made of; of more, the newest count.
_MOST_RUNS: Final = 1000
#: Takes that are selected at once.
MOST_CHOSEN: Final = 5000


def usage(db: sqlite3.Connection, asked: UsageQuery, now: float) -> UsageReport:
    """Everything the page shows."""
    where, values = _where(db, asked, now)
    if _is_all(asked):
        runs = partial(_newest_runs, db, where, values)
        return _report(db, f"{where} AND n > 0", values, asked, runs)
    # The chosen tasks are looked for once; all else is asked of their sums.
    with closing(sqlite3.connect(":memory:")) as sums:
        sums.execute(SPENT)
        chosen = f"SELECT {SUMMED_UP} FROM used WHERE {where} GROUP BY {KINDS}"  # noqa: S608
        found = db.execute(chosen, values)
        marks = rows.placeholders(found.description)
        sums.executemany(f"INSERT INTO spent VALUES ({marks})", found)  # noqa: S608
        some = _some_runs(db, where, values)
        return _report(sums, "TRUE", {}, asked, lambda *key: some.get(key, []))


def _is_all(asked: UsageQuery) -> bool:
    """Whether it is about all tasks there ever were, of one account or of all."""
    return asked.scope == ListFilter(View.ALL, asked.scope.account) and not asked.terms


def _where(db: sqlite3.Connection, asked: UsageQuery, now: float) -> tuple[str, dict[str, object]]:
    """The condition for rows of `used`, and of `spent` where it is about all tasks; and what is
    bound to it."""
    values: dict[str, object] = {"until": asked.until}
    parts = ["day <= :until"]
    if asked.since is not None:
        values["since"] = asked.since
        parts.append("day >= :since")
    if not _is_all(asked):
        chosen, bound = where_of(db, ListQuery(scope=asked.scope, terms=asked.terms), now)
        values |= bound
        parts.append(f"num IN (SELECT num FROM listed {chosen})")  # noqa: S608
    elif asked.scope.account:
        values["account"] = rows.text(asked.scope.account)
        parts.append("account = :account")
    return " AND ".join(parts), values


#: Run times in seconds of the newest takes of a model at an account, in order.
_Runs = Callable[[str, str], list[float]]


def _report(
    db: sqlite3.Connection, where: str, values: Mapping[str, object], asked: UsageQuery, runs: _Runs
) -> UsageReport:
    """Args:
    db: With the sums, `spent`.
    where, values: Which of them count.
    """
    days = f"SELECT min(day), max(day) FROM spent WHERE {where}"  # noqa: S608
    first, last = db.execute(days, values).fetchone()
    first = asked.since if asked.since is not None else asked.until if first is None else first
    last = asked.until if last is None else last
    step = 1 if last - first < 120 else 7 if last - first < 1000 else 28
    first -= (first + 3) % 7 if step > 1 else 0  # 1970-01-01 was a Thursday: weeks begin on Monday
    lines = _lines(db, where, values, runs)
    total = _together(lines)
    return UsageReport(
        query=asked,
        first=first,
        step=step,
        bars=_bars(db, where, values, asked, first, step),
        lines=lines,
        total=total,
        measures=_measures(total),
    )


_AMOUNTS: Final[Mapping[Quantity, tuple[str, float]]] = {
    Quantity.TAKES: ("n", 1),
    Quantity.TOKENS: ("tokens", 1),
    Quantity.SECONDS: ("film_ms", 1000),
    Quantity.BYTES: ("bytes", 1),
    Quantity.COST: ("cost", BILLIONTH),
    Quantity.CHARGED: ("charged", BILLIONTH),
}


def _bars(
    db: sqlite3.Connection,
    where: str,
    values: Mapping[str, object],
    asked: UsageQuery,
    first: int,
    step: int,
) -> tuple[UsageBar, ...]:
    measure, key = asked.measure, asked.stack_by.value
    column, unit = _AMOUNTS[measure.quantity]
    if measure.currency:
        where += f" AND {measure.quantity.value}_in = :currency"
        values = {**values, "currency": rows.text(measure.currency)}
    found = db.execute(
        f"SELECT (day - {int(first)}) / {int(step)}, {key}, sum({column}) AS value "  # noqa: S608
        f"FROM spent WHERE {where} GROUP BY 1, 2 HAVING value > 0 ORDER BY 1, 2",
        values,
    )
    return tuple(
        UsageBar(first + place * step, rows.read_text(name), value / unit)
        for place, name, value in found
    )


def _lines(
    db: sqlite3.Connection, where: str, values: Mapping[str, object], runs: _Runs
) -> tuple[UsageLine, ...]:
    made: dict[tuple[str, str], list[UsageLine]] = defaultdict(list)
    for key, part in _parts(db, "spent", where, values):
        made[key].append(part)
    lines = []
    for (account, model), parts in made.items():
        took = runs(account, model)
        lines.append(
            replace(
                _together(parts),
                account=account,
                model=model,
                median_s=quantile(took, 0.5) if took else None,
                p95_s=quantile(took, 0.95) if took else None,
            )
        )
    return tuple(sorted(lines, key=lambda line: (-line.takes, line.account, line.model)))


def _parts(
    db: sqlite3.Connection, table: str, where: str, values: Mapping[str, object] | Sequence[object]
) -> Iterator[tuple[tuple[str, str], UsageLine]]:
    """(account, model), and takes there that ended in the same way and cost in one currency."""
    count = "n" if table == "spent" else "1"
    summed = ", ".join(f"sum({name})" for name in (count, *SUMS))
    by = "account, model, outcome, reason, cost_in, charged_in"
    found = db.execute(
        f"SELECT {by}, {summed} FROM {table} WHERE {where} GROUP BY {by}",  # noqa: S608
        values,
    )
    for account, model, ended, reason, cost_in, charged_in, n, *sums in found:
        tokens, billed, price, by_list, by_own, charged, film_ms, size = sums
        end = Outcome(ended)
        failed = n if end in (Outcome.FAILED, Outcome.EXPIRED) else 0
        yield (
            (rows.read_text(account), rows.read_text(model)),
            UsageLine(
                takes=n,
                succeeded=n if end in (Outcome.SUCCEEDED, Outcome.LOST) else 0,
                failed=failed,
                lost=n if end is Outcome.LOST else 0,
                reasons=((rows.read_text(reason) or end.value, n),) if failed else (),
                tokens=tokens,
                billed=billed,
                cost={cost_in: price / BILLIONTH} if cost_in else {},
                by_list=by_list,
                by_own=by_own,
                charged={rows.read_text(charged_in): charged / BILLIONTH} if charged_in else {},
                seconds=film_ms / 1000,
                bytes=size,
            ),
        )


def _together(lines: Iterable[UsageLine]) -> UsageLine:
    counts: dict[str, float] = defaultdict(int)
    reasons: dict[str, int] = defaultdict(int)
    money: dict[str, dict[str, float]] = {"cost": defaultdict(float), "charged": defaultdict(float)}
    names = (
        *("takes", "succeeded", "failed", "lost", "tokens", "billed", "by_list", "by_own"),
        *("seconds", "bytes"),
    )
    for line in lines:
        for name in names:
            counts[name] += getattr(line, name)
        for reason, n in line.reasons:
            reasons[reason] += n
        for what, sums in money.items():
            for currency, amount in getattr(line, what).items():
                sums[currency] += amount
    ordered = tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return UsageLine(
        **{name: counts[name] for name in names},  # type: ignore[arg-type]
        reasons=ordered,
        cost=dict(sorted(money["cost"].items())),
        charged=dict(sorted(money["charged"].items())),
    )


def _newest_runs(
    db: sqlite3.Connection, where: str, values: Mapping[str, object], account: str, model: str
) -> list[float]:
    """`_Runs`, of all tasks: an index has them in order."""
    found = db.execute(
        "SELECT run_ms FROM used WHERE account = :account AND model = :model "  # noqa: S608
        f"AND run_ms IS NOT NULL AND {where} ORDER BY day DESC LIMIT {_MOST_RUNS}",
        {**values, "account": rows.text(account), "model": rows.text(model)},
    )
    return sorted(row[0] / 1000 for row in found)


def _some_runs(
    db: sqlite3.Connection, where: str, values: Mapping[str, object]
) -> Mapping[tuple[str, ...], list[float]]:
    """`_Runs`, of chosen tasks: all of them at once."""
    place = "row_number() OVER (PARTITION BY account, model ORDER BY day DESC)"
    found = db.execute(
        f"SELECT account, model, run_ms FROM (SELECT *, {place} AS place FROM used "  # noqa: S608
        f"WHERE run_ms IS NOT NULL AND {where}) WHERE place <= {_MOST_RUNS} ORDER BY run_ms",
        values,
    )
    runs: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for account, model, run_ms in found:
        runs[rows.read_text(account), rows.read_text(model)].append(run_ms / 1000)
    return runs


def quantile(ordered: list[float], share: float) -> float:
    """Between two neighbours in proportion; `ordered` is not empty."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _measures(total: UsageLine) -> tuple[Measure, ...]:
    return (
        Measure(Quantity.TAKES),
        *(Measure(Quantity.COST, currency) for currency in total.cost),
        *(Measure(Quantity.CHARGED, currency) for currency in total.charged),
        *((Measure(Quantity.TOKENS),) if total.tokens else ()),
        *((Measure(Quantity.SECONDS),) if total.seconds else ()),
        *((Measure(Quantity.BYTES),) if total.bytes else ()),
    )


def chosen(
    db: sqlite3.Connection, asked: UsageQuery, choice: UsageChoice, now: float
) -> tuple[Key, ...]:
    """The takes behind a bar or a line that are in the list, the newest first; no more than
    `MOST_CHOSEN`."""
    where, values = _where(db, replace(asked, since=choice.since, until=choice.until), now)
    for name in (StackBy.ACCOUNT, StackBy.MODEL, StackBy.OUTCOME):
        if (value := getattr(choice, name.value)) is not None:
            values[f"is_{name.value}"] = rows.text(value)
            where += f" AND {name.value} = :is_{name.value}"
    found = db.execute(
        f"SELECT task.account, task.id FROM task WHERE removed_at IS NULL AND num IN "  # noqa: S608
        f"(SELECT num FROM used WHERE {where}) ORDER BY num DESC LIMIT {MOST_CHOSEN}",
        values,
    )
    return tuple(Key(rows.read_text(account), rows.read_text(id_)) for account, id_ in found)


def of_numbers(db: sqlite3.Connection, nums: Iterable[int]) -> UsageLine:
    """The tasks of these numbers together."""
    found: list[tuple[tuple[str, str], UsageLine]] = []
    for part in tables.in_parts(nums):
        wanted = rows.placeholders(part)
        found += _parts(db, "used", f"num IN ({wanted})", part)
    return _together(line for _, line in found)
