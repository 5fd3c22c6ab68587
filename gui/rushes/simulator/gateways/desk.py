"""What one gateway remembers while it is played: its tasks, its keys, what was set about it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.desk import Window
from rushes.simulator.files import send
from rushes.simulator.gateway_cases import Behind, Kind
from rushes.simulator.gateways.keys import KeyKind, Keys
from rushes.simulator.gateways.task import GatewayTask
from rushes.simulator.links import LinkBook
from rushes.simulator.media import medium
from rushes.simulator.scene import Delivery

CUT_S = 60.0  # simulated seconds after which a new-api breaks off what it streams
_OSS_S = {Behind.HAILUO: 9 * 3600, Behind.WAN: 86400}  # how long such links live
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True)
class GatewayDesk:
    """One gateway at one origin.

    Attributes:
        inner_origin: Where the gateway behind listens; "" without one.
        cut_s: See `CUT_S`; None: it streams to the end.
    """

    kind: Kind
    origin: str
    tasks: dict[str, GatewayTask]
    keys: Keys
    book: LinkBook
    clock: Callable[[], float]
    speed: float
    inner_origin: str = ""
    cut_s: float | None = CUT_S

    def __post_init__(self) -> None:
        # What a new-api tells about its keys has a limit of its own.
        self.credit_calls = Window(20)

    def key_of(self, request: web.Request) -> KeyKind | None:
        return self.keys.kind_of(request.headers.get("Authorization", ""))

    def find(self, task_id: str) -> GatewayTask | None:
        task = self.tasks.get(task_id)
        return task if task is not None and task.moment(self.clock()) is not None else None

    def links(self, task: GatewayTask) -> dict[ArtifactKind, str]:
        """The service's own links, once the job has ended well."""
        job = task.job
        found = self.book.show(job, self.clock())
        if found and task.behind in _OSS_S:
            ends = job.ended_at + _OSS_S[task.behind]
            found[ArtifactKind.VIDEO] = self.book.sign_oss(job, ends)
        return found

    def ends(self, task: GatewayTask) -> dict[ArtifactKind, int]:
        """When each of those links ends."""
        found = dict.fromkeys(task.job.media, self.book.latest(task.job).ends_at)
        if task.behind in _OSS_S:
            found[ArtifactKind.VIDEO] = task.job.ended_at + _OSS_S[task.behind]
        return found

    def models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(task.model for task in self.tasks.values()))

    async def film(
        self, request: web.Request, task: GatewayTask, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """The bytes through the gateway: no ranges, and no longer than its cut."""
        what, how = medium(task.case.film), task.job.slot.delivery
        if how.bytes_per_s is not None and self.cut_s is not None:
            most = int(how.bytes_per_s * self.cut_s)
            cuts = (most,) if most < what.bytes else ()
            how = Delivery(bytes_per_s=how.bytes_per_s, cuts=cuts)
        return await send(request, what, how, self.speed, ranges=False, headers=headers)
