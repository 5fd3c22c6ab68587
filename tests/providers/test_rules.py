"""The rules of the readers that no captured answer needs by itself."""

from typing import Any

import pytest

from rushes.core.task import ArtifactKind, Flag, Status, TaskError
from tests.providers.replies import VIDEO, report, url_of

OTHER = "https://files.example/other.mp4"


def dto(status: str, data: Any = None, **more: Any) -> dict[str, Any]:
    return {"code": "success", "data": {"task_id": "t", "status": status, "data": data, **more}}


# --- where the film may stand (contract 3.4, 8) ------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        {"result_url": VIDEO},
        {"content": {"result_url": VIDEO}},
        {"content": {"video_url": VIDEO}},
        {"content": [{"type": "video", "url": VIDEO}]},
        {"content": {"file_url": VIDEO}},
        {"video_url": VIDEO},
        {"video": VIDEO},
        {"video": {"url": VIDEO}},
        {"url": VIDEO},
        {"output": {"video_url": VIDEO}},
        {"output": {"urls": [VIDEO]}},
        {"output": {"url": VIDEO}},
        {"output": VIDEO},
        {"output": [VIDEO]},
        {"video_result": {"video_url": VIDEO}},
        {"task_result": {"videos": [{"url": VIDEO}]}},
        {"metadata": {"url": VIDEO}},
        {"results": [{"url": VIDEO}]},
        {"outputs": [VIDEO]},
        {"videos": [{"url": VIDEO}]},
        {"creations": [{"url": VIDEO, "coverUrl": OTHER}]},
        {"data": [{"url": VIDEO}]},
        {"resultJson": f'{{"resultUrls": ["{VIDEO}"]}}'},
        {"response": {"resultUrls": [VIDEO]}},
        {"resultUrls": [VIDEO]},
        {"urls": [VIDEO, OTHER]},
        {"unsigned_urls": [VIDEO]},
        {"file_url": VIDEO},
    ],
)
def test_that_the_film_is_found_at_its_place_beside_another_address(place: dict[str, Any]) -> None:
    found = report({"id": "t", "status": "succeeded", "made_before": [OTHER], **place})
    (link,) = found.links
    assert (link.url, link.found_by_search) == (VIDEO, False)
    assert found.flags == frozenset()


@pytest.mark.parametrize(
    ("rest", "film"),
    [
        ({"there": "https://files.example/a"}, "https://files.example/a"),
        ({"there": "https://files.example/a", "here": "https://files.example/b"}, None),
        ({"there": "https://files.example/a", "here": VIDEO}, VIDEO),
        ({"there": OTHER, "here": VIDEO}, None),
        *(({"there": f"https://files.example/a.{e}"}, None) for e in ("png", "jpg", "jpeg")),
        *(({"there": f"https://files.example/a.{e}"}, None) for e in ("webp", "avif")),
        ({"there": VIDEO, "type": "image_url"}, None),
        ({"there": VIDEO, "role": "reference"}, None),
        *(
            ({f"my_{name}": VIDEO}, None)
            for name in (
                *("image", "img_url", "frame", "ref_video", "input", "req_json", "prompt"),
                *("callback", "webhook", "avatar", "logo", "doc", "cover", "watermark", "poster"),
                *("thumb", "preview", "params", "payload", "polling_url", "help", "audio_url"),
                *("mask", "subject", "source_video", "original", "err_msg", "message", "msg"),
                *("detail", "failUrl", "reason", "error_page"),
            )
        ),
    ],
)
def test_what_the_search_for_a_link_takes(rest: dict[str, Any], film: str | None) -> None:
    found = report({"id": "t", "status": "succeeded", "made": rest})
    assert url_of(found) == film
    assert (Flag.RESULT_MISSING in found.flags) is (film is None)
    assert all(link.found_by_search for link in found.links)


def test_that_a_link_as_the_reason_counts_before_one_that_is_looked_for() -> None:
    found = report({"id": "t", "status": "succeeded", "fail_reason": VIDEO, "made": {"a": OTHER}})
    (link,) = found.links
    assert (link.url, link.found_by_search) == (VIDEO, False)


