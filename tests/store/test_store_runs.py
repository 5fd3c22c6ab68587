"""The store remembers how long tasks took, beyond the tasks themselves."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from rushes.core.account import Service
from rushes.core.eta import Run
from rushes.core.task import Key, Status, Task
from rushes.store import Store, schema, tables
from rushes.store.tables import KEEP_RUNS_S
from tests.conftest import Drive
from tests.store.stores import ARK, NOW, RONG, answer, use


async def succeed(store: Store, account: str, id_: str, **end: Any) -> None:
    key = Key(account, id_)
    await store.write(tables.add, [key], NOW)
    await store.write(tables.change, {key: answer(Status.SUCCEEDED, **end)}, NOW)


def test_that_run_times_come_back_by_service_newest_first(run: Drive[Any], base_dir: Path) -> None:
    async def work(store: Store) -> tuple[Run, ...]:
        await store.write(tables.put_account, ARK)
        await store.write(tables.put_account, RONG)
        video = {"model": "m", "resolution": "720p", "duration_s": 5.0, "created_at": NOW}
        await succeed(store, ARK.id, "a", updated_at=NOW + 90, **video)
        await succeed(store, ARK.id, "b", updated_at=NOW + 70, started_at=NOW + 50, **video)
        await succeed(store, RONG.id, "c", updated_at=NOW + 10, **video)
        await succeed(store, ARK.id, "no times")
        await store.write(tables.remove, [Key(ARK.id, "a")], NOW)
        return await store.read(tables.run_times, Service.ARK)

    first = Run(
        model="m", resolution="720p", duration_s=5.0, total_s=90.0, ran_s=None, ended_at=NOW + 90
    )
    second = replace(first, total_s=70.0, ran_s=20.0, ended_at=NOW + 70)
    assert run(use(base_dir / "rushes.sqlite3", work)) == (first, second)


def test_that_a_task_is_counted_once_however_often_it_is_looked_at(
    run: Drive[Any], base_dir: Path
) -> None:
    async def work(store: Store) -> int:
        await store.write(tables.put_account, ARK)
        for _ in range(3):
            await succeed(store, ARK.id, "a", created_at=NOW, updated_at=NOW + 90)
        return len(await store.read(tables.run_times, Service.ARK))

    assert run(use(base_dir / "rushes.sqlite3", work)) == 1


def test_that_run_times_of_long_ago_are_dropped(run: Drive[Any], base_dir: Path) -> None:
    async def work(store: Store) -> int:
        return len(await store.read(tables.run_times, Service.ARK))

    async def fill(store: Store) -> int:
        await store.write(tables.put_account, ARK)
        await succeed(store, ARK.id, "a", created_at=NOW, updated_at=NOW + 90)
        return len(await store.read(tables.run_times, Service.ARK))

    async def touch(store: Store) -> None:
        await store.write(tables.put_account, ARK)

    path, later = base_dir / "rushes.sqlite3", NOW + KEEP_RUNS_S + 100
    assert run(use(path, fill)) == 1
    run(use(path, touch, now=later))
    assert run(use(path, work, now=later)) == 0


def test_that_what_the_list_holds_already_counts_after_the_upgrade(
    run: Drive[Any], base_dir: Path
) -> None:
    path = base_dir / "rushes.sqlite3"

    async def fill(store: Store) -> tuple[Task, ...]:
        await store.write(tables.put_account, ARK)
        times = {"created_at": NOW, "started_at": NOW + 30, "finished_at": NOW + 90}
        await succeed(store, ARK.id, "a", model="m", resolution="720p", **times)
        await succeed(store, ARK.id, "b", created_at=NOW)
        return await store.read(tables.tasks)

    run(use(path, fill))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM run")
        assert schema.STEPS[1][2].lstrip().startswith("INSERT INTO run")
        db.execute(schema.STEPS[1][2])

    async def look(store: Store) -> tuple[Run, ...]:
        return await store.read(tables.run_times, Service.ARK)

    (found,) = run(use(path, look))
    assert (found.model, found.total_s, found.ran_s) == ("m", 90.0, 60.0)
