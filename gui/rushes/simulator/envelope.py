"""Family B: the envelopes of new-api, as AnyFast and Jimeng gateways send them (contract 3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rushes.core.task import ArtifactKind
from rushes.simulator.job import UTC8, ServiceJob, stamp
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.media import medium
from rushes.simulator.scene import Place, Quirk
from rushes.simulator.task_object import Body, Links, task_error, task_object

_WORDS = {
    Phase.QUEUED: "QUEUED",
    Phase.RUNNING: "IN_PROGRESS",
    Phase.ODD: "IN_PROGRESS",
    Phase.SUCCEEDED: "SUCCESS",
    Phase.FAILED: "FAILURE",
    # Nobody mapped the upstream's word: the gateway calls it running for ever …
    Phase.CANCELLED: "IN_PROGRESS",
    # … until its own time limit makes it a failure.
    Phase.EXPIRED: "FAILURE",
}
_OPENAI_WORDS = {
    "NOT_START": "unknown",
    "QUEUED": "queued",
    "SUBMITTED": "queued",
    "IN_PROGRESS": "in_progress",
    "SUCCESS": "completed",
    "FAILURE": "failed",
}
_PROGRESS = {
    "NOT_START": "0%",
    "SUBMITTED": "10%",
    "QUEUED": "10%",
    "IN_PROGRESS": "50%",
    "SUCCESS": "100%",
    "FAILURE": "100%",  # yes: also for a failure
}
TIMED_OUT = "任务超时（60分钟）"


def word_of(moment: TaskState) -> str:
    return moment.word or _WORDS[moment.phase]


def progress_of(moment: TaskState) -> str:
    if moment.phase is Phase.CANCELLED:
        return "30%"
    return _PROGRESS.get(word_of(moment), "30%")


def fail_reason(job: ServiceJob, moment: TaskState) -> str:
    if moment.phase is Phase.EXPIRED:
        return TIMED_OUT
    return job.slot.message or "task failed"


def success(data: object) -> Body:
    return {"code": "success", "message": "", "data": data}


def anyfast(job: ServiceJob, moment: TaskState, links: Links, origin: str) -> Body:
    """D2. `origin` is the gateway's own base URL, for links that go through it."""
    word = word_of(moment)
    data: Body = {
        "task_id": job.id,
        "action": "generate",
        "status": word,
        **_placed(job, moment, links, origin),
        "submit_time": job.created_at,
        "start_time": _started(job, moment),
        "finish_time": int(job.unix(moment.since_s)) if _is_over(moment) else 0,
        "progress": progress_of(moment),
        "request_id": f"{stamp(job.created_at, '%Y%m%d%H%M%S')}{job.request_id[-18:]}",
        "data": None if word == "NOT_START" else _upstream(job, moment, links),
    }
    if Quirk.STATE in job.slot.quirks:
        data["state"] = data.pop("status")
    return success(data)


def _placed(job: ServiceJob, moment: TaskState, links: Links, origin: str) -> Body:
    """Where this row keeps its link, and what its `fail_reason` says."""
    place, video = job.slot.place, links.get(ArtifactKind.VIDEO)
    if _is_failure(moment):
        reason = fail_reason(job, moment)
        # Rows that keep links in fail_reason show the error in result_url.
        return {"fail_reason": reason} | (
            {"result_url": reason} if place is Place.FAIL_REASON else {}
        )
    if video is None or place in (Place.INNER, Place.CONTENT, Place.SOUGHT):
        return {"fail_reason": ""}
    if place is Place.FAIL_REASON:
        return {"fail_reason": video}
    if place is Place.PROXY:
        return {"result_url": f"{origin}/v1/videos/{job.id}/content", "fail_reason": ""}
    original = links.get(ArtifactKind.ORIGINAL_VIDEO)
    return {"result_url": video, "fail_reason": ""} | (
        {"original_result_url": original} if original else {}
    )


