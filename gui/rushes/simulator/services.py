"""The five pretended services: what their accounts remember while a scene is played, their paths,
and what they say when they cannot or do not want to answer (contract 1.3, 3.1).
"""

import asyncio
import hmac
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiMapping

from rushes.core.task import ArtifactKind
from rushes.simulator import envelope
from rushes.simulator.files import send
from rushes.simulator.job import ServiceJob
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.links import LinkBook
from rushes.simulator.media import medium
from rushes.simulator.scene import Ailment, Place, ServiceTrouble, Site
from rushes.simulator.task_object import Body, Links, rong_object, task_object

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RECORD_S = 7 * 86400.0  # how long a task is known
CANCELLED_S = 86400.0  # how long a cancelled one is
_TOLERANCE = 0.9  # of a second: two calls a second apart may arrive a little closer
TASKS = "/api/v3/contents/generations/tasks"
ENDPOINT_ID = "ep-20260717110243-mk4p4"  # what filter.model wants; never the model read back
_FILTERABLE = ("queued", "running", "cancelled", "succeeded", "failed")  # not: expired
DASHBOARD = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>New API</title>
<script type="module" src="/assets/index-b1c2.js"></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>
</body></html>
"""
_CLOUD = (
    "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
)
_BUSY = "当前分组上游负载已饱和，请稍后再试"
_SEEN = "(request id: 20261121044501260254000NBdvZFoP)"


class CallLimit:
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
class ServiceAccount:
    """One account at one origin.

    Attributes:
        key: The one given out at the start; `keys` are those accepted now.
        reads, lists: Ark's limits: 20 single looks, one list a simulated second (contract 1.4).
        calls: A limit for all calls, whatever the service; None: there is none.
    """

    site: Site
    origin: str
    key: str
    jobs: dict[str, ServiceJob]
    troubles: tuple[ServiceTrouble, ...]
    book: LinkBook
    clock: Callable[[], float]
    speed: float
    keys: set[str] = field(default_factory=set)
    asked: int = 0
    cancelled: dict[str, float] = field(default_factory=dict)  # id → simulated seconds
    erased: set[str] = field(default_factory=set)
    reads: CallLimit = field(default_factory=lambda: CallLimit(20))
    lists: CallLimit = field(default_factory=lambda: CallLimit(1))
    calls: CallLimit | None = None

    def __post_init__(self) -> None:
        self.keys.add(self.key)

    def accepts(self, authorization: str) -> bool:
        kind, _, key = authorization.partition(" ")
        given = key.strip().encode()
        return kind.lower() == "bearer" and any(
            hmac.compare_digest(given, good.encode()) for good in self.keys
        )

    def trouble(self) -> ServiceTrouble | None:
        """What is wrong with the next answer, if anything."""
        number, self.asked = self.asked, self.asked + 1
        found = next((t for t in self.troubles if t.covers(number)), None)
        if found is not None and found.kind is Ailment.REVOKED:
            self.keys.discard(self.key)
        return found

    def find(self, task_id: str) -> tuple[ServiceJob, TaskState] | None:
        """A task the service still knows, and what it is now."""
        job = self.jobs.get(task_id)
        if job is None or task_id in self.erased:
            return None
        now = self.clock()
        moment = job.moment(now)
        if moment is None or now >= job.created_at + RECORD_S:
            return None
        if task_id in self.cancelled:
            moment = TaskState(Phase.CANCELLED, self.cancelled[task_id])
        gone = moment.phase is Phase.CANCELLED and self.site.speaks_ark
        if gone and job.elapsed(now) >= moment.since_s + CANCELLED_S:
            return None
        return job, moment

    def known(self) -> Iterator[tuple[ServiceJob, TaskState]]:
        for task_id in self.jobs:
            if found := self.find(task_id):
                yield found

    def cancel(self, job: ServiceJob) -> None:
        self.cancelled[job.id] = job.elapsed(self.clock())

    def links(self, job: ServiceJob) -> dict[ArtifactKind, str]:
        return self.book.show(job, self.clock())

    def simulated(self) -> float:
        return self.clock() * self.speed

    def guarded(self, handler: Handler) -> Handler:
        """`handler` behind the key and the scene's troubles."""

        async def answer(request: web.Request) -> web.StreamResponse:
            if not self.accepts(request.headers.get("Authorization", "")):
                return denied(self.site)
            if self.calls is not None and not self.calls.admits(self.simulated()):
                return too_fast(self.site)
            trouble = self.trouble()
            if trouble is not None:
                await asyncio.sleep(trouble.delay_s / self.speed)
                bad = ailing(trouble, self.site)
                if bad is not None:
                    return bad
            return await handler(request)

        return answer

    async def lost(self, request: web.Request) -> web.StreamResponse:
        """Any path the service does not have."""
        return no_such_route(self.site, request.method, request.path)


# --- Ark and Rong -------------------------------------------------------------------------------


