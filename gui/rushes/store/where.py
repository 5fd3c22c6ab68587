"""Conditions of `core.conditions` in SQL, over a row of `listed`. Both must say the same of a task.

Words of our own (enum values) are written into the text, so that SQLite can tell that an index
fits; what a person or a service wrote is bound.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from rushes.core.conditions import (
    WORDS,
    AllOf,
    AnyOf,
    Compares,
    Condition,
    Fact,
    HasTag,
    HasText,
    IsOneOf,
    Not,
    StartsWith,
)

#: The trigram index knows nothing shorter.
_TRIGRAM = 3

_NEVER = "0"

#: Facts that the list is sorted by, too, lie where it sorts.
_SORTED: Final[Mapping[str, str]] = {
    "left": "k_left",
    "seed": "k_seed",
    "rating": "coalesce(k_rating, 0)",
    "audio": "k_audio",
    "draft": "k_draft",
}


Bind = Callable[[object], str]


class Values(NamedTuple):
    """How the values of a statement are bound, and words are looked for.

    Attributes:
        bind: Takes a value and gives the name that stands for it.
        row_by_row: Read the words of each row instead of the index: dear for all rows, cheap for
            the first few of a word that stands in most.
    """

    bind: Bind
    row_by_row: bool = False


def word(value: enum.Enum | None) -> str:
    """A word of our own as SQL; "" for none."""
    return f"'{value.value}'" if value else "''"


def words(values: Iterable[enum.Enum | None]) -> str:
    return f"({', '.join(map(word, values))})"


def where(condition: Condition, values: Values) -> str:
    """An SQL expression that is true of the rows for which `condition` holds."""
    match condition:
        case IsOneOf(_, ()):
            return _NEVER
        case IsOneOf(fact, (only,)):
            return f"{_column(fact)} = {_value(only, values)}"
        case IsOneOf(fact, several):
            return f"{_column(fact)} IN ({', '.join(_value(each, values) for each in several)})"
        case Compares(fact, by, number):
            return f"{_column(fact)} {by or '='} {values.bind(number)}"
        case StartsWith(fact, start):
            return f"substr({_column(fact)}, 1, {len(start)}) = {values.bind(start)}"
        case HasText(fields, text, is_whole):
            return _has_text(fields, text, is_whole, values)
        case HasTag(tag, is_folded):
            column = "folded" if is_folded else "tag"
            return f"num IN (SELECT task FROM tagged WHERE {column} = {values.bind(tag)})"  # noqa: S608
        case AnyOf(parts):
            # What never holds is left out: beside it the index of words would not be used.
            said = [said for part in parts if (said := where(part, values)) != _NEVER]
            return " OR ".join(f"({each})" for each in said) or _NEVER
        case AllOf(parts):
            return " AND ".join(f"({where(part, values)})" for part in parts) or "1"
        case Not(IsOneOf(fact, several)) if fact not in _SORTED:  # known of every row
            return f"{_column(fact)} NOT IN ({', '.join(_value(each, values) for each in several)})"
        case Not(part):
            return f"({where(part, values)}) IS NOT TRUE"


def literal(condition: Condition) -> str:
    """As `where`, of a condition that holds no value to be bound: for the text of an index."""

    def bind(value: object) -> str:
        raise ValueError(f"{value!r} cannot be written into an index")

    return where(condition, Values(bind))


def is_indexed(condition: Condition) -> bool:
    """Whether every text in it is long enough for the index of words."""
    match condition:
        case HasText(fields, text, is_whole):
            return is_whole or len(text) >= _TRIGRAM or not WORDS.keys() >= set(fields)
        case AnyOf(parts) | AllOf(parts):
            return all(map(is_indexed, parts))
        case Not(part):
            return is_indexed(part)
        case _:
            return True


def _column(fact: str) -> str:
    return _SORTED.get(fact, fact)


def _value(value: Fact, values: Values) -> str:
    if value is None or isinstance(value, enum.Enum):
        return word(value)
    return str(int(value)) if isinstance(value, bool) else values.bind(value)


def _has_text(fields: tuple[str, ...], text: str, is_whole: bool, values: Values) -> str:
    names = [f'"{name}"' for name in fields]
    if is_whole:
        part = values.bind(text)
        same = " OR ".join(f"{name} = {part}" for name in names)
        return f"num IN (SELECT num FROM words WHERE {same})"  # noqa: S608
    is_kept = WORDS.keys() >= set(fields)
    if is_kept and not values.row_by_row and len(text) >= _TRIGRAM and "\0" not in text:
        quoted = text.replace('"', '""')
        match = values.bind(f'{{{" ".join(fields)}}} : "{quoted}"')
        return f"num IN (SELECT rowid FROM found WHERE found MATCH {match})"  # noqa: S608
    part = values.bind(text)
    inside = " OR ".join(f"instr({name}, {part})" for name in names)
    if not is_kept:
        return f"num IN (SELECT num FROM words WHERE {inside})"  # noqa: S608
    return f"EXISTS (SELECT 1 FROM words WHERE words.num = listed.num AND ({inside}))"  # noqa: S608
