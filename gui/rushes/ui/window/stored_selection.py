"""Which takes are selected and which one stands at the top, to come back to later."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from rushes.core.listing import Term
from rushes.core.task import Key, Task
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel
from rushes.ui.list.task_table import ScrollPlace, TaskTable
from rushes.ui.window.view_stack import ViewStack

#: Of more selected rows only the current one is kept: the settings are a small file.
_MOST_SELECTED = 500


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
        if (top := _top(self._content)) is not None:
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
        if row is not None and self._content.rows_view.verticalScrollBar().value() == 0:
            _scroll(self._content, row, offset)  # else somebody has scrolled already


class Search:
    """What is searched for. When the search is cleared, scroll place and selection are those of
    before it, unless a take was selected in what was found: then that one is in sight."""

    def __init__(self, table: TaskTable, content: ViewStack) -> None:
        self._table, self._content = table, content
        self._unsearched = table.listing
        self._selected: list[Key] | None = None  # None: there is nothing to come back to
        self._top: ScrollPlace | None = None

    def forget(self) -> None:
        """Whoever clears the search next has another place in mind."""
        self._selected = None

    def show(self, terms: tuple[Term, ...]) -> None:
        table = self._table
        now, was_on = replace(table.listing, terms=()), bool(table.listing.terms)
        is_on_its_way = self._selected is not None and table.comes_back  # "rating:" was no search
        if terms and not was_on and not is_on_its_way:
            self._unsearched, self._selected = now, table.selected_keys()
            self._top = _top(self._content)
            table.with_selected(partial(self._note, self._selected))
        before, found = self._selected, table.selected_keys()
        if terms or not was_on or before is None or now != self._unsearched:
            table.set_search(terms)
        elif not set(found) <= set(before):
            table.set_search(terms)
            table.select(found)
        else:
            if len(found) != len(before):
                table.clearSelection()
            table.come_back(before, self._top, self._arrived, terms)

    def _note(self, in_memory: list[Key], all_selected: list[Key]) -> None:
        """Those that were not in memory have been read."""
        if self._selected is in_memory:
            self._selected = all_selected

    def _arrived(self, row: int | None, offset: int) -> None:
        if row is not None:
            _scroll(self._content, row, offset)
        elif self._top is None:
            self._content.rows_view.verticalScrollBar().setValue(0)


def _top(content: ViewStack) -> ScrollPlace | None:
    """The uppermost task on the screen and where it is; None: the list is not scrolled."""
    view = content.rows_view
    if view.verticalScrollBar().value() == 0:
        return None
    for row in content.visible_rows:
        index = view.model().index(row, AT["name"])
        task = index.data(TaskModel.TASK)  # None for the head of a group, too
        if isinstance(task, Task):
            return task.key, view.visualRect(index).top()
    return None


def _scroll(content: ViewStack, row: int, offset: int) -> None:
    """Bring the row to so many pixels below the upper edge."""
    view = content.rows_view
    bar = view.verticalScrollBar()
    view.updateGeometries()
    at = view.visualRect(view.model().index(row, AT["name"])).top()
    bar.setValue(bar.value() + at - offset)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _key(value: object) -> Key | None:
    parts = _list(value)
    if len(parts) == 2 and all(isinstance(part, str) for part in parts):
        return Key(*parts)
    return None
