"""Which takes are saved in which folder: rules in the user's order. Kept in the settings as JSON.

What a condition means is for `presentation/folder_rules.py`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: More are not read: each file to be saved is held against all of them.
MOST: Final = 100
LONGEST: Final = 1000  # characters of a condition


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """Attributes:
    condition: As in the search field.
    folder: Absolute, or beginning at the user's home ("~").
    """

    condition: str
    folder: str


def is_whole(folder: str) -> bool:
    """Whether it says by itself where it is."""
    if "\0" in folder:
        return False
    try:
        return Path(folder).expanduser().is_absolute()
    except RuntimeError:  # the home of nobody
        return False


def write(rules: Iterable[FolderRule]) -> str:
    """As text for the settings; "" without any."""
    told = [{"condition": rule.condition, "folder": rule.folder} for rule in rules]
    return json.dumps(told) if told else ""


def read(text: str) -> tuple[FolderRule, ...]:
    """What `write` gave.

    Raises:
        ValueError: it is something else. Half of the rules would put files where nobody looks.
    """
    try:
        told = json.loads(text or "[]")
    except RecursionError:
        raise ValueError("nested without end") from None
    if not isinstance(told, list) or len(told) > MOST:
        raise ValueError(f"not a list of at most {MOST} rules")
    return tuple(map(_rule, told))


def _rule(told: Any) -> FolderRule:
    if not isinstance(told, dict) or told.keys() != {"condition", "folder"}:
        raise ValueError("a rule is a condition and a folder")
    condition, folder = told["condition"], told["folder"]
    if not isinstance(condition, str) or not isinstance(folder, str):
        raise ValueError("a rule is two texts")
    if not condition.strip() or len(condition) > LONGEST or not is_whole(folder):
        raise ValueError("a rule needs a condition and an absolute folder")
    return FolderRule(condition=condition, folder=folder)
