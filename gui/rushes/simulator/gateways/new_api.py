"""new-api (contract 10), alone or behind another: its envelope, video object, errors and paths.

The shapes are those of the samples in tests/data/contract/newapi.
"""

import json
from functools import cached_property
from typing import Any

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import Behind, Fate, GatewayKind, Way
from rushes.simulator.gateways import behind
from rushes.simulator.gateways.gateway import Gateway, KeyedRequest, KeyKind, json_answer
from rushes.simulator.gateways.task import GatewayTask, GatewayView
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.services import DASHBOARD, CallLimit
from rushes.simulator.task_object import Body, Links
from rushes.simulator.truth import Truth

PER_DOLLAR = 500_000  # units of quota
_FAR_S = 400 * 86400.0  # after so long everything has ended
_NOBODY = "sora-2"  # the model it assumes for an id it does not know
NOBODY_SET_IT = "http://localhost:3000"
_SEEN = "(request id: 20261128202651235000000d9d6abcdEFgh)"
_PLATFORMS = {
    Behind.SEEDANCE: "54",
    Behind.KLING: "50",
    Behind.JIMENG: "51",
    Behind.VIDU: "52",
    Behind.HAILUO: "35",
    Behind.WAN: "17",
    Behind.SORA: "55",
}
_OPENAI_CHANNEL = "55"  # what an outer gateway takes the inner one for
_CHARGES = {Behind.WAN: 83_333, Behind.SORA: 20_000}
_PLAIN_ACTIONS = (Behind.SEEDANCE, Behind.JIMENG, Behind.HAILUO)
_PROGRESS = {
    "NOT_START": "0%",
    "QUEUED": "10%",
    "IN_PROGRESS": "50%",
    "SUCCESS": "100%",
    "FAILURE": "100%",
}
_OPENAI_WORDS = {
    "NOT_START": "unknown",
    "QUEUED": "queued",
    "IN_PROGRESS": "in_progress",
    "SUCCESS": "completed",
    "FAILURE": "failed",
}
_STATUS = {
    "NOT_START": "queued",
    "QUEUED": "queued",
    "IN_PROGRESS": "running",
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
}
_GEMINI_WORDS = {
    "NOT_START": "queued",
    "QUEUED": "queued",
    "IN_PROGRESS": "processing",
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
}


def quota(task: GatewayTask) -> int:
    return 25_000 if task.kind is GatewayKind.OUTER else _CHARGES.get(task.behind, 5_000)


def progress(view: GatewayView) -> str:
    """Invented from the word; where the gateway has no word for what it saw, 30 %."""
    ended_behind = view.seen is not None and view.seen.phase in (Phase.EXPIRED, Phase.CANCELLED)
    if view.word == "IN_PROGRESS" and (ended_behind or view.refused):
        return "30%"
    return _PROGRESS[view.word]


def own_route(task: GatewayTask, address: str) -> str:
    return f"{address}/v1/videos/{task.id}/content"


def link_of(task: GatewayTask, links: Links, origin: str) -> str:
    """What a successful task's `result_url` holds."""
    match task.case.way:
        case Way.DIRECT:
            return links.get(ArtifactKind.VIDEO, "")
        case Way.OTHER_NAME:
            return own_route(task, origin.replace("127.0.0.1", "localhost"))
        case _:
            return own_route(task, NOBODY_SET_IT)


def envelope(task: GatewayTask, now: float, links: Links, origin: str, inner_origin: str) -> Body:
    """`GET /v1/video/generations/{id}`."""
    view = task.view(now)
    if task.behind is Behind.VEO:
        return _success(_gemini(task, view, origin))
    created, job = task.created_at, task.job
    finished = 0 if view.finished_s is None else int(job.unix(view.finished_s))
    data: Body = {
        "id": task.number,
        "created_at": created,
        "updated_at": int(job.unix(view.changed_s)),
        "task_id": task.id,
        "platform": _platform(task),
        "user_id": 1,
        "group": "default",
        "channel_id": 1,
        "quota": quota(task),
        "action": "generate" if task.behind in _PLAIN_ACTIONS else "textGenerate",
        "status": view.word,
        "fail_reason": view.reason,
        "submit_time": created,
        "start_time": 0 if view.started_s is None else int(job.unix(view.started_s)),
        "finish_time": finished,
        "progress": progress(view),
        "properties": {
            "input": "",
            "upstream_model_name": task.model,
            "origin_model_name": task.model,
        },
        "data": _inner(task, view, links, inner_origin),
    }
    result = link_of(task, links, origin) if view.is_success else view.reason
    if result:  # left out when empty; the reason of a failure is a "result", too
        data["result_url"] = result
    return _success(data)


