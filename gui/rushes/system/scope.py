"""Owned background work: nothing outlives the scope that started it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any


class CoroutineScope:
    """Background work that must not outlive its owner (an account, the program).

    Unlike asyncio.TaskGroup, one failing child does not stop its siblings: pollers of
    different accounts are independent. A child's exception goes to `on_error`, once.
    """

    def __init__(self, owner: str, on_error: Callable[[str, BaseException], None]) -> None:
        self._owner = owner
        self._on_error = on_error
        self._named: dict[str, asyncio.Task[Any]] = {}
        self._live: set[asyncio.Task[Any]] = set()  # those just replaced included
        self._closed = False

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        """Run `work` under `name`; a running child of that name is cancelled first.

        Returns what runs; None once the scope is closed.
        """
        if self._closed:
            work.close()  # otherwise: "coroutine was never awaited"
            return None
        if before := self._named.pop(name, None):
            before.cancel()
        task = asyncio.get_running_loop().create_task(work, name=f"{self._owner}/{name}")
        self._named[name] = task
        self._live.add(task)
        task.add_done_callback(lambda done: self._finished(name, done))
        return task

    def _finished(self, name: str, done: asyncio.Task[Any]) -> None:
        self._live.discard(done)
        if self._named.get(name) is done:
            del self._named[name]
        if not done.cancelled() and (error := done.exception()) is not None:
            self._on_error(name, error)

    async def cancel(self, name: str) -> None:
        """Cancel the child of that name, if there is one, and wait for its end."""
        if task := self._named.pop(name, None):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def idle(self, names: Iterable[str] | None = None) -> None:
        """Wait until what runs now has ended, however it ends; with `names` only those."""
        named = self._named
        work = self._live if names is None else {named[name] for name in names if name in named}
        if work:
            await asyncio.wait(work)  # who stops waiting leaves the work alone

    async def aclose(self) -> None:
        """Cancel every child and wait until each has run its `finally` blocks."""
        self._closed = True
        for child in self._named.values():  # replaced ones are cancelled already: once is enough
            child.cancel()
        self._named.clear()
        await asyncio.gather(*self._live, return_exceptions=True)
