"""The commands as Qt's actions: one action each, shared by menus, bars and every pane with keys."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QMenu,
    QMenuBar,
    QWidget,
)

from rushes.ui.commands.command import Command, Commands, Keymap, Keys, Menu, Pane, is_letter, shown
from rushes.ui.widgets import plain, theme

_MOVING = frozenset(
    {
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
        *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
    }
)
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Actions(QObject):
    """Signals:
    keys_changed: other keys act and stand in the tool tips now.
    """

    keys_changed = Signal()

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self.commands = commands
        self._all: dict[str, QAction] = {}
        self._refusals: dict[str, QAction] = {}  # they have the keys of what is not offered
        self._told: dict[str, str] = {}  # why what is not offered is not: its tool tip
        self._menus: dict[Menu, QMenu] = {}
        self._context: object = None
        for command in commands:
            action = QAction(window)
            action.setObjectName(command.id)
            plain.set_text(action, command.text())
            if command.icon:
                action.setIcon(theme.icon(command.icon))
            action.setShortcutVisibleInContextMenu(True)  # some desktops leave them out
            action.setCheckable(command.checkable or command.checked is not None)
            self._all[command.id] = action
            if command.why_not is not None:
                self._refusals[command.id] = QAction(window, enabled=False)
            for each in self._both(command):
                if Pane.WINDOW in command.panes:
                    window.addAction(each)
                else:
                    each.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._bound: tuple[Keys, bool] = ({}, True)
        self._bind(Keymap(commands), letters=True)

    def __getitem__(self, id_: str) -> QAction:
        return self._all[id_]

    def serve(self, context: object, say: Callable[[str], object]) -> None:
        """From now on the commands do what they say, with `context`; `say` shows the user why one
        is not offered."""
        self._context = context
        for command in self.commands:
            self._all[command.id].triggered.connect(partial(self._run, command))
            if (why_not := command.why_not) is not None:
                refused = self._refusals[command.id].triggered
                refused.connect(lambda _, why_not=why_not: say(why_not(context)))
        self.refresh()

    def refresh(self) -> None:
        """Ask every command anew whether it is offered, whether it is on, and for its words."""
        if self._context is None:
            return
        for command in self.commands:
            action = self._all[command.id]
            is_offered = command.offered(self._context)
            action.setEnabled(is_offered)
            if command.why_not is not None:
                why_not = "" if is_offered else command.why_not(self._context)
                self._refusals[command.id].setEnabled(why_not != "")
                if why_not != self._told.get(command.id, ""):  # every change of a row asks
                    self._told[command.id] = why_not
                    plain.set_tooltip(action, why_not or self.with_key(command.id, command.words))
            if command.checked is not None:
                action.setChecked(command.checked(self._context))
            if command.text_now is not None:
                plain.set_text(action, command.text_now(self._context))

    def _run(self, command: Command[Any], _on: bool = False) -> None:
        command.run(self._context)
        if command.checked is not None:  # Qt has switched it by itself
            self._all[command.id].setChecked(command.checked(self._context))

    def _both(self, command: Command[Any]) -> list[QAction]:
        """Its action, and what has its keys while it is not offered, where that says something."""
        refusal = self._refusals.get(command.id)
        return [self._all[command.id], *([refusal] if refusal else [])]

    # --- keys -----------------------------------------------------------------------------

    def live_in(self, widget: QWidget, pane: Pane) -> None:
        """Let the keys of this pane act while `widget` or something inside it has the focus."""
        for command in self.commands:
            if pane & command.panes:
                widget.addActions(self._both(command))
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A button that has the focus is pressed with the space bar, and a slider moved with the
        arrows, whatever else these keys mean."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus, key = QApplication.focusWidget(), event.key()
            is_pressed = isinstance(focus, QAbstractButton) and key == Qt.Key.Key_Space
            is_moved = isinstance(focus, QAbstractSlider) and key in _MOVING
            if (is_pressed or is_moved) and not event.modifiers() & ~_KEYPAD:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def set_keys(self, shortcuts: Keys, *, letters: bool) -> None:
        """Use the keys of the settings' `shortcuts`; without `letters` no single letters, digits
        and signs."""
        if (shortcuts, letters) != self._bound:
            self._bound = (shortcuts, letters)
            self._bind(Keymap(self.commands, shortcuts), letters=letters)
            self.keys_changed.emit()

    def _bind(self, keymap: Keymap, *, letters: bool) -> None:
        self._told = {}
        for command in self.commands:
            keys = keymap.keys(command.id)
            if not letters and Pane.WINDOW not in command.panes:
                keys = tuple(key for key in keys if not is_letter(key))
            action = self._all[command.id]
            for each in self._both(command):
                each.setShortcuts([QKeySequence(key) for key in keys])
            plain.set_tooltip(action, self.with_key(command.id, command.words))

    def with_key(self, id_: str, words: str) -> str:
        """The words and the first key of the command, for a tool tip."""
        key = shown([self._all[id_].shortcut().toString()])
        return f"{words} ({key})" if key else words

    # --- menus ----------------------------------------------------------------------------

    def fill_menu_bar(self, bar: QMenuBar, *menus: Menu) -> None:
        for menu in menus:
            shown_menu = bar.addMenu("")
            plain.set_text(shown_menu, menu.title())
            self._menus[menu] = shown_menu
            self._fill(shown_menu, menu)

    def menu_of(self, menu: Menu) -> QMenu:
        """A menu that `fill_menu_bar` has made, to put more into it."""
        return self._menus[menu]

    def make_menu(self, parent: QWidget, menu: Menu) -> QMenu:
        """A menu of its own. Menus inside it that offer nothing now are left out."""
        made = QMenu(parent)
        self._fill(made, menu, all_of_it=False)
        return made

    def open_menu(self, parent: QWidget, menu: Menu, at: QPoint) -> None:
        """Show a menu of its own at a point of the screen."""
        made = self.make_menu(parent, menu)
        made.aboutToHide.connect(made.deleteLater)
        made.popup(at)

    def _fill(self, target: QMenu, menu: Menu, *, all_of_it: bool = True) -> None:
        entries: list[tuple[int, QAction | Menu]] = [
            *((at, self._all[c.id]) for c in self.commands for m, at in c.menus if m is menu),
            *((at, inner) for inner in self._inner_menus() for m, at in inner.places if m is menu),
        ]
        before = None
        for at, entry in sorted(entries, key=lambda each: each[0]):
            action = self._submenu(target, entry) if isinstance(entry, Menu) else entry
            if not all_of_it and isinstance(entry, Menu) and not _offers(action):
                continue
            if before not in (None, at // 10):
                target.addSeparator()
            before = at // 10
            target.addAction(action)

    def _submenu(self, parent: QMenu, menu: Menu) -> QAction:
        made = QMenu(parent)
        plain.set_text(made, menu.title())
        self._fill(made, menu)
        self._menus.setdefault(menu, made)
        return made.menuAction()

    def _inner_menus(self) -> Iterator[Menu]:
        named = dict.fromkeys(place.menu for command in self.commands for place in command.menus)
        return (menu for menu in named if menu.places)


def _offers(menu: QAction) -> bool:
    """Whether something in this menu can be chosen now."""
    inner = menu.menu()
    return isinstance(inner, QMenu) and any(action.isEnabled() for action in inner.actions())
