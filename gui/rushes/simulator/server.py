"""Plays a scene: five accounts at five origins, or gateways at as many, and one with the files.

`serve` is `rushes simulate`: a scene in a process of its own, until it is told to stop.

Everything listens on loopback only. Start: sockets, then jobs (their times count from now), then
servers. End: connections are closed, then sockets; nothing is left running.
"""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
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

from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.simulator.files import FileServer
from rushes.simulator.gateways import new_gateways
from rushes.simulator.gateways.gateway import Gateway
from rushes.simulator.job import ServiceJob, new_jobs
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.links import LinkBook, Signer
from rushes.simulator.scene import Scene, Site
from rushes.simulator.scenes import UnknownScene, find
from rushes.simulator.services import CallLimit, ServiceAccount, routes_of
from rushes.simulator.truth import Truth, truth_of

HOST = "127.0.0.1"
FILES = "files"  # the name of the file origin in `heard`
_LOOK_FOR_PARENT_S = 0.5


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
        self._accounts: dict[Site, ServiceAccount] = {}
        self.gateways: dict[str, Gateway] = {}
        self._files: FileServer | None = None

    async def start(self, port: int = 0) -> None:
        """Listen. With a port, the origins take it and those after it, in the order of `endpoints`.

        Raises:
            OSError: a port is taken.
        """
        sockets = _listen(port, origins_of(self.scene))
        origins = [f"http://{HOST}:{s.getsockname()[1]}" for s in sockets]
        signer = Signer(secrets.token_bytes(32), origins[-1].removeprefix("http://"))
        book = LinkBook(signer, again=self._again)
        began = self._clock() if self._began is None else self._began
        truth = f"{origins[-1]}/-/expected"
        if self.scene.gateways:
            self._make_gateways(began, origins, book)
            gateways = self.gateways.values()
            self.endpoints = tuple(_gateway_endpoint(each, truth) for each in gateways)
            jobs = [task.job for each in gateways for task in each.tasks.values()]
            routes = [each.routes() for each in gateways]
        else:
            self._make_accounts(began, origins, book)
            accounts = self._accounts.values()
            self.endpoints = tuple(_endpoint(each, truth) for each in accounts)
            jobs = [job for each in accounts for job in each.jobs.values()]
            routes = [routes_of(each) for each in accounts]
        for endpoint, its_routes, listening in zip(self.endpoints, routes, sockets, strict=False):
            await self._serve(endpoint.service, endpoint.base_url, its_routes, listening)
        self._files = FileServer(signer, jobs, self._clock)
        about = [*self._about(), *self._files.routes()]
        await self._serve(FILES, origins[-1], about, sockets[-1])

    def _make_accounts(self, began: float, origins: list[str], book: LinkBook) -> None:
        jobs = new_jobs(self.scene, began, self.speed)
        self._accounts = {
            site: ServiceAccount(
                site=site,
                origin=origin,
                key=_new_key(site),
                jobs=jobs[site],
                troubles=tuple(self.scene.troubles.get(site, ())),
                book=book,
                clock=self._clock,
                speed=self.speed,
                calls=CallLimit(self._calls[site]) if site in self._calls else None,
            )
            for site, origin in zip(Site, origins, strict=False)
        }

    def _make_gateways(self, began: float, origins: list[str], book: LinkBook) -> None:
        self.gateways = new_gateways(
            dict(zip(self.scene.gateways, origins, strict=False)),
            began,
            secret=secrets.token_bytes(16),
            book=book,
            clock=self._clock,
            speed=self.speed,
        )

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
        gateway = self.gateways[name]
        if name not in self._runners:
            port = int(gateway.origin.rpartition(":")[2])
            listening = socket.create_server((HOST, port))
            await self._serve(name, gateway.origin, gateway.routes(), listening)

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
        if name in self.gateways:
            self.gateways[name].keys.add(key := f"sk-{secrets.token_hex(24)}")
            return key
        account = self._accounts[Site(name)]
        key = _new_key(account.site)
        account.keys.add(key)
        return key

    def expected(self) -> dict[str, dict[str, Truth]]:
        """By endpoint name and id: what a client must know when everything has ended."""
        found: dict[str, dict[str, Truth]] = {
            name: {task.id: gateway.truth_of(task) for task in gateway.tasks.values()}
            for name, gateway in self.gateways.items()
        }
        for site, account in self._accounts.items():
            found[site.value] = {
                job.id: truth_of(job, _last(account, job), account.book)
                for job in account.jobs.values()
                if job.id not in account.erased
            }
        return found

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
        if self.gateways and isinstance(answer, web.Response) and answer.body is None:
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
        gateway = self.gateways.get(name)
        seconds = request.query.get("s", "")
        is_cut = what == "cut" and (not seconds or seconds.isdecimal())
        if gateway is None or not (is_cut or what in ("kill", "start", "fill")):
            said = f"No gateway {name} to which {what} could be done."
            return web.json_response({"error": said}, status=404)
        match what:
            case "kill":
                await self.kill(name)
            case "start":
                await self.revive(name)
            case "fill":
                gateway.keys.fill()
            case _:
                gateway.cut_s = float(seconds) if seconds else None
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


