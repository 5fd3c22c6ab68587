"""Family A: the task object of Ark, as D0, D1 and D4 send it (contract 1.1, 2, 4)."""

from collections.abc import Mapping
from typing import Any

from rushes.core.task import ArtifactKind
from rushes.simulator.job import ServiceJob
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.media import medium
from rushes.simulator.scene import Quirk

Body = dict[str, Any]
Links = Mapping[ArtifactKind, str]

_CONTENT_NAMES = {
    ArtifactKind.VIDEO: "video_url",
    ArtifactKind.LAST_FRAME: "last_frame_url",
    ArtifactKind.MODEL: "file_url",
}
_NOT_AT_RONG = frozenset(
    ("frames", "service_tier", "execution_expires_after", "draft", "priority", "output_format")
)


def task_object(job: ServiceJob, moment: TaskState, links: Links) -> Body:
    """One task as Ark says it. Fields that a real body leaves out are left out here too."""
    slot = job.slot
    body: Body = {
        "id": job.upstream_id,
        "model": slot.model,
        "status": moment.word or moment.phase.value,
    }
    if moment.phase is Phase.FAILED:
        body["error"] = task_error(job)
    times = {"created_at": job.created_at, "updated_at": int(job.unix(moment.since_s))}
    # The pages for 3D show strings; the service's own SDK for Go could not read them.
    as_text = Quirk.TEXT_TIMES in slot.quirks
    body |= {name: str(at) for name, at in times.items()} if as_text else times
    if moment.phase is Phase.SUCCEEDED:
        body["content"] = {
            _CONTENT_NAMES[kind]: url for kind, url in links.items() if kind in _CONTENT_NAMES
        }
        body |= _model_facts(job) if slot.is_3d else _film_facts(job)
    if not slot.is_3d:
        body |= _request_facts(job)
    return body


def rong_object(job: ServiceJob, moment: TaskState, links: Links) -> Body:
    """Rong documents a part of Ark's fields only."""
    body = task_object(job, moment, links)
    return {name: value for name, value in body.items() if name not in _NOT_AT_RONG}


def task_error(job: ServiceJob) -> Body:
    """Why it failed; the request id stands in the text only."""
    if not job.slot.code:
        return {"code": "", "message": ""}
    text = f"{job.slot.message} Request id: {job.request_id}"
    return {"code": job.slot.code, "message": text}


def has_audio_switch(model: str) -> bool:
    """Whether bodies of this model say `generate_audio` and `draft` (contract 1.1)."""
    return any(version in model for version in ("-1-5-", "-2-0-", "-2-5-"))


def _film_facts(job: ServiceJob) -> Body:
    # After super-resolution Ark still describes what it made itself.
    film = medium(job.slot.original or job.slot.result)
    length = {"frames": film.frames} if job.slot.by_frames else {"duration": film.duration_s}
    return {
        "usage": {"completion_tokens": film.tokens, "total_tokens": film.tokens},
        "seed": job.slot.seed,
        "resolution": film.resolution,
        "ratio": film.ratio,
        **length,
        "framespersecond": film.fps,
    }


def _model_facts(job: ServiceJob) -> Body:
    return {
        "subdivisionlevel": job.slot.subdivision,
        "fileformat": "glb",
        "usage": {"completion_tokens": 30000, "total_tokens": 30000},
    }


def _request_facts(job: ServiceJob) -> Body:
    slot = job.slot
    body: Body = {
        "service_tier": slot.tier,
        "execution_expires_after": slot.expires_after_s,
    }
    if has_audio_switch(slot.model):
        body |= {"generate_audio": medium(slot.result).audio, "draft": slot.draft}
    if "-2-" in slot.model:
        body["priority"] = 0
    if "-2-5-" in slot.model:
        body["output_format"] = "mp4"
    return body
