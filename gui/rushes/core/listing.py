"""What the list is asked for: which tasks, in which order, and how many there are of each kind.

Values only. The store answers them from its indexes, so that neither costs what is not shown.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rushes.core.views import View

#: The order of a list nobody sorted by a column: live first, then newest.
SORT_DEFAULT = ""

#: The store's numbers of tasks in the order of the rows: four bytes a row.
Numbers: TypeAlias = "array[int]"


def numbers(packed: bytes = b"") -> Numbers:
    """Numbers of tasks from their bytes, as `Numbers.tobytes` gives them."""
    made = array("I")
    made.frombytes(packed)
    return made


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sidebar has chosen: a view, one account's tasks, or one tag's."""

    view: View = View.ALL
    account: str = ""
    tag: str = ""


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
class Listing:
    """Which tasks become rows, and in which order.

    Attributes:
        terms: All must hold; without any, every task of the scope is shown.
        sort_by: A column's id, or `SORT_DEFAULT`; an unknown one is the default.
    """

    scope: Scope = field(default_factory=Scope)
    terms: tuple[Term, ...] = ()
    sort_by: str = SORT_DEFAULT
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tasks each view, account and tag has, and the figures of the status bar.

    Attributes:
        urgent: Tasks with an unsaved file whose link ends in under 2 h.
        saved, savable: Tasks with all files on disk, of those that have files.
        saving: Tasks with a file on its way to the disk.
        next_change: When time alone changes a figure (Unix seconds); None: never.
    """

    views: Mapping[View, int] = field(default_factory=dict)
    accounts: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    urgent: int = 0
    saved: int = 0
    savable: int = 0
    saving: int = 0
    next_change: float | None = None

    @property
    def is_ticking(self) -> bool:
        """Whether anything runs, or ends soon: then seconds matter."""
        return bool(self.views.get(View.RUNNING) or self.views.get(View.EXPIRING))
