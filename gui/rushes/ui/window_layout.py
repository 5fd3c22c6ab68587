"""Sizes, columns, sort and view of the window: kept at the end, taken back at the start."""

from PySide6.QtWidgets import QMainWindow

from rushes.core.listing import Scope
from rushes.core.views import View
from rushes.ui import layout_state
from rushes.ui.actions import Actions
from rushes.ui.middle import LIST
from rushes.ui.window_body import WindowBody

PANES = ("sidebar", "inspector")


class WindowLayout:
    def __init__(self, window: QMainWindow, body: WindowBody, actions: Actions) -> None:
        self._window = window
        self._body = body
        self._actions = actions

    def save(self) -> str:
        body = self._body
        state = {
            "geometry": layout_state.bytes_text(self._window.saveGeometry()),
            "panes": body.panes.wanted,
            **{pane: self._actions[pane].isChecked() for pane in PANES},
            "view": body.sidebar.scope.view.value,
            "saved": body.sidebar.saved,
            "table": body.tasks.table.layout_state(),
            "as": body.middle.view,
            "tiles": body.middle.tile_size,
        }
        return layout_state.pack(state)

    def restore(self, text: str) -> None:
        """Take back what `save` gave; anything else leaves the window as it is."""
        state = layout_state.unpack(text)
        if not state:
            return
        body = self._body
        self._window.restoreGeometry(layout_state.text_bytes(state.get("geometry")))
        body.panes.restore(state.get("panes"))
        for pane in PANES:
            self._actions[pane].setChecked(bool(state.get(pane, True)))
            self.show_pane(pane)
        body.tasks.table.restore_layout(state.get("table", {}))
        body.middle.show_view(str(state.get("as", LIST)))
        body.middle.set_tile_size(int(state.get("tiles", 1)))
        views = {view.value: view for view in View}
        body.sidebar.choose(Scope(view=views.get(str(state.get("view")), View.ALL)))
        body.sidebar.choose_saved(str(state.get("saved", "")))

    def show_pane(self, pane: str) -> None:
        """Show or hide one of `PANES` as its command is checked."""
        self._body.panes.show_pane(pane, on=self._actions[pane].isChecked())
