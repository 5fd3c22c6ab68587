"""Which takes are selected and which one stands at the top of the list, kept over a restart.

By their keys: until then rows come, go and move.
"""

from collections.abc import Mapping
from typing import Any

from rushes.core.task import Key, Task
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.middle import Middle

#: Of more selected rows only the current one is kept: the settings are a small file.
_MOST_SELECTED = 500


class KeptPlace:
    """The selection and the scroll place of what is shown: the table, or the gallery."""

    def __init__(self, table: TaskTable, middle: Middle) -> None:
        self._table = table
        self._middle = middle
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
        view = self._middle.rows_view
        bar = view.verticalScrollBar()
        if row is not None and bar.value() == 0:  # else somebody has scrolled already
            view.updateGeometries()
            at = view.visualRect(view.model().index(row, AT["name"])).top()
            bar.setValue(bar.value() + at - offset)

    def _top(self) -> tuple[Key, int] | None:
        """The uppermost task on the screen and where it is; None: the list is not scrolled."""
        view = self._middle.rows_view
        if view.verticalScrollBar().value() == 0:
            return None
        for row in self._middle.visible_rows:
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
