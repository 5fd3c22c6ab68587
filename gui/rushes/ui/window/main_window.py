"""The window: lays out its panes and keeps them in step with each other.

What needs the list on disk, a file or a service is done by `controllers`: they hear the panes'
own signals and put what commands do into `handlers`.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.listing import ListFilter
from rushes.core.task import Diff, Key, Task
from rushes.presentation import search
from rushes.presentation.columns import Context
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.command import Keys
from rushes.ui.commands.playback import Playback
from rushes.ui.list.task_pane import TaskPane
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import plain, theme
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.commands import AT_ONCE, COMMANDS, MENU_BAR, ROWS, CommandContext
from rushes.ui.window.filter_chips import FilterChips
from rushes.ui.window.grouping import Grouping
from rushes.ui.window.messages import DropVeil, MessageButton, Messages, StatusLine
from rushes.ui.window.panes import Panes
from rushes.ui.window.selected_rows import SelectedRows
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.stored_selection import Search
from rushes.ui.window.toolbar import Toolbar
from rushes.ui.window.view_stack import GALLERY, LIST, ViewStack
from rushes.ui.window.view_switch import ViewSwitch
from rushes.ui.window.window_signals import WindowSignals

PANES = ("sidebar", "inspector")

_FIRST, _LEAST = QSize(1280, 800), QSize(600, 560)
#: Borders and title bar, which are not known before the window is shown.
_FRAME = QSize(16, 48)


def first_size(room: QSize) -> QSize:
    """Of the window at its first start, on a screen with so much free."""
    return _FIRST.boundedTo(room - _FRAME).expandedTo(QSize(_LEAST.width(), 0))


class MainWindow(WindowSignals):
    """The panes, by name.

    Attributes:
        commands: The commands as Qt's actions.
        command_context: What they act on; controllers put what they do into its `do`.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.setWindowTitle("Rushes")
        room = self.screen().availableSize()
        self.setMinimumSize(_LEAST.width(), min(_LEAST.height(), (room - _FRAME).height()))
        self.resize(first_size(room))
        self.commands = Actions(self, COMMANDS)
        self.commands.fill_menu_bar(self.menuBar(), *MENU_BAR)
        self.toolbar = Toolbar(self.commands)
        self.add_strip = AddStrip()
        self.sidebar = Sidebar()
        self.tasks = TaskPane(clock())
        self.content = ViewStack(self.tasks, self.commands, self._show_menu)
        self._overlay = Messages(self.content, lambda: self.content.foot_height)
        self._overlay.covering.connect(self.content.cover)
        self.messages = self._overlay.bar
        self.content.currentChanged.connect(lambda _: self._overlay.place())
        self.chips = FilterChips(self.toolbar.search)
        self.panes = Panes(self.sidebar, self._with_chips())
        self.status_line = StatusLine()
        self._lay_out()
        self._veil = DropVeil(self)
        self._rows = SelectedRows(self, self.table, self.content)
        show_hint = partial(self.show_message, replace="compare", timeout_s=6)
        self._search = Search(self.table, self.content)
        self._views = ViewSwitch(self, self.content, self.panes, self.commands, show_hint)
        for pane in PANES:
            self.commands[pane].setChecked(True)
        self.command_context = CommandContext(
            window=self,
            toolbar=self.toolbar,
            sidebar=self.sidebar,
            content=self.content,
            table=self.table,
            rows=self._rows,
            groups=Grouping(self.table, self.commands, self._rows),
            views=self._views,
            show_pane=self.show_pane,
            enter_next_pane=self.enter_next_pane,
            clear_or_leave=self.clear_or_leave,
        )
        self._rows.full_screen = lambda: self._views.full_screen
        say = partial(self.show_message, replace="file", timeout_s=6)
        self.commands.serve(self.command_context, say)
        self._not_ready = self._hold_back()
        self._join_panes()

    def _lay_out(self) -> None:
        body = QWidget()
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for bar in (self.toolbar, self.add_strip):
            box.addWidget(bar)
        box.addWidget(self.panes, 1)
        box.addWidget(self.status_line)
        self.setCentralWidget(body)

    def _with_chips(self) -> QWidget:
        """List and gallery with the chips above them. The chips come behind them for the focus."""
        pane = QWidget()
        box = QVBoxLayout(pane)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.content, 1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.SMALL, theme.TINY, theme.SMALL, theme.TINY)
        row.addWidget(self.chips)
        row.addStretch(1)
        box.insertLayout(0, row)
        self.content.view_changed.connect(
            lambda view: self.chips.setVisible(view in (LIST, GALLERY))
        )
        return pane

    def _hold_back(self) -> QActionGroup:
        """Switch off what cannot be done yet; Qt keeps how each is to be afterwards."""
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for command in COMMANDS:
            if command.id not in AT_ONCE:
                group.addAction(self.commands[command.id])
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
        self.toolbar.search.textChanged.connect(
            lambda text: self._search.show(search.parse(text).terms)
        )
        self.toolbar.search.textChanged.connect(self._name_unknown_field)
        self.toolbar.search.left.connect(self.content.focus)
        self.toolbar.search.down_pressed.connect(self.content.focus)
        self.toolbar.search.down_pressed.connect(table.select_one)
        self.add_strip.left.connect(self.content.focus)
        table.unveiling_wanted.connect(self._unveil)
        table.selection_changed.connect(self._offer_commands)
        self.content.view_changed.connect(lambda _: self._offer_commands())
        table.menu_wanted.connect(self._show_menu)
        table.rows_changed.connect(self._tell_found)
        self.panes.shared.connect(self._check_panes)

    def _tell_found(self) -> None:
        if not self.table.is_waiting:  # else the first rows may be all there are
            self.sidebar.set_found(self.table.found)

    def _name_unknown_field(self, text: str) -> None:
        if name := search.unknown_field(text):
            told = tr(
                "The search knows no field “{name}”, so it looks for these words.",
                name=plain.one_line(name, 30),
            )
            self.show_message(told, replace="search", timeout_s=0)
        else:
            self.clear_message("search")

    # --- accounts, tasks, settings --------------------------------------------------------

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self.sidebar.set_accounts(accounts)
        self.add_strip.set_accounts(accounts)
        self.tasks.set_accounts(accounts)
        self.command_context.accounts = tuple(accounts)
        self._offer_commands()

    def apply(self, diff: Diff) -> None:
        """Bring the panes up to date with a commit."""
        self.tasks.table.apply(diff)
        self.content.apply(diff)
        if self._rows.are_touched_by(diff):  # a thousand others may change in a second
            self._offer_commands()

    def set_density(self, density: str) -> None:
        """`density` is "compact" or "comfortable"."""
        self.tasks.table.set_density(density)
        self.commands["compact"].setChecked(density == "compact")

    def set_keys(self, shortcuts: Keys, *, letters: bool) -> None:
        """`shortcuts` as in the settings; without `letters` no single characters."""
        self.commands.set_keys(shortcuts, letters=letters)

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

    def show_notice(
        self,
        text: str,
        *,
        action: MessageButton | None = None,
        subject: str = "",
        closed: Callable[[], object] = lambda: None,
    ) -> None:
        """See `Messages.show_notice`."""
        self._overlay.show_notice(text, action=action, subject=subject, closed=closed)

    def show_drop_words(self, words: str) -> None:
        """Say over the whole window what letting go will do; "": nothing is dragged any more."""
        self._veil.say(words)

    @property
    def notice(self) -> str:
        """What happened to the user's data, as it stands there; "" for nothing."""
        return self._overlay.notice

    # --- panes, focus, selection ----------------------------------------------------------

    def set_preview(self, preview: Playback) -> None:
        """Let the keys that play act on it."""
        self._views.set_preview(preview)

    def show_pane(self, pane: str) -> None:
        """Show or hide one of `PANES` as its command is checked; one that only lacks room is
        shown in place of the other."""
        on = self.commands[pane].isChecked()
        if on and self.panes.lacks_room(pane):
            self.panes.prefer(pane)
        self.panes.show_pane(pane, on=on)

    def _check_panes(self) -> None:
        """A pane that is gone for lack of room has a button that shows it."""
        for pane in PANES:
            on = self.panes.is_on(pane) and not self.panes.lacks_room(pane)
            self.commands[pane].setChecked(on)

    def enter_next_pane(self) -> None:
        """Move the focus on: sidebar, list, inspector, search."""
        if not self.panes.focus_next():
            self.toolbar.focus_search()

    def clear_or_leave(self) -> None:
        """Escape: the nearest thing that can go goes. A message that stands is no such thing."""
        if not self.add_strip.isHidden():
            self.add_strip.leave()
        elif not self.content.shows_rows:
            self.content.leave_compare()
        elif self.messages.text and not self.messages.stands:
            self.messages.clear()
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

    @property
    def has_attention(self) -> bool:
        """Whether the user looks at this window, or at its picture on the whole screen."""
        whole = self._views.full_screen
        return self.isActiveWindow() or (whole is not None and whole.isActiveWindow())

    def _offer_commands(self) -> None:
        self._rows.read()
        self.commands.refresh()

    def _show_menu(self, at: QPoint) -> None:
        """Of the selected rows, at a point of the screen."""
        self.commands.open_menu(self.table, ROWS, at)

    def _unveil(self) -> None:
        """Take away what hides rows."""
        self._search.forget()
        self.toolbar.set_search("")
        self.sidebar.choose(ListFilter())
        self.tasks.table.fold(())
