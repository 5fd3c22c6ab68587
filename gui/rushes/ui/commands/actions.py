"""Every command of the window in one table: its words, keys, icon and where it lives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme


@dataclass(frozen=True, slots=True)
class Command:
    """Attributes:
    keys: Portable key sequences; the first one is shown.
    in_list: The keys act only while the table or the preview has the focus.
    needs: How many rows must be selected at least.
    plays: It drives the preview, which knows these keys itself while it has the focus.
    """

    id: str
    text: Callable[[], str]
    keys: tuple[str, ...] = ()
    icon: str = ""
    in_list: bool = False
    needs: int = 0
    checkable: bool = False
    plays: bool = False


def _play(id_: str, text: Callable[[], str], key: str, icon: str = "") -> Command:
    return Command(id_, text, (key,), icon, in_list=True, needs=1, plays=True)


def _rate(stars: int) -> Command:
    def words() -> str:
        return tr("No rating") if not stars else "★" * stars

    return Command(f"rate_{stars}", words, (str(stars),), in_list=True, needs=1)


COMMANDS: tuple[Command, ...] = (
    Command("add", lambda: tr("Add…"), ("Ctrl+N",), "add"),
    Command("paste", lambda: tr("Paste task IDs"), ("Ctrl+V",), "inbox"),
    Command("refresh", lambda: tr("Refresh"), ("F5",), "refresh"),
    Command("save", lambda: tr("Save now"), ("Ctrl+S",), "save", needs=1),
    Command("save_as", lambda: tr("Save as…"), ("Ctrl+Shift+S",), needs=1),
    Command("save_expiring", lambda: tr("Save all expiring"), ("Ctrl+Alt+S",), "save"),
    Command("settings", lambda: tr("Settings…"), ("Ctrl+,",), "settings"),
    Command("quit", lambda: tr("Quit"), ("Ctrl+Q",)),
    Command("undo", lambda: tr("Undo"), ("Ctrl+Z",), "undo"),
    Command("find", lambda: tr("Search"), ("Ctrl+F",), "search"),
    Command("find_slash", lambda: tr("Search from the list"), ("/",), "search", in_list=True),
    _play("play", lambda: tr("Play"), "Space", "play"),
    _play("play_back", lambda: tr("Play backwards"), "J"),
    _play("play_stop", lambda: tr("Stop"), "K", "pause"),
    _play("play_on", lambda: tr("Play forwards"), "L"),
    _play("frame_back", lambda: tr("Frame back"), ",", "step-back"),
    _play("frame_on", lambda: tr("Frame forward"), ".", "step-forward"),
    _play("loop", lambda: tr("Loop"), "Ctrl+L", "loop"),
    _play("mark_in", lambda: tr("Loop from here"), "I"),
    _play("mark_out", lambda: tr("Loop up to here"), "O"),
    _play("clear_marks", lambda: tr("Loop the whole clip"), "Shift+I"),
    _play("sound", lambda: tr("Sound"), "M", "sound"),
    _play("actual_size", lambda: tr("Actual size (100 %)"), "Z"),
    _play("guides", lambda: tr("Safe-area guides"), "G"),
    _play("save_frame", lambda: tr("Save frame as PNG"), "Ctrl+Shift+F", "image"),
    _play("copy_frame", lambda: tr("Copy frame"), "Ctrl+Shift+C", "copy"),
    _play("full_screen", lambda: tr("Full screen"), "F", "full-screen"),
    Command("open", lambda: tr("Open with default app"), ("Return",), "open", True, 1),
    Command("open_with", lambda: tr("Open with…"), ("Ctrl+Return",), "open", True, 1),
    Command("copy_file", lambda: tr("Copy file"), ("Ctrl+C",), "copy", True, 1),
    Command("reveal", lambda: tr("Show in folder"), ("Ctrl+Shift+E",), "folder", needs=1),
    Command("copy_seed", lambda: tr("Seed"), ("Ctrl+Alt+1",), needs=1),
    Command("copy_parameters", lambda: tr("Parameters as JSON"), ("Ctrl+Alt+2",), needs=1),
    Command("copy_id", lambda: tr("Task ID"), ("Ctrl+Alt+3",), needs=1),
    Command("copy_path", lambda: tr("File path"), ("Ctrl+Alt+4",), needs=1),
    Command("copy_curl", lambda: tr("curl command without the key"), ("Ctrl+Alt+5",), needs=1),
    Command("copy_prompt", lambda: tr("Prompt"), ("Ctrl+Alt+6",), needs=1),
    Command("copy_url", lambda: tr("Result URL with its end time"), ("Ctrl+Alt+7",), needs=1),
    *(_rate(stars) for stars in range(6)),
    Command("pick", lambda: tr("Pick"), ("P",), "pick", in_list=True, needs=1),
    Command("reject", lambda: tr("Reject"), ("X",), "reject", in_list=True, needs=1),
    Command("unpick", lambda: tr("Neither"), ("U",), in_list=True, needs=1),
    Command("tag", lambda: tr("Tags…"), ("T",), "tag", in_list=True, needs=1),
    Command("note", lambda: tr("Note…"), ("N",), "note", in_list=True, needs=1),
    Command("rename", lambda: tr("Rename…"), ("F2",), "rename", in_list=True, needs=1),
    Command("look", lambda: tr("Refresh this task"), ("Shift+F5",), "refresh", needs=1),
    Command("watch", lambda: tr("Pause watching"), ("Ctrl+Shift+P",), "watch", needs=1),
    Command("elsewhere", lambda: tr("Try other accounts"), ("Ctrl+Shift+O",), "search", needs=1),
    Command("upstream", lambda: tr("Look it up at Ark"), ("Ctrl+Shift+U",), "search", needs=1),
    Command("export", lambda: tr("Export…"), ("Ctrl+E",), "save", needs=1),
    Command("remove", lambda: tr("Remove from list"), ("Del",), "remove", True, 1),
    Command("cancel", lambda: tr("Cancel the queued task…"), ("Ctrl+Shift+Del",), needs=1),
    Command("view_all", lambda: tr("All"), ("Alt+1",), "all"),
    Command("view_running", lambda: tr("Running"), ("Alt+2",), "state-running"),
    Command("view_expiring", lambda: tr("Expiring"), ("Alt+3",), "expiring"),
    Command("view_unsaved", lambda: tr("Unsaved"), ("Alt+4",), "remote"),
    Command("as_list", lambda: tr("List"), ("Ctrl+1",), checkable=True),
    Command("as_gallery", lambda: tr("Gallery"), ("Ctrl+2",), checkable=True),
    Command("as_compare", lambda: tr("Compare"), ("Ctrl+3",), checkable=True),
    Command("compare", lambda: tr("Compare takes"), ("C",), "compare", in_list=True, needs=1),
    Command("view_failed", lambda: tr("Failed"), ("Alt+5",), "state-failed"),
    Command("group", lambda: tr("Group…"), ("Ctrl+G",), "all", needs=1),
    Command("ungroup", lambda: tr("Out of the group"), ("Ctrl+Shift+G",), needs=1),
    Command("group_none", lambda: tr("No groups"), ("Ctrl+Alt+0",), checkable=True),
    Command("group_name", lambda: tr("By name"), ("Ctrl+Alt+N",), checkable=True),
    Command("group_hand", lambda: tr("By hand"), ("Ctrl+Alt+G",), checkable=True),
    Command("fold", lambda: tr("Collapse or expand"), ("Ctrl+Alt+F",)),
    Command("fold_all", lambda: tr("Collapse all"), ("Ctrl+Alt+C",)),
    Command("unfold_all", lambda: tr("Expand all"), ("Ctrl+Alt+E",)),
    Command("unseen", lambda: tr("Show new takes"), ("Alt+0",), "state-succeeded"),
    Command("save_view", lambda: tr("Save this view…"), ("Ctrl+Alt+V",), "add"),
    Command("rename_view", lambda: tr("Rename view…"), ("Ctrl+Alt+R",), "rename"),
    Command("remove_view", lambda: tr("Remove view"), ("Ctrl+Alt+X",), "remove"),
    Command("sidebar", lambda: tr("Sidebar"), ("F3",), "sidebar", checkable=True),
    Command("inspector", lambda: tr("Inspector"), ("F4",), "inspector", checkable=True),
    Command("compact", lambda: tr("Compact rows"), ("Ctrl+Shift+D",), checkable=True),
    Command("next_pane", lambda: tr("Next pane"), ("F6",)),
    Command("leave", lambda: tr("Clear or leave"), ("Esc",)),
    Command("add_account", lambda: tr("Add service…"), ("Ctrl+Shift+N",), "key"),
    Command("accounts", lambda: tr("Accounts…"), ("Ctrl+Shift+A",), "key"),
    Command("forget_prompts", lambda: tr("Forget prompts…"), ("Ctrl+Alt+Shift+P",)),
    Command("shortcuts", lambda: tr("Keyboard shortcuts"), ("Ctrl+/",), "keyboard"),
)

BY_ID = {command.id: command for command in COMMANDS}

_COPY = (
    *("copy_seed", "copy_parameters", "copy_prompt", "copy_id", "copy_path", "copy_url"),
    "copy_curl",
)
_PLAY = tuple(command.id for command in COMMANDS if command.plays)
_RATE = tuple(f"rate_{stars}" for stars in range(5, -1, -1))
_ = ""  # a line between entries
_EDIT = (
    *("undo", "paste", _, "rename", "tag", "note", _, "remove", _),
    *("find", "find_slash"),
)


class Actions(QObject):
    """The commands as Qt actions.

    Attributes:
        saved_menu: Where the saved views are listed; there once `fill_menu_bar` was called.

    Signals:
        triggered: the command's id.
    """

    triggered = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._all: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(window)
            action.setObjectName(command.id)
            plain.set_text(action, command.text())
            if command.icon:
                action.setIcon(theme.icon(command.icon))
            action.setCheckable(command.checkable)
            if command.in_list:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            else:
                window.addAction(action)
            action.triggered.connect(lambda _on=False, id_=command.id: self.triggered.emit(id_))
            self._all[command.id] = action
        self._keys = {command.id: command.keys for command in COMMANDS}
        self._letters = True
        self.saved_menu: QMenu
        self._bind()
        self.set_selected(0)

    def __getitem__(self, id_: str) -> QAction:
        return self._all[id_]

    def live_in(self, widget: QWidget, *, is_preview: bool = False) -> None:
        """Let the list's keys act while `widget` or something inside it has the focus."""
        for command in COMMANDS:
            if command.in_list and not (is_preview and command.plays):
                widget.addAction(self._all[command.id])

    def set_letters(self, on: bool) -> None:
        """Single letters and digits as keys, or not."""
        if on != self._letters:
            self._letters = on
            self._bind()

    def set_keys(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Use these keys of every command, portable sequences; the first one is shown."""
        if self._keys != keys:
            self._keys = dict(keys)
            self._bind()

    def _bind(self) -> None:
        for command in COMMANDS:
            keys = self._keys[command.id]
            if command.in_list and not self._letters:
                keys = tuple(key for key in keys if len(key) > 1)
            action = self._all[command.id]
            action.setShortcuts([QKeySequence(key) for key in keys])
            plain.set_tooltip(action, _tip(command, keys))

    def set_selected(self, rows: int) -> None:
        for command in COMMANDS:
            if command.needs:
                self._all[command.id].setEnabled(rows >= command.needs)

    def fill_menu_bar(self, bar: QMenuBar) -> None:
        for title, ids in (
            (
                tr("File"),
                (
                    "add",
                    "add_account",
                    "accounts",
                    _,
                    "save",
                    "save_as",
                    "save_expiring",
                    _,
                    "forget_prompts",
                    _,
                    "quit",
                ),
            ),
            (tr("Edit"), _EDIT),
            (tr("Task"), _TASK),
            (tr("View"), _VIEW),
            (tr("Help"), ("shortcuts",)),
        ):
            menu = bar.addMenu("")
            plain.set_text(menu, title)
            self._fill(menu, ids)
            if "rename" in ids:
                self._submenu(menu, tr("Copy"), _COPY, before="rename")
                menu.addSeparator()
                self._fill(menu, ("settings",))
            if "look" in ids:
                self._submenu(menu, tr("Play"), _PLAY, before="open")
                self._submenu(menu, tr("Rating"), _RATE, before="look")
                self._submenu(menu, tr("Choice"), ("pick", "reject", "unpick"), before="look")
            if "sidebar" in ids:
                views = ("save_view", "rename_view", "remove_view", _)
                self.saved_menu = self._submenu(menu, tr("Saved views"), views, before="sidebar")
                self._submenu(menu, tr("Group by"), _GROUPS, before="sidebar")
                menu.insertSeparator(self._all["sidebar"])
                self._fill(menu, ("next_pane", "leave"))

    def context_menu(self, parent: QWidget, *, can_cancel: bool) -> QMenu:
        """The menu of the selected rows."""
        menu = QMenu(parent)
        self._fill(menu, ("play", "open", "reveal", "save", "save_as", _))
        self._submenu(menu, tr("Copy"), _COPY)
        menu.addSeparator()
        self._submenu(menu, tr("Rating"), _RATE)
        self._fill(menu, ("pick", "reject", "tag", "note", "compare", _))
        self._fill(menu, ("look", "watch", "rename", "export", _, "remove"))
        if can_cancel:
            self._submenu(menu, tr("At provider"), ("cancel",))
        return menu

    def _fill(self, menu: QMenu, ids: Iterable[str]) -> None:
        for id_ in ids:
            if id_:
                menu.addAction(self._all[id_])
            else:
                menu.addSeparator()

    def _submenu(self, menu: QMenu, title: str, ids: Iterable[str], before: str = "") -> QMenu:
        sub = QMenu(menu)
        plain.set_text(sub, title)
        self._fill(sub, ids)
        if before:
            menu.insertMenu(self._all[before], sub)
        else:
            menu.addMenu(sub)
        return sub


_AS = ("as_list", "as_gallery", "as_compare")
_VIEWS = ("view_all", "view_running", "view_expiring", "view_unsaved", "view_failed", "unseen")
_GROUPS = ("group_none", "group_name", "group_hand", _, "fold", "fold_all", "unfold_all")
_VIEW = ("refresh", _, *_AS, _, *_VIEWS, "sidebar", "inspector", "compact")
_TASK = (
    "open",
    "open_with",
    "reveal",
    "copy_file",
    "export",
    "compare",
    _,
    "group",
    "ungroup",
    _,
    "look",
    "watch",
    "elsewhere",
    "upstream",
    "cancel",
)


def _tip(command: Command, keys: tuple[str, ...]) -> str:
    words = command.text().rstrip("…")
    if not keys:
        return words
    key = QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{words} ({key})"
