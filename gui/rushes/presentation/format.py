"""How values are written for a person: numbers with their unit, times, sizes, money.

Pure: the current time is handed in. None always comes out as `NOT_REPORTED`, never as 0.
"""

import math
from datetime import UTC, datetime
from typing import Literal

from rushes.core.views import EXPIRING_S, URGENT_S
from rushes.presentation.text import tr

NOT_REPORTED = "—"

#: Between groups of digits: narrow, and no line break.
THIN_SPACE = "\u202f"

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SIGNS = {"CNY": "¥", "USD": "$"}

Urgency = Literal["amber", "red"]


def duration(seconds: float | None) -> str:
    """125 -> "2 min 5 s". The two largest units, rounded down; "2 d" where there are no hours.
    Negative counts as 0."""
    if seconds is None or not math.isfinite(seconds):
        return NOT_REPORTED
    whole = max(0, int(seconds))
    days, rest = divmod(whole, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, secs = divmod(rest, _MINUTE)
    if days and hours:
        return tr("{days} d {hours} h", days=days, hours=hours)
    if days:
        return tr("{days} d", days=days)
    if hours and not minutes:
        return tr("{hours} h", hours=hours)
    if hours:
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return tr("{minutes} min {seconds} s", minutes=minutes, seconds=secs)
    return tr("{seconds} s", seconds=secs)


def clip_length(seconds: float | None) -> str:
    """The length of a clip, to the hundredth where it is not whole: 5 -> "5 s", 5.54 s."""
    if seconds is None or not math.isfinite(seconds):
        return NOT_REPORTED
    return tr("{seconds} s", seconds=number(seconds))


def coarse(seconds: float) -> str:
    """The largest unit alone, rounded down: "21 h", "45 min", "30 s"."""
    whole = max(0, int(seconds))
    if whole >= 2 * _DAY:
        return tr("{days} d", days=whole // _DAY)
    if whole >= _HOUR:
        return tr("{hours} h", hours=whole // _HOUR)
    if whole >= _MINUTE:
        return tr("{minutes} min", minutes=whole // _MINUTE)
    return tr("{seconds} s", seconds=whole)


def time_left(deadline: float | None, now: float, inferred: bool = False) -> str:
    """Until a link ends: "21 h", "45 min", "ended"; "≈ 3 h" where the end is not in the link."""
    if deadline is None:
        return NOT_REPORTED
    if deadline <= now:
        return tr("ended")
    left = coarse(deadline - now)
    return f"≈ {left}" if inferred else left


def urgency(deadline: float | None, now: float) -> Urgency | None:
    """The colour of the time left; an ended link is as red as it gets."""
    if deadline is None or deadline - now >= EXPIRING_S:
        return None
    return "red" if deadline - now < URGENT_S else "amber"


def relative(t: float | None, now: float) -> str:
    """ "just now", "2 min ago", "in 3 h" (a clock that runs ahead is no reason to lie)."""
    if t is None:
        return NOT_REPORTED
    if abs(now - t) < 5:
        return tr("just now")
    if t > now:
        return tr("in {time}", time=coarse(t - now))
    return tr("{time} ago", time=coarse(now - t))


def absolute(t: float | None) -> str:
    """Local time, "2026-11-21 14:02:33"; a number no calendar holds is shown as it is."""
    if t is None:
        return NOT_REPORTED
    try:
        try:
            return datetime.fromtimestamp(t).isoformat(" ", "seconds")  # noqa: DTZ006
        except OSError:  # before 1970 in Windows
            return datetime.fromtimestamp(t, UTC).astimezone().isoformat(" ", "seconds")[:19]
    except (OverflowError, ValueError, OSError):
        return f"{t:.0f}"


def clock(t: float) -> str:
    """Local time of day, "14:02"."""
    return absolute(t)[11:16] or f"{t:.0f}"


def lately(t: float, now: float) -> str:
    """Local time of day, "14:02"; with the day before it where that is not today's."""
    day = absolute(t)[:10]
    return clock(t) if day == absolute(now)[:10] else f"{day} {clock(t)}"


def moment(t: float, now: float) -> str:
    """Local time, to the minute: "14:02", "11-25 14:02", "2025-11-25 14:02", as far as it is not
    that of today."""
    told, today = absolute(t), absolute(now)
    if len(told) < len(today):  # a number no calendar holds
        return told
    if told[:10] == today[:10]:
        return told[11:16]
    return told[5:16] if told[:4] == today[:4] else told[:16]


def age(t: float, now: float) -> str:
    """How long ago, for the first hour: "just now", "2 min"; after that when, as `moment`. Two
    ages are the same only within one minute of the clock."""
    minutes = now // _MINUTE - t // _MINUTE
    if minutes == 0:
        return tr("just now")
    if 0 < minutes < _HOUR / _MINUTE:
        return tr("{minutes} min", minutes=int(minutes))
    return moment(t, now)


def stopwatch(seconds: float) -> str:
    """80 -> "1:20"; from an hour on "1 h 5 min"."""
    whole = max(0, int(seconds))
    return duration(whole) if whole >= _HOUR else f"{whole // _MINUTE}:{whole % _MINUTE:02}"


def file_size(size: float | None) -> str:
    """Bytes in decimal units, as file managers show them: 12345678 -> "12.3 MB"."""
    if size is None:
        return NOT_REPORTED
    value = float(size)
    unit = "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.95:
            break
        value, unit = value / 1000, larger
    digits = 0 if unit == "B" or value >= 99.95 else 1
    return f"{value:.{digits}f} {unit}".replace(".0 ", " ")


def tokens(n: int | None) -> str:
    """108900 -> "108 900", with narrow spaces."""
    return NOT_REPORTED if n is None else f"{n:,}".replace(",", THIN_SPACE)


def money(amount: float | None, currency: str, *, estimated: bool = False) -> str:
    """ "¥7.62"; "≈ ¥7.62" when estimated; small amounts keep digits that count."""
    if amount is None:
        return NOT_REPORTED
    digits = 2 if amount == 0 or abs(amount) >= 0.1 else 4 if abs(amount) >= 0.001 else 6
    sign = _SIGNS.get(currency)
    text = f"{sign}{amount:.{digits}f}" if sign else f"{amount:.{digits}f} {currency}"
    return f"≈ {text}" if estimated else text


def percent_down(share: float | None) -> str:
    """0.639 -> "63 %". Rounds down, so only what is complete ever reads 100 %."""
    if share is None:
        return NOT_REPORTED
    return f"{int(min(1.0, max(0.0, share)) * 100)} %"


def number(value: float | None) -> str:
    """Without a useless ".0": 24.0 -> "24", 23.976 -> "23.98"."""
    if value is None:
        return NOT_REPORTED
    return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else NOT_REPORTED


def yes_no(value: bool | None) -> str:
    if value is None:
        return NOT_REPORTED
    return tr("Yes") if value else tr("No")


def stars(rating: int) -> str:
    """3 -> "★★★☆☆"; not rated -> ""."""
    return "★" * rating + "☆" * (5 - rating) if rating else ""
