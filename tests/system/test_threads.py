"""Threads that nobody waits for: neither the loop, nor the program."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from rushes.system import threads
from rushes.system.threads import DaemonThreads
from tests.conftest import Drive

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
    ("code", "end"), [(HANGS, 0), (HANGS + "threads.leave(7)", 7), (OVERDUE, 0)]
)
def test_that_a_process_ends_though_something_hangs(code: str, end: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (end, "begun\n", "")


def test_that_an_end_in_time_is_not_cut_short() -> None:
    one = threads.Deadline(0.05)
    one.begin()
    one.cancel()
    one._timer.join(SOON_S)
    assert not one._timer.is_alive()
