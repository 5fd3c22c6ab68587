"""The one table of columns: what each reads of a task, and how it looks at first.

Its keys sort the list, in the window and in the store. How a value is written for a person stands
in `presentation.columns`, by its style.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from rushes.core.account import Account, Dialect
from rushes.core.naming import model_short, model_title
from rushes.core.pace import awaits_link
from rushes.core.parameters import main_artifact, parameters_of
from rushes.core.price import billed_tokens, cost
from rushes.core.task import (
    KEPT_ORDER,
    Artifact,
    ArtifactState,
    Flag,
    Status,
    Task,
)
from rushes.core.translatable import QT_TR_NOOP

#: A record is gone from Ark so long after its creation (contract §1).
RECORD_KEPT_S: Final = 7 * 86400.0


class Style(enum.Enum):
    """How a value is written."""

    LINE = "line"  # a text that somebody said, on one line
    PLAIN = "plain"
    PATH = "path"
    YES_NO = "yes_no"
    TOKENS = "tokens"
    FILE_SIZE = "file_size"
    DURATION = "duration"
    AGO = "ago"  # of Unix seconds, seen from now
    TIME_LEFT = "time_left"  # until Unix seconds
    OWN = "own"  # as no other column


class Absent(enum.Enum):
    """What is shown where there is no value."""

    NOT_REPORTED = "not_reported"  # the service does not say
    NOTHING = "nothing"  # there is none yet
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a task as a column.

    Attributes:
        label: In English, marked with `QT_TR_NOOP`.
        key: Of a task and its account: comparable within the column, or a tuple whose first part
            is; the list is sorted by it. None: there is none, sorted last.
        on: Whether a new user sees it.
        width: Logical pixels at first.
    """

    id: str
    label: str
    key: Callable[[Task, Account | None], Any]
    style: Style = Style.LINE
    absent: Absent = Absent.NOT_REPORTED
    right: bool = False
    on: bool = False
    width: int = 100


# --- what a column reads ---------------------------------------------------------------------

_LIFE: Final = (
    Status.RUNNING,
    Status.QUEUED,
    Status.UNKNOWN,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.EXPIRED,
    Status.CANCELLED,
)

#: Of a prompt, as the name of a take nobody has named (characters).
FIRST_WORDS: Final = 100
_LONGEST_NAME = 200


def given_name(task: Task) -> str:
    """The user's name for it, else the first words of its prompt, on one line and not made fit to
    be shown; "" without both."""
    return _one_line(task.mark.name, _LONGEST_NAME) or first_words(task.mark.prompt)


def moment_of(task: Task) -> float:
    """When it was submitted, as far as anybody says (Unix seconds)."""
    created = task.report.created_at
    return task.added_at if created is None else created


def _name(task: Task) -> str:
    """Takes without a name stand by model, then by seed, then by time."""
    if given := given_name(task):
        return given.casefold()
    model = model_title(task.report.model or "").casefold()
    if model and task.report.seed is not None:
        return f"{model} #{task.report.seed:020}"
    try:
        time = datetime.fromtimestamp(moment_of(task), UTC).isoformat()
    except (OverflowError, ValueError, OSError):  # a number no calendar holds
        time = ""
    return f"{model} · {time}"


def first_words(prompt: str) -> str:
    """The beginning of a prompt on one line, cut between two words where there are any."""
    words = _one_line(prompt, FIRST_WORDS)
    if len(words) <= FIRST_WORDS:
        return words
    head, _, _ = words[: FIRST_WORDS + 1].rpartition(" ")
    return f"{head if len(head) > FIRST_WORDS // 2 else words[:FIRST_WORDS]}…"


def _one_line(text: str, limit: int) -> str:
    return " ".join(text[: 4 * limit].split())


def queue_time(task: Task) -> float | None:
    return _span(task.report.created_at, task.report.started_at)


def run_time(task: Task) -> float | None:
    return _span(task.report.started_at, task.report.finished_at)


def _span(start: float | None, end: float | None) -> float | None:
    """Gateways stack and their clocks disagree: a negative span is unknown, not zero."""
    if start is None or end is None or end < start:
        return None
    return end - start


def record_expires(task: Task, account: Account | None) -> float | None:
    """When the service forgets the task. Only Ark says so: 7 days after creation."""
    if account is None or account.dialect is not Dialect.ARK or task.report.created_at is None:
        return None
    return task.report.created_at + RECORD_KEPT_S


def _of(read: Callable[[Task], Any]) -> Callable[[Task, Account | None], Any]:
    return lambda task, _account: read(task)


def _report(name: str) -> Callable[[Task, Account | None], Any]:
    return lambda task, _account: getattr(task.report, name)


def _of_main(read: Callable[[Artifact], Any]) -> Callable[[Task, Account | None], Any]:
    return lambda task, _account: read(found) if (found := main_artifact(task)) else None


def _state(task: Task) -> int:
    """Its place in life; given up as not found stands at the end."""
    given_up = Flag.NOT_FOUND in task.flags and not task.status.is_terminal
    return len(_LIFE) if given_up else _LIFE.index(task.status)


def _status(task: Task) -> int:
    """Its place in life, and of what succeeded whether its files are on disk."""
    place = 10 * _state(task)
    if task.status is not Status.SUCCEEDED:
        return place
    kept = _kept(task)
    return place + (len(KEPT_ORDER) if kept is None else kept)


def _kept(task: Task) -> int | None:
    """A file whose link has not come yet stands with those that are not saved."""
    state = ArtifactState.REMOTE if awaits_link(task) else task.kept
    return None if state is None else KEPT_ORDER.index(state)


