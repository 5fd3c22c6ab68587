"""What a task costs: by the user's own prices, else by the published list prices. An estimate,
dated, and never more than that.

Source of the list: contract §6 (without promotions; the token rule fitted to 7 published bodies).
Gateways set their own prices, so there is none for them in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rushes.core.account import OwnPrice, PriceUnit, Service
from rushes.core.task import Report, Status, Usage

_CNY = frozenset({Service.ARK})
_USD = frozenset({Service.BYTEPLUS_AP, Service.BYTEPLUS_EU})


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one million tokens.

    Attributes:
        model: A part of the model's name, such as "seedance-2-0-fast".
        resolution: Only for this class ("1080p", "4k"); "" for every other.
        audio: Only with (True) or without (False) sound; None for both.
        as_of: The date of the price sheet, ISO.
    """

    model: str
    per_million: float
    currency: str
    as_of: str
    resolution: str = ""
    audio: bool | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Attributes:
    as_of: The date of the price sheet, or the day an own price was entered, ISO.
    estimated: The tokens too are computed, not reported.
    own: The unit of the user's own price; None: it is a list price.
    """

    amount: float
    currency: str
    as_of: str
    estimated: bool
    own: PriceUnit | None = None


def _cny(
    model: str, per_million: float, as_of: str, resolution: str = "", audio: bool | None = None
) -> Price:
    return Price(
        model=model,
        per_million=per_million,
        currency="CNY",
        as_of=as_of,
        resolution=resolution,
        audio=audio,
    )


def _usd(model: str, per_million: float, resolution: str = "") -> Price:
    return Price(
        model=model,
        per_million=per_million,
        currency="USD",
        as_of="2026-08-15",
        resolution=resolution,
    )


#: Without video input, which no answer mentions. The first that fits counts: special before
#: general.
PRICES: tuple[Price, ...] = (
    _cny("seedance-2-5", 77, "2026-08-15", resolution="1080p"),
    _cny("seedance-2-5", 70, "2026-08-15"),
    _cny("seedance-2-0-fast", 37, "2026-06-10"),
    _cny("seedance-2-0-mini", 23, "2026-06-10"),
    _cny("seedance-2-0", 51, "2026-06-10", resolution="1080p"),
    _cny("seedance-2-0", 26, "2026-06-10", resolution="4k"),
    _cny("seedance-2-0", 46, "2026-06-10"),
    _cny("seedance-1-5-pro", 8, "2025-12-15", audio=False),
    _cny("seedance-1-5-pro", 16, "2025-12-15"),
    _cny("seedance-1-0-pro-fast", 4.2, "2025-12-01"),
    _cny("seedance-1-0-pro", 15, "2025-12-01"),
    _cny("seedance-1-0-lite", 10, "2025-12-01"),
    _cny("seed3d-1-0", 80, "2025-12-01"),
    _usd("seedance-2-5", 10.7),
    _usd("seedance-2-0-fast", 5.6),
    _usd("seedance-2-0-mini", 3.5),
    _usd("seedance-2-0", 7.7, resolution="1080p"),
    _usd("seedance-2-0", 4.0, resolution="4k"),
    _usd("seedance-2-0", 7.0),
)

#: Seed3D reports this many tokens for every file.
_TOKENS_3D = 30000

_SHORT_SIDE = {"480p": 480, "720p": 720, "1080p": 1080, "1440p": 1440, "2k": 1440, "4k": 2160}


def cost(
    report: Report,
    service: Service,
    prices: Sequence[Price] = PRICES,
    own: Sequence[OwnPrice] = (),
) -> Cost | None:
    """What a task costs; None where there is no price, nothing to count by, or no success.

    Reported tokens are preferred (billed first). Only successful tasks are billed.

    Args:
        own: The user's prices; where one is for the model, no list price stands in for it.
    """
    if report.status is not Status.SUCCEEDED:
        return None
    model, reported = _plain(report.model or ""), billed_tokens(report.usage)
    tokens = reported or _estimate(report)
    if mine := next((price for price in own if _plain(price.model) in model), None):
        by = {
            PriceUnit.MILLION_TOKENS: tokens and tokens / 1e6,
            PriceUnit.SECOND: report.duration_s,
            PriceUnit.TAKE: 1.0,
        }
        if (count := by[mine.unit]) is None:
            return None
        guessed = mine.unit is PriceUnit.MILLION_TOKENS and not reported
        return Cost(count * mine.amount, mine.currency, mine.as_of, guessed, own=mine.unit)
    price = _price_of(report, service, prices)
    if price is None or tokens is None:
        return None
    amount = tokens * price.per_million / 1e6 * _discount(report)
    return Cost(amount, price.currency, price.as_of, estimated=not reported)


def currency_of(service: Service) -> str | None:
    """The currency of the service's price list; None: it has none."""
    return "CNY" if service in _CNY else "USD" if service in _USD else None


def list_prices(service: Service) -> tuple[Price, ...]:
    """The published prices there, in the order in which they are tried."""
    currency = currency_of(service)
    return tuple(price for price in PRICES if price.currency == currency)


def billed_tokens(usage: Usage | None) -> int | None:
    """The count a service charges by: billed, else total, else completion tokens."""
    if usage is None:
        return None
    counts = (usage.billed_tokens, usage.total_tokens, usage.completion_tokens)
    return next((n for n in counts if n is not None), None)


def tokens_estimate(
    width: int, height: int, duration_s: float, *, frames: int | None = None
) -> int:
    """Tokens of one video: floor(w·h·(24·duration + 1) / 1024), or by `frames` where known.

    About 0.8 % low at 5 s when the real frame size is larger than its class says.
    """
    count = frames or int(24 * duration_s + 1)
    return width * height * count // 1024


def _price_of(report: Report, service: Service, prices: Sequence[Price]) -> Price | None:
    currency = currency_of(service)
    model = _plain(report.model or "")
    size = (report.resolution or "").casefold()
    fits = (
        price
        for price in prices
        if price.currency == currency
        and price.model in model
        and price.resolution in ("", size)
        and price.audio in (None, report.audio)
    )
    return next(fits, None)


def _plain(model: str) -> str:
    return model.strip().casefold().replace(".", "-")


def _discount(report: Report) -> float:
    """Contract §6: draft and flex of the 1.x models are cheaper; 2.x has no flex price."""
    model = report.model or ""
    share = 1.0
    if report.draft and "1-5-pro" in model:
        share *= 0.7 if report.audio is False else 0.6
    if report.tier == "flex" and not any(v in model for v in ("-2-0", "-2-5")):
        share *= 0.5
    return share


def _estimate(report: Report) -> int | None:
    if "seed3d" in (report.model or ""):
        return _TOKENS_3D
    if report.duration_s is None and report.frames is None:
        return None
    size = _frame_size(report.resolution, report.ratio)
    if size is None:
        return None
    return tokens_estimate(*size, report.duration_s or 0.0, frames=report.frames)


def _frame_size(resolution: str | None, ratio: str | None) -> tuple[int, int] | None:
    """Width and height of a class such as ("720p", "16:9"): every class has the area of its 16:9
    frame; sides are rounded to whole pixels."""
    side = _SHORT_SIDE.get((resolution or "").casefold())
    wide, _, high = (ratio or "").partition(":")
    if side is None or not (wide.isdecimal() and high.isdecimal()):
        return None
    w, h = int(wide), int(high)
    if not (0 < w <= 100 and 0 < h <= 100):
        return None
    area = side * side * 16 / 9
    width = (area * w / h) ** 0.5
    return round(width), round(area / width)
