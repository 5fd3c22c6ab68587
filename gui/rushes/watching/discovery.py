"""Which pages of an account's list to read for tasks that were made elsewhere. No clock, no sleep.

The order of the list is nobody's promise (contract, trap 15), so a pass reads all of it; rows that
are byte for byte as they were cost next to nothing.
"""

from collections import deque
from collections.abc import Callable

from rushes.core.wire import Page, Request

#: From one pass to the next, in seconds; a long list rests so many times as long as it took.
PASS_EVERY_S = 60.0
_REST = 4.0


class Discovery:
    """Reads the list again and again, a page at a time.

    Args:
        recent: The requests for a page, from 1: one a tier (`Provider.recent`).
        seconds: Turns policy into the loop's seconds.

    Attributes:
        next_at: When the next page is due (the loop's time).
        known: Ids by the prints of the rows that were read.
    """

    def __init__(
        self, recent: Callable[[int], tuple[Request, ...]], seconds: Callable[[float], float]
    ) -> None:
        self._recent = recent
        self._seconds = seconds
        self._count = len(recent(1))
        self.next_at = float("-inf")
        self.known: dict[int, str] = {}
        self._read: dict[int, str] = {}  # in this pass: who is gone is forgotten with the last one
        self._began_at: float | None = None
        self._tiers = deque(range(self._count))
        self._page, self._rows = 1, 0

    def request(self, now: float) -> Request:
        """The next page; its answer goes to `took` or `failed`."""
        if self._began_at is None:
            self._began_at = now
        return self._recent(self._page)[self._tiers[0]]

    def took(self, page: Page, now: float) -> None:
        self._read.update((print_, id_) for id_, print_ in page.prints.items())
        self._page, self._rows = self._page + 1, self._rows + page.rows
        if page.rows == 0 or page.total is None or self._rows >= page.total:
            self._tiers.popleft()
            self._page, self._rows = 1, 0
        self.next_at = now
        if not self._tiers:
            self._end_pass(now)

    def _end_pass(self, now: float) -> None:
        lasted = now - (now if self._began_at is None else self._began_at)
        self.next_at = now + max(self._seconds(PASS_EVERY_S), _REST * lasted)
        self._began_at = None
        self._tiers = deque(range(self._count))
        self.known, self._read = self._read, {}

    def failed(self, now: float) -> None:
        """The same page again, later."""
        self.next_at = now + self._seconds(PASS_EVERY_S)
