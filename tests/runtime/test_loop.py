"""The program's loop keeps asyncio's promises, and leaves nothing behind."""

import asyncio
import threading
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from rushes.runtime.loop import Callbacks
from tests.conftest import Drive


def test_that_callbacks_run_in_the_order_of_their_time(drive: Drive[Any]) -> None:
    async def work() -> list[str]:
        loop, ran, done = asyncio.get_running_loop(), list[str](), asyncio.Event()
        loop.call_later(0.03, ran.append, "third")
        loop.call_later(0.01, ran.append, "second")
        loop.call_soon(ran.append, "first")
        loop.call_later(0.05, done.set)
        await done.wait()
        return ran

    assert drive(work()) == ["first", "second", "third"]


def test_that_nothing_runs_before_its_time(drive: Drive[Any]) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        for seconds in (0.0, 0.0004, 0.003, 0.02):
            began = loop.time()
            await asyncio.sleep(seconds)
            assert loop.time() - began >= seconds

    drive(work())


def test_that_a_cancelled_callback_does_not_run(drive: Drive[Any]) -> None:
    async def work() -> list[str]:
        loop, ran = asyncio.get_running_loop(), list[str]()
        for handle in (loop.call_soon(ran.append, "a"), loop.call_later(0.001, ran.append, "b")):
            handle.cancel()
        await asyncio.sleep(0.01)
        return ran

    assert drive(work()) == []


def test_that_what_a_callback_adds_waits_for_the_next_turn(drive: Drive[Any]) -> None:
    async def work() -> list[int]:
        loop, ran = asyncio.get_running_loop(), list[int]()

        def again(n: int) -> None:
            ran.append(n)
            if n < 3:
                loop.call_soon(again, n + 1)
                loop.call_soon(ran.append, 10 + n)

        again(0)
        await asyncio.sleep(0.01)
        return ran

    assert drive(work()) == [0, 1, 10, 2, 11, 3, 12]


def test_that_time_limits_that_were_not_reached_are_let_go(qapp: Any) -> None:
    callbacks = Callbacks()
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        for _ in range(10_000):
            handle = asyncio.Handle(print, (), loop)
            callbacks.add_callback(handle, 60.0)
            handle.cancel()
    assert len(callbacks._later) <= 201
    callbacks.stop()


def test_that_others_go_on_while_a_callback_runs_a_loop_of_its_own(drive: Drive[Any]) -> None:
    async def work() -> list[str]:
        loop, ran, done = asyncio.get_running_loop(), list[str](), asyncio.Event()

        def dialog() -> None:
            inner = QEventLoop()
            loop.call_later(0.01, ran.append, "later")
            QTimer.singleShot(40, inner.quit)
            inner.exec()
            ran.append("closed")
            done.set()

        loop.call_soon(dialog)
        loop.call_soon(ran.append, "soon")
        await done.wait()
        return ran

    assert drive(work()) == ["soon", "later", "closed"]


def test_that_a_thread_can_wake_it(drive: Drive[Any]) -> None:
    async def work() -> str:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[str] = loop.create_future()
        thread = threading.Thread(
            target=lambda: loop.call_soon_threadsafe(told.set_result, "from the thread")
        )
        thread.start()
        answer = await told
        thread.join()
        return answer

    assert drive(work()) == "from the thread"


def test_that_a_raising_callback_is_reported_and_the_others_still_run(drive: Drive[Any]) -> None:
    async def work() -> list[str]:
        loop, seen = asyncio.get_running_loop(), list[str]()
        loop.set_exception_handler(
            lambda _, context: seen.append(type(context["exception"]).__name__)
        )
        loop.call_soon(lambda: 1 // 0)
        loop.call_soon(seen.append, "after")
        await asyncio.sleep(0.01)
        return seen

    assert drive(work()) == ["ZeroDivisionError", "after"]
