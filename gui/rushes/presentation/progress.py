"""How far a task is, in words: how long it has been at it, and what is left by the user's history.

The services tell no progress, so there is no percentage: a range, or nothing where too little is
known.
"""

import math

from rushes.core.eta import Eta
from rushes.core.task import Status, Task
from rushes.presentation import format as fmt
from rushes.presentation.readings import started
from rushes.presentation.text import tr

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

#: (seconds of the unit, figures are multiples of, up to so many seconds)
_UNITS = (
    (1, 10, 2 * _MINUTE),
    (_MINUTE, 1, 20 * _MINUTE),
    (_MINUTE, 5, 2 * _HOUR),
    (_HOUR, 1, 2 * _DAY),
)


def so_far(task: Task, now: float) -> float | None:
    """Seconds since it runs, or waits; None once it ended, and where nobody says.

    Args:
        now: Unix seconds by the service's clock.
    """
    since = started(task) if task.status is Status.RUNNING else task.report.created_at
    return max(0.0, now - since) if task.is_live and since is not None else None


def progress_words(task: Task, now: float, eta: Eta | None) -> str:
    """ "for 3 min 12 s · ≈ 2–4 min left"; without what is not known."""
    spent = so_far(task, now)
    parts = [tr("for {time}", time=fmt.duration(spent))] if spent is not None else []
    if eta is not None:
        parts.append(left_words(eta))
    return " · ".join(parts)


def left_words_short(eta: Eta) -> str:
    """ "≈ 2 min": the likeliest moment alone; "" where it may end at once."""
    unit, step = next(
        ((unit, step) for unit, step, up_to in _UNITS if eta.likely_s <= up_to), (_DAY, 1)
    )
    figure = round(eta.likely_s / unit / step) * step
    return f"≈ {_span(str(figure), unit)}" if figure else ""


def left_words(eta: Eta) -> str:
    """ "≈ 2–4 min left", rounded outwards; "less than 4 min left" where it may end at once."""
    low, high, unit = _whole(eta)
    if low == 0:
        return tr("less than {time} left", time=_span(str(high), unit))
    return tr("≈ {time} left", time=_span(f"{low}–{high}" if low < high else str(low), unit))


def left_spoken(eta: Eta) -> str:
    """The same for a screen reader: "about 2 to 4 min left"."""
    low, high, unit = _whole(eta)
    if low == 0:
        return tr("less than {time} left", time=_span(str(high), unit))
    range_ = tr("{low} to {high}", low=low, high=high) if low < high else str(low)
    return tr("about {time} left", time=_span(range_, unit))


def _whole(eta: Eta) -> tuple[int, int, int]:
    """(low, high) in whole units, and the seconds of the unit: no finer than a guess can be."""
    unit, step = next(
        ((unit, step) for unit, step, up_to in _UNITS if eta.high_s <= up_to), (_DAY, 1)
    )
    low = math.floor(eta.low_s / unit / step) * step
    return low, max(math.ceil(eta.high_s / unit / step) * step, step), unit


def _span(figure: str, unit: int) -> str:
    match unit:
        case 1:
            return tr("{seconds} s", seconds=figure)
        case 60:
            return tr("{minutes} min", minutes=figure)
        case 3600:
            return tr("{hours} h", hours=figure)
        case _:
            return tr("{days} d", days=figure)
