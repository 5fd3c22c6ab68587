"""The small language of the search field: ``seed:77 model:seedance rating:>=4 "two words" -tag:x``.

Whatever is typed means something: what is no known field or no number is looked for as words.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rushes.core.account import Account
from rushes.core.conditions import (
    WORDS,
    AllOf,
    AnyOf,
    Compares,
    Condition,
    HasTag,
    HasText,
    IsOneOf,
    Not,
    StartsWith,
    folded,
    holds,
)
from rushes.core.listing import Term
from rushes.core.task import ArtifactState, Pick, Status, Task
from rushes.core.translatable import QT_TR_NOOP
from rushes.core.views import UNSAVED
from rushes.presentation.columns import Context
from rushes.presentation.words import status_word

#: By `Account.id`.
Accounts = Mapping[str, Account]


_PIECE = re.compile(r'(-?)(?:([^\s":：]+)[:：])?(?:"([^"]*)(?:"|$)|(\S+))')
_NUMBER = re.compile(r"(>=|<=|>|<|=|)(\d{1,18}(?:\.\d{1,9})?)")

_FIELD_ALONE = re.compile(r"[^:：]+[:：]")

_NUMBERS: Final = ("seed", "rating", "duration", "frames", "fps")

_SYNONYMS = {
    "state": "status",
    "tags": "tag",
    "notes": "note",
    "stars": "rating",
    "length": "duration",
}

Known = Mapping[str, Sequence[str]]

_YES_NO = ("yes", "no")
_FIXED: Known = {
    "status": tuple(status.value for status in Status),
    "saved": (*_YES_NO, *(state.value for state in ArtifactState)),
    "pick": tuple(pick.value for pick in Pick),
    "rating": (">=4", ">=3", "5", "4", "3", "2", "1", "0"),
    "audio": _YES_NO,
    "draft": _YES_NO,
}
#: Fields whose values are also found by what stands inside them: "seedance" in a model's id.
_INSIDE = frozenset({"model", "account"})
_MOST = 12


def condition(term: Term, accounts: Accounts) -> Condition:
    """What one condition of a search means, in today's language and with today's names."""
    text = folded(term.text)
    if not term.field:
        found: Condition = _anywhere(text, accounts)
    elif term.field in _NUMBERS:
        found = Compares(term.field, term.compare, float(term.text))
    else:
        parts = [part for part in text.split(",") if part]
        found = AnyOf(tuple(_TEXTS[term.field](part, accounts) for part in parts))
    return Not(found) if term.negated else found


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, understood. All terms must hold; without any, every task matches."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def matches(self, task: Task, ctx: Context) -> bool:
        return all(holds(condition(term, ctx.accounts), task) for term in self.terms)


def parse(text: str) -> Query:
    """Read a search line. Never raises."""
    terms = (_term(match) for match in _PIECE.finditer(text[:1000]))
    return Query(tuple(term for term in terms if term is not None))


def misread(text: str) -> str:
    """The first piece that looks like a field with its value and is not; "" without one."""
    for match in _PIECE.finditer(text[:1000]):
        if match[2]:
            term = _term(match)
            if term is None or not term.field:
                return match[0]
    return ""


def unknown_field(text: str) -> str:
    """The first word that stands where a field's name would, and is none; "" without one. A time
    or a web address is none."""
    for match in _PIECE.finditer(text[:1000]):
        name, value = match[2] or "", match[3] or match[4] or ""
        if name.isalpha() and not _known(name) and not value.startswith("//"):
            return name
    return ""


def _term(match: re.Match[str]) -> Term | None:
    minus, name, quoted, bare = match.groups()
    value = (quoted if quoted is not None else bare).casefold()
    field = _field(name or "")
    negated = bool(minus)
    if field in _NUMBERS and (number := _NUMBER.fullmatch(value)):
        compare = "" if number[1] == "=" else number[1]
        return Term(number[2], field, compare, negated)
    if field in _TEXTS and value.strip(","):
        return Term(value, field, negated=negated)
    words = f"{name}:{value}".casefold() if name else value
    if _FIELD_ALONE.fullmatch(words) and _known(words[:-1]):
        return None  # its value is still being typed
    return Term(words, negated=negated) if words.strip() else None


def _field(name: str) -> str:
    return _SYNONYMS.get(name.casefold(), name.casefold())


def _known(name: str) -> bool:
    return _field(name) in _NUMBERS or _field(name) in _TEXTS


def _anywhere(text: str, accounts: Accounts) -> AnyOf:
    """In the words of a row, its account's name, or the word on the screen for its state."""
    named = (id_ for id_, account in accounts.items() if text in account.name.casefold())
    said = (status for status in Status if text in status_word(status).casefold())
    return AnyOf((HasText(tuple(WORDS), text), IsOneOf("account", tuple(named)), _said(*said)))


def _said(*statuses: Status) -> Condition:
    """The state is shown with the word of one of these. A word that a service said and we do not
    know stands for itself."""
    known = tuple(status for status in statuses if status is not Status.UNKNOWN)
    unnamed = AllOf((IsOneOf("status", (Status.UNKNOWN,)), IsOneOf("raw_word", ("",))))
    shown = IsOneOf("status", known)
    return AnyOf((shown, unnamed)) if Status.UNKNOWN in statuses else shown


