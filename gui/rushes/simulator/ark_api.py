"""The paths of Ark (get, list, cancel or erase) and of Rong (get)."""

from aiohttp import web
from multidict import MultiMapping

from rushes.simulator import errors
from rushes.simulator.desk import Desk
from rushes.simulator.job import Job
from rushes.simulator.life import Moment, Phase
from rushes.simulator.task_object import rong_object, task_object

TASKS = "/api/v3/contents/generations/tasks"
ENDPOINT_ID = "ep-20260717110243-mk4p4"  # what filter.model wants; never the model read back
_FILTERABLE = ("queued", "running", "cancelled", "succeeded", "failed")  # not: expired


def ark_routes(desk: Desk) -> list[web.RouteDef]:
    api = _Ark(desk)
    return [
        web.get(TASKS, desk.guarded(api.list), allow_head=False),
        web.get(TASKS + "/{id}", desk.guarded(api.get), allow_head=False),
        web.delete(TASKS + "/{id}", desk.guarded(api.delete)),
    ]


def rong_routes(desk: Desk) -> list[web.RouteDef]:
    async def get(request: web.Request) -> web.StreamResponse:
        found = desk.find(request.match_info["id"])
        if found is None:
            return errors.no_such_task(desk.site, request.match_info["id"])
        job, moment = found
        return web.json_response(rong_object(job, moment, desk.links(job)))

    path = "/llm/v1/contents/generations/tasks/{id}"
    return [web.get(path, desk.guarded(get), allow_head=False)]


class _Ark:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, request: web.Request) -> web.StreamResponse:
        desk, task_id = self._desk, request.match_info["id"]
        if not desk.reads.admits(desk.simulated()):
            return errors.too_fast(desk.site)
        found = desk.find(task_id)
        if found is None:
            return errors.no_such_task(desk.site, task_id)
        job, moment = found
        return web.json_response(task_object(job, moment, desk.links(job)))

    async def list(self, request: web.Request) -> web.StreamResponse:
        desk, query = self._desk, request.query
        if not desk.lists.admits(desk.simulated()):
            return errors.too_fast(desk.site)
        try:
            number = _whole(query, "page_num", 1)
            size = _whole(query, "page_size", 20)
            status = _status(query)
        except ValueError as e:
            text = f"The parameter `{e}` specified in the request is not valid."
            return errors.ark(400, "InvalidParameter", text, "BadRequest", str(e))
        rows = [row for row in desk.known() if _matches(row, query, status)]
        rows.sort(key=lambda row: (row[0].created_at, row[0].id), reverse=True)
        shown = rows[(number - 1) * size : number * size]
        items = [task_object(job, moment, desk.links(job)) for job, moment in shown]
        return web.json_response({"items": items, "total": len(rows)})

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Cancels a queued task; erases the record of an ended one."""
        desk, task_id = self._desk, request.match_info["id"]
        found = desk.find(task_id)
        if found is None:
            return errors.no_such_task(desk.site, task_id)
        job, moment = found
        if moment.phase is Phase.QUEUED:
            desk.cancel(job)
        elif moment.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.EXPIRED):
            desk.erased.add(task_id)
        else:
            text = f"The task {task_id} in status {moment.phase.value} cannot be deleted."
            return errors.ark(400, "InvalidParameter", text, "BadRequest", "id")
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


def _matches(row: tuple[Job, Moment], query: MultiMapping[str], status: str) -> bool:
    job, moment = row
    ids = query.getall("filter.task_ids", [])
    return (
        job.slot.tier == query.get("filter.service_tier", "default")
        and (not ids or job.id in ids)
        and (not status or (moment.word or moment.phase.value) == status)
        and query.get("filter.model", ENDPOINT_ID) == ENDPOINT_ID
    )
