"""Reads single values out of decoded JSON. Lenient: what cannot be read is None, never an error.

Contract traps 6, 8 and 30: numbers and times come as numbers or strings, times as seconds,
milliseconds or ISO with and without a zone; zero stands for "not yet".
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

Node = Mapping[str, Any]  # one decoded JSON object
Levels = tuple[Node, ...]  # an object and those wrapped in it, outermost first

#: ISO times without a zone mean China Standard Time at every service that sends them.
_CHINA = timezone(timedelta(hours=8))
_NUMBER = re.compile(r"[+-]?\d{1,24}(\.\d{0,24})?([eE][+-]?\d{1,3})?", re.ASCII)
_NOT_IN_URLS = re.compile(r"[\s\x00-\x1f\x7f]")
_LATEST_SECONDS = 1e11
_SCALES = (1, 1_000, 1_000_000, 1_000_000_000)  # seconds, ms, µs, ns
_INT64 = 2**63
_MOST_DOLLARS = 1e9  # more is a mistake, and 300 digits long


def node(value: object) -> Node:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """A trimmed, non-empty string that can be stored and shown (no NUL, no half characters)."""
    if not isinstance(value, str):
        return None
    trimmed = value.strip()
    if not trimmed.isascii():
        trimmed = trimmed.encode("utf-8", "replace").decode()
    return trimmed.replace("\0", "\ufffd") or None


def word(value: object) -> str | None:
    """A short word that some services send as a string and others as a number."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) < _INT64:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:g}"
    return text(value)


def number(value: object) -> float | None:
    """A finite number, also out of a numeric string."""
    if isinstance(value, str):
        trimmed = value.strip()
        value = float(trimmed) if _NUMBER.fullmatch(trimmed) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """An integer that fits 64 bits with sign, also out of "5" or 5.0."""
    if isinstance(value, str) and value.strip().lstrip("+-").isdecimal():
        trimmed = value.strip()
        value = int(trimmed) if _NUMBER.fullmatch(trimmed) else None
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    else:
        real = number(value)
        if real is None or not real.is_integer():
            return None
        found = int(real)
    return found if -_INT64 <= found < _INT64 else None


def count(value: object) -> int | None:
    """An integer that cannot be negative."""
    found = whole(value)
    return found if found is not None and found >= 0 else None


def amount(value: object) -> float | None:
    """A number that means something only above zero: seconds, frames per second."""
    found = number(value)
    return found if found is not None and found > 0 else None


def dollars(value: object) -> float | None:
    """An amount of money, also below zero, that somebody may owe."""
    found = number(value)
    return found if found is not None and abs(found) <= _MOST_DOLLARS else None


def truth(value: object) -> bool | None:
    """A boolean, also as "true"/"false" or 1/0."""
    return {"true": True, "1": True, "false": False, "0": False}.get((word(value) or "").casefold())


def moment(value: object) -> float | None:
    """A point in time as Unix seconds; 0 and negative mean "not yet" and give None."""
    found = number(value)
    if found is None and isinstance(value, str):
        found = _iso(value.strip())
    if found is None or found <= 0:
        return None
    scale = next((n for n in _SCALES if found / n <= _LATEST_SECONDS), None)
    return found / scale if scale else None


def _iso(written: str) -> float | None:
    try:
        found = datetime.fromisoformat(written)
        return (found if found.tzinfo else found.replace(tzinfo=_CHINA)).timestamp()
    except ValueError:
        return None


def web_url(value: object) -> str | None:
    """An http(s) URL, byte for byte but for white space around it; None for anything else."""
    if not isinstance(value, str):
        return None
    url = value.strip()
    if not url[:8].lower().startswith(("http://", "https://")) or _NOT_IN_URLS.search(url):
        return None
    try:
        url.encode()
        return url if urlsplit(url).hostname else None
    except ValueError:  # half characters, an unclosed "[", a host that is none
        return None


def at(start: Node, *path: str) -> object:
    """What stands at `path` below `start`; None where the way there ends."""
    found: object = start
    for name in path:
        found = node(found).get(name)
    return found
