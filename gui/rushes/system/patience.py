"""Blocking calls that may never come back: a drive that is dead, a share whose server is gone.

Such a call cannot be interrupted. It runs in a daemon thread of its own, so that neither the loop
nor the end of the program ever waits for it, as both would for a thread of the loop's executor.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
#: Said by the work after each of its steps: it is slow, but it goes on.
Beat = Callable[[], None]

#: A single step of a working drive is over by then (seconds).
LIMIT_S = 1.5

#: A place that did not answer is left alone for so long, each time twice as long (seconds).
_REST_S, _LONGEST_REST_S = 10.0, 600.0


class Patience:
    """Runs blocking calls; where a place does not answer, nobody waits for it a second time."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
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
        if time.monotonic() < until:
            raise TimeoutError(f"{place} does not answer")
        beats = 0

        def beat() -> None:
            nonlocal beats
            beats += 1

        done = self._begin(lambda: work(beat))
        while True:
            before = beats
            await asyncio.wait([done], timeout=limit_s or self._limit_s)
            if done.done():
                self._silent.pop(place, None)
                return done.result()
            if beats == before:
                self._leave_alone(place, rested_s, done)
                raise TimeoutError(f"{place} does not answer")

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, however long it takes."""
        return await self._begin(work)

    def _leave_alone(self, place: str, rested_s: float, done: "asyncio.Future[T]") -> None:
        rest_s = min(max(_REST_S, 2 * rested_s), _LONGEST_REST_S)
        told = (time.monotonic() + rest_s, rest_s)
        self._silent[place] = told

        def answers_again(_: object) -> None:
            if self._silent.get(place) is told:
                del self._silent[place]

        done.add_done_callback(answers_again)

    def _begin(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        done.add_done_callback(_look_at)

        def settle(result: T | None, error: BaseException | None) -> None:
            if done.cancelled():
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
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(settle, result, error)

        threading.Thread(target=body, name="patience", daemon=True).start()
        return done


def _look_at(done: "asyncio.Future[T]") -> None:
    """An error that comes after its caller has gone is nobody's."""
    if not done.cancelled():
        done.exception()
