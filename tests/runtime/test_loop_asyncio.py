"""asyncio's own tests on the program's loop: timers, cancellation, sockets, processes, streams.

They come with Python (its package `test`), in the version that is installed.
"""

import asyncio
import contextvars
import re
import socket
import sys
import threading
import unittest
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from rushes.runtime.loop import new_loop
from tests.conftest import Drive

pytest.importorskip("test.test_asyncio", reason="this Python comes without its own tests")


def suites() -> dict[str, type[unittest.TestCase]]:
    """Those that run on the loop that `asyncio.Runner` makes."""
    from test.test_asyncio import test_locks, test_queues, test_taskgroups, test_timeouts  # type: ignore[import-not-found]

    kinds = {
        "timeouts": test_timeouts.TimeoutTests,
        "task groups": test_taskgroups.TestTaskGroup,
        "queue": test_queues.QueueGetTests,
        "queue, putting": test_queues.QueuePutTests,
        "locks": test_locks.LockTests,
        "events": test_locks.EventTests,
        "conditions": test_locks.ConditionTests,
        "semaphores": test_locks.SemaphoreTests,
        "barriers": test_locks.BarrierTests,
    }

    def current(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
        """As the runner does with a loop that it makes itself: some tests ask for it."""
        asyncio.set_event_loop(loop)
        return loop

    def on_our_loop(kind: Any) -> Any:
        class OnQt(kind):  # type: ignore[misc]
            def _setupAsyncioRunner(self) -> None:
                app = QApplication.instance()
                assert isinstance(app, QApplication)
                self._asyncioRunner = asyncio.Runner(loop_factory=lambda: current(new_loop(app)))

            def _tearDownAsyncioRunner(self) -> None:
                super()._tearDownAsyncioRunner()
                asyncio.set_event_loop(None)

        OnQt.__name__ = kind.__name__
        return OnQt

    return {name: on_our_loop(kind) for name, kind in kinds.items()}


_OF_A_PROCESS = re.compile(r"^Unknown child process pid \d+|that handles pid \d+ is closed$")


def outcome(kind: type[unittest.TestCase]) -> tuple[int, list[str]]:
    """How many ran, and what went wrong."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(kind).run(result)
    wrong = [f"{case}: {told}" for case, told in (*result.failures, *result.errors)]
    return result.testsRun, wrong


@pytest.mark.parametrize("name", suites())
def test_that_asyncios_own_tests_pass(name: str, qapp: QApplication) -> None:
    ran, wrong = outcome(suites()[name])
    assert wrong == []
    assert ran >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="selectors are for sockets only there")
def test_that_asyncios_own_tests_of_sockets_pass(qapp: QApplication) -> None:
    from test.test_asyncio import test_sock_lowlevel

    class OnQt(test_sock_lowlevel.BaseSockTestsMixin, unittest.TestCase):  # type: ignore[misc]
        loop: asyncio.AbstractEventLoop

        def create_event_loop(self) -> asyncio.AbstractEventLoop:
            return new_loop(qapp)

        def set_event_loop(self, loop: asyncio.AbstractEventLoop) -> None:
            asyncio.set_event_loop(loop)

        def tearDown(self) -> None:
            self.loop.close()
            asyncio.set_event_loop(None)

    ran, wrong = outcome(OnQt)
    assert wrong == []
    assert ran >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="some of them need Unix sockets")
def test_that_asyncios_own_tests_of_streams_and_processes_pass(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    from test.test_asyncio import test_streams, test_subprocess, utils

    class OnQt(utils.TestCase):  # type: ignore[misc]
        def setUp(self) -> None:
            utils.TestCase.setUp(self)
            self.loop = new_loop(qapp)
            self.set_event_loop(self.loop)

    class Streams(OnQt, test_streams.StreamTests):  # type: ignore[misc]
        pass

    class Processes(OnQt, test_subprocess.SubprocessMixin):  # type: ignore[misc]
        # They sleep for a second each.
        test_kill_issue43884 = test_read_stdout_after_process_exit = None

        def setUp(self) -> None:
            super().setUp()
            asyncio.set_event_loop(self.loop)

    for kind, least in ((Streams, 40), (Processes, 15)):
        ran, wrong = outcome(kind)
        assert wrong == []
        assert ran >= least
    # asyncio's transports look after a process that has just ended before its watcher does.
    others = [each for each in caplog.messages if not _OF_A_PROCESS.search(each)]
    assert others == []


def test_that_a_process_is_run_and_its_words_are_read(drive: Drive[Any]) -> None:
    async def work() -> tuple[int, bytes]:
        echo = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(3)"
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", echo, stdin=pipe, stdout=pipe
        )
        out, _ = await process.communicate(b"abc" * 100_000)
        assert process.returncode is not None
        return process.returncode, out

    assert drive(work()) == (3, b"ABC" * 100_000)


def test_that_a_reader_can_be_given_a_context(drive: Drive[Any]) -> None:
    """As asyncio of Python 3.15 does."""
    name = contextvars.ContextVar("name", default="none")

    async def work() -> str:
        loop: Any = asyncio.get_running_loop()
        read: asyncio.Future[str] = loop.create_future()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            context = contextvars.copy_context()
            context.run(name.set, "given")
            loop._add_reader(ours, lambda: read.set_result(name.get()), context=context)
            theirs.send(b"x")
            told = await read
            loop.remove_reader(ours)
        return told

    assert drive(work()) == "given"


def test_that_a_loop_can_be_closed_with_something_still_to_come(qapp: QApplication) -> None:
    called: list[int] = []
    loop = new_loop(qapp)
    loop.run_until_complete(asyncio.sleep(0))
    loop.call_later(0.01, called.append, 1)
    loop.call_later(60.0, called.append, 2)
    loop.close()  # a runner runs it once more first
    qapp.processEvents()
    threading.Event().wait(0.03)
    qapp.processEvents()
    assert called == []
