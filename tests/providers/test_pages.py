"""Lists: every row is read or named, and one answer may come in several shapes."""

import json
from typing import Any

import pytest

from rushes.core.failure import Failure, Kind
from rushes.core.task import Status, TaskError
from rushes.core.wire import ListPage
from rushes.providers.registry import read_page
from tests.providers.replies import VIDEO, failure, page, reply, report

NAMELESS = [{"status": "running"}, {"status": "queued"}]
ROW: dict[str, Any] = {"id": "t", "status": "running"}


@pytest.mark.parametrize(
    "body",
    [
        {"items": [ROW], "total": 1},
        {"items": [ROW], "total": "1"},
        {"code": "success", "message": "", "data": {"items": [ROW], "total": 1}},
        {"status": "success", "data": {"items": [ROW], "total": 1}},
        {"code": 0, "data": [ROW], "total": 1},
        {"object": "list", "data": [ROW], "total": 1},
        {"status": "success", "data": [ROW], "total": 1},
    ],
)
def test_the_shapes_a_list_comes_in(body: object) -> None:
    found = page(body)
    assert [(r.id, r.status) for r in found.reports] == [("t", Status.RUNNING)]
    assert (found.total, found.broken) == (1, ())


def test_that_a_bare_array_is_a_list_of_unknown_total() -> None:
    found = page([ROW])
    assert (len(found.reports), found.total) == (1, None)


@pytest.mark.parametrize(("total", "found"), [(3, 3), (-1, None), ("x", None), (None, None)])
def test_that_the_total_is_the_service_s_and_not_the_page_s(
    total: object, found: int | None
) -> None:
    assert page({"items": [ROW], "total": total}).total == found


def test_that_an_empty_list_may_be_written_as_null() -> None:
    assert page({"items": None, "total": 0}).reports == ()


@pytest.mark.parametrize("items", [{}, "x", 5, True])
def test_that_items_of_another_kind_are_malformed(items: object) -> None:
    found = read_page(reply({"items": items}))
    assert isinstance(found, Failure)
    assert (found.kind, found.detail.split(":")[0]) == (Kind.MALFORMED, "items")


@pytest.mark.parametrize(
    "body",
    [
        *({}, ROW, "x", 5, {"code": 0, "data": None}),
        *({"id": "t", "items": [ROW]}, {"task_id": "t", "items": [ROW]}),
        b'{"items":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_that_an_answer_without_rows_is_malformed(body: object) -> None:
    found = read_page(reply(body))
    assert isinstance(found, Failure)
    assert found.kind is Kind.MALFORMED


def test_that_an_unreadable_row_is_named_and_the_others_are_kept() -> None:
    rows: list[Any] = [
        ROW,
        None,
        5,
        "x",
        [],
        {},
        {"status": "running"},
        {"id": ""},
        {**ROW, "id": "u"},
    ]
    found = page({"items": rows})
    assert [r.id for r in found.reports] == ["t", "u"]
    assert found.broken == tuple(f"items[{i}]" for i in range(1, 8))


def test_that_rows_under_data_are_named_as_well() -> None:
    assert page({"code": 0, "data": [None, ROW]}).broken == ("data[0]",)
    assert page({"code": 0, "data": [None]}).broken == ("data[0]",)
    assert page({"code": 0, "data": []}).reports == ()


def test_that_rows_with_odd_fields_are_kept() -> None:
    rows: list[Any] = [
        {"id": 7, "status": []},
        {"id": "b", "content": 5, "usage": "x", "error": [1]},
    ]
    found = page({"items": rows})
    assert [(r.id, r.status) for r in found.reports] == [
        ("7", Status.UNKNOWN),
        ("b", Status.UNKNOWN),
    ]


def test_that_the_number_of_a_gateway_s_row_is_no_id() -> None:
    assert page([{"id": 6, "status": "SUCCESS", "data": {"video": VIDEO}}]).broken == ("body[0]",)


def test_that_duplicate_rows_are_all_kept() -> None:
    assert [r.id for r in page({"items": [ROW, ROW]}).reports] == ["t", "t"]


def test_that_the_other_name_of_a_row_s_error_is_read() -> None:
    row = {"id": "t", "status": "failed", "failure_reason": {"code": "A", "message": "m"}}
    assert page({"items": [row]}).reports[0].error == TaskError(code="A", message="m")


def test_that_each_row_keeps_its_own_json() -> None:
    row = {"id": "t", "status": "running", "n": 2**70, "猫": "é"}
    (found,) = page({"items": [row]}).reports
    assert json.loads(found.raw) == row


def test_that_rows_may_be_wrapped_themselves() -> None:
    row = {"task_id": "t", "status": "SUCCESS", "data": {"id": "cgt-1", "video": VIDEO}}
    (found,) = page([row]).reports
    assert (found.id, found.upstream_id, len(found.links)) == ("t", "cgt-1", 1)


# --- a list where one task was asked for


def test_that_a_list_answers_for_the_task_that_was_asked_for() -> None:
    found = report({"items": [{**ROW, "id": "u"}, {**ROW, "seed": 7}]})
    assert (found.id, found.seed) == ("t", 7)
    assert json.loads(found.raw)["seed"] == 7
    for alone in ({"status": "running"}, {"taskStatus": "running"}):
        assert report([alone]).status is Status.RUNNING


@pytest.mark.parametrize(
    "body", [[], {"items": []}, {"items": [{**ROW, "id": "u"}]}, [5], [{}], NAMELESS]
)
def test_that_a_list_without_the_task_does_not_know_it(body: object) -> None:
    assert failure(body).kind is Kind.NOT_FOUND


def test_that_a_row_that_did_not_change_is_not_read_again() -> None:
    rows = [ROW, {**ROW, "id": "u"}]
    before = page({"items": rows})
    assert set(before.prints) == {"t", "u"}
    known = {mark: task_id for task_id, mark in before.prints.items()}
    after = read_page(reply({"items": [rows[0], {**rows[1], "status": "succeeded"}]}), known)
    assert isinstance(after, ListPage)
    assert (after.same, [r.id for r in after.reports]) == (("t",), ["u"])
    assert after.prints["t"] == before.prints["t"]
    assert after.prints["u"] != before.prints["u"]
    assert page([ROW]).prints == {}


def test_that_rows_beside_an_error_s_status_are_no_list() -> None:
    found = read_page(reply({"items": [{"id": "a", "status": "running"}]}, 500))
    assert isinstance(found, Failure)
    assert found.kind is Kind.SERVER
