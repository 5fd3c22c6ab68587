"""Owned background work."""

import asyncio
from typing import Any

from rushes.system.scope import CoroutineScope
from tests.conftest import Drive


def test_that_closing_waits_for_the_last_words_of_each_child(run: Drive[Any]) -> None:
    said: list[str] = []

    async def child(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            said.append(name)

    async def work() -> None:
        scope = CoroutineScope("test", lambda name, error: said.append(f"{name}: {error!r}"))
        scope.start("a", child("first"))
        scope.start("b", child("second"))
        await asyncio.sleep(0)
        scope.start("a", child("third"))
        await asyncio.sleep(0)
        await scope.aclose()
        assert sorted(said) == ["first", "second", "third"]

    run(work())


def test_that_a_failing_child_is_told_once_and_leaves_its_siblings_alone(run: Drive[Any]) -> None:
    told: list[tuple[str, str]] = []

    async def bad() -> None:
        raise ValueError("bug")

    async def work() -> None:
        scope = CoroutineScope("test", lambda name, error: told.append((name, str(error))))
        going_on = asyncio.Event()
        scope.start("good", going_on.wait())
        scope.start("bad", bad())
        await asyncio.sleep(0.01)
        assert told == [("bad", "bug")]
        going_on.set()
        await asyncio.sleep(0.01)
        await scope.aclose()
        assert told == [("bad", "bug")]

    run(work())


def test_that_one_child_can_be_cancelled_by_its_name(run: Drive[Any]) -> None:
    ended: list[str] = []

    async def child(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async def work() -> None:
        scope = CoroutineScope("test", lambda name, error: None)
        scope.start("a", child("a"))
        scope.start("b", child("b"))
        await asyncio.sleep(0)
        await scope.cancel("a")
        await scope.cancel("unknown")
        assert ended == ["a"]
        await scope.aclose()

    run(work())


def test_that_nothing_starts_after_the_end(run: Drive[Any]) -> None:
    started: list[str] = []

    async def child() -> None:
        started.append("late")

    async def work() -> None:
        scope = CoroutineScope("test", lambda name, error: None)
        await scope.aclose()
        scope.start("late", child())
        await asyncio.sleep(0.01)
        assert started == []

    run(work())


def test_that_who_hands_work_over_learns_what_runs_and_whether_anything_does(
    run: Drive[Any],
) -> None:
    async def nothing() -> None:
        pass

    async def work() -> None:
        scope = CoroutineScope("owner", lambda name, error: None)
        started = scope.start("one", nothing())
        assert started is not None
        await started
        await scope.aclose()
        assert scope.start("two", nothing()) is None

    run(work())


def test_that_who_no_longer_waits_for_a_child_leaves_it_alone(run: Drive[Any]) -> None:
    async def work() -> None:
        scope = CoroutineScope("test", lambda name, error: None)
        going_on = asyncio.Event()
        child = scope.start("key", going_on.wait())
        waiting = asyncio.ensure_future(scope.idle(["key", "unknown"]))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert child is not None
        assert not child.done()
        going_on.set()
        await scope.idle(["key"])
        assert child.done()
        assert not child.cancelled()
        await scope.idle(["unknown"])
        await scope.aclose()

    run(work())
