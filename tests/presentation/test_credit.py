"""What is said about the key of an account at a gateway."""

import json
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import KeyCredit
from rushes.core.wire import Reply
from rushes.presentation.credit import credit_json, credit_rows, models_tip
from rushes.presentation.format import absolute
from rushes.providers.gateway import key_credit

SAMPLES = Path(__file__).parents[1] / "data/contract/newapi"
NOW = 1_800_000_000.0


def reply(sample: str, status: int = 200, **changed: Any) -> Reply:
    """A sample, with some of its `data` changed."""
    body = json.loads((SAMPLES / f"{sample}.json").read_text("utf-8"))
    if changed:
        body["data"] |= changed
    return Reply(status, json.dumps(body).encode(), "application/json")


def credit(
    usage: Reply,
    status: Reply | None = None,
    models: Reply | None = None,
) -> KeyCredit:
    found = key_credit(
        usage, status or reply("status"), models or reply("models_limited"), now=NOW, asked_at=NOW
    )
    assert found is not None
    return found


def rows(found: KeyCredit) -> dict[str, str]:
    return dict(credit_rows(found))


def test_that_a_key_without_a_limit_says_so() -> None:
    assert rows(credit(reply("usage_token"))) == {
        "Key name": "limited",
        "Left": "no limit of its own",
        "Models": "kling-v1-6",
        "Ends": "never",
    }


def test_that_a_limited_key_says_what_is_left_in_dollars() -> None:
    found = credit(reply("usage_token", unlimited_quota=False, total_available=625_000))
    assert rows(found)["Left"] == "$1.25"
    assert credit_json(found)["left"] == {"amount": 1.25, "currency": "USD"}


@pytest.mark.parametrize(
    "status",
    [
        reply("status", quota_display_type="CNY"),
        reply("status", quota_display_type="TOKENS"),
        reply("status", quota_per_unit=0),
        Reply(404, b""),
    ],
)
def test_that_other_units_are_not_converted(status: Reply) -> None:
    usage = reply("usage_token", unlimited_quota=False, total_available=625_000)
    found = credit(usage, status)
    assert rows(found)["Left"] == "limited; the gateway does not say how much in dollars"
    assert credit_json(found)["left"] is None


def test_that_a_key_that_is_refused_elsewhere_is_used_up_whatever_is_said_to_be_left() -> None:
    refused = reply("models_key_refused", 401)
    found = credit(reply("usage_token_used_up"), models=refused)
    assert rows(found) == {"Key name": "poor", "Left": "nothing, the key is used up",
                           "Ends": "never"}  # fmt: skip
    assert credit_json(found)["used_up"] is True
    assert rows(credit(reply("usage_token_used_up", total_available=-3)))["Left"].startswith("noth")


def test_that_an_end_in_the_past_says_so() -> None:
    over = credit(reply("usage_token", expires_at=int(NOW) - 60), models=Reply(401, b"{}"))
    assert rows(over)["Ends"] == f"ended on {absolute(NOW - 60)}"
    assert rows(over)["Models"] == "kling-v1-6"  # the list is refused, the limit is told
    ahead = credit(reply("usage_token", expires_at=int(NOW) + 60))
    assert rows(ahead)["Ends"] == absolute(NOW + 60)
    assert rows(credit(reply("usage_token", expires_at=-1)))["Ends"] == "never"


def test_that_of_many_models_some_are_named() -> None:
    names = [f"model-{number}" for number in range(100)]
    body = json.dumps({"data": [{"id": name} for name in (*names, "model-7", 5, " ")]})
    found = credit(reply("usage_token"), models=Reply(200, body.encode(), "application/json"))
    assert found.models == tuple(names)
    assert rows(found)["Models"].endswith("model-6, model-7 and 92 more")
    assert models_tip(found).endswith("model-39 and 60 more")
    assert credit_json(found)["models"] == names


def test_that_a_key_s_name_cannot_break_its_line() -> None:
    found = credit(reply("usage_token", name="a\nb\u202ec\u0000" + "长" * 500))
    assert "\n" not in rows(found)["Key name"]
    assert "\u202e" not in rows(found)["Key name"]
    assert len(rows(found)["Key name"]) <= 130


@pytest.mark.parametrize(
    "usage",
    [
        reply("usage_token_refused", 401),
        reply("route_unknown_api", 404),
        Reply(200, b"<!doctype html><html></html>", "text/html"),
        Reply(200, b'{"data": []}', "application/json"),
        Reply(200, b'{"data": {"unlimited_quota": "yes"}}', "application/json"),
        Reply(200, b"", ""),
        Reply(404, b""),
    ],
)
def test_that_other_answers_say_nothing_of_a_key(usage: Reply) -> None:
    assert key_credit(usage, None, None, now=NOW, asked_at=NOW) is None
