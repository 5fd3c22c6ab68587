"""From bytes to plain objects: limits, oddities, and what is no JSON at all."""

import json

import pytest

from rushes.core.failure import Kind, Malformed
from rushes.core.task import Status
from rushes.providers.body import MAX_DEPTH, decode
from tests.providers.replies import failure, page, reply, report

GOOD = b'{"id":"t","status":"running"}'


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + GOOD,
        b"\r\n \t" + GOOD + b"\n\n",
        b"\n\xef\xbb\xbf \n" + GOOD,
        json.dumps(GOOD.decode()).encode(),  # JSON inside a JSON string
    ],
)
def test_that_a_bom_white_space_and_quoting_change_nothing(raw: bytes) -> None:
    assert report(reply(raw)).status is Status.RUNNING


def test_that_the_content_type_does_not_decide() -> None:
    assert report(reply(GOOD, content_type="text/html; charset=utf-8")).status is Status.RUNNING
    assert report(reply(GOOD, content_type="")).status is Status.RUNNING
    assert report(reply(b"[" + GOOD + b"]", content_type="text/html")).status is Status.RUNNING


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        b"\xef\xbb\xbf",
        GOOD[:-1],
        GOOD[:10],
        GOOD + b"x",
        b"null",
        b"true",
        b"5",
        b'"cgt-1"',
        b"{}",
        b"OK",
        b"{'id': 't'}",
        b'{"id"\xef\xbc\x9a"t"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b"[NaN," + b"[" * 100_000 + b"]" * 100_001,
        b"\x00" + GOOD,
        b'"{"',
    ],
)
def test_that_what_cannot_be_read_is_malformed_and_quotes_nothing(raw: bytes) -> None:
    found = failure(raw)
    assert found.kind is Kind.MALFORMED
    assert found.detail
    assert "cgt-1" not in found.detail


def test_that_nesting_is_read_down_to_the_limit_and_refused_below() -> None:
    assert decode(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    for begin, inner, end in ((b"[", b"", b"]"), (b'{"a":', b"1", b"}")):
        with pytest.raises(Malformed):
            decode(begin * (MAX_DEPTH + 1) + inner + end * (MAX_DEPTH + 1))


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000])
def test_that_numbers_beyond_json_hide_nothing_else(value: bytes) -> None:
    body = b'{"items":[{"id":"a","status":"running","seed":' + value + b',"frames":5},{"id":"b"}]}'
    found = page(reply(body))
    assert [(r.id, r.seed, r.frames) for r in found.reports] == [("a", None, 5), ("b", None, None)]


def test_that_half_a_character_and_wrong_utf8_hide_nothing_else() -> None:
    body = b'{"items":[{"id":"a","status":"run\\ud83d","model":"m\xff"},{"id":"b"}]}'
    first, second = page(reply(body)).reports
    assert (first.id, first.status, second.id) == ("a", Status.UNKNOWN, "b")
    for written in (first.model, first.status_raw, first.raw):
        assert written
        written.encode()  # can be stored


def test_that_a_null_byte_in_a_text_can_be_stored() -> None:
    found = report(reply(b'{"id":"t","status":"failed","error":{"message":"a\\u0000b"}}'))
    assert found.error is not None
    assert found.error.message == "a\ufffdb"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!doctype html><html><title>Console</title></html>", "text/html"),
        (b"<!doctype html><html>", ""),
        (b"\xef\xbb\xbf\n<html>", "application/json"),
        (b'<?xml version="1.0"?><Error/>', "application/xml"),
        (b"Welcome", "text/html; charset=utf-8"),
        (b"", "text/html"),
    ],
)
def test_that_a_web_page_means_that_the_base_url_is_no_api(body: bytes, content_type: str) -> None:
    found = failure(body, content_type=content_type)
    assert found.kind is Kind.NOT_API
    assert (content_type or "no content type") in found.detail


def test_that_details_quote_the_beginning_of_a_page_without_any_query() -> None:
    page_text = "<html>https://f.example/v.mp4?X-Tos-Signature=secret " + "x" * 500
    detail = failure(page_text.encode(), content_type="text/html").detail
    assert "https://f.example/v.mp4?…" in detail
    assert "secret" not in detail
    assert len(detail) < 300


def test_that_details_never_quote_broken_json() -> None:
    for raw in (b'{"prompt":"a cat",', b'["prompt', b"  "):
        assert "prompt" not in failure(raw, 302).detail
        assert failure(raw, 302).message == ""
    assert "\0" not in failure(b"<html>\0", content_type="text/html").detail
