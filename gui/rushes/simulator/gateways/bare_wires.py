"""The wire formats of OpenRouter and xAI (contract 11, end): known from their documents only."""

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import Way
from rushes.simulator.gateways.task import GatewayTask, digest
from rushes.simulator.life import Moment, Phase
from rushes.simulator.media import medium
from rushes.simulator.task_object import Body, Links

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


def openrouter_word(moment: Moment) -> str:
    return _WORDS[moment.phase]


def openrouter(task: GatewayTask, moment: Moment, links: Links, origin: str) -> Body:
    """`GET /api/v1/videos/{uuid}`: no model, no times."""
    body: Body = {
        "id": task.id,
        "polling_url": f"/api/v1/videos/{task.id}",
        "status": openrouter_word(moment),
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


def openrouter_error(status: int, message: str) -> Body:
    return {"error": {"message": message, "code": status}}


def xai_word(moment: Moment) -> str:
    words = {Phase.SUCCEEDED: "done", Phase.FAILED: "failed"}
    ended = moment.phase in (Phase.EXPIRED, Phase.CANCELLED)
    return "expired" if ended else words.get(moment.phase, "pending")


def xai(task: GatewayTask, moment: Moment, links: Links) -> Body:
    """`GET /v1/videos/{request_id}`."""
    body: Body = {"request_id": task.id, "status": xai_word(moment), "progress": 0}
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


def xai_error(code: str, message: str) -> Body:
    return {"code": code, "error": message}
