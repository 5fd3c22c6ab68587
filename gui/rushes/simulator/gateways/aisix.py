"""AISIX (contract 11); the shapes are those of tests/data/contract/aisix."""

from typing import Any

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import BadReply, Behind
from rushes.simulator.gateways.behind import SORA_SECONDS
from rushes.simulator.gateways.gateway import (
    Gateway,
    KeyedRequest,
    KeyKind,
    empty_answer,
    end_of,
    json_answer,
)
from rushes.simulator.gateways.task import GatewayTask, decoded
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.task_object import Body

_WORDS = {
    Phase.QUEUED: "queued",
    Phase.RUNNING: "in_progress",
    Phase.SUCCEEDED: "completed",
    # It has no word for these two and calls them failed, without a reason.
    Phase.CANCELLED: "failed",
    Phase.EXPIRED: "failed",
    Phase.FAILED: "failed",
}
_OWNERS = {"seedance": "volcengine", "sora-2": "openai", "wan": "alibaba"}
WITHOUT_REASON = ("video_generation_failed", "video generation failed")
_ASKED_TOO_EARLY = (
    "video is not ready for download (status: {word}); poll GET /v1/videos/{{video_id}} until "
    'status is "completed"'
)
#: What it says of the service's own trouble: HTTP status and message.
_TROUBLES = {
    BadReply.KEY: (401, "AuthenticationError: The API key doesn't exist. Request id: 0217"),
    BadReply.RATE: (
        429,
        "RateLimitExceeded.EndpointRPMExceeded: The Requests Per Minute (RPM) limit of the "
        "associated endpoint for your account has been exceeded. Request id: 0217",
    ),
    BadReply.SERVER: (502, "upstream returned 500"),
}


def word_of(moment: TaskState) -> str:
    return _WORDS[moment.phase]


def video(task: GatewayTask, moment: TaskState) -> Body:
    """`GET /v1/videos/{id}`: no times, no link, hardly a fact."""
    body: Body = {
        "id": task.id,
        "object": "video",
        "model": task.model,
        "status": word_of(moment),
        "progress": _progress(task, moment),
        "created_at": 0,
    }
    if task.behind is Behind.SORA:
        body["seconds"] = SORA_SECONDS
    elif moment.phase is Phase.SUCCEEDED:
        body["seconds"] = "5"
    if body["status"] == "failed":
        code, message = reason(task, moment)
        body["error"] = {"code": code, "message": message}
    return body


def _progress(task: GatewayTask, moment: TaskState) -> int:
    if moment.phase is Phase.SUCCEEDED:
        return 100
    return 42 if task.behind is Behind.SORA and moment.phase is Phase.RUNNING else 0


def reason(task: GatewayTask, moment: TaskState) -> tuple[str, str]:
    return task.refusal if moment.phase is Phase.FAILED else WITHOUT_REASON


def submit_answer(task: GatewayTask) -> Body:
    body = video(task, TaskState(Phase.QUEUED, 0.0))
    return body | {"created_at": task.created_at, "seconds": "5"}


def models_body(names: tuple[str, ...], created: int) -> Body:
    rows = [
        {"id": name, "object": "model", "created": created, "owned_by": _OWNERS[name]}
        for name in names
    ]
    return {"object": "list", "data": rows}


def error(kind: str, message: str) -> Body:
    return {"error": {"message": message, "type": kind}}


KEY_REFUSED = error("invalid_api_key", "invalid API key")
UNKNOWN_BEHIND = error(
    "upstream_error", "ResourceNotFound: The specified task is not found. Request id: 0217"
)


def unknown(task_id: str) -> Body:
    return error("video_not_found", f'video "{task_id}" not found')


def trouble(task: GatewayTask) -> web.Response:
    assert task.case.trouble is not None
    status, message = _TROUBLES[task.case.trouble]
    return json_answer(error("upstream_error", message), status)


def no_content(task: GatewayTask, moment: TaskState) -> Body | None:
    """Why there is no film, always with HTTP 400; None: there is one."""
    word = word_of(moment)
    if word == "completed":
        return None
    said = _ASKED_TOO_EARLY.format(word=word)
    if word == "failed":
        said = f"video generation failed: {reason(task, moment)[1]}"
    return error("invalid_request_error", f"request payload is invalid: {said}")


class Aisix(Gateway):
    heads = True
    key_kinds = (KeyKind.GOOD, KeyKind.WRONG, KeyKind.OFF, KeyKind.LIMITED)
    limited_to = "wan"

    def refused(self, asked: KeyedRequest) -> web.Response | None:
        if asked.key is KeyKind.LIMITED:
            other = asked.task is not None and asked.task.model != self.limited_to
            return json_answer(unknown(asked.task_id), 404) if other else None
        return None if asked.key is KeyKind.GOOD else json_answer(KEY_REFUSED, 401)

    def unknown(self, task_id: str) -> web.Response:
        is_well_formed = decoded(task_id).count(":") == 2  # model, alias, the service's id
        return json_answer(UNKNOWN_BEHIND if is_well_formed else unknown(task_id), 404)

    def task(self, task: GatewayTask) -> web.Response:
        if task.in_trouble(self.clock()):
            return trouble(task)
        return json_answer(video(task, self.moment(task)))

    def content(self, task: GatewayTask) -> web.Response | None:
        if task.in_trouble(self.clock()):
            return trouble(task)
        no = no_content(task, self.moment(task))
        if no is not None:
            return json_answer(no, 400)
        return None if task.behind is Behind.SORA else self.redirect(task)

    async def models(self, request: web.Request) -> web.StreamResponse:
        match self.asked(request).key:
            case KeyKind.LIMITED:
                names: tuple[str, ...] = (self.limited_to,)
            case KeyKind.GOOD:
                names = self.model_names()
            case _:
                return json_answer(KEY_REFUSED, 401)
        return json_answer(models_body(names, int(self.clock())))

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path == self.videos:
            return empty_answer(405, {"Allow": "POST"})
        return empty_answer(404)

    def film_ends_at(self, task: GatewayTask) -> int | None:
        """The service's link stands in the redirect."""
        return None if task.behind is Behind.SORA else self.ends_at(task, ArtifactKind.VIDEO)

    def final(self, task: GatewayTask) -> dict[str, Any]:
        moment = end_of(task)
        final: dict[str, Any] = {"status": moment.phase.value, "status_raw": word_of(moment)}
        if moment.phase in (Phase.CANCELLED, Phase.EXPIRED):
            final["status"] = "failed"  # and no reason
        if moment.phase is Phase.FAILED:
            code, message = reason(task, moment)
            final["error"] = {"code": code, "message": message}
        return final
