"""Days of a studio that can be replayed: what was submitted when, and how long it took.

Run times are log-normal by model. The spreads (sigma of the logarithm) are chosen, not measured:
a generation at a fixed resolution and length varies by a quarter to a half, the cheap tier that
waits for idle machines by a factor. Ten of a model run at once (contract 1.4), the rest queues;
evenings are up to 1.6 times as slow; one in twenty fails, half of those in the first seconds.
"""

import heapq
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Model:
    """`share` of the sessions use it; `at_once` of its tasks run at the same time."""

    name: str
    median_s: float
    sigma: float
    share: float
    at_once: int = 10


ONLINE = (
    Model("fast 480p 5s", 40.0, 0.25, 0.2),
    Model("pro 1080p 5s", 90.0, 0.30, 0.2),
    Model("2.0 720p 5s", 150.0, 0.35, 0.3),
    Model("2.5 1080p 10s", 300.0, 0.40, 0.2),
    Model("3d", 120.0, 0.30, 0.1),
)
OFFLINE = Model("2.0 flex", 5400.0, 0.60, 0.1, at_once=50)
MIXED = (*ONLINE, OFFLINE)

_BATCHES = (1, 1, 2, 4, 4, 8, 20, 50)


@dataclass(frozen=True, slots=True)
class Job:
    """One task as it really went. Times are seconds of the replay."""

    id: str
    model: str
    created_at: float
    started_at: float
    ended_at: float
    is_good: bool


def days(models: Sequence[Model], n: int, *, seed: int, sessions: int = 40) -> list[Job]:
    """`n` days of work, oldest first."""
    dice = random.Random(seed)
    jobs: list[Job] = []
    for model in models:
        submitted = sorted(
            at for day in range(n) for at in _day(dice, day * DAY, round(sessions * model.share))
        )
        jobs += _run(dice, model, submitted)
    return sorted(jobs, key=lambda job: job.created_at)


def _day(dice: random.Random, midnight: float, sessions: int) -> Iterable[float]:
    for _ in range(sessions):
        began, size = midnight + dice.uniform(9 * HOUR, 23 * HOUR), dice.choice(_BATCHES)
        yield from (began + dice.uniform(0.0, 10.0 * size) for _ in range(size))


def _run(dice: random.Random, model: Model, submitted: Iterable[float]) -> Iterable[Job]:
    free = [0.0] * model.at_once
    for number, created_at in enumerate(submitted):
        evening = 1.0 + 0.6 * math.exp(-((((created_at % DAY) / HOUR - 21.0) / 2.0) ** 2))
        lasts = model.median_s * evening * dice.lognormvariate(0.0, model.sigma)
        is_good = dice.random() > 0.05
        if not is_good and dice.random() < 0.5:
            lasts = min(lasts, dice.uniform(3.0, 15.0))
        wanted = created_at + dice.lognormvariate(math.log(3.0), 0.7)
        started_at = max(wanted, heapq.heappop(free))
        heapq.heappush(free, started_at + lasts)
        name = f"{model.name} {number}"
        yield Job(name, model.name, created_at, started_at, started_at + lasts, is_good)
