"""AnyFast and Jimeng: envelopes, errors, the dashboard, the proxied file."""

from datetime import datetime

import pytest

from rushes.simulator.job import UTC8
from rushes.simulator.media import medium
from tests.simulated import HandClock, Play
from tests.simulator.conftest import Ask, task_url

OUTER = {"task_id", "action", "status", "submit_time", "start_time", "finish_time", "progress"}


def test_that_anyfast_wraps_arks_object_and_adds_steps_and_times(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    sim = simulator("demo", speed=1, clock=clock)
    anyfast = sim.endpoint("anyfast")
    told = []
    for wait in (0, 3, 5, 30):
        clock.forward(wait)
        told.append(ask(task_url(anyfast), key=anyfast.key).json["data"])
    assert [(d["status"], d["progress"]) for d in told] == [
        ("NOT_START", "0%"),
        ("QUEUED", "10%"),
        ("IN_PROGRESS", "50%"),
        ("SUCCESS", "100%"),
    ]
    assert told[0]["data"] is None
    assert [d["start_time"] > 0 for d in told] == [False, False, True, True]
    assert [d["finish_time"] > 0 for d in told] == [False, False, False, True]
    assert set(told[3]) >= OUTER | {"result_url", "original_result_url", "request_id"}
    assert told[3]["task_id"] == anyfast.ids[0]
    assert told[3]["data"]["id"].startswith("cgt-")


def test_that_super_resolution_has_two_films_and_three_figures(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    anyfast = simulator("super-resolution", clock=clock).endpoint("anyfast")
    clock.forward(60)
    data = ask(task_url(anyfast), key=anyfast.key).json["data"]
    inner = data["data"]
    assert data["result_url"] != data["original_result_url"]
    assert (inner["resolution"], inner["super_resolution"]) == ("720p", "1080p")
    usage = inner["usage"]
    assert usage["total_tokens"] == medium("ribbons_720p.mp4").tokens
    assert usage["super_resolution_tokens"] == medium("ribbons.mp4").tokens
    films = {url: ask(url).body for url in (data["result_url"], data["original_result_url"])}
    assert [len(film) for film in films.values()] == [
        medium("ribbons.mp4").bytes,
        medium("ribbons_720p.mp4").bytes,
    ]


def test_that_jimeng_nests_two_gateways_that_disagree_about_time(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    jimeng = simulator("one", speed=1, clock=clock).endpoint("jimeng")
    clock.forward(60)
    body = ask(task_url(jimeng), key=jimeng.key).json
    outer, inner = body["data"], body["data"]["data"]["data"]
    assert body["code"] == body["data"]["data"]["code"] == "success"
    assert outer["start_time"] == 0
    assert outer["finish_time"] == inner["start_time"] < inner["finish_time"]
    assert inner["platform"] == "jimeng"
    written = datetime.fromisoformat(inner["data"]["created_at"])
    assert written.tzinfo is None
    assert int(written.replace(tzinfo=UTC8).timestamp()) == inner["finish_time"]
    assert ask(inner["data"]["video"]).status == 200


def test_that_failure_comes_with_http_200_and_its_reason_deep_inside(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    sim = simulator("nested-error", clock=clock)
    clock.forward(60)
    for name, depth in (("anyfast", 2), ("jimeng", 4)):
        end = sim.endpoint(name)
        answer = ask(task_url(end), key=end.key)
        assert (answer.status, answer.json["code"]) == (200, "success")
        assert answer.json["data"]["status"] == "FAILURE"
        assert answer.json["data"]["progress"] == "100%"
        node = answer.json
        for _ in range(depth):
            node = node["data"]
        assert node["error"]["code"] == "OutputVideoSensitiveContentDetected"


def test_that_old_rows_keep_the_link_in_fail_reason_and_the_error_in_result_url(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    anyfast = simulator("url-in-fail-reason", clock=clock).endpoint("anyfast")
    clock.forward(60)
    good, bad = (ask(task_url(anyfast, i), key=anyfast.key).json["data"] for i in anyfast.ids)
    assert good["status"] == "SUCCESS"
    assert "result_url" not in good
    assert good["data"]["content"] == {}
    assert ask(good["fail_reason"]).status == 200
    assert bad["status"] == "FAILURE"
    assert bad["result_url"] == bad["fail_reason"] == "The reference image is too small."


def test_that_a_gateway_sweeps_up_what_the_upstream_gave_up(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    anyfast = simulator("expired", clock=clock).endpoint("anyfast")
    clock.forward(60)
    data = ask(task_url(anyfast), key=anyfast.key).json["data"]
    assert (data["status"], data["data"]["status"]) == ("FAILURE", "running")
    assert data["fail_reason"] == "任务超时（60分钟）"


def test_that_a_gateway_calls_a_cancelled_task_running_for_ever(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    anyfast = simulator("stuck", clock=clock).endpoint("anyfast")
    clock.forward(3 * 86400)
    data = ask(task_url(anyfast), key=anyfast.key).json["data"]
    assert (data["status"], data["progress"]) == ("IN_PROGRESS", "30%")


def test_that_an_unknown_word_is_told_everywhere_and_ends_well(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    sim = simulator("unknown-status", speed=1, clock=clock)
    clock.forward(2)
    ark, jimeng = sim.endpoint("ark"), sim.endpoint("jimeng")
    assert ask(task_url(ark), key=ark.key).json["status"] == "Rendering_Preview"
    assert ask(task_url(jimeng), key=jimeng.key).json["data"]["status"] == "Rendering_Preview"
    clock.forward(10)
    assert ask(task_url(ark), key=ark.key).json["status"] == "succeeded"


def test_that_the_openai_shape_has_whole_progress_and_its_own_words(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    anyfast = simulator("one", speed=1, clock=clock).endpoint("anyfast")
    url = f"{anyfast.base_url}/v1/videos/{anyfast.ids[0]}"
    clock.forward(3)
    running = ask(url, key=anyfast.key).json
    clock.forward(10)
    done = ask(url, key=anyfast.key).json
    assert (running["status"], running["progress"]) == ("in_progress", 50)
    assert "completed_at" in running  # filled before the end, as new-api does
    assert (done["status"], done["progress"], done["object"]) == ("completed", 100, "video")
    assert ask(done["metadata"]["url"]).status == 200


def test_that_a_proxied_film_wants_the_key_and_an_ended_task(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    sim = simulator("proxy-url", speed=1, clock=clock)
    anyfast = sim.endpoint("anyfast")
    content = f"{anyfast.base_url}/v1/videos/{anyfast.ids[0]}/content"
    early = ask(content, key=anyfast.key)
    assert (early.status, "not completed" in early.json["error"]["message"]) == (400, True)
    clock.forward(30)
    assert ask(task_url(anyfast), key=anyfast.key).json["data"]["result_url"] == content
    assert ask(content).status == 401
    film = ask(content, key=anyfast.key)
    assert (film.status, len(film.body)) == (200, medium("dunes.mp4").bytes)
    nobody = f"{anyfast.base_url}/v1/videos/asyntask_none/content"
    assert ask(nobody, key=anyfast.key).status == 404


@pytest.mark.parametrize("name", ["anyfast", "jimeng"])
def test_that_an_unknown_task_is_http_400_at_gateways(simulator: Play, ask: Ask, name: str) -> None:
    end = simulator("one").endpoint(name)
    answer = ask(task_url(end, "task_unknown"), key=end.key)
    assert answer.status == 400
    assert answer.json == {"code": "task_not_exist", "message": "task_not_exist", "data": None}


@pytest.mark.parametrize("name", ["anyfast", "jimeng"])
def test_that_a_wrong_key_is_denied_in_new_apis_words(simulator: Play, ask: Ask, name: str) -> None:
    end = simulator("one").endpoint(name)
    answer = ask(task_url(end), key="sk-wrong")
    assert answer.status == 401
    assert answer.json["error"]["type"] == "new_api_error"
    assert answer.json["error"]["message"].startswith("无效的令牌 (request id: ")


@pytest.mark.parametrize("name", ["anyfast", "jimeng"])
def test_that_wrong_paths_are_errors_below_v1_and_a_web_page_elsewhere(
    simulator: Play, ask: Ask, name: str
) -> None:
    end = simulator("one").endpoint(name)
    for path in ("/v1/video/generation/x", "/api/x"):
        answer = ask(end.base_url + path, key=end.key)
        assert answer.status == 404
        assert answer.json["error"]["message"] == f"Invalid URL (GET {path})"
    page = ask(f"{end.base_url}/seedance/v3/x", key=end.key)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.body.startswith(b"<!doctype html>")
