"""A LiteLLM proxy (contract 9); the shapes are those of tests/data/contract/litellm."""

import json
from http import HTTPStatus
from typing import Any, NamedTuple

from aiohttp import web

from rushes.simulator.gateway_cases import BadReply, Behind
from rushes.simulator.gateways.behind import SORA_KEEPS_S, SORA_SECONDS
from rushes.simulator.gateways.gateway import Gateway, KeyedRequest, KeyKind, end_of, json_answer
from rushes.simulator.gateways.task import PROVIDERS, GatewayTask, decoded, litellm_id
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.task_object import Body

RETRY_AFTER_S = 7
#: The proxy's own names for the services, in its messages.
_NAMES = {
    Behind.SORA: "OpenAI",
    Behind.WAN: "Dashscope",
    Behind.HAILUO: "Minimax",
    Behind.SEEDANCE: "Fal_ai",
    Behind.RUNWAY: "Runwayml",
}
_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "BadRequestError",
    422: "BadRequestError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "BadGatewayError",
    503: "ServiceUnavailableError",
}
_TYPES = {401: "authentication_error", 429: "throttling_error"}
_SAY_IT_ONCE = (Behind.HAILUO, Behind.SEEDANCE)  # the others name the error twice
_SAYS_CANCELLED = (Behind.WAN, Behind.HAILUO)
_FAL_REFUSED = (
    "The content could not be processed because it contained material flagged by a content checker."
)
#: What the service says when the proxy asks for a task whose job is going on.
_STILL = "Request is still in progress"


class Wrapped(NamedTuple):
    """An answer of the service behind in the proxy's words."""

    status: int
    body: Body
    headers: dict[str, str]

    def answer(self) -> web.Response:
        return json_answer(self.body, self.status, self.headers)


def _openai(message: str, kind: str, code: str | None = None, param: str | None = None) -> str:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return json.dumps({"error": error})


_TROUBLES = {
    BadReply.KEY: (
        401,
        _openai("Incorrect API key provided: up-*****.", "invalid_request_error",
                "invalid_api_key"),
    ),
    BadReply.RATE: (
        429, _openai("Rate limit reached for requests", "requests", "rate_limit_exceeded")
    ),
    BadReply.QUOTA: (
        429,
        _openai(
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota", "insufficient_quota",
        ),
    ),
    BadReply.SERVER: (
        500,
        _openai(
            "The server had an error while processing your request. Sorry about that!",
            "server_error",
        ),
    ),
    BadReply.PAGE: (503, "<html><body>503 Service Unavailable</body></html>"),
}  # fmt: skip
_PAGE, _GARBAGE = "<html><body>Welcome</body></html>", '{"id": "vid'
_UNREAD = {
    BadReply.PAGE_OK: "Expecting value: line 1 column 1 (char 0)",
    BadReply.GARBAGE: "Unterminated string starting at: line 1 column 8 (char 7)",
}


def wrap(task: GatewayTask, status: int, said: str, error: str = "") -> Wrapped:
    """What the service behind answered, in the proxy's words."""
    name = error or _ERRORS[status]
    twice = name != "BadRequestError" and task.behind not in _SAY_IT_ONCE
    start = f"litellm.{name}: {name}: " if twice else f"litellm.{name}: "
    text = (
        f"{start}{_NAMES[task.behind]}Exception - {said}\n\n"
        f"LiteLLM: model group '{task.model}' failed with the error above. "
        "No fallback was attempted."
    )
    kind = "internal_server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    kind = kind or _TYPES.get(status, "invalid_request_error")
    return Wrapped(status, own_error(status, text, kind), {})


def own_error(status: int, message: str, kind: str) -> Body:
    return {"error": {"message": message, "type": kind, "param": None, "code": str(status)}}


KEY_REFUSED = own_error(400, "No connected db.", "no_db_connection")
NO_ROUTE: Body = {"detail": "Not Found"}
NO_METHOD: Body = {"detail": "Method Not Allowed"}
NO_LIST = own_error(
    400,
    "litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to"
    " call. You passed model=\n Pass model as E.g. For 'Huggingface' inference endpoints pass in"
    " `completion(model='huggingface/starcoder',..)` Learn more:"
    " https://docs.litellm.ai/docs/providers",
    "invalid_request_error",
)


def no_list(provider: str) -> Wrapped:
    """A list is answered for few services, and only to who names one; here for none."""
    if not provider:
        return Wrapped(400, NO_LIST, {})
    said = f"litellm.APIConnectionError: {provider.upper()}_API_KEY is not set"
    return Wrapped(500, own_error(500, said, "internal_server_error"), {})


