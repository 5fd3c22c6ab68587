"""What the user did to rows can be taken back, step by step."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rushes.backend.backend import Backend
from rushes.controllers.main_controller import MainController, Undo
from rushes.core.account import Account, Service
from rushes.core.task import Key, Mark, Pick, Report, Status
from rushes.options import Options
from rushes.store import tables
from rushes.ui.widgets import review
from tests.conftest import Drive
from tests.controllers.desks import until
from tests.controllers.test_id_watch import Use as At
from tests.controllers.test_id_watch import at_desk  # noqa: F401 - a fixture
from tests.controllers.test_moves import library

KEYS = [Key("a", f"task-{number}") for number in range(3)]
Work = Callable[[Backend, Undo], Awaitable[None]]
Use = Callable[[Work], None]


@pytest.fixture
def use(run: Drive[Any], base_dir: Path) -> Use:
    """Run work on a backend with three tasks in its list."""

    async def whole(work: Work) -> None:
        backend = await Backend.open(Options(base_dir=base_dir), lambda _: None, watch=False)
        try:
            account = Account(id="a", name="A", service=Service.ARK, base_url="https://h.invalid")
            await backend.store.write(tables.put_account, account)
            await backend.store.write(tables.add, KEYS, 1.0)
            await work(backend, Undo(backend))
        finally:
            await backend.aclose()

    return lambda work: run(whole(work))


async def found(backend: Backend) -> list[Mark]:
    return [task.mark for task in await backend.store.read(tables.get, KEYS)]


def test_that_a_mark_of_many_rows_goes_back_to_what_each_had(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await backend.mark(KEYS[:1], review.rated(2))
        before = await found(backend)
        await undo.mark(KEYS, review.rated(5))
        assert [mark.rating for mark in await found(backend)] == [5, 5, 5]
        assert set(await undo.undo()) == set(KEYS)
        assert await found(backend) == before

    use(work)


def test_that_a_take_is_new_no_more_once_it_was_rated_or_chosen(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        ended = partial(replace, report=Report(id="task", status=Status.SUCCEEDED))
        await backend.store.write(tables.change, dict.fromkeys(KEYS[:2], ended), 2.0)
        await undo.mark(KEYS[1:], review.rated(4))
        await undo.mark(KEYS, review.noted("a note says nothing"))
        tasks = await backend.store.read(tables.get, KEYS)
        assert [task.seen for task in tasks] == [False, True, False]  # the last one still runs

    use(work)


def test_that_steps_are_taken_back_newest_first(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS[:1], review.picked(Pick.PICK))
        await undo.mark(KEYS[:1], review.noted("good"))
        await undo.mark(KEYS[:1], review.named("hero"))
        await undo.undo()
        assert (await found(backend))[0] == Mark(pick=Pick.PICK, note="good")
        await undo.undo()
        assert (await found(backend))[0] == Mark(pick=Pick.PICK)
        await undo.undo()
        assert (await found(backend))[0] == Mark()
        assert await undo.undo() == ()

    use(work)


def test_that_what_was_changed_elsewhere_since_then_stays(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS[:1], lambda mark: replace(mark, rating=4, note="mine"))
        await backend.mark(KEYS[:1], review.noted("theirs"))
        await undo.undo()
        assert (await found(backend))[0] == Mark(note="theirs")

    use(work)


def test_that_removed_rows_come_back_with_their_marks(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS[:1], review.rated(3))
        assert set(await undo.remove(KEYS)) == set(KEYS)
        assert await found(backend) == []
        assert set(await undo.undo()) == set(KEYS)
        assert (await found(backend))[0].rating == 3

    use(work)


def test_that_what_changes_nothing_is_no_step(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS, review.rated(0))
        await undo.remove([Key("a", "nobody")])
        assert len(undo) == 0

    use(work)


def test_that_a_prompt_is_edited_and_taken_back_like_a_name_until_it_is_forgotten(
    use: Use,
) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS[:1], lambda mark: replace(mark, prompt="a fox"))
        await undo.mark(KEYS[:1], lambda mark: replace(mark, prompt="a cat"))
        await undo.undo()
        assert [mark.prompt for mark in await found(backend)] == ["a fox", "", ""]
        await undo.remove(KEYS[1:2])
        undo.forget_reviews()
        await backend.forget_prompts()
        assert await undo.undo() == (KEYS[1],)  # what has no prompt in it can be taken back
        assert await undo.undo() == ()
        assert [mark.prompt for mark in await found(backend)] == ["", "", ""]

    use(work)


def test_that_what_was_taken_back_is_done_again_until_something_else_is_done(
    use: Use,
) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        await undo.mark(KEYS[:1], review.rated(5))
        await undo.remove(KEYS[1:2])
        assert await undo.undo() == (KEYS[1],)
        assert await undo.undo() == (KEYS[0],)
        assert await undo.redo() == (KEYS[0],)
        assert (await found(backend))[0].rating == 5
        assert await undo.redo() == ()  # removed again: there is no row to select
        assert await undo.undo() == (KEYS[1],)
        await undo.mark(KEYS[:1], review.rated(1))
        assert not undo.can_redo
        assert await undo.redo() == ()
        heard: list[str] = []
        undo.note(lambda: heard.append("back"), lambda: heard.append("again"))
        await undo.undo()
        await undo.redo()
        undo.note(lambda: heard.append("back for good"))
        await undo.undo()
        assert not undo.can_redo
        assert heard == ["back", "again", "back for good"]

    use(work)


def test_that_what_was_done_in_the_window_of_another_language_can_be_undone(use: Use) -> None:
    async def work(backend: Backend, undo: Undo) -> None:
        acted: list[str] = []
        await undo.mark(KEYS[:1], review.rated(5))
        undo.note(lambda: acted.append("in a window that is gone"))
        await undo.remove(KEYS[1:2])
        await undo.undo()
        later = Undo(backend)
        later.take_over(undo)
        assert await later.redo() == ()
        assert KEYS[1] not in {task.key for task in await backend.store.read(tables.tasks)}
        assert await later.undo() == (KEYS[1],)
        assert await later.undo() == (KEYS[0],)
        assert await later.undo() == ()
        assert acted == []

    use(work)


def test_that_more_than_the_undone_rows_stay_selected(at_desk: At, tmp_path: Path) -> None:  # noqa: F811
    async def work(desk: MainController) -> None:
        keys, _, _ = await library(desk, tmp_path)
        desk.window.select(keys)
        await until(lambda: set(desk.window.selected_keys()) == set(keys))
        await desk.undo.mark(keys[:1], review.rated(3))  # as in compare
        await desk.take_back()
        assert set(desk.window.selected_keys()) == set(keys)
        desk.window.select(keys[1:])
        await until(lambda: desk.window.selected_keys() == keys[1:])
        desk.window.commands["redo"].trigger()  # of what is not selected
        await until(lambda: desk.window.selected_keys() == keys[:1])

    at_desk(work)
