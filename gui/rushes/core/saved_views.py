"""Searches the user gave a name: what is shown, in which order. Kept in the settings as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rushes.core.listing import SORT_DEFAULT, Scope
from rushes.core.views import View

#: More are not read: a settings file somebody else wrote must not fill the sidebar.
MOST: Final = 100
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """Attributes:
    search: As it was typed.
    sort_by: A column's id, or `SORT_DEFAULT`.
    """

    name: str
    search: str = ""
    scope: Scope = field(default_factory=Scope)
    sort_by: str = SORT_DEFAULT
    descending: bool = False


def write(views: Iterable[SavedView]) -> str:
    """As text for the settings; "" without any."""
    told = [
        {
            "name": view.name,
            "search": view.search,
            "view": view.scope.view.value,
            "account": view.scope.account,
            "tag": view.scope.tag,
            "sort_by": view.sort_by,
            "descending": view.descending,
        }
        for view in views
    ]
    return json.dumps(told) if told else ""


def read(text: str) -> tuple[SavedView, ...]:
    """What `write` gave. What cannot be read is left out; of two with one name the first counts."""
    try:
        told = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    views: dict[str, SavedView] = {}
    for each in told[:MOST] if isinstance(told, list) else ():
        view = _view(each) if isinstance(each, dict) else None
        if view is not None:
            views.setdefault(view.name, view)
    return tuple(views.values())


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


def _view(told: Mapping[str, Any]) -> SavedView | None:
    name = told.get("name")
    texts = [told.get(key, "") for key in ("search", "view", "account", "tag", "sort_by")]
    if not isinstance(name, str) or not name.strip() or not all(isinstance(t, str) for t in texts):
        return None
    search, view, account, tag, sort_by = texts
    known = {each.value: each for each in View}
    return SavedView(
        name=name.strip()[:LONGEST_NAME],
        search=search,
        scope=Scope(known.get(view, View.ALL), account, tag),
        sort_by=sort_by,
        descending=told.get("descending") is True,
    )
