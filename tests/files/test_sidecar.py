"""The JSON beside a file: complete, readable by others, and without anything secret."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from rushes.core.account import Account, Service
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Charge,
    Checked,
    Flag,
    Key,
    Link,
    Mark,
    Report,
    Status,
    Task,
    TaskError,
    Usage,
)
from rushes.files import sidecar

SECRET = "https://tos.example/r/1.mp4?X-Tos-Signature=abc"
ACCOUNT = Account(
    id="uuid-1", name="Studio", service=Service.ARK, base_url="https://ark.example", key_hint="7f3a"
)
ARTIFACT = Artifact(
    kind=ArtifactKind.VIDEO,
    state=ArtifactState.SAVED,
    url=SECRET,
    path="/films/雨夜.mp4",
    size=1234,
    mtime_ns=5,
    sha256="ab" * 32,
    checked=Checked.FULL,
)


def task(**said: Any) -> Task:
    report = Report(
        id="cgt-1",
        status=Status.SUCCEEDED,
        status_raw="succeeded",
        created_at=1772892309.0,
        seed=4294967295,
        fps=24.0,
        duration_s=5.0,
        links=(Link(kind=ArtifactKind.VIDEO, url=SECRET),),
        raw=f'{{"video_url": "{SECRET}"}}',
        **said,
    )
    mark = Mark(name="雨夜", rating=4, note="mine")
    return Task(key=Key("uuid-1", "cgt-1"), report=report, added_at=0.0, mark=mark)


def read(of: Task) -> dict[str, Any]:
    found = json.loads(sidecar.content(of, ARTIFACT, ACCOUNT))
    assert isinstance(found, dict)
    return found


def test_that_it_stands_beside_its_file() -> None:
    assert sidecar.path_beside(Path("/f/a.mp4")) == Path("/f/a.mp4.json")


def test_that_it_says_which_file_it_is_about() -> None:
    found = read(task())
    assert found["schema"] == 1
    assert found["file"] == {
        "name": "雨夜.mp4",
        "kind": "video",
        "size_bytes": 1234,
        "sha256": "ab" * 32,
        "checked": "full",
        "damaged": False,
    }
    assert found["account"] == {"name": "Studio", "service": "ark"}
    assert found["name"] == "雨夜"


def test_that_every_field_of_the_report_but_the_links_is_in_it() -> None:
    names = {f.name for f in fields(Report)} - {"links", "raw"}
    units = {
        "created_at": "created_at_unix_s",
        "updated_at": "updated_at_unix_s",
        "started_at": "started_at_unix_s",
        "finished_at": "finished_at_unix_s",
        "fps": "frames_per_second",
    }
    assert set(read(task())["task"]) == {units.get(n, n) for n in names}


def test_that_values_keep_their_type_and_what_is_not_reported_is_null() -> None:
    found = read(
        task(
            usage=Usage(total_tokens=108900),
            error=TaskError(code="X", message="no"),
            flags=frozenset({Flag.STALE, Flag.NOT_FOUND}),
            tools=("web_search",),
        )
    )["task"]
    assert found["seed"] == 4294967295
    assert found["created_at_unix_s"] == 1772892309.0
    assert found["frames_per_second"] == 24.0
    assert found["status"] == "succeeded"
    assert found["ratio"] is None
    assert found["usage"] == {
        "completion_tokens": None,
        "total_tokens": 108900,
        "billed_tokens": None,
        "web_searches": None,
    }
    assert found["error"] == {"code": "X", "message": "no", "request_id": ""}
    assert found["flags"] == ["not_found", "stale"]
    assert found["tools"] == ["web_search"]


@pytest.mark.parametrize(
    "words",
    [SECRET, f"see {SECRET}.", f"({SECRET})", "HTTP://X/Y?z", "tos://bucket/key", "data://x"],
)
def test_that_no_url_and_nothing_of_the_key_is_in_it(words: str) -> None:
    of = task(revised_prompt=words, error=TaskError(message=words))
    text = sidecar.content(of, ARTIFACT, ACCOUNT).decode()
    assert "://" not in text
    assert "Signature" not in text
    assert "7f3a" not in text
    assert "uuid-1" not in text
    assert "[link]" in text


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_that_numbers_json_cannot_hold_are_null(odd: float) -> None:
    assert read(task(started_at=odd))["task"]["started_at_unix_s"] is None


def test_that_any_text_of_a_service_can_be_written() -> None:
    odd = "\ud800 \x00 \u202e \U0001f3ac \"'\\"
    assert read(task(revised_prompt=odd))["task"]["revised_prompt"] == odd.replace("\ud800", "?")


def test_that_a_link_after_a_long_word_is_not_kept_either() -> None:
    said = f"{'x' * 60}https://files.example/v.mp4?X-Tos-Signature=abc end"
    found = sidecar.content(task(revised_prompt=said), ARTIFACT, ACCOUNT)
    assert b"Signature" not in found
    assert b"[link] end" in found


def test_that_only_our_own_files_are_known_as_ours() -> None:
    assert sidecar.is_ours(sidecar.content(task(), ARTIFACT, ACCOUNT))
    for other in (
        b"",
        b"{}",
        b"[1]",
        b'{"file": {}}',
        b'{"program": "Rushes"}',
        b"[" * 10**5,
        b"\xff",
        b'"file"',
    ):
        assert not sidecar.is_ours(other)


def test_that_what_was_charged_stands_beside_the_tokens() -> None:
    charge = Charge(amount=0.01, currency="USD")
    found = json.loads(sidecar.content(task(charged=charge), ARTIFACT, ACCOUNT))
    assert found["task"]["charged"] == {"amount": 0.01, "currency": "USD"}
