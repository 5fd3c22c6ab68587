"""What the server of one account remembers while a scene is played."""

import asyncio
import hmac
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator import errors
from rushes.simulator.job import Job
from rushes.simulator.life import Moment, Phase
from rushes.simulator.links import LinkBook
from rushes.simulator.scene import Ailment, Site, Trouble

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RECORD_S = 7 * 86400.0  # how long a task is known
CANCELLED_S = 86400.0  # how long a cancelled one is
_TOLERANCE = 0.9  # of a second: two calls a second apart may arrive a little closer


class Window:
    """At most `limit` calls in any second."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: deque[float] = deque()

    def admits(self, at_s: float) -> bool:
        while self._taken and self._taken[0] <= at_s - _TOLERANCE:
            self._taken.popleft()
        if len(self._taken) >= self._limit:
            return False
        self._taken.append(at_s)
        return True


@dataclass(kw_only=True)
class Desk:
    """One account at one origin.

    Attributes:
        key: The one given out at the start; `keys` are those accepted now.
        reads, lists: Ark's limits: 20 single looks, one list a simulated second (contract 1.4).
        calls: A limit for all calls, whatever the service; None: there is none.
    """

    site: Site
    origin: str
    key: str
    jobs: dict[str, Job]
    troubles: tuple[Trouble, ...]
    book: LinkBook
    clock: Callable[[], float]
    speed: float
    keys: set[str] = field(default_factory=set)
    asked: int = 0
    cancelled: dict[str, float] = field(default_factory=dict)  # id → simulated seconds
    erased: set[str] = field(default_factory=set)
    reads: Window = field(default_factory=lambda: Window(20))
    lists: Window = field(default_factory=lambda: Window(1))
    calls: Window | None = None

    def __post_init__(self) -> None:
        self.keys.add(self.key)

    def accepts(self, authorization: str) -> bool:
        kind, _, key = authorization.partition(" ")
        given = key.strip().encode()
        return kind.lower() == "bearer" and any(
            hmac.compare_digest(given, good.encode()) for good in self.keys
        )

    def trouble(self) -> Trouble | None:
        """What is wrong with the next answer, if anything."""
        number, self.asked = self.asked, self.asked + 1
        found = next((t for t in self.troubles if t.covers(number)), None)
        if found is not None and found.kind is Ailment.REVOKED:
            self.keys.discard(self.key)
        return found

    def find(self, task_id: str) -> tuple[Job, Moment] | None:
        """A task the service still knows, and what it is now."""
        job = self.jobs.get(task_id)
        if job is None or task_id in self.erased:
            return None
        now = self.clock()
        moment = job.moment(now)
        if moment is None or now >= job.created_at + RECORD_S:
            return None
        if task_id in self.cancelled:
            moment = Moment(Phase.CANCELLED, self.cancelled[task_id])
        gone = moment.phase is Phase.CANCELLED and self.site.speaks_ark
        if gone and job.elapsed(now) >= moment.since_s + CANCELLED_S:
            return None
        return job, moment

    def known(self) -> Iterator[tuple[Job, Moment]]:
        for task_id in self.jobs:
            if found := self.find(task_id):
                yield found

    def cancel(self, job: Job) -> None:
        self.cancelled[job.id] = job.elapsed(self.clock())

    def links(self, job: Job) -> dict[ArtifactKind, str]:
        return self.book.show(job, self.clock())

    def simulated(self) -> float:
        return self.clock() * self.speed

    def guarded(self, handler: Handler) -> Handler:
        """`handler` behind the key and the scene's troubles."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if not self.accepts(request.headers.get("Authorization", "")):
                return errors.denied(self.site)
            if self.calls is not None and not self.calls.admits(self.simulated()):
                return errors.too_fast(self.site)
            trouble = self.trouble()
            if trouble is not None:
                await asyncio.sleep(trouble.delay_s / self.speed)
                bad = errors.ailing(trouble, self.site)
                if bad is not None:
                    return bad
            return await handler(request)

        return answer

    async def lost(self, request: web.Request) -> web.StreamResponse:
        """Any path the service does not have."""
        return errors.no_such_route(self.site, request.method, request.path)
