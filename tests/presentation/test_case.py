"""A case for the service holds what its support needs, and nothing that opens anything."""

import json
from urllib.parse import quote

import pytest

from rushes.core.task import ArtifactKind, ArtifactState, Event, Flag, Status, TaskError
from rushes.presentation.case import (
    ServiceCase,
    answer_without_secrets,
    case_text,
    is_case,
    without_links,
)
from tests.presentation.tasks import ARK, FULL, NOW, file, task

CANARIES = ("CANARY-signature", "CANARY-key", "CANARY-token", "CANARY-path", "CANARY-user")
SIGNED = "https://CANARY-user@files.example:8443/CANARY-path/v.mp4?X-Tos-Signature=CANARY-signature"


def lost(**more: object) -> ServiceCase:
    film = file(
        ArtifactState.LOST,
        kind=ArtifactKind.VIDEO,
        url=SIGNED,
        expires_at=NOW - 60,
        refusals=3,
        problem=f"refused {SIGNED}",
    )
    answer = {
        "data": {
            "video_url": SIGNED,
            "escaped": SIGNED.replace("/", "\\/"),
            "api_key": "CANARY-key",
            "keys": {"secret_keys": ["CANARY-key"], "authorization": {"value": "CANARY-token"}},
            "quoted": quote(SIGNED, safe=""),
            "without_scheme": "//files.example/v.mp4?X-Tos-Signature=CANARY-signature",
            "inner": json.dumps({"access_token": "CANARY-token", "url": SIGNED}),
        }
    }
    made = task(
        "cgt-9",
        status=Status.FAILED,
        status_raw="failed",
        model="seedance",
        error=TaskError(code="Internal", message=f"see {SIGNED}", request_id="req-1"),
        request_id="req-2",
        upstream_id="up-1",
        upstream_said=f"not found {SIGNED}",
        artifacts=(film,),
    )
    events = (Event(at=NOW, what="status", old="running", new="failed"),)
    return ServiceCase(
        name="a *bold* `name`", task=made, account=ARK, events=events, raw=json.dumps(answer)
    )


def test_that_it_holds_what_support_asks_for() -> None:
    text = case_text([lost()])
    for wanted in ("cgt-9", "req-1", "req-2", "up-1", "Internal", "files.example", "seedance"):
        assert wanted in text
    assert "2027-01-15 08:00:00 UTC status: running → failed" in text
    assert "3 attempts refused" in text
    assert r"## a \*bold\* \`name\`" in text


@pytest.mark.parametrize("canary", CANARIES)
def test_that_no_link_and_no_key_is_in_it(canary: str) -> None:
    assert canary not in case_text([lost()])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("see https://a.example/x?y=1.", "see https://a.example/[link]"),
        ("tos://bucket/x and s3://b/y", "tos://bucket/[link] and s3://b/[link]"),
        ("no link: at 12:00, a/b", "no link: at 12:00, a/b"),
        (r"http:\/\/h.example\/a", "http://h.example/[link]"),
    ],
)
def test_that_of_a_link_the_host_is_left(text: str, wanted: str) -> None:
    assert without_links(text) == wanted


def test_that_an_answer_that_is_no_json_is_kept() -> None:
    assert answer_without_secrets("<html>bad gateway</html>") == "<html>bad gateway</html>"
    assert "```" in case_text([lost()])


def test_which_takes_are_a_case() -> None:
    assert is_case(lost().task)
    assert is_case(task(flags=frozenset({Flag.NOT_FOUND})))
    assert not is_case(FULL)
    assert not is_case(task(status=Status.RUNNING))