def _success(data: object) -> Body:
    return {"code": "success", "message": "", "data": data}


def _platform(task: GatewayTask) -> str:
    is_openai = task.kind is GatewayKind.OUTER and task.behind is not Behind.KLING
    return _OPENAI_CHANNEL if is_openai else _PLATFORMS[task.behind]


def _inner(task: GatewayTask, view: GatewayView, links: Links, inner_origin: str) -> Body:
    """What the service behind answered last."""
    if task.inner is not None:
        return _inner_gateway(task, task.inner, view, links, inner_origin)
    if view.refused:
        return behind.KEY_REFUSED
    if view.seen is None:
        return behind.submitted(task)
    return behind.looked_at(task, view.seen, _shown(task, links))


def _shown(task: GatewayTask, links: Links) -> Links:
    """The links of the inner level: without the film's where only a route gives it out."""
    hidden = task.case.way is not Way.DIRECT and not task.case.beside
    return {} if hidden else links


def _inner_gateway(
    task: GatewayTask, inner: GatewayTask, view: GatewayView, links: Links, origin: str
) -> Body:
    """The video object of the gateway behind."""
    if view.word == "NOT_START":
        return submit_answer(inner)
    if view.seen is None:  # the inner one had not looked for the first time yet
        return video(inner, GatewayView("NOT_START", changed_s=inner.case.life.submitted_s), {}, "")
    word = {Phase.SUCCEEDED: "SUCCESS", Phase.FAILED: "FAILURE", Phase.QUEUED: "QUEUED"}
    seen = GatewayView(
        word.get(view.seen.phase, "IN_PROGRESS"),
        view.seen,
        reason=inner.reason if view.seen.phase is Phase.FAILED else "",
        changed_s=view.seen.since_s,
        finished_s=view.seen.since_s,
    )
    link = links.get(ArtifactKind.VIDEO, "")
    if task.case.way is Way.SECOND:
        link = own_route(inner, origin)
    return video(inner, seen, links, link)


def video(task: GatewayTask, view: GatewayView, links: Links, link: str) -> Body:
    """`GET /v1/videos/{id}`; the services' own converters do not agree on its fields."""
    if task.behind is Behind.SORA:
        moment = view.seen or TaskState(Phase.QUEUED, view.changed_s)
        return behind.sora(task, moment, links) | {"id": task.id}
    changed = int(task.job.unix(view.changed_s))
    body: Body = {
        "id": task.id,
        "object": "video",
        "model": task.model,
        "status": _OPENAI_WORDS[view.word],
        "progress": int(progress(view).rstrip("%")),
        "created_at": task.created_at,
        "completed_at": changed,  # it stands there before the end, too
    }
    if task.behind is Behind.VEO:
        return body
    body["metadata"] = {"url": link if view.is_success else ""}
    if task.behind is Behind.SEEDANCE:
        body["task_id"] = task.id
    if task.behind is Behind.KLING:
        times = {name: body[name] * 1000 for name in ("created_at", "completed_at")}
        body |= times | {"model": "", "seconds": "5.1"}
    if view.is_failure and view.seen is not None and view.seen.phase is Phase.FAILED:
        body["error"] = {"message": view.reason, "code": task.refusal[0]}
    if view.is_failure and task.behind is not Behind.SEEDANCE:
        body["metadata"] = {"url": view.reason}  # yes: the reason of a failure
    return body


def outer_video(task: GatewayTask, view: GatewayView, links: Links, inner_origin: str) -> Body:
    """`GET /v1/videos/{id}` of the outer of two: the inner one's object under the outer id."""
    assert task.inner is not None
    body = _inner_gateway(task, task.inner, view, links, inner_origin)
    return body | {"id": task.id}


def submit_answer(task: GatewayTask) -> Body:
    return {
        "id": task.id,
        "task_id": task.id,
        "object": "video",
        "model": task.model,
        "status": "queued",
        "progress": 0,
        "created_at": task.created_at,
    }


def gemini_word(view: GatewayView) -> str:
    return _GEMINI_WORDS[view.word]


def submit_refused(parameter: str) -> Body:
    """The refusal of a submission: Ark's own error, as text inside the message."""
    error = {
        "code": "InvalidParameter",
        "message": f"The parameter `{parameter}` specified in the request is not valid."
        " Request id: 0217",
        "param": parameter,
        "type": "BadRequest",
    }
    return {
        "code": "fail_to_fetch_task",
        "message": json.dumps({"error": error}),
        "data": None,
    }


