"""One pass over an account's lists that sees all wanted tasks, a page at a time. No sleep.

The provider says which lists are cheapest by what is known; the pages that come back may show
that they are not (a history of thousands), and then the rest is asked for by ids.
"""

from collections import deque
from collections.abc import Iterable, MutableMapping

from rushes.core.wire import Listing, Page, Provider, Request, Wanted


class Sweep:
    """Hands out requests until every wanted task was seen or is known to be absent.

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
        self._plan: deque[Listing] = deque()
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

    def took(self, page: Page) -> None:
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

    def _is_done(self, page: Page) -> bool:
        return page.rows == 0 or (page.total is not None and self._rows >= page.total)

    def _is_dear(self, page: Page, listing: Listing) -> bool:
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
    ) -> tuple[Listing, ...]:
        assert self._provider.many is not None  # goes with a list to sweep
        return self._provider.many(self._path, self._tiers[0], wanted, lengths) if wanted else ()
