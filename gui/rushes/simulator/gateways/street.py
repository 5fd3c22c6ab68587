"""The gateways of a scene: their tasks, their desks, and what may be done to them from outside."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rushes.simulator.gateway_cases import CASES, Kind
from rushes.simulator.gateways.desk import GatewayDesk
from rushes.simulator.gateways.keys import Keys
from rushes.simulator.gateways.task import GatewayTask, new_task
from rushes.simulator.gateways.truth import truth_of
from rushes.simulator.job import Job
from rushes.simulator.links import LinkBook
from rushes.simulator.truth import Truth


class Cast(NamedTuple):
    """The tasks of each gateway by id, and the jobs behind them, each once."""

    tasks: Mapping[Kind, dict[str, GatewayTask]]
    jobs: tuple[Job, ...]


def cast(kinds: tuple[Kind, ...], epoch: float, speed: float) -> Cast:
    """Give every case its ids. What an outer gateway was asked for, the inner one knows, too."""
    tasks: dict[Kind, dict[str, GatewayTask]] = {kind: {} for kind in kinds}
    for task in _made(kinds, epoch, speed):
        tasks[task.kind][task.id] = task
        if task.inner is not None:
            tasks[Kind.NEW_API][task.inner.id] = task.inner
    jobs = {t.job.upstream_id: t.job for held in tasks.values() for t in held.values()}
    return Cast(tasks, tuple(jobs.values()))


def _made(kinds: tuple[Kind, ...], epoch: float, speed: float) -> Iterator[GatewayTask]:
    for kind in kinds:
        for number, written in enumerate(CASES[kind], start=1):
            case, inner = written.with_film(number), None
            if kind is Kind.OUTER:
                behind = case.for_inner()
                inner = new_task(Kind.NEW_API, behind, 100 + number, epoch, speed)
            yield new_task(kind, case, number, epoch, speed, inner)


class Street:
    """The desks of all gateways, by name."""

    def __init__(
        self,
        cast_: Cast,
        origins: Mapping[Kind, str],
        book: LinkBook,
        clock: Callable[[], float],
        speed: float,
        secret: bytes,
    ) -> None:
        self.desks = {
            kind.value: GatewayDesk(
                kind=kind,
                origin=origins[kind],
                tasks=cast_.tasks[kind],
                keys=Keys(kind, secret),
                book=book,
                clock=clock,
                speed=speed,
                inner_origin=origins.get(Kind.NEW_API, "") if kind is Kind.OUTER else "",
            )
            for kind in origins
        }

    def expected(self) -> dict[str, dict[str, Truth]]:
        return {
            name: {
                task.id: truth_of(task, desk.ends(task), desk.cut_s) for task in desk.tasks.values()
            }
            for name, desk in self.desks.items()
        }
