"""Sizes, columns, sort, view, selection and scroll place of the window: taken back at the start,
and told a moment after they changed, so that a killed program has lost none of them."""

import base64
import json
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from rushes.core.listing import ListFilter
from rushes.core.views import View
from rushes.ui.widgets import plain
from rushes.ui.window.main_window import PANES, MainWindow
from rushes.ui.window.stored_selection import StoredSelection
from rushes.ui.window.view_stack import LIST

VERSION = 1

#: Whoever drags a border moves it a hundred times: told once, well within two seconds.
_TOLD_AFTER_MS = 1000

_SIZES = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange})


#: At most one announcement in so many seconds; the last one of a flood is said.
EVERY_S = 5.0


class WindowState(QObject):
    """Attributes:
        told: What `changed` said last, or else `restore` was given.

    Signals:
        changed: what `restore` takes, a moment after it has changed.
    """

    changed = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.told = ""
        self._place = StoredSelection(window.table, window.content)
        self._timer = QTimer(self, singleShot=True, interval=_TOLD_AFTER_MS)
        self._timer.timeout.connect(self._tell_if_changed)
        self._watch()

    def _watch(self) -> None:
        """Whatever may have changed something: what has, is seen when the timer ends."""
        window, table = self._window, self._window.table
        header = table.horizontalHeader()
        for changed in (
            *(table.order_wanted, table.selection_changed, table.current_changed),
            *(header.sectionResized, header.sectionMoved),
            *(window.panes.splitterMoved, window.sidebar.currentItemChanged),
            window.content.view_changed,
            *(window.commands[pane].toggled for pane in PANES),
        ):
            changed.connect(self._begin)
        window.content.on_scroll = self._begin
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIZES:
            self._begin()
        return super().eventFilter(watched, event)

    def _begin(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _tell_if_changed(self) -> None:
        if (now := self.save()) != self.told:
            self.told = now
            self.changed.emit(now)

    def save(self) -> str:
        window, scope = self._window, self._window.sidebar.kept_scope
        state = {
            "geometry": bytes_text(window.saveGeometry()),
            "panes": window.panes.wanted,
            **{pane: window.panes.is_on(pane) for pane in PANES},
            "view": scope.view.value,
            "account": scope.account,
            "tag": scope.tag,
            "saved": window.sidebar.saved,
            "table": window.table.layout_state(),
            "as": window.content.view,
            "tiles": window.content.tile_size,
            "place": self._place.state(),
        }
        return pack(state)

    def restore(self, text: str) -> None:
        """Take back what `save` gave; anything else leaves the window as it is."""
        self.told = text
        state = unpack(text)
        if state:
            with suppress(TypeError, ValueError, AttributeError):  # not written by this program
                self._restore(state)

    def _restore(self, state: dict[str, Any]) -> None:
        window = self._window
        window.restoreGeometry(text_bytes(state.get("geometry")))
        window.panes.restore(state.get("panes"))
        for pane in PANES:
            on = bool(state.get(pane, True))
            window.panes.show_pane(pane, on=on)
        window.content.show_view(str(state.get("as", LIST)))
        window.content.set_tile_size(int(state.get("tiles", 1)))
        self._place.restore(state.get("place"))
        window.table.restore_layout(state.get("table", {}))
        views = {view.value: view for view in View}
        view = views.get(str(state.get("view")), View.ALL)
        account, tag = str(state.get("account", "")), str(state.get("tag", ""))
        window.sidebar.come_back(ListFilter(view=view, account=account, tag=tag))
        window.sidebar.choose_saved(str(state.get("saved", "")))


def pack(state: dict[str, Any]) -> str:
    raw = json.dumps({"version": VERSION, **state}, separators=(",", ":"))
    return base64.b64encode(raw.encode()).decode("ascii")


def unpack(text: str) -> dict[str, Any]:
    """What `pack` was given; {} for anything else (another version, damage): the defaults."""
    try:
        state = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError):  # binascii.Error is a ValueError
        return {}
    if not isinstance(state, dict) or state.get("version") != VERSION:
        return {}
    return state


def bytes_text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def text_bytes(text: object) -> QByteArray:
    return QByteArray.fromBase64(str(text or "").encode())


class Announcer:
    """Announces what happens to the selected row, not too often."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._waiting = ""
        self._timer = QTimer(widget)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def say(self, text: str) -> None:
        if self._timer.isActive():
            self._waiting = text
            return
        self._timer.start(int(EVERY_S * 1000))
        plain.announce(self._widget, text)

    def _next(self) -> None:
        text, self._waiting = self._waiting, ""
        if text:
            self.say(text)
