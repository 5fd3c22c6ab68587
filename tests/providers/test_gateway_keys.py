"""What a gateway says about a key and about its routes (contract 10, 11)."""

from typing import Any

import pytest

from rushes.core.failure import Kind
from rushes.core.wire import Reply
from rushes.providers.gateway import (
    is_list_of_models,
    key_credit,
    quota_per_dollar,
    why_refused,
)
from rushes.providers.refusals import blames_key, is_vague, no_route
from tests.providers.replies import failure, reply

NOW = 1_800_000_000.0


def usage(**said: Any) -> Reply:
    return reply({"code": True, "data": said, "message": "ok"})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"expires_at": NOW - 1}, Kind.KEY_ENDED),
        ({"expires_at": NOW, "unlimited_quota": False}, Kind.KEY_ENDED),
        ({"expires_at": NOW + 1, "unlimited_quota": False}, Kind.NO_CREDIT),
        ({"expires_at": 0, "unlimited_quota": False, "total_available": 5}, Kind.NO_CREDIT),
        ({"expires_at": 0, "unlimited_quota": True}, None),
        ({}, None),
    ],
)
def test_why_a_key_is_refused(said: dict[str, Any], why: Kind | None) -> None:
    assert why_refused(usage(**said), NOW) is why
    assert why_refused(reply(usage(**said).body, 401), NOW) is None


@pytest.mark.parametrize(
    ("said", "models_status", "used_up"),
    [
        ({"unlimited_quota": False, "total_available": 0}, 200, True),
        ({"unlimited_quota": False, "total_available": 1}, 200, False),
        ({"unlimited_quota": False, "total_available": 1}, 401, True),
        ({"unlimited_quota": False, "total_available": 1, "expires_at": NOW}, 401, False),
        ({"unlimited_quota": False, "total_available": 1}, None, False),
        ({"unlimited_quota": False}, 200, False),
        ({"unlimited_quota": True, "total_available": 0}, 401, False),
    ],
)
def test_when_a_key_is_used_up(
    said: dict[str, Any], models_status: int | None, used_up: bool
) -> None:
    models = None if models_status is None else reply({"data": []}, models_status)
    found = key_credit(usage(**said), None, models, now=NOW, asked_at=NOW)
    assert found is not None
    assert (found.is_used_up, found.left_usd) == (used_up, None)
    assert found.has_ended is ("expires_at" in said)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"unlimited_quota": False, "total_available": 250}, 2.5),
        ({"unlimited_quota": False}, None),
        ({"unlimited_quota": True, "total_available": 250}, None),
        ({"unlimited_quota": False, "total_available": 1e300}, None),
        ({"unlimited_quota": False, "total_available": -1e308}, None),
    ],
)
def test_what_is_left_of_a_key_s_credit(said: dict[str, Any], left: float | None) -> None:
    status = reply({"data": {"quota_per_unit": 100}})
    found = key_credit(usage(**said), status, None, now=NOW, asked_at=NOW)
    assert found is not None
    assert found.left_usd == left


@pytest.mark.parametrize(
    ("said", "models", "names"),
    [
        ({}, {"data": [{"id": "a"}, {"id": ""}, {"id": "a"}, 5]}, ("a",)),
        ({"model_limits_enabled": True, "model_limits": {"B-1": True, " ": True}}, None, ("B-1",)),
        ({"model_limits_enabled": True, "model_limits": {"b": True}}, {"data": 5}, ("b",)),
        ({"model_limits_enabled": False, "model_limits": {"b": True}}, None, None),
    ],
)
def test_which_models_a_key_may_use(
    said: dict[str, Any], models: Any, names: tuple[str, ...] | None
) -> None:
    listed = None if models is None else reply(models)
    answer = usage(unlimited_quota=True, **said)
    found = key_credit(answer, None, listed, now=NOW, asked_at=NOW)
    assert found is not None
    assert found.models == names


@pytest.mark.parametrize(
    ("said", "units"),
    [
        ({"quota_per_unit": 500_000}, 500_000.0),
        ({"quota_per_unit": 500_000, "quota_display_type": "USD"}, 500_000.0),
        ({"quota_per_unit": 500_000, "quota_display_type": "CNY"}, None),
        ({"quota_per_unit": 0}, None),
        ({"quota_per_unit": -1}, None),
        ({}, None),
    ],
)
def test_how_many_units_of_quota_a_dollar_is(said: dict[str, Any], units: float | None) -> None:
    assert quota_per_dollar(reply({"data": said})) == units


def test_what_a_list_of_models_is() -> None:
    assert is_list_of_models(reply({"data": []}))
    for answer in (reply({"data": []}, 401), reply({"data": {}}), reply(b"<html>"), reply([])):
        assert not is_list_of_models(answer)


@pytest.mark.parametrize(
    ("status", "body", "none", "vague"),
    [
        (404, b"", True, False),
        (405, b"", True, False),
        (200, b"<html>", True, False),
        (404, {"detail": "Not Found"}, True, False),
        (405, {"detail": "Method Not Allowed"}, True, False),
        (302, b"", False, False),
        (404, {"error": {"message": "Not Found"}}, False, True),
        (404, {"error": {"code": 404, "message": ""}}, False, True),
        (404, {"error": {"code": "404", "message": "404 Not Found"}}, False, True),
        (404, {"error": {"message": "Not Found", "code": "task_gone"}}, False, False),
        (404, {"error": {"message": "no task t"}}, False, False),
        (200, b"{", False, True),
        (200, {"message": "welcome"}, False, True),
        (200, {"code": 5, "message": "busy"}, False, False),
        (500, {"message": "welcome"}, False, False),
        (403, {"message": "Missing Authentication Token"}, True, False),
        (403, {"error": {"code": "access_denied", "message": "your network"}}, False, False),
        (404, {"message": "The route v1/x could not be found."}, True, False),
        (401, {"error": {"message": ""}}, False, False),
    ],
)
def test_which_answers_mean_that_there_is_no_such_route(
    status: int, body: Any, none: bool, vague: bool
) -> None:
    found = failure(body, status, content_type="")
    assert (no_route(found) is not None, is_vague(found)) == (none, vague)


@pytest.mark.parametrize(
    ("error", "blames"),
    [
        ({"message": "Invalid token (request id: 1)"}, True),
        ({"message": "无效的令牌 (request id: 2026a)"}, True),
        ({"message": "该令牌已过期"}, True),
        ({"message": "用户已被封禁"}, True),
        ({"message": "Incorrect API key provided: sk-*"}, True),
        ({"message": "The API key is disabled"}, True),
        ({"message": "Your token has expired"}, True),
        ({"message": "No auth credentials found"}, True),
        ({"message": "Unauthorized"}, True),
        ({"message": "Authentication Error, Invalid proxy server token passed."}, True),
        ({"message": "x", "code": "AuthenticationError"}, True),
        ({"message": "x", "code": "invalid_api_key"}, True),
        ({"message": "go away please"}, False),
        ({"message": "upstream provider error: invalid API key"}, False),
        ({"message": "banned"}, False),
        ({"message": ""}, False),
    ],
)
def test_which_refusals_blame_the_key_themselves(error: dict[str, Any], blames: bool) -> None:
    assert blames_key(failure({"error": error}, 401)) is blames


def test_that_what_is_no_failure_says_nothing_of_routes() -> None:
    assert no_route(None) is None
    assert not is_vague(None)