def test_that_a_part_of_an_echoed_request_is_no_film() -> None:
    for part in ({"type": "image_url"}, {"type": "video", "role": "reference_video"}):
        assert report({"id": "t", "status": "done", "content": [part | {"url": VIDEO}]}).links == ()


def test_that_the_last_frame_may_stand_beside_the_film() -> None:
    found = report({"id": "t", "status": "succeeded", "url": VIDEO, "last_frame_url": OTHER})
    assert url_of(found, ArtifactKind.LAST_FRAME) == OTHER


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/v1/videos/t/content", True),
        ("/api/v1/tasks/t/artifacts/video/content", True),
        ("/v1/videos/other/content", False),
        ("/v1/videos/t/content/a.mp4", False),
    ],
)
def test_which_links_are_the_gateway_s_own_route_whatever_host_they_name(
    path: str, own: bool
) -> None:
    url = f"http://localhost:3000{path}"
    found = url_of(report(dto("SUCCESS", result_url=url)))
    assert found == (path.removeprefix("/api") if own else url)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/files/a.mp4", "/files/a.mp4"),
        ("/files/a.mp4?x=1", "/files/a.mp4?x=1"),
        ("/v1/videos/t/content", "/v1/videos/t/content"),
        ("/v1/tasks/t/artifacts/video/content?a=b", "/v1/tasks/t/artifacts/video/content?a=b"),
        ("/static/page", None),
        ("//files.example/a.mp4", None),
        ("files/a.mp4", None),
    ],
)
def test_which_paths_are_links(path: str, url: str | None) -> None:
    assert url_of(report({"id": "t", "status": "succeeded", "url": path})) == url


@pytest.mark.parametrize(
    "sign",
    [
        {"original_result_url": OTHER},
        {"super_resolution": "1080p"},
        {"usage": {"super_resolution_tokens": 5}},
    ],
)
def test_that_the_film_before_super_resolution_is_no_candidate(sign: dict[str, Any]) -> None:
    inner = {"id": "cgt-1", "status": "succeeded", "content": {"video_url": OTHER}}
    found = report(dto("SUCCESS", inner, result_url=VIDEO, **sign))
    link = next(link for link in found.links if link.kind is ArtifactKind.VIDEO)
    assert (link.url, link.others) == (VIDEO, ())


# --- which level speaks (contract 10) ----------------------------------------------------------


@pytest.mark.parametrize("outer", ["IN_PROGRESS", "UNKNOWN", "NOT_START"])
@pytest.mark.parametrize("deep", [False, True])
def test_that_a_film_below_a_gateway_that_has_not_noticed_is_taken(outer: str, deep: bool) -> None:
    inner: dict[str, Any] = {"id": "cgt-1", "status": "succeeded", "content": {"video_url": VIDEO}}
    found = report(dto(outer, dto("SUCCESS", inner)["data"] if deep else inner))
    assert (found.status, found.provisional) == (Status.SUCCEEDED, True)
    assert found.flags == {Flag.STATUS_CONFLICT}
    assert url_of(found) == VIDEO


def test_that_an_address_below_a_task_that_goes_on_is_no_film() -> None:
    found = report(dto("QUEUED", {"id": "cgt-1", "status": "running", "video_url": VIDEO}))
    assert (found.status, found.flags, found.links) == (Status.QUEUED, frozenset(), ())


