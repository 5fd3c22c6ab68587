"""The program's window on a store of made-up tasks, and Qt's own table of the same, timed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtWidgets import QTableView

from rushes.controllers.list_controller import ListFeed
from rushes.controllers.settings_controller import SettingsController
from rushes.controllers.status_presenter import StatusPresenter
from rushes.core.settings import Settings
from rushes.core.task import Task
from rushes.presentation.columns import COLUMNS, Context
from rushes.store import Store
from rushes.system.scope import CoroutineScope
from rushes.ui.list.column_table import AT
from rushes.ui.window.main_window import MainWindow
from tests.benchmarks.fill_store import ACCOUNTS, NOW

_PATIENCE_S = 60.0
Index = QModelIndex | QPersistentModelIndex


class Fed:
    """The window, fed from a store. Each method gives the seconds from the wish until the rows it
    is about are painted, and returns when nothing is being read any more."""

    def __init__(self, store: Store) -> None:
        self._window = MainWindow(clock=lambda: NOW)
        SettingsController(self._window, Settings(theme="light"))
        self._scope = CoroutineScope("bench", _raise)
        status = StatusPresenter(self._window, lambda: NOW, self._window.table.refresh)
        ListFeed(self._window, store, self._scope, _complain, status.set_counts).count()
        self._window.set_accounts(ACCOUNTS)
        self._window.show()

    async def sort(self, column: str, descending: bool) -> float:
        table = self._window.table
        table.verticalScrollBar().setValue(0)
        return await self._until_painted(lambda: table.sort_by(column, descending))

    async def search(self, text: str) -> float:
        self._window.table.verticalScrollBar().setValue(0)
        return await self._until_painted(lambda: self._window.toolbar.set_search(text))

    async def scroll(self, share: float) -> float:
        """To so much of the way from the top to the bottom."""
        bar = self._window.table.verticalScrollBar()
        return await self._until_painted(lambda: bar.setValue(round(share * bar.maximum())))

    async def settled(self) -> None:
        await asyncio.sleep(0.01)
        while self._scope._live:
            await self._scope.idle()
            await asyncio.sleep(0.01)

    async def aclose(self) -> None:
        await self._scope.aclose()
        self._window.close()
        self._window.deleteLater()

    async def _until_painted(self, change: Callable[[], object]) -> float:
        table = self._window.table
        painted: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        question = table._question

        def look() -> None:
            is_answered = table._question == question or bool(answered)
            if is_answered and table.has_visible_rows and not painted.done():
                table.viewport().repaint()
                painted.set_result(time.perf_counter())

        def answer() -> None:
            if table._question > question:
                answered.append(True)
            look()

        answered: list[bool] = []
        links = [table.rows_changed.connect(answer), table.model().dataChanged.connect(look)]
        began = time.perf_counter()
        change()
        if table._question == question:
            look()
        async with asyncio.timeout(_PATIENCE_S):
            took = await painted - began
        for link in links:
            QObject.disconnect(link)
        await self.settled()
        return took


@asynccontextmanager
async def fed(path: Path) -> AsyncIterator[Fed]:
    store = await Store.open(path, lambda: NOW)
    window = Fed(store)
    try:
        await window.settled()
        yield window
    finally:
        await window.aclose()
        await store.aclose()


class Rows(QAbstractTableModel):
    """What stands under Qt's proxy model: all tasks in memory, shown as in the program."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        super().__init__()
        self._tasks = list(tasks)
        self._ctx = Context(now=NOW, accounts={account.id: account for account in ACCOUNTS})

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._tasks)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return COLUMNS[index.column()].shown(self._tasks[index.row()], self._ctx)


class Proxied:
    """The usual way to show, sort and filter a table with Qt. Seconds until painted."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._rows = Rows(tasks)
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self._rows)
        self._proxy.setFilterKeyColumn(AT["name"])
        self._view = QTableView()
        self._view.setModel(self._proxy)
        self._view.resize(1000, 600)

    def __enter__(self) -> Self:
        self._view.show()
        return self

    def __exit__(self, *_: object) -> None:
        self._view.hide()
        self._view.deleteLater()

    def filter(self, text: str) -> float:
        took = self._timed(lambda: self._proxy.setFilterFixedString(text))
        self._proxy.setFilterFixedString("")
        return took

    def sort(self) -> float:
        took = self._timed(lambda: self._proxy.sort(AT["name"]))
        self._proxy.sort(-1)
        return took

    def _timed(self, change: Callable[[], object]) -> float:
        began = time.perf_counter()
        change()
        self._view.viewport().repaint()
        return time.perf_counter() - began


def _complain(failure: object) -> None:
    raise RuntimeError(failure)


def _raise(name: str, error: BaseException) -> None:
    raise RuntimeError(name) from error
