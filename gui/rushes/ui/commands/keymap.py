"""Which keys mean which command: the table's own, and what the user has chosen instead. No widget.

Kept in the settings, `{"pick": ("A",), "reject": ()}`: only commands that differ.
"""

from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

from rushes.presentation.text import tr
from rushes.ui.commands.actions import BY_ID, COMMANDS, Command

Keys = dict[str, tuple[str, ...]]
_NATIVE = QKeySequence.SequenceFormat.NativeText


def read(kept: Mapping[str, tuple[str, ...]]) -> Keys:
    """What the user has chosen, of what is kept in `Settings.shortcuts`. Unknown commands and
    clashing keys are left out."""
    chosen: Keys = {}
    for id_, keys in kept.items():
        if id_ in BY_ID:
            known = tuple(filter(None, map(normal, keys)))
            if not any(problem(chosen, id_, key) for key in known):
                chosen[id_] = known
    return chosen


def write(chosen: Keys) -> Keys:
    """What is to be kept: only what differs."""
    return {id_: keys for id_, keys in chosen.items() if keys != _own(BY_ID[id_])}


def effective(chosen: Mapping[str, tuple[str, ...]]) -> Keys:
    """The keys of every command."""
    return {command.id: chosen.get(command.id, _own(command)) for command in COMMANDS}


def normal(key: str) -> str:
    """The portable spelling of one key with its modifiers; "" for none, or for several in a row."""
    sequence = QKeySequence(key)
    return sequence.toString() if sequence.count() == 1 else ""


def shown(keys: tuple[str, ...]) -> str:
    """The keys as this platform writes them."""
    return ", ".join(QKeySequence(key).toString(_NATIVE) for key in keys)


def problem(chosen: Mapping[str, tuple[str, ...]], id_: str, key: str) -> str:
    """Why the command cannot have this key, in one sentence; "" if it can."""
    command = BY_ID[id_]
    for other, keys in effective(chosen).items():
        if other != id_ and key in keys:
            return tr(
                "{key} belongs to “{command}” already. Choose another, or change that one first.",
                key=shown((key,)),
                command=words(BY_ID[other]),
            )
    if not command.in_list and _types_text(key):
        return tr(
            "{key} alone would be missing in text fields. Combine it with Ctrl or Alt.",
            key=shown((key,)),
        )
    return ""


def words(command: Command) -> str:
    return command.text().rstrip("…")


def _own(command: Command) -> tuple[str, ...]:
    return tuple(map(normal, command.keys))


def _types_text(key: str) -> bool:
    bare = key.removeprefix("Shift+")
    return len(bare) == 1 or bare == "Space"
