"""The window: puts the panes together, and says what the user wants through signals.

It owns no coroutine, client, store or file. What happens elsewhere comes in through plain
methods; `controllers` join the two sides. What the parts do among themselves is in modules of their
own: `window_body` (what there is), `figures`, `adding`, `preferences`, `window_layout`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from rushes.core.account import Account
from rushes.core.events import AccountChanged, SaveProgress
from rushes.core.listing import Counts, Scope
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key, Task
from rushes.presentation import search
from rushes.presentation.columns import Context, row_spoken
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.playback import Playback
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import review
from rushes.ui.window import account_wishes, intake
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.adding import Adding
from rushes.ui.window.announcer import Announcer
from rushes.ui.window.commands import COMMANDS, MENU_BAR, ROWS, SAVED, CommandContext
from rushes.ui.window.figures import Figures
from rushes.ui.window.grouping import Grouping
from rushes.ui.window.leaving import Leaving
from rushes.ui.window.preferences import Preferences
from rushes.ui.window.saved_views import SavedViews
from rushes.ui.window.seen import Seen
from rushes.ui.window.selected_rows import SelectedRows
from rushes.ui.window.view_switch import ViewSwitch
from rushes.ui.window.window_body import WindowBody
from rushes.ui.window.window_layout import PANES, WindowLayout
from rushes.ui.window.window_signals import WindowSignals

if TYPE_CHECKING:
    from rushes.core.task_ids import Found, LeftOut


class MainWindow(WindowSignals):
    """The signals are those of `WindowSignals`; everything comes in through the methods here."""

    def __init__(
        self, settings: Settings | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._clock = clock
        self.setWindowTitle("Rushes")
        self.setMinimumSize(900, 560)
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self.commands = Actions(self, COMMANDS)
        self._actions = self.commands
        self._actions.fill_menu_bar(self.menuBar(), *MENU_BAR)
        body = WindowBody(self._actions, clock())
        self.setCentralWidget(body)
        self._body, self._toolbar, self._sidebar = body, body.toolbar, body.sidebar
        self._messages, self._tasks, self._panes = body.messages, body.tasks, body.panes
        self.middle = body.middle
        self._figures = Figures(body, self._actions, clock)
        self._adding = Adding(self, body, self._figures)
        self._preferences = Preferences(self, body, self._actions, self._figures)
        self._saved = SavedViews(
            self, body, self._actions, self._preferences, self._actions.menu_of(SAVED)
        )
        self._announcer = Announcer(self)
        self._seen = Seen(self, self._tasks.table)
        self._layout = WindowLayout(self, body, self._actions, self.layout_changed.emit)
        self._leaving = Leaving(self, self._figures, self._preferences, self._layout)
        self._rows = SelectedRows(self, self._tasks.table, self.middle)
        self._views = ViewSwitch(
            self,
            self.middle,
            self._panes,
            self._actions,
            partial(self.show_message, replace="compare", timeout_s=6),
        )
        for pane in PANES:
            self._actions[pane].setChecked(True)
        self._actions.serve(
            CommandContext(
                window=self,
                body=body,
                rows=self._rows,
                groups=Grouping(self._tasks.table, self._actions, self._rows),
                views=self._views,
                saved=self._saved,
                adding=self._adding,
                figures=self._figures,
                preferences=self._preferences,
                layout=self._layout,
                leaving=self._leaving,
            )
        )
        self._join()
        self.set_settings(settings or Settings())
        self._figures.show_status()

    # --- in: accounts and tasks -----------------------------------------------------------

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._figures.set_accounts(accounts)
        self._offer_commands()

    @property
    def table(self) -> TaskTable:
        """Where the answers about rows go."""
        return self._tasks.table

    def refresh_list(self) -> None:
        """Ask for rows and figures anew: at the start, or after more changed than can be told."""
        self._tasks.table.refresh()
        self.counts_wanted.emit()

    def apply(self, diff: Diff) -> None:
        """Bring list, counts and status up to date with a commit."""
        current = self.current_key()
        before = self._tasks.table.task(current) if current else None
        self._tasks.table.apply(diff)
        self.middle.apply(diff)
        self.counts_wanted.emit()
        after = self._tasks.table.task(current) if current else None
        if before and after and (before.status, before.kept) != (after.status, after.kept):
            self._announcer.say(row_spoken(after, self.context))
        self._offer_commands()
        self._seen.noticed()

    def set_counts(self, counts: Counts) -> None:
        self._figures.set_counts(counts)
        self._saved.count_soon()
        self.counted.emit(counts)

    def set_view_counts(self, counts: Mapping[str, int]) -> None:
        """How many tasks each saved view has, by name."""
        self._saved.set_counts(counts)

    def set_words(self, words: Mapping[str, Sequence[str]]) -> None:
        """Values of the search's fields that there are among the tasks."""
        self._toolbar.set_words(words)

    def set_activity(self, news: AccountChanged) -> None:
        self._figures.set_activity(news)

    def set_progress(self, news: SaveProgress) -> None:
        self._tasks.table.set_progress(news)

    def set_free_space(self, free: int | None) -> None:
        """`free` in bytes; None where the folder cannot be asked."""
        self._figures.set_free_space(free)

    def set_now(self, now: float) -> None:
        """Let time go by: relative times, counts of what expires, the countdown below."""
        self._sidebar.set_now(now)
        self._tasks.table.set_now(now)
        if self._figures.have_aged(now):
            self.refresh_list()
        self._figures.show_status()
        self.ticked.emit(now)

    # --- in: messages, strips, settings ---------------------------------------------------

    def show_message(
        self,
        text: str,
        *,
        kind: str = "info",
        action: tuple[str, str] | None = None,
        replace: str = "",
        timeout_s: float | None = None,
    ) -> None:
        """See `MessageBar.show_message`."""
        self._messages.show_message(
            text, kind=kind, action=action, replace=replace, timeout_s=timeout_s
        )

    def show_notice(self, text: str) -> None:
        """See `WindowBody.show_notice`."""
        self._body.show_notice(text)

    def clear_message(self, replace: str = "") -> None:
        self._messages.clear(replace)

    def show_add_strip(
        self,
        found: "Sequence[Found]",
        already: int,
        whose: Mapping[str, str | None],
        left_out: "Sequence[LeftOut]" = (),
        *,
        unasked: bool = False,
    ) -> None:
        """See `Adding.show_found`."""
        self._adding.show_found(found, already, whose, left_out, unasked=unasked)

    @property
    def add_strip(self) -> AddStrip:
        return self._body.strip

    def set_settings(self, settings: Settings) -> None:
        self._preferences.follow(settings)
        self._saved.follow(settings)

    def show_settings(self) -> None:
        self._preferences.show_settings()

    # --- in: panes, selection, layout -----------------------------------------------------

    def set_inspector(self, inspector: QWidget) -> None:
        """Put the inspector into the right pane."""
        self._panes.set_inspector(inspector)

    def set_preview(self, preview: Playback) -> None:
        """Let the keys that play act on it."""
        self._views.set_preview(preview)

    @property
    def context(self) -> Context:
        return self._tasks.table.context

    def task(self, key: Key) -> Task | None:
        return self._tasks.table.task(key)

    def current_key(self) -> Key | None:
        return self._tasks.table.current_key()

    def selected_keys(self) -> list[Key]:
        return self._tasks.table.selected_keys()

    def select(self, keys: Sequence[Key]) -> None:
        """Select these rows; what hides them (view, search) is taken away."""
        self._tasks.table.select(keys)

    def save_layout(self) -> str:
        return self._layout.save()

    def restore_layout(self, text: str) -> None:
        """Take back what `save_layout` gave; anything else leaves the window as it is."""
        self._layout.restore(text)

    def finish_close(self) -> None:
        """The work behind the window has ended: really close."""
        self._leaving.finish()

    def quit(self) -> None:
        """End the program, whatever closing the window does."""
        self._leaving.quit()

    def set_way_back(self, has_tray: Callable[[], bool]) -> None:
        """`has_tray` says whether a closed window can be had back from the tray just now."""
        self._leaving.has_tray = has_tray

    # --- events ---------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leaving.closed(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set_now(self._clock())
        self._saved.count_soon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._figures.visit()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._figures.visit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._figures.rest()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and intake.is_welcome(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._adding.take(event.mimeData())

    # --- inside: putting together ---------------------------------------------------------

    def _join(self) -> None:
        table = self._tasks.table
        self._figures.ticked.connect(lambda: self.set_now(self._clock()))
        self._toolbar.search_changed.connect(self._search)
        self._toolbar.search_left.connect(self.middle.focus)
        self._toolbar.search_entered.connect(self.words_wanted)
        self._messages.action_requested.connect(self._act)
        self._tasks.action_requested.connect(self._act)
        self._sidebar.account_asked.connect(
            lambda what, id_: account_wishes.tell(self, self._figures.accounts, what, id_)
        )
        self._sidebar.add_account_asked.connect(self.accounts_requested)
        for asked in ("order_wanted", "rows_wanted", "keys_wanted", "places_wanted"):
            getattr(table, asked).connect(getattr(self, asked))
        table.unveiling_wanted.connect(self._unveil)
        table.selection_changed.connect(self._selection_changed)
        table.current_changed.connect(self.current_changed)
        table.menu_wanted.connect(self._show_menu)
        table.seed_clicked.connect(lambda key: self.copy_requested.emit("seed", [key]))
        table.renamed.connect(lambda key, name: self.mark_requested.emit([key], review.named(name)))
        table.dragged_unsaved.connect(self._save_first)
        table.opened.connect(self.open_requested)

    def _save_first(self, keys: list[Key]) -> None:
        """A file manager must be given real files: what is dragged out is saved before."""
        self.save_requested.emit(keys)
        told = tr(
            "%n take(s) must be saved first. Drag again once they are saved.", None, len(keys)
        )
        self.show_message(told, replace="drag")

    def _act(self, action: str) -> None:
        """An action of a message or of the empty page; what is the window's own is done here."""
        match action:
            case "undo":
                self.undo_requested.emit()
            case Action.SHOW_UNSEEN.value:
                self.unseen_wanted.emit()
            case Action.CLEAR_FILTER.value:
                self._toolbar.set_search("")
            case Action.ADD_SERVICE.value:
                self.accounts_requested.emit()
            case Action.IMPORT_RECENT.value:
                for account in self._figures.accounts:
                    if account.can_list:
                        self.import_recent_requested.emit(account.id)
            case _:
                self.action_requested.emit(action)

    def _search(self, text: str) -> None:
        self._tasks.set_search(search.parse(text).terms)

    def _unveil(self) -> None:
        """Take away what hides rows."""
        self._toolbar.set_search("")
        self._sidebar.choose(Scope())
        self._tasks.table.fold(())

    def _selection_changed(self, keys: list[Key]) -> None:
        self._offer_commands()
        self.selection_changed.emit(keys)

    def _offer_commands(self) -> None:
        self._rows.read()
        self._actions.refresh()

    def _show_menu(self, at: QPoint) -> None:
        menu = self._actions.make_menu(self._tasks.table, ROWS)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
