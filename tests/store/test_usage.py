"""What was spent, counted by the store, against the same sums made in plain Python."""

import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import OwnPrice, PriceUnit
from rushes.core.film import FileFacts
from rushes.core.listing import ListFilter, Term
from rushes.core.naming import model_short
from rushes.core.price import billed_tokens, cost
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Charge,
    Key,
    Report,
    Status,
    Task,
    TaskError,
    blank,
)
from rushes.core.task import Usage as Tokens
from rushes.core.usage import (
    Measure,
    Outcome,
    Quantity,
    StackBy,
    UsageChoice,
    UsageQuery,
    outcome,
)
from rushes.core.views import View
from rushes.store import tables, usage
from rushes.store.opening import LastEnd, open_file
from tests.store.stores import ARK, NOW, RONG

ACCOUNTS = {account.id: account for account in (ARK, RONG)}
TODAY = int(NOW // 86400) + 1


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    made, _ = open_file(tmp_path / "list.sqlite3", NOW, LastEnd(was_clean=True))
    with closing(made):
        for account in ACCOUNTS.values():
            tables.put_account(made, account)
        yield made


def made_up(rng: random.Random, n: int) -> Task:
    account = rng.choice((ARK, RONG))
    key = Key(account.id, f"cgt-{n}")
    status = rng.choice([*Status, Status.SUCCEEDED, Status.SUCCEEDED])
    created = NOW - rng.random() * 200 * 86400
    model = rng.choice(
        ("doubao-seedance-2-0-260128", "doubao-seedance-1-0-pro-250528", "doubao-seed3d-1-0-x", "")
    )
    is_film = "seed3d" not in model
    report = Report(
        id=key.id,
        status=status,
        model=model or None,
        created_at=created,
        started_at=created + 3,
        finished_at=created + 3 + rng.randrange(1, 500),
        resolution="720p",
        ratio="16:9",
        duration_s=rng.choice((None, 5.0, 4.5)) if is_film else None,
        usage=rng.choice((None, Tokens(total_tokens=rng.randrange(10**6), billed_tokens=77))),
        charged=Charge(amount=rng.random(), currency=rng.choice(("USD", "CNY")))
        if account is RONG and rng.random() < 0.5
        else None,
        error=TaskError(code=rng.choice(("A", "B"))) if status is Status.FAILED else None,
    )
    artifacts: tuple[Artifact, ...] = ()
    if status is Status.SUCCEEDED:
        state = rng.choice((ArtifactState.SAVED, ArtifactState.LOST, ArtifactState.REMOTE))
        artifacts = (Artifact(kind=ArtifactKind.VIDEO, state=state, size=rng.randrange(10**7)),)
    return replace(blank(key, created), report=report, artifacts=artifacts)


def put(db: sqlite3.Connection, tasks: Sequence[Task]) -> None:
    tables.add(db, [task.key for task in tasks], NOW)
    tables.change(db, {task.key: lambda _, to=task: to for task in tasks}, NOW)  # type: ignore[misc]


def by_hand(tasks: Sequence[Task]) -> dict[tuple[str, str], dict[str, Any]]:
    """By account and model."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for task in tasks:
        r, end = task.report, outcome(task)
        line = found.setdefault(
            (task.key.account, model_short(r.model or "")),
            {"cost": defaultdict(float), "charged": defaultdict(float)}
            | dict.fromkeys(("takes", "succeeded", "failed", "lost", "billed", "seconds"), 0)
            | {"bytes": 0, "runs": []},
        )
        line["takes"] += 1
        line["succeeded"] += r.status is Status.SUCCEEDED
        line["failed"] += end in (Outcome.FAILED, Outcome.EXPIRED)
        line["lost"] += end is Outcome.LOST
        line["billed"] += billed_tokens(r.usage) or 0
        line["bytes"] += sum(a.size or 0 for a in task.artifacts if a.state is ArtifactState.SAVED)
        if r.status is Status.SUCCEEDED:
            line["seconds"] += r.duration_s or 0
            assert r.finished_at is not None
            assert r.started_at is not None
            line["runs"].append(r.finished_at - r.started_at)
        price = cost(r, ACCOUNTS[task.key.account].service)
        if price:
            line["cost"][price.currency] += price.amount
        if r.charged:
            line["charged"][r.charged.currency] += r.charged.amount
    return found


def day_of(task: Task) -> int:
    created = task.report.created_at or 0.0
    local = datetime.fromtimestamp(created, UTC).astimezone().date()
    return (local - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def check(db: sqlite3.Connection, asked: UsageQuery, tasks: Sequence[Task]) -> None:
    since = asked.since if asked.since is not None else -(10**6)
    tasks = [task for task in tasks if since <= day_of(task) <= asked.until]
    answer, wanted = usage.usage(db, asked, NOW), by_hand(tasks)
    assert {(line.account, line.model) for line in answer.lines} == set(wanted)
    for line in answer.lines:
        hand = wanted[line.account, line.model]
        for name in ("takes", "succeeded", "failed", "lost", "billed", "bytes"):
            assert getattr(line, name) == hand[name], name
        assert line.seconds == pytest.approx(hand["seconds"])
        assert line.cost == pytest.approx(hand["cost"], abs=1e-6)
        assert line.charged == pytest.approx(hand["charged"], abs=1e-6)
        assert sum(n for _, n in line.reasons) == line.failed
        runs = sorted(hand["runs"])
        if runs:
            assert line.median_s == pytest.approx(usage.quantile(runs, 0.5), abs=0.01)
            assert line.p95_s == pytest.approx(usage.quantile(runs, 0.95), abs=0.01)
        else:
            assert line.median_s is None
    assert sum(bar.value for bar in answer.bars) == len(tasks)
    if answer.step == 1:
        parts: dict[StackBy, Callable[[Task], str]] = {
            StackBy.ACCOUNT: lambda t: t.key.account,
            StackBy.MODEL: lambda t: model_short(t.report.model or ""),
            StackBy.OUTCOME: lambda t: outcome(t).value,
        }
        bars: dict[tuple[int, str], int] = defaultdict(int)
        for task in tasks:
            bars[day_of(task), parts[asked.stack_by](task)] += 1
        assert {(bar.day, bar.key): bar.value for bar in answer.bars} == bars


@pytest.mark.parametrize("seed", range(4))
def test_that_every_sum_is_that_of_the_tasks(db: sqlite3.Connection, seed: int) -> None:
    rng = random.Random(seed)
    tasks = [made_up(rng, n) for n in range(120)]
    put(db, tasks)
    tasks = [made_up(rng, n) if rng.random() < 0.4 else task for n, task in enumerate(tasks)]
    kept = {task.key: task for task in tasks}
    tables.change(db, {key: lambda _, to=task: to for key, task in kept.items()}, NOW)  # type: ignore[misc]
    now = list(tables.tasks(db))
    for stack_by in StackBy:
        for since in (None, TODAY - 7, TODAY - 90):
            check(db, UsageQuery(since=since, until=TODAY, stack_by=stack_by), now)
    # Chosen row by row, the sums are those of the same tasks.
    failed = [t for t in now if t.status in (Status.FAILED, Status.EXPIRED)]
    check(db, UsageQuery(until=TODAY, scope=ListFilter(view=View.FAILED)), failed)
    check(
        db,
        UsageQuery(until=TODAY, scope=ListFilter(account=ARK.id)),
        [t for t in now if t.key.account == ARK.id],
    )
    found = [t for t in now if "seed3d" in (t.report.model or "")]
    check(db, UsageQuery(until=TODAY, terms=(Term("seed3d", "model"),)), found)
    # Made anew at another start, they are the same.
    before = usage.usage(db, UsageQuery(until=TODAY), NOW)
    db.execute("DELETE FROM derived")
    tables.make_list(db)
    assert usage.usage(db, UsageQuery(until=TODAY), NOW) == before


def test_that_currencies_and_charges_are_never_added_to_each_other(db: sqlite3.Connection) -> None:
    rng = random.Random(7)
    tasks = [made_up(rng, n) for n in range(200)]
    put(db, tasks)
    answer = usage.usage(db, UsageQuery(until=TODAY), NOW)
    wanted = by_hand(tables.tasks(db))
    for measure in answer.measures:
        if not measure.currency:
            continue
        bars = usage.usage(db, UsageQuery(until=TODAY, measure=measure), NOW).bars
        name = measure.quantity.value
        hand = sum(line[name].get(measure.currency, 0.0) for line in wanted.values())
        assert sum(bar.value for bar in bars) == pytest.approx(hand, abs=1e-5)
    kinds = {(m.quantity, m.currency) for m in answer.measures}
    assert {(Quantity.COST, "CNY"), (Quantity.CHARGED, "CNY"), (Quantity.CHARGED, "USD")} <= kinds
    assert Measure(Quantity.COST, "USD") not in answer.measures


def test_that_what_was_removed_stays_counted(db: sqlite3.Connection) -> None:
    rng = random.Random(3)
    tasks = [made_up(rng, n) for n in range(40)]
    put(db, tasks)
    asked = UsageQuery(until=TODAY)
    before = usage.usage(db, asked, NOW)
    keys = [task.key for task in tasks]
    tables.remove(db, keys[:20], NOW)
    assert usage.usage(db, asked, NOW) == before
    tables.restore(db, keys[:5], NOW)
    assert usage.usage(db, asked, NOW) == before
    tables.purge(db, NOW + 400 * 86400)
    assert usage.usage(db, asked, NOW).total == before.total
    db.execute("DELETE FROM derived")
    tables.make_list(db)
    assert usage.usage(db, asked, NOW).total == before.total
    tables.add(db, keys[10:11], NOW)  # asked for again: it is counted once
    assert usage.usage(db, replace(asked, until=TODAY), NOW).total.takes == 40
    gone = replace(asked, scope=ListFilter(account=ARK.id))
    of_ark = usage.usage(db, gone, NOW).total.takes
    tables.remove_account(db, ARK.id)
    assert usage.usage(db, gone, NOW).total.takes == of_ark


def test_that_a_task_moved_to_another_account_is_counted_there(db: sqlite3.Connection) -> None:
    task = replace(made_up(random.Random(1), 1), key=Key(ARK.id, "cgt-1"))
    put(db, [task])
    tables.move(db, task.key, RONG.id, NOW)
    (line,) = usage.usage(db, UsageQuery(until=TODAY), NOW).lines
    assert (line.account, line.takes) == (RONG.id, 1)


def test_which_takes_stand_behind_a_bar_and_a_line(db: sqlite3.Connection) -> None:
    rng = random.Random(5)
    put(db, [made_up(rng, n) for n in range(150)])
    asked = UsageQuery(until=TODAY, stack_by=StackBy.MODEL)
    tasks = tables.tasks(db)
    for line in usage.usage(db, asked, NOW).lines:
        choice = UsageChoice(until=TODAY, account=line.account, model=line.model)
        keys = usage.chosen(db, asked, choice, NOW)
        assert set(keys) == {
            task.key
            for task in tasks
            if (task.key.account, model_short(task.report.model or ""))
            == (line.account, line.model)
        }
    days = replace(asked, since=TODAY - 30)
    for bar in usage.usage(db, days, NOW).bars:
        choice = UsageChoice(since=bar.day, until=bar.day, model=bar.key)
        assert len(usage.chosen(db, days, choice, NOW)) == bar.value


def test_the_sums_of_a_selection(db: sqlite3.Connection) -> None:
    rng = random.Random(9)
    put(db, [made_up(rng, n) for n in range(30)])
    tasks = tables.tasks(db)[:12]
    nums = list(tables.numbers_of(db, [task.key for task in tasks]).values())
    total = usage.of_numbers(db, nums)
    lines = by_hand(tasks).values()
    assert total.takes == 12
    assert total.billed == sum(line["billed"] for line in lines)
    assert total.seconds == pytest.approx(sum(line["seconds"] for line in lines))


def set_prices(db: sqlite3.Connection, prices: Sequence[OwnPrice]) -> None:
    """Of ARK, whose takes are counted anew."""
    tables.set_prices(db, ARK.id, prices)
    last: int | None = 0
    while last is not None:
        last = tables.reprice(db, ARK.id, last)


def test_that_prices_are_counted_at_the_next_start_where_the_program_ended_before(
    db: sqlite3.Connection,
) -> None:
    rng = random.Random(6)
    put(db, [made_up(rng, n) for n in range(60)])
    price = OwnPrice(amount=2.0, currency="EUR", unit=PriceUnit.TAKE)
    tables.set_prices(db, ARK.id, (price,))
    asked = UsageQuery(until=TODAY, scope=ListFilter(account=ARK.id))
    assert usage.usage(db, asked, NOW).total.by_own == 0
    tables.make_list(db)
    total = usage.usage(db, asked, NOW).total
    assert total.by_own == total.succeeded
    assert total.cost == {"EUR": 2.0 * total.succeeded}


def test_that_own_prices_count_from_when_they_are_entered(db: sqlite3.Connection) -> None:
    rng = random.Random(4)
    put(db, [made_up(rng, n) for n in range(120)])
    asked = UsageQuery(until=TODAY, scope=ListFilter(account=ARK.id))
    before = usage.usage(db, asked, NOW).total
    assert before.by_own == 0
    assert before.by_list > 0
    removed = [task.key for task in tables.tasks(db) if task.key.account == ARK.id][:9]
    tables.remove(db, removed, NOW)
    film = OwnPrice(model="seedance-2-0", amount=0.5, currency="USD", unit=PriceUnit.SECOND)
    model = OwnPrice(model="seed3d", amount=2.0, currency="EUR", unit=PriceUnit.TAKE)
    own = (film, replace(model, as_of="2026-11-29"))
    set_prices(db, own)
    found = tables.find_account(db, ARK.id)
    assert found is not None
    assert found.prices == own
    tables.put_account(db, ARK)  # edited by somebody who read it before
    assert tables.find_account(db, ARK.id) == replace(found, name=ARK.name)
    tables.restore(db, removed, NOW)
    tasks = [task for task in tables.tasks(db) if task.key.account == ARK.id]
    by_hand: dict[str, float] = defaultdict(float)
    for task in tasks:
        if price := cost(task.report, ARK.service, own=own):
            by_hand[price.currency] += price.amount
    total = usage.usage(db, asked, NOW).total
    assert set(total.cost) == {"CNY", "EUR", "USD"}  # the others stay at their list prices
    assert total.cost == pytest.approx(by_hand, abs=1e-6)
    assert total.by_own > 0
    assert 0 < total.by_list < before.by_list
    listed = db.execute(
        "SELECT id, k_cost FROM listed JOIN task USING (num) WHERE task.account = ?", (ARK.id,)
    )
    costs = {task.id: cost(task.report, ARK.service, own=own) for task in tasks}
    assert {id_: value for id_, value in listed if value is not None} == pytest.approx(
        {id_: price.amount for id_, price in costs.items() if price}
    )
    # The same after the tables are made anew, and after the prices are gone again.
    again = usage.usage(db, asked, NOW)
    db.execute("DELETE FROM derived")
    tables.make_list(db)
    assert usage.usage(db, asked, NOW) == again
    set_prices(db, ())
    assert usage.usage(db, asked, NOW).total == before


def test_that_prices_nobody_can_read_cost_no_account(
    db: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    for stored in ("{", "[1]", '[{"amount": "x"}]', "null"):
        db.execute("UPDATE account SET prices = ?", (stored,))
        assert {account.prices for account in tables.accounts(db)} == {()}
    assert "own prices" in caplog.text
    caplog.clear()


def test_that_a_length_no_service_tells_is_that_of_the_saved_film(db: sqlite3.Connection) -> None:
    film = FileFacts(width=640, height=480, frames=77, fps=24.0, length_s=3.21)
    saved = Artifact(kind=ArtifactKind.VIDEO, state=ArtifactState.SAVED)
    task = made_up(random.Random(1), 1)
    report = replace(task.report, status=Status.SUCCEEDED, duration_s=None)
    put(db, [replace(task, report=report, artifacts=(saved,))])
    read = {task.key: lambda old: replace(old, artifacts=(replace(saved, film=film),))}
    tables.change(db, read, NOW)
    assert usage.usage(db, UsageQuery(until=TODAY), NOW).total.seconds == 3.21


def test_that_figures_of_nonsense_break_no_sum(db: sqlite3.Connection) -> None:
    task = made_up(random.Random(2), 2)
    report = replace(
        task.report,
        status=Status.SUCCEEDED,
        created_at=1e300,
        duration_s=float("inf"),
        usage=Tokens(total_tokens=10**30, billed_tokens=-5),
        charged=Charge(amount=float("nan"), currency="USD"),
    )
    put(db, [replace(task, report=report)])
    total = usage.usage(db, UsageQuery(until=10**6), NOW).total
    assert (total.takes, total.tokens, total.seconds) == (1, 0, 0.0)


def test_an_empty_list(db: sqlite3.Connection) -> None:
    answer = usage.usage(db, UsageQuery(until=TODAY), NOW)
    assert (answer.bars, answer.lines, answer.total.takes) == ((), (), 0)
