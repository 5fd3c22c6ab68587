"""The window on the list: what a user sees first.

It needs Qt's widgets and the store, nothing else. Network, player and dialogs are loaded after the
rows have been painted (`app`); what needs them is switched off until they are there
(`MainWindow.set_ready`).
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, count, islice
from typing import Any

from PySide6.QtCore import QEvent, QObject

from rushes.backend.workspace import Workspace
from rushes.controllers.close_handler import CloseHandler
from rushes.controllers.saved_views import SavedViewsController
from rushes.controllers.settings_controller import SettingsController
from rushes.controllers.status_presenter import StatusPresenter
from rushes.core.account import Account
from rushes.core.failure import Failure
from rushes.core.grouping import GroupBy
from rushes.core.listing import Band, Counts, ListQuery
from rushes.core.task import Diff, Key
from rushes.presentation.sentences import Action, Sentence, action_label, list_damaged, sentence
from rushes.presentation.take import row_spoken
from rushes.presentation.text import tr
from rushes.store import Store, StoreError, listing, tables
from rushes.system.scope import CoroutineScope
from rushes.ui.list.task_table import FIRST_ROWS, Keys, TaskTable
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.view_stack import GALLERY
from rushes.ui.window.window_state import Announcer, WindowState

#: Tasks whose details are read at once: those to be selected, those in memory. The others as they
#: come into sight.
_READ_AT_ONCE = 500

#: Rows of a tall window: it appears with them, and the others follow.
_ON_SCREEN = 50

Work = Callable[..., Coroutine[Any, Any, None]]


log = logging.getLogger(__name__)

#: A slow disk: a window without rows is better than none.
_LONG_S = 0.5
#: A window that is started minimised is never painted: then the rest is loaded all the same.
_PATIENCE_S = 1.0


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
        window.content.view_changed.connect(self._need_bands)

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
            if not first_rows:  # what stays may have changed without a word
                table.take(await store.read(listing.tasks, self._kept()))
            if wanted.group_by is not GroupBy.NOTHING:
                groups = await store.read(listing.groups, wanted, now)
                order = await store.read(listing.order, wanted, now)
                table.show_order(question, order, whole=True, groups=groups)
                return
            bands: tuple[Band, ...] = ()
            if self._window.content.view == GALLERY:
                east_s = time.localtime(now).tm_gmtoff
                bands = await store.read(listing.bands, wanted, now, east_s)
            if first_rows:
                top, is_all = await store.read(listing.top, wanted, now, FIRST_ROWS)
                if top or is_all:
                    table.take(await store.read(listing.tasks, top[:_ON_SCREEN]))
                    table.show_order(question, top, whole=is_all, bands=bands)
                if is_all:
                    return
            order = await store.read(listing.order, wanted, now)
            table.show_order(question, order, whole=True, bands=bands)
        except StoreError:
            table.order_failed(question)
            raise

    def _kept(self) -> list[int]:
        """The numbers of tasks in memory, those on the screen first, as far as they are read at
        once."""
        rows, order = self._window.table.rows, self._window.table.rows.order
        seen = (order[row] for row in self._window.content.visible_rows if row < len(order))
        kept = dict.fromkeys(num for num in chain(seen, rows.known) if num in rows.known)
        return list(islice(kept, _READ_AT_ONCE))

    def _need_bands(self, view: str) -> None:
        """The gallery says of which days its rows are."""
        if view == GALLERY and not self._window.table.rows.bands:
            self._window.table.refresh()

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


class ListController:
    """Shows the list, says what went wrong, and owns the work that the user asks for.

    Attributes:
        accounts: By their ids, as they were last read.
        remedies: What is done by the button of a message, given the id of the account that the
            message is about, or "". A message whose action is not in here has no button.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.accounts: dict[str, Account] = {}
        self.remedies: dict[Action, Callable[[str], object]] = {}
        self.scope = CoroutineScope("window", self._on_bug)
        self._numbers = itertools.count()
        self.window = window = MainWindow(clock=workspace.clock)
        self.settings = SettingsController(window, workspace.settings, str(workspace.places.files))
        self.status = StatusPresenter(window, workspace.clock, self.refresh)
        self._feed = ListFeed(
            window, workspace.store, self.scope, self.complain, self.status.set_counts
        )
        self.saved_views = saved = SavedViewsController(window, self.settings)
        saved.counts_wanted.connect(lambda them: self._feed.count_views(them, saved.set_counts))
        self.status.counted.connect(saved.count_soon)
        self.state = WindowState(window)
        self.closing = CloseHandler(window, self.status, self.settings)
        self._announcer = Announcer(window)
        window.tasks.empty.action_requested.connect(self._do_next_step)
        self.remedies[Action.CLEAR_FILTER] = lambda _: window.toolbar.set_search("")

    async def show(self, *, notes: bool = True) -> None:
        """Show the window with the first rows in it; empty where they are long in coming.

        Args:
            notes: Whether it is told what happened at the start of the program.
        """
        first_rows = asyncio.Event()
        self.window.table.rows_changed.connect(first_rows.set)
        self.state.restore(self.workspace.settings.window)
        self.refresh()  # read by a thread of its own, while the accounts are
        await self.reload_accounts()
        for note in self.workspace.notes if notes else ():
            self.window.show_notice(note)
        self.workspace.store.on_damage(lambda: self.window.show_notice(list_damaged()))
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONG_S):
                await first_rows.wait()
        self.window.show()

    async def painted(self) -> None:
        """Until the first rows are on the screen, or none will come."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await _Painted(self.window.table).wait()

    async def aclose(self) -> None:
        """Wait for everything the user asked for."""
        await self.scope.aclose()

    # --- the list -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for rows and counts anew: at the start, or after more changed than can be told."""
        self.window.table.refresh()
        self._feed.count()

    def apply(self, diff: Diff) -> None:
        """Bring list, counts and status up to date with a commit."""
        table = self.window.table
        current = table.current_key()
        before = table.task(current) if current else None
        self.window.apply(diff)
        self._feed.count()
        after = table.task(current) if current else None
        if before and after and (before.status, before.kept) != (after.status, after.kept):
            self._announcer.say(row_spoken(after, table.context))

    async def reload_accounts(self) -> None:
        self.accounts = {each.id: each for each in await self.workspace.store.read(tables.accounts)}
        self.settings.accounts = self.accounts
        accounts = tuple(self.accounts.values())
        self.window.set_accounts(accounts)
        self.status.set_accounts(accounts)

    # --- work and messages ----------------------------------------------------------------

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Carry out what the user asked for. A `Failure` it returns or meets is told in the
        message bar."""
        started = self.scope.start(f"work {next(self._numbers)}", self._guarded(work))
        if started is None:
            work.close()
        else:  # it may be cancelled before its first step
            started.add_done_callback(lambda _: work.close())

    async def _guarded(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            result = await work
        except StoreError as e:
            result = e.failure
        if isinstance(result, Failure):
            self.complain(result)

    def complain(self, failure: Failure, *, replace: str = "work", about: str = "") -> None:
        """Say in one sentence what went wrong, with the button that helps.

        Args:
            about: The id of the account concerned.
        """
        self.show_sentence(sentence(failure), subject=replace, about=about)

    def show_sentence(
        self,
        told: Sentence,
        *,
        subject: str,
        about: str = "",
        kind: str = "error",
        remedy: Callable[[], object] | None = None,
    ) -> None:
        """Args:
        remedy: What the button does, instead of what is in `remedies`.
        """
        button = None
        if told.action is not None:
            if remedy is None and (known := self.remedies.get(told.action)):
                remedy = partial(known, about)
            if remedy is not None:
                button = (action_label(told.action), remedy)
        self.window.show_message(told.text, kind=kind, action=button, replace=subject)

    def _do_next_step(self, action: Action) -> None:
        """The button of the empty page."""
        self.remedies[action]("")

    def _on_bug(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)
        told = tr("Something went wrong inside Rushes; tasks and files are safe. See the log.")
        self.window.show_message(told, kind="error", replace="bug")


class _Painted(QObject):
    """Watches for the paint that shows rows, or that there are none."""

    def __init__(self, table: TaskTable) -> None:
        super().__init__(table)
        self._table = table
        self._is_done = asyncio.Event()

    async def wait(self) -> None:
        view = self._table.viewport()
        view.installEventFilter(self)
        self._table.rows_changed.connect(self._end_if_empty)
        try:
            await self._is_done.wait()
            await asyncio.sleep(0)  # the paint itself comes behind this filter
        finally:
            view.removeEventFilter(self)
            self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and self._table.has_visible_rows:
            self._is_done.set()
        return super().eventFilter(watched, event)

    def _end_if_empty(self) -> None:
        if self._table.is_filled and not self._table.row_count:
            self._is_done.set()
