"""A small service on loopback that speaks Ark's dialect by script, and what hangs on it.

The simulator plays realistic scenes; here a test decides each answer itself.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from rushes.core.account import Account, Service
from rushes.core.events import (
    AccountChanged,
    BackendEvent,
    FoldersAway,
    ProgramFailure,
    SaveFailed,
    SaveProgress,
    SavingAgain,
    TasksChanged,
)
from rushes.core.secret import Secret
from rushes.core.task import Key, Task
from rushes.net.http import Network
from rushes.store import Store, tables
from rushes.watching.supervisor import TaskSupervisor
from tests.net.web import serve
from tests.patience import LIMIT_S

N = TypeVar(
    "N",
    AccountChanged,
    FoldersAway,
    SaveFailed,
    SaveProgress,
    SavingAgain,
    TasksChanged,
    ProgramFailure,
)

CREATED_AT = 1_760_000_000


@dataclass
class Cloud:
    """What the service holds and does.

    Attributes:
        tasks: Id → task object, as Ark would answer it.
        troubles: The next answers, instead of the true ones: (status, headers, body).
        always: Every answer, if set.
        hidden: Ids the list leaves out.
        odd: Every answer about one id, if set.
        with_key: Of each request, whether it came with a key.
        gate: Answers wait until it is open.
        held: The same for answers about one id.
        most: How many requests were under way at once, at most.
        content: Answers for paths that end in "/content", which are files.
    """

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: deque[tuple[int, dict[str, str], Any]] = field(default_factory=deque)
    always: tuple[int, dict[str, str], Any] | None = None
    hidden: set[str] = field(default_factory=set)
    odd: dict[str, tuple[int, dict[str, str], Any]] = field(default_factory=dict)
    with_key: list[bool] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # "GET id", "DELETE id", "LIST id,id"
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    most: int = 0
    most_for_one: int = 0
    on_get: Callable[[str], None] | None = None
    content: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]] | None = None
    url: str = ""
    _under_way: list[str] = field(default_factory=list)

    def has(self, *ids: str, status: str = "running", **more: Any) -> None:
        for each in ids:
            base = {"id": each, "model": "m", "status": status}
            times = {"created_at": CREATED_AT, "updated_at": CREATED_AT + 1}
            self.tasks[each] = {**base, **times, **more}

    def succeeds(self, task_id: str, url: str, **more: Any) -> None:
        content = {"video_url": url, **more.pop("content", {})}
        self.has(task_id, status="succeeded", content=content, **more)

    def asked(self, verb: str = "GET") -> list[str]:
        """The ids (or groups of ids) asked for with `verb`, in order."""
        return [line.partition(" ")[2] for line in self.heard if line.startswith(f"{verb} ")]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.content is not None and request.path.endswith("/content"):
            return await self.content(request)
        wanted = request.path.rpartition("/tasks")[2].strip("/")
        verb = request.method if wanted else "LIST"
        self.heard.append(
            f"{verb} {wanted or ','.join(request.query.getall('filter.task_ids', []))}"
        )
        self.with_key.append("Authorization" in request.headers)
        self._under_way.append(wanted)
        self.most = max(self.most, len(self._under_way))
        self.most_for_one = max(self.most_for_one, self._under_way.count(wanted))
        try:
            await self.gate.wait()
            await self.held.get(wanted, self.gate).wait()
            return self._answer(request, verb, wanted)
        finally:
            self._under_way.remove(wanted)

    def _answer(self, request: web.BaseRequest, verb: str, wanted: str) -> web.Response:
        trouble = self.troubles.popleft() if self.troubles else self.always
        if wanted in self.odd:
            trouble = self.odd[wanted]
        if trouble is not None:
            status, headers, body = trouble
            return _json(body, status, headers)
        if verb == "LIST":
            return self._list(request)
        if self.on_get is not None:
            self.on_get(wanted)
        if wanted not in self.tasks:
            return _json({"error": {"code": "NotFound.task", "message": "not found"}}, 404)
        if verb == "DELETE":
            self.tasks[wanted]["status"] = "cancelled"
            return _json({})
        return _json(self.tasks[wanted])

    def _list(self, request: web.BaseRequest) -> web.Response:
        tier = request.query.get("filter.service_tier", "default")
        ids = request.query.getall("filter.task_ids", list(self.tasks))
        rows = [
            self.tasks[each]
            for each in ids
            if each in self.tasks
            and each not in self.hidden
            and self.tasks[each].get("service_tier", "default") == tier
        ]
        page, size = int(request.query["page_num"]), int(request.query["page_size"])
        return _json({"items": rows[(page - 1) * size : page * size], "total": len(rows)})


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    return web.Response(text=text, status=status, headers=headers, content_type=kind)


@dataclass
class Rig:
    """A watcher on a real store and a real client, looking at a `Cloud`."""

    cloud: Cloud
    store: Store
    network: Network
    watcher: TaskSupervisor
    account: Account
    news: list[BackendEvent] = field(default_factory=list)
    listeners: list[Callable[[BackendEvent], None]] = field(default_factory=list)

    def publish(self, news: BackendEvent) -> None:
        self.news.append(news)
        if isinstance(news, TasksChanged):
            self.watcher.noticed(news.diff)
        for listener in self.listeners:
            listener(news)

    def key(self, task_id: str) -> Key:
        return Key(self.account.id, task_id)

    async def task(self, task_id: str) -> Task:
        (task,) = await self.store.read(tables.get, [self.key(task_id)])
        return task

    async def add(self, *ids: str) -> None:
        await self.store.write(tables.add, [self.key(each) for each in ids], CREATED_AT)
        self.watcher.wake(self.account.id)

    def start(self, *, loop: bool = True) -> None:
        client = self.network.client_for(self.account, Secret("key-of-the-rig"))
        self.watcher.start(self.account, client, loop=loop)

    def of(self, kind: type[N]) -> list[N]:
        return [news for news in self.news if isinstance(news, kind)]

    async def until(self, happened: Callable[[], Any]) -> None:
        """Wait until `happened`, which may be about news, requests or anything else."""
        async with asyncio.timeout(LIMIT_S):
            while not happened():  # noqa: ASYNC110  (there is no one event for all of these)
                await asyncio.sleep(0.002)

    async def ended(self, *ids: str) -> None:
        """Wait until these tasks are terminal in what was published."""
        left = set(ids)

        def all_ended() -> bool:
            for news in self.of(TasksChanged):
                for task in (*news.diff.added, *news.diff.changed):
                    if task.status.is_terminal:
                        left.discard(task.id)
            return not left

        await self.until(all_ended)


@asynccontextmanager
async def rigged(
    folder: Path,
    *,
    service: Service = Service.ARK,
    speed: float = 500.0,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[Rig]:
    cloud = Cloud()
    cloud.gate.set()
    async with serve(cloud.answer) as site:
        cloud.url = site.url
        store = await Store.open(folder / "store.sqlite3")
        network = Network()
        account = Account(id="acc", name="mine", service=service, base_url=site.url)
        await store.write(tables.put_account, account)
        told: list[Rig] = []
        watcher = TaskSupervisor(
            store=store,
            publish=lambda news: told[0].publish(news),
            clock=clock or (lambda: CREATED_AT + 60.0 / speed),
            speed=speed,
            chance=lambda: 0.5,
        )
        rig = Rig(cloud, store, network, watcher, account)
        told.append(rig)
        try:
            yield rig
        finally:
            for gate in (cloud.gate, *cloud.held.values()):
                gate.set()
            await watcher.aclose()
            await network.aclose()
            await store.aclose()
