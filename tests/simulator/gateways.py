"""The scene of gateways for tests: played once, with a clock that is set to any moment of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rushes.simulator.gateways.task import GatewayTask
from rushes.simulator.scenes import find
from rushes.simulator.server import Endpoint, Simulator
from tests.simulated import HandClock, playing
from tests.simulator.conftest import Answer, ask_plainly

SPEED = 200.0


@dataclass(frozen=True)
class Stage:
    """A scene that is on, and the clock of its simulator."""

    sim: Simulator
    clock: HandClock
    began: float

    def at(self, seconds: float) -> None:
        """Go to a moment of the scene, in simulated seconds from its start."""
        self.clock.now = self.began + seconds / SPEED

    def end(self, gateway: str) -> Endpoint:
        return self.sim.endpoint(gateway)

    def task(self, gateway: str, case: str) -> GatewayTask:
        return next(task for task in self.tasks(gateway) if task.case.name == case)

    def tasks(self, gateway: str) -> tuple[GatewayTask, ...]:
        return tuple(self.sim.gateways[gateway].tasks.values())

    def get(self, gateway: str, path: str, key: str = "good", method: str = "GET") -> Answer:
        """Ask a gateway; `key` by its kind, "" for none."""
        end = self.end(gateway)
        return ask_plainly(end.base_url + path, method, key=end.keys[key] if key else "")

    def look(self, gateway: str, case: str, key: str = "good") -> Answer:
        """Ask the gateway's first route about a task."""
        return self.get(gateway, f"{route_of(gateway)}/{self.task(gateway, case).id}", key)

    def control(self, gateway: str, what: str) -> Answer:
        base = self.end(gateway).truth.removesuffix("expected")
        return ask_plainly(f"{base}gateways/{gateway}/{what}", "POST")


def route_of(gateway: str) -> str:
    routes = {"newapi": "/v1/video/generations", "newapi-outer": "/v1/video/generations"}
    return routes.get(gateway, "/api/v1/videos" if gateway == "openrouter" else "/v1/videos")


@contextmanager
def stage() -> Iterator[Stage]:
    clock = HandClock()
    sim = Simulator(find("gateways"), speed=SPEED, clock=clock)
    began = clock.now
    with playing(sim):
        yield Stage(sim, clock, began)


def shape(value: Any) -> Any:
    """The keys, nesting and types of a JSON value, without what it says.

    What a map has for keys is data where they are names of models; lists are as their first.
    """
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__
