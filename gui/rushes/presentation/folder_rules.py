"""What rules for folders mean: their conditions are those of the search field. Pure."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rushes.core.settings import LONGEST_CONDITION, MOST_RULES, FolderRule, is_whole
from rushes.core.task import Task
from rushes.presentation import search
from rushes.presentation.columns import Context
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line

_SHOWN = 60  # characters of a piece that is quoted


def folder_for(rules: Iterable[FolderRule], task: Task, ctx: Context) -> Path | None:
    """Where the first rule that holds for `task` wants its files; None: in the usual folder.

    A rule that cannot be used (see `problem`) holds for nothing: without its condition it would
    hold for everything.
    """
    for rule in rules:
        condition = _condition(rule)
        if condition is not None and condition.matches(task, ctx):
            return place_of(rule)
    return None


@lru_cache(maxsize=MOST_RULES)
def _condition(rule: FolderRule) -> search.Query | None:
    """Read once, not for every file. None: the rule cannot be used."""
    return None if problem(rule) else search.parse(rule.condition)


def place_of(rule: FolderRule) -> Path:
    return Path(rule.folder).expanduser()


def problem(rule: FolderRule) -> str:
    """Why the rule cannot be used, in one sentence; "" if it can."""
    if not search.parse(rule.condition) or len(rule.condition) > LONGEST_CONDITION:
        return tr("A rule for folders needs a condition, such as model:seedance rating:>=4.")
    if wrong := search.misread(rule.condition):
        return tr(
            "“{piece}” in a rule for folders names no field of the search, or no value for it.",
            piece=one_line(wrong, _SHOWN),
        )
    if not is_whole(rule.folder):
        return tr(
            "A rule for folders needs a whole path, not “{folder}”.",
            folder=one_line(rule.folder, _SHOWN),
        )
    return ""
