"""The simulator as a fixture: real HTTP on loopback, played in a thread of its own.

def test_that_…(simulator: Play) -> None:
    sim = simulator("link-renewed", speed=50)
    ark = sim.endpoint("ark")  # service, base_url, key, ids
    …
    assert {one.service for one in sim.heard if ark.key in str(one.headers)} == {"ark"}
    assert found == sim.expected()["ark"]
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

import pytest

from rushes.simulator.scene import Scene
from rushes.simulator.scenes import find
from rushes.simulator.server import Simulator
from tests.patience import LIMIT_S


class Play(Protocol):
    """Starts a scene, by name or as a value, and stops it when the test ends."""

    def __call__(
        self,
        scene: str | Scene = "one",
        *,
        speed: float = 50.0,
        clock: Callable[[], float] = time.time,
    ) -> Simulator: ...


class HandClock:
    """A clock that a test moves. Starts at the real time, as links and TLS expect."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def playing(sim: Simulator) -> Iterator[Simulator]:
    """Run a simulator on its own loop in its own thread."""
    started = threading.Event()
    trouble: list[BaseException] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def play() -> None:
        try:
            await sim.start()
        finally:
            started.set()
        await stop.wait()
        await sim.aclose()

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(play())
        except BaseException as e:  # noqa: BLE001  (raised again in the test's own thread)
            trouble.append(e)

    thread = threading.Thread(target=work, name="simulator", daemon=True)
    thread.start()
    started.wait(LIMIT_S)
    try:
        if not trouble:
            yield sim
    finally:
        if thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
        thread.join(LIMIT_S)
        assert not thread.is_alive(), "the simulator did not stop"
        if trouble:
            raise trouble[0]


@pytest.fixture
def simulator() -> Iterator[Play]:
    with ExitStack() as running:

        def play(
            scene: str | Scene = "one",
            *,
            speed: float = 50.0,
            clock: Callable[[], float] = time.time,
        ) -> Simulator:
            chosen = find(scene) if isinstance(scene, str) else scene
            sim = Simulator(chosen, speed=speed, clock=clock)
            return running.enter_context(playing(sim))

        yield play