def _gemini(task: GatewayTask, view: GatewayView, origin: str) -> Body:
    """Gemini channels have a shape of their own on the same route."""
    return {
        "error": None,
        "format": "mp4",
        "metadata": None,
        "status": gemini_word(view),
        "task_id": task.id,
        "url": own_route(task, origin) if view.is_success else "",
    }


# --- errors --------------------------------------------------------------------------------------

UNKNOWN_TASK: Body = {"code": "task_not_exist", "message": "task_not_exist", "data": None}
TOKEN_REFUSED: Body = {"message": "Invalid token", "success": False}


def refusal(message: str) -> Body:
    """Of the key: wrong, switched off, ended and used up alike."""
    return {"error": {"code": "", "message": f"{message} {_SEEN}", "type": "new_api_error"}}


def not_for_model(model: str) -> Body:
    return refusal(f"This token has no access to model {model}")


def invalid_url(method: str, path: str) -> Body:
    error = {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": "",
        "code": "",
    }
    return {"error": error}


def content_error(message: str, kind: str = "server_error") -> Body:
    return {"error": {"message": message, "type": kind}}


def no_content(task: GatewayTask, view: GatewayView) -> tuple[int, Body] | None:
    """Why the own route gives no film out now: (HTTP status, body). None: it does."""
    if not view.is_success:
        said = f"Task is not completed yet, current status: {view.word}"
        return 400, content_error(said, "invalid_request_error")
    if task.case.fate is Fate.FILTERED:
        return 502, content_error("Failed to resolve Gemini video URL")
    if task.case.way is Way.GUARDED:
        return 403, content_error("request blocked: port 9401 is not allowed")
    if task.case.way is Way.NO_CHANNEL:
        return 500, content_error("Failed to retrieve channel information")
    return None


# --- keys, credit, models ------------------------------------------------------------------------


def token_usage(
    name: str, *, models: tuple[str, ...] = (), ends_at: int = 0, left: int | None = None
) -> Body:
    """`GET /api/usage/token/`. `left`: units of quota; None: no limit of its own."""
    granted = PER_DOLLAR if left is None else max(left, 1)
    data: dict[str, Any] = {
        "expires_at": ends_at,
        "model_limits": dict.fromkeys(models, True),
        "model_limits_enabled": bool(models),
        "name": name,
        "object": "token_usage",
        "total_available": granted,
        "total_granted": granted,
        "total_used": 0,
        "unlimited_quota": left is None,
    }
    return {"code": True, "data": data, "message": "ok"}


def status_body() -> Body:
    data = {
        "custom_currency_exchange_rate": 1,
        "custom_currency_symbol": "¤",
        "display_in_currency": True,
        "quota_display_type": "USD",
        "quota_per_unit": PER_DOLLAR,
        "server_address": NOBODY_SET_IT,
        "system_name": "New API",
        "usd_exchange_rate": 7.3,
        "version": "v0.0.0",
    }
    return {"data": data, "message": "", "success": True}


def models_body(names: tuple[str, ...]) -> Body:
    rows = [
        {
            "id": name,
            "object": "model",
            "created": 1626777600,
            "owned_by": name.split("-")[0],
            "supported_endpoint_types": [],
        }
        for name in names
    ]
    return {"data": rows, "object": "list", "success": True}


# --- its paths -----------------------------------------------------------------------------------


