"""Downloads on an event loop of their own, in a thread of their own.

A body that comes at hundreds of megabytes a second keeps the loop that reads it busy without a
pause, and the window's loop must answer at any moment (measured: 20 to 90 ms of waiting on the
window's loop, for two thirds of the speed).
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rushes.core.failure import Failure
from rushes.core.ports import Downloader, Order, SavedFile
from rushes.system import threads

#: A block of memory that is taken and given back once, in bytes. From then on glibc keeps up to
#: twice as much for the next chunk of a body instead of giving each back to the system and asking
#: for it again, which took a third of the time of a download (mallopt(3), M_MMAP_THRESHOLD).
_KEPT_BYTES = 8 * 2**20

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, T]]


class SideLoop:
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
                target=lambda: threads.run(self._live(ready)), name=self._name, daemon=True
            )
            self._thread.start()
            ready.wait()
        assert self._loop is not None
        return self._loop

    async def _live(self, ready: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        bytearray(_KEPT_BYTES)
        ready.set()
        await self._end.wait()


class AsideDownloader:
    """`core.ports.Downloader`: another one's work, done on a `SideLoop`."""

    def __init__(self, downloader: Downloader, side: SideLoop) -> None:
        self._downloader = downloader
        self._side = side

    async def fetch(
        self, order: Order, report: Callable[[int, int | None], None]
    ) -> SavedFile | Failure:
        here = asyncio.get_running_loop()

        def tell(received: int, total: int | None) -> None:
            here.call_soon_threadsafe(report, received, total)

        return await self._side.run(lambda: self._downloader.fetch(order, tell))


def _pass_on(done: "asyncio.Task[T]", ended: "asyncio.Future[T]") -> None:
    if done.cancelled():
        ended.cancel()
    elif (error := done.exception()) is not None:
        ended.set_exception(error)
    else:
        ended.set_result(done.result())
