"""Brings the usage page its figures, and its takes back into the list; and the sums of the
selection to status line and inspector."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from rushes.controllers.export_file import ask_where, tell, tell_unwritten
from rushes.controllers.main_controller import MainController
from rushes.core.account import OwnPrice
from rushes.core.failure import Failure
from rushes.core.usage import UsageChoice, UsageQuery
from rushes.presentation.text import tr
from rushes.presentation.usage import csv_of
from rushes.store import usage
from rushes.store.used import local_day
from rushes.system.disk import failure_of, write_whole
from rushes.ui.usage.usage_page import UsagePage
from rushes.ui.window.view_stack import LIST, USAGE

#: Tasks change in bursts: figures follow them so often (milliseconds).
_PAUSE_MS = 1000
#: A selection grows by many rows while the pointer is drawn over them.
_SELECTING_MS = 100


class UsageController(QObject):
    """The sums are made by the store; those of the page only while it is shown."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main, self._window = main, main.window
        self._content = main.window.content
        self._is_joined = False
        self._number = 0
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._follow)
        self._summing = QTimer(self, singleShot=True, interval=_SELECTING_MS)
        self._summing.timeout.connect(lambda: main.do(self._sum_up()))
        self._window.table.selection_changed.connect(lambda _: self._selection_changed())
        self._content.view_changed.connect(self._turned)
        self._window.table.order_wanted.connect(lambda *_: self._ask())
        main.tasks_changed.connect(lambda _: self._ask_later())
        main.list.settings.prices_changed.connect(lambda them: main.do(self._set_prices(them)))
        for timer in (self._later, self._summing):
            main.ending.connect(timer.stop)
        self._selection_changed()

    @property
    def _page(self) -> UsagePage:
        return self._content.usage

    def _turned(self, view: str) -> None:
        if view != USAGE:
            return
        if not self._is_joined:
            self._is_joined = True
            self._page.asked.connect(self._ask)
            self._page.chosen.connect(lambda choice: self._main.do(self._select(choice)))
            self._page.export_wanted.connect(self._ask_export)
        self._ask()

    def _ask_later(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _follow(self) -> None:
        self._ask()
        self._summing.start()

    def _selection_changed(self) -> None:
        self._main.inspector.show_sums(None)  # those were of other takes
        if not self._summing.isActive():
            self._summing.start()

    async def _set_prices(self, prices: Mapping[str, Sequence[OwnPrice]]) -> None:
        """What takes cost is counted anew, those in the list included."""
        await self._main.backend.set_prices(prices)
        await self._main.reload_accounts()
        self._main.inspector.set_accounts(self._main.accounts)
        self._main.list.refresh()
        self._follow()

    async def _sum_up(self) -> None:
        """Sums of several takes; one has its own figures."""
        table, sums = self._window.table, None
        nums = table.selected_numbers()
        if len(nums) > 1:
            sums = await self._main.backend.store.read(usage.of_numbers, nums)
        if nums == table.selected_numbers():  # else they are asked for again
            self._main.list.status.set_selected(sums)
            self._main.inspector.show_sums(sums)

    def _ask(self) -> None:
        if self._content.is_counting:
            self._main.do(self._show())

    def _query(self) -> UsageQuery:
        page, listing = self._page, self._window.table.listing
        today = local_day(self._main.backend.store.clock())
        days = page.range_days
        return UsageQuery(
            scope=listing.scope,
            terms=listing.terms,
            since=None if days is None else today - days + 1,
            until=today,
            stack_by=page.stack_by,
            measure=page.chosen_measure,
        )

    async def _show(self) -> None:
        self._number += 1
        number, store = self._number, self._main.backend.store
        found = await store.read(usage.usage, self._query(), store.clock())
        if number == self._number:  # else there is a newer question
            self._page.show_usage(found, self._main.accounts)

    async def _select(self, choice: UsageChoice) -> None:
        store, shown = self._main.backend.store, self._page.usage
        if shown is None:
            return
        keys = await store.read(usage.chosen, shown.query, choice, store.clock())
        if not keys:
            told = tr("These takes are not in the list any more.")
            self._window.show_message(told, replace="usage", timeout_s=6)
            return
        self._content.show_view(LIST)
        self._window.select(keys)
        if len(keys) == usage.MOST_CHOSEN:
            told = tr("The newest {count} of these takes are selected.", count=len(keys))
            self._window.show_message(told, replace="usage", timeout_s=6)

    def _ask_export(self) -> None:
        def then(path: Path) -> None:
            self._main.do(self.export(path))

        ask_where(self._main, tr("Export"), "usage", [("CSV", "csv")], then)

    async def export(self, path: Path) -> Failure | None:
        """Write the table to `path`."""
        if self._page.usage is None:
            return None
        text = csv_of(self._page.usage, self._main.accounts)
        try:
            await asyncio.to_thread(write_whole, path, text.encode("utf-8-sig", "replace"))
        except OSError as e:
            return tell_unwritten(self._main, failure_of(e), path)
        tell(self._main, tr("Usage exported to {path}.", path=path), path)
        return None
