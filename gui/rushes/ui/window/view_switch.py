"""The switch between list, gallery and compare: buttons, keys, and what goes with each."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from rushes.core.task import Key
from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.window.content_stack import COMPARE, GALLERY, LIST, ContentStack
from rushes.ui.window.list_commands import Deed, ListCommands, Playable
from rushes.ui.window.panes import Panes
from rushes.ui.window.window_signals import WindowSignals

#: So many takes can be compared.
LEAST, MOST = 2, 4


def how_to(count: int) -> str:
    """What to do with that many selected takes before they can be compared; "": nothing."""
    if count < LEAST:
        return tr("Select 2 to 4 takes to compare them: hold Ctrl and click.")
    if count > MOST:
        return tr("At most 4 takes can be compared. Select 2 to 4.")
    return ""


class ViewSwitch(QObject):
    """While takes are compared the inspector makes room, and the keys that play are theirs."""

    def __init__(
        self,
        window: WindowSignals,
        middle: ContentStack,
        panes: Panes,
        actions: Actions,
        commands: ListCommands,
        selected: Callable[[], list[Key]],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._middle = middle
        self._panes = panes
        self._actions = actions
        self._commands = commands
        self._selected = selected
        self._say = say
        self._preview: Playable | None = None
        self._is_comparing = False
        middle.view_changed.connect(self._changed)
        middle.mark_requested.connect(window.mark_requested)
        self._changed(middle.view)

    def set_player(self, player: Playable) -> None:
        """Whose keys are those that play, unless takes are compared."""
        self._preview = player
        self._commands.set_player(player)

    def deeds(self) -> dict[str, Deed]:
        """What is done by which command's id."""
        return {
            "as_list": partial(self._middle.show_view, LIST),
            "as_gallery": partial(self._middle.show_view, GALLERY),
            "as_compare": self._compare,
            "compare": self._compare,
            "rename": self._middle.rename_current,
        }

    def _compare(self) -> None:
        """Compare what is selected, or say what to select."""
        keys = self._selected()
        if told := how_to(len(keys)):
            self._say(told)
            self._check(COMPARE if self._is_comparing else self._middle.view)
        else:
            self._window.compare_requested.emit(keys)

    def _changed(self, view: str) -> None:
        self._check(view)
        comparing, before = view == COMPARE, self._is_comparing
        self._is_comparing = comparing
        if comparing != before:
            shown = self._actions["inspector"].isChecked() and not comparing
            self._panes.show_pane("inspector", on=shown)
        player = self._middle.compare if comparing else self._preview
        if player is not None:
            self._commands.set_player(player)

    def _check(self, view: str) -> None:
        for name in (LIST, GALLERY, COMPARE):
            self._actions[f"as_{name}"].setChecked(name == view)
