"""Which tasks are shown, and in which order: plain lists and ready-made keys, no Qt.

Qt's own proxy model asks Python for every comparison; at 100,000 rows that takes seconds where
sorting ready-made keys takes milliseconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from rushes.core.task import Task
from rushes.core.views import View, is_in_view
from rushes.presentation.columns import BY_ID, SORT_DEFAULT, Context, ordered

Wanted = Callable[[Task, Context], bool]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sidebar has chosen: a view, one account's tasks, or one tag's."""

    view: View = View.ALL
    account: str = ""
    tag: str = ""

    def has(self, task: Task, now: float) -> bool:
        if self.account and task.key.account != self.account:
            return False
        if self.tag and self.tag not in task.mark.tags:
            return False
        return is_in_view(task, self.view, now)


class _Down:
    """Turns the order of one value round, inside a tuple of values that keep theirs."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and bool(self.value == other.value)

    def __lt__(self, other: "_Down") -> bool:
        return bool(other.value < self.value)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOrder:
    """The rule by which tasks become rows.

    Attributes:
        wanted: The search; None: everything.
        sort_by: A column's id, or `SORT_DEFAULT` for live first, then newest.
    """

    ctx: Context
    scope: Scope = field(default_factory=Scope)
    wanted: Wanted | None = None
    sort_by: str = SORT_DEFAULT
    descending: bool = False

    def accepts(self, task: Task) -> bool:
        if not self.scope.has(task, self.ctx.now):
            return False
        return self.wanted is None or self.wanted(task, self.ctx)

    def at(self, now: float) -> "RowOrder":
        return replace(self, ctx=replace(self.ctx, now=now))

    def rows(self, tasks: Iterable[Task]) -> list[Task]:
        """The accepted ones of `tasks`, in order."""
        accepted = (task for task in tasks if self.accepts(task))
        return ordered(accepted, self.ctx, self.sort_by, self.descending)

    def rank(self, task: Task) -> tuple[Any, ...]:
        """Compares as `rows` orders: to find one task's place without sorting all."""
        created = task.report.created_at
        age = -(task.added_at if created is None else created)
        column = BY_ID.get(self.sort_by)
        if column is None:
            return (not task.is_live, age, task.key)
        raw = column.value(task, self.ctx)
        if raw is None:
            return (1, 0, age, task.key)
        return (0, _Down(raw) if self.descending else raw, age, task.key)
