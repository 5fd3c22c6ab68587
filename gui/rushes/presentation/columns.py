"""The one table of columns: what the table, its tooltips, its sorting and the CSV export read.

No Qt: a model asks `value`, `text` and `tooltip`; a delegate paints posters and stars.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from rushes.core.account import Account
from rushes.core.eta import Eta
from rushes.core.price import PRICES, Cost, Price, billed_tokens, cost
from rushes.core.task import Artifact, ArtifactState, Flag, Status, Task
from rushes.presentation import format as fmt
from rushes.presentation.progress import left_spoken, progress_words
from rushes.presentation.readings import (
    display_name,
    main_artifact,
    model_short,
    parameters,
    queue_time,
    record_expires,
    run_time,
    saved_share,
)
from rushes.presentation.sentences import unsaved_sentence
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown
from rushes.presentation.words import (
    Note,
    flag_sentences,
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
    prices: Sequence[Price] = PRICES
    eta: Callable[[Task], Eta | None] = field(default=lambda _: None, compare=False)


def _not_reported() -> tuple[str, str]:
    return fmt.NOT_REPORTED, tr("not reported by this service")


def _nothing() -> tuple[str, str]:
    return NOTHING, ""


def _empty() -> tuple[str, str]:
    return "", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How one property of a task is read, written and sorted.

    Attributes:
        title: Called late, after the translator is installed.
        value: Raw and comparable within the column, or a tuple whose first part is: the list is
            sorted by it. None: there is none, sorted last.
        text: The raw value (never None) for a person.
        tooltip: Beside the text; None: the text itself says all.
        absent: (text, tooltip) for None.
        width: Logical pixels at first.
        many_accounts: On by default only with several accounts.
    """

    id: str
    title: Callable[[], str]
    value: Callable[[Task, Context], Any]
    text: Callable[[Any, Context], str]
    tooltip: Callable[[Task, Context], str] | None = None
    absent: Callable[[], tuple[str, str]] = _not_reported
    right: bool = False
    default_on: bool = False
    many_accounts: bool = False
    width: int = 100

    def shown(self, task: Task, ctx: Context) -> str:
        """The cell's text."""
        raw = self.value(task, ctx)
        return self.absent()[0] if raw is None else self.text(raw, ctx)

    def tip(self, task: Task, ctx: Context) -> str:
        """The cell's tooltip, plain text; "" for none."""
        if self.value(task, ctx) is None:
            return self.absent()[1]
        return self.tooltip(task, ctx) if self.tooltip else ""


# --- what a column reads ---------------------------------------------------------------------

_LIFE = (
    Status.RUNNING,
    Status.QUEUED,
    Status.UNKNOWN,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.EXPIRED,
    Status.CANCELLED,
)

#: In the order of `Task.kept`.
_KEPT = (
    ArtifactState.SAVING,
    ArtifactState.REMOTE,
    ArtifactState.MISSING,
    ArtifactState.LOST,
    ArtifactState.SAVED,
)


def _of(read: Callable[[Task], Any]) -> Callable[[Task, Context], Any]:
    return lambda task, _ctx: read(task)


def _report(name: str) -> Callable[[Task, Context], Any]:
    return lambda task, _ctx: getattr(task.report, name)


def _of_main(read: Callable[[Artifact], Any]) -> Callable[[Task, Context], Any]:
    return lambda task, _ctx: read(found) if (found := main_artifact(task)) else None


def _as(write: Callable[[Any], str]) -> Callable[[Any, Context], str]:
    return lambda raw, _ctx: write(raw)


def _word(raw: object) -> str:
    return one_line(str(raw), 200)


def _when(name: str) -> Callable[[Task, Context], str]:
    return lambda task, _ctx: fmt.absolute(getattr(task.report, name))


def _ago(raw: float, ctx: Context) -> str:
    return fmt.relative(raw, ctx.now)


def _state(task: Task) -> tuple[int, str]:
    """(place in life, the word); given up as not found stands at the end."""
    given_up = Flag.NOT_FOUND in task.flags and not task.status.is_terminal
    return len(_LIFE) if given_up else _LIFE.index(task.status), state_word(task)


def _state_tip(task: Task, ctx: Context) -> str:
    lines = [*flag_sentences(task).values()]
    if error := task_error_sentence(task.report.error, task.status, task.report.status_raw):
        lines.insert(0, error)
    if task.is_live and (words := progress_words(task, ctx.now, ctx.eta(task))):
        lines.insert(0, words)
    return "\n".join(lines)


