"""What was made and spent: the question the usage page asks, and what it is answered.

Amounts of money are never added up across currencies, and what a service says it charged is never
added to list prices. 0 tokens or seconds mean that nothing was reported.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from rushes.core.listing import ListFilter, Term
from rushes.core.task import ArtifactState, Flag, Status, Task


class StackBy(enum.Enum):
    """What the parts of a bar stand for."""

    ACCOUNT = "account"
    MODEL = "model"
    OUTCOME = "outcome"


class Outcome(enum.Enum):
    """How a task ended, in one word."""

    SUCCEEDED = "succeeded"
    LOST = "lost"  # it succeeded, and its file cannot be fetched any more
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_FOUND = "not_found"
    LIVE = "live"  # it has not ended


def outcome(task: Task) -> Outcome:
    match task.status:
        case Status.SUCCEEDED:
            return Outcome.LOST if task.kept is ArtifactState.LOST else Outcome.SUCCEEDED
        case Status.FAILED:
            return Outcome.FAILED
        case Status.EXPIRED:
            return Outcome.EXPIRED
        case Status.CANCELLED:
            return Outcome.CANCELLED
        case _:
            return Outcome.NOT_FOUND if Flag.NOT_FOUND in task.flags else Outcome.LIVE


class Quantity(enum.Enum):
    """What the bars measure. COST and CHARGED are in one currency."""

    TAKES = "takes"
    TOKENS = "tokens"
    SECONDS = "seconds"
    BYTES = "bytes"
    COST = "cost"
    CHARGED = "charged"


@dataclass(frozen=True, slots=True)
class Measure:
    """Attributes:
    currency: Of COST and CHARGED; "" for the others.
    """

    quantity: Quantity = Quantity.TAKES
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageQuery:
    """Attributes:
    scope, terms: As in `ListQuery`. What was removed is counted where the scope is everything or
        an account.
    since: The first day, counted from 1970-01-01 in local time; None: from the beginning.
    until: The last day.
    """

    scope: ListFilter = field(default_factory=ListFilter)
    terms: tuple[Term, ...] = ()
    since: int | None = None
    until: int
    stack_by: StackBy = StackBy.ACCOUNT
    measure: Measure = field(default_factory=Measure)


@dataclass(frozen=True, slots=True)
class UsageBar:
    """One part of the bar that begins at `day`.

    Attributes:
        key: An account's id, a model's short name ("" for none), or an `Outcome`'s value.
        value: In the unit of the measure: takes, tokens, seconds, bytes, or money.
    """

    day: int
    key: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """The takes of one model at one account, or several of those together.

    Attributes:
        succeeded: Those whose file is lost are among them.
        failed: Failed and expired ones.
        reasons: The service's code ("" for none) and how many failed with it, most first.
        billed: The tokens the service charges by; `tokens` are all it reports.
        cost, charged: By currency.
        by_list, by_own: Of so many takes the cost is by a list price, or by the user's own.
        seconds: Of film that was made, by the service or else by the saved film.
        median_s, p95_s: Run time; None: not known. Of several lines together it is not known.
    """

    account: str = ""
    model: str = ""
    takes: int = 0
    succeeded: int = 0
    failed: int = 0
    lost: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    tokens: int = 0
    billed: int = 0
    cost: Mapping[str, float] = field(default_factory=dict)
    by_list: int = 0
    by_own: int = 0
    charged: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    median_s: float | None = None
    p95_s: float | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """The answer.

    Attributes:
        first: The day of the first bar; bars are `step` days wide.
        total: All lines together.
        measures: What there is something to say of.
    """

    query: UsageQuery
    first: int
    step: int
    bars: tuple[UsageBar, ...]
    lines: tuple[UsageLine, ...]
    total: UsageLine
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageChoice:
    """The takes behind a bar or a line. None: any.

    Attributes:
        since, until: Days, both included.
    """

    since: int | None = None
    until: int
    account: str | None = None
    model: str | None = None
    outcome: str | None = None
