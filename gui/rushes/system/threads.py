"""Threads for work that may never end: a file on a drive that does not answer, a pipe.

asyncio's own executor is waited for when its loop is closed, and once more when the interpreter
ends, so one such file would keep the program from ending for ever. These threads are daemons:
whoever asked for the work goes on waiting only as long as he likes.
"""

import asyncio
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NoReturn, ParamSpec, TypeVar

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

#: More at once than ordinary work needs: some of them may hang.
MOST = 32

_Job = Callable[[], None]


_all: "weakref.WeakSet[DaemonThreads]" = weakref.WeakSet()


class DaemonThreads(ThreadPoolExecutor):
    """For `loop.set_default_executor`, which asks for this base class; nothing of it is used."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__(max_workers=most)
        self._most = most
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._begun = 0
        self._open = 0  # jobs handed in that have not ended
        self._ended = False
        _all.add(self)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """As `concurrent.futures.Executor`. Raises RuntimeError after `shutdown`."""
        job: Future[T] = Future()

        def work() -> None:
            if job.set_running_or_notify_cancel():
                try:
                    job.set_result(fn(*args, **kwargs))
                except BaseException as e:  # noqa: BLE001 - whoever asked is told
                    job.set_exception(e)

        with self._guard:
            if self._ended:
                raise RuntimeError("no work is taken any more")
            self._open += 1
            if self._begun < min(self._open, self._most):
                self._begun += 1
                threading.Thread(target=self._live, name="aside", daemon=True).start()
        self._jobs.put(work)
        return job

    @property
    def is_busy(self) -> bool:
        """Whether something that was begun has not ended."""
        return self._open > 0

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """Take nothing more. What runs is not waited for, whatever the arguments say."""
        with self._guard:
            self._ended = True
            for _ in range(self._begun):
                self._jobs.put(None)

    def _live(self) -> None:
        while (work := self._jobs.get()) is not None:
            work()
            del work  # what it holds goes now, not with the next one
            with self._guard:
                self._open -= 1


def are_busy() -> bool:
    """Whether something that was begun in any of these threads has not ended."""
    return any(each.is_busy for each in _all)


def new_loop() -> asyncio.AbstractEventLoop:
    """A plain event loop that is closed at once, whatever its threads do."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(DaemonThreads())
    return loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, on such a loop."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


class Deadline:
    """Ends the process with 0 when an orderly end takes too long.

    What must not be lost is on disk at any moment (a kill loses nothing), so nobody has to wait
    for a drive or a driver that does not answer.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._over)
        self._timer.daemon = True
        self._is_begun = False

    def begin(self) -> None:
        """Count from now on, if it does not count yet."""
        if not self._is_begun:
            self._is_begun = True
            self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _over(self) -> None:
        last = threading.Timer(0.1, leave, (0,))  # the log may lie on the drive that hangs
        last.daemon = True
        last.start()
        log.info("the end took too long and was not waited for")


def leave(code: int) -> NoReturn:
    """End the process here and now, without taking the interpreter apart: with threads that hang it
    could not be. Everything that must be on disk is there already."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # nobody reads, or there is none
            stream.flush()
    os._exit(code)
