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
                *("detail", "failUrl", "reason", "error_page", "properties", "options"),
                *("extend", "driving_video", "start_video", "tail", "template", "bgm", "music_url"),
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


#: What tells that the film was enhanced.
ENHANCED = [
    {"original_result_url": OTHER},
    {"super_resolution": "1080p"},
    {"usage": {"super_resolution_tokens": 5}},
]
OWN = "/v1/videos/t/content"


@pytest.mark.parametrize("sign", ENHANCED)
@pytest.mark.parametrize("is_inside", [False, True])
@pytest.mark.parametrize(
    ("named", "links"),
    [
        ({"result_url": VIDEO}, [VIDEO, OWN]),
        ({"result_url": f"http://localhost:3000{OWN}"}, [OWN]),
        ({"result_url": ""}, [OWN]),
        ({}, [OWN]),
    ],
)
def test_that_the_film_before_super_resolution_is_never_the_result(
    sign: dict[str, Any], is_inside: bool, named: dict[str, str], links: list[str]
) -> None:
    inner = {"id": "cgt-1", "status": "succeeded", "content": {"video_url": OTHER}}
    if is_inside and "original_result_url" not in sign:
        found = report(dto("SUCCESS", inner | sign, **named))
    else:
        found = report(dto("SUCCESS", inner, **named, **sign))
    film, before = found.links
    assert (film.kind, [film.url, *film.others]) == (ArtifactKind.VIDEO, links)
    assert (before.kind, before.url) == (ArtifactKind.ORIGINAL_VIDEO, OTHER)
    assert found.flags == (frozenset() if named.get("result_url") else {Flag.RESULT_MISSING})


@pytest.mark.parametrize("sign", ENHANCED[1:])
def test_that_a_service_s_own_enhanced_film_is_the_result(sign: dict[str, Any]) -> None:
    body = {"id": "t", "status": "succeeded", "content": {"video_url": VIDEO}}
    assert url_of(report(body | sign)) == VIDEO
    assert url_of(report({"code": "success", "data": body | sign})) == VIDEO


def test_that_the_original_film_named_as_such_is_not_the_result_as_well() -> None:
    found = report({"id": "t", "status": "done", "url": VIDEO, "original_result_url": VIDEO})
    assert [link.kind for link in found.links] == [ArtifactKind.ORIGINAL_VIDEO]


@pytest.mark.parametrize("first", ["result_url", "video_url"])
def test_that_an_object_under_data_is_read_in_the_order_of_a_level(first: str) -> None:
    found = report(
        {"code": 0, "data": {"task_id": "t", "status": "SUCCESS", "url": OTHER, first: VIDEO}}
    )
    assert (found.links[0].url, found.links[0].others) == (VIDEO, (OTHER, OWN))


@pytest.mark.parametrize(
    "answer",
    [
        dto("SUCCESS", result_url=VIDEO),
        dto("SUCCESS", {"status": "succeeded", "content": {"video_url": VIDEO}}),
        {"id": "t", "object": "video", "status": "completed", "metadata": {"url": VIDEO}},
    ],
)
def test_that_the_own_route_is_the_last_candidate_behind_a_direct_link(answer: Any) -> None:
    (link,) = report(answer).links
    assert (link.url, link.others, link.found_by_search) == (VIDEO, (OWN,), False)


def test_that_a_service_without_such_a_route_is_not_asked_at_one() -> None:
    (link,) = report({"id": "t", "status": "succeeded", "video_url": VIDEO}).links
    assert link.others == ()


@pytest.mark.parametrize("written", ["video_YQ%3D%3D", "%76ideo_YQ%3d%3d", "video_YQ=="])
def test_that_the_own_route_is_known_with_an_escaped_id(written: str) -> None:
    url = f"http://localhost:3000/v1/videos/{written}/content"
    answer = {
        "id": "video_YQ==",
        "object": "video",
        "status": "completed",
        "metadata": {"url": url},
    }
    (link,) = report(answer, "video_YQ==").links
    assert (link.url, link.others) == (f"/v1/videos/{written}/content", ())


