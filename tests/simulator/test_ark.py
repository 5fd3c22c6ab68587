"""Ark and Rong: get, list, cancel, erase, and their errors."""

import pytest

from rushes.simulator.scene import SEEDANCE_15, Scene, Site, Slot
from rushes.simulator.server import Endpoint
from tests.simulated import HandClock, Play
from tests.simulator.conftest import ARK, Ask, task_url

MINIMAL = {"id", "model", "status", "created_at", "updated_at"}


def listing(endpoint: Endpoint, query: str = "") -> str:
    return f"{endpoint.base_url}{ARK}?{query}"


def test_that_a_task_is_told_as_ark_tells_it_from_queue_to_success(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    ark = simulator("last-frame", speed=1, clock=clock).endpoint("ark")
    queued = ask(task_url(ark), key=ark.key).json
    clock.forward(3)
    running = ask(task_url(ark), key=ark.key).json
    clock.forward(4)
    done = ask(task_url(ark), key=ark.key).json

    assert (queued["status"], running["status"], done["status"]) == (
        "queued",
        "running",
        "succeeded",
    )
    assert running["updated_at"] == queued["updated_at"] + 2
    extras = {"service_tier", "execution_expires_after", "generate_audio", "draft", "priority"}
    assert set(running) == MINIMAL | extras  # no content, usage, seed, error
    assert set(done["content"]) == {"video_url", "last_frame_url"}
    assert done["usage"] == {"completion_tokens": 108900, "total_tokens": 108900}
    assert (done["resolution"], done["ratio"], done["duration"]) == ("720p", "16:9", 5)
    assert done["framespersecond"] == 24


def test_that_a_film_asked_for_by_frames_has_no_duration(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    ark = simulator("frames", clock=clock).endpoint("ark")
    clock.forward(60)
    done = ask(task_url(ark), key=ark.key).json
    assert done["frames"] == 77
    assert "duration" not in done


def test_that_3d_tasks_have_times_as_numbers_and_a_zip(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    models = simulator("model", clock=clock).endpoint("ark_list")
    clock.forward(60)
    page = ask(listing(models), key=models.key).json
    assert page["total"] == 2
    levels = {item["subdivisionlevel"]: item for item in page["items"]}
    assert set(levels) == {"medium", "high"}
    assert isinstance(levels["medium"]["created_at"], int)
    assert levels["high"]["fileformat"] == "glb"
    assert levels["high"]["usage"]["total_tokens"] == 30000


def test_that_strings_for_times_are_a_scene_of_their_own(simulator: Play, ask: Ask) -> None:
    models = simulator("text-times").endpoint("ark_list")
    (item,) = ask(listing(models), key=models.key).json["items"]
    assert isinstance(item["created_at"], str)
    assert int(item["created_at"]) > 1_700_000_000


@pytest.mark.parametrize(("scene", "status"), [("cancelled", "cancelled"), ("expired", "expired")])
def test_that_ends_without_a_result_have_minimal_bodies(
    simulator: Play, ask: Ask, scene: str, status: str
) -> None:
    clock = HandClock()
    sim = simulator(scene, clock=clock)
    clock.forward(60)
    for name in ("ark", "rong"):
        end = sim.endpoint(name)
        body = ask(task_url(end), key=end.key).json
        assert body["status"] == status
        assert not {"content", "usage", "seed", "error"} & set(body)


def test_that_a_refused_prompt_is_a_failure_with_http_200(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    ark = simulator("moderation", clock=clock).endpoint("ark")
    clock.forward(60)
    codes = set()
    for task_id in ark.ids:
        answer = ask(task_url(ark, task_id), key=ark.key)
        assert (answer.status, answer.json["status"]) == (200, "failed")
        assert "Request id: 02" in answer.json["error"]["message"]
        codes.add(answer.json["error"]["code"].partition("Sensitive")[0])
    assert codes == {"InputText", "InputImage", "OutputVideo", "OutputAudio"}


def test_that_rong_says_only_what_it_documents(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    rong = simulator("one", clock=clock).endpoint("rong")
    clock.forward(60)
    body = ask(task_url(rong), key=rong.key).json
    results = {"content", "usage", "seed", "resolution", "ratio", "duration", "framespersecond"}
    assert set(body) == MINIMAL | results | {"generate_audio"}


def test_that_the_list_shows_twenty_and_counts_all(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    ark = simulator("many:45", clock=clock).endpoint("ark")
    seen: list[str] = []
    for page in (1, 2, 3):
        clock.forward(1)
        body = ask(listing(ark, f"page_num={page}"), key=ark.key).json
        assert body["total"] == 41  # the others are of the flex tier
        seen += [item["id"] for item in body["items"]]
    assert len(seen) == len(set(seen)) == 41
    clock.forward(1)
    body = ask(listing(ark, "page_size=500&filter.service_tier=flex"), key=ark.key).json
    assert len(body["items"]) == body["total"] == 4


def test_that_the_list_filters_by_ids_and_leaves_unknown_ones_out(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    ark = simulator("many:8", clock=clock).endpoint("ark")
    query = f"filter.task_ids={ark.ids[2]}&filter.task_ids={ark.ids[5]}&filter.task_ids=cgt-none"
    body = ask(listing(ark, query), key=ark.key).json
    assert {item["id"] for item in body["items"]} == {ark.ids[2], ark.ids[5]}
    assert body["total"] == 2


def test_that_the_list_filters_by_status_and_by_endpoint_not_by_model(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    ark = simulator("statuses", clock=clock).endpoint("ark")
    clock.forward(60)

    def statuses(query: str) -> list[str]:
        clock.forward(1)
        body = ask(listing(ark, query), key=ark.key).json
        return [item["status"] for item in body["items"]]

    assert statuses("filter.status=failed") == ["failed"]
    assert statuses("filter.status=running") == []
    assert sorted(statuses("")) == ["cancelled", "expired", "failed", "succeeded"]
    assert statuses("filter.model=doubao-seedance-2-0-260128") == []
    assert len(statuses("filter.model=ep-20260717110243-mk4p4")) == 4


@pytest.mark.parametrize(
    "query",
    ["page_num=0", "page_num=501", "page_size=501", "page_size=x", "filter.status=expired"],
)
def test_that_the_list_refuses_what_is_out_of_range(simulator: Play, ask: Ask, query: str) -> None:
    ark = simulator("one").endpoint("ark")
    answer = ask(listing(ark, query), key=ark.key)
    assert answer.status == 400
    assert answer.json["error"]["code"] == "InvalidParameter"
    assert answer.json["error"]["param"] == query.partition("=")[0]


def test_that_two_lists_in_a_second_are_one_too_many(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    ark = simulator("one", speed=10, clock=clock).endpoint("ark")
    answers = [ask(listing(ark), key=ark.key) for _ in range(2)]
    assert [a.status for a in answers] == [200, 429]
    assert answers[1].json["error"]["code"] == "APIAccountRpmRateLimitExceeded"
    clock.forward(0.1)  # a second of simulated time
    assert ask(listing(ark), key=ark.key).status == 200


def test_that_the_twenty_first_look_within_a_second_is_refused(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    ark = simulator("one", speed=1, clock=clock).endpoint("ark")
    statuses = [ask(task_url(ark), key=ark.key).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_that_a_wrong_key_and_no_key_are_denied_in_arks_words(simulator: Play, ask: Ask) -> None:
    sim = simulator("one")
    ark, rong = sim.endpoint("ark"), sim.endpoint("rong")
    for key in ("", "wrong", rong.key):
        answer = ask(task_url(ark), key=key)
        assert answer.status == 401
        assert set(answer.json["error"]) == {"code", "message", "param", "type"}
        assert answer.json["error"]["code"] == "AuthenticationError"


def test_that_an_unknown_task_is_404_at_ark_and_rong(simulator: Play, ask: Ask) -> None:
    sim = simulator("one")
    for name in ("ark", "ark_list", "rong"):
        end = sim.endpoint(name)
        answer = ask(task_url(end, "cgt-20260101000000-aaaaa"), key=end.key)
        assert answer.status == 404
        assert answer.json["error"]["code"].startswith("NotFound")


def test_that_a_wrong_path_is_404(simulator: Play, ask: Ask) -> None:
    ark = simulator("one").endpoint("ark")
    assert ask(f"{ark.base_url}/api/v3/tasks/{ark.ids[0]}", key=ark.key).status == 404


def test_that_delete_cancels_what_waits_and_it_stays_cancelled(simulator: Play, ask: Ask) -> None:
    sim = simulator("queued")
    ark = sim.endpoint("ark")
    answer = ask(task_url(ark), "DELETE", key=ark.key)
    assert (answer.status, answer.json) == (200, {})
    assert ask(task_url(ark), key=ark.key).json["status"] == "cancelled"
    assert ask(task_url(ark), "DELETE", key=ark.key).status == 400
    assert sim.expected()["ark"][ark.ids[0]]["status"] == "cancelled"


def test_that_delete_refuses_what_runs_and_erases_what_ended(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    sim = simulator("one", speed=1, clock=clock)
    ark = sim.endpoint("ark")
    clock.forward(3)
    assert ask(task_url(ark), "DELETE", key=ark.key).status == 400
    clock.forward(30)
    assert ask(task_url(ark), "DELETE", key=ark.key).status == 200
    assert ask(task_url(ark), key=ark.key).status == 404
    assert sim.expected()["ark"] == {}


def test_that_records_end_after_seven_days_and_cancelled_ones_after_one(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    sim = simulator("statuses", speed=1, clock=clock)
    ark, rong = sim.endpoint("ark"), sim.endpoint("rong")
    clock.forward(86400 + 60)
    left = ask(listing(ark), key=ark.key).json["items"]
    assert sorted(item["status"] for item in left) == ["expired", "failed", "succeeded"]
    clock.forward(6 * 86400)
    assert ask(listing(ark), key=ark.key).json["total"] == 0
    assert ask(task_url(rong), key=rong.key).status == 404


def test_that_tasks_are_unknown_before_they_are_submitted(simulator: Play, ask: Ask) -> None:
    from rushes.simulator.life import lived

    clock = HandClock()
    later = Slot(name="later", model=SEEDANCE_15, life=lived(1, 1, submitted_s=30))
    scene = Scene(name="later", about="One task later.", slots={Site.ARK: (later,)})
    ark = simulator(scene, speed=1, clock=clock).endpoint("ark")
    assert ask(task_url(ark), key=ark.key).status == 404
    clock.forward(30.5)
    assert ask(task_url(ark), key=ark.key).json["status"] == "queued"
