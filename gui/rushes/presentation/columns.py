"""How columns are written: what the table, its tooltips and the CSV export say.

The table of columns itself is `core.columns`. No Qt: a delegate paints posters and stars.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from rushes.core import columns
from rushes.core.account import Account
from rushes.core.columns import Absent, Column, Style
from rushes.core.eta import Eta
from rushes.core.price import Cost, cost
from rushes.core.task import Artifact, ArtifactState, Flag, Task
from rushes.presentation import format as fmt
from rushes.presentation.progress import left_spoken, progress_words
from rushes.presentation.readings import display_name, parameters, saved_share
from rushes.presentation.sentences import unsaved_sentence
from rushes.presentation.text import tr, translated
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    flag_sentence,
    flag_sentences,
    no_link_yet,
    note_of_task,
    note_sentence,
    saved_word,
    state_word,
    task_error_sentence,
)

NOTHING = "–"  # where there is nothing to report yet, unlike fmt.NOT_REPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a cell's text depends on beside its task.

    Attributes:
        now: Unix seconds.
        accounts: By `Account.id`.
        eta: How long a task may still take, by the user's own history; None: nobody can tell.
    """

    now: float
    accounts: Mapping[str, Account] = field(default_factory=dict)
    eta: Callable[[Task], Eta | None] = field(default=lambda _: None, compare=False)


class ShownColumn(Column):
    """A column in words."""

    __slots__ = ()

    def title(self) -> str:
        return translated(self.label)

    def value(self, task: Task, ctx: Context) -> Any:
        """Its key; None: there is no value."""
        return self.key(task, ctx.accounts.get(task.key.account))

    def shown(self, task: Task, ctx: Context) -> str:
        """The cell's text."""
        raw = self.value(task, ctx)
        if raw is None:
            return _absent(self.absent)[0]
        return self.writer()(raw, task, ctx)

    def writer(self) -> Callable[[Any, Task, Context], str]:
        """What writes a value of this column as text."""
        if write := _TEXTS.get(self.style):
            return lambda raw, _task, ctx: write(raw, ctx)
        own = _OWN[self.id]
        return lambda _raw, task, ctx: own(task, ctx)

    def tip(self, task: Task, ctx: Context) -> str:
        """The cell's tooltip, plain text; "" for none."""
        if self.value(task, ctx) is None:
            return _absent(self.absent)[1]
        say = _TIPS.get(self.id)
        return say(task, ctx) if say else ""


def _absent(what: Absent) -> tuple[str, str]:
    """(text, tooltip)"""
    match what:
        case Absent.NOT_REPORTED:
            return fmt.NOT_REPORTED, tr("not reported by this service")
        case Absent.NOTHING:
            return NOTHING, ""
        case Absent.EMPTY:
            return "", ""


# --- text ------------------------------------------------------------------------------------


def _as(write: Callable[[Any], str]) -> Callable[[Any, Context], str]:
    return lambda raw, _ctx: write(raw)


_TEXTS: Final[Mapping[Style, Callable[[Any, Context], str]]] = {
    Style.LINE: _as(lambda raw: one_line(raw, 200)),
    Style.PLAIN: _as(str),
    Style.PATH: _as(lambda raw: shown(raw, 1000)),
    Style.YES_NO: _as(fmt.yes_no),
    Style.STARS: _as(fmt.stars),
    Style.TOKENS: _as(fmt.tokens),
    Style.FILE_SIZE: _as(fmt.file_size),
    Style.DURATION: _as(fmt.duration),
    Style.AGO: lambda raw, ctx: fmt.relative(raw, ctx.now),
    Style.TIME_LEFT: lambda raw, ctx: fmt.time_left(raw, ctx.now),
}


def _saved_text(task: Task, ctx: Context) -> str:
    refused = _refused(task)
    again = refused.next_try_at if refused and task.kept is refused.state else None
    if again is not None and again > ctx.now:
        return tr("Refused · {time}", time=fmt.coarse(max(1.0, again - ctx.now)))
    if task.kept is None:
        return no_link_yet()
    return saved_word(task.kept, saved_share(task), note_of_task(task))


def _left_text(task: Task, ctx: Context) -> str:
    end, inferred = columns.time_left(task) or (None, False)
    return fmt.time_left(end, ctx.now, inferred)


def _cost_text(task: Task, ctx: Context) -> str:
    price = cost_of(task, ctx)
    return fmt.money(price.amount, price.currency, estimated=True) if price else ""


def _charged_text(task: Task) -> str:
    charge = task.report.charged
    return fmt.money(charge.amount, charge.currency) if charge else ""


