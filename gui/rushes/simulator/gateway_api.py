"""The paths of the gateways: AnyFast's two shapes and its proxied file, and Jimeng's."""

from collections.abc import Callable

from aiohttp import web

from rushes.simulator import envelope, errors
from rushes.simulator.desk import Desk, Handler
from rushes.simulator.files import send
from rushes.simulator.job import Job
from rushes.simulator.life import Moment, Phase
from rushes.simulator.media import medium
from rushes.simulator.task_object import Body, Links


def anyfast_routes(desk: Desk) -> list[web.RouteDef]:
    def classic(job: Job, moment: Moment, links: Links) -> Body:
        return envelope.anyfast(job, moment, links, desk.origin)

    def openai(job: Job, moment: Moment, links: Links) -> Body:
        return envelope.openai_video(job, moment, links, desk.origin)

    return [
        web.get("/v1/video/generations/{id}", _one(desk, classic), allow_head=False),
        web.get("/v1/videos/{id}", _one(desk, openai), allow_head=False),
        web.get("/v1/videos/{id}/content", desk.guarded(_content(desk))),
    ]


def jimeng_routes(desk: Desk) -> list[web.RouteDef]:
    return [web.get("/jimeng/fetch/{id}", _one(desk, envelope.jimeng), allow_head=False)]


def _one(desk: Desk, tell: Callable[[Job, Moment, Links], Body]) -> Handler:
    async def get(request: web.Request) -> web.StreamResponse:
        found = desk.find(request.match_info["id"])
        if found is None:
            return errors.no_such_task(desk.site, request.match_info["id"])
        job, moment = found
        return web.json_response(tell(job, moment, desk.links(job)))

    return desk.guarded(get)


def _content(desk: Desk) -> Handler:
    """The result through the gateway itself: for the key's owner only, and without an end."""

    async def get(request: web.Request) -> web.StreamResponse:
        found = desk.find(request.match_info["id"])
        if found is None:
            return errors.new_api(404, "Task not found", "invalid_request_error")
        job, moment = found
        if moment.phase is not Phase.SUCCEEDED:
            return errors.new_api(400, "Task is not completed yet", "invalid_request_error")
        if not job.has_link(desk.clock()):  # the service behind does not give it out (yet)
            return errors.new_api(502, "Failed to resolve video URL", "server_error")
        return await send(request, medium(job.slot.result), job.slot.delivery, job.speed)

    return get
