"""Sizes, columns, sort, view, selection and scroll place of the window: taken back at the start,
and told a moment after they changed, so that a killed program has lost none of them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from rushes.core.listing import Scope
from rushes.core.views import View
from rushes.ui.commands.actions import Actions
from rushes.ui.window import layout_state
from rushes.ui.window.kept_place import KeptPlace
from rushes.ui.window.middle import LIST
from rushes.ui.window.window_body import WindowBody

PANES = ("sidebar", "inspector")


#: Whoever drags a border moves it a hundred times: told once, well within two seconds.
_TOLD_AFTER_MS = 1000

_SIZES = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange})


class WindowLayout(QObject):
    """Args:
    tell: Called with what `restore` takes, when that has changed.
    """

    def __init__(
        self,
        window: QMainWindow,
        body: WindowBody,
        actions: Actions,
        tell: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._body = body
        self._actions = actions
        self._tell = tell
        self._told = ""
        self._place = KeptPlace(body.tasks.table, body.middle)
        self._timer = QTimer(self, singleShot=True, interval=_TOLD_AFTER_MS)
        self._timer.timeout.connect(self._look)
        self._watch()

    def _watch(self) -> None:
        """Whatever may have changed something: what has, is seen when the timer ends."""
        table, header = self._body.tasks.table, self._body.tasks.table.horizontalHeader()
        for changed in (
            *(table.order_wanted, table.selection_changed, table.current_changed),
            *(header.sectionResized, header.sectionMoved),
            *(self._body.panes.splitterMoved, self._body.sidebar.currentItemChanged),
            *(self._body.middle.view_changed, self._body.middle.scrolled),
            *(self._actions[pane].toggled for pane in PANES),
        ):
            changed.connect(self._changed)
        self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIZES:
            self._changed()
        return super().eventFilter(watched, event)

    def _changed(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        if (now := self.save()) != self._told:
            self._told = now
            self._tell(now)

    def save(self) -> str:
        body, scope = self._body, self._body.sidebar.kept_scope
        state = {
            "geometry": layout_state.bytes_text(self._window.saveGeometry()),
            "panes": body.panes.wanted,
            **{pane: self._actions[pane].isChecked() for pane in PANES},
            "view": scope.view.value,
            "account": scope.account,
            "tag": scope.tag,
            "saved": body.sidebar.saved,
            "table": body.tasks.table.layout_state(),
            "as": body.middle.view,
            "tiles": body.middle.tile_size,
            "place": self._place.state(),
        }
        return layout_state.pack(state)

    def restore(self, text: str) -> None:
        """Take back what `save` gave; anything else leaves the window as it is."""
        self._told = text
        state = layout_state.unpack(text)
        if state:
            with suppress(TypeError, ValueError, AttributeError):  # not written by this program
                self._restore(state)

    def _restore(self, state: dict[str, Any]) -> None:
        body = self._body
        self._window.restoreGeometry(layout_state.text_bytes(state.get("geometry")))
        body.panes.restore(state.get("panes"))
        for pane in PANES:
            self._actions[pane].setChecked(bool(state.get(pane, True)))
            self.show_pane(pane)
        body.middle.show_view(str(state.get("as", LIST)))
        body.middle.set_tile_size(int(state.get("tiles", 1)))
        self._place.restore(state.get("place"))
        body.tasks.table.restore_layout(state.get("table", {}))
        views = {view.value: view for view in View}
        view = views.get(str(state.get("view")), View.ALL)
        account, tag = str(state.get("account", "")), str(state.get("tag", ""))
        body.sidebar.come_back(Scope(view=view, account=account, tag=tag))
        body.sidebar.choose_saved(str(state.get("saved", "")))

    def show_pane(self, pane: str) -> None:
        """Show or hide one of `PANES` as its command is checked."""
        self._body.panes.show_pane(pane, on=self._actions[pane].isChecked())
