"""Brings the table what it asks the store for. The newest question wins; none waits in a queue."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from PySide6.QtCore import QObject

from rushes.core.failure import Failure
from rushes.core.grouping import GroupBy
from rushes.core.listing import Counts, ListQuery
from rushes.core.task import Key
from rushes.store import Store, StoreError, listing
from rushes.system.scope import CoroutineScope
from rushes.ui.list.task_table import FIRST_ROWS, Keys
from rushes.ui.window.main_window import MainWindow

#: Tasks to be selected whose details are read at once; the others as they come into sight.
_READ_AT_ONCE = 500

#: Rows of a tall window: it appears with them, and the others follow.
_ON_SCREEN = 50

Work = Callable[..., Coroutine[Any, Any, None]]


class ListFeed(QObject):
    """Answers what the table asks, and counts.

    Args:
        scope: Owns the work.
        complain: Tells the user when the store cannot be read.
        show_counts: Takes the counts that were asked for by `count`.
    """

    def __init__(
        self,
        window: MainWindow,
        store: Store,
        scope: CoroutineScope,
        complain: Callable[[Failure], object],
        show_counts: Callable[[Counts], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._scope = scope
        self._complain = complain
        self._show_counts = show_counts
        self._number = count()
        self._is_counting = self._count_again = False
        table = window.table
        table.order_wanted.connect(partial(self._start, "order", self._order))
        table.rows.rows_wanted.connect(partial(self._start, "", self._rows))
        table.keys_wanted.connect(partial(self._start, "", self._keys))
        table.places_wanted.connect(partial(self._start, "places", self._places))
        window.toolbar.search.entered.connect(partial(self._start, "words", self._words))

    def _start(
        self, name: str, work: Callable[..., Coroutine[Any, Any, None]], *asked: Any
    ) -> None:
        """Run `work`; one of the same name that still runs is given up. "": beside all others."""
        self._scope.start(f"list: {name or next(self._number)}", self._guarded(work, *asked))

    async def _guarded(self, work: Work, *asked: Any) -> None:
        try:
            await work(*asked)
        except StoreError as e:
            self._complain(e.failure)

    async def _order(self, wanted: ListQuery, question: int, first_rows: bool) -> None:
        table, store, now = self._window.table, self._store, self._store.clock()
        try:
            if wanted.group_by is not GroupBy.NOTHING:
                groups = await store.read(listing.groups, wanted, now)
                order = await store.read(listing.order, wanted, now)
                table.show_order(question, order, whole=True, groups=groups)
                return
            if first_rows:
                top, is_all = await store.read(listing.top, wanted, now, FIRST_ROWS)
                if top or is_all:
                    table.take(await store.read(listing.tasks, top[:_ON_SCREEN]))
                    table.show_order(question, top, whole=is_all)
                if is_all:
                    return
            order = await store.read(listing.order, wanted, now)
            table.show_order(question, order, whole=True)
        except StoreError:
            table.order_failed(question)
            raise

    async def _rows(self, nums: Sequence[int]) -> None:
        try:
            self._window.table.take(await self._store.read(listing.tasks, nums))
        except StoreError:
            self._window.table.take_failed()
            raise

    async def _keys(self, nums: Sequence[int], then: Keys) -> None:
        then(list(await self._store.read(listing.keys, nums)))

    async def _places(self, keys: Sequence[Key]) -> None:
        places = await self._store.read(listing.locate, keys)
        rows = await self._store.read(listing.tasks, list(places.values())[:_READ_AT_ONCE])
        self._window.table.take_places(places, rows)

    async def _words(self) -> None:
        """The values that the search can complete."""
        self._window.toolbar.set_words(await self._store.read(listing.words_in_use))

    def count_views(
        self, wanted: Mapping[str, ListQuery], then: Callable[[Mapping[str, int]], object]
    ) -> None:
        """How many tasks there are of each of these, by name."""

        async def work() -> None:
            store = self._store
            counted = {
                name: await store.read(listing.count, each, store.clock())
                for name, each in wanted.items()
            }
            then(counted)

        self._start("view counts", work)

    def count(self) -> None:
        """Count once more when the count that runs has ended, however often that was asked."""
        if self._is_counting:
            self._count_again = True
            return
        self._is_counting = True
        self._start("counts", self._counts)

    async def _counts(self) -> None:
        try:
            self._count_again = True
            while self._count_again:
                self._count_again = False
                self._show_counts(await self._store.read(listing.counts, self._store.clock()))
        finally:
            self._is_counting = False