def routes_of(account: ServiceAccount) -> list[web.RouteDef]:
    lost = web.route("*", "/{tail:.*}", account.lost)
    return [*_ROUTES[account.site](account), lost]


def _ark_routes(account: ServiceAccount) -> list[web.RouteDef]:
    api = _Ark(account)
    return [
        web.get(TASKS, account.guarded(api.list), allow_head=False),
        web.get(TASKS + "/{id}", account.guarded(api.get), allow_head=False),
        web.delete(TASKS + "/{id}", account.guarded(api.delete)),
    ]


def _rong_routes(account: ServiceAccount) -> list[web.RouteDef]:
    path = "/llm/v1/contents/generations/tasks/{id}"
    return [web.get(path, _task_route(account, rong_object), allow_head=False)]


class _Ark:
    def __init__(self, account: ServiceAccount) -> None:
        self._account = account

    async def get(self, request: web.Request) -> web.StreamResponse:
        account, task_id = self._account, request.match_info["id"]
        if not account.reads.admits(account.simulated()):
            return too_fast(account.site)
        found = account.find(task_id)
        if found is None:
            return no_such_task(account.site, task_id)
        job, moment = found
        return web.json_response(task_object(job, moment, account.links(job)))

    async def list(self, request: web.Request) -> web.StreamResponse:
        account, query = self._account, request.query
        if not account.lists.admits(account.simulated()):
            return too_fast(account.site)
        try:
            number = _whole(query, "page_num", 1)
            size = _whole(query, "page_size", 20)
            status = _status(query)
        except ValueError as e:
            text = f"The parameter `{e}` specified in the request is not valid."
            return ark_error(400, "InvalidParameter", text, "BadRequest", str(e))
        rows = [row for row in account.known() if _matches(row, query, status)]
        rows.sort(key=lambda row: (row[0].created_at, row[0].id), reverse=True)
        shown = rows[(number - 1) * size : number * size]
        items = [task_object(job, moment, account.links(job)) for job, moment in shown]
        return web.json_response({"items": items, "total": len(rows)})

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Cancels a queued task; erases the record of an ended one."""
        account, task_id = self._account, request.match_info["id"]
        found = account.find(task_id)
        if found is None:
            return no_such_task(account.site, task_id)
        job, moment = found
        if moment.phase is Phase.QUEUED:
            account.cancel(job)
        elif moment.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.EXPIRED):
            account.erased.add(task_id)
        else:
            text = f"The task {task_id} in status {moment.phase.value} cannot be deleted."
            return ark_error(400, "InvalidParameter", text, "BadRequest", "id")
        return web.json_response({})


def _whole(query: MultiMapping[str], name: str, default: int) -> int:
    """A page figure from 1 to 500. Raises `ValueError` with the parameter's name."""
    text = query.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= 500:
        raise ValueError(name)
    return int(text)


def _status(query: MultiMapping[str]) -> str:
    status = query.get("filter.status", "")
    if status and status not in _FILTERABLE:
        raise ValueError("filter.status")
    return status


def _matches(row: tuple[ServiceJob, TaskState], query: MultiMapping[str], status: str) -> bool:
    job, moment = row
    ids = query.getall("filter.task_ids", [])
    return (
        job.slot.tier == query.get("filter.service_tier", "default")
        and (not ids or job.id in ids)
        and (not status or (moment.word or moment.phase.value) == status)
        and query.get("filter.model", ENDPOINT_ID) == ENDPOINT_ID
    )


# --- AnyFast and Jimeng -------------------------------------------------------------------------


def _anyfast_routes(account: ServiceAccount) -> list[web.RouteDef]:
    def classic(job: ServiceJob, moment: TaskState, links: Links) -> Body:
        return envelope.anyfast(job, moment, links, account.origin)

    def openai(job: ServiceJob, moment: TaskState, links: Links) -> Body:
        return envelope.openai_video(job, moment, links, account.origin)

    return [
        web.get("/v1/video/generations/{id}", _task_route(account, classic), allow_head=False),
        web.get("/v1/videos/{id}", _task_route(account, openai), allow_head=False),
        web.get("/v1/videos/{id}/content", account.guarded(_content(account))),
    ]


def _jimeng_routes(account: ServiceAccount) -> list[web.RouteDef]:
    return [web.get("/jimeng/fetch/{id}", _task_route(account, envelope.jimeng), allow_head=False)]


def _task_route(
    account: ServiceAccount, tell: Callable[[ServiceJob, TaskState, Links], Body]
) -> Handler:
    async def get(request: web.Request) -> web.StreamResponse:
        found = account.find(request.match_info["id"])
        if found is None:
            return no_such_task(account.site, request.match_info["id"])
        job, moment = found
        return web.json_response(tell(job, moment, account.links(job)))

    return account.guarded(get)


