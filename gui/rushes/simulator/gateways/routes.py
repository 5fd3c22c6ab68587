"""The paths of each gateway: what it has, what it asks for, what it says to any other path."""

import base64
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator import errors
from rushes.simulator.gateway_cases import Behind, Kind, Way
from rushes.simulator.gateways import aisix, bare_wires, litellm, new_api
from rushes.simulator.gateways.desk import GatewayDesk, Handler
from rushes.simulator.gateways.keys import KeyKind
from rushes.simulator.gateways.task import GatewayTask
from rushes.simulator.life import Moment
from rushes.simulator.task_object import Body

_NOBODY = "sora-2"  # the model a new-api assumes for an id it does not know


def routes_of(desk: GatewayDesk) -> list[web.RouteDef]:
    made = _MAKERS[desk.kind](desk)
    return made.routes()


def _json(body: Body, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


class Asked(NamedTuple):
    """Who asks, and for what.

    Attributes:
        key: What kind of key it is; None: nobody's.
        has_key: Whether one came at all.
    """

    task_id: str
    key: KeyKind | None
    task: GatewayTask | None
    has_key: bool


class _Gateway(ABC):
    """What the gateways have in common: a task's route, its film, a list of models."""

    videos = "/v1/videos"
    heads = False  # whether HEAD is answered as GET

    def __init__(self, desk: GatewayDesk) -> None:
        self.desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{self.videos}/{{id}}", self._asked(self.task), allow_head=False),
            web.get(f"{self.videos}/{{id}}/content", self._asked(self.content),
                    allow_head=self.heads),
            web.get(self.videos.replace("videos", "models"), self.models, allow_head=False),
            *self.more(),
            web.route("*", "/{tail:.*}", self.lost),
        ]  # fmt: skip

    def more(self) -> list[web.RouteDef]:
        return []

    def _asked(self, tell: Callable[[GatewayTask], web.Response | None]) -> Handler:
        """A handler for a task that is known and that the key may see.

        `tell` gives the answer; None: the film.
        """

        async def handle(request: web.Request) -> web.StreamResponse:
            asked = self._who_asks(request)
            task = asked.task
            refused = self.refused(asked)
            if refused is not None:
                return refused
            if task is None:
                return self.unknown(asked.task_id)
            said = tell(task)
            if said is not None:
                return said
            return await self.desk.film(request, task, self.film_headers(task))

        return handle

    def _who_asks(self, request: web.Request) -> Asked:
        task_id = request.match_info.get("id", "")
        return Asked(
            task_id,
            self.desk.key_of(request),
            self.desk.find(task_id),
            has_key="Authorization" in request.headers,
        )

    def film_headers(self, _: GatewayTask) -> dict[str, str]:
        return {}

    @abstractmethod
    def refused(self, asked: Asked) -> web.Response | None:
        """The answer to a key that may not ask; None: it may."""

    @abstractmethod
    def unknown(self, task_id: str) -> web.Response: ...

    @abstractmethod
    def task(self, task: GatewayTask) -> web.Response: ...

    @abstractmethod
    def content(self, task: GatewayTask) -> web.Response | None: ...

    @abstractmethod
    async def models(self, request: web.Request) -> web.StreamResponse: ...

    @abstractmethod
    async def lost(self, request: web.Request) -> web.StreamResponse: ...

    def _moment(self, task: GatewayTask) -> Moment:
        found = task.moment(self.desk.clock())
        assert found is not None, "tasks that were not submitted yet are not found"
        return found

    def _redirect(self, task: GatewayTask) -> web.Response:
        link = self.desk.links(task)[ArtifactKind.VIDEO]
        return web.Response(status=302, headers={"Location": link})


