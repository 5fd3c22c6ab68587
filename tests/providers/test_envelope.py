"""Family B: answers wrapped in answers, whose levels disagree."""

import json
from typing import Any

import pytest

from rushes.core.failure import Kind
from rushes.core.task import ArtifactKind, Charge, Flag, Status, TaskError
from tests.providers.replies import VIDEO, failure, only_link, report, url_of

OTHER = "https://files.example/other.mp4"


def wrap(data: object, **more: Any) -> dict[str, Any]:
    return {"code": "success", "message": "", "data": data, **more}


def dto(status: str | None = "SUCCESS", data: object = None, **more: Any) -> dict[str, Any]:
    return wrap({"task_id": "t", "status": status, "data": data, **more})


@pytest.mark.parametrize("code", ["success", "SUCCESS", 0, 200, "0", "200"])
def test_that_a_good_code_says_nothing_about_the_task(code: object) -> None:
    assert report({**dto("FAILURE"), "code": code}).status is Status.FAILED
    assert report({**dto("IN_PROGRESS"), "code": code}).status is Status.RUNNING


def test_that_a_bad_code_does_not_hide_a_task_that_is_there() -> None:
    found = report({**dto("FAILURE"), "code": "fail", "message": "boom"})
    assert found.status is Status.FAILED
    assert found.error == TaskError(code="fail", message="boom")


# --- status


@pytest.mark.parametrize(
    ("outer", "inner", "status", "conflicts"),
    [
        ("SUCCESS", "succeeded", Status.SUCCEEDED, False),
        ("FAILURE", "running", Status.FAILED, False),  # it gave up
        ("FAILURE", "succeeded", Status.FAILED, False),  # no film below
        ("SUCCESS", "failed", Status.SUCCEEDED, True),
        ("SUCCESS", "running", Status.SUCCEEDED, True),
        ("IN_PROGRESS", "cancelled", Status.CANCELLED, True),
        ("IN_PROGRESS", "expired", Status.EXPIRED, True),
        ("IN_PROGRESS", "succeeded", Status.RUNNING, False),
        ("QUEUED", "running", Status.QUEUED, False),  # the gateway only lags
        ("UNKNOWN", "succeeded", Status.UNKNOWN, False),
        ("warming", "failed", Status.UNKNOWN, False),
        ("SUCCESS", "warming", Status.SUCCEEDED, False),
        ("", "running", Status.RUNNING, False),
        (None, "running", Status.RUNNING, False),
    ],
)
def test_that_the_outer_status_wins(
    outer: str | None, inner: str, status: Status, conflicts: bool
) -> None:
    found = report(dto(outer, {"id": "cgt-1", "status": inner}, result_url=VIDEO))
    assert found.status is status
    assert (Flag.STATUS_CONFLICT in found.flags) is conflicts


def test_that_a_word_about_the_call_is_not_taken_for_the_task() -> None:
    found = report({"status": "success", "data": {"task_id": "t", "status": "processing"}})
    assert found.status is Status.RUNNING
    assert not found.flags


@pytest.mark.parametrize("said", ["error", "fail"])
@pytest.mark.parametrize("more", [{"message": "token is broken"}, {"data": {"why": "x"}}])
def test_that_a_refused_call_is_never_a_failed_task(said: str, more: dict[str, Any]) -> None:
    assert failure({"status": said, **more}).kind in (Kind.SERVER, Kind.MALFORMED)


@pytest.mark.parametrize("said", ["error", "fail"])
@pytest.mark.parametrize("more", [{"id": "t"}, {"data": {"status": "failed"}}])
def test_that_the_same_word_beside_a_task_is_about_the_task(
    said: str, more: dict[str, Any]
) -> None:
    assert report({"status": said, "message": "why", **more}).status is Status.FAILED


def test_that_rows_inside_a_task_are_its_files() -> None:
    found = report({"id": "t", "status": "succeeded", "data": [{"id": "f1", "url": VIDEO}]})
    assert url_of(found) == VIDEO


# --- depth


def nested(depth: int, leaf: object) -> object:
    for _ in range(depth):
        leaf = wrap(leaf)
    return leaf