def _endpoint(account: ServiceAccount, truth: str) -> Endpoint:
    return Endpoint(
        service=account.site.value,
        preset=account.site.value,
        base_url=account.origin,
        key=account.key,
        ids=tuple(account.jobs),
        prompts={id_: job.slot.prompt for id_, job in account.jobs.items() if job.slot.prompt},
        title=account.site.title,
        truth=truth,
    )


def _gateway_endpoint(gateway: Gateway, truth: str) -> Endpoint:
    return Endpoint(
        service=gateway.kind.value,
        preset="gateway",
        base_url=gateway.origin,
        key=gateway.keys.good,
        ids=tuple(gateway.tasks),
        title=gateway.kind.title,
        truth=truth,
        keys={kind.value: key for kind, key in gateway.keys.all.items()},
        prompts={task.id: task.case.prompt for task in gateway.tasks.values() if task.case.prompt},
    )


def _last(account: ServiceAccount, job: ServiceJob) -> TaskState:
    if job.id in account.cancelled:
        return TaskState(Phase.CANCELLED, account.cancelled[job.id])
    return TaskState(job.slot.life.end, job.slot.life.ends_s)


# --- a process of its own -----------------------------------------------------------------------


def serve(
    scene: str,
    port: int = 0,
    speed: float = 1.0,
    *,
    began: float | None = None,
    again: bool = False,
    stop_with_parent: bool = False,
) -> int:
    """Print one JSON line a service, then serve until SIGINT or SIGTERM.

    Args:
        port: The first of as many ports in a row as the scene needs; 0: any free ones.
        began, again: See `Simulator`.
        stop_with_parent: End too when the process that started this one has gone.

    Returns:
        The exit code: 0 after a stop, 1 when a port is taken, 2 for an unknown scene.
    """
    try:
        chosen = find(scene)
    except UnknownScene as e:
        print(for_terminal(str(e)), file=sys.stderr)
        return 2
    parent = os.getppid() if stop_with_parent else None
    simulator = Simulator(chosen, speed=speed, began=began, again=again)
    return asyncio.run(_serve(simulator, port, parent))


async def _serve(simulator: Simulator, port: int, parent: int | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    try:
        await simulator.start(port)
    except OSError as e:
        reason = e.strerror or str(e)
        said = tr(
            "Port {port} or one of the next {count} is taken ({reason}).",
            port=port,
            count=origins_of(simulator.scene) - 1,
            reason=reason,
        )
        print(said, file=sys.stderr)
        return 1
    try:
        for endpoint in simulator.endpoints:
            print(json.dumps(asdict(endpoint)), flush=True)
        await _until(stop, parent)
    finally:
        await simulator.aclose()
    return 0


async def _until(stop: asyncio.Event, parent: int | None) -> None:
    """Wait for `stop`, or for another parent: an orphan is adopted by somebody else."""
    while parent is None or os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), None if parent is None else _LOOK_FOR_PARENT_S)
        except TimeoutError:
            continue
        return


def serve_for_window(how: str) -> int:
    """Be the services of a demo: serve until told to stop, or until the window is gone.

    Args:
        how: What `serve` takes, as a JSON object.
    """
    try:
        return serve(**json.loads(how), stop_with_parent=True)
    except BrokenPipeError:  # the window was killed before it heard where the services are
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:  # before it minds signals by itself
        return 1
