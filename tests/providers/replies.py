"""Builds answers for reader tests."""

import json
from pathlib import Path
from typing import Any

from rushes.core.failure import Failure
from rushes.core.task import ArtifactKind, Link, Report
from rushes.core.wire import ListPage, Reply
from rushes.providers.registry import read_one, read_page

SAMPLES = Path(__file__).parents[1] / "data" / "contract"
STATUS: dict[str, int] = json.loads((SAMPLES / "http_status.json").read_text())

VIDEO = "https://files.example/v.mp4"


def reply(body: Any, status: int = 200, **more: Any) -> Reply:
    """An answer; anything but bytes becomes JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Reply(status, raw, **{"content_type": "application/json", "host": "api.example", **more})


def sample(name: str) -> Reply:
    """A sample of the contract with the HTTP status it came with."""
    return reply((SAMPLES / name).read_bytes(), STATUS[name])


def report(body: Any, asked_id: str = "t") -> Report:
    """What an answer says about a task; fails when it is a Failure."""
    found = read_one(body if isinstance(body, Reply) else reply(body), asked_id)
    assert isinstance(found, Report), found
    return found


def failure(body: Any, status: int = 200, **more: Any) -> Failure:
    found = read_one(reply(body, status, **more), "t")
    assert isinstance(found, Failure), found
    return found


def page(body: Any) -> ListPage:
    found = read_page(body if isinstance(body, Reply) else reply(body))
    assert isinstance(found, ListPage), found
    return found


def url_of(found: Report, kind: ArtifactKind = ArtifactKind.VIDEO) -> str | None:
    return next((link.url for link in found.links if link.kind is kind), None)


def only_link(found: Report) -> Link:
    (link,) = found.links
    return link
