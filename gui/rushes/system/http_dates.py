"""Moments in HTTP headers."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache

from rushes.core.retry import DAY_S


def wait_asked_for(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait, as any header says that ends in `retry-after`: gateways pass on the one of
    the service behind them under a longer name. Names are in lower case."""
    said = (text for name, text in headers.items() if name.endswith("retry-after"))
    waits = [wait for text in said if (wait := retry_after(text, now)) is not None]
    return max(waits, default=None)


def retry_after(text: str, now: float) -> float | None:
    """Seconds to wait, from delta-seconds or an HTTP date, clamped to 1 s to a day."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        wait = float(text[:12])
    else:
        date = http_date(text)
        if date is None:
            return None
        wait = date - now
    return min(max(wait, 1.0), DAY_S)


@lru_cache(16)  # a service says the same for a whole second
def http_date(text: str) -> float | None:
    """Unix seconds; None for what is no date."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None
