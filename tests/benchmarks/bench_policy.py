"""How soon a change is seen, and how good the guesses are, over days that are replayed: P3, P13.

The days and their spreads are described in `watching.days`. Nothing here depends on the machine.

P3's goal is judged on the mixed day: the services have two tiers (contract 1.1), and a studio that
cares for its bill sends the night's batch to the cheap one. The day without it is printed beside
it and has no goal. Of runs alone no policy can save more than their spread allows: looks placed
best take (integral of sqrt(f S))**2 / mean of the delay of evenly spaced ones (f density, S
survival; J. B. Keller, "Optimum checking schedules", 1974), which is 0.44 for a sigma of 0.25, 0.51
for 0.30, 0.57 for 0.35, 0.63 for 0.40. What is below that comes from queues, where an end tells
of a start, and from tasks that wait for long.

P13 judges the ETA as what it is, a moment: how far it lies from the moment of the end, as a share
of the whole run, seen at five ages of each run. The time left is told as well but has no goal: its
relative error grows without bound as the end comes near, however well the moment was guessed, and
with log-normal run times of these spreads not even knowing the true distribution would bring 70 %
of the rests within 30 %. (At the beginning that limit is 0.67 of the runs for the moment, too; the
goal is for all ages together.)
"""

from collections.abc import Iterator
from statistics import fmean

from rushes.core.account import Dialect
from rushes.core.pace import LIMITS
from tests.benchmarks.figure import Figure, compare, limit, percentile
from tests.benchmarks.watching.days import DAY, MIXED, ONLINE, days
from tests.benchmarks.watching.replay import AGES, Score, fixed, watched

FIGURES = ("P3", "P13")
_EVERY_S = 10.0
_DAYS, _LEARNING = 4, 2 * DAY


def figures(quick: bool) -> Iterator[Figure]:
    limits = LIMITS[Dialect.ANYFAST]
    mine: tuple[Score, ...] = ()
    for name, models, counts in (
        ("a mixed day", MIXED, True),
        ("online tiers only", ONLINE, False),
    ):
        delays: list[tuple[Score, Score, Score]] = []
        for seed in range(1, 4 if quick else 10):
            jobs = days(models, _DAYS, seed=seed)
            ours = watched(jobs, limits=limits, since=_LEARNING)
            plain = fixed(jobs, every_s=_EVERY_S, since=_LEARNING)
            # Fixed polling slowed down until it makes as many requests as we do.
            slowed = _EVERY_S * plain.looks / ours.looks
            delays.append((ours, plain, fixed(jobs, every_s=slowed, since=_LEARNING)))
        mine, every_10_s, as_many = zip(*delays, strict=True)
        yield _mean(f"P3 {name}: mean delay at equal count", mine, as_many, 0.5 if counts else None)
        yield _mean(f"P3 {name}: mean delay, fixed 10 s", mine, every_10_s, None)
        yield compare(f"P3 {name}: p95 at equal count", _p95(mine), _p95(as_many), unit="s")
        yield compare(
            f"P3 {name}: requests, fixed 10 s", _looks(mine), _looks(every_10_s), unit="requests"
        )
    yield from _guesses(mine)


def _mean(
    name: str, ours: tuple[Score, ...], theirs: tuple[Score, ...], at_most: float | None
) -> Figure:
    means = ([fmean(score.delays) for score in scores] for scores in (ours, theirs))
    return compare(name, *means, unit="s", at_most=at_most)


def _p95(scores: tuple[Score, ...]) -> list[float]:
    return [percentile(score.delays, 0.95) for score in scores]


def _looks(scores: tuple[Score, ...]) -> list[float]:
    return [float(score.looks) for score in scores]


def _guesses(scores: tuple[Score, ...]) -> Iterator[Figure]:
    """The moment of the end, over all ages and at each of them; and what is left."""
    found = [score.guesses for score in scores]
    whole = [fmean(g.error <= 0.3 for g in guesses) for guesses in found]
    yield limit("P13 ETA within 30 % of the run", whole, unit="of tasks", at_least=0.7)
    for age in AGES:
        then = [fmean(g.error <= 0.3 for g in guesses if g.age == age) for guesses in found]
        yield limit(f"P13 the same after {age:.0%} of the run", then, unit="of tasks")
    rest = [fmean(abs(g.eta.likely_s - g.left_s) <= 0.3 * g.left_s for g in gs) for gs in found]
    yield limit("P13 time left within 30 %", rest, unit="of tasks")
    inside = [fmean(g.eta.low_s <= g.left_s <= g.eta.high_s for g in gs) for gs in found]
    yield limit("P13 end within the range shown (80 %)", inside, unit="of tasks")
