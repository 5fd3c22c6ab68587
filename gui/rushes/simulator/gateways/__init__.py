"""The pretended gateways: one module each program, and the tasks that a scene gives them."""

from collections.abc import Callable, Iterator, Mapping

from rushes.simulator.gateway_cases import CASES, GatewayKind
from rushes.simulator.gateways.aisix import Aisix
from rushes.simulator.gateways.gateway import Gateway
from rushes.simulator.gateways.litellm import LiteLlm
from rushes.simulator.gateways.new_api import NewApi
from rushes.simulator.gateways.openrouter import OpenRouter
from rushes.simulator.gateways.task import GatewayTask, new_task
from rushes.simulator.gateways.xai import Xai
from rushes.simulator.links import LinkBook

_PROGRAMS: Mapping[GatewayKind, type[Gateway]] = {
    GatewayKind.NEW_API: NewApi,
    GatewayKind.OUTER: NewApi,
    GatewayKind.AISIX: Aisix,
    GatewayKind.LITELLM: LiteLlm,
    GatewayKind.OPENROUTER: OpenRouter,
    GatewayKind.XAI: Xai,
}


def new_gateways(
    origins: Mapping[GatewayKind, str],
    epoch: float,
    *,
    secret: bytes,
    book: LinkBook,
    clock: Callable[[], float],
    speed: float,
) -> dict[str, Gateway]:
    """A gateway for each kind, by its name, with the tasks that a scene gives it.

    Args:
        origins: Where each listens.
        epoch: When the scene began (Unix seconds).
        secret: What its keys are made from.
    """
    tasks = _tasks(origins, epoch, speed)
    return {
        kind.value: _PROGRAMS[kind](
            kind,
            origin,
            tasks[kind],
            secret=secret,
            book=book,
            clock=clock,
            speed=speed,
            inner_origin=origins.get(GatewayKind.NEW_API, "") if kind is GatewayKind.OUTER else "",
        )
        for kind, origin in origins.items()
    }


def _tasks(
    kinds: Mapping[GatewayKind, str], epoch: float, speed: float
) -> dict[GatewayKind, dict[str, GatewayTask]]:
    """Give every case its ids. What an outer gateway was asked for, the inner one knows, too."""
    found: dict[GatewayKind, dict[str, GatewayTask]] = {kind: {} for kind in kinds}
    for kind in found:
        for task in _tasks_of(kind, epoch, speed):
            found[kind][task.id] = task
            if task.inner is not None:
                found[GatewayKind.NEW_API][task.inner.id] = task.inner
    return found


def _tasks_of(kind: GatewayKind, epoch: float, speed: float) -> Iterator[GatewayTask]:
    for number, written in enumerate(CASES[kind], start=1):
        case, inner = written.with_film(number), None
        if kind is GatewayKind.OUTER:
            inner = new_task(GatewayKind.NEW_API, case.for_inner(), 100 + number, epoch, speed)
        yield new_task(kind, case, number, epoch, speed, inner)
