"""The pretended gateways: one module each program, and the tasks that a scene gives them."""

from collections.abc import Callable, Iterator, Mapping

from rushes.simulator.gateway_cases import CASES, Kind
from rushes.simulator.gateways.aisix import Aisix
from rushes.simulator.gateways.gateway import Gateway
from rushes.simulator.gateways.litellm import LiteLlm
from rushes.simulator.gateways.new_api import NewApi
from rushes.simulator.gateways.openrouter import OpenRouter
from rushes.simulator.gateways.task import GatewayTask, new_task
from rushes.simulator.gateways.xai import Xai
from rushes.simulator.links import LinkBook

_PROGRAMS: Mapping[Kind, type[Gateway]] = {
    Kind.NEW_API: NewApi,
    Kind.OUTER: NewApi,
    Kind.AISIX: Aisix,
    Kind.LITELLM: LiteLlm,
    Kind.OPENROUTER: OpenRouter,
    Kind.XAI: Xai,
}


def new_gateways(
    origins: Mapping[Kind, str],
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
            inner_origin=origins.get(Kind.NEW_API, "") if kind is Kind.OUTER else "",
        )
        for kind, origin in origins.items()
    }


def _tasks(
    kinds: Mapping[Kind, str], epoch: float, speed: float
) -> dict[Kind, dict[str, GatewayTask]]:
    """Give every case its ids. What an outer gateway was asked for, the inner one knows, too."""
    found: dict[Kind, dict[str, GatewayTask]] = {kind: {} for kind in kinds}
    for kind in found:
        for task in _tasks_of(kind, epoch, speed):
            found[kind][task.id] = task
            if task.inner is not None:
                found[Kind.NEW_API][task.inner.id] = task.inner
    return found


def _tasks_of(kind: Kind, epoch: float, speed: float) -> Iterator[GatewayTask]:
    for number, written in enumerate(CASES[kind], start=1):
        case, inner = written.with_film(number), None
        if kind is Kind.OUTER:
            inner = new_task(Kind.NEW_API, case.for_inner(), 100 + number, epoch, speed)
        yield new_task(kind, case, number, epoch, speed, inner)