def test_that_the_trouble_of_a_gateway_behind_is_this_gateway_s() -> None:
    inner = dto("QUEUED", {"error": {"message": "no such key"}})["data"]
    found = report(dto("IN_PROGRESS", inner))
    assert (found.status, set(found.flags)) == (Status.RUNNING, {Flag.UPSTREAM_TROUBLE})
    assert found.upstream_said == "no such key"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "success", "data": {"status": "processing"}}, Status.RUNNING),
        ({"status": True, "data": {"status": "processing"}}, Status.RUNNING),
        ({"id": "t", "status": "success", "data": {"status": "processing"}}, Status.SUCCEEDED),
        ({"task_id": "t", "status": "success", "data": {"status": "queued"}}, Status.SUCCEEDED),
        ({"code": 0, "status": "success", "data": {"status": "queued"}}, Status.SUCCEEDED),
        ({"status": "success", "data": {"url": VIDEO}}, Status.SUCCEEDED),
        ({"status": "queued", "data": {"status": "processing"}}, Status.QUEUED),
        ({"id": "t", "status": 100, "state": "done"}, Status.SUCCEEDED),
    ],
)
def test_when_an_outermost_word_is_about_the_call(body: dict[str, Any], status: Status) -> None:
    assert report(body).status is status


@pytest.mark.parametrize(
    "words",
    [
        *("sensitive content", "Post Img Risk Not Pass", "refused by moderation"),
        *("policy violation", "a POLICY_VIOLATION"),
    ],
)
def test_that_a_call_code_with_words_about_the_content_is_the_end_of_the_task(words: str) -> None:
    found = report({"id": "t", "status": "", "code": 50411, "message": words})
    assert (found.status, found.status_raw) == (Status.FAILED, "50411")
    for said in (
        {"code": "Refused", "message": words},
        {"code": 50411, "message": "no"},
        {"error": {"code": 50411, "message": words}},
    ):
        assert report({"id": "t", "status": "", **said}).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "words",
    [
        *("authentication failed", "Unauthorized", "unauthorised", "no such API key"),
        *(
            "Invalid token",
            "AccessDenied",
            "无效的令牌",
            "密钥错误",
            "rate limit",
            "RateLimitExceeded",
        ),
        *("Too many requests", "quota exceeded", "ServerOverloaded", "AccountOverdueError"),
        *("InternalServiceError", "service unavailable", "Bad Gateway", "upstream error"),
        *("已限流", "系统繁忙"),
    ],
)
def test_that_a_gateway_gave_up_when_the_error_behind_is_about_asking(words: str) -> None:
    for error in ({"message": words}, {"code": words}):
        found = report(dto("FAILURE", {"error": error}, fail_reason="no"))
        assert (set(found.flags), found.upstream_said) == ({Flag.GAVE_UP}, words)


@pytest.mark.parametrize(
    ("inner", "flags"),
    [
        ({"id": "cgt-1", "status": "succeeded"}, set()),
        ({"id": "cgt-1", "status": "running", "video_url": VIDEO}, {Flag.GAVE_UP}),
        ({"id": "cgt-1"}, {Flag.GAVE_UP}),
        ({"name": "models/veo/operations/1"}, {Flag.GAVE_UP}),
        ({"task_id": "1", "state": "processing"}, {Flag.GAVE_UP}),
        ({"error": {"code": "RateLimitExceeded", "message": "slow down"}}, {Flag.GAVE_UP}),
        ({"error": {"code": "InternalServiceError", "message": "x"}}, {Flag.GAVE_UP}),
        ({"error": {"message": "no", "code": "internal"}}, set()),  # as the gateway says itself
        ({"error": {"code": "OutputVideoSensitiveContentDetected", "message": "x"}}, set()),
        ({"code": 50411, "message": "Pre Img Risk Not Pass", "data": None}, set()),
        ({"id": "cgt-1", "status": "failed"}, set()),
        ({}, set()),
        (None, set()),
    ],
)
def test_when_a_gateway_that_failed_a_task_gave_up(inner: Any, flags: set[Flag]) -> None:
    found = report(dto("FAILURE", inner, fail_reason="no"))
    assert (found.status, set(found.flags)) == (Status.FAILED, flags)
    assert found.error is not None
    assert found.error.message