@pytest.mark.parametrize("depth", range(7))
def test_that_up_to_six_wrappers_are_opened(depth: int) -> None:
    found = report(nested(depth, {"task_id": "t", "status": "SUCCESS", "video": VIDEO}))
    assert found.status is Status.SUCCEEDED
    assert url_of(found) == VIDEO


def test_that_deeper_than_six_is_not_looked_into() -> None:
    assert failure(nested(7, {"task_id": "t", "status": "SUCCESS"})).kind is Kind.MALFORMED


@pytest.mark.parametrize("depth", range(1, 7))
def test_that_the_video_is_found_at_any_depth_under_an_outer_success(depth: int) -> None:
    inner: object = {"video": VIDEO}
    for _ in range(depth - 1):
        inner = {"status": "SUCCESS", "data": inner}
    found = report({"code": "success", "data": inner, "status": "SUCCESS"})
    assert url_of(found) == VIDEO


def test_that_json_in_a_string_is_opened() -> None:
    inner = {"id": "cgt-1", "status": "succeeded", "content": {"video_url": VIDEO}, "seed": 7}
    found = report(dto(data=json.dumps(inner)))
    assert (url_of(found), found.seed, found.upstream_id) == (VIDEO, 7, "cgt-1")
    assert report(wrap(json.dumps(dto()["data"]))).status is Status.SUCCEEDED


@pytest.mark.parametrize("data", ["{broken", "plain", 5, [], True, None, "{" * 200])
def test_that_an_unreadable_inside_leaves_the_outside_readable(data: object) -> None:
    found = report(dto(data=data, result_url=VIDEO))
    assert (found.status, url_of(found)) == (Status.SUCCEEDED, VIDEO)


@pytest.mark.parametrize("data", [None, [], {}, 5, "", "two words", True])
def test_that_an_envelope_without_a_task_is_no_answer(data: object) -> None:
    for more in ({}, {"message": "the call went well"}):
        found = failure(wrap(data, **more))
        assert found.kind in (Kind.MALFORMED, Kind.NOT_FOUND)


def test_that_a_list_inside_a_task_is_not_a_list_of_tasks() -> None:
    pieces = [{"url": OTHER}, {"url": OTHER}]
    assert report({"status": "running", "data": pieces}).status is Status.RUNNING
    assert report(dto("IN_PROGRESS", pieces)).status is Status.RUNNING


def test_that_the_builder_s_empty_answer_changes_nothing() -> None:
    assert failure({"code": "success", "data": None}).kind is Kind.MALFORMED


# --- result


@pytest.mark.parametrize(
    "place",
    [
        {"result_url": VIDEO},
        {"content": {"video_url": VIDEO}},
        {"content": {"videoUrl": VIDEO}},
        {"video_url": VIDEO},
        {"video": VIDEO},
        {"url": VIDEO},
        {"output": {"video_url": VIDEO}},
        {"output": {"urls": [VIDEO, OTHER]}},
        {"video_result": {"video_url": VIDEO}},
        {"metadata": {"url": VIDEO}},
        {"fail_reason": VIDEO},
    ],
)
@pytest.mark.parametrize("outside", [True, False])
def test_where_the_result_may_stand(place: dict[str, Any], outside: bool) -> None:
    found = report(dto(**place) if outside else dto(data=place))
    assert url_of(found) == VIDEO
    assert not found.flags


def test_that_the_order_of_places_holds_on_one_level() -> None:
    links = {n: f"https://files.example/{n}.mp4" for n in range(1, 9)}
    level: dict[str, Any] = {
        "metadata": {"url": links[8]},
        "video_result": {"video_url": links[7]},
        "output": {"video_url": links[6]},
        "url": links[5],
        "video": links[4],
        "video_url": links[3],
        "content": {"video_url": links[2], "file_url": "https://files.example/m"},
        "result_url": links[1],
    }
    order = []
    for name in reversed(list(level)):
        order.append(url_of(report({"task_id": "t", "status": "SUCCESS", **level})))
        del level[name]
    assert order == list(links.values())


