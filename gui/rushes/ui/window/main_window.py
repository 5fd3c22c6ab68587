"""The window: lays out its panes and keeps them in step with each other.

What needs the list on disk, a file or a service is done by `controllers`: they hear the panes'
own signals and put what commands do into `handlers`.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.listing import Scope
from rushes.core.task import Diff, Key, Task
from rushes.core.views import View
from rushes.presentation import search
from rushes.presentation.columns import Context
from rushes.ui.commands import keymap
from rushes.ui.commands.actions import COMMANDS, Actions
from rushes.ui.list.task_pane import TaskPane
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.content_stack import ContentStack
from rushes.ui.window.grouping import Grouping
from rushes.ui.window.list_commands import ListCommands, Playable
from rushes.ui.window.message_bar import MessageBar, MessageButton
from rushes.ui.window.panes import Panes
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.status_line import StatusLine
from rushes.ui.window.toolbar import Toolbar
from rushes.ui.window.view_switch import ViewSwitch
from rushes.ui.window.window_signals import WindowSignals

PANES = ("sidebar", "inspector")

#: Commands that need nothing but the rows on the screen: they are offered from the first moment.
_OFFERED_AT_ONCE = frozenset(
    {"quit", "find", "find_slash", "next_pane", "leave", "as_list", "as_gallery", *PANES}
    | {"group_none", "group_name", "group_hand", "fold", "fold_all", "unfold_all"}
    | {f"view_{view.value}" for view in View}
)


class MainWindow(WindowSignals):
    """The panes, by name.

    Attributes:
        actions_by_id: The commands as Qt's actions.
        handlers: What is done by which command's id. Controllers add theirs before `set_ready`.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.setWindowTitle("Rushes")
        self.setMinimumSize(900, 560)
        self.resize(1280, 800)
        self.actions_by_id = Actions(self)
        self.actions_by_id.fill_menu_bar(self.menuBar())
        self.toolbar = Toolbar(self.actions_by_id)
        self.messages = MessageBar()
        self.add_strip = AddStrip()
        self.sidebar = Sidebar()
        self.tasks = TaskPane(clock())
        self._commands: ListCommands
        self.content = ContentStack(self.tasks, lambda at: self._commands.show_menu(at))
        self.panes = Panes(self.sidebar, self.content)
        self.status_line = StatusLine()
        self._notices: MessageBar | None = None  # most starts have none
        self._lay_out()
        self._commands = ListCommands(
            self, self.tasks.table, self.actions_by_id, lambda: self.content.rows_view
        )
        views = ViewSwitch(
            *(self, self.content, self.panes, self.actions_by_id, self._commands),
            self.selected_keys,
            partial(self.show_message, replace="compare", timeout_s=6),
        )
        grouping = Grouping(self, self.tasks.table, self.actions_by_id, self._commands)
        self._views = views
        self.handlers: dict[str, Callable[[], object]] = {
            **self._commands.deeds(),
            **views.deeds(),
            **grouping.deeds(),
            "find": self.toolbar.focus_search,
            "find_slash": self.toolbar.focus_search,
            "next_pane": self.enter_next_pane,
            "leave": self.clear_or_leave,
            **{pane: partial(self.show_pane, pane) for pane in PANES},
            **{f"view_{v.value}": partial(self.sidebar.choose, Scope(view=v)) for v in View},
        }
        self._not_ready = self._hold_back()
        for pane in PANES:
            self.actions_by_id[pane].setChecked(True)
        self.actions_by_id.live_in(self.content)
        self._join_panes()

    def _lay_out(self) -> None:
        body = QWidget()
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for bar in (self.toolbar, self.messages, self.add_strip):
            box.addWidget(bar)
        box.addWidget(self.panes, 1)
        box.addWidget(self.status_line)
        self._box = box
        self.setCentralWidget(body)

    def _hold_back(self) -> QActionGroup:
        """Switch off what cannot be done yet; Qt keeps how each is to be afterwards."""
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for command in COMMANDS:
            if command.id not in _OFFERED_AT_ONCE:
                group.addAction(self.actions_by_id[command.id])
        group.setEnabled(False)
        self.sidebar.set_editable(False)
        self.tasks.empty.setEnabled(False)
        self.setCursor(Qt.CursorShape.BusyCursor)
        return group

    def set_ready(self) -> None:
        """Everything that the window offers can be done from now on."""
        self._not_ready.setEnabled(True)
        self.sidebar.set_editable(True)
        self.tasks.empty.setEnabled(True)
        self.unsetCursor()

    def _join_panes(self) -> None:
        """What the panes do among themselves."""
        table = self.tasks.table
        self.actions_by_id.triggered.connect(lambda command: self.handlers[command]())
        self.toolbar.search_changed.connect(
            lambda text: self.tasks.set_search(search.parse(text).terms)
        )
        self.toolbar.search_left.connect(self.content.focus)
        self.add_strip.left.connect(self.content.focus)
        table.unveiling_wanted.connect(self._unveil)
        table.selection_changed.connect(self._commands.offer)
        table.menu_wanted.connect(self._commands.show_menu)

    # --- accounts, tasks, settings --------------------------------------------------------

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self.sidebar.set_accounts(accounts)
        self.add_strip.set_accounts(accounts)
        self.tasks.set_accounts(accounts)
        self._commands.accounts = tuple(accounts)

    def apply(self, diff: Diff) -> None:
        """Bring the panes up to date with a commit."""
        self.tasks.table.apply(diff)
        self.content.apply(diff)
        self._commands.offer()

    def set_density(self, density: str) -> None:
        """`density` is "compact" or "comfortable"."""
        self.tasks.table.set_density(density)
        self.actions_by_id["compact"].setChecked(density == "compact")

    def set_keys(self, shortcuts: str, *, letters: bool) -> None:
        """`shortcuts` as in the settings; without `letters` no single characters."""
        self.content.set_letters(letters)
        self.actions_by_id.set_letters(letters)
        self.actions_by_id.set_keys(keymap.effective(keymap.read(shortcuts)))

    # --- messages -------------------------------------------------------------------------

    def show_message(
        self,
        text: str,
        *,
        kind: str = "info",
        action: MessageButton | None = None,
        replace: str = "",
        timeout_s: float | None = None,
    ) -> None:
        """See `MessageBar.show_message`."""
        self.messages.show_message(
            text, kind=kind, action=action, replace=replace, timeout_s=timeout_s
        )

    def clear_message(self, replace: str = "") -> None:
        self.messages.clear(replace)

    def show_notice(self, text: str) -> None:
        """Say it in a strip of its own, below what was said there before, until somebody closes
        it: what happened to the user's data is replaced by no other message."""
        if self._notices is None:
            self._notices = MessageBar()
            self._box.insertWidget(1, self._notices)
        before = self._notices.text
        self._notices.show_message(f"{before}\n{text}" if before else text, kind="warning")

    @property
    def notice(self) -> str:
        """What stands there; "" for nothing."""
        return self._notices.text if self._notices else ""

    # --- panes, focus, selection ----------------------------------------------------------

    def set_preview(self, preview: QWidget, player: Playable) -> None:
        """Let the list's keys act in the preview too, and the player's keys in the list."""
        self._views.set_player(player)
        self.actions_by_id.live_in(preview, is_preview=True)

    def show_pane(self, pane: str) -> None:
        """Show or hide one of `PANES` as its command is checked."""
        self.panes.show_pane(pane, on=self.actions_by_id[pane].isChecked())

    def enter_next_pane(self) -> None:
        """Move the focus on: sidebar, list, inspector, search."""
        if not self.panes.focus_next():
            self.toolbar.focus_search()

    def clear_or_leave(self) -> None:
        """Escape: the nearest thing that can go goes."""
        if not self.add_strip.isHidden():
            self.add_strip.leave()
        elif self.messages.text:
            self.messages.clear()
        elif self.content.is_comparing:
            self.content.leave_compare()
        elif self.toolbar.search_text:
            self.toolbar.set_search("")
        else:
            self.tasks.table.clearSelection()
            self.content.focus()

    @property
    def table(self) -> TaskTable:
        return self.tasks.table

    @property
    def context(self) -> Context:
        return self.tasks.table.context

    def task(self, key: Key) -> Task | None:
        return self.tasks.table.task(key)

    def current_key(self) -> Key | None:
        return self.tasks.table.current_key()

    def selected_keys(self) -> list[Key]:
        return self.tasks.table.selected_keys()

    def select(self, keys: Sequence[Key]) -> None:
        """Select these rows; what hides them (view, search) is taken away."""
        self.tasks.table.select(keys)

    def bring_up(self) -> None:
        """Show the window as it was and bring it to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _unveil(self) -> None:
        """Take away what hides rows."""
        self.toolbar.set_search("")
        self.sidebar.choose(Scope())
        self.tasks.table.fold(())
