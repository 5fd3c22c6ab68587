"""Plays a scene: five accounts at five origins, and a sixth origin with the files.

Everything listens on loopback only. Start: sockets, then jobs (their times count from now), then
servers. End: connections are closed, then sockets; nothing is left running.
"""

import secrets
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from aiohttp import web

from rushes.simulator.ark_api import ark_routes, rong_routes
from rushes.simulator.desk import Desk, Window
from rushes.simulator.files import FileServer
from rushes.simulator.gateway_api import anyfast_routes, jimeng_routes
from rushes.simulator.job import Job, cast
from rushes.simulator.life import Moment, Phase
from rushes.simulator.links import LinkBook, Signer
from rushes.simulator.scene import Scene, Site
from rushes.simulator.truth import Truth, truth_of

HOST = "127.0.0.1"
FILES = "files"  # the name of the file origin in `heard`

_ROUTES: Mapping[Site, Callable[[Desk], list[web.RouteDef]]] = {
    Site.ARK: ark_routes,
    Site.ARK_LIST: ark_routes,
    Site.RONG: rong_routes,
    Site.ANYFAST: anyfast_routes,
    Site.JIMENG: jimeng_routes,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One account a client can use.

    Attributes:
        service: "ark", "ark_list" (an account of 3D tasks), "rong", "anyfast" or "jimeng"; each
            is a word for it on the command line, too.
        base_url: As a user would type it; Ark's SDK wants `/api/v3` behind it.
        ids: The tasks of the scene, also those not submitted yet.
        prompts: By id, what the user of a task asked for, where that is known.
        truth: Where a program that tests a client can read what it should have found.
    """

    service: str
    base_url: str
    key: str
    ids: tuple[str, ...]
    prompts: dict[str, str]
    title: str
    truth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request that arrived.

    Attributes:
        service: An endpoint's name, or "files".
        query: Raw, without the question mark.
        headers: Names in lower case.
        at: Unix seconds by the simulator's clock.
    """

    service: str
    origin: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    at: float


class Simulator:
    """One scene, played from `start` on; `speed` simulated seconds go by in a real one.

    What a client may ask from another thread (`endpoints`, `heard`, `expected`, `downloads`) only
    reads.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
        began: float | None = None,
        again: bool = False,
        calls: Mapping[Site, int] | None = None,
    ) -> None:
        """Args:
        began: When the scene began (Unix seconds): one that was played before goes on, with the
            same ids. None: it begins with `start`.
        again: It was played before. What links were given out then is not known any more: each
            may have been.
        calls: How many of a service's are answered in a simulated second; more get 429.
        """
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self.scene = scene
        self.speed = speed
        self.endpoints: tuple[Endpoint, ...] = ()
        self._clock = clock
        self._began = began
        self._again = again
        self._calls = calls or {}
        self._heard: list[Heard] = []
        self._refused: Counter[str] = Counter()
        self._runners: list[web.AppRunner] = []
        self._desks: dict[Site, Desk] = {}
        self._files: FileServer | None = None
        self._book: LinkBook | None = None

    async def start(self, port: int = 0) -> None:
        """Listen. With a port, the origins take it and the five after it, in the order of `Site`.

        Raises:
            OSError: a port is taken.
        """
        sockets = _listen(port, len(Site) + 1)
        origins = [f"http://{HOST}:{s.getsockname()[1]}" for s in sockets]
        signer = Signer(secrets.token_bytes(32), origins[-1].removeprefix("http://"))
        began = self._clock() if self._began is None else self._began
        jobs = cast(self.scene, began, self.speed)
        self._book = LinkBook(signer, again=self._again)
        every = [job for held in jobs.values() for job in held.values()]
        self._files = FileServer(signer, every, self._clock)
        self._desks = {
            site: self._desk(site, origin, jobs[site], self._book)
            for site, origin in zip(Site, origins, strict=False)
        }
        truth = f"{origins[-1]}/-/expected"
        self.endpoints = tuple(_endpoint(desk, truth) for desk in self._desks.values())
        for desk, listening in zip(self._desks.values(), sockets, strict=False):
            routes = [*_ROUTES[desk.site](desk), web.route("*", "/{tail:.*}", desk.lost)]
            await self._serve(desk.site.value, desk.origin, routes, listening)
        routes = [*self._about(), *self._files.routes()]
        await self._serve(FILES, origins[-1], routes, sockets[-1])

    async def aclose(self) -> None:
        """Close every connection and socket."""
        while self._runners:
            await self._runners.pop().cleanup()

    @property
    def heard(self) -> tuple[Heard, ...]:
        """Every request that arrived, in order, except those for the truth."""
        return tuple(self._heard)

    @property
    def downloads(self) -> Mapping[str, int]:
        """How often each link was fetched, by its path and query."""
        return dict(self._files.downloads) if self._files else {}

    def endpoint(self, name: str) -> Endpoint:
        return next(e for e in self.endpoints if e.service == name)

    def new_key(self, name: str) -> str:
        """A second key for an account, as after "Replace key"."""
        desk = self._desks[Site(name)]
        key = _new_key(desk.site)
        desk.keys.add(key)
        return key

    def expected(self) -> dict[str, dict[str, Truth]]:
        """By endpoint name and id: what a client must know when everything has ended."""
        found: dict[str, dict[str, Truth]] = {}
        for site, desk in self._desks.items():
            found[site.value] = {
                job.id: truth_of(job, _last(desk, job), desk.book)
                for job in desk.jobs.values()
                if job.id not in desk.erased
            }
        return found

    def _desk(self, site: Site, origin: str, jobs: dict[str, Job], book: LinkBook) -> Desk:
        return Desk(
            site=site,
            origin=origin,
            key=_new_key(site),
            jobs=jobs,
            troubles=tuple(self.scene.troubles.get(site, ())),
            book=book,
            clock=self._clock,
            speed=self.speed,
            calls=Window(self._calls[site]) if site in self._calls else None,
        )

    async def _serve(
        self, name: str, origin: str, routes: list[web.RouteDef], listening: socket.socket
    ) -> None:
        app = web.Application(middlewares=[self._recorder(name, origin)])
        app.add_routes(routes)
        app.on_response_prepare.append(self._sign_off)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.SockSite(runner, listening).start()

    def _recorder(self, name: str, origin: str) -> Any:
        @web.middleware
        async def record(request: web.Request, handler: Any) -> web.StreamResponse:
            path, _, query = request.raw_path.partition("?")
            if not (name == FILES and path.startswith("/-/")):
                one = Heard(
                    service=name,
                    origin=origin,
                    method=request.method,
                    path=path,
                    query=query,
                    headers={k.lower(): v for k, v in request.headers.items()},
                    at=self._clock(),
                )
                self._heard.append(one)
            answer: web.StreamResponse = await handler(request)
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._refused[name] += 1
            return answer

        return record

    async def _sign_off(self, request: web.Request, answer: web.StreamResponse) -> None:
        answer.headers["Date"] = formatdate(self._clock(), usegmt=True)
        answer.headers["X-Request-Id"] = uuid.uuid4().hex
        if mine := request.headers.get("X-Client-Request-Id"):
            answer.headers["X-Client-Request-Id"] = mine

    def _about(self) -> list[web.RouteDef]:
        """What programs that test a client in another process may ask: the truth, the record, and
        how often each service said "too fast"."""

        async def expected(_: web.Request) -> web.StreamResponse:
            return web.json_response(self.expected())

        async def heard(_: web.Request) -> web.StreamResponse:
            return web.json_response([asdict(one) for one in self._heard])

        async def refused(_: web.Request) -> web.StreamResponse:
            return web.json_response(self._refused)

        return [
            web.get("/-/expected", expected),
            web.get("/-/heard", heard),
            web.get("/-/refused", refused),
        ]


def _listen(port: int, count: int) -> list[socket.socket]:
    with ExitStack() as opened:  # all or none
        sockets = [
            opened.enter_context(socket.create_server((HOST, port + n if port else 0)))
            for n in range(count)
        ]
        opened.pop_all()
    return sockets


def _new_key(site: Site) -> str:
    """Ark's keys look like UUIDs, those of gateways do not."""
    return str(uuid.uuid4()) if site.speaks_ark else f"sk-{secrets.token_hex(24)}"


def _endpoint(desk: Desk, truth: str) -> Endpoint:
    return Endpoint(
        service=desk.site.value,
        base_url=desk.origin,
        key=desk.key,
        ids=tuple(desk.jobs),
        prompts={id_: job.slot.prompt for id_, job in desk.jobs.items() if job.slot.prompt},
        title=desk.site.title,
        truth=truth,
    )


def _last(desk: Desk, job: Job) -> Moment:
    if job.id in desk.cancelled:
        return Moment(Phase.CANCELLED, desk.cancelled[job.id])
    return Moment(job.slot.life.end, job.slot.life.ends_s)
