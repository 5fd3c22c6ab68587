"""Model and store against a plain list: whatever happens, the same rows in the same order."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from rushes.core.account import Account
from rushes.core.conditions import holds
from rushes.core.grouping import GroupBy, team_of
from rushes.core.listing import ListFilter, ListQuery
from rushes.core.pace import awaits_link
from rushes.core.task import (
    ArtifactState,
    Charge,
    Diff,
    Flag,
    Key,
    Mark,
    Pick,
    Status,
    Task,
    TaskError,
)
from rushes.core.views import View, expiring, in_view
from rushes.presentation.columns import BY_ID, COLUMNS, Context
from rushes.presentation.search import Query, condition, parse
from rushes.store import listing, tables, where
from rushes.ui.list import task_model
from tests.ui.listed import ListedModel, ListedTasks
from tests.ui.takes import ARK, NOW, RONG, take, with_file

FULL = bool(os.environ.get("RUSHES_FULL"))
ROUNDS = 3000 if FULL else 30
SEEDS = range(8 if FULL else 2)

SEARCHES = (
    "", "x", "日", "日落", "take", "task-000", "seed:>1", "-seed:2", "rating:0", "rating:>=3 x",
    "status:succ", "status:running,failed", "status:wei", "-status:unknown", "unknown", "weird",
    "saved:no", "saved:yes", "saved:lost", "-saved:no", "account:ark", "ark", "account:rong-bj",
    "tag:hero", "-tag:HERO", "hero", "pick:yes", "pick:none", "audio:yes", "-audio:no", "draft:no",
    "model:seedance", "model:se", "tier:flex", "error:e1", "no luck", "ratio:16:9", "duration:<=5",
    "fps:24", "frames:>10", "note:dark", '"a b"', 'na"me', "100%", "_", "resolution:1080p", "ß",
    "SS", "id:0007", "name:X", "not_found", "status:not", "succeeded -x", "é", "tag:x,hero",
)  # fmt: skip

CHARGES = tuple(
    Charge(amount=amount, currency=currency)
    for amount, currency in ((0.01, "USD"), (12.5, "USD"), (0.5, "EUR"))
)


@dataclass
class Plain:
    """What the list must be, by the simplest code that says it."""

    accounts: dict[str, Account] = field(default_factory=lambda: {"a": ARK, "b": RONG})
    tasks: dict[Key, Task] = field(default_factory=dict)
    nums: dict[Key, int] = field(default_factory=dict)

    @property
    def ctx(self) -> Context:
        return Context(now=NOW, accounts=self.accounts)

    def apply(self, diff: Diff) -> None:
        for key in diff.removed:
            del self.tasks[key]
        for task in (*diff.added, *diff.changed):
            self.nums.setdefault(task.key, len(self.nums))
            self.tasks[task.key] = task

    def rows(self, rule: ListQuery) -> list[Key]:
        accepted = [task for task in self.tasks.values() if self._is_in(rule, task)]
        accepted.sort(key=lambda task: (_age(task), self.nums[task.key]), reverse=True)
        column = BY_ID.get(rule.sort_by)
        if column is None:
            accepted.sort(key=lambda task: not task.is_live)
            return [task.key for task in accepted]
        keys = {task.key: _first(column.value(task, self.ctx)) for task in accepted}
        known = [task.key for task in accepted if keys[task.key] is not None]
        known.sort(key=lambda key: keys[key], reverse=False)
        if rule.descending:
            known = _descending(known, keys)
        return known + [task.key for task in accepted if keys[task.key] is None]

    def grouped(self, rule: ListQuery) -> list[Key | tuple[str, int]]:
        """The rows with the heads of groups between them: (name, size)."""
        keys = self.rows(rule)
        teams: dict[str, list[Key]] = {}
        for key in keys:
            teams.setdefault(self._team(rule.group_by, key), []).append(key)
        if rule.group_by is GroupBy.NAME:
            alone = [team for team, of_it in teams.items() if len(of_it) == 1]
            apart = {key for team in alone for key in teams.pop(team)} | set(teams.get("", ()))
            teams |= {"": [key for key in keys if key in apart]} if apart else {}
        newest = {t: max(_age(self.tasks[key]) for key in of_it) for t, of_it in teams.items()}
        shown: list[Key | tuple[str, int]] = []
        for team in sorted(teams, key=lambda t: (t == "", -newest[t], t)):
            shown.append((team, len(teams[team])))
            shown += [] if team in rule.folded else teams[team]
        return shown

    def _team(self, by: GroupBy, key: Key) -> str:
        mark = self.tasks[key].mark
        return mark.group if by is GroupBy.HAND else team_of(mark.name)

    def _is_in(self, rule: ListQuery, task: Task) -> bool:
        scope = rule.scope
        return (
            scope.account in ("", task.key.account)
            and (not scope.tag or scope.tag in task.mark.tags)
            and holds(in_view(scope.view, NOW), task)
            and Query(rule.terms).matches(task, self.ctx)
        )


def _age(task: Task) -> float:
    created = task.report.created_at
    return task.added_at if created is None else created


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


def _descending(ascending: list[Key], keys: dict[Key, Any]) -> list[Key]:
    """Equal ones stay newest first."""
    return sorted(ascending, key=lambda key: keys[key], reverse=True)


def _random_task(rng: random.Random, n: int, account: str) -> Task:
    status = rng.choice(list(Status))
    error = TaskError(code="E1", message="no luck") if rng.random() < 0.2 else None
    task = take(
        n,
        status,
        account=account,
        created=NOW - rng.randrange(50) * 1000.0,
        seed=rng.choice((None, 1, 2, 3, 2**70)),
        error=error,
        mark=Mark(
            rating=rng.randrange(6),
            name=rng.choice(
                ("", "x", "日落 take", 'na"me', "Straße", "a b 100%", "É", "x 2", "日落_03")
            ),
            pick=rng.choice(list(Pick)),
            tags=rng.choice(((), ("hero",), ("Hero", "x"))),
            group=rng.choice(("", "", "hero", "日落")),
            note=rng.choice(("", "", "dark\nroom")),
        ),
    )
    raw = "" if rng.random() < 0.2 else "Weird Word" if status is Status.UNKNOWN else status.value
    report = replace(
        task.report,
        status_raw=raw,
        created_at=rng.choice((None, task.report.created_at)),
        started_at=NOW - rng.randrange(9),
        finished_at=rng.choice((None, NOW + 3)),
        model=rng.choice((None, "doubao-seedance-2-0-260128", "seed3d")),
        resolution=rng.choice((None, "720p", "1080p")),
        ratio=rng.choice((None, "16:9")),
        duration_s=rng.choice((None, 5.0, 10.0)),
        frames=rng.choice((None, 121)),
        fps=rng.choice((None, 24.0)),
        audio=rng.choice((None, True, False)),
        draft=rng.choice((None, True, False)),
        tier=rng.choice((None, "default", "Flex")),
        charged=rng.choice((None, *CHARGES)),
    )
    flags = frozenset({Flag.NOT_FOUND}) if rng.random() < 0.1 else frozenset[Flag]()
    task = replace(task, report=report, flags=flags, rechecks=rng.choice((0, 99)))
    if status is Status.SUCCEEDED and rng.random() < 0.4:
        task = replace(task, flags=flags | {Flag.RESULT_MISSING})
    if rng.random() < 0.5:
        end = rng.choice((None, NOW - 5, NOW + 60.0, NOW + 3 * 3600, NOW + 90_000.0))
        path = rng.choice((None, "/films/a.mp4", "/films/b.mp4"))
        state = rng.choice(list(ArtifactState))
        task = with_file(task, state, expires_at=end, path=path, size=rng.randrange(99))
    return task


def _random_diff(rng: random.Random, known: list[Key]) -> Diff:
    gone = set(rng.sample(known, min(len(known), rng.randrange(4))))
    touched = [key for key in known if key not in gone and rng.random() < 0.15]
    fresh = {Key(rng.choice("ab"), f"task-{rng.randrange(60):04}") for _ in range(rng.randrange(5))}

    def made(key: Key) -> Task:
        return _random_task(rng, int(key.id[-4:]), key.account)

    return Diff(
        added=tuple(made(key) for key in sorted(fresh - set(known))),
        changed=tuple(made(key) for key in touched),
        removed=tuple(gone),
    )


def _random_rule(rng: random.Random, before: ListQuery) -> ListQuery:
    scopes = [ListFilter(view=view) for view in View] + [
        ListFilter(account="a"),
        ListFilter(tag="hero"),
    ]
    return replace(
        before,
        sort_by=rng.choice(["", before.sort_by, *(column.id for column in COLUMNS)]),
        descending=rng.random() < 0.5,
        scope=rng.choice([ListFilter(), before.scope, *scopes]),
        terms=parse(rng.choice(("", rng.choice(SEARCHES)))).terms,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ListedTasks]:
    made = ListedTasks(tmp_path / "list.sqlite3")
    yield made
    made.db.close()


def _rename(rng: random.Random, plain: Plain, model: ListedModel) -> None:
    account = replace(plain.accounts["b"], name=rng.choice(("Rong", "Zen", "Ärk", "Ark")))
    plain.accounts["b"] = account
    model.store.write(tables.put_account, account)
    model.ctx = replace(model.ctx, accounts=dict(plain.accounts))
    model.ask(model.listing)


def _check(plain: Plain, model: ListedModel) -> None:
    assert model.keys == plain.rows(model.listing)
    for row, key in enumerate(model.keys):
        assert model.task_at(row) == plain.tasks[key]
        assert model.row(key) == row
    counts = model.store.counts()
    tasks = plain.tasks.values()
    for view in View:
        assert counts.views[view] == sum(holds(in_view(view, NOW), task) for task in tasks)
    assert counts.accounts == Counter(key.account for key in plain.tasks)
    assert counts.tags == Counter(tag for task in tasks for tag in task.mark.tags)
    assert counts.urgent == sum(holds(expiring(NOW, 7200.0), task) for task in tasks)
    kept = Counter(task.kept_of_wanted for task in tasks)
    assert counts.saved == kept[ArtifactState.SAVED]
    assert counts.saving == kept[ArtifactState.SAVING]
    assert counts.savable == len(tasks) - kept[None] + sum(map(awaits_link, tasks))


@pytest.mark.timeout(0 if FULL else 600)  # minutes for each seed in the full form
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("many", [5000, 4], ids=["few rows at once", "many rows at once"])
def test_that_rows_are_those_of_a_plain_list_through_any_changes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, store: ListedTasks, seed: int, many: int
) -> None:
    monkeypatch.setattr(task_model, "_MANY_ROWS", many)
    rng, plain = random.Random(seed), Plain()
    model = ListedModel(store, plain.ctx, ListQuery())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    for _ in range(ROUNDS):
        held = {k: QPersistentModelIndex(model.index(r, 0)) for r, k in enumerate(model.keys)}
        match rng.randrange(8):
            case 0 | 1 | 2 | 3:
                diff = _random_diff(rng, list(plain.tasks))
                plain.apply(diff)
                model.apply(diff)
                assert len(set(model.order)) == model.rowCount()
            case 4 | 5 | 6:
                model.ask(_random_rule(rng, model.listing))
            case 7:
                _rename(rng, plain, model)
        if rng.random() < 0.8:
            model.settle()
            model.need(0, model.rowCount())
            _check(plain, model)
        if not model.replaced:
            now = {key: row for row, key in enumerate(model.keys)}
            assert all(now[k] == i.row() for k, i in held.items() if i.isValid() and k in now)
    assert resets == []
    del tester


@pytest.mark.parametrize("seed", SEEDS)
def test_that_groups_are_those_of_a_plain_list_through_any_changes(
    qtbot: QtBot, store: ListedTasks, seed: int
) -> None:
    rng, plain = random.Random(seed), Plain()
    model = ListedModel(store, plain.ctx, ListQuery(group_by=GroupBy.NAME))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for _ in range(ROUNDS):
        if rng.random() < 0.5:
            diff = _random_diff(rng, list(plain.tasks))
            plain.apply(diff)
            model.apply(diff)
        else:
            groups = ("", "hero", "日落", "x")
            folded = frozenset(rng.sample(groups, rng.randrange(3)))
            by = rng.choice((GroupBy.HAND, GroupBy.NAME))
            model.ask(replace(_random_rule(rng, model.listing), group_by=by, folded=folded))
        model.settle()
        model.need(0, model.rowCount())
        assert _told(model) == plain.grouped(model.listing)
    del tester


def _told(model: ListedModel) -> list[Key | tuple[str, int]]:
    told: list[Key | tuple[str, int]] = []
    for row in range(model.rowCount()):
        group, task = model.group_at(row), model.task_at(row)
        assert (group is None) is (task is not None)
        if group is not None:
            told.append((group.name, group.size))
        elif task is not None:
            told.append(task.key)
    return told


def _filled(store: ListedTasks, count: int) -> Plain:
    rng, plain = random.Random(count), Plain()
    plain.apply(Diff(added=tuple(_random_task(rng, n, "ab"[n % 2]) for n in range(count))))
    store.commit(Diff(added=tuple(plain.tasks.values())))
    return plain


def test_that_the_store_finds_what_the_search_means(store: ListedTasks) -> None:
    plain = _filled(store, 150)
    for text in SEARCHES:
        rule = ListQuery(terms=parse(text).terms)
        assert store.keys(store.order(rule).tolist()) == plain.rows(rule), text


@pytest.mark.parametrize("near", [7, 60, 5000])
def test_that_the_first_rows_of_a_search_are_the_top_of_all_it_finds(
    store: ListedTasks, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    monkeypatch.setattr(listing, "_NEAR", near)
    accounts = _filled(store, 150).accounts
    scopes = [
        ListFilter(),
        ListFilter(account="a"),
        ListFilter(view=View.FAILED),
        ListFilter(view=View.UNSAVED),
    ]
    for text, scope in product(SEARCHES, scopes):
        rule = ListQuery(terms=parse(text).terms, scope=scope)
        whole = store.order(rule)
        top, is_all = store.top(rule, 20)
        assert top == whole[: len(top)], (text, scope)
        assert len(top) <= 20
        if is_all:
            assert top == whole, (text, scope)
        elif all(where.is_indexed(condition(term, accounts)) for term in rule.terms):
            assert len(top) == 20, (text, scope)


def test_that_every_column_sorts_with_nothing_last_and_equal_ones_newest_first(
    store: ListedTasks,
) -> None:
    plain = _filled(store, 80)
    for column in ["", *(column.id for column in COLUMNS)]:
        for descending in (False, True):
            rule = ListQuery(sort_by=column, descending=descending)
            assert store.keys(store.order(rule).tolist()) == plain.rows(rule), rule
