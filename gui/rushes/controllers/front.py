"""The window on the list: what a user sees first.

It needs Qt's widgets and the store, nothing else. Network, player and dialogs are loaded after
the rows have been painted (`app`), and what the user wants meanwhile is kept for then.
"""

import asyncio
import itertools
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal, SignalInstance

from rushes.backend.workspace import Workspace
from rushes.controllers.list_feed import ListFeed
from rushes.core.account import Account
from rushes.core.failure import Failure
from rushes.presentation.sentences import Sentence, action_label, list_damaged, sentence
from rushes.presentation.text import tr
from rushes.store import StoreError, tables
from rushes.system.scope import CoroutineScope
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.main_window import MainWindow
from rushes.ui.window.window_signals import WindowSignals

log = logging.getLogger(__name__)

#: A slow disk: a window without rows is better than none.
_LONG_S = 0.5
#: A window that is started minimised is never painted: then the rest is loaded all the same.
_PATIENCE_S = 1.0

#: Answered here, or of no interest to anybody who comes later.
_ANSWERED = frozenset(
    {"order_wanted", "rows_wanted", "keys_wanted", "places_wanted", "counts_wanted"}
    | {"view_counts_wanted", "words_wanted", "ticked", "close_requested"}
)


class Front:
    """The main window, fed from the store.

    Attributes:
        accounts: By their ids, as they were last read.
        wishes: What the user wanted before anybody could do it.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.accounts: dict[str, Account] = {}
        self.window = MainWindow(workspace.settings, clock=workspace.clock)
        self.wishes = Wishes(self.window)
        self._numbers = itertools.count()
        self._scope = CoroutineScope("window", self._on_bug)
        ListFeed(self.window, workspace.store, self._scope, self.complain)

    async def show(self) -> None:
        """Show the window with the first rows in it; empty where they are long in coming."""
        first_rows = asyncio.Event()
        self.window.table.rows_changed.connect(first_rows.set)
        self.window.restore_layout(self.workspace.settings.window)
        self.window.refresh_list()  # read by a thread of its own, while the accounts are
        await self.reload_accounts()
        for note in self.workspace.notes:
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
        """Wait for every wish."""
        await self._scope.aclose()

    async def reload_accounts(self) -> None:
        self.accounts = {each.id: each for each in await self.workspace.store.read(tables.accounts)}
        self.window.set_accounts(tuple(self.accounts.values()))

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Carry out a wish of the user. A `Failure` it returns or meets is told in the strip."""
        started = self._scope.start(f"wish {next(self._numbers)}", self._guarded(work))
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

    def complain(self, failure: Failure, *, replace: str = "wish", about: str = "") -> None:
        """Say in one sentence what went wrong, with the button that helps.

        Args:
            about: The account concerned; its id comes back behind the action's.
        """
        self.tell(sentence(failure), subject=replace, about=about)

    def tell(self, told: Sentence, *, subject: str, about: str = "", kind: str = "error") -> None:
        action = (
            (action_label(told.action), f"{told.action.value} {about}") if told.action else None
        )
        self.window.show_message(told.text, kind=kind, action=action, replace=subject)

    def _on_bug(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)
        told = tr("Something went wrong inside Rushes; tasks and files are safe. See the log.")
        self.window.show_message(told, kind="error", replace="bug")


class Wishes(QObject):
    """Keeps what the user wants of those who are not there yet, and says it again to them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._said: list[tuple[SignalInstance, tuple[Any, ...]]] = []
        self._heard = [
            (signal, signal.connect(self._keeper(signal)))
            for name, kind in vars(WindowSignals).items()
            if isinstance(kind, Signal) and name not in _ANSWERED
            for signal in [getattr(window, name)]
        ]

    def hand_on(self) -> None:
        """Say everything again, in order; from now on nothing is kept."""
        heard, self._heard = self._heard, []
        for signal, link in heard:
            signal.disconnect(link)
        said, self._said = self._said, []
        for signal, words in said:
            signal.emit(*words)

    def _keeper(self, signal: SignalInstance) -> Any:
        return lambda *words: self._said.append((signal, words))


class _Painted(QObject):
    """Watches for the paint that shows rows, or that there are none."""

    def __init__(self, table: TaskTable) -> None:
        super().__init__(table)
        self._table = table
        self._is_done = asyncio.Event()

    async def wait(self) -> None:
        view = self._table.viewport()
        view.installEventFilter(self)
        self._table.rows_changed.connect(self._look)
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

    def _look(self) -> None:
        if self._table.is_filled and not self._table.row_count:
            self._is_done.set()
