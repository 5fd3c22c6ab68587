"""OpenRouter (contract 11, end): known from its documents only."""

from typing import Any

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import Way
from rushes.simulator.gateways.gateway import Gateway, KeyedRequest, KeyKind, end_of, json_answer
from rushes.simulator.gateways.task import GatewayTask, digest
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.task_object import Body, Links
from rushes.simulator.truth import Truth

COST_USD = 0.4
_WORDS = {
    Phase.QUEUED: "pending",
    Phase.RUNNING: "in_progress",
    Phase.SUCCEEDED: "completed",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "cancelled",
    Phase.EXPIRED: "expired",
}
REASON = "Generated video rejected by content moderation."


def word_of(moment: TaskState) -> str:
    return _WORDS[moment.phase]


def video(task: GatewayTask, moment: TaskState, links: Links, origin: str) -> Body:
    """`GET /api/v1/videos/{uuid}`: no model, no times."""
    body: Body = {
        "id": task.id,
        "polling_url": f"/api/v1/videos/{task.id}",
        "status": word_of(moment),
        "generation_id": f"gen-vid-{digest(task.id)[:20]}",
    }
    if moment.phase is Phase.FAILED:
        body["error"] = REASON
    if moment.phase is Phase.SUCCEEDED:
        if task.case.way is Way.DIRECT:
            body["urls"] = [links[ArtifactKind.VIDEO]]
        body["unsigned_urls"] = [f"{origin}/api/v1/videos/{task.id}/content?index=0"]
        body["usage"] = {"cost": COST_USD, "is_byok": False}
    return body


def error(status: int, message: str) -> Body:
    return {"error": {"message": message, "code": status}}


class OpenRouter(Gateway):
    videos = "/api/v1/videos"

    def refused(self, asked: KeyedRequest) -> web.Response | None:
        refused = error(401, "User not found.")
        return None if asked.key is KeyKind.GOOD else json_answer(refused, 401)

    def unknown(self, _: str) -> web.Response:
        return json_answer(error(404, "Video generation not found"), 404)

    def task(self, task: GatewayTask) -> web.Response:
        return json_answer(video(task, self.moment(task), self.links(task), self.origin))

    def content(self, task: GatewayTask) -> web.Response | None:
        if self.links(task):
            return None
        return json_answer(error(400, "Video is not completed yet"), 400)

    async def models(self, _: web.Request) -> web.StreamResponse:
        """Without a key, too, and without the models of films."""
        return json_answer({"data": [{"id": "openai/gpt-5", "name": "OpenAI: GPT-5"}]})

    async def lost(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/api/"):
            return json_answer(error(404, "Not Found"), 404)
        page = "<!DOCTYPE html><html><head><title>OpenRouter</title></head><body></body></html>"
        return web.Response(status=404, text=page, content_type="text/html")

    def charged(self, _: GatewayTask) -> Truth | None:
        return {"amount": COST_USD, "currency": "USD"}

    def final(self, task: GatewayTask) -> dict[str, Any]:
        moment = end_of(task)
        is_failure = moment.phase is Phase.FAILED
        return {
            "status": moment.phase.value,
            "status_raw": word_of(moment),
            "upstream_id": None,
            "error": {"code": "", "message": REASON} if is_failure else None,
        }