def _saved(task: Task) -> tuple[int, float, Note, float] | None:
    """(order of `_KEPT`, share while saving or -1, what is to be said besides, Unix seconds of the
    next try or -1)."""
    if task.kept is None:
        return None
    share, refused = saved_share(task), _refused(task)
    again = refused.next_try_at if refused and task.kept is refused.state else None
    return (
        _KEPT.index(task.kept),
        -1.0 if share is None else share,
        note_of_task(task),
        -1.0 if again is None else again,
    )


def _saved_text(raw: tuple[int, float, Note, float], ctx: Context) -> str:
    if raw[3] > ctx.now:
        return tr("Refused · {time}", time=fmt.coarse(max(1.0, raw[3] - ctx.now)))
    return saved_word(_KEPT[raw[0]], None if raw[1] < 0 else raw[1], raw[2])


def _saved_tip(task: Task, ctx: Context) -> str:
    if task.kept is ArtifactState.SAVED:
        return note_sentence(note_of_task(task))
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


def _prompt(task: Task) -> tuple[str, str] | None:
    """(what it is sorted by, the whole)"""
    prompt = task.mark.prompt
    return (prompt[:80].casefold(), prompt) if prompt else None


def _left(task: Task) -> tuple[float, bool] | None:
    """(Unix seconds, whether that is inferred)."""
    end = task.deadline
    if end is None:
        return None
    return end, all(a.expires_inferred for a in task.artifacts if a.expires_at == end)


def _left_tip(task: Task) -> str:
    end, inferred = _left(task) or (None, False)
    if inferred:
        return tr("the link ends about {time} (not said in the link)", time=fmt.absolute(end))
    return tr("the link ends at {time}", time=fmt.absolute(end))


def _account_of(task: Task, ctx: Context) -> Account | None:
    return ctx.accounts.get(task.key.account)


def _account(task: Task, ctx: Context) -> str | None:
    account = _account_of(task, ctx)
    return account.name if account else None


def _record_expires(task: Task, ctx: Context) -> float | None:
    return record_expires(task, _account_of(task, ctx))


def _cost(task: Task, ctx: Context) -> tuple[float, str] | None:
    price = cost_of(task, ctx)
    return (price.amount, price.currency) if price else None


def cost_of(task: Task, ctx: Context) -> Cost | None:
    account = _account_of(task, ctx)
    return cost(task.report, account.service, ctx.prices) if account else None


def cost_tip(price: Cost) -> str:
    """How a cost was computed, with the date of its price."""
    if price.estimated:
        return tr("estimated tokens × list price of {date}", date=price.as_of)
    return tr("reported tokens × list price of {date}", date=price.as_of)


def _cost_tip(task: Task, ctx: Context) -> str:
    price = cost_of(task, ctx)
    return cost_tip(price) if price else ""


# --- the table -------------------------------------------------------------------------------

_SHOWN: tuple[Column, ...] = (
    Column(
        id="poster",
        title=lambda: tr("Poster"),
        value=_of(lambda _: None),
        text=_as(_word),
        absent=_empty,
        default_on=True,
        width=76,
    ),
    Column(
        id="name",
        title=lambda: tr("Name"),
        value=_of(lambda task: (display_name(task).casefold(), display_name(task))),
        text=_as(itemgetter(1)),
        tooltip=_of(_name_tip),
        default_on=True,
        width=196,
    ),
    Column(
        id="state",
        title=lambda: tr("State"),
        value=_of(_state),
        text=_as(itemgetter(1)),
        tooltip=_state_tip,
        default_on=True,
        width=124,
    ),
    Column(
        id="saved",
        title=lambda: tr("Saved"),
        value=_of(_saved),
        text=_saved_text,
        tooltip=_saved_tip,
        absent=_nothing,
        default_on=True,
        width=116,
    ),
    Column(
        id="left",
        title=lambda: tr("Time left"),
        value=_of(_left),
        text=lambda raw, ctx: fmt.time_left(raw[0], ctx.now, raw[1]),
        tooltip=_of(_left_tip),
        absent=_nothing,
        right=True,
        default_on=True,
        width=84,
    ),
    Column(
        id="rating",
        title=lambda: tr("Rating"),
        value=_of(lambda task: task.mark.rating or None),
        text=_as(fmt.stars),
        absent=_empty,
        default_on=True,
        width=90,
    ),
    Column(
        id="model",
        title=lambda: tr("Model"),
        value=_of(lambda task: model_short(task.report.model or "") or None),
        text=_as(_word),
        tooltip=_of(lambda task: one_line(task.report.model or "")),
        default_on=True,
        width=130,
    ),
    Column(
        id="parameters",
        title=lambda: tr("Parameters"),
        value=_of(lambda task: parameters(task) or None),
        text=_as(str),
        default_on=True,
        width=140,
    ),
    Column(
        id="seed",
        title=lambda: tr("Seed"),
        value=_report("seed"),
        text=_as(str),
        tooltip=_of(lambda _: tr("click to copy")),
        right=True,
        default_on=True,
        width=90,
    ),
    Column(
        id="created",
        title=lambda: tr("Created"),
        value=_report("created_at"),
        text=_ago,
        tooltip=_when("created_at"),
        default_on=True,
        width=100,
    ),
    Column(
        id="account",
        title=lambda: tr("Account"),
        value=_account,
        text=_as(_word),
        default_on=True,
        many_accounts=True,
        width=120,
    ),
)

