"""Plays a scene: five accounts at five origins, or gateways at as many, and one with the files.

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
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from aiohttp import web

from rushes.simulator.ark_api import ark_routes, rong_routes
from rushes.simulator.desk import Desk, Window
from rushes.simulator.files import FileServer
from rushes.simulator.gateway_api import anyfast_routes, jimeng_routes
from rushes.simulator.gateways import street as gateways
from rushes.simulator.gateways.desk import GatewayDesk
from rushes.simulator.gateways.routes import routes_of
from rushes.simulator.gateways.street import Street
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
        service: "ark", "ark_list" (an account of 3D tasks), "rong", "anyfast" or "jimeng", or the
            name of a gateway such as "newapi".
        preset: The word for it on the command line; "gateway" for all gateways.
        base_url: As a user would type it; Ark's SDK wants `/api/v3` behind it.
        ids: The tasks of the scene, also those not submitted yet.
        prompts: By id, what the user of a task asked for, where that is known.
        truth: Where a program that tests a client can read what it should have found.
        keys: Of a gateway: all its keys by their kind ("good", "wrong", "off", "ended",
            "used_up", "limited"), as far as it has them.
    """

    service: str
    preset: str
    base_url: str
    key: str
    ids: tuple[str, ...]
    title: str
    truth: str
    keys: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)


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
        self._runners: dict[str, web.AppRunner] = {}
        self._desks: dict[Site, Desk] = {}
        self.street: Street | None = None
        self._files: FileServer | None = None
        self._book: LinkBook | None = None

    async def start(self, port: int = 0) -> None:
        """Listen. With a port, the origins take it and those after it, in the order of `endpoints`.

        Raises:
            OSError: a port is taken.
        """
        sockets = _listen(port, origins_of(self.scene))
        origins = [f"http://{HOST}:{s.getsockname()[1]}" for s in sockets]
        signer = Signer(secrets.token_bytes(32), origins[-1].removeprefix("http://"))
        self._book = LinkBook(signer, again=self._again)
        began = self._clock() if self._began is None else self._began
        truth = f"{origins[-1]}/-/expected"
        if self.scene.gateways:
            files = await self._open_gateways(began, origins, sockets, truth)
        else:
            files = await self._open_services(began, origins, sockets, truth)
        self._files = FileServer(signer, files, self._clock)
        routes = [*self._about(), *self._files.routes()]
        await self._serve(FILES, origins[-1], routes, sockets[-1])

    async def _open_services(
        self, began: float, origins: list[str], sockets: list[socket.socket], truth: str
    ) -> list[Job]:
        """Open the five accounts; the jobs whose files there are."""
        assert self._book is not None
        book, jobs = self._book, cast(self.scene, began, self.speed)
        self._desks = {
            site: self._desk(site, origin, jobs[site], book)
            for site, origin in zip(Site, origins, strict=False)
        }
        self.endpoints = tuple(_endpoint(desk, truth) for desk in self._desks.values())
        for desk, listening in zip(self._desks.values(), sockets, strict=False):
            routes = [*_ROUTES[desk.site](desk), web.route("*", "/{tail:.*}", desk.lost)]
            await self._serve(desk.site.value, desk.origin, routes, listening)
        return [job for held in jobs.values() for job in held.values()]

    async def _open_gateways(
        self, began: float, origins: list[str], sockets: list[socket.socket], truth: str
    ) -> list[Job]:
        """The same for the gateways of the scene."""
        assert self._book is not None
        kinds, secret = self.scene.gateways, secrets.token_bytes(16)
        cast_ = gateways.cast(kinds, began, self.speed)
        at = dict(zip(kinds, origins, strict=False))
        self.street = Street(cast_, at, self._book, self._clock, self.speed, secret)
        desks = self.street.desks
        self.endpoints = tuple(_gateway_endpoint(desk, truth) for desk in desks.values())
        for (name, desk), listening in zip(desks.items(), sockets, strict=False):
            await self._serve(name, desk.origin, routes_of(desk), listening)
        return list(cast_.jobs)

    async def aclose(self) -> None:
        """Close every connection and socket."""
        while self._runners:
            _, runner = self._runners.popitem()
            await runner.cleanup()

    async def kill(self, name: str) -> None:
        """Cut a gateway off, as when its process is killed: its port is closed."""
        runner = self._runners.pop(name, None)
        if runner is not None:
            await runner.cleanup()

    async def revive(self, name: str) -> None:
        """Start a gateway again at its port; it knows what it knew."""
        assert self.street is not None
        desk = self.street.desks[name]
        if name not in self._runners:
            port = int(desk.origin.rpartition(":")[2])
            listening = socket.create_server((HOST, port))
            await self._serve(name, desk.origin, routes_of(desk), listening)

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
        if self.street is not None:
            self.street.desks[name].keys.add(key := f"sk-{secrets.token_hex(24)}")
            return key
        desk = self._desks[Site(name)]
        key = _new_key(desk.site)
        desk.keys.add(key)
        return key

    def expected(self) -> dict[str, dict[str, Truth]]:
        """By endpoint name and id: what a client must know when everything has ended."""
        if self.street is not None:
            return self.street.expected()
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
        self._runners[name] = runner
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
        if self.street is not None and isinstance(answer, web.Response) and answer.body is None:
            answer.headers.popall("Content-Type", None)  # real gateways name none without a body
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
            web.post("/-/gateways/{name}/{what}", self._control),
        ]

    async def _control(self, request: web.Request) -> web.StreamResponse:
        """What may be done to a gateway: `kill`, `start`, `fill` its used-up key, and `cut?s=30`
        (its own route breaks off after so many simulated seconds; without a number: never)."""
        name, what = request.match_info["name"], request.match_info["what"]
        desk = self.street.desks.get(name) if self.street is not None else None
        seconds = request.query.get("s", "")
        is_cut = what == "cut" and (not seconds or seconds.isdecimal())
        if desk is None or not (is_cut or what in ("kill", "start", "fill")):
            said = f"No gateway {name} to which {what} could be done."
            return web.json_response({"error": said}, status=404)
        match what:
            case "kill":
                await self.kill(name)
            case "start":
                await self.revive(name)
            case "fill":
                desk.keys.fill()
            case _:
                desk.cut_s = float(seconds) if seconds else None
        return web.json_response({})


def origins_of(scene: Scene) -> int:
    """How many ports a scene takes: one for each account, and one for the files."""
    return len(scene.gateways or tuple(Site)) + 1


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
        preset=desk.site.value,
        base_url=desk.origin,
        key=desk.key,
        ids=tuple(desk.jobs),
        prompts={id_: job.slot.prompt for id_, job in desk.jobs.items() if job.slot.prompt},
        title=desk.site.title,
        truth=truth,
    )


def _gateway_endpoint(desk: GatewayDesk, truth: str) -> Endpoint:
    return Endpoint(
        service=desk.kind.value,
        preset="gateway",
        base_url=desk.origin,
        key=desk.keys.good,
        ids=tuple(desk.tasks),
        title=desk.kind.title,
        truth=truth,
        keys={kind.value: key for kind, key in desk.keys.all.items()},
        prompts={task.id: task.case.prompt for task in desk.tasks.values() if task.case.prompt},
    )


def _last(desk: Desk, job: Job) -> Moment:
    if job.id in desk.cancelled:
        return Moment(Phase.CANCELLED, desk.cancelled[job.id])
    return Moment(job.slot.life.end, job.slot.life.ends_s)
