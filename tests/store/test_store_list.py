"""The list as the store tells it: figures, numbers and what is asked for beside the writer."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.listing import ListQuery, Term
from rushes.core.merge import Change
from rushes.core.task import ArtifactState, Key, Status, Task
from rushes.core.views import View
from rushes.store import Store, StoreError, listing, read_list, tables
from tests.conftest import Drive
from tests.store.stores import ARK, KEY, NOW, RONG, VIDEO, answer, use

HOUR = 3600.0
KEYS = [Key(ARK.id, f"cgt-{n}") for n in range(5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "rushes.sqlite3"


async def _fill(store: Store, change: Change | None = None) -> None:
    await store.write(tables.put_account, ARK)
    await store.write(tables.add, KEYS, NOW)
    if change is not None:
        await store.write(tables.change, dict.fromkeys(KEYS[:1], change), NOW)


def test_that_time_alone_moves_a_task_into_and_out_of_expiring(run: Drive[Any], path: Path) -> None:
    ends = NOW + 86400

    async def work(store: Store) -> None:
        await _fill(store, answer(Status.SUCCEEDED, links=(VIDEO,)))
        told = []
        for hours in (0, 18.5, 22.5, 24.5):
            counts = await store.read(listing.counts, NOW + hours * HOUR)
            told.append((counts.views[View.EXPIRING], counts.urgent, counts.next_change))
        assert told == [
            (0, 0, ends - 6 * HOUR),
            (1, 0, ends - 2 * HOUR),
            (1, 1, ends),
            (0, 0, None),
        ]

    run(use(path, work))


def test_that_a_removed_account_takes_its_rows_and_figures_along(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        await store.write(tables.put_account, RONG)
        await store.write(tables.add, [Key(RONG.id, "r")], NOW)
        await store.write(tables.remove_account, ARK.id)
        assert len(await store.read(listing.order, ListQuery(), store.clock())) == 1
        assert (await store.read(listing.counts, store.clock())).accounts == {RONG.id: 1}
        assert not len(
            await store.read(listing.order, ListQuery(terms=(Term("cgt-"),)), store.clock())
        )

    run(use(path, work))


def test_that_a_number_stays_with_its_task_through_removal_and_return(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        before = await store.read(listing.locate, KEYS)
        await store.write(tables.remove, KEYS[1:3], NOW)
        nums = sorted(before.values())
        assert await store.read(listing.keys, nums) == (KEYS[0], KEYS[3], KEYS[4])
        assert [task.key for _, task in await store.read(listing.tasks, nums)] == [
            KEYS[0],
            KEYS[3],
            KEYS[4],
        ]
        assert set(await store.read(listing.locate, KEYS)) == {KEYS[0], KEYS[3], KEYS[4]}
        await store.write(tables.restore, KEYS[1:3], NOW)
        assert await store.read(listing.locate, KEYS) == before

    run(use(path, work))


def test_that_what_was_being_saved_counts_as_unsaved_after_a_restart(
    run: Drive[Any], path: Path
) -> None:
    async def begin(store: Store) -> None:
        await _fill(store, answer(Status.SUCCEEDED, links=(VIDEO,)))
        assert [task.key for task in await store.read(tables.unsaved)] == KEYS[:1]
        await store.write(tables.change, {KEYS[0]: saving}, NOW)
        assert (await store.read(listing.counts, store.clock())).saving == 1

    async def look(store: Store) -> None:
        assert (await store.read(listing.counts, store.clock())).saving == 0
        assert (await store.read(listing.counts, store.clock())).views[View.UNSAVED] == 1

    run(use(path, begin))
    run(use(path, look))


def saving(task: Task) -> Task:
    files = tuple(replace(a, state=ArtifactState.SAVING) for a in task.artifacts)
    return replace(task, artifacts=files)


def test_that_a_question_nobody_waits_for_ends_early_and_the_next_is_answered(
    run: Drive[Any], path: Path
) -> None:
    endless = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )

    async def work(store: Store) -> None:
        await _fill(store)
        began = asyncio.Event()
        loop = asyncio.get_running_loop()

        def count(db: Any) -> Any:
            loop.call_soon_threadsafe(began.set)
            return db.execute(endless).fetchone()

        dropped = asyncio.create_task(store.read(count))
        await began.wait()
        dropped.cancel()
        assert len(await store.read(listing.order, ListQuery(), store.clock())) == len(KEYS)
        with pytest.raises(asyncio.CancelledError):
            await dropped

    run(use(path, work))


def test_that_a_store_that_is_in_use_can_be_read_beside_it(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        accounts, tasks = await read_list(path)
        assert accounts == (ARK,)
        assert {task.key for task in tasks} == set(KEYS)

    run(use(path, work))


def test_that_nothing_to_read_is_said(run: Drive[Any], path: Path) -> None:
    with pytest.raises(StoreError):
        run(read_list(path))


def test_that_an_id_without_an_account_is_no_row(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await store.write(tables.add, [KEY], NOW)
        assert not len(await store.read(listing.order, ListQuery(), store.clock()))

    run(use(path, work))