def test_that_the_outer_link_is_taken_before_the_inner_one() -> None:
    found = report(dto(result_url=VIDEO, data={"content": {"video_url": OTHER}}))
    assert only_link(found).url == VIDEO


def test_that_error_text_in_result_url_is_a_reason_and_no_link() -> None:
    found = report(dto("FAILURE", result_url="任务超时（60分钟）"))
    assert found.links == ()
    assert found.error == TaskError(message="任务超时（60分钟）")


def test_that_a_link_in_fail_reason_is_a_link_only_on_success() -> None:
    assert url_of(report(dto(fail_reason=VIDEO))) == VIDEO
    assert report(dto("warming", fail_reason=VIDEO)).links == ()
    failed = report(dto("FAILURE", fail_reason=VIDEO))
    assert failed.links == ()
    assert failed.error is None


def test_that_text_in_fail_reason_on_success_is_no_failure() -> None:
    found = report(dto(fail_reason="copied", result_url=VIDEO))
    assert (found.status, found.error, url_of(found)) == (Status.SUCCEEDED, None, VIDEO)


@pytest.mark.parametrize(
    "echo",
    [
        {"image_url": VIDEO},
        {"first_frame": VIDEO},
        {"request": {"video_url": VIDEO, "url": VIDEO}},
        {"content": [{"role": "reference_video", "video_url": {"url": VIDEO}}]},
        {"content": [{"type": "video_url", "video_url": VIDEO}]},
        {"cover_url": VIDEO},
        {"properties": {"input": VIDEO}},
        {"callback_url": VIDEO},
    ],
)
def test_that_an_input_is_never_taken_for_the_result(echo: dict[str, Any]) -> None:
    found = report(dto(data={"id": "cgt-1", "status": "succeeded", **echo}, **echo))
    assert [link.url for link in found.links] == ["/v1/videos/t/content"]  # the gateway's route
    assert found.flags == {Flag.RESULT_MISSING}


@pytest.mark.parametrize("status", ["IN_PROGRESS", "QUEUED", "FAILURE"])
def test_that_an_address_named_before_success_is_no_result(status: str) -> None:
    assert report(dto(status, result_url=VIDEO)).links == ()


def test_that_a_result_below_a_false_failure_is_kept() -> None:
    inner = {"id": "cgt-1", "status": "succeeded", "content": {"video_url": VIDEO}}
    found = report(dto("FAILURE", inner, fail_reason="upstream returned error"))
    assert found.status is Status.SUCCEEDED
    assert url_of(found) == VIDEO
    assert found.flags == {Flag.STATUS_CONFLICT}
    assert found.provisional
    assert found.upstream_id == "cgt-1"


@pytest.mark.parametrize(
    "place",
    [
        {"result_url": "https://files.example/m.ZIP?sig=1"},
        {"result_url": "https://files.example/m.glb"},
        {"data": {"content": {"file_url": "https://files.example/m"}}},
        {
            "result_url": "https://files.example/m",
            "data": {"content": {"file_url": "https://files.example/m"}},
        },
    ],
)
def test_that_a_3d_file_is_told_by_its_key_or_its_name(place: dict[str, Any]) -> None:
    assert only_link(report(dto(**place))).kind is ArtifactKind.MODEL


def test_that_both_results_of_super_resolution_are_kept_apart() -> None:
    inner = {
        "resolution": "480p",
        "super_resolution": "1080p",
        "content": {"video_url": OTHER, "last_frame_url": "https://files.example/f.png"},
    }
    found = report(dto(data=inner, result_url=VIDEO, original_result_url=OTHER))
    assert (found.resolution, found.source_resolution) == ("1080p", "480p")
    assert {link.kind: link.url for link in found.links} == {
        ArtifactKind.VIDEO: VIDEO,
        ArtifactKind.ORIGINAL_VIDEO: OTHER,
        ArtifactKind.LAST_FRAME: "https://files.example/f.png",
    }


