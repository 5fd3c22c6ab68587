"""Whatever a service answers, the readers come back with a value and lose nothing.

`RUSHES_FULL=1` shakes with more than 20,000 bodies, and reads 10,000 generated answers of gateways,
instead of a few hundred.
"""

import copy
import json
import math
import os
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.core.failure import Failure, Kind
from rushes.core.task import Report, Status
from rushes.core.wire import ListPage, Reply
from rushes.providers.registry import read_one, read_page
from tests.providers.generated import FALLBACK, FILM, NEVER_A_LINK, made, places
from tests.providers.replies import SAMPLES, STATUS

pytestmark = pytest.mark.timeout(600)  # the full shake takes minutes on a busy machine

EXAMPLES = 4500 if os.environ.get("RUSHES_FULL") == "1" else 200
GENERATED = 10_000 if os.environ.get("RUSHES_FULL") == "1" else 500
shaken = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

#: Written out here again on purpose: the promise is not read from the code that must keep it.
ENDING_WORDS = {
    Status.SUCCEEDED: {"succeeded", "success", "completed", "succeed", "done"},
    Status.FAILED: {"failed", "failure", "error", "fail"},
    Status.CANCELLED: {"cancelled", "canceled", "cancel"},
    Status.EXPIRED: {"expired", "timeout"},
}

# fmt: off
NAMES = [
    "id", "task_id", "status", "task_status", "code", "message", "data", "items", "total",
    "error", "failure_reason", "fail_reason", "result_url", "original_result_url", "content",
    "video_url", "videoUrl", "last_frame_url", "file_url", "video", "url", "output", "urls",
    "video_result", "metadata", "usage", "completion_tokens", "total_tokens", "tool_usage",
    "web_search", "super_resolution", "super_resolution_tokens", "created_at", "updated_at",
    "submit_time", "start_time", "finish_time", "completed_at", "expires_at", "progress", "seed",
    "duration", "frames", "framespersecond", "resolution", "ratio", "priority", "tools", "type",
    "properties", "request_id", "object", "errorMessage", "status_code", "detail",
    "state", "taskStatus", "videoUrl", "task", "result", "results", "outputs", "videos",
    "creations", "resultJson", "resultUrls", "response", "task_result", "task_status_msg",
    "failMsg", "gen_status", "platform", "role",
]
# fmt: on
WORDS = [
    "t",
    "null",
    "NULL",
    "{}",
    "[]",
    '{"status":"failed"}',
    '{"code":0,"data":{}',
    "0",
    "200",
    "-1",
    "1e999",
    "NaN",
    "100%",
    "1756457496000",
    "2025-08-29T16:52:26.472319",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "https://",
    "https://[",
    "https://f.example/v.mp4?X-Tos-Date=20250829T085221Z&X-Tos-Expires=60",
    "https://f.example/m.zip?Expires=1756457496",
    "\ud800",
    "a\x00b",
    "SUCCESS",
    "FAILURE",
    "IN_PROGRESS",
    "success",
    "succeeded",
    "failed",
    "running",
    "warming",
    "task_not_exist",
]

texts = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=()), max_size=12)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, -(2**63) - 1, 10**30, 10**400, 1756457496, 1756457496000])
    | st.floats()
    | texts
)
names = st.sampled_from(NAMES) | st.text(max_size=5)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=7),
    max_leaves=25,
)
statuses = st.sampled_from([200, 200, 200, 201, 302, 400, 401, 403, 404, 429, 500, 502])
content_types = st.sampled_from(["application/json", "text/html", "text/plain", ""])
sample_bodies = [(SAMPLES / name).read_bytes() for name in STATUS]
samples = [
    json.loads(body)
    for name, body in zip(STATUS, sample_bodies, strict=True)
    if name.endswith(".json")
]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sample in which a few places were replaced, removed, added or wrapped."""
    root = {"": copy.deepcopy(draw(st.sampled_from(samples)))}
    for _ in range(draw(st.integers(1, 4))):
        parent, key = draw(st.sampled_from(places(root)))
        change = draw(st.sampled_from(["replace", "remove", "add", "wrap", "quote"]))
        if change == "replace":
            parent[key] = draw(values)
        elif change == "remove" and parent is not root:
            del parent[key]
        elif change == "add" and isinstance(parent[key], dict):
            parent[key][draw(names)] = draw(values)
        elif change == "wrap":
            parent[key] = {"code": "success", "data": parent[key]}
        elif change == "quote":
            parent[key] = json.dumps(parent[key])
    return root[""]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """The bytes of a sample, cut, overwritten or put together wrongly."""
    body = bytearray(draw(st.sampled_from(sample_bodies)))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(body)))
        body[place : place + draw(st.integers(0, 6))] = draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"{", b"}", b"[", b",", b":", b"\\u"])
        )
    return bytes(body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body)


def check(reply: Reply) -> None:
    """Both readers give a value, and one that the rest of the program can live with."""
    one = read_one(reply, "asked")
    assert isinstance(one, (Report, Failure))
    if isinstance(one, Report):
        assert one.id == "asked"
        check_report(one)
    else:
        check_failure(one)
    page = read_page(reply)
    assert isinstance(page, (ListPage, Failure))
    if isinstance(page, ListPage):
        assert page.total is None or page.total >= 0
        for report in page.reports:
            assert report.id
            check_report(report)
    else:
        check_failure(page)


def check_report(report: Report) -> None:
    if report.status.is_terminal and not is_refusal_code(report):
        assert report.status_raw.strip().casefold() in ENDING_WORDS[report.status]
    if report.status in (Status.QUEUED, Status.RUNNING, Status.SUCCEEDED, Status.UNKNOWN):
        assert report.error is None
    for link in report.links:
        assert link.url.lower().startswith(("http://", "https://", "data:", "/"))
        assert link.expires_at is None or 0 < link.expires_at < 2e11
        check_storable(link)
    for part in (report, report.usage, report.error):
        if part is not None:
            check_storable(part)


def is_refusal_code(report: Report) -> bool:
    """Volcengine's visual services say with the code of the call that they refused the content."""
    said = f"{report.error.code} {report.error.message}" if report.error else ""
    is_code = report.status_raw in said and not report.status_raw.isalpha()
    return report.status is Status.FAILED and is_code