class NewApi(Gateway):
    key_kinds = tuple(KeyKind)
    limited_to = "kling-v1-6"

    @cached_property
    def _credit_calls(self) -> CallLimit:
        """What it tells about its keys has a limit of its own."""
        return CallLimit(20)

    def more(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/video/generations/{id}", self.answer(self.generation), allow_head=False),
            web.get("/api/usage/token/", self.credit, allow_head=False),
            web.get("/api/status", self.status, allow_head=False),
        ]

    def refused(self, asked: KeyedRequest) -> web.Response | None:
        if asked.key is KeyKind.LIMITED:
            model = asked.task.model if asked.task else _NOBODY
            allowed = model == self.limited_to
            return None if allowed else json_answer(not_for_model(model), 403)
        return None if asked.key is KeyKind.GOOD else json_answer(refusal("Invalid token"), 401)

    def unknown(self, _: str) -> web.Response:
        return json_answer(UNKNOWN_TASK, 400)

    def unknown_film(self, _: str) -> web.Response:
        return json_answer(content_error("Task not found", "invalid_request_error"), 404)

    def generation(self, task: GatewayTask) -> web.Response:
        links = self.links(task)
        return json_answer(envelope(task, self.clock(), links, self.origin, self.inner_origin))

    def task(self, task: GatewayTask) -> web.Response:
        view, links = task.view(self.clock()), self.links(task)
        if task.inner is not None:
            return json_answer(outer_video(task, view, links, self.inner_origin))
        return json_answer(video(task, view, links, link_of(task, links, self.origin)))

    def content(self, task: GatewayTask) -> web.Response | None:
        no = no_content(task, task.view(self.clock()))
        if no is not None:
            return json_answer(no[1], no[0])
        return self.redirect(task) if task.case.way is Way.REDIRECT else None

    async def models(self, request: web.Request) -> web.StreamResponse:
        match self.asked(request).key:
            case KeyKind.GOOD:
                return json_answer(models_body(self.model_names()))
            case KeyKind.LIMITED:
                return json_answer(models_body((self.limited_to,)))
        return json_answer(refusal("Invalid token"), 401)

    async def credit(self, request: web.Request) -> web.StreamResponse:
        """What a key is, also for one that is refused elsewhere because it ended."""
        if not self._credit_calls.admits(self.clock()):
            return web.Response(status=429)
        match self.asked(request).key:
            case KeyKind.GOOD:
                return json_answer(token_usage("full"))
            case KeyKind.LIMITED:
                return json_answer(token_usage("limited", models=(self.limited_to,)))
            case KeyKind.ENDED:
                return json_answer(token_usage("old", ends_at=int(self.clock()) - 86400))
            case KeyKind.USED_UP:
                return json_answer(token_usage("poor", left=0))
        return json_answer(TOKEN_REFUSED, 401)

    async def status(self, _: web.Request) -> web.StreamResponse:
        return json_answer(status_body())

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(("/v1/", "/api/", "/assets/")):
            return json_answer(invalid_url(request.method, request.path), 404)
        return web.Response(text=DASHBOARD, content_type="text/html")

    def shows_service(self, task: GatewayTask) -> bool:
        return self.kind is GatewayKind.NEW_API and (
            task.case.way is Way.DIRECT or task.case.beside
        )

    def charged(self, task: GatewayTask) -> Truth | None:
        if task.behind is Behind.VEO:
            return None
        return {"amount": quota(task) / PER_DOLLAR, "currency": "USD"}

    def film_ends_at(self, task: GatewayTask) -> int | None:
        if task.behind is Behind.SORA:
            return task.job.ended_at + behind.SORA_KEEPS_S
        return super().film_ends_at(task)

    def final(self, task: GatewayTask) -> dict[str, Any]:
        """Which level speaks: the gateway's own word, or that of the service behind."""
        view = task.view(task.job.epoch + _FAR_S)
        final: dict[str, Any] = {"status": _STATUS[view.word], "status_raw": view.word}
        if task.behind is Behind.VEO:  # its shape has neither an inner level nor a reason
            return final | {"status_raw": gemini_word(view), "upstream_id": None}
        if task.inner is None and (view.refused or (task.behind is Behind.JIMENG and view.seen)):
            final["upstream_id"] = None  # the last answer behind has none
        seen = view.seen.phase if view.seen else None
        if view.is_failure:
            return final | _final_failure(task, view, seen)
        if view.is_success:
            return final
        if view.refused:
            message = behind.KEY_REFUSED["error"]["message"]
            final |= {"flags": ["upstream_trouble"], "upstream_said": message}
        elif seen in (Phase.EXPIRED, Phase.CANCELLED):
            word = seen.value
            final |= {"status": word, "status_raw": word, "flags": ["status_conflict"]}
        return final


def _final_failure(task: GatewayTask, view: GatewayView, seen: Phase | None) -> dict[str, Any]:
    error = {"code": "", "message": view.reason}
    if seen is Phase.FAILED:
        error["code"] = task.refusal[0]
    elif seen in (Phase.EXPIRED, Phase.CANCELLED):
        raw = "CANCELED" if task.behind is Behind.WAN else seen.value
        return {"status": seen.value, "status_raw": raw, "error": error}
    else:
        return {"flags": ["gave_up"], "upstream_said": _last_word(task, view), "error": error}
    return {"error": error}


def _last_word(task: GatewayTask, view: GatewayView) -> str | None:
    """Of the service behind a gateway that gave up."""
    if view.refused:
        said: str = behind.KEY_REFUSED["error"]["message"]
        return said
    if task.inner is not None:
        return "unknown"
    return behind.word_of(task.behind, view.seen.phase) if view.seen else None
