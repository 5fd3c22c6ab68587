"""Threads for work that may never end: a file on a drive that does not answer, a pipe.

Such a call cannot be interrupted. asyncio's own executor is waited for when its loop is closed, and
once more when the interpreter ends, so one such file would keep the program from ending for ever.
These threads are daemons: whoever asked for the work goes on waiting only as long as he likes.

`DaemonThreads` is the executor of our loops, `Watchdog` asks drives, `BackgroundLoop` is an event
loop in a thread of its own, and `Deadline` ends the process when nothing else does.
"""

import asyncio
import logging
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NoReturn, ParamSpec, TypeVar

from rushes.system import memory

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


async def in_thread(work: Callable[[], T], name: str) -> T:
    """The result of a blocking call in a daemon thread of its own, however long it takes."""
    done, thread = _begin(work, name)
    try:
        return await done
    finally:
        if not done.cancelled():
            thread.join()  # it has answered; a loop of Qt must not be freed in its hands


def _begin(work: Callable[[], T], name: str) -> "tuple[asyncio.Future[T], threading.Thread]":
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    # An error that comes after its caller has gone is nobody's.
    done.add_done_callback(lambda done: done.cancelled() or done.exception())

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # nobody waits any more
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # T may be None itself

    def body() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as e:  # noqa: BLE001 - it is the caller's
            error = e
        with suppress(RuntimeError):  # the loop has ended in the meantime
            loop.call_soon_threadsafe(settle, result, error)

    thread = threading.Thread(target=body, name=name, daemon=True)
    thread.start()
    return done, thread


# --- drives that may not answer ----------------------------------------------------------------

#: Said by the work after each of its steps: it is slow, but it goes on.
Beat = Callable[[], None]

#: A single step of a working drive is over by then (seconds).
LIMIT_S = 1.5

#: A place that did not answer is left alone for so long, each time twice as long (seconds).
_REST_S, _LONGEST_REST_S = 10.0, 600.0


class Watchdog:
    """Runs blocking calls; where a place does not answer, nobody waits for it a second time."""

    def __init__(
        self, limit_s: float = LIMIT_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit_s = limit_s
        self._monotonic = monotonic
        self._silent: dict[str, tuple[float, float]] = {}  # by place: until when, for how long

    async def ask(
        self, place: str, work: Callable[[Beat], T], *, limit_s: float | None = None
    ) -> T:
        """The result of `work`, which says after each step that it goes on.

        Args:
            place: What does not answer if a step does not end: a folder, or a mounted disk.
            limit_s: For a step, instead of the usual one.

        Raises:
            TimeoutError: it does not answer, or has not answered just now.
        """
        until, rested_s = self._silent.get(place, (0.0, 0.0))
        if self._monotonic() < until:
            raise TimeoutError(f"{place} does not answer")
        beats = 0

        def beat() -> None:
            nonlocal beats
            beats += 1

        done, _ = _begin(lambda: work(beat), "watched")
        while True:
            before = beats
            await asyncio.wait([done], timeout=limit_s or self._limit_s)
            if done.done():
                self._silent.pop(place, None)
                return done.result()
            if beats == before:
                self._rest(place, rested_s, done)
                raise TimeoutError(f"{place} does not answer")

    def _rest(self, place: str, rested_s: float, done: "asyncio.Future[T]") -> None:
        rest_s = min(max(_REST_S, 2 * rested_s), _LONGEST_REST_S)
        told = (self._monotonic() + rest_s, rest_s)
        self._silent[place] = told

        def answers_again(_: object) -> None:
            if self._silent.get(place) is told:
                del self._silent[place]

        done.add_done_callback(answers_again)


# --- an event loop beside the window's ---------------------------------------------------------

Work = Callable[[], Coroutine[Any, Any, T]]


class BackgroundLoop:
    """An event loop in a thread; begins with the first `run`, ends with `aclose`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    async def run(self, work: Work[T]) -> T:
        """Await `work()` over there. Cancelled here, it is cancelled there and waited for."""
        here, there = asyncio.get_running_loop(), self._begun()
        ended: asyncio.Future[T] = here.create_future()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = there.create_task(work(), name=self._name)
            task.add_done_callback(lambda done: here.call_soon_threadsafe(_pass_on, done, ended))
            begun.append(task)

        there.call_soon_threadsafe(begin)
        try:
            return await asyncio.shield(ended)
        except asyncio.CancelledError:
            there.call_soon_threadsafe(lambda: begun[0].cancel())
            await asyncio.wait([ended])
            if not ended.cancelled():
                ended.exception()  # looked at: what is cancelled has nobody to tell
            raise

    async def aclose(self, last: Work[object]) -> None:
        """Await `last()` over there, then end the loop and the thread."""
        if self._thread is None:
            return
        await self.run(last)
        assert self._loop is not None
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._thread = None

    def _begun(self) -> asyncio.AbstractEventLoop:
        if self._thread is None:
            ready = threading.Event()
            self._thread = threading.Thread(
                target=lambda: run(self._live(ready)), name=self._name, daemon=True
            )
            self._thread.start()
            ready.wait()
        assert self._loop is not None
        return self._loop

    async def _live(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        memory.keep_little()
        ready.set()
        await self._end.wait()


def _pass_on(done: "asyncio.Task[T]", ended: "asyncio.Future[T]") -> None:
    if done.cancelled():
        ended.cancel()
    elif (error := done.exception()) is not None:
        ended.set_exception(error)
    else:
        ended.set_result(done.result())


# --- the end of the process ---------------------------------------------------------------------


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
        last = threading.Timer(0.1, exit_now, (0,))  # the log may lie on the drive that hangs
        last.daemon = True
        last.start()
        log.info("the end took too long and was not waited for")


def exit_now(code: int) -> NoReturn:
    """End the process here and now, without taking the interpreter apart: with threads that hang it
    could not be. Everything that must be on disk is there already."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # nobody reads, or there is none
            stream.flush()
    os._exit(code)