class _NewApi(_Gateway):
    def more(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/video/generations/{id}", self._asked(self.generation), allow_head=False),
            web.get("/api/usage/token/", self.credit, allow_head=False),
            web.get("/api/status", self.status, allow_head=False),
        ]

    def refused(self, asked: Asked) -> web.Response | None:
        if asked.key is KeyKind.LIMITED:
            model = asked.task.model if asked.task else _NOBODY
            allowed = model == self.desk.keys.limited_to
            return None if allowed else _json(new_api.not_for_model(model), 403)
        return None if asked.key is KeyKind.GOOD else _json(new_api.refusal("Invalid token"), 401)

    def unknown(self, _: str) -> web.Response:
        return _json(new_api.UNKNOWN_TASK, 400)

    def generation(self, task: GatewayTask) -> web.Response:
        desk = self.desk
        links = desk.links(task)
        return _json(new_api.envelope(task, desk.clock(), links, desk.origin, desk.inner_origin))

    def task(self, task: GatewayTask) -> web.Response:
        desk = self.desk
        view, links = task.view(desk.clock()), desk.links(task)
        if task.inner is not None:
            return _json(new_api.outer_video(task, view, links, desk.inner_origin))
        return _json(new_api.video(task, view, links, new_api.link_of(task, links, desk.origin)))

    def content(self, task: GatewayTask) -> web.Response | None:
        no = new_api.no_content(task, task.view(self.desk.clock()))
        if no is not None:
            return _json(no[1], no[0])
        return self._redirect(task) if task.case.way is Way.REDIRECT else None

    def _asked(self, tell: Callable[[GatewayTask], web.Response | None]) -> Handler:
        handle = super()._asked(tell)

        async def content_of_nobody(request: web.Request) -> web.StreamResponse:
            """An unknown id has words of its own at the film's route."""
            answer = await handle(request)
            if answer.status == 400 and self.desk.find(request.match_info["id"]) is None:
                return _json(new_api.content_error("Task not found", "invalid_request_error"), 404)
            return answer

        return content_of_nobody if tell == self.content else handle

    async def models(self, request: web.Request) -> web.StreamResponse:
        match self.desk.key_of(request):
            case KeyKind.GOOD:
                return _json(new_api.models(self.desk.models()))
            case KeyKind.LIMITED:
                return _json(new_api.models((self.desk.keys.limited_to,)))
        return _json(new_api.refusal("Invalid token"), 401)

    async def credit(self, request: web.Request) -> web.StreamResponse:
        """What a key is, also for one that is refused elsewhere because it ended."""
        if not self.desk.credit_calls.admits(self.desk.clock()):
            return web.Response(status=429)
        match self.desk.key_of(request):
            case KeyKind.GOOD:
                return _json(new_api.token_usage("full"))
            case KeyKind.LIMITED:
                return _json(new_api.token_usage("limited", models=(self.desk.keys.limited_to,)))
            case KeyKind.ENDED:
                ended = int(self.desk.clock()) - 86400
                return _json(new_api.token_usage("old", ends_at=ended))
            case KeyKind.USED_UP:
                return _json(new_api.token_usage("poor", left=0))
        return _json(new_api.TOKEN_REFUSED, 401)

    async def status(self, _: web.Request) -> web.StreamResponse:
        return _json(new_api.status())

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(("/v1/", "/api/", "/assets/")):
            return _json(new_api.invalid_url(request.method, request.path), 404)
        return web.Response(text=errors.DASHBOARD, content_type="text/html")


class _Aisix(_Gateway):
    heads = True

    def refused(self, asked: Asked) -> web.Response | None:
        if asked.key is KeyKind.LIMITED:
            task = asked.task
            other = task is not None and task.model != self.desk.keys.limited_to
            return _json(aisix.unknown(asked.task_id), 404) if other else None
        return None if asked.key is KeyKind.GOOD else _json(aisix.KEY_REFUSED, 401)

    def unknown(self, task_id: str) -> web.Response:
        is_well_formed = _decoded(task_id).count(":") == 2  # model, alias, the service's id
        return _json(aisix.UNKNOWN_BEHIND if is_well_formed else aisix.unknown(task_id), 404)

    def task(self, task: GatewayTask) -> web.Response:
        if task.in_trouble(self.desk.clock()):
            status, body = aisix.trouble(task.case)
            return _json(body, status)
        return _json(aisix.video(task, self._moment(task)))

    def content(self, task: GatewayTask) -> web.Response | None:
        if task.in_trouble(self.desk.clock()):
            status, body = aisix.trouble(task.case)
            return _json(body, status)
        no = aisix.no_content(task, self._moment(task))
        if no is not None:
            return _json(no, 400)
        return None if task.behind is Behind.SORA else self._redirect(task)

    async def models(self, request: web.Request) -> web.StreamResponse:
        names = self.desk.models()
        match self.desk.key_of(request):
            case KeyKind.LIMITED:
                names = (self.desk.keys.limited_to,)
            case KeyKind.GOOD:
                pass
            case _:
                return _json(aisix.KEY_REFUSED, 401)
        return _json(aisix.models(names, int(self.desk.clock())))

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path == self.videos:
            return _bare(405, {"Allow": "POST"})
        return _bare(404)