def test_that_the_own_route_is_asked_before_a_link_that_was_only_looked_for() -> None:
    found = report(dto("SUCCESS", {"status": "succeeded", "made": {"there": VIDEO}}))
    (link,) = found.links
    assert (link.url, link.others, link.found_by_search) == (OWN, (VIDEO,), True)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "mp3", "wav", "m4a", "srt"])
def test_that_what_stands_beside_a_film_never_stands_in_for_it(ending: str) -> None:
    beside = f"https://files.example/beside.{ending}"
    inner = {"status": "succeeded", "video_url": VIDEO}
    for answer, links in (
        (dto("SUCCESS", inner, result_url=beside), [VIDEO, OWN]),
        (dto("SUCCESS", {"outputs": [beside, VIDEO]}), [VIDEO, OWN]),
        (dto("SUCCESS", {"videos": [{"url": beside}, {"url": VIDEO}]}), [VIDEO, OWN]),
        (dto("SUCCESS", result_url=beside), [OWN]),
        (dto("SUCCESS", {"status": "succeeded", "there": beside}), [OWN]),
        ({"id": "t", "status": "done", "url": beside}, [beside]),  # nothing else is offered
        ({"id": "t", "status": "done", "made": beside}, []),
    ):
        found = report(answer).links
        assert [url for link in found for url in (link.url, *link.others)] == links


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
        *("已限流", "系统繁忙", "账户余额不足", "请求过于频繁", "请稍后再试"),
        *("Request Has Reached API Limit, Please Try Later", "Service busy, try again"),
        *("Requests are too fast", "RequestBurstTooFast", "Your balance is not enough"),
        *("insufficient_credits", "request timed out", "Gateway Time-out", "throttled"),
        *("request concurrency limit", "429 no", "503 no", "50429 no", "50430 no", "50500 no"),
    ],
)
def test_that_a_gateway_gave_up_when_the_error_behind_is_about_asking(words: str) -> None:
    code, _, rest = words.partition(" ")
    errors = (
        [{"code": code, "message": words}]
        if rest == "no"
        else [{"message": words}, {"code": words}]
    )
    for error in errors:
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


@pytest.mark.parametrize(
    ("error", "flags"),
    [
        ({"code": 50429, "message": "Request Has Reached API Limit", "data": None}, {Flag.GAVE_UP}),
        ({"error": {"code": 503, "message": "hm"}}, {Flag.GAVE_UP}),
        ({"error": {"code": "", "message": "something we never heard"}}, {Flag.GAVE_UP}),
        ({"code": 50511, "message": "Post Img Risk Not Pass", "data": None}, set()),
        ({"error": {"code": "OutputVideoSensitiveContentDetected", "message": "no"}}, set()),
        ({"id": "cgt-1", "status": "failed", "error": {"code": "A", "message": "broke"}}, set()),
    ],
)
def test_that_a_gateway_s_own_sentence_outweighs_an_error_that_is_not_the_task_s(
    error: dict[str, Any], flags: set[Flag]
) -> None:
    found = report(dto("FAILURE", error, fail_reason="任务超时（1440分钟）"))
    assert (found.status, set(found.flags)) == (Status.FAILED, flags)


@pytest.mark.parametrize(
    "words", ["the duration must be 5", "50411 no", "50511 no", "400 x", "Sensitive: try again"]
)
def test_that_an_error_about_the_task_is_not_about_asking(words: str) -> None:
    code, _, message = words.rpartition(" ")
    found = report(dto("FAILURE", {"error": {"code": code, "message": message}}, fail_reason="no!"))
    assert (found.status, set(found.flags)) == (Status.FAILED, set())


@pytest.mark.parametrize("empty", [{}, {"error": None}, {"error": {"code": "", "message": ""}}])
def test_that_a_failure_below_a_task_that_goes_on_counts_only_with_a_reason(
    empty: dict[str, Any],
) -> None:
    inner = {"id": "cgt-1", "status": "failed"}
    found = report(dto("IN_PROGRESS", inner | empty))
    assert (found.status, set(found.flags)) == (Status.RUNNING, set())
    found = report(dto("IN_PROGRESS", inner | {"error": {"code": "A", "message": "broke"}}))
    assert (found.status, set(found.flags)) == (Status.FAILED, {Flag.STATUS_CONFLICT})


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
