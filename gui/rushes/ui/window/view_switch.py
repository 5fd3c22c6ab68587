"""The switch between list, gallery and compare, and which player the keys that play are for."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from rushes.presentation.text import tr
from rushes.ui.commands.actions import Actions
from rushes.ui.commands.playback import Playback
from rushes.ui.window.panes import Panes
from rushes.ui.window.selected_rows import SelectedRows
from rushes.ui.window.view_stack import COMPARE, USAGE, ViewStack
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


class ViewSwitch:
    """What follows from the view that is shown: which player the playback keys act on (that of the
    preview, or that of compare), and that compare and usage hide the inspector."""

    def __init__(
        self,
        window: WindowSignals,
        content: ViewStack,
        panes: Panes,
        actions: Actions,
        show_hint: Callable[[str], object],
    ) -> None:
        """`show_hint` shows the user a sentence."""
        self._window = window
        self._content = content
        self._panes = panes
        self._actions = actions
        self._show_hint = show_hint
        self._preview: Playback | None = None
        self._was_comparing = self._needed_room = False
        content.view_changed.connect(self._changed)

    def set_preview(self, preview: Playback) -> None:
        """Whose keys are those that play, unless takes are compared."""
        self._preview = preview
        self._actions.refresh()

    @property
    def player(self) -> Playback | None:
        """None: the preview is not there yet."""
        preview = self._preview
        if not self._content.is_comparing or (preview is not None and preview.has_keys):
            return preview
        return self._content.compare

    @property
    def is_reviewing(self) -> bool:
        """Whether takes are shown one after the other on the whole screen."""
        return self._preview is not None and self._preview.full_screen is not None

    @property
    def view(self) -> str:
        """LIST, GALLERY, COMPARE or USAGE: what is shown."""
        if self._content.is_counting:
            return USAGE
        return COMPARE if self._content.is_comparing else self._content.view

    @property
    def compared(self) -> int:
        """How many takes are side by side; 0: none."""
        return len(self._content.compare.tasks) if self._content.is_comparing else 0

    def compare(self, rows: SelectedRows) -> None:
        """Compare what is selected, or tell what to select."""
        keys = rows.keys
        if hint := how_to(len(keys)):
            self._show_hint(hint)
        else:
            self._window.compare_requested.emit(keys)

    def take_frame(self, *, copy: bool) -> None:
        """Ask for the frame on the screen as a file beside its clip, or on the clipboard."""
        frame = self.player.take_frame() if self.player else None
        if frame is not None:
            self._window.frame_wanted.emit(frame.path, frame.number, frame.image, copy)

    @property
    def full_screen(self) -> QWidget | None:
        """The window that fills the screen; None: there is none."""
        return self.player.full_screen if self.player else None

    def leave_full_screen(self) -> bool:
        """False: there is none."""
        if self.player is None or self.full_screen is None:
            return False
        self.player.leave_full_screen()
        return True

    def _changed(self) -> None:
        comparing = self._content.is_comparing
        needs_room = not self._content.shows_rows
        if needs_room != self._needed_room:
            self._needed_room = needs_room
            self._panes.withhold_inspector(on=needs_room)
        if comparing != self._was_comparing:
            self._was_comparing = comparing
            if comparing and self._preview is not None:
                self._content.compare.set_volume(self._preview.volume)