def _status(part: str, _accounts: Accounts) -> Condition:
    """The canonical word, the service's own, or the one on the screen, each from its start."""
    own = (status for status in Status if status.value.startswith(part))
    said = (status for status in Status if status_word(status).casefold().startswith(part))
    found = (IsOneOf("status", tuple(own)), _said(*said), StartsWith("raw_word", part))
    is_gone = "not_found".startswith(part)
    return AnyOf((*found, IsOneOf("not_found", (True,))) if is_gone else found)


def _saved(part: str, _accounts: Accounts) -> Condition:
    """`saved:no` is what could still get lost; a task without files is neither yes nor no."""
    if part in ("no", "not"):
        return UNSAVED
    word = ArtifactState.SAVED.value if part == "yes" else part
    return IsOneOf("kept", tuple(state for state in ArtifactState if state.value == word))


def _account(part: str, accounts: Accounts) -> Condition:
    named = (
        id_
        for id_, account in accounts.items()
        if part in account.name.casefold() or part in account.service.value
    )
    return IsOneOf("account", tuple(named))


def _flagged(fact: str, part: str, _accounts: Accounts) -> Condition:
    yes, no = part in ("yes", "on", "true"), part in ("no", "off", "false")
    return IsOneOf(fact, (yes,) if yes or no else ())


def _pick(part: str, _accounts: Accounts) -> Condition:
    word = Pick.PICK.value if part == "yes" else part
    return IsOneOf("pick", tuple(pick for pick in Pick if pick.value == word))


def _words(field: str, part: str, _accounts: Accounts, *, whole: bool = False) -> Condition:
    return HasText((field,), part, whole)


def _tag(part: str, _accounts: Accounts) -> Condition:
    return HasTag(part, is_folded=True)


_TEXTS: Final[Mapping[str, Callable[[str, Accounts], Condition]]] = {
    "name": partial(_words, "name"),
    "id": partial(_words, "id"),
    "note": partial(_words, "note"),
    "prompt": partial(_words, "prompt"),
    "file": partial(_words, "file"),
    "model": partial(_words, "model"),
    "resolution": partial(_words, "resolution"),
    "ratio": partial(_words, "ratio", whole=True),
    "tier": partial(_words, "tier"),
    "error": partial(_words, "code"),
    "tag": _tag,
    "status": _status,
    "saved": _saved,
    "account": _account,
    "pick": _pick,
    "audio": partial(_flagged, "audio"),
    "draft": partial(_flagged, "draft"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that one click puts into the search.

    Attributes:
        label: In English.
        condition: As it is typed.
    """

    label: str
    condition: str

    @property
    def terms(self) -> tuple[Term, ...]:
        return parse(self.condition).terms


CHIPS: Final = (
    Chip(QT_TR_NOOP("Unrated"), "rating:0 -pick:reject"),
    Chip(QT_TR_NOOP("Picks"), "pick:pick"),
    Chip(QT_TR_NOOP("Rejects"), "pick:reject"),
    Chip(QT_TR_NOOP("★3+"), "rating:>=3"),
)


def has_chip(text: str, chip: Chip) -> bool:
    """Whether the search `text` asks for it."""
    return set(chip.terms) <= set(parse(text).terms)


def with_chip_pressed(text: str, chip: Chip) -> str:
    """`text` with the chip's condition, or without it where it was there. What cannot be beside it
    goes, and all of a chip with it: nothing is both unrated and rated three."""
    gone = set(chip.terms)
    for each in CHIPS:
        if has_chip(text, each) and any(_exclude(a, b) for a in chip.terms for b in each.terms):
            gone.update(each.terms)
    others = [
        match[0] + '"' * (match[0].count('"') % 2)
        for match in _PIECE.finditer(text[:1000])
        if (term := _term(match)) is None
        or not (term in gone or any(_exclude(term, own) for own in chip.terms))
    ]
    return " ".join(others if has_chip(text, chip) else [*others, chip.condition])


def _exclude(one: Term, other: Term) -> bool:
    """Whether two conditions on the same field are not to stand side by side."""
    if one.field != other.field or (one.negated and other.negated):
        return False
    return one.negated == other.negated or one.text == other.text


#: Every field that can stand before a colon.
FIELD_NAMES = (*_TEXTS, *_NUMBERS)


def completions(text: str, known: Known) -> tuple[str, ...]:
    """Whole search lines that `text` may become, by its last word.

    Args:
        known: Values by field: the tags, accounts and models there are.
    """
    head, _, word = text.rpartition(" ")
    head = f"{head} " if head else ""
    minus = "-" if word.startswith("-") else ""
    word = word.removeprefix("-")
    name, colon, value = word.partition(":")
    if text.count('"') % 2 or not word:
        return ()  # inside quotes, or nothing begun
    if not colon:
        begun = name.casefold()
        offered = [
            f"{field}:" for field in FIELD_NAMES if field.startswith(begun) and len(begun) > 1
        ]
        return tuple(f"{head}{minus}{each}" for each in offered)
    field, begun = name.casefold(), value.casefold()
    values = tuple(dict.fromkeys((*_FIXED.get(field, ()), *known.get(field, ()))))
    others = [each for each in values if each.casefold() != begun]
    fitting = [each for each in others if each.casefold().startswith(begun)]
    if field in _INSIDE:
        fitting += [each for each in others if begun in each.casefold() and each not in fitting]
    return tuple(f"{head}{minus}{name}:{_quoted(each)}" for each in fitting[:_MOST])


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
