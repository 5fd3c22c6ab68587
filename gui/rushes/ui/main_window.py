"""The window: puts the panes together, and says what the user wants through signals.

It owns no coroutine, client, store or file. What happens elsewhere comes in through plain
methods; `wiring` joins the two sides.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.listing import Counts, Scope
from rushes.core.news import AccountChanged, Activity, SaveProgress
from rushes.core.settings import Settings
from rushes.core.task import Diff, Key, Status, Task
from rushes.core.task_ids import Found
from rushes.core.views import View
from rushes.presentation import search
from rushes.presentation.columns import Context, row_spoken
from rushes.presentation.overview import totals_of
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.ui import account_wishes, intake, keymap, layout_state, marks, plain, theme
from rushes.ui.actions import Actions
from rushes.ui.add_strip import AddStrip
from rushes.ui.announcer import Announcer
from rushes.ui.list_commands import Deed, ListCommands, Playable
from rushes.ui.message_bar import MessageBar
from rushes.ui.middle import LIST, Middle
from rushes.ui.panes import Panes
from rushes.ui.settings_dialog import SettingsDialog
from rushes.ui.shortcuts import ShortcutsDialog
from rushes.ui.sidebar import Sidebar
from rushes.ui.status_line import StatusLine
from rushes.ui.task_pane import TaskPane
from rushes.ui.task_table import TaskTable
from rushes.ui.toolbar import Toolbar
from rushes.ui.view_switch import ViewSwitch
from rushes.ui.window_signals import WindowSignals

_BUSY_TICK_MS, _QUIET_TICK_MS = 1000, 30_000


class MainWindow(WindowSignals):
    """The signals are those of `WindowSignals`; everything comes in through the methods here."""

    def __init__(
        self, settings: Settings | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._settings = settings or Settings()
        self._clock = clock
        self._may_close = False
        self._accounts: tuple[Account, ...] = ()
        self._activity: dict[str, AccountChanged] = {}
        self._counts = Counts()
        self._free: int | None = None
        self._announcer = Announcer(self)
        self._tick = QTimer(self)
        self._tick.timeout.connect(lambda: self.set_now(self._clock()))
        self.setWindowTitle("Rushes")
        self.setMinimumSize(900, 560)
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self._actions = Actions(self)
        self._actions.fill_menu_bar(self.menuBar())
        self._toolbar = Toolbar(self._actions)
        self._messages = MessageBar()
        self._strip = AddStrip()
        self._sidebar = Sidebar()
        self._tasks = TaskPane(clock())
        self._status = StatusLine()
        self.middle = Middle(self._tasks)
        self._panes = Panes(self._sidebar, self.middle)
        self._commands = ListCommands(self, self._tasks.table, self._actions)
        self._views = ViewSwitch(
            *(self, self.middle, self._panes, self._actions, self._commands),
            self.selected_keys,
            partial(self.show_message, replace="compare", timeout_s=6),
        )
        self._deeds = self._commands.deeds() | self._window_deeds() | self._views.deeds()
        self._lay_out()
        self._join()
        self.set_settings(self._settings)
        self._show_status()

    # --- in: accounts and tasks -----------------------------------------------------------

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        known = {account.id for account in accounts}
        idle = {id_: AccountChanged(id_, Activity.IDLE) for id_ in sorted(known)}
        self._activity = {id_: self._activity.get(id_, news) for id_, news in idle.items()}
        self._sidebar.set_accounts(self._accounts)
        self._strip.set_accounts(self._accounts)
        self._tasks.set_accounts(self._accounts)
        self._commands.accounts = self._accounts
        self._show_status()

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
        self.middle.compare.apply(diff)
        self.counts_wanted.emit()
        after = self._tasks.table.task(current) if current else None
        if before and after and (before.status, before.kept) != (after.status, after.kept):
            self._announcer.say(row_spoken(after, self.context))
        self._commands.offer()

    def set_counts(self, counts: Counts) -> None:
        self._counts = counts
        self._tasks.set_total(counts.views.get(View.ALL, 0))
        self._sidebar.set_counts(counts)
        self._toolbar.set_expiring(counts.views.get(View.EXPIRING, 0))
        self._toolbar.set_known(counts.tags, self._accounts)
        self._show_status()

    def set_activity(self, news: AccountChanged) -> None:
        self._activity[news.account] = news
        self._sidebar.set_activity(news)
        self._show_status()

    def set_progress(self, news: SaveProgress) -> None:
        self._tasks.table.set_progress(news)

    def set_free_space(self, free: int | None) -> None:
        self._free = free
        self._show_status()

    def set_now(self, now: float) -> None:
        """Let time go by: relative times, counts of what expires, the countdown below."""
        self._sidebar.set_now(now)
        self._tasks.table.set_now(now)
        change = self._counts.next_change
        if change is not None and now >= change:
            self._counts = replace(self._counts, next_change=None)  # until the new ones are here
            self._tasks.table.refresh()
            self.counts_wanted.emit()
        self._show_status()
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

    def clear_message(self, replace: str = "") -> None:
        self._messages.clear(replace)

    def show_add_strip(
        self,
        found: Sequence[Found],
        already: int,
        guess: str | None,
        by_line: Mapping[str, str] | None = None,
    ) -> None:
        """Ask whose ids these are; say so when there is none. See `AddStrip.ask_for_account`."""
        if not found:
            self.show_message(
                tr("No task ID found in what was pasted. Paste the IDs, one on each line, or the "
                   "service's answer."),
                kind="warning",
                replace="add",
            )  # fmt: skip
            return
        if already >= len(found):
            self._strip.hide()
            self.show_message(tr("%n task(s) already in the list.", None, already), replace="add")
            return
        if not self._accounts:
            self.show_message(
                tr("%n task ID(s) found, but no service to ask.", None, len(found)),
                kind="warning",
                action=(tr("Add service"), Action.ADD_SERVICE.value),
                replace="add",
            )
            return
        self._messages.clear("add")
        self._strip.ask_for_account(found, already, guess, by_line)

    def set_settings(self, settings: Settings) -> None:
        self._settings = settings
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme)
        self._tasks.table.set_density(settings.density)
        self._actions["compact"].setChecked(settings.density == "compact")
        self._actions.set_letters(settings.single_letter_keys)
        self.middle.compare.set_letters(settings.single_letter_keys)
        self._actions.set_keys(keymap.effective(keymap.read(settings.shortcuts)))

    # --- in: panes, selection, layout -----------------------------------------------------

    def set_inspector(self, inspector: QWidget) -> None:
        """Put the inspector into the right pane."""
        self._panes.set_inspector(inspector)

    def set_preview(self, preview: QWidget, player: Playable) -> None:
        """Let the list's keys act in the preview too, and the player's keys in the list."""
        self._views.set_player(player)
        self._actions.live_in(preview, is_preview=True)

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
        state = {
            "geometry": layout_state.bytes_text(self.saveGeometry()),
            "panes": self._panes.wanted,
            "sidebar": self._actions["sidebar"].isChecked(),
            "inspector": self._actions["inspector"].isChecked(),
            "view": self._sidebar.scope.view.value,
            "table": self._tasks.table.layout_state(),
            "as": self.middle.view,
            "tiles": self.middle.gallery.size_step,
        }
        return layout_state.pack(state)

    def restore_layout(self, text: str) -> None:
        """Take back what `save_layout` gave; anything else leaves the window as it is."""
        state = layout_state.unpack(text)
        if not state:
            return
        self.restoreGeometry(layout_state.text_bytes(state.get("geometry")))
        self._panes.restore(state.get("panes"))
        for pane in ("sidebar", "inspector"):
            self._actions[pane].setChecked(bool(state.get(pane, True)))
            self._show_pane(pane)
        self._tasks.table.restore_layout(state.get("table", {}))
        self.middle.show_view(str(state.get("as", LIST)))
        self.middle.gallery.set_size(int(state.get("tiles", 1)))
        views = {view.value: view for view in View}
        self._sidebar.choose(Scope(view=views.get(str(state.get("view")), View.ALL)))

    def finish_close(self) -> None:
        """The work behind the window has ended: really close."""
        self._may_close = True
        self.close()

    # --- events ---------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            self._tick.stop()
            event.accept()
            return
        event.ignore()  # closing is asynchronous: ask, hide, and come back through finish_close
        saving = self._counts.saving
        if saving and self.isVisible():
            text = tr("%n take(s) are being saved.", None, saving)
            more = tr("Quitting stops that; it goes on where it stopped at the next start.")
            plain.ask(
                self, tr("Quit Rushes?"), f"{text} {more}", tr("Quit"), tr("Stay"), self._leave
            )
        else:
            self._leave()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.set_now(self._clock())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and intake.is_welcome(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._take(*intake.taken(event.mimeData()))

    # --- inside: putting together ---------------------------------------------------------

    def _lay_out(self) -> None:
        central = QWidget()
        box = QVBoxLayout(central)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (self._toolbar, self._messages, self._strip):
            box.addWidget(widget)
        box.addWidget(self._panes, 1)
        box.addWidget(self._status)
        self.setCentralWidget(central)
        for name in ("sidebar", "inspector"):
            self._actions[name].setChecked(True)
        self._actions.live_in(self.middle)

    def _join(self) -> None:
        table = self._tasks.table
        self._actions.triggered.connect(self._run)
        self._toolbar.search_changed.connect(self._search)
        self._toolbar.search_left.connect(self.middle.focus)
        self._messages.action_requested.connect(self._act)
        self._tasks.action_requested.connect(self._act)
        self._strip.text_given.connect(self.text_given)
        self._strip.add_confirmed.connect(self.add_confirmed)
        self._strip.left.connect(self.middle.focus)
        self._sidebar.scope_chosen.connect(self._tasks.set_scope)
        self._sidebar.account_asked.connect(
            lambda what, id_: account_wishes.tell(self, self._accounts, what, id_)
        )
        self._sidebar.add_account_asked.connect(self.accounts_requested)
        for asked in ("order_wanted", "rows_wanted", "keys_wanted", "places_wanted"):
            getattr(table, asked).connect(getattr(self, asked))
        table.unveiling_wanted.connect(self._unveil)
        table.selection_changed.connect(self._selection_changed)
        table.current_changed.connect(self.current_changed)
        table.menu_wanted.connect(self._commands.show_menu)
        table.seed_clicked.connect(lambda key: self.copy_requested.emit("seed", [key]))
        table.renamed.connect(lambda key, name: self.mark_requested.emit([key], marks.named(name)))
        table.opened.connect(self.open_requested)

    def _window_deeds(self) -> dict[str, Deed]:
        """What is done by which command's id, where it is not about the selected rows."""
        done: dict[str, Deed] = {
            "add": self._add,
            "paste": self._paste,
            "refresh": lambda: self.refresh_requested.emit(self._sidebar.scope.account),
            "save_expiring": self.save_expiring_requested.emit,
            "settings": self.show_settings,
            "quit": self.close,
            "undo": self.undo_requested.emit,
            "find": self._toolbar.focus_search,
            "find_slash": self._toolbar.focus_search,
            "compact": self._toggle_density,
            "next_pane": self._next_pane,
            "leave": self._clear_or_leave,
            "add_account": self.accounts_requested.emit,
            "accounts": self.manage_accounts_requested.emit,
            "shortcuts": self._show_shortcuts,
        }
        for pane in ("sidebar", "inspector"):
            done[pane] = partial(self._show_pane, pane)
        for view in View:
            done[f"view_{view.value}"] = partial(self._sidebar.choose, Scope(view=view))
        return done

    # --- inside: what commands do ---------------------------------------------------------

    def _run(self, command: str) -> None:
        self._deeds[command]()

    def _act(self, action: str) -> None:
        """An action of a message or of the empty page; what is the window's own is done here."""
        match action:
            case "undo":
                self.undo_requested.emit()
            case Action.CLEAR_FILTER.value:
                self._toolbar.set_search("")
            case Action.ADD_SERVICE.value:
                self.accounts_requested.emit()
            case Action.IMPORT_RECENT.value:
                for account in self._accounts:
                    if account.can_list:
                        self.import_recent_requested.emit(account.id)
            case _:
                self.action_requested.emit(action)

    def _add(self) -> None:
        self._strip.ask_for_text()
        self.add_requested.emit()

    def _paste(self) -> None:
        self._take(*intake.taken(QGuiApplication.clipboard().mimeData()))

    def _take(self, files: list[Path], text: str) -> None:
        if files:
            self.files_dropped.emit(files)
        elif text.strip():
            self.text_given.emit(text)
        else:
            self.show_add_strip((), 0, None)

    def _search(self, text: str) -> None:
        self._tasks.set_search(search.parse(text).terms)

    def _unveil(self) -> None:
        """Take away what hides rows."""
        self._toolbar.set_search("")
        self._sidebar.choose(Scope())

    def _selection_changed(self, keys: list[Key]) -> None:
        self._commands.offer()
        self.selection_changed.emit(keys)

    def show_settings(self) -> None:
        by_id = {account.id: account for account in self._accounts}
        tasks = [t for t in self.table.known_tasks if t.status is Status.SUCCEEDED][:3]
        samples = [(t, by_id[t.key.account]) for t in tasks if t.key.account in by_id]
        dialog = SettingsDialog(self._settings, samples, self)
        dialog.settings_changed.connect(self.settings_changed)
        self._open(dialog)

    def _show_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self._settings.shortcuts, self)
        dialog.chosen.connect(
            lambda keys: self.settings_changed.emit(replace(self._settings, shortcuts=keys))
        )
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _toggle_density(self) -> None:
        density = "compact" if self._actions["compact"].isChecked() else "comfortable"
        self.settings_changed.emit(replace(self._settings, density=density))

    def _show_pane(self, pane: str) -> None:
        self._panes.show_pane(pane, on=self._actions[pane].isChecked())

    def _next_pane(self) -> None:
        """Move the focus on: sidebar, list, inspector, search."""
        if not self._panes.focus_next():
            self._toolbar.focus_search()

    def _clear_or_leave(self) -> None:
        """Escape: the nearest thing that can go goes."""
        if not self._strip.isHidden():
            self._strip.leave()
        elif self._messages.text:
            self._messages.clear()
        elif self.middle.is_comparing:
            self.middle.leave_compare()
        elif self._toolbar.search_text:
            self._toolbar.set_search("")
        else:
            self._tasks.table.clearSelection()
            self.middle.focus()

    def _leave(self) -> None:
        self.layout_changed.emit(self.save_layout())
        self.hide()
        self.close_requested.emit()

    # --- inside: figures ------------------------------------------------------------------

    def _show_status(self) -> None:
        now = self._clock()
        counts = self._counts
        totals = totals_of(counts, self._free)
        self._status.show_state(tuple(self._activity.values()), totals, now)
        counting = any(news.next_look_at for news in self._activity.values())
        pace = _BUSY_TICK_MS if counting or counts.is_ticking else _QUIET_TICK_MS
        if not self.isVisible():
            self._tick.stop()
        elif not self._tick.isActive() or self._tick.interval() != pace:
            self._tick.start(pace)
