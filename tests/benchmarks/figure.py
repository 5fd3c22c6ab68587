"""A measured figure, and how to measure one so that it can be believed.

A noisy machine says little in seconds, so a figure counts as a ratio against its reference,
measured in turn with it in the same run. `packaging/dev.py bench` prints a `Figure.line` each.

    def figures(quick: bool) -> Iterator[Figure]:
        ours, theirs = in_turn(lambda: seconds(work), lambda: seconds(reference), n=rounds(quick))
        yield compare("P4 sort by name", ours, theirs, unit="s", at_most=1 / 200)
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the bench.

    Attributes:
        figure: The goal's number first, then what exactly: "P8 download, one file".
        value: The median of `n` rounds, in `unit`.
        reference: The median of what it is compared with, in the same unit; None: nothing.
        ratio: `value / reference`, or None.
        goal: In words with its limit: "<= 0.5 x"; "" for a figure that is only told.
        met: Whether the goal is reached; True where there is none.
        low, high: The spread of `value` over the rounds.
    """

    figure: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    goal: str = ""
    met: bool = True
    n: int = 1
    low: float | None = None
    high: float | None = None

    def line(self) -> str:
        """A JSON object on one line."""
        return json.dumps(
            {
                "figure": self.figure,
                "value": _short(self.value),
                "unit": self.unit,
                "reference": _short(self.reference),
                "ratio": _short(self.ratio),
                "goal": self.goal,
                "met": self.met,
                "n": self.n,
                "spread": [_short(self.low), _short(self.high)],
            },
            ensure_ascii=False,
        )


def rounds(quick: bool) -> int:
    """How often to measure."""
    return 3 if quick else 9


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this process, all its threads, that `work` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def in_turn(
    ours: Callable[[], float], reference: Callable[[], float], *, n: int, warm_up: int = 1
) -> tuple[list[float], list[float]]:
    """Measure both alternately `n` times, so that a slow minute of the machine hits both.

    Args:
        warm_up: Rounds before those, thrown away.
    """
    pairs = [(ours(), reference()) for _ in range(warm_up + n)][warm_up:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def repeated(work: Callable[[], float], *, n: int, warm_up: int = 1) -> list[float]:
    """Measure `n` times after `warm_up` rounds that are thrown away."""
    return [work() for _ in range(warm_up + n)][warm_up:]


def compare(
    figure: str,
    values: Sequence[float],
    references: Sequence[float],
    *,
    unit: str,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """A figure judged by the ratio of its median to that of its reference."""
    value, reference = statistics.median(values), statistics.median(references)
    ratio = value / reference
    return Figure(
        figure=figure,
        value=value,
        unit=unit,
        reference=reference,
        ratio=ratio,
        goal=_goal(at_most, at_least, "x"),
        met=_is_within(ratio, at_most, at_least),
        n=len(values),
        low=min(values),
        high=max(values),
    )


def limit(
    figure: str,
    values: Sequence[float],
    *,
    unit: str,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """A figure judged by its own median; without a limit it is only told."""
    value = statistics.median(values)
    return Figure(
        figure=figure,
        value=value,
        unit=unit,
        goal=_goal(at_most, at_least, unit),
        met=_is_within(value, at_most, at_least),
        n=len(values),
        low=min(values),
        high=max(values),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * round(share * 1000) // 1000) - 1)]


def _goal(at_most: float | None, at_least: float | None, unit: str) -> str:
    limits = (("<=", at_most), (">=", at_least))
    return ", ".join(
        f"{sign} {_short(bound)} {unit}" for sign, bound in limits if bound is not None
    )


def _is_within(value: float, at_most: float | None, at_least: float | None) -> bool:
    return (at_most is None or value <= at_most) and (at_least is None or value >= at_least)


def _short(value: float | None) -> float | None:
    """Four significant digits: more would be noise."""
    return None if value is None else float(f"{value:.4g}")
