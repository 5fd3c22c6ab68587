"""Which route of a gateway answers for its tasks (contract 8, 11).

A gateway of an unknown kind is asked at every route until one answers; that one is remembered. A
gateway that restarts answers like one without the route, so the route is only doubted after ten
minutes of that, and others are tried once an hour at most.
"""

import asyncio
from collections.abc import Callable

from rushes.core.failure import Failure, Kind

#: So long the route that answered may stumble before others are tried (seconds at speed 1).
DOUBTED_AFTER_S = 600.0
#: From one search for a route to the next, once one was known.
SEARCHES_S = 3600.0


class Routes:
    """Args:
    seconds: Turns policy into the loop's seconds.

    Attributes:
        seconds: As given.
        known: The number of the route that answered for a task last; None: none has so far.
        search: Held while routes are tried: one search at a time.
        tried: How many searches have ended.
        failure: What the last search came to, if no route answered.
    """

    def __init__(self, seconds: Callable[[float], float]) -> None:
        self.seconds = seconds
        self.known: int | None = None
        self.search = asyncio.Lock()
        self.tried = 0
        self.failure: Failure | None = None
        self._bad_since: float | None = None
        self._searched_at = float("-inf")
        self._is_open = False

    def answered(self, number: int) -> None:
        """This route told something about a task."""
        self.known, self._bad_since = number, None

    def heard(self, failure: Failure, now: float) -> bool:
        """The known route gave no task. Returns whether others are to be tried now."""
        if failure.kind is not Kind.NOT_API:
            self._bad_since, self._is_open = None, False
            return False
        if self._bad_since is None:
            self._bad_since = now
        if self._is_open:
            self._is_open = False
            return True
        doubted = now - self._bad_since >= self.seconds(DOUBTED_AFTER_S)
        if not doubted or now - self._searched_at < self.seconds(SEARCHES_S):
            return False
        self._searched_at = now
        return True

    def greeted(self) -> None:
        """Another route was answered in the gateway's own words, without a key: the next task may
        look for it."""
        self._is_open = True
