"""What a command is, and which keys mean which command. No widget: values and questions about them.

The commands themselves stand in `ui/window/commands.py`.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtGui import QKeySequence

from rushes.presentation.text import tr

_NATIVE = QKeySequence.SequenceFormat.NativeText
_Context = TypeVar("_Context", contravariant=True)


class Pane(enum.Flag):
    """Where the keys of a command act. COMPARE includes its full screen; that of the preview is
    the review."""

    WINDOW = enum.auto()  # wherever the focus is in the window
    LIST = enum.auto()  # list and gallery
    PREVIEW = enum.auto()
    REVIEW = enum.auto()
    COMPARE = enum.auto()


#: For keys that type text in a field: they act only where there is none.
LOOKING = Pane.LIST | Pane.PREVIEW | Pane.REVIEW | Pane.COMPARE
EVERYWHERE = Pane.WINDOW | Pane.PREVIEW | Pane.REVIEW | Pane.COMPARE


@dataclass(frozen=True, slots=True, eq=False)
class Menu:
    """A menu of the menu bar, or, with `places`, a menu inside others."""

    title: Callable[[], str]
    places: "tuple[MenuPlace, ...]" = ()


class MenuPlace(NamedTuple):
    """Where something stands in a menu. A line parts entries whose numbers are in different tens:
    11 and 12 stand together, 21 below a line."""

    menu: Menu
    number: int


@dataclass(frozen=True, slots=True)
class Command(Generic[_Context]):
    """Attributes:
    run: What it does, with the context that the actions were given.
    keys: Portable key sequences; the first one is shown.
    offered: Whether it can be chosen now; it is asked again by `Actions.refresh`.
    why_not: Why it is not offered: its tool tip then, and what is said when its key is pressed all
        the same; "" for nothing.
    checked: For a command that is on or off: whether it is on.
    checkable: It is on or off, and its action itself keeps which.
    text_now: The words for the moment, where they change.
    """

    id: str
    text: Callable[[], str]
    run: Callable[[_Context], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    menus: tuple[MenuPlace, ...] = ()
    panes: Pane = Pane.WINDOW
    offered: Callable[[_Context], bool] = lambda _: True
    why_not: Callable[[_Context], str] | None = None
    checked: Callable[[_Context], bool] | None = None
    checkable: bool = False
    text_now: Callable[[_Context], str] | None = None

    @property
    def words(self) -> str:
        """Its name without the dots that announce a question."""
        return self.text().rstrip("…")


Commands = Sequence[Command[Any]]
Keys = dict[str, tuple[str, ...]]


class Keymap:
    """The keys of every command: its own, or what the user has chosen instead. What the user has
    chosen stays: a command of a later version whose own key it is has none.

    The settings have `{"pick": ("A",), "reject": ()}`: only commands that differ.
    """

    def __init__(self, commands: Commands, chosen: Keys | None = None) -> None:
        """Of what was `chosen`, unknown commands and clashing keys are left out."""
        self._commands = {command.id: command for command in commands}
        self._own = {c.id: tuple(map(normal, c.keys)) for c in commands}
        self._chosen: Keys = {}
        for id_, keys in (chosen or {}).items():
            if id_ in self._own:
                known = tuple(filter(None, map(normal, keys)))
                if not any(self._is_refused(id_, key) for key in known):
                    self._chosen[id_] = known

    @property
    def chosen(self) -> Keys:
        """What the settings keep: the commands that differ."""
        return {id_: keys for id_, keys in self._chosen.items() if keys != self._own[id_]}

    def is_chosen(self, id_: str) -> bool:
        return self.keys(id_) != self._own[id_]

    def keys(self, id_: str) -> tuple[str, ...]:
        if id_ in self._chosen:
            return self._chosen[id_]
        return tuple(key for key in self._own[id_] if not self._is_chosen_elsewhere(id_, key))

    def choose(self, id_: str, key: str) -> str:
        """Give the command this key alone, or none with "". Returns why not, or ""."""
        problem = self.problem(id_, key) if key else ""
        if not problem:
            self._chosen[id_] = (key,) if key else ()
        return problem

    def reset(self, id_: str) -> str:
        """Give the command its own keys back. Returns why not, or ""."""
        own = self._own[id_]
        problem = next(filter(None, (self.problem(id_, key) for key in own)), "")
        if not problem:
            self._chosen.pop(id_, None)
        return problem

    def problem(self, id_: str, key: str) -> str:
        """Why the command cannot have this key, in one sentence; "" if it can."""
        command = self._commands[id_]
        for other in self._commands.values():
            if other.id != id_ and key in self.keys(other.id) and _meet(command, other):
                return tr(
                    "{key} belongs to “{command}” already. Choose another, or change that one "
                    "first.",
                    key=shown((key,)),
                    command=other.words,
                )
        if _is_missed_in_fields(command, key):
            return tr(
                "{key} alone is needed for typing. Combine it with Ctrl or Alt.",
                key=shown((key,)),
            )
        return ""

    def _is_refused(self, id_: str, key: str) -> bool:
        is_missed = _is_missed_in_fields(self._commands[id_], key)
        return is_missed or self._is_chosen_elsewhere(id_, key)

    def _is_chosen_elsewhere(self, id_: str, key: str) -> bool:
        command, commands = self._commands[id_], self._commands
        return any(
            key in keys and _meet(command, commands[other])
            for other, keys in self._chosen.items()
            if other != id_
        )


def normal(key: str) -> str:
    """The portable spelling of one key with its modifiers; "" for none, or for several in a row."""
    sequence = QKeySequence(key)
    return sequence.toString() if sequence.count() == 1 else ""


def shown(keys: Sequence[str]) -> str:
    """The keys as this platform writes them."""
    return ", ".join(QKeySequence(key).toString(_NATIVE) for key in keys)


def is_letter(key: str) -> bool:
    """Whether it is a single letter, digit or sign, which the user can switch off as a key."""
    return len(key) == 1


def _meet(one: Command[Any], other: Command[Any]) -> bool:
    """Whether there is a place where both have their keys."""
    return bool(one.panes & other.panes) or Pane.WINDOW in one.panes | other.panes


def _is_missed_in_fields(command: Command[Any], key: str) -> bool:
    """Whether nobody could type with this key any more."""
    bare = key.removeprefix("Shift+")
    return Pane.WINDOW in command.panes and (len(bare) == 1 or bare == "Space")