def time_left(task: Task) -> tuple[float, bool] | None:
    """When the first link ends: (Unix seconds, whether that is inferred)."""
    end = task.deadline
    if end is None:
        return None
    return end, all(a.expires_inferred for a in task.artifacts if a.expires_at == end)


def _parameters(task: Task) -> str | None:
    r, made = task.report, parameters_of(task)
    numbers = ("" if number is None else f"{number:g}" for number in (made.duration_s, made.fps))
    format_ = r.file_format if r.subdivision else ""
    parts = (made.size, made.ratio, *numbers, r.subdivision, format_)
    return " ".join(part for part in parts if part) or None


def _is_reviewed(task: Task) -> bool:
    return bool(task.mark.rating or task.mark.tags)


def _prompt(task: Task) -> tuple[str, str] | None:
    """(what it is sorted by, the whole)"""
    prompt = task.mark.prompt
    return (prompt[:80].casefold(), prompt) if prompt else None


def _cost(task: Task, account: Account | None) -> tuple[float, str] | None:
    """(amount, currency)"""
    price = cost(task.report, account.service, own=account.prices) if account else None
    return (price.amount, price.currency) if price else None


def _charged(task: Task) -> tuple[float, str] | None:
    """(amount, currency) as the service says it; no list price ever stands in for it."""
    charge = task.report.charged
    return (charge.amount, charge.currency) if charge else None


# --- the table -------------------------------------------------------------------------------

COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "poster", QT_TR_NOOP("Poster"), _of(lambda _: None), absent=Absent.EMPTY, on=True, width=76
    ),
    Column(
        "name",
        QT_TR_NOOP("Take"),
        _of(_name),
        Style.OWN,
        on=True,
        width=240,
    ),
    Column("status", QT_TR_NOOP("Status"), _of(_status), Style.OWN, on=True, width=140),
    Column("state", QT_TR_NOOP("State"), _of(_state), Style.OWN, width=124),
    Column("saved", QT_TR_NOOP("Saved"), _of(_kept), Style.OWN, Absent.NOTHING, width=116),
    Column(
        "left",
        QT_TR_NOOP("Time left"),
        _of(time_left),
        Style.OWN,
        Absent.NOTHING,
        right=True,
        width=84,
    ),
    Column(
        "rating",
        QT_TR_NOOP("Rating and tags"),
        _of(lambda task: (task.mark.rating, task.mark.tags) if _is_reviewed(task) else None),
        Style.OWN,
        Absent.EMPTY,
        on=True,
        width=120,
    ),
    Column(
        "model",
        QT_TR_NOOP("Model"),
        _of(lambda task: model_short(task.report.model or "") or None),
        width=130,
    ),
    Column("parameters", QT_TR_NOOP("Parameters"), _of(_parameters), Style.OWN, width=140),
    Column("seed", QT_TR_NOOP("Seed"), _report("seed"), Style.PLAIN, right=True, width=90),
    Column("created", QT_TR_NOOP("Created"), _report("created_at"), Style.AGO, width=100),
    Column(
        "account",
        QT_TR_NOOP("Account"),
        lambda _, account: account.name if account else None,
        width=120,
    ),
    Column("id", QT_TR_NOOP("Task ID"), _of(lambda task: task.id), width=240),
    Column("updated", QT_TR_NOOP("Updated"), _report("updated_at"), Style.AGO),
    Column("queue_time", QT_TR_NOOP("Queue time"), _of(queue_time), Style.DURATION, right=True),
    Column("run_time", QT_TR_NOOP("Run time"), _of(run_time), Style.DURATION, right=True),
    Column(
        "tokens",
        QT_TR_NOOP("Tokens"),
        _of(lambda task: billed_tokens(task.report.usage)),
        Style.TOKENS,
        right=True,
    ),
    Column("cost", QT_TR_NOOP("Cost"), _cost, Style.OWN, right=True),
    Column("charged", QT_TR_NOOP("Charged"), _of(_charged), Style.OWN, right=True),
    Column("tier", QT_TR_NOOP("Tier"), _report("tier")),
    Column("audio", QT_TR_NOOP("Audio"), _report("audio"), Style.YES_NO),
    Column("draft", QT_TR_NOOP("Draft"), _report("draft"), Style.YES_NO),
    Column(
        "size",
        QT_TR_NOOP("File size"),
        _of_main(lambda file: file.size if file.state is ArtifactState.SAVED else None),
        Style.FILE_SIZE,
        Absent.NOTHING,
        right=True,
    ),
    Column(
        "path",
        QT_TR_NOOP("Path"),
        _of_main(lambda artifact: artifact.path),
        Style.PATH,
        Absent.NOTHING,
        width=260,
    ),
    Column(
        "tags",
        QT_TR_NOOP("Tags"),
        _of(lambda task: ", ".join(task.mark.tags) or None),
        absent=Absent.EMPTY,
        width=120,
    ),
    Column(
        "notes",
        QT_TR_NOOP("Notes"),
        _of(lambda task: task.mark.note or None),
        absent=Absent.EMPTY,
        width=180,
    ),
    Column("prompt", QT_TR_NOOP("Prompt"), _of(_prompt), Style.OWN, Absent.EMPTY, width=260),
    Column(
        "record_expires", QT_TR_NOOP("Record expires"), record_expires, Style.TIME_LEFT, right=True
    ),
    Column(
        "status_raw", QT_TR_NOOP("Raw status"), _of(lambda task: task.report.status_raw or None)
    ),
    Column(
        "sha256",
        QT_TR_NOOP("SHA-256"),
        _of_main(lambda artifact: artifact.sha256),
        Style.PLAIN,
        Absent.NOTHING,
        width=160,
    ),
)
