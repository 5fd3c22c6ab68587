"""The small language of the search field: ``seed:77 model:seedance rating:>=4 "two words" -tag:x``.

Whatever is typed means something: what is no known field or no number is looked for as words.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from rushes.core.task import ArtifactState, Flag, Pick, Task
from rushes.presentation.columns import Context
from rushes.presentation.words import status_word


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `field` "": the text stands anywhere in the row.

    Attributes:
        text: Folded case; alternatives of a field are separated by commas.
        compare: "", ">", ">=", "<" or "<=", for numbers only.
    """

    text: str
    field: str = ""
    compare: str = ""
    negated: bool = False

    def matches(self, task: Task, ctx: Context) -> bool:
        return self._holds(task, ctx) is not self.negated

    def _holds(self, task: Task, ctx: Context) -> bool:
        if not self.field:
            return self.text in _everything(task, ctx)
        if self.field in _NUMBERS:
            value = _NUMBERS[self.field](task)
            wanted = float(self.text)
            return value is not None and _COMPARE[self.compare](value, wanted)
        return any(_TEXTS[self.field](task, ctx, part) for part in self.text.split(",") if part)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, understood. All terms must hold; without any, every task matches."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def matches(self, task: Task, ctx: Context) -> bool:
        return all(term.matches(task, ctx) for term in self.terms)


_PIECE = re.compile(r'(-?)(?:([^\s":：]+)[:：])?(?:"([^"]*)(?:"|$)|(\S+))')
_NUMBER = re.compile(r"(>=|<=|>|<|=|)(\d{1,18}(?:\.\d{1,9})?)")


_FIELD_ALONE = re.compile(r"[^:：]+[:：]")


def parse(text: str) -> Query:
    """Read a search line. Never raises."""
    terms = (_term(match) for match in _PIECE.finditer(text[:1000]))
    return Query(tuple(term for term in terms if term is not None))


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


_COMPARE: dict[str, Callable[[float, float], bool]] = {
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
    r = task.report
    words = [r.status.value, r.status_raw, status_word(r.status, r.status_raw)]
    if Flag.NOT_FOUND in task.flags:
        words.append("not_found")
    return any(word.casefold().startswith(part) for word in words if word)


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


def _everything(task: Task, ctx: Context) -> str:
    """All text of a row in which a word is looked for, in folded case."""
    r, mark = task.report, task.mark
    account = ctx.accounts.get(task.key.account)
    seed = "" if r.seed is None else str(r.seed)
    error = f"{r.error.code} {r.error.message}" if r.error else ""
    parts = (
        task.id,
        mark.name,
        mark.note,
        " ".join(mark.tags),
        r.model or "",
        r.resolution or "",
        r.ratio or "",
        seed,
        status_word(r.status, r.status_raw),
        r.status_raw,
        r.upstream_id or "",
        account.name if account else "",
        error,
    )
    return "\n".join(parts).casefold()
