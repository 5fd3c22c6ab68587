"""Family A: the fields of the bare task object, with the types that were really seen."""

from typing import Any

import pytest

from rushes.core.task import ArtifactKind, Flag, Status, TaskError, Usage
from tests.providers.replies import VIDEO, only_link, reply, report, url_of

OK: dict[str, Any] = {"id": "t", "status": "succeeded", "content": {"video_url": VIDEO}}


@pytest.mark.parametrize(
    ("field", "value", "name", "found"),
    [
        ("model", "m-1", "model", "m-1"),
        ("resolution", "4k", "resolution", "4k"),
        ("size", "1280x720", "resolution", "1280x720"),
        ("ratio", "9:16", "ratio", "9:16"),
        ("duration", 5, "duration_s", 5.0),
        ("duration", "5", "duration_s", 5.0),
        ("duration", 5.54, "duration_s", 5.54),
        ("seconds", "8", "duration_s", 8.0),
        ("duration", -1, "duration_s", None),
        ("duration", 0, "duration_s", None),
        ("frames", 133, "frames", 133),
        ("frames", "133", "frames", 133),
        ("frames", 0, "frames", None),
        ("framespersecond", 24, "fps", 24.0),
        ("framepersecond", 24, "fps", 24.0),
        ("seed", 4294967295, "seed", 4294967295),
        ("seed", "10", "seed", 10),
        ("seed", 0, "seed", 0),
        ("seed", None, "seed", None),
        ("generate_audio", False, "audio", False),
        ("draft", True, "draft", True),
        ("draft_task_id", "cgt-0", "draft_task_id", "cgt-0"),
        ("service_tier", "flex", "tier", "flex"),
        ("execution_expires_after", 3600, "expires_after_s", 3600.0),
        ("priority", 9, "priority", "9"),
        ("priority", 0, "priority", "0"),
        ("priority", "normal", "priority", "normal"),
        ("subdivisionlevel", "medium", "subdivision", "medium"),
        ("fileformat", "glb", "file_format", "glb"),
        ("output_format", "mov", "file_format", "mov"),
        ("format", "mp4", "file_format", "mp4"),
        ("revised_prompt", "猫", "revised_prompt", "猫"),
        ("safety_identifier", "u-1", "safety_identifier", "u-1"),
        ("tools", [{"type": "web_search"}, 5, {}], "tools", ("web_search",)),
        ("tools", None, "tools", ()),
        ("created_at", "1718049470", "created_at", 1718049470.0),
        ("created_at", 1718049470000, "created_at", 1718049470.0),
        ("created_at", "2025-08-29 16:52:26", "created_at", 1756457546.0),
        ("updated_at", 1718049470, "updated_at", 1718049470.0),
        ("updated_at", 0, "updated_at", None),
        ("progress", 100, "progress_raw", "100"),
        ("progress", 0.5, "progress_raw", "0.5"),
        ("progress", "50%", "progress_raw", "50%"),
        ("progress", "", "progress_raw", None),
        ("progress", None, "progress_raw", None),
    ],
)
def test_how_a_field_is_read(field: str, value: object, name: str, found: object) -> None:
    assert getattr(report({**OK, field: value}), name) == found


def test_that_frames_and_duration_may_both_be_said_or_neither() -> None:
    both = report({**OK, "frames": 133, "duration": 5})
    assert (both.frames, both.duration_s) == (133, 5.0)
    assert (report(OK).frames, report(OK).duration_s) == (None, None)


@pytest.mark.parametrize(
    ("usage", "found"),
    [
        (
            {"completion_tokens": "38830", "total_tokens": 38830.0},
            Usage(completion_tokens=38830, total_tokens=38830, billed_tokens=38830),
        ),
        ({"total_tokens": 7}, Usage(total_tokens=7, billed_tokens=7)),
        (
            {"completion_tokens": 1, "total_tokens": 1, "super_resolution_tokens": 9},
            Usage(completion_tokens=1, total_tokens=1, billed_tokens=9),
        ),
        (
            {"completion_tokens": 0, "tool_usage": {"web_search": 2}},
            Usage(completion_tokens=0, billed_tokens=0, web_searches=2),
        ),
        ({"completion_tokens": -1, "tool_usage": []}, None),
        ({}, None),
        (None, None),
        ("30000", None),
        ([1], None),
    ],
)
def test_how_usage_is_read(usage: object, found: Usage | None) -> None:
    assert report({**OK, "usage": usage}).usage == found


@pytest.mark.parametrize(
    "nothing",
    [
        *(None, "null", "NULL", "", " ", {}, {"code": "", "message": ""}, [], {"code": 0}),
        {"code": "null", "message": "null"},
    ],
)
@pytest.mark.parametrize("status", ["succeeded", "failed", "running"])
def test_that_an_empty_error_is_none_whatever_the_status(nothing: object, status: str) -> None:
    found = report({**OK, "status": status, "error": nothing})
    assert found.error is None
    assert found.status_raw == status


