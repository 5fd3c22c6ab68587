"""Threads that nobody waits for: neither the loop, nor the program."""

import asyncio
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest

from rushes.system import threads
from rushes.system.threads import DaemonThreads, Watchdog
from tests.conftest import Drive
from tests.patience import LIMIT_S

SOON_S = 5.0


def test_that_work_is_done_in_as_many_threads_as_it_needs_and_no_more() -> None:
    made, barrier = DaemonThreads(most=3), threading.Barrier(3)
    jobs = [made.submit(barrier.wait, SOON_S) for _ in range(3)]
    assert sorted(job.result(SOON_S) for job in jobs) == [0, 1, 2]
    names = {made.submit(threading.get_ident).result(SOON_S) for _ in range(20)}
    assert len(names) <= 3
    made.shutdown()


def test_that_an_error_reaches_whoever_asked() -> None:
    made = DaemonThreads()
    with pytest.raises(ZeroDivisionError):
        made.submit(lambda: 1 // 0).result(SOON_S)
    made.shutdown()
    with pytest.raises(RuntimeError):
        made.submit(print)


def test_that_what_was_cancelled_before_its_turn_is_not_begun() -> None:
    made, go = DaemonThreads(most=1), threading.Event()
    first, second = made.submit(go.wait, SOON_S), made.submit(pytest.fail, "it was begun")
    assert second.cancel()
    assert made.is_busy
    go.set()
    assert first.result(SOON_S)
    assert made.submit(int).result(SOON_S) == 0
    made.shutdown()


def test_that_a_loop_is_closed_while_its_threads_hang(drive: Drive[None]) -> None:
    go = threading.Event()

    async def work() -> None:
        asyncio.get_running_loop().run_in_executor(None, go.wait)

    began = time.monotonic()
    threads.run(work())
    drive(work())
    assert time.monotonic() - began < SOON_S
    assert threads.are_busy()
    go.set()


HANGS = """
import asyncio, sys, threading
from rushes.system import threads
async def work():
    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    print("begun")
threads.run(work())
assert threads.are_busy()
"""
OVERDUE = """
import threading
from rushes.system.threads import Deadline
print("begun")
one = Deadline(0.1)
one.begin()
one.begin()
threading.Event().wait()
"""


@pytest.mark.parametrize(
    ("code", "end"), [(HANGS, 0), (HANGS + "threads.exit_now(7)", 7), (OVERDUE, 0)]
)
def test_that_a_process_ends_though_something_hangs(code: str, end: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (end, "begun\n", "")


def test_that_an_end_in_time_is_not_cut_short() -> None:
    one = threads.Deadline(0.05)
    one.begin()
    one.cancel()
    for timer in threading.enumerate():
        if isinstance(timer, threading.Timer):
            timer.join(SOON_S)
            assert not timer.is_alive()


# who waits for a drive


async def held(watchdog: Watchdog, gate: threading.Event) -> None:
    with pytest.raises(TimeoutError):
        await watchdog.ask("nas", lambda _: gate.wait())


def test_that_a_place_that_did_not_answer_is_left_alone_until_it_answers(run: Drive[Any]) -> None:
    async def work() -> None:
        gate, watchdog = threading.Event(), Watchdog(0.05)
        await held(watchdog, gate)
        with pytest.raises(TimeoutError):
            await watchdog.ask("nas", lambda _: 1)
        assert await watchdog.ask("here", lambda _: 2) == 2
        gate.set()
        async with asyncio.timeout(SOON_S):
            while True:  # it comes from a thread
                with suppress(TimeoutError):
                    assert await watchdog.ask("nas", lambda _: 3) == 3
                    return
                await asyncio.sleep(0.01)

    run(work())


def test_that_a_place_is_tried_again_though_the_first_call_never_ends(run: Drive[Any]) -> None:
    """A share that is mounted anew answers, whatever hangs in the old one. Each time it does not,
    it is left alone twice as long."""
    now_s = 0.0

    async def work() -> None:
        nonlocal now_s
        gate, watchdog = threading.Event(), Watchdog(0.05, lambda: now_s)
        await held(watchdog, gate)
        now_s = 11.0
        await held(watchdog, gate)
        now_s = 22.0
        with pytest.raises(TimeoutError):
            await watchdog.ask("nas", lambda _: 3)
        now_s = 33.0
        assert await watchdog.ask("nas", lambda _: 3) == 3
        gate.set()

    run(work())


def test_that_slow_steps_are_waited_for(run: Drive[Any]) -> None:
    gate = threading.Event()

    def steps(beat: Any) -> str:
        for _ in range(5):
            gate.wait(0.15)
            beat()
        return "all"

    assert run(Watchdog(0.3).ask("slow", steps)) == "all"


def test_that_an_error_is_the_callers(run: Drive[Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        run(threads.in_thread(lambda: 1 // 0, "mine"))


def test_that_the_end_of_the_program_waits_for_nobody() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGING],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
    assert time.monotonic() - began < 20


HANGING = """
import asyncio, threading
from rushes.system.threads import Watchdog
async def main():
    try:
        await Watchdog(0.1).ask("nas", lambda _: threading.Event().wait())
    except TimeoutError:
        print("left")
asyncio.run(main())
"""
