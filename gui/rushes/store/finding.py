"""What a search means in SQL. Finds exactly the tasks for which `presentation.search.holds`."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rushes.core.account import Account
from rushes.core.listing import Term
from rushes.core.task import Pick, Status
from rushes.presentation.search import FIELDS, state_words

#: The trigram index knows nothing shorter.
_TRIGRAM = 3

Bind = Callable[[object], str]
Accounts = Mapping[str, Account]

_NUMBERS = {
    "seed": "k_seed",
    "rating": "coalesce(k_rating, 0)",
    "duration": "duration",
    "frames": "frames",
    "fps": "fps",
}
_COMPARE = {"": "=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
_APART = {"tier": "tier", "error": "code"}
_YES, _NO = frozenset({"yes", "on", "true"}), frozenset({"no", "off", "false"})


def condition(term: Term, accounts: Accounts, bind: Bind, *, row_by_row: bool = False) -> str:
    """An SQL expression over a row of `listed` that is true where `term` holds.

    Args:
        bind: Takes a value of the statement and gives the name that stands for it.
        row_by_row: Read the words of each row instead of the index: dear for all rows, cheap for
            the first few of a word that stands in most.
    """
    text = term.text.encode("utf-8", "replace").decode()
    index = _Index(bind, is_used=not row_by_row)
    if not term.field:
        found = _anywhere(text, accounts, index)
    elif term.field in _NUMBERS:
        compare = _COMPARE[term.compare]
        found = f"{_NUMBERS[term.field]} {compare} {bind(float(term.text))}"
    else:
        parts = [part for part in text.split(",") if part]
        found = _any(_in_field(term.field, part, accounts, index) for part in parts)
    return f"({found}) IS NOT TRUE" if term.negated else f"({found})"


def is_indexed(term: Term) -> bool:
    """Whether every part of `term` is long enough for the index of words."""
    if term.field in _NUMBERS:
        return True
    parts = term.text.split(",") if term.field else [term.text]
    return all(len(part) >= _TRIGRAM for part in parts if part)


class _Index(NamedTuple):
    """How words are looked for; `bind` as in `condition`."""

    bind: Bind
    is_used: bool


def _anywhere(text: str, accounts: Accounts, index: _Index) -> str:
    bind = index.bind
    named = [id_ for id_, account in accounts.items() if text in account.name.casefold()]
    said = [status for status in Status if text in state_words(status)[1]]
    return _any(
        (
            _in_words(text, FIELDS, index),
            _one_of("account", named, bind) if named else "",
            _said(said, bind) if said else "",
        )
    )


def _in_words(text: str, fields: tuple[str, ...], index: _Index) -> str:
    names, bind = [f'"{name}"' for name in fields], index.bind
    if index.is_used and len(text) >= _TRIGRAM and "\0" not in text:
        quoted = text.replace('"', '""')
        match = bind(f'{{{" ".join(fields)}}} : "{quoted}"')
        return f"num IN (SELECT rowid FROM found WHERE found MATCH {match})"  # noqa: S608
    part = bind(text)
    inside = _any(f"instr({name}, {part})" for name in names)
    return f"EXISTS (SELECT 1 FROM words WHERE words.num = listed.num AND ({inside}))"  # noqa: S608


def _in_field(field: str, part: str, accounts: Accounts, index: _Index) -> str:
    bind = index.bind
    match field:
        case "name" | "id" | "note" | "prompt" | "model" | "resolution":
            return _in_words(part, (field,), index)
        case "tier" | "error":
            inside = f"instr({_APART[field]}, {bind(part)})"
            return f"num IN (SELECT num FROM words WHERE {inside})"  # noqa: S608
        case "ratio":
            return f"num IN (SELECT num FROM words WHERE ratio = {bind(part)})"  # noqa: S608
        case "tag":
            return f"num IN (SELECT task FROM tagged WHERE folded = {bind(part)})"  # noqa: S608
        case "status":
            return _status(part, bind)
        case "saved":
            return _saved(part, bind)
        case "account":
            return _one_of(
                "account",
                [
                    id_
                    for id_, account in accounts.items()
                    if part in account.name.casefold() or part in account.service.value
                ],
                bind,
            )
        case "pick":
            return f"pick = {bind(Pick.PICK.value if part == 'yes' else part)}"
        case "audio" | "draft":
            wanted = {True: 1, False: 0}.get(part in _YES) if part in _YES | _NO else None
            return f"k_{field} = {wanted}" if wanted is not None else "0"
        case _:
            raise ValueError(field)


def _status(part: str, bind: Bind) -> str:
    own = [status.value for status in Status if status.value.startswith(part)]
    said = [status for status in Status if state_words(status)[1].startswith(part)]
    return _any(
        (
            _one_of("status", own, bind),
            _said(said, bind) if said else "",
            f"substr(raw_word, 1, {len(part)}) = {bind(part)}",
            "not_found" if "not_found".startswith(part) else "",
        )
    )


def _said(statuses: Iterable[Status], bind: Bind) -> str:
    """Rows whose state is shown with one of these words."""
    known = [status.value for status in statuses]
    unknown = Status.UNKNOWN.value
    return f"{_one_of('status', known, bind)} AND (status <> '{unknown}' OR raw_word = '')"


def _saved(part: str, bind: Bind) -> str:
    if part in ("no", "not"):
        return "kept NOT IN ('', 'saved')"
    return f"kept = {bind('saved' if part == 'yes' else part)}"


def _one_of(name: str, values: Iterable[str], bind: Bind) -> str:
    return f"{name} IN ({', '.join(bind(value) for value in values)})"


def _any(parts: Iterable[str]) -> str:
    return " OR ".join(f"({part})" for part in parts if part) or "0"