def test_that_only_the_status_decides_about_failure() -> None:
    said = {"code": "InternalServiceError", "message": "boom"}
    for status in ("queued", "running", "succeeded", "warming"):
        assert report({**OK, "status": status, "error": said}).error is None
    for status in ("failed", "cancelled", "expired"):
        found = report({"id": "t", "status": status, "error": said})
        assert found.error == TaskError(code="InternalServiceError", message="boom")


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("error", {"code": "A.B", "message": "m"}, TaskError(code="A.B", message="m")),
        ("error", {"message": "m"}, TaskError(message="m")),
        ("error", {"code": "A", "message": None}, TaskError(code="A")),
        ("error", {"code": 1003}, TaskError(code="1003")),
        ("error", "out of memory", TaskError(message="out of memory")),
        ("error", '{"code":"A","message":"m"}', TaskError(code="A", message="m")),
        ("error", '{"error":{"code":"A","message":"m"}}', TaskError(code="A", message="m")),
        ("error", "{not json", TaskError(message="{not json")),
        ("failure_reason", {"code": "A", "message": "m"}, TaskError(code="A", message="m")),
        ("failure_reason", "why", TaskError(message="why")),
        ("message", "why", TaskError(message="why")),
        (
            "error",
            {"code": "A", "message": "m", "request_id": "r1"},
            TaskError(code="A", message="m", request_id="r1"),
        ),
    ],
)
def test_how_the_reason_of_a_failure_is_read(field: str, value: object, found: TaskError) -> None:
    assert report({"id": "t", "status": "failed", field: value}).error == found


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("It failed. Request id: 02176abc", "02176abc"),
        ("It failed. Request ID: 02176abc more", "02176abc"),
        ("无效的令牌 (request id: 2026abc)", "2026abc"),
        ("无效的令牌（request id： 2026abc）", "2026abc"),
        ("Request id:", ""),
        ("no id", ""),
        ("x" * 5000 + " Request id: 02176abc", "02176abc"),
    ],
)
def test_that_the_request_id_is_taken_from_the_message(message: str, found: str) -> None:
    error = report({"id": "t", "status": "failed", "error": {"message": message}}).error
    assert error is not None
    assert error.request_id == found
    assert error.message == message


def test_that_the_asked_id_is_kept_and_another_one_shown_beside_it() -> None:
    found = report({"id": "cgt-9", "status": "running"}, "t")
    assert (found.id, found.upstream_id) == ("t", "cgt-9")
    assert report({"id": "t", "status": "running"}, "t").upstream_id is None


def test_that_every_kind_of_file_is_offered() -> None:
    content = {
        "video_url": VIDEO,
        "last_frame_url": "https://files.example/f.png",
        "file_url": "https://files.example/m",
    }
    found = report({**OK, "content": content})
    assert {link.kind: link.url for link in found.links} == {
        ArtifactKind.VIDEO: VIDEO,
        ArtifactKind.LAST_FRAME: "https://files.example/f.png",
        ArtifactKind.MODEL: "https://files.example/m",
    }
    assert not found.flags


@pytest.mark.parametrize(
    "content",
    [None, {}, [], "x", {"video_url": ""}, {"video_url": None}, {"video_url": "pending"}],
)
def test_that_success_without_a_file_is_success_with_its_result_missing(content: object) -> None:
    found = report({**OK, "content": content})
    assert found.status is Status.SUCCEEDED
    assert found.links == ()
    assert found.flags == {Flag.RESULT_MISSING}


def test_that_a_last_frame_alone_is_not_the_result() -> None:
    found = report({**OK, "content": {"last_frame_url": "https://files.example/f.png"}})
    assert url_of(found, ArtifactKind.LAST_FRAME) == "https://files.example/f.png"
    assert found.flags == {Flag.RESULT_MISSING}


def test_that_the_end_is_inferred_from_the_last_change_only_when_unsigned() -> None:
    unsigned = only_link(report({**OK, "updated_at": 1718049470}))
    assert (unsigned.expires_at, unsigned.expires_inferred) == (1718135870.0, True)
    url = VIDEO + "?X-Tos-Date=20250829T085221Z&X-Tos-Expires=60&X-Tos-Max-Requests=100"
    signed = only_link(report({**OK, "updated_at": 1718049470, "content": {"video_url": url}}))
    assert (signed.expires_at, signed.expires_inferred) == (1756457601.0, False)
    assert (signed.url, signed.max_requests) == (url, 100)
    unknown = only_link(report(OK))
    assert (unknown.expires_at, unknown.expires_inferred) == (None, False)


def test_that_json_escapes_in_a_url_are_undone_once() -> None:
    raw = rb'{"id":"t","status":"succeeded","content":{"video_url":"https://f/v?a=1\u0026b=%2526"}}'
    assert url_of(report(reply(raw))) == "https://f/v?a=1&b=%2526"


def test_that_fields_of_wrong_types_are_not_reported_and_break_nothing() -> None:
    names = (
        "model resolution ratio duration frames framespersecond seed generate_audio draft tools "
        "service_tier priority usage error content created_at updated_at progress output id"
    )
    values: list[Any] = [[], {}, [[]], {"a": {}}, True, "\0", -1e300]
    for value in values:
        found = report({**dict.fromkeys(names.split(), value), "status": "running", "task_id": "t"})
        assert found.status is Status.RUNNING
        assert found.links == ()
        assert found.usage is None