def _upstream(job: ServiceJob, moment: TaskState, links: Links) -> Body:
    """The upstream's own object, as the gateway saw it last."""
    if moment.phase is Phase.EXPIRED:  # the sweep ended the row; the upstream never said so
        moment = TaskState(Phase.RUNNING, job.slot.life.starts_s or job.slot.life.submitted_s)
    body = task_object(job, moment, links)
    if moment.phase is Phase.SUCCEEDED:
        if job.slot.place in (Place.FAIL_REASON, Place.PROXY, Place.CONTENT, Place.SOUGHT):
            body["content"] = {}
        if job.slot.place is Place.SOUGHT and links:
            body["delivery"] = {"asset": {"href": links[ArtifactKind.VIDEO]}}
        if job.slot.original:
            final = medium(job.slot.result)
            body["super_resolution"] = final.resolution
            body["usage"]["super_resolution_tokens"] = final.tokens
    return body


def openai_video(job: ServiceJob, moment: TaskState, links: Links, origin: str) -> Body:
    """`GET /v1/videos/{id}` of the same gateway; `completed_at` is filled before the end too."""
    word = _OPENAI_WORDS.get(word_of(moment), "unknown")
    body: Body = {
        "id": job.id,
        "task_id": job.id,
        "object": "video",
        "model": job.slot.model,
        "status": word,
        "progress": int(progress_of(moment).rstrip("%")),
        "created_at": job.created_at,
        "completed_at": int(job.unix(moment.since_s)),
    }
    url = links.get(ArtifactKind.VIDEO)
    if url and job.slot.place is not Place.CONTENT:
        if job.slot.place is Place.PROXY:
            url = f"{origin}/v1/videos/{job.id}/content"
        body["metadata"] = {"url": url}
    if _is_failure(moment):
        body["error"] = {
            "code": job.slot.code or "task_failed",
            "message": fail_reason(job, moment),
        }
    return body


def jimeng(job: ServiceJob, moment: TaskState, links: Links) -> Body:
    """D3: a gateway behind a gateway. The outer one stopped its clock when work began."""
    started = _started(job, moment)
    over = _is_over(moment)
    finished = int(job.unix(moment.since_s)) if over else 0
    common: Body = {
        "task_id": job.id,
        "action": "jimeng-videos",
        "status": word_of(moment),
        "fail_reason": fail_reason(job, moment) if _is_failure(moment) else "",
        "progress": progress_of(moment),
        "submit_time": job.created_at,
    }
    inner = {
        "data": _jimeng_core(job, moment, links),
        **common,
        "platform": "jimeng",
        "start_time": started,
        "finish_time": finished,
        "search_item": "",
    }
    outer = {
        **common,
        "start_time": 0,
        "finish_time": (started or finished) if over else 0,
        "data": {"code": "success", "data": inner, "message": ""},
    }
    return success(outer)


def _jimeng_core(job: ServiceJob, moment: TaskState, links: Links) -> Mapping[str, Any] | None:
    if moment.phase is Phase.FAILED and job.slot.code:
        return {"error": task_error(job), "status": "FAILURE"}
    if moment.phase is not Phase.SUCCEEDED:
        return None
    # No zone, and it is UTC+8: when the result was written, not when the task was created.
    written = datetime.fromtimestamp(job.unix(moment.since_s), UTC8).replace(tzinfo=None)
    return {
        "video": links.get(ArtifactKind.VIDEO, ""),
        "status": "SUCCESS",
        "created_at": written.isoformat(timespec="microseconds"),
    }


def _started(job: ServiceJob, moment: TaskState) -> int:
    """0 while it waits, and for ever when it never was seen at work."""
    starts = job.slot.life.starts_s
    return 0 if starts is None or moment.since_s < starts else int(job.unix(starts))


def _is_failure(moment: TaskState) -> bool:
    return moment.phase in (Phase.FAILED, Phase.EXPIRED)


def _is_over(moment: TaskState) -> bool:
    return moment.phase is Phase.SUCCEEDED or _is_failure(moment)
