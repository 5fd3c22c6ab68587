"""What a client that saw everything must know at the end of each task (contract 9-11).

The fields are those of `list --json`. `status_raw` is the word of the gateway's first route.
"""

from typing import Any

from rushes.core.task import ArtifactKind
from rushes.simulator.gateway_cases import Behind, Fate, Kind, Way
from rushes.simulator.gateways import aisix, bare_wires, behind, litellm, new_api
from rushes.simulator.gateways.task import GatewayTask, View
from rushes.simulator.life import Moment, Phase
from rushes.simulator.media import medium
from rushes.simulator.truth import Truth

_STATUS = {
    Phase.QUEUED: "queued",
    Phase.RUNNING: "running",
    Phase.SUCCEEDED: "succeeded",
    Phase.FAILED: "failed",
    Phase.CANCELLED: "cancelled",
    Phase.EXPIRED: "expired",
}
_WORDS = {
    "NOT_START": "queued",
    "QUEUED": "queued",
    "IN_PROGRESS": "running",
    "SUCCESS": "succeeded",
    "FAILURE": "failed",
}
_FAR = 400 * 86400.0  # seconds: everything has ended


def truth_of(task: GatewayTask, ends: dict[ArtifactKind, int], cut_s: float | None) -> Truth:
    """The final values of one task.

    Args:
        ends: When its signed links end (Unix seconds).
        cut_s: After how many simulated seconds the own route breaks off; None: never.
    """
    told = _told(task)
    upstream = told.pop("upstream_id", task.upstream_id)
    truth: Truth = {
        "id": task.id,
        "service": "gateway",
        "gateway": task.kind.value,
        "case": task.case.name,
        "flags": [],
        "error": None,
        "upstream_said": None,
        **told,
        "upstream_id": upstream,
        "usage": _usage(task, told["status"]),
        "artifacts": _artifacts(task, told["status"], ends, cut_s),
    }
    if task.case.prompt:
        truth["prompt"] = task.case.prompt
    return truth


def _told(task: GatewayTask) -> dict[str, Any]:
    if task.kind.is_new_api:
        return _new_api(task, task.view(task.job.epoch + _FAR))
    moment = Moment(task.case.end, task.case.life.ends_s)
    match task.kind:
        case Kind.AISIX:
            return _aisix(task, moment)
        case Kind.LITELLM:
            return _litellm(task, moment)
        case _:
            return _bare(task, moment)


# --- new-api: which level speaks ---------------------------------------------------------------


def _new_api(task: GatewayTask, view: View) -> dict[str, Any]:
    told: dict[str, Any] = {"status": _WORDS[view.word], "status_raw": view.word}
    if task.behind is Behind.VEO:  # its shape has neither an inner level nor a reason
        raw = new_api.gemini_word(view)
        return told | {"status_raw": raw, "upstream_id": None}
    if view.is_failure:
        return told | _failed(task, view)
    if view.is_success:
        return told | _named(task, view)
    seen = view.seen.phase if view.seen else None
    if view.refused:
        message = behind.KEY_REFUSED["error"]["message"]
        told |= {"flags": ["upstream_trouble"], "upstream_said": message}
    elif seen in (Phase.EXPIRED, Phase.CANCELLED):
        raw = _STATUS[seen]
        told |= {"status": raw, "status_raw": raw, "flags": ["status_conflict"]}
    return told | _named(task, view)


def _named(task: GatewayTask, view: View) -> dict[str, Any]:
    """The upstream id, where the last answer behind has none."""
    nameless = view.refused or (task.behind is Behind.JIMENG and view.seen is not None)
    return {"upstream_id": None} if nameless and task.inner is None else {}


def _failed(task: GatewayTask, view: View) -> dict[str, Any]:
    told = _named(task, view)
    seen = view.seen.phase if view.seen else None
    error = {"code": "", "message": view.reason}
    if seen is Phase.FAILED:
        error["code"] = task.refusal[0]
    elif seen in (Phase.EXPIRED, Phase.CANCELLED):
        raw = "CANCELED" if task.behind is Behind.WAN else _STATUS[seen]
        told |= {"status": _STATUS[seen], "status_raw": raw}
    else:
        told |= {"flags": ["gave_up"], "upstream_said": _said(task, view)}
    return told | {"error": error}


def _said(task: GatewayTask, view: View) -> str | None:
    """The last word of the service behind a gateway that gave up."""
    if view.refused:
        said: str = behind.KEY_REFUSED["error"]["message"]
        return said
    if task.inner is not None:
        return "unknown"
    return behind.word_of(task.behind, view.seen.phase) if view.seen else None


# --- the others --------------------------------------------------------------------------------