def trouble(task: GatewayTask) -> Wrapped:
    """The answer while the service behind is in the case's trouble."""
    what = task.case.trouble
    assert what is not None
    if what in _TROUBLES:
        status, said = _TROUBLES[what]
        found = wrap(task, status, said)
        limited = what is BadReply.RATE
        return found._replace(
            headers={"llm_provider-retry-after": str(RETRY_AFTER_S)} if limited else {}
        )
    if task.behind is Behind.SORA:
        return wrap(task, 500, _UNREAD[what])
    if task.behind is Behind.WAN:
        return wrap(task, 502, f"Unexpected DashScope video response: {_UNREAD[what]}")
    text = _PAGE if what is BadReply.PAGE_OK else _GARBAGE
    return wrap(task, 502, f"Unexpected MiniMax video response: {text}")


def instead_of_film(task: GatewayTask) -> bytes:
    return (_PAGE if task.case.trouble is BadReply.PAGE_OK else _GARBAGE).encode()


def unknown(task: GatewayTask, video_id: str) -> Wrapped:
    """A well-formed id of a task that the service does not know."""
    match task.behind:
        case Behind.SORA:
            text = f"Video with id '{video_id}' not found."
            said = _openai(text, "invalid_request_error", param="video_id")
            return wrap(task, 404, said)
        case Behind.SEEDANCE:
            return wrap(task, 404, json.dumps({"detail": "Request not found"}), "NotFoundError")
        case Behind.RUNWAY:
            said = json.dumps(
                {"error": "Task not found", "docUrl": "https://docs.dev.runwayml.com/api"}
            )
            return wrap(task, 404, said, "NotFoundError")
        case _:
            return wrap(task, 400, f"The record or task {video_id} does not exist.")


# --- the video object ----------------------------------------------------------------------------


def word_of(task: GatewayTask, moment: TaskState) -> str:
    if moment.phase is Phase.CANCELLED:
        return "cancelled" if task.behind in _SAYS_CANCELLED else "failed"
    words = {
        Phase.QUEUED: "queued",
        Phase.RUNNING: "in_progress",
        Phase.SUCCEEDED: "completed",
    }
    return words.get(moment.phase, "failed")


def video(task: GatewayTask, moment: TaskState) -> Body:
    """`GET /v1/videos/{id}`: the same keys always; what they hold depends on the service."""
    word = word_of(task, moment)
    done, behind = word == "completed", task.behind
    body: Body = {
        "id": shown_id(task),
        "object": "video",
        "status": word,
        "created_at": 0 if behind is Behind.SEEDANCE else task.created_at,
        "completed_at": None,
        "expires_at": None,
        "error": None,
        "progress": None,
        "remixed_from_video_id": None,
        "seconds": None,
        "size": None,
        "model": task.model,
        "usage": None,
    }
    if done and behind in (Behind.SORA, Behind.WAN, Behind.HAILUO):
        body["completed_at"] = task.job.ended_at
    if word == "failed":
        code, message = reason(task, moment)
        body["error"] = {"code": code, "message": message}
    return body | _facts(task, moment, done=done)


def _facts(task: GatewayTask, moment: TaskState, *, done: bool) -> Body:
    match task.behind:
        case Behind.SORA:
            steps = {Phase.QUEUED: 0, Phase.SUCCEEDED: 100}
            return {
                "expires_at": task.created_at + SORA_KEEPS_S if done else None,
                "progress": steps.get(moment.phase, 42),
                "seconds": SORA_SECONDS,
                "size": "1280x720",
            }
        case Behind.WAN if done:
            usage = {"duration_seconds": 5.0, "video_resolution": "720p"}
            return {"seconds": "5.0", "size": "1280x720", "usage": usage}
        case Behind.HAILUO:
            return {"seconds": "5", "usage": {"output_seconds": 5} if done else None}
        case Behind.RUNWAY if moment.phase is Phase.RUNNING:
            return {"progress": 35}
        case _:
            return {}


def shown_id(task: GatewayTask) -> str:
    """fal's tasks come back under another id: the path of their model is cut."""
    if task.behind is not Behind.SEEDANCE:
        return task.id
    _, model = PROVIDERS[task.behind]
    return litellm_id(task.case, task.job.upstream_id, model_id="/".join(model.split("/")[:2]))


def reason(task: GatewayTask, moment: TaskState) -> tuple[str, str]:
    if task.behind is Behind.SEEDANCE:  # fal
        is_cancelled = moment.phase is Phase.CANCELLED
        return "fal_error", _STILL if is_cancelled else f"body.prompt: {_FAL_REFUSED}"
    if task.behind is Behind.HAILUO:
        return "1026", "input new_sensitive"
    return task.refusal


def create_answer(task: GatewayTask) -> Body:
    body = video(task, TaskState(Phase.QUEUED, 0.0)) | {"id": task.id}
    usage: Body = {"duration_seconds": 5.0}
    match task.behind:
        case Behind.SORA:
            usage = {"duration_seconds": 4.0}
        case Behind.WAN:
            body |= {"created_at": None, "seconds": "5.0"}
            usage["video_resolution"] = "1080p"
        case Behind.HAILUO:
            usage["video_resolution"] = "768p"
        case Behind.RUNWAY:
            body |= {"created_at": 0, "seconds": "5", "size": "1280x720"}
            usage |= {"video_resolution": "720p", "provider_reported_cost_usd": 0.25}
        case _:
            pass
    return body | {"usage": usage}


