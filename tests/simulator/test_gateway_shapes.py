"""Every captured answer of the real gateways, beside what the pretended ones answer.

The keys, their types and their nesting must be the same; where the words are the gateway's own,
the words, too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rushes.simulator.gateways import aisix, litellm, new_api
from tests.simulator.conftest import Answer
from tests.simulator.gateways import Stage, shape, stage

SAMPLES = Path(__file__).parents[1] / "data" / "contract"
LATE = 40.0  # simulated seconds: everything has ended


@pytest.fixture(scope="module")
def gateways() -> Iterator[Stage]:
    with stage() as on:
        yield on


def sample(name: str) -> Any:
    text = (SAMPLES / f"{name}.json").read_text(encoding="utf-8")
    for place in ("@FILES@", "@BASE@"):
        text = text.replace(place, "http://files.example")
    return json.loads(text)


# --- new-api -------------------------------------------------------------------------------------

GENERATIONS, VIDEOS, CONTENT = "/v1/video/generations/{}", "/v1/videos/{}", "/v1/videos/{}/content"
#: sample: (gateway, case, simulated seconds, route)
NEW_API = {
    "doubao_not_start": ("newapi", "seedance", 0.5, GENERATIONS),
    "doubao_in_progress": ("newapi", "seedance", 3, GENERATIONS),
    "doubao_success": ("newapi", "seedance", LATE, GENERATIONS),
    "doubao_failure": ("newapi", "seedance-refused", LATE, GENERATIONS),
    "doubao_expired_behind": ("newapi", "seedance-expired", LATE, GENERATIONS),
    "doubao_gateway_key_refused": ("newapi", "seedance-key", LATE, GENERATIONS),
    "doubao_timed_out_expired": ("newapi", "seedance-expired-late", LATE, GENERATIONS),
    "doubao_timed_out_key_refused": ("newapi", "seedance-key-late", LATE, GENERATIONS),
    "videos_doubao_not_start": ("newapi", "seedance", 0.5, VIDEOS),
    "videos_doubao_in_progress": ("newapi", "seedance", 3, VIDEOS),
    "videos_doubao_completed": ("newapi", "seedance", LATE, VIDEOS),
    "videos_doubao_failed": ("newapi", "seedance-refused", LATE, VIDEOS),
    "kling_not_start": ("newapi", "kling", 0.5, GENERATIONS),
    "kling_success": ("newapi", "kling", LATE, GENERATIONS),
    "videos_kling_completed": ("newapi", "kling", LATE, VIDEOS),
    "jimeng_gave_up_while_generating": ("newapi", "jimeng-generating", LATE, GENERATIONS),
    "jimeng_success": ("newapi", "jimeng", LATE, GENERATIONS),
    "jimeng_failure": ("newapi", "jimeng-refused", LATE, GENERATIONS),
    "vidu_not_start": ("newapi", "vidu", 0.5, GENERATIONS),
    "vidu_success": ("newapi", "vidu", LATE, GENERATIONS),
    "vidu_channel_deleted": ("newapi", "vidu-channel-gone", LATE, GENERATIONS),
    "hailuo_success": ("newapi", "hailuo", LATE, GENERATIONS),
    "videos_hailuo_failed": ("newapi", "hailuo-refused", LATE, VIDEOS),
    "wan_success": ("newapi", "wan", LATE, GENERATIONS),
    "wan_canceled": ("newapi", "wan-cancelled", LATE, GENERATIONS),
    "sora_success_localhost": ("newapi", "sora", LATE, GENERATIONS),
    "videos_sora_completed": ("newapi", "sora", LATE, VIDEOS),
    "veo_processing": ("newapi", "veo-running", LATE, GENERATIONS),
    "veo_succeeded": ("newapi", "veo", LATE, GENERATIONS),
    "veo_succeeded_without_film": ("newapi", "veo-filtered", LATE, GENERATIONS),
    "videos_veo_completed": ("newapi", "veo", LATE, VIDEOS),
    "chain_doubao_gave_up": ("newapi-outer", "seedance-unknown", LATE, GENERATIONS),
    "chain_wan_success": ("newapi-outer", "wan", LATE, GENERATIONS),
    "chain_kling_not_start": ("newapi-outer", "kling-stuck", LATE, GENERATIONS),
    "chain_videos_doubao": ("newapi-outer", "seedance-unknown", LATE, VIDEOS),
}
#: The same for the own route, with its HTTP status.
NEW_API_CONTENT = {
    "content_of_failed": (400, "seedance-refused", LATE),
    "content_not_ready": (400, "seedance", 3),
    "content_blocked": (403, "wan-guarded", LATE),
    "content_channel_gone": (500, "sora-no-channel", LATE),
    "content_cannot_resolve": (502, "veo-filtered", LATE),
}
#: sample: (HTTP status, path, key)
NEW_API_ROUTES = {
    "content_unknown": (404, "/v1/videos/task_nobody/content", "good"),
    "unknown_id": (400, "/v1/video/generations/task_nobody", "good"),
    "key_refused": (401, "/v1/video/generations/task_nobody", "wrong"),
    "key_not_for_model": (403, "/v1/video/generations/task_nobody", "limited"),
    "models_limited": (200, "/v1/models", "limited"),
    "models_key_refused": (401, "/v1/models", "used_up"),
    "route_unknown_api": (404, "/api/v3/contents/generations/tasks/x", "good"),
    "usage_token": (200, "/api/usage/token/", "limited"),
    "usage_token_used_up": (200, "/api/usage/token/", "used_up"),
    "usage_token_refused": (401, "/api/usage/token/", "wrong"),
    "status": (200, "/api/status", ""),
}
_NEW_API_ELSEWHERE = {"submit_answer", "submit_refused"}  # answers to a POST: see below


@pytest.mark.parametrize("name", NEW_API)
def test_that_new_api_says_a_task_as_the_real_one(gateways: Stage, name: str) -> None:
    gateway, case, seconds, route = NEW_API[name]
    gateways.at(seconds)
    answer = gateways.get(gateway, route.format(gateways.task(gateway, case).id))
    assert answer.status == 200
    real = sample(f"newapi/{name}")
    assert shape(answer.json) == shape(real)
    assert _words(answer.json) == _words(real)


def _words(body: Any) -> list[Any]:
    """What a reader goes by: the status words and the codes of all levels."""
    found = []
    while isinstance(body, dict):
        found += [body.get(name) for name in ("code", "status", "state", "task_status", "progress")]
        found.append(str(body.get("result_url", "")).startswith("http"))
        output = body.get("output")
        body = body.get("data") or output
    return [word for word in found if isinstance(word, str | bool | int)]


@pytest.mark.parametrize("name", NEW_API_CONTENT)
def test_that_new_api_refuses_a_film_in_the_same_words(gateways: Stage, name: str) -> None:
    status, case, seconds = NEW_API_CONTENT[name]
    gateways.at(seconds)
    answer = gateways.get("newapi", CONTENT.format(gateways.task("newapi", case).id))
    assert (answer.status, answer.json) == (status, sample(f"newapi/{name}"))


@pytest.mark.parametrize("name", NEW_API_ROUTES)
def test_that_new_api_answers_at_its_routes_as_the_real_one(gateways: Stage, name: str) -> None:
    status, path, key = NEW_API_ROUTES[name]
    answer = gateways.get("newapi", path, key)
    real = sample(f"newapi/{name}")
    assert (answer.status, shape(answer.json)) == (status, shape(real))
    if "error" in real and name != "key_not_for_model":
        said, words = answer.json["error"]["message"], real["error"]["message"]
        assert said.replace(path, "") == words.replace("/api/v3/contents/generations/tasks/x", "")


def test_that_new_api_shows_its_web_page_anywhere_else(gateways: Stage) -> None:
    for path in ("/contents/generations/tasks/x", "/jimeng/fetch/x", "/"):
        answer = gateways.get("newapi", path)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.body.startswith(b"<!doctype html>")


def test_that_new_api_confirms_a_submission_with_one_id_twice(gateways: Stage) -> None:
    told = new_api.submit_answer(gateways.task("newapi", "seedance"))
    assert shape(told) == shape(sample("newapi/submit_answer"))
    assert told["id"] == told["task_id"]
    refused = new_api.submit_refused("duration")
    assert refused == sample("newapi/submit_refused")


# --- AISIX ---------------------------------------------------------------------------------------

#: sample: (case, simulated seconds, "" or "/content")
AISIX = {
    "queued": ("seedance", 0.5, ""),
    "in_progress": ("seedance", 3, ""),
    "completed": ("seedance", LATE, ""),
    "failed": ("seedance-refused", LATE, ""),
    "failed_without_reason": ("seedance-expired", LATE, ""),
    "upstream_401": ("seedance-401", 4, ""),
    "upstream_429": ("seedance-429", 4, ""),
    "upstream_500": ("seedance-500", 4, ""),
    "wan_completed": ("wan", LATE, ""),
    "sora_in_progress": ("sora-running", LATE, ""),
    "content_not_ready": ("seedance", 0.5, "/content"),
    "content_of_failed": ("seedance-refused", LATE, "/content"),
}
#: sample: (path, key)
AISIX_ROUTES = {
    "key_wrong": ("/v1/videos/x", "wrong"),
    "models_key_wrong": ("/v1/models", "wrong"),
    "models": ("/v1/models", "good"),
    "unknown_id": ("/v1/videos/video_nosuch", "good"),
    "no_such_route": ("/v1/video/generations/x", "good"),
    "no_list": ("/v1/videos", "good"),
}
_AISIX_ELSEWHERE = {
    *("submit", "content_redirect", "content_head", "wan_content_redirect"),
    *("key_of_other_models", "unknown_upstream"),
}


def same_answer(answer: Answer, real: dict[str, Any]) -> None:
    """Same status, same kind of body, same shape."""
    assert answer.status == real["status"]
    assert answer.headers.get("content-type", "").split(";")[0] == real["headers"].get(
        "content-type", ""
    )
    assert shape(answer.json if answer.body else "") == shape(real["body"])


@pytest.mark.parametrize("name", AISIX)
def test_that_aisix_says_a_task_as_the_real_one(gateways: Stage, name: str) -> None:
    case, seconds, part = AISIX[name]
    gateways.at(seconds)
    answer = gateways.get("aisix", f"/v1/videos/{gateways.task('aisix', case).id}{part}")
    real = sample(f"aisix/{name}")
    same_answer(answer, real)
    for field in ("status", "progress", "created_at", "seconds", "model"):
        assert answer.json.get(field) == real["body"].get(field)
    if "type" in answer.json.get("error", {}):
        said, words = answer.json["error"], real["body"]["error"]
        assert said["type"] == words["type"]
        assert said["message"].split("Request id")[0] == words["message"].split("Request id")[0]


@pytest.mark.parametrize("name", AISIX_ROUTES)
def test_that_aisix_answers_at_its_routes_as_the_real_one(gateways: Stage, name: str) -> None:
    path, key = AISIX_ROUTES[name]
    real = sample(f"aisix/{name}")
    answer = gateways.get("aisix", path, key)
    same_answer(answer, real)
    assert answer.headers.get("allow") == real["headers"].get("allow")
    if "error" in (real["body"] or {}):
        assert answer.json == real["body"]


def test_that_aisix_does_not_know_tasks_of_other_keys_and_other_services(gateways: Stage) -> None:
    gateways.at(LATE)
    other = gateways.get("aisix", f"/v1/videos/{gateways.task('aisix', 'seedance').id}", "limited")
    same_answer(other, sample("aisix/key_of_other_models"))
    known = gateways.task("aisix", "seedance").id
    behind = gateways.get("aisix", f"/v1/videos/{known[:-2]}Zz")
    same_answer(behind, sample("aisix/unknown_upstream"))
    assert behind.json == sample("aisix/unknown_upstream")["body"]
    submitted = aisix.submit_answer(gateways.task("aisix", "seedance"))
    assert shape(submitted) == shape(sample("aisix/submit")["body"])


# --- LiteLLM -------------------------------------------------------------------------------------

_BEHIND = {
    "openai": "sora",
    "openai_slash": "slash",
    "dash": "wan",
    "minimax": "hailuo",
    "fal": "seedance",
    "runway": "runway",
}
_MOMENTS = {
    "queued": ("done", 0.5),
    "in_progress": ("done", 3.0),
    "completed": ("done", LATE),
    "failed": ("refused", LATE),
    "cancelled": ("cancelled", LATE),
    "running": ("done", 3.0),
    "done": ("done", LATE),
}
LITELLM = sorted(path.stem for path in (SAMPLES / "litellm").glob("*.json"))
_STATUS = [name for name in LITELLM if name.startswith("status_")]
_CONTENT = [
    name for name in LITELLM
    if name.startswith("content_") and name.rpartition("_")[2] in _MOMENTS
]  # fmt: skip
_TROUBLE = [name for name in LITELLM if name.startswith("up_")]
_UNKNOWN = [name for name in LITELLM if name.startswith("unknown_")]
_LISTS = [name for name in LITELLM if name.startswith("list_")]
_CREATED = [name for name in LITELLM if name.startswith("create_") and name != "create_openai_cn"]
_LITELLM_ELSEWHERE = {
    *("content_openai_head", "content_openai_nokey", "models", "models_wrong_key"),
    *("create_openai_cn", "sdk_prints"),  # a fault in the proxy's code; texts, not an answer
}


def _asked(gateways: Stage, name: str) -> Answer:
    """The answer that a sample named `…_KIND_MOMENT` is about."""
    _, _, rest = name.partition("_")
    kind, _, moment = rest.rpartition("_")
    if moment == "progress":
        kind, moment = kind.removesuffix("_in"), "in_progress"
    word, seconds = _MOMENTS[moment]
    gateways.at(seconds)
    task = gateways.task("litellm", f"{_BEHIND[kind]}-{word}")
    part = "/content" if name.startswith("content_") else ""
    return gateways.get("litellm", f"/v1/videos/{task.id}{part}")


@pytest.mark.parametrize("name", _STATUS)
def test_that_litellm_says_a_task_as_the_real_one(gateways: Stage, name: str) -> None:
    answer, real = _asked(gateways, name), sample(f"litellm/{name}")
    same_answer(answer, real)
    for field in ("status", "error", "progress", "seconds", "model", "usage"):
        assert answer.json[field] == real["body"][field]
    assert (answer.json["created_at"] == 0) == (real["body"]["created_at"] == 0)


@pytest.mark.parametrize("name", _CONTENT)
def test_that_litellm_gives_and_refuses_films_as_the_real_one(gateways: Stage, name: str) -> None:
    answer, real = _asked(gateways, name), sample(f"litellm/{name}")
    assert answer.status == real["status"]
    if real["body"] is not None:
        assert answer.json == real["body"]
        return
    assert set(real["headers"]) <= set(answer.headers)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"].startswith("attachment; filename=video_video_")


@pytest.mark.parametrize("name", _TROUBLE)
def test_that_litellm_words_the_trouble_behind_as_the_real_one(gateways: Stage, name: str) -> None:
    _, trouble, kind = name.removesuffix("_content").split("_")
    gateways.at(4)
    task = gateways.task("litellm", f"{_BEHIND[kind]}-{trouble}")
    part = "/content" if name.endswith("_content") else ""
    answer = gateways.get("litellm", f"/v1/videos/{task.id}{part}")
    real = sample(f"litellm/{name}")
    assert (answer.status, answer.json) == (real["status"], real["body"])
    retry = "llm_provider-retry-after"
    assert answer.headers.get(retry) == real["headers"].get(retry)


@pytest.mark.parametrize("name", _UNKNOWN)
def test_that_litellm_words_an_unknown_task_as_the_service_does(gateways: Stage, name: str) -> None:
    real = sample(f"litellm/{name}")
    answer = gateways.get("litellm", real["request"]["path"])
    assert (answer.status, answer.json) == (real["status"], real["body"])


@pytest.mark.parametrize("name", _LISTS)
def test_that_litellm_has_no_list(gateways: Stage, name: str) -> None:
    real = sample(f"litellm/{name}")
    same_answer(gateways.get("litellm", real["request"]["path"]), real)


@pytest.mark.parametrize("name", _CREATED)
def test_that_litellm_confirms_a_submission_as_the_real_one(gateways: Stage, name: str) -> None:
    task = gateways.task("litellm", f"{_BEHIND[name.removeprefix('create_')]}-done")
    told, real = litellm.create_answer(task), sample(f"litellm/{name}")["body"]
    assert shape(told) == shape(real)
    assert told["usage"] == real["usage"]


def test_that_litellm_tells_keys_apart_at_its_models(gateways: Stage) -> None:
    same_answer(gateways.get("litellm", "/v1/models"), sample("litellm/models"))
    wrong = gateways.get("litellm", "/v1/models", "wrong")
    assert wrong.json == sample("litellm/models_wrong_key")["body"]
    same_answer(wrong, sample("litellm/models_wrong_key"))
    content = f"/v1/videos/{gateways.task('litellm', 'sora-done').id}/content"
    nobody = gateways.get("litellm", content, "")
    real = sample("litellm/content_openai_nokey")
    assert (nobody.status, nobody.body.decode()) == (real["status"], real["body"])
    head = gateways.get("litellm", content, "good", "HEAD")
    assert head.status == sample("litellm/content_openai_head")["status"]


# --- all of them ---------------------------------------------------------------------------------


def test_that_every_captured_answer_has_its_rule() -> None:
    held = {
        "newapi": {*NEW_API, *NEW_API_CONTENT, *NEW_API_ROUTES, *_NEW_API_ELSEWHERE},
        "aisix": {*AISIX, *AISIX_ROUTES, *_AISIX_ELSEWHERE},
        "litellm": {
            *(*_STATUS, *_CONTENT, *_TROUBLE, *_UNKNOWN, *_LISTS, *_CREATED),
            *_LITELLM_ELSEWHERE,
        },
    }
    for folder, names in held.items():
        assert {path.stem for path in (SAMPLES / folder).glob("*.json")} == names
