"""The bodies of AISIX (contract 11); the shapes are those of tests/data/contract/aisix."""

from rushes.simulator.gateway_cases import Behind, Case, Trouble
from rushes.simulator.gateways.behind import SORA_SECONDS
from rushes.simulator.gateways.task import GatewayTask
from rushes.simulator.life import Moment, Phase
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
    Trouble.KEY: (401, "AuthenticationError: The API key doesn't exist. Request id: 0217"),
    Trouble.RATE: (
        429,
        "RateLimitExceeded.EndpointRPMExceeded: The Requests Per Minute (RPM) limit of the "
        "associated endpoint for your account has been exceeded. Request id: 0217",
    ),
    Trouble.SERVER: (502, "upstream returned 500"),
}


def word_of(moment: Moment) -> str:
    return _WORDS[moment.phase]


def video(task: GatewayTask, moment: Moment) -> Body:
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


def _progress(task: GatewayTask, moment: Moment) -> int:
    if moment.phase is Phase.SUCCEEDED:
        return 100
    return 42 if task.behind is Behind.SORA and moment.phase is Phase.RUNNING else 0


def reason(task: GatewayTask, moment: Moment) -> tuple[str, str]:
    return task.refusal if moment.phase is Phase.FAILED else WITHOUT_REASON


def submit_answer(task: GatewayTask) -> Body:
    body = video(task, Moment(Phase.QUEUED, 0.0))
    return body | {"created_at": task.created_at, "seconds": "5"}


def models(names: tuple[str, ...], created: int) -> Body:
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


def trouble(case: Case) -> tuple[int, Body]:
    assert case.trouble is not None
    status, message = _TROUBLES[case.trouble]
    return status, error("upstream_error", message)


def no_content(task: GatewayTask, moment: Moment) -> Body | None:
    """Why there is no film, always with HTTP 400; None: there is one."""
    word = word_of(moment)
    if word == "completed":
        return None
    said = _ASKED_TOO_EARLY.format(word=word)
    if word == "failed":
        said = f"video generation failed: {reason(task, moment)[1]}"
    return error("invalid_request_error", f"request payload is invalid: {said}")
