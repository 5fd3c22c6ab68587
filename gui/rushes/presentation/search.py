"""The small language of the search field: ``seed:77 model:seedance rating:>=4 "two words" -tag:x``.

Whatever is typed means something: what is no known field or no number is looked for as words.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rushes.core.listing import Term
from rushes.core.task import ArtifactState, Flag, Pick, Status, Task
from rushes.presentation.columns import Context
from rushes.presentation.words import status_word

#: The texts of a row in which a word is looked for, besides its state and its account's name.
FIELDS: Final = (
    "id",
    "name",
    "note",
    "tags",
    "model",
    "resolution",
    "ratio",
    "seed",
    "status_raw",
    "upstream",
    "error",
    "prompt",
)


def words_of(task: Task) -> tuple[str, ...]:
    """The values of `FIELDS` in folded case."""
    r, mark = task.report, task.mark
    return tuple(
        value.casefold()
        for value in (
            task.id,
            mark.name,
            mark.note,
            " ".join(mark.tags),
            r.model or "",
            r.resolution or "",
            r.ratio or "",
            "" if r.seed is None else str(r.seed),
            r.status_raw,
            r.upstream_id or "",
            f"{r.error.code} {r.error.message}" if r.error else "",
            mark.prompt,
        )
    )


def state_words(status: Status) -> tuple[str, str]:
    """The state's own word and the one on the screen, both in folded case. A word that a service
    said and we do not know stands for itself."""
    return status.value, status_word(status).casefold()


def holds(term: Term, task: Task, ctx: Context) -> bool:
    """Whether one condition is true of `task`."""
    return _holds(term, task, ctx) is not term.negated


def _holds(term: Term, task: Task, ctx: Context) -> bool:
    if not term.field:
        return any(term.text in words for words in _everything(task, ctx))
    if term.field in _NUMBERS:
        value = _NUMBERS[term.field](task)
        wanted = float(term.text)
        return value is not None and COMPARE[term.compare](value, wanted)
    return any(_TEXTS[term.field](task, ctx, part) for part in term.text.split(",") if part)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, understood. All terms must hold; without any, every task matches."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def matches(self, task: Task, ctx: Context) -> bool:
        return all(holds(term, task, ctx) for term in self.terms)


_PIECE = re.compile(r'(-?)(?:([^\s":：]+)[:：])?(?:"([^"]*)(?:"|$)|(\S+))')
_NUMBER = re.compile(r"(>=|<=|>|<|=|)(\d{1,18}(?:\.\d{1,9})?)")


_FIELD_ALONE = re.compile(r"[^:：]+[:：]")


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


COMPARE: dict[str, Callable[[float, float], bool]] = {
    "": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

_NUMBERS: dict[str, Callable[[Task], float | None]] = {
    "seed": lambda task: task.report.seed,
    "rating": lambda task: task.mark.rating,
    "duration": lambda task: task.report.duration_s,
    "frames": lambda task: task.report.frames,
    "fps": lambda task: task.report.fps,
}

_SYNONYMS = {
    "state": "status",
    "tags": "tag",
    "notes": "note",
    "stars": "rating",
    "length": "duration",
}


def _in(read: Callable[[Task], str | None]) -> Callable[[Task, Context, str], bool]:
    return lambda task, _ctx, part: part in (read(task) or "").casefold()


def _status(task: Task, _ctx: Context, part: str) -> bool:
    """The canonical word, the service's own, or the one on the screen, each from its start."""
    words = [task.report.status_raw.casefold(), *_state_words(task)]
    if Flag.NOT_FOUND in task.flags:
        words.append("not_found")
    return any(word.startswith(part) for word in words)


def _state_words(task: Task) -> tuple[str, ...]:
    own, shown = state_words(task.status)
    return (own,) if task.status is Status.UNKNOWN and task.report.status_raw else (own, shown)


def _saved(task: Task, _ctx: Context, part: str) -> bool:
    """`saved:no` is what could still get lost; a task without files is neither yes nor no."""
    if part in ("no", "not"):
        return task.kept not in (None, ArtifactState.SAVED)
    if part == "yes":
        return task.kept is ArtifactState.SAVED
    return task.kept is not None and task.kept.value == part


def _account(task: Task, ctx: Context, part: str) -> bool:
    account = ctx.accounts.get(task.key.account)
    return account is not None and (
        part in account.name.casefold() or part in account.service.value
    )


def _flagged(value: bool | None, part: str) -> bool:
    return value is not None and part in (
        ("yes", "on", "true") if value else ("no", "off", "false")
    )


def _pick(task: Task, _ctx: Context, part: str) -> bool:
    pick = task.mark.pick
    return part == pick.value or (part == "yes" and pick is Pick.PICK)


_TEXTS: dict[str, Callable[[Task, Context, str], bool]] = {
    "name": _in(lambda task: task.mark.name),
    "id": _in(lambda task: task.id),
    "note": _in(lambda task: task.mark.note),
    "prompt": _in(lambda task: task.mark.prompt),
    "model": _in(lambda task: task.report.model),
    "resolution": _in(lambda task: task.report.resolution),
    "ratio": lambda task, _ctx, part: part == (task.report.ratio or "").casefold(),
    "tier": _in(lambda task: task.report.tier),
    "error": _in(lambda task: task.report.error.code if task.report.error else None),
    "tag": lambda task, _ctx, part: any(part == tag.casefold() for tag in task.mark.tags),
    "status": _status,
    "saved": _saved,
    "account": _account,
    "pick": _pick,
    "audio": lambda task, _ctx, part: _flagged(task.report.audio, part),
    "draft": lambda task, _ctx, part: _flagged(task.report.draft, part),
}


#: Every field that can stand before a colon.
FIELD_NAMES = (*_TEXTS, *_NUMBERS)


def _everything(task: Task, ctx: Context) -> tuple[str, ...]:
    """All texts of a row in which a word is looked for, in folded case."""
    account = ctx.accounts.get(task.key.account)
    name = account.name.casefold() if account else ""
    return (*words_of(task), *_state_words(task)[1:], name)
