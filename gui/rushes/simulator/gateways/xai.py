"""xAI (contract 11, end): known from its documents only."""

from typing import Any

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.gateways.gateway import (
    Gateway,
    KeyedRequest,
    KeyKind,
    empty_answer,
    end_of,
    json_answer,
)
from rushes.simulator.gateways.task import GatewayTask
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.media import medium
from rushes.simulator.task_object import Body, Links


def word_of(moment: TaskState) -> str:
    words = {Phase.SUCCEEDED: "done", Phase.FAILED: "failed"}
    ended = moment.phase in (Phase.EXPIRED, Phase.CANCELLED)
    return "expired" if ended else words.get(moment.phase, "pending")


def video(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    """`GET /v1/videos/{request_id}`."""
    body: Body = {"request_id": task.id, "status": word_of(moment), "progress": 0}
    match moment.phase:
        case Phase.RUNNING:
            body["progress"] = 42
        case Phase.SUCCEEDED:
            film = medium(task.case.film)
            body |= {
                "progress": 100,
                "model": task.model,
                "video": {
                    "url": links[ArtifactKind.VIDEO],
                    "duration": film.duration_s,
                    "respect_moderation": True,
                },
                "usage": {"cost_in_usd_ticks": 4_000_000_000},
            }
        case Phase.FAILED:
            code, message = task.refusal
            body |= {"error": message, "code": code}
        case _:
            pass
    return body


def error(code: str, message: str) -> Body:
    return {"code": code, "error": message}


class Xai(Gateway):
    def refused(self, asked: KeyedRequest) -> web.Response | None:
        refused = error("unauthenticated", "Incorrect API key provided.")
        return None if asked.key is KeyKind.GOOD else json_answer(refused, 401)

    def unknown(self, _: str) -> web.Response:
        return json_answer(error("not-found", "The request was not found."), 404)

    def task(self, task: GatewayTask) -> web.Response:
        return json_answer(video(task, self.moment(task), self.links(task)))

    def content(self, _: GatewayTask) -> web.Response | None:
        return empty_answer(404)

    async def models(self, request: web.Request) -> web.StreamResponse:
        refused = self.refused(self.asked(request))
        return refused or json_answer({"object": "list", "data": [{"id": "grok-imagine-video"}]})

    async def lost(self, _: web.Request) -> web.StreamResponse:
        return empty_answer(404)

    def final(self, task: GatewayTask) -> dict[str, Any]:
        moment = end_of(task)
        raw = word_of(moment)
        final: dict[str, Any] = {
            "status": "queued" if raw == "pending" else moment.phase.value,
            "status_raw": raw,
            "upstream_id": None,
        }
        if moment.phase is Phase.FAILED:
            code, message = task.refusal
            final["error"] = {"code": code, "message": message}
        return final
