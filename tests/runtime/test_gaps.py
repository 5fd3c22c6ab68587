"""The gap monitor names what keeps the loop from answering, and nothing else."""

import asyncio
import gc
import logging
import threading
import time
from typing import Any

import pytest

from rushes.runtime.loop import Gap, GapMonitor
from tests.conftest import Drive


def dawdle(seconds: float) -> None:
    time.sleep(seconds)


def watched(work: Any, *, longest_s: float = 0.05) -> Any:
    """Run `work()` under a monitor; gives the gaps it told of."""

    async def under_a_monitor() -> list[Gap]:
        told: list[Gap] = []
        monitor = GapMonitor(longest_s=longest_s, tell=told.append)
        monitor.start()
        try:
            await asyncio.sleep(0.02)
            await work()
            for _ in range(40 if longest_s < 1.0 else 1):  # it may be told late on a busy machine
                await asyncio.sleep(0.05)
                if told:
                    break
        finally:
            monitor.stop()
        return told

    return under_a_monitor()


def test_that_a_blocking_function_is_named_with_its_line(drive: Drive[Any]) -> None:
    async def work() -> None:
        dawdle(0.2)

    told = drive(watched(work))

    named = [gap for gap in told if any(frame.endswith(" dawdle") for frame in gap.frames)]
    assert named, told
    assert named[0].frames[0].startswith("test_gaps.py:")


def test_that_a_loop_that_answers_in_time_is_not_complained_about(run: Drive[Any]) -> None:
    async def work() -> None:
        for _ in range(20):
            await asyncio.sleep(0.001)

    assert run(watched(work, longest_s=5.0)) == []


def test_that_time_spent_collecting_garbage_is_said() -> None:
    monitor = GapMonitor()
    gap = Gap(0.12, ("ui/table.py:3 paint", "app.py:9 main"), 0.1, 0.11)

    assert str(gap) == (
        "the event loop did not answer for 120 ms, at work for 110 ms, "
        "collecting garbage for 100 ms: ui/table.py:3 paint < app.py:9 main"
    )
    assert "garbage" not in str(Gap(0.12, (), 0.0))
    monitor.stop()  # never started: nothing to stop


def test_that_a_gap_is_logged_when_nobody_else_is_told(
    run: Drive[Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        monitor = GapMonitor(longest_s=0.05)
        monitor.start()
        for _ in range(20):  # a busy machine may wake the watching thread late
            await asyncio.sleep(0.02)
            dawdle(0.2)
            await asyncio.sleep(0.05)
            if "dawdle" in caplog.text:
                break
        monitor.stop()

    with caplog.at_level(logging.WARNING, "rushes.runtime.loop"):
        run(work())

    assert "dawdle" in caplog.text


def test_that_a_stopped_monitor_leaves_neither_thread_nor_hook(run: Drive[Any]) -> None:
    hooks = list(gc.callbacks)

    async def work() -> None:
        await asyncio.sleep(0)

    run(watched(work))

    assert gc.callbacks == hooks
    assert "gap monitor" not in {thread.name for thread in threading.enumerate()}