_OWN: Final[Mapping[str, Callable[[Task, Context], str]]] = {
    "name": lambda task, _: display_name(task),
    "state": lambda task, _: state_word(task),
    "saved": _saved_text,
    "left": _left_text,
    "parameters": lambda task, _: parameters(task),
    "cost": _cost_text,
    "charged": lambda task, _: _charged_text(task),
    "prompt": lambda task, _: one_line(task.mark.prompt, 200),
}


# --- tooltips --------------------------------------------------------------------------------


def _state_tip(task: Task, ctx: Context) -> str:
    lines = [*flag_sentences(task).values()]
    if error := task_error_sentence(task.report.error, task.status, task.report.status_raw):
        lines.insert(0, error)
    if task.is_live and (words := progress_words(task, ctx.now, ctx.eta(task))):
        lines.insert(0, words)
    return "\n".join(lines)


def _saved_tip(task: Task, ctx: Context) -> str:
    if task.kept is ArtifactState.SAVED:
        return note_sentence(note_of_task(task))
    if task.kept is None:
        return flag_sentence(Flag.RESULT_MISSING)
    refused = _refused(task)
    return unsaved_sentence(refused, ctx.now) if refused else ""


def _refused(task: Task) -> Artifact | None:
    """The first file that was refused and waits for its next try."""
    waiting = (ArtifactState.REMOTE, ArtifactState.MISSING)
    found = (a for a in task.artifacts if a.refusals and a.state in waiting)
    return min(found, key=lambda a: a.next_try_at or 0.0, default=None)


def _name_tip(task: Task) -> str:
    prompt = shown(task.mark.prompt, 600)
    return f"{one_line(task.id)}\n{prompt}" if prompt else one_line(task.id)


def _left_tip(task: Task) -> str:
    end, inferred = columns.time_left(task) or (None, False)
    if inferred:
        return tr("the link ends about {time} (not said in the link)", time=fmt.absolute(end))
    return tr("the link ends at {time}", time=fmt.absolute(end))


def cost_of(task: Task, ctx: Context) -> Cost | None:
    account = ctx.accounts.get(task.key.account)
    return cost(task.report, account.service) if account else None


def cost_tip(price: Cost) -> str:
    """How a cost was computed, with the date of its price."""
    if price.estimated:
        return tr("estimated tokens × list price of {date}", date=price.as_of)
    return tr("reported tokens × list price of {date}", date=price.as_of)


def _cost_tip(task: Task, ctx: Context) -> str:
    price = cost_of(task, ctx)
    return cost_tip(price) if price else ""


def _record_tip(task: Task, ctx: Context) -> str:
    return fmt.absolute(BY_ID["record_expires"].value(task, ctx))


_TIPS: Final[Mapping[str, Callable[[Task, Context], str]]] = {
    "name": lambda task, _: _name_tip(task),
    "state": _state_tip,
    "saved": _saved_tip,
    "left": lambda task, _: _left_tip(task),
    "model": lambda task, _: one_line(task.report.model or ""),
    "seed": lambda _task, _: tr("click to copy"),
    "created": lambda task, _: fmt.absolute(task.report.created_at),
    "updated": lambda task, _: fmt.absolute(task.report.updated_at),
    "cost": _cost_tip,
    "charged": lambda _task, _: tr("what the service says it charged; not a list price"),
    "notes": lambda task, _: shown(task.mark.note),
    "prompt": lambda task, _: shown(task.mark.prompt),
    "record_expires": _record_tip,
}


COLUMNS: Final[tuple[ShownColumn, ...]] = tuple(
    ShownColumn(**{each.name: getattr(column, each.name) for each in fields(column)})
    for column in columns.COLUMNS
)
BY_ID: Final[Mapping[str, ShownColumn]] = {column.id: column for column in COLUMNS}


def default_on(accounts: int) -> tuple[str, ...]:
    """The ids of the columns a new user sees, with so many accounts."""
    return tuple(c.id for c in COLUMNS if c.on and (accounts > 1 or not c.many_accounts))


# --- speech ------------------------------------------------------------------------


def row_spoken(task: Task, ctx: Context) -> str:
    """A row for a screen reader: name, state, how long yet, saved, time left, rating."""
    words = [BY_ID[name].shown(task, ctx) for name in ("name", "state")]
    eta = ctx.eta(task) if task.is_live else None
    words.append(left_spoken(eta) if eta else "")
    words.append(BY_ID["saved"].shown(task, ctx))
    left = BY_ID["left"].shown(task, ctx)
    rating = task.mark.rating
    words.append(tr("{time} left", time=left) if left != NOTHING else "")
    words.append(tr("rated {rating} of 5", rating=rating) if rating else tr("not rated"))
    return ", ".join(word for word in words if word and word != NOTHING)
