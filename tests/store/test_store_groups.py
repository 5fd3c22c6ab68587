"""Groups of takes and what nobody has looked at, as the store tells them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.grouping import GroupBy
from rushes.core.listing import HEAD, Group, ListFilter, ListQuery, Term
from rushes.core.merge import Change
from rushes.core.task import Flag, Key, Mark, Status, Task
from rushes.core.views import View
from rushes.store import Store, listing, tables
from tests.conftest import Drive
from tests.store.stores import ARK, NOW, RONG, answer, use

KEYS = [Key(ARK.id, f"cgt-{n}") for n in range(6)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "rushes.sqlite3"


def _marked(**facts: Any) -> Change:
    return lambda task: replace(task, mark=Mark(**facts))


async def _fill(store: Store) -> None:
    """Two takes of dawn, two of dusk, one of noon, one without a name; the last is the newest."""
    await store.write(tables.put_account, ARK)
    for at, key in enumerate(KEYS):
        await store.write(tables.add, [key], NOW + at)
    names = ("dawn 1", "dusk_01", "dawn 2", "noon 1", "dusk_02", "")
    for key, name in zip(KEYS, names, strict=True):
        await store.write(tables.change, {key: _marked(name=name)}, NOW)


async def _shown(store: Store, wanted: ListQuery) -> list[str]:
    """The rows in words: "= name, size" for the head of a group, else the end of an id."""
    heads = await store.read(listing.groups, wanted, store.clock())
    told = []
    for num in await store.read(listing.order, wanted, store.clock()):
        if num & HEAD:
            told.append(f"= {heads[num].name}, {heads[num].size}")
        else:
            told.append((await store.read(listing.keys, [num]))[0].id.removeprefix("cgt-"))
    return told


BY_NAME = ListQuery(group_by=GroupBy.NAME)


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (BY_NAME, ["= dusk, 2", "4", "1", "= dawn, 2", "2", "0", "= , 2", "5", "3"]),
        (
            replace(BY_NAME, folded=frozenset({"dusk", ""})),
            ["= dusk, 2", "= dawn, 2", "2", "0", "= , 2"],
        ),
        (
            replace(BY_NAME, sort_by="name"),
            ["= dusk, 2", "1", "4", "= dawn, 2", "0", "2", "= , 2", "5", "3"],
        ),
        (replace(BY_NAME, terms=(Term("dawn"),)), ["= dawn, 2", "2", "0"]),
        (ListQuery(group_by=GroupBy.HAND), ["= , 6", "5", "4", "3", "2", "1", "0"]),
        (replace(BY_NAME, scope=ListFilter(view=View.FAILED)), []),
    ],
)
def test_that_groups_stand_together_the_newest_first(
    run: Drive[Any], path: Path, wanted: ListQuery, rows: list[str]
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        assert await _shown(store, wanted) == rows

    run(use(path, work))


def test_that_a_group_by_hand_follows_the_user_and_outlives_a_restart(
    run: Drive[Any], path: Path
) -> None:
    by_hand = ListQuery(group_by=GroupBy.HAND)

    async def group(store: Store) -> None:
        await _fill(store)
        await store.write(tables.change, dict.fromkeys(KEYS[:2], _marked(group="hero")), NOW)

    async def look(store: Store) -> None:
        assert (await _shown(store, by_hand))[:3] == ["= hero, 2", "1", "0"]
        await store.write(tables.change, {KEYS[1]: _marked()}, NOW)
        assert (await _shown(store, by_hand))[:3] == ["= hero, 1", "0", "= , 5"]
        await store.write(tables.remove, KEYS[:1], NOW)
        assert list((await store.read(listing.groups, by_hand, store.clock())).values()) == [
            Group("", 5)
        ]

    run(use(path, group))
    run(use(path, look))


def test_that_the_top_of_a_grouped_list_is_the_top_of_the_whole(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        top, whole = (
            await store.read(listing.order, BY_NAME, store.clock(), 2),
            await store.read(listing.order, BY_NAME, store.clock()),
        )
        assert whole[: len(top)] == top
        assert len(top) >= 2

    run(use(path, work))


def test_that_a_listing_is_counted_without_its_groups(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        assert (
            await store.read(
                listing.count, replace(BY_NAME, folded=frozenset({"dusk"})), store.clock()
            )
            == 6
        )
        assert await store.read(listing.count, ListQuery(terms=(Term("dusk"),)), store.clock()) == 2

    run(use(path, work))


def _seen(task: Task) -> Task:
    return replace(task, seen=True)


def test_that_what_ended_counts_until_somebody_looks_at_it(run: Drive[Any], path: Path) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        assert (await store.read(listing.counts, store.clock())).unseen == 0
        await store.write(tables.change, dict.fromkeys(KEYS[:2], answer(Status.SUCCEEDED)), NOW)
        await store.write(tables.change, {KEYS[2]: answer(Status.FAILED)}, NOW)
        await store.write(tables.change, {KEYS[3]: answer(Status.CANCELLED)}, NOW)
        counts = await store.read(listing.counts, store.clock())
        assert (counts.unseen, counts.unseen_failed, counts.badge) == (2, 1, 1)
        assert await store.read(listing.unseen) == (KEYS[1], KEYS[0])
        await store.write(tables.change, dict.fromkeys((KEYS[1], KEYS[2]), _seen), NOW)
        await store.write(tables.remove, KEYS[4:], NOW)

    async def later(store: Store) -> None:
        counts = await store.read(listing.counts, store.clock())
        assert (counts.unseen, counts.unseen_failed) == (1, 0)
        assert await store.read(listing.unseen) == (KEYS[0],)

    run(use(path, work))
    run(use(path, later))


def test_that_a_moved_task_keeps_what_the_user_said_and_its_place(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        await store.write(tables.put_account, RONG)
        missing = replace_flags(Flag.NOT_FOUND)
        await store.write(tables.change, {KEYS[0]: missing}, NOW)
        new = Key(RONG.id, KEYS[0].id)
        before = await store.read(listing.locate, KEYS[:1])
        diff = await store.write(tables.move, KEYS[0], RONG.id, NOW)
        assert diff.removed == (KEYS[0],)
        assert [task.key for task in diff.added] == [new]
        (task,) = await store.read(tables.get, [new])
        assert (task.mark.name, task.flags, task.misses) == ("dawn 1", frozenset(), 0)
        assert await store.read(listing.locate, [new]) == {new: before[KEYS[0]]}
        assert (await store.read(listing.counts, store.clock())).accounts == {ARK.id: 5, RONG.id: 1}
        assert (
            len(await store.read(listing.order, ListQuery(terms=(Term("dawn 1"),)), store.clock()))
            == 1
        )
        assert [e.what for e in await store.read(tables.events, new)][-1] == "account"
        assert [task.key for task in await store.read(tables.due, RONG.id)] == [new]

    run(use(path, work))


@pytest.mark.parametrize("was", ["listed", "removed"])
def test_that_a_task_moves_to_an_account_that_had_it_already(
    run: Drive[Any], path: Path, was: str
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        await store.write(tables.put_account, RONG)
        new = Key(RONG.id, KEYS[0].id)
        await store.write(tables.add, [new], NOW)
        if was == "removed":
            await store.write(tables.remove, [new], NOW)
        await store.write(tables.move, KEYS[0], RONG.id, NOW)
        (task,) = await store.read(tables.get, [KEYS[0], new])
        assert task.key == new
        assert task.mark.name == "dawn 1"
        assert not await store.write(tables.move, KEYS[0], RONG.id, NOW)

    run(use(path, work))


def replace_flags(*flags: Flag) -> Change:
    return lambda task: replace(task, flags=frozenset(flags), misses=3)


def test_that_the_search_can_complete_what_there_is_the_commonest_first(
    run: Drive[Any], path: Path
) -> None:
    async def work(store: Store) -> None:
        await _fill(store)
        for key, model in zip(KEYS, ("a-1", "B-2", "b-2"), strict=False):
            await store.write(
                tables.change, {key: answer(Status.RUNNING, model=model, ratio="16:9")}, NOW
            )
        await store.write(tables.change, {KEYS[3]: answer(Status.UNKNOWN)}, NOW)
        words = await store.read(listing.words_in_use)
        assert words["model"] == ("b-2", "a-1")
        assert words["ratio"] == ("16:9",)
        assert words["status"] == ("unknown",)

    run(use(path, work))
