"""The program's loop keeps asyncio's promises, and leaves nothing behind."""

import asyncio
import contextvars
import threading
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rushes.runtime.loop import new_loop
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


def test_that_time_limits_that_were_not_reached_are_let_go(drive: Drive[Any]) -> None:
    async def work() -> int:
        loop = asyncio.get_running_loop()
        handles = list[weakref.ref[asyncio.TimerHandle]]()
        for _ in range(10_000):
            handle = loop.call_later(60.0, print)
            handle.cancel()
            handles.append(weakref.ref(handle))
        return sum(handle() is not None for handle in handles)

    assert drive(work()) <= 202


@pytest.mark.parametrize("seconds", [1e7, 1e12, float("inf")])
def test_that_what_is_due_in_months_keeps_nothing_else_from_its_time(
    seconds: float, drive: Drive[Any]
) -> None:
    """A timer of Qt counts no more than 25 days."""

    async def work() -> list[str]:
        loop, ran = asyncio.get_running_loop(), list[str]()
        far = loop.call_later(seconds, ran.append, "far")
        assert far.when() >= loop.time() + seconds - 1
        loop.call_later(0.01, ran.append, "near")
        await asyncio.sleep(0.02)
        far.cancel()
        return ran

    assert drive(work()) == ["near"]


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


def test_that_a_loop_inside_a_task_loses_nothing_for_others(drive: Drive[Any]) -> None:
    async def work() -> list[str]:
        loop, ran, woken = asyncio.get_running_loop(), list[str](), asyncio.Event()

        async def other() -> None:
            await woken.wait()
            ran.append("other")

        waiting = asyncio.ensure_future(other())
        await asyncio.sleep(0)
        woken.set()
        loop.call_later(0.005, ran.append, "later")
        inner = QEventLoop()
        QTimer.singleShot(40, inner.quit)
        inner.exec()
        ran.append("closed")
        await asyncio.wait_for(waiting, 5)
        await asyncio.sleep(0.01)
        return ran

    assert drive(work()) == ["closed", "other", "later"]


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


def test_that_what_a_thread_adds_comes_in_its_turn_and_in_its_context(drive: Drive[Any]) -> None:
    name = contextvars.ContextVar("name", default="none")

    async def work() -> list[str]:
        loop, ran, done = asyncio.get_running_loop(), list[str](), asyncio.Event()

        def in_thread() -> None:
            name.set("thread")
            loop.call_soon_threadsafe(lambda: ran.append(name.get()))
            loop.call_soon_threadsafe(ran.append, "cancelled").cancel()

        thread = threading.Thread(target=in_thread)
        thread.start()
        thread.join()
        loop.call_soon(ran.append, "after")
        loop.call_soon(done.set)
        await done.wait()
        return ran

    assert drive(work()) == ["thread", "after"]


def test_that_a_thread_is_told_when_the_loop_is_closed(qapp: QApplication) -> None:
    loop = new_loop(qapp)
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon_threadsafe(print)


def test_that_callbacks_run_after_one_that_was_interrupted(drive: Drive[Any], qtbot: QtBot) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    async def work() -> None:
        loop = asyncio.get_running_loop()
        wakes_it_again = loop.call_later(3.0, print)
        loop.call_soon(interrupted)
        await asyncio.sleep(0)
        assert loop.time() < wakes_it_again.when()
        wakes_it_again.cancel()

    with qtbot.captureExceptions() as raised:
        drive(work())
    assert [kind for kind, *_ in raised] == [KeyboardInterrupt]
