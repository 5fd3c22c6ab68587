"""How columns are written: what the table, its tooltips and the CSV export say.

The table of columns itself is `core.columns`. No Qt: a delegate paints posters and stars.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from rushes.core import columns
from rushes.core.account import PriceUnit
from rushes.core.columns import Absent, Column, Style
from rushes.core.price import Cost, cost
from rushes.core.task import ArtifactState, Flag, Task
from rushes.presentation import format as fmt
from rushes.presentation.progress import progress_words
from rushes.presentation.readings import parameters, saved_share
from rushes.presentation.sentences import unsaved_sentence
from rushes.presentation.take import Context as Context
from rushes.presentation.take import (
    from_file,
    refused_file,
    second_line,
    status_cell,
    take_name,
    waiting_words,
)
from rushes.presentation.text import tr, translated
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    flag_sentence,
    flag_sentences,
    is_without_link,
    no_link_yet,
    note_of_task,
    note_sentence,
    saved_word,
    state_word,
    task_sentence,
)

NOTHING = "–"  # where there is nothing to report yet, unlike fmt.NOT_REPORTED


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
    Style.TOKENS: _as(fmt.tokens),
    Style.FILE_SIZE: _as(fmt.file_size),
    Style.DURATION: _as(fmt.duration),
    Style.AGO: lambda raw, ctx: fmt.relative(raw, ctx.now),
    Style.TIME_LEFT: lambda raw, ctx: fmt.time_left(raw, ctx.now),
}


def _saved_text(task: Task, ctx: Context) -> str:
    refused = refused_file(task)
    if refused is not None and (held := waiting_words(task, ctx)):
        return f"{saved_word(refused.state)} · {held}"
    again = refused.next_try_at if refused and task.kept is refused.state else None
    if refused is not None and again is not None and again > ctx.now:
        wait = fmt.coarse(max(1.0, again - ctx.now))
        if is_without_link(refused, task.flags):
            return f"{no_link_yet()} · {wait}"
        return tr("Refused · {time}", time=wait)
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


def _rating_text(task: Task) -> str:
    """ "★★★☆☆ fox, night" """
    tags = ", ".join(one_line(tag, 60) for tag in task.mark.tags)
    return " ".join(filter(None, (fmt.stars(task.mark.rating), tags)))


_OWN: Final[Mapping[str, Callable[[Task, Context], str]]] = {
    "name": take_name,
    "status": lambda task, ctx: str(status_cell(task, ctx)),
    "rating": lambda task, _: _rating_text(task),
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
    if error := task_sentence(task):
        lines.insert(0, error)
    if task.is_live:
        words = progress_words(task, ctx.now, ctx.eta(task))
        lines.insert(0, waiting_words(task, ctx) or words)
    return "\n".join(filter(None, lines))


def _saved_tip(task: Task, ctx: Context) -> str:
    if task.kept is ArtifactState.SAVED:
        return note_sentence(note_of_task(task))
    if task.kept is None:
        return flag_sentence(Flag.RESULT_MISSING)
    refused = refused_file(task)
    return unsaved_sentence(refused, ctx.now, task.flags) if refused else ""


def _name_tip(task: Task, ctx: Context) -> str:
    """All that a narrow or a compact row cuts, and its id."""
    name, prompt = take_name(task, ctx), shown(task.mark.prompt, 600)
    lines = (name, str(second_line(task, ctx)), from_file(task), one_line(task.id), prompt)
    return "\n".join(dict.fromkeys(filter(None, lines)))


def _status_tip(task: Task, ctx: Context) -> str:
    """What each of the three columns says that this one stands for."""
    tips = (BY_ID[name].tip(task, ctx) for name in ("state", "saved", "left"))
    return "\n".join(dict.fromkeys(filter(None, tips)))


def _left_tip(task: Task) -> str:
    end, inferred = columns.time_left(task) or (None, False)
    if inferred:
        return tr("the link ends about {time} (not said in the link)", time=fmt.absolute(end))
    return tr("the link ends at {time}", time=fmt.absolute(end))


def cost_of(task: Task, ctx: Context) -> Cost | None:
    account = ctx.accounts.get(task.key.account)
    return cost(task.report, account.service, own=account.prices) if account else None


def cost_tip(price: Cost) -> str:
    """How a cost was computed, with the date of its price."""
    match price.own:
        case PriceUnit.SECOND:
            return tr("length × your own price of {date}", date=price.as_of)
        case PriceUnit.TAKE:
            return tr("your own price of {date} for a take", date=price.as_of)
        case PriceUnit.MILLION_TOKENS if price.estimated:
            return tr("estimated tokens × your own price of {date}", date=price.as_of)
        case PriceUnit.MILLION_TOKENS:
            return tr("reported tokens × your own price of {date}", date=price.as_of)
    if price.estimated:
        return tr("estimated tokens × list price of {date}", date=price.as_of)
    return tr("reported tokens × list price of {date}", date=price.as_of)


def _cost_tip(task: Task, ctx: Context) -> str:
    price = cost_of(task, ctx)
    return cost_tip(price) if price else ""


def _record_tip(task: Task, ctx: Context) -> str:
    return fmt.absolute(BY_ID["record_expires"].value(task, ctx))


_TIPS: Final[Mapping[str, Callable[[Task, Context], str]]] = {
    "name": _name_tip,
    "status": _status_tip,
    "rating": lambda task, _: _rating_text(task),
    "parameters": lambda task, _: from_file(task),
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