def no_content(task: GatewayTask, moment: TaskState) -> Wrapped | None:
    """Why `/content` has no film, in the words of each service; None: it has."""
    word = word_of(task, moment)
    if word == "completed":
        return None
    ended = word in ("failed", "cancelled")
    failed = f"Video generation failed: {reason(task, moment)[1]}"
    match task.behind:
        case Behind.SORA:  # the same words for a failed one
            said = _openai(
                "Video is not ready yet, use GET /v1/videos/{video_id} to check status.",
                "invalid_request_error",
            )
            return wrap(task, 400 if ended else 404, said)
        case Behind.SEEDANCE if ended and moment.phase is Phase.FAILED:
            place = {
                "loc": ["body", "prompt"],
                "msg": _FAL_REFUSED,
                "type": "content_policy_violation",
                "url": "https://docs.fal.ai/errors#content_policy_violation",
            }
            return wrap(task, 422, json.dumps({"detail": [place]}))
        case Behind.SEEDANCE:
            return wrap(task, 400, json.dumps({"detail": _STILL}))
        case Behind.RUNWAY:
            said = failed if ended else "Video is not ready"
            return wrap(task, 500, said)
        case _:
            status = {"in_progress": "running"}.get(word, word)
            still = (
                f"Video is still processing (status: {status}). Poll the video until it is "
                "completed."
            )
            return wrap(task, 400, failed if ended else still)


def models_body(names: tuple[str, ...]) -> Body:
    rows: list[Body] = []
    for name in names:
        row: Body = {"id": name, "object": "model", "created": 1677610602, "owned_by": "openai"}
        if name not in ("wan", "seedance-fal"):
            row["mode"] = "video_generation"
        rows.append(row)
    return {"data": rows, "object": "list"}


# --- its paths -----------------------------------------------------------------------------------


class LiteLlm(Gateway):
    def refused(self, asked: KeyedRequest) -> web.Response | None:
        if asked.key is KeyKind.GOOD:
            return None
        if not asked.has_key:
            return web.Response(status=500, text="Internal Server Error")
        return json_answer(KEY_REFUSED, 400)

    def unknown(self, task_id: str) -> web.Response:
        """In the words of the service that the id names; OpenAI's for any other text."""
        text = decoded(task_id.removeprefix("video_"))
        tasks = [*self.tasks.values()]
        like = next((task for task in tasks if _deployment(task.id) == _deployment(task_id)), None)
        like = like or next(task for task in tasks if task.behind is Behind.SORA)
        video_id = text.partition("video_id:")[2].partition(";")[0] or task_id
        return unknown(like, video_id).answer()

    def task(self, task: GatewayTask) -> web.Response:
        if task.in_trouble(self.clock()):
            return trouble(task).answer()
        return json_answer(video(task, self.moment(task)))

    def content(self, task: GatewayTask) -> web.Response | None:
        now = self.clock()
        if task.film_in_trouble(now):  # whatever came from behind is passed on as the film
            return web.Response(body=instead_of_film(task), content_type="video/mp4")
        if task.in_trouble(now):
            return trouble(task).answer()
        no = no_content(task, self.moment(task))
        return None if no is None else no.answer()

    def film_headers(self, task: GatewayTask) -> dict[str, str]:
        return {"Content-Disposition": f"attachment; filename=video_{task.id}.mp4"}

    async def models(self, request: web.Request) -> web.StreamResponse:
        if self.asked(request).key is not KeyKind.GOOD:
            return json_answer(KEY_REFUSED, 400)
        return json_answer(models_body(self.model_names()))

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path == self.videos and request.method == "GET":
            return no_list(request.query.get("custom_llm_provider", "")).answer()
        if request.path.startswith((f"{self.videos}/", "/v1/models")):
            return json_answer(NO_METHOD, 405)
        return json_answer(NO_ROUTE, 404)

    def film_ends_at(self, task: GatewayTask) -> int | None:
        return task.created_at + SORA_KEEPS_S if task.behind is Behind.SORA else None

    def final(self, task: GatewayTask) -> dict[str, Any]:
        moment = end_of(task)
        raw = word_of(task, moment)
        if raw != "failed":
            return {"status": moment.phase.value, "status_raw": raw}
        code, message = reason(task, moment)
        return {
            "status": "failed",
            "status_raw": raw,
            "error": {"code": code, "message": message},
        }


def _deployment(task_id: str) -> str:
    """What the ids of one model at a LiteLLM begin with."""
    return decoded(task_id.removeprefix("video_")).partition(";video_id:")[0]