_HIDDEN: tuple[Column, ...] = (
    Column(
        id="id",
        title=lambda: tr("Task ID"),
        value=_of(lambda task: task.id),
        text=_as(_word),
        width=240,
    ),
    Column(
        id="updated",
        title=lambda: tr("Updated"),
        value=_report("updated_at"),
        text=_ago,
        tooltip=_when("updated_at"),
    ),
    Column(
        id="queue_time",
        title=lambda: tr("Queue time"),
        value=_of(queue_time),
        text=_as(fmt.duration),
        right=True,
    ),
    Column(
        id="run_time",
        title=lambda: tr("Run time"),
        value=_of(run_time),
        text=_as(fmt.duration),
        right=True,
    ),
    Column(
        id="tokens",
        title=lambda: tr("Tokens"),
        value=_of(lambda task: billed_tokens(task.report.usage)),
        text=_as(fmt.tokens),
        right=True,
    ),
    Column(
        id="cost",
        title=lambda: tr("Cost"),
        value=_cost,
        text=_as(lambda raw: fmt.money(raw[0], raw[1], estimated=True)),
        tooltip=_cost_tip,
        right=True,
    ),
    Column(id="tier", title=lambda: tr("Tier"), value=_report("tier"), text=_as(_word)),
    Column(id="audio", title=lambda: tr("Audio"), value=_report("audio"), text=_as(fmt.yes_no)),
    Column(id="draft", title=lambda: tr("Draft"), value=_report("draft"), text=_as(fmt.yes_no)),
    Column(
        id="size",
        title=lambda: tr("File size"),
        value=_of_main(lambda file: file.size if file.state is ArtifactState.SAVED else None),
        text=_as(fmt.file_size),
        absent=_nothing,
        right=True,
    ),
    Column(
        id="path",
        title=lambda: tr("Path"),
        value=_of_main(lambda artifact: artifact.path),
        text=_as(lambda raw: shown(raw, 1000)),
        absent=_nothing,
        width=260,
    ),
    Column(
        id="tags",
        title=lambda: tr("Tags"),
        value=_of(lambda task: ", ".join(task.mark.tags) or None),
        text=_as(_word),
        absent=_empty,
        width=120,
    ),
    Column(
        id="notes",
        title=lambda: tr("Notes"),
        value=_of(lambda task: task.mark.note or None),
        text=_as(_word),
        tooltip=_of(lambda task: shown(task.mark.note)),
        absent=_empty,
        width=180,
    ),
    Column(
        id="prompt",
        title=lambda: tr("Prompt"),
        value=_of(_prompt),
        text=_as(lambda raw: _word(raw[1])),
        tooltip=_of(lambda task: shown(task.mark.prompt)),
        absent=_empty,
        width=260,
    ),
    Column(
        id="record_expires",
        title=lambda: tr("Record expires"),
        value=_record_expires,
        text=lambda raw, ctx: fmt.time_left(raw, ctx.now),
        tooltip=lambda task, ctx: fmt.absolute(_record_expires(task, ctx)),
        right=True,
    ),
    Column(
        id="status_raw",
        title=lambda: tr("Raw status"),
        value=_of(lambda task: task.report.status_raw or None),
        text=_as(_word),
    ),
    Column(
        id="sha256",
        title=lambda: tr("SHA-256"),
        value=_of_main(lambda artifact: artifact.sha256),
        text=_as(str),
        absent=_nothing,
        width=160,
    ),
)

COLUMNS: tuple[Column, ...] = _SHOWN + _HIDDEN
BY_ID: Mapping[str, Column] = {column.id: column for column in COLUMNS}


def default_on(accounts: int) -> tuple[str, ...]:
    """The ids of the columns a new user sees, with so many accounts."""
    return tuple(c.id for c in COLUMNS if c.default_on and (accounts > 1 or not c.many_accounts))


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
