"""The one gate all requests of an account pass through.

Libraries for this (aiolimiter, pyrate-limiter) allow bursts up to the rate and read the clock
themselves. A burst after a wake from sleep is just what must not happen, so requests are spaced.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rushes.core.pace import Limits
from rushes.core.ports import Clock, Sleep


class Limiter:
    """Spaces single requests and list requests of one account, each sort by its own gap.

    Args:
        in_flight: Shared by all accounts with the same origin.
        clock: Monotonic seconds.
        speed: See `Options.speed`.
    """

    def __init__(
        self,
        limits: Limits,
        in_flight: asyncio.Semaphore,
        *,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        speed: float = 1.0,
    ) -> None:
        self._gaps = {False: limits.get_gap_s / speed, True: limits.list_gap_s / speed}
        self._free_at = {False: float("-inf"), True: float("-inf")}
        self._in_flight = in_flight
        self._clock = clock
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, *, is_list: bool = False) -> AsyncIterator[None]:
        """Wait for this request's turn; leave when its answer is there."""
        # The place is taken first and the time after it: the other way round, requests that
        # waited for a place would leave it in a burst.
        async with self._in_flight:
            now = self._clock()
            start = max(now, self._free_at[is_list])
            self._free_at[is_list] = start + self._gaps[is_list]
            if start > now:
                await self._sleep(start - now)
            yield
