"""Thousands of live tasks at five simulated services, in a process of its own, and a desk on them.

``python -m tests.benchmarks.crowd COUNT SPEED live|failed|done|together ANSWERS_IN_S`` serves until
its input ends.
"""

import asyncio
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from types import MappingProxyType
from typing import IO, cast

from rushes.controllers.demo import Demo
from rushes.core.account import Dialect
from rushes.core.pace import LIMITS
from rushes.simulator.life import Phase, lived
from rushes.simulator.scene import SEED3D, Ailment, Scene, ServiceTrouble, Site, Slot
from rushes.simulator.server import Simulator

#: Those without limits of their own in the simulator: what we promise not to exceed.
_DIALECTS = {
    Site.RONG: Dialect.RONG,
    Site.ANYFAST: Dialect.ANYFAST,
    Site.JIMENG: Dialect.JIMENG,
}

_ENDS_S = 60.0

_FILMS = ("dusk.mp4", "pond.mp4", "aurora.mp4", "lanterns.mp4")


@contextmanager
def serving(
    count: int, speed: float = 1.0, *, kind: str = "live", answers_in_s: float = 0.0
) -> Iterator[Demo]:
    """`count` tasks, as many at each service.

    Args:
        kind: "live"; or ended an hour ago: "failed", or "done" with a film each; or "together":
            all at one service that is asked task by task, and all end with a film a minute after
            the start (`ends_at` of each endpoint, in Unix seconds).
        answers_in_s: How long each answer takes (pretended seconds).
    """
    words = [sys.executable, "-m", "tests.benchmarks.crowd", str(count), str(speed)]
    words += [kind, str(answers_in_s)]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stdout = cast(IO[bytes], server.stdout)
    try:
        endpoints = tuple(json.loads(stdout.readline()) for _ in Site)
        truth = endpoints[0]["truth"]
        yield Demo(process=server, errors=BytesIO(), endpoints=endpoints, truth=truth)
    finally:
        server.communicate()


def crowd(count: int, kind: str, answers_in_s: float) -> Scene:
    """Half of the live ones wait, half run; every second some go from one to the other."""
    dice = random.Random(count)
    if kind == "together":
        late = ServiceTrouble(kind=Ailment.SLOW, count=None, delay_s=answers_in_s)
        life = lived(0, 2 * _ENDS_S, submitted_s=-_ENDS_S)
        slots = (
            Slot(name=f"crowd {n}", life=life, result=_FILMS[n % len(_FILMS)], seed=n)
            for n in range(count)
        )
        return Scene(
            name="crowd",
            about="Many that end together.",
            slots=MappingProxyType({Site.ANYFAST: tuple(slots)}),
            troubles=MappingProxyType({Site.ANYFAST: (late,) if answers_in_s else ()}),
        )
    return Scene(
        name="crowd",
        about="Many live tasks everywhere.",
        slots=MappingProxyType(
            {
                site: tuple(_slot(site, n, dice, kind) for n in range(count // len(Site)))
                for site in Site
            }
        ),
    )


def _slot(site: Site, number: int, dice: random.Random, kind: str) -> Slot:
    if kind != "live":
        end = Phase.SUCCEEDED if kind == "done" else Phase.FAILED
        life = lived(1, 1, end, submitted_s=-3600)
        return Slot(name=f"crowd {number}", life=life, result=_FILMS[number % len(_FILMS)])
    life = lived(
        dice.uniform(60, 7200), dice.uniform(86_400, 172_800), submitted_s=-dice.uniform(0, 3600)
    )
    if site is Site.ARK_LIST:
        return Slot(name=f"crowd {number}", life=life, model=SEED3D, result="vase.zip")
    return Slot(name=f"crowd {number}", life=life, seed=number)


async def _serve(count: int, speed: float, kind: str, answers_in_s: float) -> None:
    calls = {site: 1 + math.ceil(1 / LIMITS[_DIALECTS[site]].get_gap_s) for site in _DIALECTS}
    began = time.time()
    scene = crowd(count, kind, answers_in_s)
    simulator = Simulator(scene, speed=speed, began=began, calls=calls)
    await simulator.start()
    for endpoint in simulator.endpoints:
        said = {**asdict(endpoint), "ends_at": began + _ENDS_S / speed}
        print(json.dumps(said), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await simulator.aclose()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
