"""Which key of the preview means which command; the table of commands says it, or the user."""

from collections.abc import Mapping

from PySide6.QtGui import QKeyEvent, QKeySequence

from rushes.ui.commands.actions import COMMANDS

Keys = Mapping[str, tuple[str, ...]]


class PreviewKeys:
    def __init__(self) -> None:
        self._meant: dict[str, str] = {}
        self.letters = True
        self.bind({command.id: command.keys for command in COMMANDS})

    def bind(self, keys: Keys) -> None:
        """Use these keys of each command, portable sequences."""
        plays = {command.id for command in COMMANDS if command.plays}
        self._meant = {
            QKeySequence(key).toString(): id_
            for id_, sequences in keys.items()
            if id_ in plays
            for key in sequences
        }

    @property
    def shown(self) -> dict[str, str]:
        """A key of each command, as this platform writes it."""
        native = QKeySequence.SequenceFormat.NativeText
        told = reversed(self._meant.items())  # of several keys the first one is shown
        return {id_: QKeySequence(key).toString(native) for key, id_ in told}

    def meant(self, event: QKeyEvent) -> str:
        """The id of the command; "" for any other key."""
        key = QKeySequence(event.keyCombination()).toString()
        if len(key) == 1 and not self.letters:
            return ""
        return self._meant.get(key, "")