@pytest.mark.parametrize("reason", ["upstream returned unrecognized message", "任务超时（2分钟）"])
def test_that_a_gateway_s_own_sentence_says_that_it_gave_up_a_failed_task_only(reason: str) -> None:
    assert report(dto("FAILURE", fail_reason=reason)).flags == {Flag.GAVE_UP}
    done = report(dto("SUCCESS", fail_reason=reason, result_url=VIDEO))
    assert (done.status, done.flags) == (Status.SUCCEEDED, frozenset())


@pytest.mark.parametrize("said", ["generating", "failed"])
def test_that_the_reason_is_the_words_of_the_gateway_that_gave_up_among_several(said: str) -> None:
    deep = {"task_id": "t2", "status": said, "fail_reason": "no", "message": "no"}
    found = report(
        dto("IN_PROGRESS", dto("FAILURE", deep, fail_reason="任务超时（2分钟）")["data"])
    )
    assert found.error is not None
    assert found.error.message == ("任务超时（2分钟）" if said == "generating" else "no")


@pytest.mark.parametrize(
    "inner",
    [
        {"error": {"code": "InputTextSensitiveContentDetected", "message": "x"}},
        {"code": 50429, "message": "slow down", "data": None},
        {"code": 50411, "message": "Pre Img Risk Not Pass", "data": None},
        {"error": {"code": "ServerOverloaded"}},
        {"error": {"message": "slow down"}},
        {"base_resp": {"status_code": 1004, "status_msg": "login fail"}},
    ],
)
def test_that_an_error_below_a_task_that_goes_on_is_trouble(inner: dict[str, Any]) -> None:
    found = report(dto("IN_PROGRESS", inner))
    assert (found.status, set(found.flags)) == (Status.RUNNING, {Flag.UPSTREAM_TROUBLE})
    assert found.upstream_said


def test_that_a_sentence_below_a_task_that_goes_on_is_no_trouble() -> None:
    found = report(dto("IN_PROGRESS", {"message": "still at work"}))
    assert (found.flags, found.upstream_said) == (frozenset(), None)


def test_that_a_word_of_any_spelling_and_place_is_the_status() -> None:
    for name in ("status", "task_status", "taskStatus", "TaskStatus", "state", "gen_status"):
        assert report({"id": "t", name: "Processing"}).status is Status.RUNNING
    assert report({"id": "t", "status": 2, "code": 2, "state": "done"}).status is Status.SUCCEEDED


# --- why a task failed (contract 8) ------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("task_status_msg", "failMsg", "err_msg", "error_message", "message", "error"),
        *("failure_reason", "fail_reason", "result_url"),
    ],
)
def test_under_which_names_a_reason_stands(name: str) -> None:
    found = report({"id": "t", "status": "failed", name: "blocked"})
    assert found.error == TaskError(message="blocked")
    assert found.links == ()
    inner = {"id": "cgt-1", "status": "failed", name: "blocked"}
    found = report(dto("FAILURE", inner, fail_reason="no"))
    assert found.error == TaskError(message="no" if name == "message" else "blocked")


def test_that_the_request_s_id_is_taken_from_whichever_reason_names_it() -> None:
    inner = {"id": "cgt-1", "status": "failed", "error": {"code": "A", "message": "m"}}
    found = report(dto("FAILURE", inner, fail_reason="m (request id: 42)"))
    assert found.error == TaskError(code="A", message="m", request_id="42")


@pytest.mark.parametrize("name", ["code", "failCode", "err_code", "error_code"])
def test_under_which_names_the_code_of_a_reason_stands(name: str) -> None:
    for more in ({"message": "no"}, {"msg": "no"}, {"error_msg": "no"}, {"detail": "no"}):
        found = report({"id": "t", "status": "failed", name: "X.1", **more})
        assert found.error == TaskError(code="X.1", message="no")


@pytest.mark.parametrize(
    "said",
    ["success", "SUCCEED", "succeeded", "OK", "successful", "操作成功", "成功", "null", "None", ""],
)
def test_that_a_word_about_the_call_is_no_reason(said: str) -> None:
    for code in (0, "0", 200, "ok", "succeed", 10000):
        assert report({"id": "t", "status": "failed", "message": said, "code": code}).error is None
