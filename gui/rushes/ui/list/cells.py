"""What a cell of the list says, by column and role: to the eye, the pointer, a screen reader."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from rushes.core.listing import Group
from rushes.core.task import Task
from rushes.presentation.columns import Context, ShownColumn
from rushes.presentation.take import row_spoken
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.ui.widgets.plain import rich_free

Role = Qt.ItemDataRole

TASK = Role.UserRole + 1
GROUP = Role.UserRole + 2  # (Group, whether it is folded): the row is the head of a group

_CELL = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
#: By (the name can be edited, there is a file to drag): asked several times for each painted cell.
FLAGS = {
    (False, False): _CELL,
    (False, True): _CELL | Qt.ItemFlag.ItemIsDragEnabled,
    (True, False): _CELL | Qt.ItemFlag.ItemIsEditable,
    (True, True): _CELL | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled,
}


def head_cell(column: ShownColumn, role: int, group: Group, *, is_folded: bool) -> Any:
    """What the head of a group says; it is painted across all columns."""
    if role == GROUP:
        return group, is_folded
    if role == Role.AccessibleTextRole and column.id == "name":
        return head_spoken(group, is_folded=is_folded)
    return None


def head_title(group: Group) -> str:
    return one_line(group.name, 200) if group.name else tr("In no group")


def head_spoken(group: Group, *, is_folded: bool) -> str:
    """As a screen reader says it: "dusk, 3 tasks, collapsed"."""
    state = tr("collapsed") if is_folded else tr("expanded")
    size = tr("%n task(s)", None, group.size)
    return f"{head_title(group)}, {size}, {state}"


def aligned(column: ShownColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _shown(column: ShownColumn, task: Task, ctx: Context) -> Any:
    return column.shown(task, ctx)


def _edited(column: ShownColumn, task: Task, ctx: Context) -> Any:
    return task.mark.name if column.id == "name" else column.shown(task, ctx)


def _tip(column: ShownColumn, task: Task, ctx: Context) -> Any:
    return rich_free(column.tip(task, ctx)) or None


def _spoken(column: ShownColumn, task: Task, ctx: Context) -> Any:
    """The name's cell speaks for the whole row: that is where a screen reader stands."""
    return row_spoken(task, ctx) if column.id == "name" else column.shown(task, ctx)


def _described(column: ShownColumn, task: Task, _ctx: Context) -> Any:
    return column.title() if column.id != "name" else one_line(task.id)


READERS: dict[int, Callable[[ShownColumn, Task, Context], Any]] = {
    GROUP: lambda _column, _task, _ctx: None,
    Role.DisplayRole: _shown,
    Role.EditRole: _edited,
    Role.ToolTipRole: _tip,
    Role.AccessibleTextRole: _spoken,
    Role.AccessibleDescriptionRole: _described,
    Role.TextAlignmentRole: lambda column, _task, _ctx: aligned(column),
    TASK: lambda _column, task, _ctx: task,
}
