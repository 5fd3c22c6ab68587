"""What the services behind answer to a new-api gateway, as it keeps it in `data.data`.

The shapes are those of the samples in tests/data/contract/newapi.
"""

from collections.abc import Callable, Mapping

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import Behind
from rushes.simulator.gateways.task import MODELS, GatewayTask, digest, letters
from rushes.simulator.job import stamp
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.media import medium
from rushes.simulator.task_object import Body, Links, task_object

SORA_KEEPS_S = 3600  # how long OpenAI gives out a film after it was made
SORA_SECONDS = "4"
_CAT = "a cat walks"
#: The words of each service: queued, running, succeeded, failed, cancelled, expired.
_KLING = {Phase.QUEUED: "submitted", Phase.RUNNING: "processing", Phase.SUCCEEDED: "succeed"}
_JIMENG = {Phase.QUEUED: "in_queue", Phase.RUNNING: "generating", Phase.SUCCEEDED: "done"}
_VIDU = {Phase.QUEUED: "queueing", Phase.RUNNING: "processing", Phase.SUCCEEDED: "success"}
_HAILUO = {Phase.QUEUED: "Queueing", Phase.RUNNING: "Processing", Phase.SUCCEEDED: "Success"}
_WAN = {
    Phase.QUEUED: "PENDING",
    Phase.RUNNING: "RUNNING",
    Phase.SUCCEEDED: "SUCCEEDED",
    Phase.FAILED: "FAILED",
    Phase.CANCELLED: "CANCELED",
    Phase.EXPIRED: "UNKNOWN",
}
_SORA = {Phase.QUEUED: "queued", Phase.RUNNING: "in_progress", Phase.SUCCEEDED: "completed"}
_WORDS: Mapping[Behind, Mapping[Phase, str]] = {
    Behind.KLING: _KLING,
    Behind.JIMENG: _JIMENG,
    Behind.VIDU: _VIDU,
    Behind.HAILUO: _HAILUO,
    Behind.WAN: _WAN,
    Behind.SORA: _SORA,
}
#: What Ark says of the gateway's own key.
KEY_REFUSED: Body = {
    "error": {
        "code": "AuthenticationError",
        "message": "The API key doesn't exist. Request id: 0217",
        "param": "",
        "type": "Unauthorized",
    }
}


def submitted(task: GatewayTask) -> Body:
    """The answer to the submission: all the gateway has until it looks for the first time."""
    return _SUBMITTED[task.behind](task)


