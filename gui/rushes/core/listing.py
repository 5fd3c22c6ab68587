"""What the list is asked for: which tasks, in which order, and how many there are of each kind.

Values only. The store answers them from its indexes, so that neither costs what is not shown.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rushes.core.conditions import AllOf, Condition, HasTag, IsOneOf
from rushes.core.grouping import GroupBy
from rushes.core.views import View, in_view

#: The order of a list nobody sorted by a column: live first, then newest.
SORT_DEFAULT = ""

#: Beyond this nobody counts what he has not looked at.
MOST_UNSEEN: Final = 9999

#: The store's numbers of tasks in the order of the rows: four bytes a row.
Numbers: TypeAlias = "array[int]"


#: Added to the number of a task: not the task, but the head of the group it is the oldest of.
HEAD: Final = 0x8000_0000


@dataclass(frozen=True, slots=True)
class Group:
    """The head of a group as a row of the list.

    Attributes:
        name: "": what is in no group.
        size: How many tasks it has, shown or folded away.
    """

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Band:
    """Rows that follow each other and are of one day.

    Attributes:
        day: Since 1970, where the user is; None: what is live, of whatever day.
        size: How many rows.
    """

    day: int | None
    size: int


def numbers(packed: bytes = b"") -> Numbers:
    """Numbers of tasks from their bytes, as `Numbers.tobytes` gives them."""
    made = array("I")
    made.frombytes(packed)
    return made


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the sidebar has chosen: a view, one account's tasks, or one tag's."""

    view: View = View.ALL
    account: str = ""
    tag: str = ""

    def condition(self, now: float) -> AllOf:
        """What is true of its tasks at the time `now` (Unix seconds)."""
        parts: list[Condition] = [] if self.view is View.ALL else [in_view(self.view, now)]
        if self.account:
            parts.append(IsOneOf("account", (self.account,)))
        if self.tag:
            parts.append(HasTag(self.tag))
        return AllOf(tuple(parts))


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a search. `field` "": the text stands anywhere in the row.

    Attributes:
        text: Folded case; alternatives of a field are separated by commas.
        compare: "", ">", ">=", "<" or "<=", for numbers only.
    """

    text: str
    field: str = ""
    compare: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which tasks become rows, and in which order.

    Attributes:
        terms: All must hold; without any, every task of the scope is shown.
        sort_by: A column's id, or `SORT_DEFAULT`; an unknown one is the default.
        folded: The groups of which only the head is a row.
        ids_as_names: A take that the user gave no name is sorted by its id.
    """

    scope: ListFilter = field(default_factory=ListFilter)
    terms: tuple[Term, ...] = ()
    sort_by: str = SORT_DEFAULT
    descending: bool = False
    group_by: GroupBy = GroupBy.NOTHING
    folded: frozenset[str] = frozenset()
    ids_as_names: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tasks each view, account and tag has, and the figures of the status bar.

    Attributes:
        urgent: Tasks with an unsaved file whose link ends in under 2 h.
        saved, savable: Tasks with all files on disk, of those that have files or may get a link.
        saving: Tasks with a file on its way to the disk.
        unseen, unseen_failed: Takes that are done, and tasks that failed, since nobody looked;
            no more than `MOST_UNSEEN` are counted.
        next_change: When time alone changes a figure (Unix seconds); None: never.
    """

    views: Mapping[View, int] = field(default_factory=dict)
    accounts: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    urgent: int = 0
    saved: int = 0
    savable: int = 0
    saving: int = 0
    unseen: int = 0
    unseen_failed: int = 0
    next_change: float | None = None

    @property
    def badge(self) -> int:
        """What waits for the user: files that could get lost, and failures nobody has seen."""
        return self.views.get(View.UNSAVED, 0) + self.unseen_failed

    @property
    def is_ticking(self) -> bool:
        """Whether anything runs, or ends soon: then seconds matter."""
        return bool(self.views.get(View.RUNNING) or self.views.get(View.EXPIRING))
