"""Which pages of an account's list are read: for tasks we know (`ListScan`), and for tasks that
were made elsewhere (`Discovery`). No clock, no sleep.
"""

from collections import deque
from collections.abc import Callable, Iterable, MutableMapping

from rushes.core.wire import ListPage, Provider, RemoteList, Request, Wanted

#: From one pass of `Discovery` to the next, in seconds; a long list rests so many times as long as
#: it took.
PASS_EVERY_S = 60.0
_REST = 4.0


class ListScan:
    """One pass over the lists: hands out requests until every wanted task was seen or is known to
    be absent.

    The provider says which lists are cheapest by what is known; the pages that come back may show
    that they are not (a history of thousands), and then the rest is asked for by ids.

    Args:
        lengths: Of the lists by name, as they were last; kept up to date.

    Attributes:
        missing: Who was not seen yet; at the end, who stands in no list.
    """

    def __init__(
        self,
        provider: Provider,
        base_path: str,
        wanted: Iterable[Wanted],
        lengths: MutableMapping[str, int],
    ) -> None:
        self._provider = provider
        self._path = base_path
        self._lengths = lengths
        self._tiers = deque(provider.tiers)
        self._plan: deque[RemoteList] = deque()
        self._asked: set[str] = set()  # by id, in the tier at hand
        self._is_planned = False
        self._page = 0
        self._rows = 0
        self.missing = {one.id: one for one in wanted}

    def request(self) -> Request | None:
        """The request whose page `took` wants next; None at the end."""
        while self.missing and self._tiers:
            while self._plan:
                if any(task_id in self.missing for task_id in self._plan[0].ids):
                    return self._plan[0].page(self._page + 1)
                self._next_list()
            if not self._make_plan():
                self._tiers.popleft()
                self._is_planned, self._asked = False, set()
        return None

    def took(self, page: ListPage) -> None:
        """What came back for the last request."""
        for report in page.reports:
            self.missing.pop(report.id, None)
        for task_id in page.same:
            self.missing.pop(task_id, None)
        listing = self._plan[0]
        self._page += 1
        self._rows += page.rows
        if listing.is_exact:
            self._asked.update(listing.ids)
        elif page.total is not None:
            self._lengths[listing.name] = page.total
        if listing.is_exact or self._is_done(page) or self._is_dear(page, listing):
            self._next_list()

    def _next_list(self) -> None:
        self._plan.popleft()
        self._page = self._rows = 0

    def _is_done(self, page: ListPage) -> bool:
        return page.rows == 0 or (page.total is not None and self._rows >= page.total)

    def _is_dear(self, page: ListPage, listing: RemoteList) -> bool:
        """Whether asking by ids would take fewer requests than the pages that are left."""
        if page.total is None:
            return False
        left = [self.missing[each] for each in listing.ids if each in self.missing]
        pages = -(-(page.total - self._rows) // page.rows)
        return pages > len(self._lists(left, None))

    def _make_plan(self) -> bool:
        """The cheapest lists of this tier first; then who stood in none of them, by ids."""
        tier = self._tiers[0]
        left = [
            one
            for one in self.missing.values()
            if one.id not in self._asked
            and (one.tier == tier or one.tier not in self._provider.tiers)
        ]
        self._plan = deque(self._lists(left, None if self._is_planned else self._lengths))
        self._is_planned = True
        return bool(self._plan)

    def _lists(
        self, wanted: list[Wanted], lengths: MutableMapping[str, int] | None
    ) -> tuple[RemoteList, ...]:
        assert self._provider.many is not None  # goes with a list to scan
        return self._provider.many(self._path, self._tiers[0], wanted, lengths) if wanted else ()


class Discovery:
    """Reads all of the list again and again, a page at a time.

    The order of the list is nobody's promise (contract, trap 15), so a pass reads all of it; rows
    that are byte for byte as they were cost next to nothing.

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

    def took(self, page: ListPage, now: float) -> None:
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