def looked_at(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    """The answer to a look."""
    return _LOOKS[task.behind](task, moment, links)


def word_of(service: Behind, phase: Phase) -> str:
    """A service's own word for a phase that is not the end of a task."""
    return _WORDS[service][phase] if service in _WORDS else phase.value


def _film(links: Links) -> str:
    return links.get(ArtifactKind.VIDEO, "")


def _request(task: GatewayTask, at: str = "") -> str:
    return letters(f"{task.id}{at}", 12, "0123456789abcdefghijklmnopqrstuvwxyz")


# --- Seedance ------------------------------------------------------------------------------------

_SHORT = ("id", "model", "status", "error", "created_at", "updated_at")


def _seedance_submitted(task: GatewayTask) -> Body:
    return {"id": task.job.upstream_id}


def _seedance(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    body = task_object(task.job, moment, links)
    if moment.phase is Phase.SUCCEEDED:
        return body
    return {name: body[name] for name in _SHORT if name in body}


# --- Kling ---------------------------------------------------------------------------------------


def _kling_submitted(task: GatewayTask) -> Body:
    at = task.created_at * 1000
    data = {
        "task_id": task.job.upstream_id,
        "task_status": "submitted",
        "task_info": {},
        "created_at": at,
        "updated_at": at,
    }
    return {"code": 0, "message": "SUCCEED", "request_id": _request(task), "data": data}


def _kling(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    data: Body = {
        "created_at": task.created_at * 1000,
        "task_id": task.job.upstream_id,
        "task_info": {"external_task_id": ""},
        "task_status": _KLING.get(moment.phase, "failed"),
        "task_status_msg": task.reason if moment.phase is Phase.FAILED else "",
        "updated_at": int(task.job.unix(moment.since_s)) * 1000,
    }
    if moment.phase is Phase.SUCCEEDED:
        video = {"duration": "5.1", "id": _request(task, "video"), "url": _film(links)}
        data |= {"final_unit_deduction": "2", "task_result": {"videos": [video]}}
    return {"code": 0, "data": data, "message": "SUCCEED", "request_id": _request(task, "get")}


# --- Jimeng --------------------------------------------------------------------------------------


def _jimeng_call(task: GatewayTask, code: int, data: Body | None, message: str) -> Body:
    return {
        "code": code,
        "data": data,
        "message": message,
        "request_id": _request(task),
        "status": code,
        "time_elapsed": "112.5ms",
    }


def _jimeng_submitted(task: GatewayTask) -> Body:
    return _jimeng_call(task, 10000, {"task_id": task.job.upstream_id}, "Success")


def _jimeng(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    if moment.phase is Phase.FAILED:
        code, message = task.refusal
        return _jimeng_call(task, int(code), None, message)
    data = {
        "aigc_meta_tagged": False,
        "binary_data_base64": None,
        "image_urls": None,
        "resp_data": "",
        "status": _JIMENG[moment.phase],
        "video_url": _film(links),
    }
    return _jimeng_call(task, 10000, data, "Success")


# --- Vidu ----------------------------------------------------------------------------------------


def _vidu_submitted(task: GatewayTask) -> Body:
    return {
        "task_id": task.job.upstream_id,
        "state": "created",
        "model": MODELS[Behind.VIDU],
        "images": [],
        "prompt": task.case.prompt or _CAT,
        "duration": 5,
        "seed": 12345,
        "resolution": "720p",
        "movement_amplitude": "auto",
        "payload": "",
        "credits": 20,
        "created_at": stamp(task.created_at, "%Y-%m-%dT%H:%M:%S.000000Z"),
    }


def _vidu(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    made = {
        "cover_url": links.get(ArtifactKind.LAST_FRAME, ""),
        "id": _request(task, "creation"),
        "url": _film(links),
        "watermarked_url": links.get(ArtifactKind.ORIGINAL_VIDEO, ""),
    }
    return {
        "bgm": False,
        "creations": [made] if moment.phase is Phase.SUCCEEDED else [],
        "credits": 20,
        "err_code": task.refusal[0] if moment.phase is Phase.FAILED else "",
        "id": task.job.upstream_id,
        "off_peak": False,
        "payload": "",
        "state": _VIDU.get(moment.phase, "failed"),
    }


# --- Hailuo --------------------------------------------------------------------------------------


def _hailuo_submitted(task: GatewayTask) -> Body:
    said = {"status_code": 0, "status_msg": "success"}
    return {"base_resp": said, "task_id": task.job.upstream_id}


def _hailuo(task: GatewayTask, moment: TaskState, _: Links) -> Body:
    """The link is not here: the gateway asks for it with the file's id."""
    code, message = task.refusal
    failed = moment.phase is Phase.FAILED
    said = {"status_code": int(code), "status_msg": message} if failed else None
    body: Body = {
        "base_resp": said or {"status_code": 0, "status_msg": "success"},
        "file_id": "",
        "status": _HAILUO.get(moment.phase, "Fail"),
        "task_id": task.job.upstream_id,
    }
    if moment.phase is Phase.SUCCEEDED:
        film = medium(task.case.film)
        body |= {
            "file_id": str(176 * 10**12 + int(digest(task.id)[:10], 16)),
            "video_height": film.height,
            "video_width": film.width,
        }
    return body


# --- Wan -----------------------------------------------------------------------------------------


def _wan_submitted(task: GatewayTask) -> Body:
    output = {"task_id": task.job.upstream_id, "task_status": "PENDING"}
    return {"output": output, "request_id": _request(task)}


def _wan(task: GatewayTask, moment: TaskState, links: Links) -> Body:
    output: Body = {"task_id": task.job.upstream_id, "task_status": _WAN[moment.phase]}
    if moment.phase is not Phase.QUEUED:
        output |= {
            "scheduled_time": _home(task.job.started_at or task.created_at, 2),
            "submit_time": _home(task.created_at, 1),
        }
    body: Body = {"output": output, "request_id": _request(task)}
    if moment.phase is Phase.SUCCEEDED:
        prompt = task.case.prompt or _CAT
        output |= {
            "actual_prompt": prompt,
            "end_time": _home(task.job.ended_at, 2),
            "orig_prompt": prompt,
            "video_url": _film(links),
        }
        body["usage"] = {"SR": 720, "duration": 5, "video_count": 1}
    elif moment.phase is Phase.FAILED:
        code, message = task.refusal
        output |= {
            "code": code,
            "message": message,
            "end_time": _home(task.job.ended_at, 2),
        }
    return body


def _home(unix: float, milli: int) -> str:
    """A time as DashScope writes it: in UTC+8, without a zone."""
    return f"{stamp(unix + 8 * 3600, '%Y-%m-%d %H:%M:%S')}.{milli:03d}"


# --- Sora and Veo --------------------------------------------------------------------------------


def _sora_submitted(task: GatewayTask) -> Body:
    return sora(task, TaskState(Phase.QUEUED, task.case.life.submitted_s), {})


def sora(task: GatewayTask, moment: TaskState, _: Links) -> Body:
    """OpenAI's video object: never a link."""
    done, failed = moment.phase is Phase.SUCCEEDED, moment.phase is Phase.FAILED
    code, message = task.refusal
    body: Body = {
        "created_at": task.created_at,
        "error": {"code": code, "message": message} if failed else None,
        "id": task.job.upstream_id,
        "model": MODELS[Behind.SORA],
        "object": "video",
        "progress": 100 if done else 42 if moment.phase is not Phase.QUEUED else 0,
        "remixed_from_video_id": None,
        "seconds": SORA_SECONDS,
        "size": "720x1280",
        "status": _SORA.get(moment.phase, "failed"),
    }
    body["completed_at"] = task.job.ended_at if done else None
    body["expires_at"] = task.job.ended_at + SORA_KEEPS_S if done else None
    return body


def _veo_submitted(task: GatewayTask) -> Body:
    return {"name": f"models/{MODELS[Behind.VEO]}/operations/{task.job.upstream_id}"}


def _veo(task: GatewayTask, moment: TaskState, _: Links) -> Body:
    return _veo_submitted(task) | {"done": moment.phase in (Phase.SUCCEEDED, Phase.FAILED)}


_SUBMITTED: Mapping[Behind, Callable[[GatewayTask], Body]] = {
    Behind.SEEDANCE: _seedance_submitted,
    Behind.KLING: _kling_submitted,
    Behind.JIMENG: _jimeng_submitted,
    Behind.VIDU: _vidu_submitted,
    Behind.HAILUO: _hailuo_submitted,
    Behind.WAN: _wan_submitted,
    Behind.SORA: _sora_submitted,
    Behind.VEO: _veo_submitted,
}
_LOOKS: Mapping[Behind, Callable[[GatewayTask, TaskState, Links], Body]] = {
    Behind.SEEDANCE: _seedance,
    Behind.KLING: _kling,
    Behind.JIMENG: _jimeng,
    Behind.VIDU: _vidu,
    Behind.HAILUO: _hailuo,
    Behind.WAN: _wan,
    Behind.SORA: sora,
    Behind.VEO: _veo,
}