# --- error


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (dto("FAILURE", fail_reason="too slow"), "", "too slow"),
        (dto("FAILURE", {"error": {"code": "A"}}, fail_reason="why"), "A", "why"),
        (dto("FAILURE", {"error": {"message": "deep"}}, fail_reason="why"), "", "deep"),
        (dto("FAILURE", {"code": "E1", "message": "deep", "data": None}), "E1", "deep"),
        (dto("FAILURE", fail_reason='{"error":{"code":"A","message":"m"}}'), "A", "m"),
        (dto("FAILURE", {"output": {"task_status": "FAILED", "code": "A"}}), "A", ""),
    ],
)
def test_that_the_deepest_reason_wins(body: object, code: str, message: str) -> None:
    assert report(body).error == TaskError(code=code, message=message)


def test_that_a_failure_without_a_reason_has_none() -> None:
    found = report(dto("FAILURE", fail_reason="", progress="100%"))
    assert (found.error, found.progress_raw) == (None, "100%")


# --- facts, times, ids


def test_that_start_is_the_earliest_and_finish_the_latest_of_all_levels() -> None:
    deep = {"start_time": 350, "finish_time": 450, "updated_at": 460}
    inner = wrap({"status": "SUCCESS", "start_time": 300, "finish_time": 500, "data": deep})
    found = report(dto(data=inner, submit_time=100, start_time=0, finish_time=400, updated_at=9))
    assert (found.created_at, found.started_at, found.finished_at) == (100.0, 300.0, 500.0)
    assert found.updated_at == 460.0


def test_that_zero_is_not_a_time() -> None:
    found = report(dto("NOT_START", submit_time=0, start_time=0, finish_time=0))
    assert (found.created_at, found.started_at, found.finished_at) == (None, None, None)


def test_that_a_written_out_time_inside_is_not_when_the_task_was_made() -> None:
    inner = {"video": VIDEO, "created_at": "2025-08-29T16:52:26.472319"}
    assert report(dto(data=inner)).created_at is None
    for said in (1756457484, "1756457484"):
        assert report(dto(data={**inner, "created_at": said})).created_at == 1756457484.0


def test_that_what_was_long_before_the_submission_is_another_clock_s() -> None:
    def times(said: float) -> tuple[float | None, float | None]:
        found = report(dto(data={"start_time": said, "finish_time": said}, submit_time=5000))
        return found.started_at, found.finished_at

    assert times(1000) == times(4939) == (None, None)
    assert times(4940) == (4940.0, 4940.0)


def test_that_the_end_of_a_gateway_s_link_is_inferred_from_the_finish() -> None:
    link = only_link(report(dto(result_url=VIDEO, finish_time=1756457496, updated_at=9)))
    assert (link.expires_at, link.expires_inferred) == (1756543896.0, True)


def test_that_a_row_number_is_never_an_id() -> None:
    found = report(dto("IN_PROGRESS", {"id": 5}, id=6))
    assert (found.id, found.upstream_id) == ("t", None)


def test_that_the_deepest_other_id_is_the_upstream_one() -> None:
    second = wrap({"task_id": "task_2", "status": "SUCCESS", "data": {"id": "cgt-3"}})
    assert report(dto(data=second)).upstream_id == "cgt-3"
    assert report(dto(data=wrap({"task_id": "task_2"}))).upstream_id == "task_2"


def test_that_facts_come_from_the_deepest_level_that_knows_them() -> None:
    inner = {"model": "m-deep", "seed": 7}
    outer = {"model": "m-outer", "ratio": "1:1", "properties": {"origin_model_name": "m-asked"}}
    found = report(dto("IN_PROGRESS", inner, **outer))
    assert (found.model, found.seed, found.ratio) == ("m-deep", 7, "1:1")
    for asked in (outer["properties"], {"upstream_model_name": "m-asked"}):
        assert report(dto("IN_PROGRESS", properties=asked)).model == "m-asked"


def test_that_numbers_of_the_gateway_s_own_books_are_no_tokens() -> None:
    assert report(dto(quota=5750000, result_url=VIDEO)).usage is None


# --- other shapes of the same routes


def test_the_shape_of_other_channels() -> None:
    data: dict[str, Any] = {"error": None, "format": "mp4", "metadata": {}, "status": "succeeded"}
    found = report(wrap({**data, "task_id": "t", "url": VIDEO}))
    assert (found.status, found.file_format, url_of(found)) == (Status.SUCCEEDED, "mp4", VIDEO)


