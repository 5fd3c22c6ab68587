"""Rows of the default list, read as a person reads them: each take is told from the others."""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from rushes.core.columns import moment_of
from rushes.core.parameters import parameters_of
from rushes.core.task import Key, Report, Task
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.take import second_line
from rushes.providers.registry import read_one
from rushes.store import Store, tables
from tests.providers.replies import reply
from tests.yesterday import Yesterday

ANSWERS = Path(__file__).parents[1] / "data" / "answers"
DAY_S = 86400.0


def test_that_no_two_rows_of_the_default_list_read_the_same(yesterday: Yesterday) -> None:
    tasks, ctx = asyncio.run(_library(yesterday))
    rng = random.Random(12)
    others = [task for task in _answers(ctx.now, rng) for _ in range(2)]
    later = (replace(task, added_at=ctx.now - rng.random() * DAY_S) for task in others)
    every = [*tasks, *later]
    assert len(tasks) > 15
    assert len(every) > 45
    same = [
        (one.id, other.id, _row(one, ctx))
        for one, other in combinations(every, 2)
        if _row(one, ctx) == _row(other, ctx) and _made(one) != _made(other)
    ]
    assert same == []


async def _library(yesterday: Yesterday) -> tuple[list[Task], Context]:
    """The demo's takes of five accounts, as the window has them."""
    store = await Store.open(yesterday.base / "data" / "rushes.sqlite3")
    try:
        tasks = list(await store.read(tables.tasks))
        accounts = {account.id: account for account in await store.read(tables.accounts)}
        return tasks, Context(now=store.clock(), accounts=accounts)
    finally:
        await store.aclose()


def _answers(now: float, rng: random.Random) -> Iterator[Task]:
    """One of each kind that gateways give, added at some time of the last day."""
    for path in sorted(ANSWERS.iterdir()):
        found = read_one(reply(json.loads(path.read_text("utf-8"))), path.stem)
        if isinstance(found, Report):
            added = now - rng.random() * DAY_S
            yield Task(key=Key("gateway", path.stem), report=found, added_at=added)


def _row(task: Task, ctx: Context) -> tuple[str, ...]:
    """What is painted, without the end of the id."""
    line = second_line(task, ctx)
    tail = (part for part in line.tail.split(" · ") if not part.startswith("…"))
    cells = (column.shown(task, ctx) for column in COLUMNS if column.on)
    return (*cells, line.words, *tail)


def _made(task: Task) -> tuple[object, ...]:
    """Model, seed, size and minute."""
    made = parameters_of(task)
    size = made.size, made.ratio, made.duration_s
    return task.report.model, task.report.seed, *size, moment_of(task) // 60
