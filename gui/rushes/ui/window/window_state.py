"""Sizes, columns, sort, view, selection and scroll place of the window: taken back at the start,
and told a moment after they changed, so that a killed program has lost none of them."""

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from rushes.core.listing import ListFilter
from rushes.core.task import Key, Task
from rushes.core.views import View
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import plain
from rushes.ui.window.main_window import PANES, MainWindow
from rushes.ui.window.view_stack import LIST, ViewStack

VERSION = 1

#: Whoever drags a border moves it a hundred times: told once, well within two seconds.
_TOLD_AFTER_MS = 1000

#: Of more selected rows only the current one is kept: the settings are a small file.
_MOST_SELECTED = 500

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
            **{pane: window.commands[pane].isChecked() for pane in PANES},
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
            window.commands[pane].setChecked(on)
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


class StoredSelection:
    """Which takes are selected and which one stands at the top of the table or the gallery. By
    their keys: until the next start rows come, go and move."""

    def __init__(self, table: TaskTable, content: ViewStack) -> None:
        self._table = table
        self._content = content
        self._to_come: Mapping[str, Any] = {}  # from `restore` until the rows are there

    def state(self) -> dict[str, Any]:
        """Plain JSON values: `selected` (the current one first) and `top` as [account, id] and,
        for `top`, its distance from the upper edge in pixels; {} at the top without a selection."""
        if self._to_come:
            return dict(self._to_come)
        current, selected = self._table.current_key(), self._table.selected_keys()
        count = sum(map(len, self._table.selected_rows()))
        if count != len(selected) or count > _MOST_SELECTED:
            selected = [current] if current in selected and current is not None else []
        elif current in selected and current is not None:
            selected = [current, *(key for key in selected if key != current)]
        kept: dict[str, Any] = {"selected": [[*key] for key in selected]} if selected else {}
        if (top := self._top()) is not None:
            kept["top"] = [*top[0], top[1]]
        return kept

    def restore(self, state: object) -> None:
        """Take back what `state` gave, once the rows are there; anything else is passed over."""
        known = state if isinstance(state, dict) else {}
        selected = [key for each in _list(known.get("selected")) if (key := _key(each))]
        *top, offset = _list(known.get("top")) or [None]
        top_key = _key(top)
        if not selected and top_key is None:
            return
        self._to_come = known
        place = (top_key, offset) if top_key is not None and isinstance(offset, int) else None
        self._table.come_back(selected[:_MOST_SELECTED], place, self._arrived)

    def _arrived(self, row: int | None, offset: int) -> None:
        """The rows are there; that of the task which was at the top is this one."""
        self._to_come = {}
        view = self._content.rows_view
        bar = view.verticalScrollBar()
        if row is not None and bar.value() == 0:  # else somebody has scrolled already
            view.updateGeometries()
            at = view.visualRect(view.model().index(row, AT["name"])).top()
            bar.setValue(bar.value() + at - offset)

    def _top(self) -> tuple[Key, int] | None:
        """The uppermost task on the screen and where it is; None: the list is not scrolled."""
        view = self._content.rows_view
        if view.verticalScrollBar().value() == 0:
            return None
        for row in self._content.visible_rows:
            index = view.model().index(row, AT["name"])
            task = index.data(TaskModel.TASK)  # None for the head of a group, too
            if isinstance(task, Task):
                return task.key, view.visualRect(index).top()
        return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _key(value: object) -> Key | None:
    parts = _list(value)
    if len(parts) == 2 and all(isinstance(part, str) for part in parts):
        return Key(*parts)
    return None


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