def _aisix(task: GatewayTask, moment: Moment) -> dict[str, Any]:
    told: dict[str, Any] = {"status": _STATUS[moment.phase]}
    if moment.phase in (Phase.CANCELLED, Phase.EXPIRED):
        told["status"] = "failed"  # and no reason
    if moment.phase is Phase.FAILED:
        code, message = aisix.reason(task, moment)
        told["error"] = {"code": code, "message": message}
    return told | {"status_raw": aisix.word_of(moment)}


def _litellm(task: GatewayTask, moment: Moment) -> dict[str, Any]:
    raw = litellm.word_of(task, moment)
    told: dict[str, Any] = {"status_raw": raw, "status": _STATUS[moment.phase]}
    if raw == "failed":
        code, message = litellm.reason(task, moment)
        told |= {"status": "failed", "error": {"code": code, "message": message}}
    return told


def _bare(task: GatewayTask, moment: Moment) -> dict[str, Any]:
    told: dict[str, Any] = {"status": _STATUS[moment.phase], "upstream_id": None}
    is_openrouter = task.kind is Kind.OPENROUTER
    raw = bare_wires.openrouter_word(moment) if is_openrouter else bare_wires.xai_word(moment)
    if not is_openrouter and raw == "pending":
        told["status"] = "queued"
    if moment.phase is Phase.FAILED:
        code, message = ("", bare_wires.REASON) if is_openrouter else task.refusal
        told["error"] = {"code": code, "message": message}
    return told | {"status_raw": raw}


# --- money and files ---------------------------------------------------------------------------


def _usage(task: GatewayTask, status: str) -> Truth:
    """What it cost: in tokens where the service's own object came through, in money else."""
    has_tokens = status == "succeeded" and _shows_service(task) and task.behind is Behind.SEEDANCE
    tokens = medium(task.case.film).tokens if has_tokens else None
    told: Truth = dict.fromkeys(("completion_tokens", "total_tokens", "billed_tokens"), tokens)
    return told | {"charged": _charged(task, status)}


def _shows_service(task: GatewayTask) -> bool:
    """Whether an answer holds the service's own object, whole."""
    return task.kind is Kind.NEW_API and (task.case.way is Way.DIRECT or task.case.beside)


def _charged(task: GatewayTask, status: str) -> Truth | None:
    if status != "succeeded":
        return None
    if task.kind is Kind.OPENROUTER:
        return {"amount": bare_wires.COST_USD, "currency": "USD"}
    if not task.kind.is_new_api or task.behind is Behind.VEO:
        return None
    return {"amount": new_api.quota(task) / new_api.PER_DOLLAR, "currency": "USD"}


def _artifacts(
    task: GatewayTask, status: str, ends: dict[ArtifactKind, int], cut_s: float | None
) -> list[Truth]:
    if status != "succeeded":
        return []
    film = medium(task.case.film)
    gives = gives_film(task, cut_s)
    found = [
        {
            "kind": "video",
            "state": "saved" if gives else "remote",
            "expires_at": _end(task, ends),
            "expires_inferred": False,
            "bytes": film.bytes if gives else None,
            "sha256": film.sha256 if gives else None,
        }
    ]
    if _shows_service(task) and task.behind is Behind.SEEDANCE:
        still = task.job.media[ArtifactKind.LAST_FRAME]
        found.append(
            {
                "kind": "last_frame",
                "state": "saved",
                "expires_at": ends[ArtifactKind.LAST_FRAME],
                "expires_inferred": False,
                "bytes": still.bytes,
                "sha256": still.sha256,
            }
        )
    return found


def gives_film(task: GatewayTask, cut_s: float | None) -> bool:
    """Whether any of the gateway's ways leads to the whole film."""
    if task.case.fate is Fate.FILTERED:
        return False
    if task.case.way is Way.DIRECT or task.case.beside:
        return True
    if task.case.way in (Way.GUARDED, Way.NO_CHANNEL):
        return False
    pace = task.job.slot.delivery.bytes_per_s
    return pace is None or cut_s is None or medium(task.case.film).bytes <= pace * cut_s


def _end(task: GatewayTask, ends: dict[ArtifactKind, int]) -> int | None:
    """When the film's best link ends; None: nobody says."""
    if task.behind is Behind.SORA and task.kind in (Kind.NEW_API, Kind.OUTER):
        return task.job.ended_at + behind.SORA_KEEPS_S
    if task.kind is Kind.LITELLM:
        return task.created_at + behind.SORA_KEEPS_S if task.behind is Behind.SORA else None
    if task.kind is Kind.AISIX:  # the service's link stands in the redirect
        return None if task.behind is Behind.SORA else ends[ArtifactKind.VIDEO]
    is_signed = task.case.way is Way.DIRECT or task.case.beside
    return ends[ArtifactKind.VIDEO] if is_signed else None