def test_the_flat_shape_of_the_gateway_s_documents() -> None:
    body = {"task_id": "t", "status": "completed", "url": VIDEO, "error": {"code": 0}}
    found = report({**body, "format": "mp4", "metadata": {"fps": 24}})
    assert (found.status, found.error, url_of(found)) == (Status.SUCCEEDED, None, VIDEO)


def test_the_older_bare_shape_of_anyfast() -> None:
    found = report({"id": "t", "status": "submitted", "created_at": 1718049470})
    assert (found.status, found.created_at) == (Status.QUEUED, 1718049470.0)


def test_the_shape_of_alibaba_s_models() -> None:
    output = {
        "task_id": "u-1",
        "task_status": "SUCCEEDED",
        "submit_time": "2026-04-28 10:37:42.625",
        "scheduled_time": "2026-04-28 10:37:43.000",
        "end_time": "2026-04-28 10:40:00.000",
        "video_url": VIDEO,
    }
    found = report({"request_id": "r", "output": output})
    assert (found.status, url_of(found)) == (Status.SUCCEEDED, VIDEO)
    assert (found.upstream_id, found.request_id) == ("u-1", "r")
    assert (found.created_at, found.started_at) == (1777343862.625, 1777343863.0)
    assert found.finished_at == 1777344000.0
    wrapped = report(dto(data={"output": output}))
    assert (wrapped.status, url_of(wrapped)) == (Status.SUCCEEDED, VIDEO)


@pytest.mark.parametrize(
    ("status", "finished"),
    [("completed", 200.0), ("failed", 200.0), ("in_progress", None), ("unknown", None)],
)
def test_that_openai_s_completed_at_counts_only_at_the_end(
    status: str, finished: float | None
) -> None:
    body = {"id": "t", "object": "video", "status": status, "completed_at": 200}
    assert report(body).finished_at == finished


def test_that_openai_s_own_end_of_the_link_is_taken() -> None:
    body = {"id": "t", "object": "video", "status": "completed", "expires_at": 1756543941}
    found = report({**body, "seconds": "8", "size": "720x1280", "metadata": {"url": VIDEO}})
    link = only_link(found)
    assert (link.expires_at, link.expires_inferred) == (1756543941.0, False)
    assert (found.duration_s, found.resolution) == (8.0, "720x1280")


@pytest.mark.parametrize("more", [{"platform": "jimeng"}, {"data": {"status": "done"}}])
def test_that_the_end_of_jimeng_s_links_is_not_known(more: dict[str, Any]) -> None:
    found = report(dto("SUCCESS", result_url=VIDEO, finish_time=1_764_000_000, **more))
    assert only_link(found).expires_at is None


def test_that_only_a_task_that_succeeded_was_charged() -> None:
    assert report(dto("SUCCESS", quota=5, data={"quota": 3})).quota == 5
    assert report(dto("FAILURE", quota=5)).quota is None


@pytest.mark.parametrize("cost", [0.25, "0.25", 0])
def test_that_a_cost_is_what_was_charged_in_dollars(cost: object) -> None:
    found = report({"id": "t", "status": "completed", "url": VIDEO, "usage": {"cost": cost}})
    assert found.charged == Charge(amount=float(str(cost)), currency="USD")


@pytest.mark.parametrize("usage", [None, {"cost": -1.0}, {"cost": "much"}, {"cost": 1e300}])
def test_that_without_a_cost_nothing_was_charged(usage: object) -> None:
    assert report({"id": "t", "status": "completed", "usage": usage}).charged is None


@pytest.mark.parametrize(
    ("more", "duration"),
    [
        ({"video": {"url": VIDEO, "duration": 6}}, 6.0),  # xAI
        ({"video": {"url": VIDEO, "duration": 6}, "duration": 5}, 5.0),
        ({"video": {"url": VIDEO, "duration": "long"}}, None),
        ({"video": VIDEO}, None),
    ],
)
def test_how_long_the_film_is_that_says_so_itself(
    more: dict[str, Any], duration: float | None
) -> None:
    assert report({"request_id": "t", "status": "done", **more}).duration_s == duration
