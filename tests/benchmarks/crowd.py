"""Thousands of live tasks at five simulated services, in a process of its own, and a desk on them.

``python -m tests.benchmarks.crowd COUNT SPEED live|failed|done`` serves until its input ends.
"""

import asyncio
import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from types import MappingProxyType
from typing import IO, cast

from rushes.controllers.demo import Demo
from rushes.core.account import Dialect
from rushes.core.pace import LIMITS
from rushes.simulator.life import Phase, lived
from rushes.simulator.scene import SEED3D, Scene, Site, Slot
from rushes.simulator.server import Simulator

#: Those without limits of their own in the simulator: what we promise not to exceed.
_DIALECTS = {
    Site.RONG: Dialect.RONG,
    Site.ANYFAST: Dialect.ANYFAST,
    Site.JIMENG: Dialect.JIMENG,
}

_FILMS = ("dusk.mp4", "pond.mp4", "aurora.mp4", "lanterns.mp4")


@contextmanager
def serving(count: int, speed: float = 1.0, *, kind: str = "live") -> Iterator[Demo]:
    """`count` tasks, as many at each service.

    Args:
        kind: "live"; or ended an hour ago: "failed", or "done" with a film each.
    """
    words = [sys.executable, "-m", "tests.benchmarks.crowd", str(count), str(speed)]
    words.append(kind)
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stdout = cast(IO[bytes], server.stdout)
    try:
        endpoints = tuple(json.loads(stdout.readline()) for _ in Site)
        yield Demo(process=server, endpoints=endpoints, truth=endpoints[0]["truth"])
    finally:
        server.communicate()


def crowd(count: int, kind: str) -> Scene:
    """Half of the live ones wait, half run; every second some go from one to the other."""
    dice = random.Random(count)
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


async def _serve(count: int, speed: float, kind: str) -> None:
    calls = {site: 1 + math.ceil(1 / LIMITS[_DIALECTS[site]].get_gap_s) for site in _DIALECTS}
    simulator = Simulator(crowd(count, kind), speed=speed, calls=calls)
    await simulator.start()
    for endpoint in simulator.endpoints:
        print(json.dumps(asdict(endpoint)), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await simulator.aclose()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]))