class _LiteLlm(_Gateway):
    def refused(self, asked: Asked) -> web.Response | None:
        if asked.key is KeyKind.GOOD:
            return None
        if not asked.has_key:
            return web.Response(status=500, text="Internal Server Error")
        return _json(litellm.KEY_REFUSED, 400)

    def unknown(self, task_id: str) -> web.Response:
        """In the words of the service that the id names; OpenAI's for any other text."""
        text = _decoded(task_id.removeprefix("video_"))
        tasks = [*self.desk.tasks.values()]
        like = next((task for task in tasks if _deployment(task.id) == _deployment(task_id)), None)
        like = like or next(task for task in tasks if task.behind is Behind.SORA)
        video_id = text.partition("video_id:")[2].partition(";")[0] or task_id
        return _wrapped(litellm.unknown(like, video_id))

    def task(self, task: GatewayTask) -> web.Response:
        if task.in_trouble(self.desk.clock()):
            return _wrapped(litellm.trouble(task))
        return _json(litellm.video(task, self._moment(task)))

    def content(self, task: GatewayTask) -> web.Response | None:
        now = self.desk.clock()
        if task.film_in_trouble(now):  # whatever came from behind is passed on as the film
            said = litellm.instead_of_film(task)
            return web.Response(body=said, content_type="video/mp4")
        if task.in_trouble(now):
            return _wrapped(litellm.trouble(task))
        no = litellm.no_content(task, self._moment(task))
        return None if no is None else _wrapped(no)

    def film_headers(self, task: GatewayTask) -> dict[str, str]:
        return {"Content-Disposition": f"attachment; filename=video_{task.id}.mp4"}

    async def models(self, request: web.Request) -> web.StreamResponse:
        if self.desk.key_of(request) is not KeyKind.GOOD:
            return _json(litellm.KEY_REFUSED, 400)
        return _json(litellm.models(self.desk.models()))

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path == self.videos and request.method == "GET":
            return _wrapped(litellm.no_list(request.query.get("custom_llm_provider", "")))
        if request.path.startswith((f"{self.videos}/", "/v1/models")):
            return _json(litellm.NO_METHOD, 405)
        return _json(litellm.NO_ROUTE, 404)


class _OpenRouter(_Gateway):
    videos = "/api/v1/videos"

    def refused(self, asked: Asked) -> web.Response | None:
        refused = bare_wires.openrouter_error(401, "User not found.")
        return None if asked.key is KeyKind.GOOD else _json(refused, 401)

    def unknown(self, _: str) -> web.Response:
        return _json(bare_wires.openrouter_error(404, "Video generation not found"), 404)

    def task(self, task: GatewayTask) -> web.Response:
        desk = self.desk
        moment, links = self._moment(task), desk.links(task)
        return _json(bare_wires.openrouter(task, moment, links, desk.origin))

    def content(self, task: GatewayTask) -> web.Response | None:
        if self.desk.links(task):
            return None
        return _json(bare_wires.openrouter_error(400, "Video is not completed yet"), 400)

    async def models(self, _: web.Request) -> web.StreamResponse:
        """Without a key, too, and without the models of films."""
        return _json({"data": [{"id": "openai/gpt-5", "name": "OpenAI: GPT-5"}]})

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/api/"):
            return _json(bare_wires.openrouter_error(404, "Not Found"), 404)
        page = "<!DOCTYPE html><html><head><title>OpenRouter</title></head><body></body></html>"
        return web.Response(status=404, text=page, content_type="text/html")


class _Xai(_Gateway):
    def refused(self, asked: Asked) -> web.Response | None:
        refused = bare_wires.xai_error("unauthenticated", "Incorrect API key provided.")
        return None if asked.key is KeyKind.GOOD else _json(refused, 401)

    def unknown(self, _: str) -> web.Response:
        return _json(bare_wires.xai_error("not-found", "The request was not found."), 404)

    def task(self, task: GatewayTask) -> web.Response:
        return _json(bare_wires.xai(task, self._moment(task), self.desk.links(task)))

    def content(self, _: GatewayTask) -> web.Response | None:
        return _bare(404)

    async def models(self, request: web.Request) -> web.StreamResponse:
        refused = self.refused(self._who_asks(request))
        return refused or _json({"object": "list", "data": [{"id": "grok-imagine-video"}]})

    async def lost(self, _: web.Request) -> web.StreamResponse:
        return _bare(404)


_MAKERS: Mapping[Kind, Callable[[GatewayDesk], _Gateway]] = {
    Kind.NEW_API: _NewApi,
    Kind.OUTER: _NewApi,
    Kind.AISIX: _Aisix,
    Kind.LITELLM: _LiteLlm,
    Kind.OPENROUTER: _OpenRouter,
    Kind.XAI: _Xai,
}


def _bare(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer without a body."""
    return web.Response(status=status, headers=headers)


def _wrapped(said: litellm.Wrapped) -> web.Response:
    return _json(said.body, said.status, said.headers)


def _deployment(task_id: str) -> str:
    """What the ids of one model at a LiteLLM begin with."""
    return _decoded(task_id.removeprefix("video_")).partition(";video_id:")[0]


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""