def _content(account: ServiceAccount) -> Handler:
    """The result through the gateway itself: for the key's owner only, and without an end where
    it holds the file. Else it fetches it from the service behind, whose link ends."""

    async def get(request: web.Request) -> web.StreamResponse:
        found = account.find(request.match_info["id"])
        if found is None:
            return gateway_error(404, "Task not found", "invalid_request_error")
        job, moment = found
        if moment.phase is not Phase.SUCCEEDED:
            return gateway_error(400, "Task is not completed yet", "invalid_request_error")
        link, now = job.slot.link, account.clock()
        holds = link.renews or job.slot.place in (Place.PROXY, Place.CONTENT)
        is_over = not holds and now >= account.book.latest(job).ends_at
        if is_over or not job.has_link(now):  # the service behind does not give it out (yet)
            return gateway_error(502, "Failed to resolve video URL", "server_error")
        return await send(request, medium(job.slot.result), job.slot.delivery, job.speed)

    return get


_ROUTES: Mapping[Site, Callable[[ServiceAccount], list[web.RouteDef]]] = {
    Site.ARK: _ark_routes,
    Site.ARK_LIST: _ark_routes,
    Site.RONG: _rong_routes,
    Site.ANYFAST: _anyfast_routes,
    Site.JIMENG: _jimeng_routes,
}


# --- what they say instead ----------------------------------------------------------------------


def ark_error(
    status: int, code: str, message: str, kind: str = "", param: str = ""
) -> web.Response:
    """The one error shape of Ark, and of Rong as far as it is known."""
    text = f"{message} Request id: 021778461706934dc81d74c65c8ea02a2c5bb3d59fe0f512640b5"
    error = {"code": code, "message": text, "param": param, "type": kind}
    return web.json_response({"error": error}, status=status)


def gateway_error(status: int, message: str, kind: str = "new_api_error") -> web.Response:
    """Refusals of a gateway itself: key, limits."""
    error = {"message": f"{message} {_SEEN}", "type": kind, "code": ""}
    return web.json_response({"error": error}, status=status)


def denied(site: Site) -> web.Response:
    if site.is_gateway:
        return gateway_error(401, "无效的令牌")
    text = "The API key or AK/SK in the request is missing or invalid."
    return ark_error(401, "AuthenticationError", text, "Unauthorized")


def no_such_task(site: Site, task_id: str) -> web.Response:
    if site.is_gateway:  # not 404
        body = {"code": "task_not_exist", "message": "task_not_exist", "data": None}
        return web.json_response(body, status=400)
    text = f"The specified resource task {task_id} is not found."
    return ark_error(404, "NotFound.ResourceNotFound", text, "NotFound", "id")


def no_such_route(site: Site, method: str, path: str) -> web.Response:
    """A wrong path: an error under the API's own prefixes, a gateway's web page elsewhere."""
    if not site.is_gateway:
        return ark_error(
            404, "InvalidAction", f"The specified action {method} is invalid.", "NotFound"
        )
    if path.split("/")[1] not in ("v1", "api", "assets"):
        return web.Response(text=DASHBOARD, content_type="text/html")
    error = {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": "",
        "code": "",
    }
    return web.json_response({"error": error}, status=404)


def too_fast(site: Site) -> web.Response:
    if site.is_gateway:
        return gateway_error(429, "您已达到请求数限制：1分钟内最多请求60次")
    text = "The RPM (Requests Per Minute) limit for the API on your account has been exceeded."
    return ark_error(429, "APIAccountRpmRateLimitExceeded", text, "TooManyRequests")


def ailing(trouble: ServiceTrouble, site: Site) -> web.Response | None:
    """The bad answer; None where the right one comes, only later."""
    made = _ailing(trouble.kind, site)
    if made is not None and trouble.retry_after_s is not None:
        made.headers["Retry-After"] = str(trouble.retry_after_s)
    return made


def _ailing(kind: Ailment, site: Site) -> web.Response | None:
    match kind:
        case Ailment.RATE:
            return too_fast(site)
        case Ailment.RATE_EMPTY:
            return web.Response(status=429)
        case Ailment.QUOTA:
            text = (
                "Your account has reached its 5-hour quota, it will reset at 2026-11-21 18:00:00."
            )
            return ark_error(429, "QuotaExceeded", text, "TooManyRequests")
        case Ailment.SERVER if site.is_gateway:
            body = {"code": "get_task_failed", "message": _BUSY, "data": None}
            return web.json_response(body, status=500)
        case Ailment.SERVER:
            text = "The service encountered an unexpected internal error."
            return ark_error(500, "InternalServiceError", text, "InternalServerError")
        case Ailment.BAD_GATEWAY:
            return web.Response(status=502, text=_CLOUD, content_type="text/html")
        case Ailment.OVERDUE:
            text = "The request failed because your account has an overdue balance."
            return ark_error(403, "AccountOverdueError", text, "Forbidden")
        case Ailment.REVOKED:
            return denied(site)
        case Ailment.TRUNCATED:
            return web.Response(body=b'{"id":"cgt-2026', content_type="application/json")
        case Ailment.SLOW:
            return None