def check_failure(failure: Failure) -> None:
    assert failure.kind in Kind
    check_storable(failure)


def check_storable(value: Any) -> None:
    for field in fields(value):
        part = getattr(value, field.name)
        for item in part if isinstance(part, tuple) else (part,):
            if isinstance(item, str):
                item.encode()
                assert field.name == "raw" or "\0" not in item
            elif isinstance(item, float):
                assert math.isfinite(item)
            elif isinstance(item, int):
                assert -(2**63) <= item < 2**63


def as_bytes(value: Any) -> bytes:
    """JSON as a careless service writes it: NaN, any integer, half characters."""
    return json.dumps(value).encode()


@shaken
@given(values, statuses, content_types)
def test_that_any_json_is_answered_with_a_value(value: Any, status: int, kind: str) -> None:
    check(Reply(status, as_bytes(value), content_type=kind, host="h"))


@shaken
@given(mutated(), statuses)
def test_that_any_mutation_of_a_sample_is_answered_with_a_value(value: Any, status: int) -> None:
    check(Reply(status, as_bytes(value), content_type="application/json", host="h"))


def test_that_no_answer_makes_a_film_or_a_link_of_something_else() -> None:
    films = 0
    for number in range(GENERATED):
        body = made(number, "https://files.example", "asked")
        reply = Reply(200, body, content_type="application/json", host="h", date=1795900000.0)
        check(reply)
        found = read_one(reply, "asked")
        links = found.links if isinstance(found, Report) else ()
        urls = [url for link in links for url in (link.url, *link.others)]
        for url in urls:
            assert not any(place in url for place in NEVER_A_LINK), (number, url)
            if FALLBACK in url:
                assert isinstance(found, Report)
                assert found.status is Status.SUCCEEDED
        films += any(FILM in url for url in urls)
    assert films > GENERATED / 10  # most are still answers that somebody could send


@shaken
@given(damaged() | st.binary(max_size=60), statuses, content_types)
def test_that_any_bytes_are_answered_with_a_value(body: bytes, status: int, kind: str) -> None:
    check(Reply(status, body, content_type=kind, host="h"))


@shaken
@given(st.lists(values | mutated(), max_size=4))
def test_that_no_row_of_a_list_is_lost_silently(rows: list[Any]) -> None:
    page = read_page(Reply(200, as_bytes({"items": rows, "total": 9})))
    assert isinstance(page, ListPage)
    assert len(page.reports) + len(page.broken) == len(rows)
    assert len(set(page.broken)) == len(page.broken)


#: Any word but the one that is known and is no status (Jimeng).
statuses_of_tasks = texts.filter(lambda said: said.strip().casefold() != "not_found")


@shaken
@given(statuses_of_tasks, st.sampled_from(["bare", "envelope", "nested", "page"]))
def test_that_an_unknown_word_is_watched_on_in_every_shape(said: str, shape: str) -> None:
    task = {"id": "asked", "task_id": "asked", "status": said}
    shapes: dict[str, dict[str, Any]] = {
        "bare": task,
        "envelope": {"code": "success", "data": task},
        "nested": {"code": 0, "data": {"code": "success", "data": task}},
        "page": {"items": [task]},
    }
    found = read_one(Reply(200, as_bytes(shapes[shape])), "asked")
    assert isinstance(found, Report)
    known = set().union(*ENDING_WORDS.values())
    assert found.status.is_terminal == (said.strip().casefold() in known)
