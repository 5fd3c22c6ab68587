"""Searches the user gave a name: what is shown, in which order. Kept in the settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rushes.core.listing import SORT_DEFAULT, ListFilter
from rushes.core.views import View

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """Attributes:
    search: As it was typed.
    view, account, tag: See `scope`.
    sort_by: A column's id, or `SORT_DEFAULT`.
    """

    name: str
    search: str = ""
    view: View = View.ALL
    account: str = ""
    tag: str = ""
    sort_by: str = SORT_DEFAULT
    descending: bool = False

    @property
    def scope(self) -> ListFilter:
        return ListFilter(self.view, self.account, self.tag)


def is_name(text: str) -> bool:
    """Whether a view can be called this."""
    return text.strip() == text and 0 < len(text) <= LONGEST_NAME


def put(views: Iterable[SavedView], view: SavedView, instead_of: str = "") -> tuple[SavedView, ...]:
    """`view` in the place of `instead_of`, or of the one of its name, or at the end."""
    kept: list[SavedView] = []
    is_in = False
    for each in views:
        if each.name not in (view.name, instead_of):
            kept.append(each)
        elif not is_in:
            kept.append(view)
            is_in = True
    return (*kept,) if is_in else (*kept, view)
