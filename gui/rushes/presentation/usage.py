"""What was made and spent, in words and figures."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10

from rushes.core.account import Account
from rushes.core.usage import Measure, Outcome, Quantity, StackBy, UsageLine, UsageReport
from rushes.presentation import format as fmt
from rushes.presentation.export import guarded
from rushes.presentation.text import tr

_EPOCH = date(1970, 1, 1)


def measure_word(measure: Measure, total: UsageLine) -> str:
    """`total`: what it is measured of, which says by which prices."""
    match measure.quantity:
        case Quantity.TAKES:
            return tr("Takes")
        case Quantity.TOKENS:
            return tr("Tokens")
        case Quantity.SECONDS:
            return tr("Length made")
        case Quantity.BYTES:
            return tr("Size on disk")
        case Quantity.COST:
            return f"{cost_word(total)} ({measure.currency})"
        case Quantity.CHARGED:
            return tr("Charged by the service ({currency})", currency=measure.currency)


def amount(value: float, measure: Measure) -> str:
    """A value of a bar with its unit."""
    match measure.quantity:
        case Quantity.TAKES | Quantity.TOKENS:
            return fmt.tokens(round(value))
        case Quantity.SECONDS:
            return fmt.duration(value)
        case Quantity.BYTES:
            return fmt.file_size(value)
        case Quantity.COST | Quantity.CHARGED:
            return fmt.money(value, measure.currency)


_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_OF_TIME = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 5, 10)),
)


def ticks(most: float, measure: Measure) -> tuple[float, ...]:
    """Round values for the lines behind bars of which the highest is `most`, from below."""
    least = most / 4
    if measure.quantity is Quantity.SECONDS:
        step = next((each for each in _OF_TIME if each >= least), ceil(least / _DAY) * _DAY)
    else:
        power = 10.0 ** floor(log10(least))
        step = next(n * power for n in (1, 2, 5, 10, 20) if n * power >= least)
    if measure.quantity in (Quantity.TAKES, Quantity.TOKENS, Quantity.BYTES):
        step = max(1.0, step)
    return tuple(n * step for n in range(1, int(most / step) + 1))


def stack_word(stack_by: StackBy) -> str:
    words = {
        StackBy.ACCOUNT: tr("By account"),
        StackBy.MODEL: tr("By model"),
        StackBy.OUTCOME: tr("By outcome"),
    }
    return words[stack_by]


def part_word(stack_by: StackBy, key: str, accounts: Mapping[str, Account]) -> str:
    """What a part of a bar stands for."""
    if stack_by is StackBy.OUTCOME:
        return outcome_word(Outcome(key))
    return account_word(key, accounts) if stack_by is StackBy.ACCOUNT else model_word(key)


def outcome_word(outcome: Outcome) -> str:
    words = {
        Outcome.SUCCEEDED: tr("Succeeded"),
        Outcome.LOST: tr("Lost"),
        Outcome.FAILED: tr("Failed"),
        Outcome.EXPIRED: tr("Expired"),
        Outcome.CANCELLED: tr("Cancelled"),
        Outcome.NOT_FOUND: tr("Not found"),
        Outcome.LIVE: tr("Not ended"),
    }
    return words[outcome]


def account_word(id_: str, accounts: Mapping[str, Account]) -> str:
    account = accounts.get(id_)
    return account.name if account else tr("Removed account")


def model_word(model: str) -> str:
    return model or tr("Model not reported")


def day_word(day: int, step: int = 1) -> str:
    """ "2026-11-03"; of several days the first and the last."""
    first = _EPOCH + timedelta(days=day)
    last = first + timedelta(days=step - 1)
    return first.isoformat() if step == 1 else f"{first.isoformat()} – {last.isoformat()}"


def money_words(amounts: Mapping[str, float]) -> str:
    """Each currency for itself."""
    words = (fmt.money(value, currency) for currency, value in amounts.items())
    return " + ".join(words) or fmt.NOT_REPORTED


def cost_word(line: UsageLine) -> str:
    """What the cost is counted by."""
    if not line.by_own:
        return tr("Cost by list prices")
    return tr("Cost by list and own prices") if line.by_list else tr("Cost by own prices")


def priced_words(line: UsageLine) -> str:
    """Of how many takes the cost is, by which prices; "" where all are by list prices."""
    unpriced = _unpriced(line)
    parts = (
        tr("%n take(s) by list prices", None, line.by_list) if line.by_list else "",
        tr("%n take(s) by your own prices", None, line.by_own) if line.by_own else "",
        tr("%n take(s) without a price", None, unpriced) if unpriced > 0 else "",
    )
    return "\n".join(part for part in parts if part)


def _unpriced(line: UsageLine) -> int:
    """How many takes the cost leaves out."""
    return line.succeeded - line.by_list - line.by_own


def billed_word(line: UsageLine) -> str:
    """What `line.billed` is called; "Tokens" where all that were reported are billed."""
    return tr("Tokens") if line.billed == line.tokens else tr("Billed tokens")


def _billed(line: UsageLine) -> str:
    n = fmt.tokens(line.billed)
    is_all = line.billed == line.tokens
    return tr("{n} tokens", n=n) if is_all else tr("{n} billed tokens", n=n)


def selection_words(line: UsageLine) -> str:
    """ "3 selected: 12 s, 310 000 tokens ≈ ¥14.00, charged $0.25"."""
    tokens = _billed(line) if line.billed else ""
    cost = f"≈ {money_words(line.cost)}" if line.cost else ""
    parts = (
        fmt.duration(line.seconds) if line.seconds else "",
        f"{tokens} {cost}".strip(),
        tr("charged {money}", money=money_words(line.charged)) if line.charged else "",
    )
    said = ", ".join(part for part in parts if part)
    head = tr("%n selected", None, line.takes)
    return _titled(head, said) if said else head


def _titled(title: str, value: str) -> str:
    return tr("{title}: {value}", title=title, value=value)


def reasons_words(line: UsageLine) -> str:
    return "\n".join(
        f"{outcome_word(Outcome.EXPIRED) if reason == 'expired' else _reason(reason)}: {n}"
        for reason, n in line.reasons
    )


def _reason(code: str) -> str:
    return tr("no reason given") if code == Outcome.FAILED.value else code


def _figure(value: int) -> str:
    return fmt.tokens(value) if value else fmt.NOT_REPORTED


@dataclass(frozen=True)
class UsageColumn:
    """A column of the table.

    Attributes:
        is_told: Whether there is something to say of a line; where there is of none, the column
            is left out.
        goes: Where there is little room, the highest is left out first; 0: none of them is.
    """

    title: Callable[[], str]
    text: Callable[[UsageLine], str]
    is_told: Callable[[UsageLine], object] = lambda _: True
    tip: Callable[[UsageLine], str] = lambda _: ""
    goes: int = 0


COLUMNS: tuple[UsageColumn, ...] = (
    UsageColumn(lambda: tr("Takes"), lambda line: fmt.tokens(line.takes)),
    UsageColumn(lambda: tr("Succeeded"), lambda line: fmt.tokens(line.succeeded), goes=3),
    UsageColumn(
        lambda: tr("Failed"),
        lambda line: fmt.tokens(line.failed),
        tip=lambda line: reasons_words(line),
        goes=1,
    ),
    UsageColumn(
        lambda: tr("Lost"), lambda line: fmt.tokens(line.lost), lambda line: line.lost, goes=4
    ),
    UsageColumn(
        lambda: tr("Cost"),
        lambda line: money_words(line.cost),
        lambda line: line.cost,
        lambda line: priced_words(line),
    ),
    UsageColumn(
        lambda: tr("Charged"), lambda line: money_words(line.charged), lambda line: line.charged
    ),
    UsageColumn(
        lambda: tr("Tokens"), lambda line: _figure(line.tokens), lambda line: line.tokens, goes=2
    ),
    UsageColumn(
        lambda: tr("Billed tokens"),
        lambda line: _figure(line.billed),
        lambda line: line.billed != line.tokens,
        goes=5,
    ),
    UsageColumn(
        lambda: tr("Length made"),
        lambda line: fmt.duration(line.seconds or None),
        lambda line: line.seconds,
        goes=6,
    ),
    UsageColumn(
        lambda: tr("Run time, median"),
        lambda line: fmt.duration(line.median_s),
        lambda line: line.median_s is not None,
        goes=8,
    ),
    UsageColumn(
        lambda: tr("Run time, 95 %"),
        lambda line: fmt.duration(line.p95_s),
        lambda line: line.p95_s is not None,
        goes=9,
    ),
    UsageColumn(
        lambda: tr("Size on disk"),
        lambda line: fmt.file_size(line.bytes or None),
        lambda line: line.bytes,
        goes=7,
    ),
)


def summary(usage: UsageReport) -> str:
    """One line over the chart; also what a screen reader says of it."""
    total = usage.total
    unpriced = _unpriced(total) if total.cost else 0
    words = [
        tr("%n take(s)", None, total.takes),
        tr("{n} failed", n=fmt.tokens(total.failed)) if total.failed else "",
        _titled(cost_word(total), money_words(total.cost)) if total.cost else "",
        tr("%n take(s) without a price", None, unpriced) if unpriced > 0 else "",
        tr("charged by services {money}", money=money_words(total.charged))
        if total.charged
        else "",
        _billed(total) if total.billed else "",
    ]
    return " · ".join(word for word in words if word)


def csv_of(usage: UsageReport, accounts: Mapping[str, Account]) -> str:
    """A line an account, model and currency, plain numbers; "" where nothing was reported."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(
        (
            *("account", "model", "takes", "succeeded", "failed", "lost", "reasons", "tokens"),
            *("billed_tokens", "by_list_price", "by_own_price"),
            *("cost", "cost_currency", "charged", "charged_currency"),
            *("seconds", "run_time_median_s", "run_time_p95_s", "bytes"),
        )
    )
    for line in usage.lines:
        # Money in one line for each currency; the other figures stand in the first one only.
        costs, charges = list(line.cost.items()), list(line.charged.items())
        for n in range(max(1, len(costs), len(charges))):
            cost_in, cost = costs[n] if n < len(costs) else ("", None)
            charged_in, charged = charges[n] if n < len(charges) else ("", None)
            reasons = "; ".join(f"{reason} {count}" for reason, count in line.reasons)
            counts = (line.takes, line.succeeded, line.failed, line.lost, reasons)
            times = (None if s is None else round(s, 3) for s in (line.median_s, line.p95_s))
            rest = (line.seconds or None, *times, line.bytes or None)
            first = n == 0
            write(
                (
                    _safe(account_word(line.account, accounts)),
                    _safe(line.model),
                    *(map(_safe, counts) if first else [None] * 5),
                    *((line.tokens or None, line.billed or None) if first else (None, None)),
                    *((line.by_list, line.by_own) if first else (None, None)),
                    *(None if cost is None else round(cost, 9), cost_in),
                    *(None if charged is None else round(charged, 9), _safe(charged_in)),
                    *(rest if first else [None] * 4),
                )
            )
    return out.getvalue()


def _safe(value: object) -> object:
    """A spreadsheet must not take the words of a service for a formula."""
    return guarded(value) if isinstance(value, str) else value
