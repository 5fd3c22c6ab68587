"""What is said beside an id is kept with the task, found again, and can be forgotten everywhere."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.incoming import Incoming
from rushes.core.listing import ListQuery, Term
from rushes.core.task import Key, Mark, Status, Task
from rushes.presentation.search import parse
from rushes.store import Store, listing, tables
from tests.conftest import Drive
from tests.store.stores import ARK, KEY, NOW, RONG, answer, use

FOX = "A red fox runs through fresh snow 雪中红狐"
SAID = Incoming(KEY.id, FOX, ("first.png", "https://a.example/b.png"), "hero", ("t",), "soft")
OTHER = Key(ARK.id, "cgt-2")


@pytest.fixture
def path(base_dir: Path) -> Path:
    return base_dir / "data" / "rushes.sqlite3"


async def fill(store: Store) -> None:
    await store.write(tables.put_account, ARK)
    await store.write(tables.add, [KEY, OTHER], NOW, said={KEY: SAID})


async def _only(store: Store, key: Key = KEY) -> Task:
    (task,) = await store.read(tables.get, [key])
    return task


def test_that_what_was_said_beside_an_id_is_kept(run: Drive[Any], path: Path) -> None:
    run(use(path, fill))
    task = run(use(path, _only))
    assert task.mark == Mark(
        name="hero", tags=("t",), note="soft", prompt=FOX, references=SAID.references
    )


def test_that_adding_again_fills_only_what_is_empty(run: Drive[Any], path: Path) -> None:
    more = Incoming(KEY.id, "another", ("x.png",), "other", ("u",), "hard")

    async def again(store: Store) -> None:
        await fill(store)
        diff = await store.write(tables.add, [KEY, OTHER], NOW + 1, said={KEY: more, OTHER: more})
        assert [task.key for task in diff.changed] == [OTHER]
        assert diff.added == ()
        assert (await _only(store)).mark.prompt == FOX
        assert (await _only(store)).mark.name == "hero"
        assert (await _only(store, OTHER)).mark.prompt == "another"
        diff = await store.write(tables.add, [KEY, OTHER], NOW + 2, said={KEY: more, OTHER: more})
        assert not diff

    run(use(path, again))


def test_that_a_removed_task_comes_back_with_its_own_marks_and_what_it_lacks(
    run: Drive[Any], path: Path
) -> None:
    async def back(store: Store) -> None:
        await fill(store)
        await store.write(tables.remove, [OTHER], NOW + 1)
        diff = await store.write(
            tables.add, [OTHER], NOW + 2, said={OTHER: replace(SAID, id=OTHER.id)}
        )
        (task,) = diff.added
        assert (task.mark.prompt, diff.changed) == (FOX, ())

    run(use(path, back))


@pytest.mark.parametrize("typed", ["prompt:fox", "prompt:红狐", "prompt:RED", "雪中红狐", "snow"])
def test_that_a_prompt_is_found_by_its_field_and_by_plain_words(
    run: Drive[Any], path: Path, typed: str
) -> None:
    async def find(store: Store) -> int:
        await fill(store)
        return len(
            await store.read(listing.order, ListQuery(terms=parse(typed).terms), store.clock())
        )

    assert run(use(path, find)) == 1


def test_that_history_says_that_a_prompt_changed_and_not_to_what(
    run: Drive[Any], path: Path
) -> None:
    async def edit(store: Store) -> None:
        await fill(store)
        await store.write(
            tables.change,
            {KEY: lambda task: replace(task, mark=replace(task.mark, prompt="a cat"))},
            NOW + 1,
        )
        events = await store.read(tables.events, KEY)
        assert ("prompt", "", "edited") in [(e.what, e.old, e.new) for e in events]
        assert not any("cat" in e.new or "fox" in e.old for e in events)

    run(use(path, edit))


def test_that_forgotten_prompts_are_in_no_file_any_more(run: Drive[Any], path: Path) -> None:
    def secret(task: Task) -> Task:
        return replace(task, mark=replace(task.mark, prompt="quince-zeppelin 龘靐齉爩"))

    async def tell(store: Store) -> None:
        await fill(store)
        removed = Key(ARK.id, "cgt-gone")
        await store.write(
            tables.add, [removed], NOW, said={removed: Incoming("cgt-gone", "quince-zeppelin two")}
        )
        await store.write(tables.remove, [removed], NOW)
        said = answer(
            Status.SUCCEEDED,
            revised_prompt="quince-zeppelin three",
            raw='{"prompt": "quince-zeppelin four"}',
        )
        await store.write(tables.change, {KEY: said}, NOW + 1)
        await store.write(tables.change, {KEY: secret}, NOW + 2)

    async def next_day(store: Store) -> None:
        await store.write(
            tables.change, {OTHER: lambda task: replace(task, seen=True)}, NOW + 86_400
        )

    async def look(store: Store) -> None:
        diff = await store.forget_prompts(NOW + 9)
        assert [task.key for task in diff.changed] == [KEY]
        task = await _only(store)
        assert (task.mark.prompt, task.mark.references, task.mark.name) == ("", (), "hero")
        assert not await store.read(
            listing.order, ListQuery(terms=(Term("quince"),)), store.clock()
        )
        assert await store.read(tables.raw, KEY) == ""

    run(use(path, tell))
    run(use(path, next_day, NOW + 86_400))
    assert b"quince-zeppelin" in _bytes(path)
    assert any(b"quince" in each.read_bytes() for each in (path.parent / "backups").iterdir())
    run(use(path, look, NOW + 86_400))
    assert b"quince-zeppelin" not in _bytes(path)
    assert "靐齉爩".encode() not in _bytes(path)  # nor a piece, as the index of words has them
    (copy,) = (path.parent / "backups").iterdir()
    assert copy.stat().st_size

    async def back(store: Store) -> None:
        (task,) = (await store.write(tables.restore, [Key(ARK.id, "cgt-gone")], NOW + 10)).added
        assert task.mark.prompt == ""

    run(use(path, back, NOW + 86_400))


def _bytes(path: Path) -> bytes:
    """All that lies beside the list."""
    return b"".join(each.read_bytes() for each in path.parent.rglob("*") if each.is_file())


def test_that_forgetting_while_the_list_is_looked_at_leaves_no_old_page(
    run: Drive[Any], path: Path
) -> None:
    async def both(store: Store) -> None:
        await fill(store)
        await store.write(
            tables.change,
            {KEY: lambda t: replace(t, mark=replace(t.mark, prompt="quince-zeppelin"))},
            NOW,
        )
        await store.read(listing.order, ListQuery(terms=(Term("quince"),)), store.clock())
        await store.read(listing.tasks, [1, 2])
        await store.forget_prompts(NOW)
        assert b"quince-zeppelin" not in _bytes(path)

    run(use(path, both))


def test_that_a_task_that_is_anothers_brings_its_prompt_there(run: Drive[Any], path: Path) -> None:
    async def move(store: Store) -> None:
        await fill(store)
        await store.write(tables.put_account, RONG)
        there = Key(RONG.id, KEY.id)
        await store.write(tables.add, [there], NOW, said={there: Incoming(KEY.id, name="mine")})
        await store.write(tables.move, KEY, RONG.id, NOW + 1)
        mark = (await _only(store, there)).mark
        assert (mark.name, mark.prompt, mark.references) == ("mine", FOX, SAID.references)

    run(use(path, move))
