"""What the list is filtered by: facts and words of a task, and conditions over them.

A view, an account, a tag and a search are each written down once, as a condition. `holds` asks it
of one task; the store asks the same one of all rows (`store.where`), from columns that bear the
names of the facts and words.
"""

import enum
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from rushes.core.pace import awaits_link
from rushes.core.parameters import parameters_of
from rushes.core.short_ids import distinctive
from rushes.core.task import Flag, Task

Fact: TypeAlias = str | float | bool | enum.Enum | None


def folded(text: str) -> str:
    """How texts are compared: in folded case; one that is not valid Unicode (a lone surrogate) is
    found by its other characters."""
    if text.isascii():  # nearly all, and thousands are added at once
        return text.lower()
    return text.casefold().encode("utf-8", "replace").decode()


#: What is compared as a whole.
FACTS: Final[Mapping[str, Callable[[Task], Fact]]] = {
    "account": lambda task: task.key.account,
    "live": lambda task: task.is_live,
    "status": lambda task: task.status,
    "not_found": lambda task: Flag.NOT_FOUND in task.flags,
    "kept": lambda task: task.kept_of_wanted,
    "awaits_link": awaits_link,
    "pick": lambda task: task.mark.pick,
    # What it is called where ids are shown as names.
    "name_or_id": lambda task: (task.mark.name or distinctive(task.id)).casefold(),
    "raw_word": lambda task: folded(task.report.status_raw),
    "left": lambda task: task.deadline,
    "rating": lambda task: task.mark.rating,
    "seed": lambda task: task.report.seed,
    "duration": lambda task: parameters_of(task).duration_s,
    "frames": lambda task: parameters_of(task).frames,
    "fps": lambda task: parameters_of(task).fps,
    "audio": lambda task: task.report.audio,
    "draft": lambda task: task.report.draft,
}


def _file_names(task: Task) -> Iterator[str]:
    return (re.split(r"[/\\]", a.path)[-1] for a in task.artifacts if a.path)


#: The texts of a row in which a word is looked for; compared as `folded`.
WORDS: Final[Mapping[str, Callable[[Task], str]]] = {
    "id": lambda task: task.id,
    "name": lambda task: task.mark.name,
    "note": lambda task: task.mark.note,
    "tags": lambda task: " ".join(task.mark.tags),
    "model": lambda task: task.report.model or "",
    "resolution": lambda task: task.report.resolution or "",
    "ratio": lambda task: task.report.ratio or "",
    "seed": lambda task: "" if task.report.seed is None else str(task.report.seed),
    "status_raw": lambda task: task.report.status_raw,
    "upstream": lambda task: task.report.upstream_id or "",
    "error": lambda task: f"{e.code} {e.message}" if (e := task.report.error) else "",
    "prompt": lambda task: task.mark.prompt,
    "file": lambda task: " ".join(_file_names(task)),
}
#: Texts that are found when their field is named, never by a word alone.
NAMED_WORDS: Final[Mapping[str, Callable[[Task], str]]] = {
    "tier": lambda task: task.report.tier or "",
    "code": lambda task: task.report.error.code if task.report.error else "",
}
_WORDS: Final = {**WORDS, **NAMED_WORDS}

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class IsOneOf:
    fact: str
    values: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Compares:
    """A number against another; nothing holds of one that is not known.

    Attributes:
        by: "" for equal, ">", ">=", "<" or "<=".
    """

    fact: str
    by: str
    number: float


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Attributes:
    start: As `folded` gives it.
    """

    fact: str
    start: str


@dataclass(frozen=True, slots=True)
class HasText:
    """One of the words of a task has `text` in it, or is `text` where `whole`.

    Attributes:
        text: As `folded` gives it.
    """

    fields: tuple[str, ...]
    text: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class HasTag:
    """Attributes:
    tag: As it was written, or as `folded` gives it.
    """

    tag: str
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Without parts it never holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Without parts it always holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition: TypeAlias = IsOneOf | Compares | StartsWith | HasText | HasTag | AnyOf | AllOf | Not


def holds(condition: Condition, task: Task) -> bool:
    """Whether `condition` is true of `task`."""
    match condition:
        case IsOneOf(fact, values):
            return FACTS[fact](task) in values
        case Compares(fact, by, number):
            value = FACTS[fact](task)
            return isinstance(value, int | float) and _COMPARE[by](value, number)
        case StartsWith(fact, start):
            return str(FACTS[fact](task)).startswith(start)
        case HasText(fields, text, whole):
            words = (folded(_WORDS[field](task)) for field in fields)
            return any(text == word if whole else text in word for word in words)
        case HasTag(tag, is_folded):
            return any(tag == (folded(each) if is_folded else each) for each in task.mark.tags)
        case AnyOf(parts):
            return any(holds(part, task) for part in parts)
        case AllOf(parts):
            return all(holds(part, task) for part in parts)
        case Not(part):
            return not holds(part, task)
