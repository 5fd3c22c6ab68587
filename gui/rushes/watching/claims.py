"""Never two looks at one task at once."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from rushes.core.task import Key


class Claims:
    """Who is looked at right now.

    Attributes:
        busy: Their keys.
    """

    def __init__(self) -> None:
        self.busy: set[Key] = set()
        self._released = asyncio.Event()

    @asynccontextmanager
    async def on(self, keys: Collection[Key]) -> AsyncIterator[None]:
        """Wait until nobody else looks at these, then keep others from it."""
        wanted = set(keys)
        while self.busy & wanted:
            await self._released.wait()
        self.busy |= wanted
        try:
            yield
        finally:
            self.busy -= wanted
            self._released.set()
            self._released = asyncio.Event()
