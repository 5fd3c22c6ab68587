"""Moments in HTTP headers."""

from email.utils import parsedate_to_datetime
from functools import lru_cache

from rushes.core.retry import DAY_S


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
