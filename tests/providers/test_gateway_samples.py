"""Every answer of the three gateways that were asked, with what its row of INDEX.md says."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rushes.core.failure import Failure
from rushes.core.task import Flag, Report, Status, TaskError
from rushes.core.wire import Reply
from rushes.providers.registry import read_one

CONTRACT = Path(__file__).parents[1] / "data" / "contract"
ANSWERS = CONTRACT.parent / "answers"
BASE, FILES = "https://gw.example", "https://files.example"

CONFLICT, GAVE_UP = Flag.STATUS_CONFLICT, Flag.GAVE_UP
TROUBLE, MISSING = Flag.UPSTREAM_TROUBLE, Flag.RESULT_MISSING
QUEUED, RUNNING, DONE = Status.QUEUED, Status.RUNNING, Status.SUCCEEDED
FAILED, CANCELLED, EXPIRED = Status.FAILED, Status.CANCELLED, Status.EXPIRED
CONTENT = "/v1/videos/{id}/content"


class Task(NamedTuple):
    """What an answer says about its task: the parts that differ from one sample to the next.

    Attributes:
        film: The beginning of the film's link, "" for none; `CONTENT` is the gateway's own route.
    """

    status: Status
    raw: str
    film: str = ""
    flags: frozenset[Flag] = frozenset()
    code: str = ""
    reason: str = ""
    upstream: str = ""
    said: str = ""


def flags(*names: Flag) -> frozenset[Flag]:
    return frozenset(names)


_MODERATED = "The request failed because the output video may contain sensitive information."
_SENSITIVE = "OutputVideoSensitiveContentDetected"
_KEY = "The API key doesn't exist. Request id: 0217"
_UNREAD = "upstream returned unrecognized message"

NEWAPI = {
    "doubao_not_start": Task(QUEUED, "NOT_START", upstream="cgt-"),
    "doubao_in_progress": Task(RUNNING, "IN_PROGRESS", upstream="cgt-"),
    "doubao_success": Task(DONE, "SUCCESS", FILES, upstream="cgt-"),
    "doubao_failure": Task(
        FAILED, "FAILURE", code=_SENSITIVE, reason=_MODERATED, upstream="cgt-"
    ),
    "doubao_expired_behind": Task(EXPIRED, "expired", flags=flags(CONFLICT), upstream="cgt-"),
    "doubao_gateway_key_refused": Task(RUNNING, "IN_PROGRESS", flags=flags(TROUBLE), said=_KEY),
    "doubao_timed_out_expired": Task(
        EXPIRED, "expired", reason="任务超时（2分钟）", upstream="cgt-"
    ),
    "doubao_timed_out_key_refused": Task(
        FAILED, "FAILURE", flags=flags(GAVE_UP), reason="任务超时（2分钟）", said=_KEY
    ),
    "videos_doubao_not_start": Task(Status.UNKNOWN, "unknown"),
    "videos_doubao_in_progress": Task(RUNNING, "in_progress"),
    "videos_doubao_completed": Task(DONE, "completed", FILES),
    "videos_doubao_failed": Task(FAILED, "failed", code=_SENSITIVE, reason=_MODERATED),
    "kling_not_start": Task(QUEUED, "NOT_START", upstream="753"),
    "kling_success": Task(DONE, "SUCCESS", FILES, upstream="753"),
    "videos_kling_completed": Task(DONE, "completed", FILES),
    "jimeng_gave_up_while_generating": Task(
        FAILED, "FAILURE", flags=flags(GAVE_UP), reason=_UNREAD, said="generating"
    ),
    "jimeng_success": Task(DONE, "SUCCESS", FILES),
    "jimeng_failure": Task(FAILED, "FAILURE", code="50511", reason="Post Img Risk Not Pass"),
    "vidu_not_start": Task(QUEUED, "NOT_START", upstream="830"),
    "vidu_success": Task(DONE, "SUCCESS", f"{FILES}/files/830839772126603064.mp4", upstream="830"),
    "hailuo_success": Task(DONE, "SUCCESS", FILES, upstream="389"),
    "videos_hailuo_failed": Task(FAILED, "failed", code="1027", reason="output new_sensitive"),
    "wan_success": Task(DONE, "SUCCESS", FILES, upstream="tz169glu"),
    "wan_canceled": Task(CANCELLED, "CANCELED", reason="task failed", upstream="lgdwpqz1"),
    "sora_success_localhost": Task(DONE, "SUCCESS", CONTENT, upstream="video_91f0fa4"),
    "videos_sora_completed": Task(DONE, "completed", CONTENT),
    "veo_processing": Task(RUNNING, "processing"),
    "veo_succeeded": Task(DONE, "succeeded", CONTENT),
    "veo_succeeded_without_film": Task(DONE, "succeeded", CONTENT),
    "videos_veo_completed": Task(DONE, "completed", CONTENT),
    "vidu_channel_deleted": Task(QUEUED, "NOT_START", upstream="751"),
    "chain_doubao_gave_up": Task(
        FAILED, "FAILURE", flags=flags(GAVE_UP), reason=_UNREAD, said="unknown", upstream="task_NK"
    ),
    "chain_wan_success": Task(DONE, "SUCCESS", f"{FILES}/files/ali.mp4", upstream="task_sg"),
    "chain_kling_not_start": Task(QUEUED, "NOT_START", upstream="task_ML"),
    "chain_videos_doubao": Task(Status.UNKNOWN, "unknown", upstream="task_"),
    "submit_answer": Task(QUEUED, "queued"),
}  # fmt: skip

AISIX = {
    "submit": Task(QUEUED, "queued", upstream="cgt-20261129054007-rhn6g"),
    "queued": Task(QUEUED, "queued", upstream="cgt-20261129054007-rhn6g"),
    "in_progress": Task(RUNNING, "in_progress", upstream="cgt-20261129054007-rhn6g"),
    "completed": Task(DONE, "completed", CONTENT, upstream="cgt-20261129054007-rhn6g"),
    "failed": Task(FAILED, "failed", code=_SENSITIVE, reason=_MODERATED, upstream="cgt-"),
    "failed_without_reason": Task(FAILED, "failed", upstream="cgt-"),
    "wan_completed": Task(DONE, "completed", CONTENT, upstream="t7xki82u"),
    "sora_in_progress": Task(RUNNING, "in_progress", upstream="video_4676822"),
}

_UP = {
    "openai": "video_2be8892d",
    "openai_slash": "video_1d92919f",
    "dash": "a6821bb0",
    "fal": "0acd1585",
    "minimax": "179589449",
    "runway": "d28f1b84",
}
_WORD = {"queued": QUEUED, "in_progress": RUNNING, "completed": DONE, "failed": FAILED}
_BLOCKED = "Your request was blocked by our moderation system."
_REASONS = {
    "status_openai_failed": ("moderation_blocked", _BLOCKED),
    "status_openai_cancelled": ("moderation_blocked", _BLOCKED),
    "status_openai_slash_failed": ("moderation_blocked", _BLOCKED),
    "status_openai_slash_cancelled": ("moderation_blocked", _BLOCKED),
    "status_dash_failed": (
        "DataInspectionFailed",
        "Output data may contain inappropriate content.",
    ),
    "status_fal_failed": ("fal_error", "body.prompt: The content could not be processed"),
    "status_fal_cancelled": ("fal_error", "Request is still in progress"),
    "status_minimax_failed": ("1026", "input new_sensitive"),
    "status_runway_failed": ("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred."),
}


def _litellm() -> dict[str, Task]:
    found = {}
    for path in (CONTRACT / "litellm").glob("status_*.json"):
        kind, _, state = path.stem.removeprefix("status_").partition("_")
        if state.startswith("slash_"):
            kind, state = "openai_slash", state.removeprefix("slash_")
        word = state
        if state == "cancelled" and kind not in ("dash", "minimax"):
            word = "failed"
        status = CANCELLED if word == "cancelled" else _WORD[word]
        code, reason = _REASONS.get(path.stem, ("", ""))
        film = CONTENT if status is DONE else ""
        found[path.stem] = Task(status, word, film, code=code, reason=reason, upstream=_UP[kind])
    return found


LITELLM = _litellm() | {
    f"create_{kind}": Task(QUEUED, "queued", upstream=up)
    for kind, up in (("dash", "a6821bb0"), ("minimax", ""), ("openai", "video_"), ("runway", ""))
}


def reply_of(path: Path) -> Reply:
    """A captured answer, with its HTTP status where the file tells one."""
    text = path.read_text(encoding="utf-8").replace("@BASE@", BASE).replace("@FILES@", FILES)
    body: Any = json.loads(text)
    status, kind = 200, "application/json"
    if isinstance(body, dict) and isinstance(body.get("status"), int) and "body" in body:
        status = body["status"]
        kind = body.get("headers", {}).get("content-type", "")
        said = body["body"]
        text = said if isinstance(said, str) else "" if said is None else json.dumps(said)
    return Reply(status, text.encode(), content_type=kind, host="gw.example", date=1795900000.0)


def asked_id(reply: Reply) -> str:
    body = json.loads(reply.body)
    inner = body.get("data")
    level = inner if isinstance(inner, dict) else body
    return str(level.get("task_id") or level.get("id"))


CASES = [
    *((CONTRACT / "newapi" / f"{name}.json", task) for name, task in NEWAPI.items()),
    *((CONTRACT / "aisix" / f"{name}.json", task) for name, task in AISIX.items()),
    *((CONTRACT / "litellm" / f"{name}.json", task) for name, task in LITELLM.items()),
]


@pytest.mark.parametrize(
    ("path", "task"), CASES, ids=[f"{path.parent.name}/{path.stem}" for path, _ in CASES]
)
def test_what_a_gateway_s_answer_says(path: Path, task: Task) -> None:
    reply = reply_of(path)
    id_ = asked_id(reply)
    found = read_one(reply, id_)
    assert isinstance(found, Report), found
    film = next((link.url for link in found.links if link.kind.value == "video"), "")
    error = found.error or TaskError()
    assert (found.status, found.status_raw, found.flags) == (task.status, task.raw, task.flags)
    assert film.startswith(task.film.format(id=id_)) if task.film else film == ""
    assert error.code == task.code
    assert error.message.startswith(task.reason)
    assert bool(error.message) == bool(task.reason)
    assert (found.upstream_id or "").startswith(task.upstream)
    assert (found.upstream_said or "") == task.said
    assert found.created_at is None or found.created_at > 1.7e9  # never 1970


def test_that_the_facts_of_the_inner_level_are_kept() -> None:
    def facts(name: str) -> Report:
        reply = reply_of(CONTRACT / "newapi" / f"{name}.json")
        found = read_one(reply, asked_id(reply))
        assert isinstance(found, Report)
        return found

    assert facts("kling_success").duration_s in (5.1, None)
    assert facts("videos_kling_completed").duration_s == 5.1
    assert facts("videos_kling_completed").model is None
    assert facts("videos_kling_completed").created_at == 1795897338.0  # came as milliseconds
    assert facts("videos_doubao_in_progress").finished_at is None
    assert facts("vidu_channel_deleted").created_at == 1795898580.0  # the inner one is a constant
    assert facts("videos_sora_completed").links[0].expires_at == 1795900983.0
    assert facts("hailuo_success").links[0].expires_at == 1795929798.0
    assert facts("sora_success_localhost").duration_s == 4.0


def test_that_an_answer_under_another_gateway_s_id_names_the_service_s_own_id() -> None:
    reply = reply_of(CONTRACT / "litellm" / "status_fal_in_progress.json")
    found = read_one(reply, "video_of-another-wording")
    assert isinstance(found, Report)
    assert (found.upstream_id or "").startswith(_UP["fal"])


def test_that_the_link_of_another_gateway_s_route_has_no_known_end() -> None:
    answer = {
        "code": "success",
        "data": {
            "task_id": "task_of-this",
            "status": "SUCCESS",
            "finish_time": 1795900000,
            "result_url": "https://second.example/v1/videos/task_of-another/content",
        },
    }
    found = read_one(Reply(200, json.dumps(answer).encode()), "task_of-this")
    assert isinstance(found, Report)
    assert (found.links[0].expires_at, found.links[0].expires_inferred) == (None, False)


@pytest.mark.parametrize(
    ("level", "code", "reason"),
    [
        (
            {"status": "Fail", "base_resp": {"status_code": 1027, "status_msg": "new_sensitive"}},
            "1027",
            "new_sensitive",
        ),
        ({"status": "Fail", "base_resp": {"status_code": 0, "status_msg": "success"}}, "", ""),
        ({"state": "failed", "err_code": "AuditSubmitIllegal"}, "AuditSubmitIllegal", ""),
        ({"state": "failed", "err_code": "", "error_code": 0}, "", ""),
        ({"state": "failed", "error_code": 7, "error_message": "blocked"}, "7", "blocked"),
    ],
)
def test_where_services_put_the_code_of_a_failure(
    level: dict[str, Any], code: str, reason: str
) -> None:
    found = read_one(Reply(200, json.dumps({"task_id": "t"} | level).encode()), "t")
    assert isinstance(found, Report)
    error = found.error or TaskError()
    assert (found.status, error.code, error.message) == (FAILED, code, reason)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        *(
            (ending, "model")
            for ending in ("zip", "glb", "gltf", "obj", "fbx", "stl", "usd", "usdz")
        ),
        *((ending, "video") for ending in ("mp4", "mov", "m4v", "webm", "mkv", "avi", "gif")),
    ],
)
def test_what_a_link_is_by_its_ending(ending: str, kind: str) -> None:
    url = f"https://files.example/a.{ending.upper()}?Expires=1795929798"
    made = [{"there": url}, {"page": "https://files.example/about"}]
    body = {"id": "t", "status": "SUCCESS", "made": made}
    found = read_one(Reply(200, json.dumps(body).encode()), "t")
    assert isinstance(found, Report)
    (link,) = found.links
    assert (link.kind.value, link.url, link.found_by_search) == (kind, url, True)


def _openrouter(**links: Any) -> Report:
    answer = {"id": "t", "polling_url": "/api/v1/videos/t", "status": "completed"} | links
    found = read_one(Reply(200, json.dumps(answer).encode()), "t")
    assert isinstance(found, Report)
    return found


def test_that_unsigned_links_are_the_result_and_come_after_signed_ones() -> None:
    own = "/v1/videos/t/content?index=0"
    unsigned = {"unsigned_urls": [f"https://gw.example/api{own}"]}
    alone, both = _openrouter(**unsigned), _openrouter(urls=[FILM], **unsigned)
    assert [(link.url, link.others) for link in alone.links] == [(own, ())]
    assert [(link.url, link.others) for link in both.links] == [(FILM, (own,))]
    assert (alone.flags, alone.links[0].found_by_search) == (frozenset(), False)


def _answer(name: str, asked: str = "t") -> Report | Failure:
    return read_one(reply_of(ANSWERS / f"{name}.json"), asked)


FILM = f"{BASE}/v/a.mp4"
FIELD: dict[str, tuple[Status, str, str]] = {
    "b01_newapi_rc30_flat": (DONE, "SUCCESS", "/v1/videos/t/content"),
    "b02_xai_done": (DONE, "done", FILM),
    "b02_xai_pending": (Status.UNKNOWN, "", ""),
    "b03_fal": (Status.UNKNOWN, "", FILM),
    "b07_kling_failed": (FAILED, "failed", ""),
    "b08_volc_visual_done": (DONE, "done", FILM),
    "b08_volc_visual_generating": (RUNNING, "generating", ""),
    "b08_volc_visual_inqueue": (QUEUED, "in_queue", ""),
    "b09_vertex_datauri": (DONE, "SUCCESS", "data:video/mp4;base64,"),
    "b14_kie": (DONE, "success", FILM),
    "b15_moneyprinter_state": (Status.UNKNOWN, "4", ""),
    "b16_double_escaped": (DONE, "SUCCESS", f"{FILM}?X-Tos-Algorithm=T\\u0026"),
    "b17_html_escaped": (DONE, "SUCCESS", f"{FILM}?X-Tos-Algorithm=T&amp;"),
    "b18_x_expires": (DONE, "SUCCESS", BASE),
    "b19_azure_se": (DONE, "SUCCESS", BASE),
    "b20_auth_key": (DONE, "SUCCESS", BASE),
    "b21_newapi_jimeng_official": (DONE, "SUCCESS", FILM),
    "b24_volc_fail": (FAILED, "50411", ""),
    "b26_minimax_v2": (DONE, "succeeded", FILM),
}


@pytest.mark.parametrize("name", FIELD)
def test_what_an_answer_of_the_field_says(name: str) -> None:
    found = _answer(name)
    assert isinstance(found, Report), found
    status, raw, film = FIELD[name]
    url = next((link.url for link in found.links), "")
    assert (found.status, found.status_raw) == (status, raw)
    assert url.startswith(film) if film else url == ""


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("b18_x_expires", 1795890135.0),
        ("b19_azure_se", 1795892400.0),
        ("b20_auth_key", None),  # that moment is past by the service's clock: the start
        ("b21_newapi_jimeng_official", None),
        ("b08_volc_visual_done", None),
    ],
)
def test_when_a_link_of_the_field_ends(name: str, end: float | None) -> None:
    found = _answer(name)
    assert isinstance(found, Report)
    assert (found.links[0].expires_at, found.links[0].expires_inferred) == (end, False)


@pytest.mark.parametrize(
    ("name", "created_at", "finished_at"),
    [
        ("b01_newapi_rc30_flat", 1795887935.0, 1795888235.0),
        ("b14_kie", 1795888035.0, 1795888335.0),
    ],
)
def test_when_a_task_of_the_field_began_and_ended(
    name: str, created_at: float, finished_at: float
) -> None:
    found = _answer(name)
    assert isinstance(found, Report)
    assert (found.created_at, found.finished_at) == (created_at, finished_at)


def test_that_an_auth_key_still_to_come_is_the_end() -> None:
    path = ANSWERS / "b20_auth_key.json"
    reply = reply_of(path)
    early = Reply(200, reply.body, content_type=reply.content_type, date=1795880000.0)
    found = read_one(early, "t")
    assert isinstance(found, Report)
    assert found.links[0].expires_at == 1795890135.0


def test_the_reasons_of_the_field() -> None:
    kling, visual = _answer("b07_kling_failed"), _answer("b24_volc_fail")
    assert isinstance(kling, Report)
    assert isinstance(visual, Report)
    assert kling.error == TaskError(message="Failure to pass the risk control system")
    refused = TaskError(code="50411", message="Pre Img Risk Not Pass", request_id="2026")
    assert visual.error == refused


def test_that_a_task_that_the_service_does_not_know_is_not_found() -> None:
    found = _answer("b25_volc_notfound")
    assert isinstance(found, Failure)
    assert found.kind.value == "not_found"


@pytest.mark.parametrize(
    "body",
    [
        {"id": "cgt-20260101000000-zzzzz", "status": "failed", "error": {"code": "X"}},
        {"id": "cgt-20260101000000-zzzzz", "status": "succeeded", "content": {"video_url": FILM}},
        {"status": "expired", "message": "session expired"},
        {"status": "cancelled"},
        {"status": "failed"},
    ],
)
def test_that_an_answer_about_something_else_ends_no_task(body: dict[str, Any]) -> None:
    found = read_one(Reply(200, json.dumps(body).encode()), "cgt-20260915092331-ab1cd")
    assert isinstance(found, Failure)
    assert found.kind.value == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        {"id": "video_of-the-gateway", "status": "succeeded", "url": FILM},
        *(
            {"status": "failed", name: "x"}
            for name in ("id", "task_id", "request_id", "model", "created_at", "updated_at")
        ),
        {"status": "failed", "submit_time": 1795900000},
    ],
)
def test_that_a_gateway_s_answer_in_place_of_ark_s_is_about_the_task(body: dict[str, Any]) -> None:
    found = read_one(Reply(200, json.dumps(body).encode()), "cgt-20260915092331-ab1cd")
    assert isinstance(found, Report)
