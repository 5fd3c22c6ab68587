"""Brings the usage page its figures, and its takes back into the list."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.core.usage import UsageChoice, UsageQuery
from rushes.presentation.text import tr
from rushes.presentation.usage import csv_of
from rushes.store import usage
from rushes.store.used import local_day
from rushes.system.disk import failure_of, write_whole
from rushes.ui.usage.usage_page import UsagePage
from rushes.ui.window.view_stack import LIST, USAGE

#: Tasks change in bursts: the page follows them so often (milliseconds).
_PAUSE_MS = 1000


class UsageController(QObject):
    """The sums are made by the store, and only while the page is shown."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main, self._window = main, main.window
        self._content = main.window.content
        self._is_joined = False
        self._number = 0
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._ask)
        self._content.view_changed.connect(self._turned)
        self._window.table.order_wanted.connect(lambda *_: self._ask())
        main.tasks_changed.connect(lambda _: self._ask_later())
        main.ending.connect(self._later.stop)

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
        if self._content.is_counting and not self._later.isActive():
            self._later.start()

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
        dialog = QFileDialog(self._window, tr("Export"), "usage.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda path: self._main.do(self.export(Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def export(self, path: Path) -> Failure | None:
        """Write the table to `path`."""
        if self._page.usage is None:
            return None
        text = csv_of(self._page.usage, self._main.accounts)
        try:
            await asyncio.to_thread(write_whole, path, text.encode("utf-8-sig", "replace"))
        except OSError as e:
            return failure_of(e)
        told = tr("Usage exported to {path}.", path=path)
        self._window.show_message(told, kind="success", replace="usage", timeout_s=6)
        return None
