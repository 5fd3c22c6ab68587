"""What a gateway says about an account's key: for the page of the account, and for scripts."""

from typing import Any

from rushes.core.account import KeyCredit
from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line

#: So many models are named on the page, and in its tooltip; of more, how many.
_MODELS, _MODELS_IN_TIP = 8, 40
_LONGEST = 80


def credit_rows(credit: KeyCredit) -> tuple[tuple[str, str], ...]:
    """(title, value): what the key is called, what is left, its end, its models."""
    rows = (
        (tr("Key name"), one_line(credit.name, _LONGEST)),
        (tr("Left"), _left(credit)),
        (tr("Ends"), _end(credit)),
        (tr("Models"), _models(credit.models, _MODELS, ", ")),
    )
    return tuple((title, value) for title, value in rows if value)


def _left(credit: KeyCredit) -> str:
    if credit.is_unlimited:
        return tr("no limit of its own")
    if credit.is_used_up:
        return tr("nothing, the key is used up")
    if credit.left_usd is None:
        return tr("limited; the gateway does not say how much in dollars")
    return fmt.money(credit.left_usd, "USD")


def _models(models: tuple[str, ...] | None, most: int, between: str) -> str:
    """ "" where they are not told."""
    if models is None:
        return ""
    names = between.join(one_line(name, _LONGEST) for name in models[:most])
    more = len(models) - most
    return tr("{names} and {n} more", names=names, n=more) if more > 0 else names or tr("none")


def _end(credit: KeyCredit) -> str:
    if credit.ends_at is None:
        return tr("never")
    time = fmt.absolute(credit.ends_at)
    return tr("ended on {time}", time=time) if credit.has_ended else time


def models_tip(credit: KeyCredit) -> str:
    """The models one a line; "" where all of them stand in `credit_rows`."""
    models = credit.models or ()
    return _models(models, _MODELS_IN_TIP, "\n") if len(models) > _MODELS else ""


def credit_json(credit: KeyCredit) -> dict[str, Any]:
    """The object of `accounts test --json`; null means "not told", or "no limit", "no end"."""
    left = credit.left_usd
    return {
        "name": credit.name,
        "unlimited": credit.is_unlimited,
        "used_up": credit.is_used_up,
        "left": None if left is None else {"amount": left, "currency": "USD"},
        "models": None if credit.models is None else list(credit.models),
        "ends_at": credit.ends_at,
        "ended": credit.has_ended,
    }
