"""What a client that saw everything must know at the end: the lines of `list --json`.

Fields a client makes up itself (account, name, path, when it looked) are left out.
"""

from typing import Any

from rushes.core.account import service_named
from rushes.core.task import ArtifactKind
from rushes.simulator import envelope
from rushes.simulator.job import ServiceJob
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.links import LinkBook
from rushes.simulator.media import Medium, medium
from rushes.simulator.scene import Place, Site
from rushes.simulator.task_object import has_audio_switch, task_error

Truth = dict[str, Any]

_NOTHING: Truth = dict.fromkeys(
    (
        *("model", "created_at", "updated_at", "started_at", "finished_at"),
        *("resolution", "ratio", "duration_s", "frames", "fps", "seed", "audio", "draft", "tier"),
        *("subdivision", "file_format", "progress_raw", "error", "upstream_id"),
    )
)


def truth_of(job: ServiceJob, moment: TaskState, book: LinkBook) -> Truth:
    """The final values of one task, which ended (or stays for ever) as `moment` says."""
    site = job.site
    told = {
        **_NOTHING,
        "id": job.id,
        "service": service_named(site.value).value,
        "flags": _flags(job, moment),
    }
    told["created_at"] = job.created_at
    told["usage"] = _usage(None, None)
    if site.is_gateway:
        told |= _gateway(job, moment)
    if site is not Site.JIMENG:
        told |= _object(job, moment)
    told["error"] = _error(job, moment)
    told["artifacts"] = _artifacts(job, moment, book)
    if job.slot.prompt:
        told["prompt"] = job.slot.prompt
    return told


def _flags(job: ServiceJob, moment: TaskState) -> list[str]:
    is_success = moment.phase is Phase.SUCCEEDED
    if is_success and (job.slot.link.appears_s is None or job.slot.place is Place.CONTENT):
        return ["result_missing"]
    if job.site is Site.ANYFAST and moment.phase is Phase.EXPIRED:
        return ["gave_up"]  # the upstream never said that it ended
    # The gateway has no word for what the upstream says.
    swept = job.site is Site.ANYFAST and moment.phase is Phase.CANCELLED
    return ["status_conflict"] if swept else []


def _object(job: ServiceJob, moment: TaskState) -> Truth:
    """What Ark's task object says, alone or inside an envelope."""
    slot = job.slot
    told: Truth = {"model": slot.model}
    if not job.site.is_gateway:
        told["status_raw"] = moment.word or moment.phase.value
        told["status"] = moment.phase.value
    swept = job.site is Site.ANYFAST and moment.phase is Phase.EXPIRED
    told["updated_at"] = job.started_at if swept else int(job.unix(moment.since_s))
    if not slot.is_3d:
        told |= _switches(job)
    if moment.phase is not Phase.SUCCEEDED:
        return told
    if slot.is_3d:
        return told | {
            "subdivision": slot.subdivision,
            "file_format": "glb",
            "usage": _usage(30000, 30000),
        }
    film, final = medium(slot.original or slot.result), medium(slot.result)
    return told | {
        "resolution": final.resolution,
        "ratio": film.ratio,
        "duration_s": None if slot.by_frames else film.duration_s,
        "frames": film.frames if slot.by_frames else None,
        "fps": film.fps,
        "seed": slot.seed,
        "usage": _usage(film.tokens, final.tokens),
    }


def _switches(job: ServiceJob) -> Truth:
    slot = job.slot
    told: Truth = {}
    if has_audio_switch(slot.model):
        told["audio"] = medium(slot.result).audio
    if job.site is not Site.RONG:
        told["tier"] = slot.tier
        if has_audio_switch(slot.model):
            told["draft"] = slot.draft
        if "-2-5-" in slot.model:
            told["file_format"] = "mp4"
    return told


def _gateway(job: ServiceJob, moment: TaskState) -> Truth:
    word = envelope.word_of(moment)
    over = word in ("SUCCESS", "FAILURE")
    ended = int(job.unix(moment.since_s)) if over else None
    status = {"SUCCESS": "succeeded", "FAILURE": "failed"}.get(word, "running")
    if moment.phase is Phase.CANCELLED and job.site is Site.ANYFAST:
        status = word = moment.phase.value  # the upstream's own word: it ended, and knows it
    return {
        "status": status,
        "status_raw": word,
        "started_at": job.started_at,
        "finished_at": ended,
        "progress_raw": envelope.progress_of(moment),
        "upstream_id": job.upstream_id if job.site is Site.ANYFAST else None,
    }


def _error(job: ServiceJob, moment: TaskState) -> Truth | None:
    if moment.phase is Phase.EXPIRED and job.site.is_gateway:
        return {"code": "", "message": envelope.TIMED_OUT, "request_id": ""}
    if moment.phase is not Phase.FAILED:
        return None
    if job.slot.code:
        return {**task_error(job), "request_id": job.request_id}
    if job.site.is_gateway:
        return {"code": "", "message": envelope.fail_reason(job, moment), "request_id": ""}
    return None


def _artifacts(job: ServiceJob, moment: TaskState, book: LinkBook) -> list[Truth]:
    slot = job.slot
    if moment.phase is not Phase.SUCCEEDED:
        return []
    if slot.link.appears_s is None:  # a gateway may have the file at its own route: it is asked
        return [_on_route(ArtifactKind.VIDEO, None)] if job.site.is_gateway else []
    if job.site is Site.ANYFAST and slot.place in (Place.PROXY, Place.CONTENT, Place.SOUGHT):
        return [_on_route(ArtifactKind.VIDEO, job.media[ArtifactKind.VIDEO])]
    issue = book.latest(job)
    lost = not slot.link.renews and book.first(job).ends_at <= job.epoch
    kinds = [k for k in job.media if not (job.site is Site.JIMENG and k is not ArtifactKind.VIDEO)]
    return [
        {
            "kind": kind.value,
            "state": "lost" if lost else "remote" if slot.delivery.web_page else "saved",
            "expires_at": issue.ends_at,
            "expires_inferred": False,
            "bytes": None if lost or slot.delivery.web_page else job.media[kind].bytes,
            "sha256": None if lost or slot.delivery.web_page else job.media[kind].sha256,
        }
        for kind in kinds
    ]


def _on_route(kind: ArtifactKind, what: Medium | None) -> Truth:
    """A file at the gateway's own route, which says no end; None: it gives nothing out."""
    return {
        "kind": kind.value,
        "state": "saved" if what else "remote",
        "expires_at": None,
        "expires_inferred": False,
        "bytes": what.bytes if what else None,
        "sha256": what.sha256 if what else None,
    }


def _usage(reported: int | None, billed: int | None) -> Truth:
    return {"completion_tokens": reported, "total_tokens": reported, "billed_tokens": billed}
