"""Gateways that answer as real ones did (tests/data/contract), over HTTP, and an account there."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from rushes.core.account import Service
from rushes.core.events import BackendEvent, TasksChanged
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task
from rushes.files.download import FileDownloader
from rushes.files.file_store import FileStore
from rushes.saving.saver import Saver
from rushes.store import tables
from tests.net.web import serve
from tests.patience import LIMIT_S
from tests.watching.cloud import CREATED_AT, Rig, rigged

DATA = Path(__file__).parents[1] / "data"
KEY = "key-of-the-rig"

Answer = tuple[int, dict[str, str], bytes]
Says = Answer | Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def sample(name: str, **words: str) -> Answer:
    """(status, headers, body) of a sample of tests/data: with a head of its own, or a bare body."""
    path = DATA / ("answers" if "/" not in name else "contract") / f"{name}.json"
    text = path.read_text("utf-8")
    for old, new in words.items():
        text = text.replace(f"@{old}@", new)
    found = json.loads(text)
    if isinstance(found, dict) and "headers" in found and "body" in found:
        body = found["body"]
        raw = body if isinstance(body, str) else json.dumps(body)
        left = {k: v for k, v in found["headers"].items() if k != "content-length"}
        return found["status"], left, raw.encode()
    status = _BARE_STATUS.get(name, 200)
    return status, {"content-type": "application/json"}, text.encode()


#: Where a sample is a bare body, its row of INDEX.md says the status.
_BARE_STATUS = {
    "newapi/unknown_id": 400,
    "newapi/key_refused": 401,
    "newapi/key_not_for_model": 403,
    "newapi/models_key_refused": 401,
    "newapi/usage_token_refused": 401,
    "newapi/route_unknown_api": 404,
    "newapi/content_not_ready": 400,
    "newapi/content_of_failed": 400,
    "newapi/content_blocked": 403,
    "newapi/content_channel_gone": 500,
    "newapi/content_cannot_resolve": 502,
    "newapi/content_unknown": 404,
    "b11_quota_401": 401,
}
NO_ROUTE: Answer = (404, {}, b"")


@dataclass
class Gate:
    """A gateway.

    Attributes:
        says: What is answered by path (without query).
        otherwise: Every other path.
        key_refused: What a question without the right key gets; None: keys do not matter.
        no_key: What a question without any key gets; None: as with a wrong one.
        open_to_all: Paths that need no key.
    """

    says: dict[str, Says] = field(default_factory=dict)
    otherwise: Answer = NO_ROUTE
    key_refused: Answer | None = None
    no_key: Answer | None = None
    open_to_all: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0].replace("%3D", "=")
        self.asked.append(request.raw_path)
        self.keys.append(request.headers.get("Authorization", ""))
        needs_key = path in self.says and path not in self.open_to_all
        if self.key_refused is not None and needs_key and self.keys[-1] != f"Bearer {KEY}":
            return made(self.key_refused if self.keys[-1] else self.no_key or self.key_refused)
        said = self.says.get(path, self.otherwise)
        return made(said) if isinstance(said, tuple) else await said(request)


def made(answer: Answer) -> web.Response:
    status, headers, body = answer
    return web.Response(status=status, headers=headers, body=body)


def page(text: str = "<!doctype html><html><body>New API</body></html>") -> Answer:
    return 200, {"content-type": "text/html"}, text.encode()


def plain(body: Any, status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()


@asynccontextmanager
async def gated(
    folder: Path, *, prefix: str = "", service: Service = Service.GATEWAY, speed: float = 500.0
) -> AsyncIterator[tuple[Gate, Rig]]:
    """A gateway, and a rig with an account there."""
    gate = Gate()
    async with serve(gate.answer) as site, rigged(folder, service=service, speed=speed) as rig:
        gate.url = site.url
        rig.account = replace(rig.account, base_url=site.url + prefix)
        await rig.store.write(tables.put_account, rig.account)
        yield gate, rig


@dataclass
class Films:
    """What is saved of the tasks of an account at a gateway."""

    gate: Gate
    rig: Rig
    saver: Saver
    folder: Path

    async def look(self, task_id: str = "t") -> Task:
        await self.rig.watcher.look([self.rig.key(task_id)])
        return await self.rig.task(task_id)

    async def film(self, task_id: str = "t") -> Artifact:
        found = (await self.rig.task(task_id)).artifact(ArtifactKind.VIDEO)
        assert found is not None
        return found

    async def saved(self, task_id: str = "t") -> bytes:
        """The bytes of the film, once the queue has nothing to do any more."""
        async with asyncio.timeout(LIMIT_S):
            await self.saver.settled()
        film = await self.film(task_id)
        assert film.state is ArtifactState.SAVED
        assert film.path is not None
        return Path(film.path).read_bytes()


@asynccontextmanager
async def keeping(
    folder: Path, *, prefix: str = "", speed: float = 100_000.0, **more: Any
) -> AsyncIterator[Films]:
    """An account at a gateway whose films are saved by themselves."""
    async with gated(folder, prefix=prefix, speed=speed) as (gate, rig):
        settings = Settings(auto_save=True, template="{id8}_{kind}.{ext}", folder="")
        films = folder / "films"

        def clock() -> float:
            return CREATED_AT + 60.0

        saver = Saver(
            store=rig.store,
            downloader=FileDownloader(rig.network.results),
            files=FileStore(lambda: settings, films),
            publish=rig.publish,
            settings=lambda: settings,
            renew=lambda key: rig.watcher.look([key]),
            key_problem=rig.watcher.key_problem,
            clock=clock,
            speed=speed,
            chance=lambda: 0.0,
            **more,
        )

        def listen(news: BackendEvent) -> None:
            if isinstance(news, TasksChanged):
                saver.on_tasks(news.diff)

        rig.listeners.append(listen)
        await rig.add("t")
        rig.start(loop=False)
        try:
            yield Films(gate, rig, saver, films)
        finally:
            await saver.aclose()
