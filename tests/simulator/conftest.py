"""What a client that was not written here uses: the standard library, no more."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from rushes.simulator.server import Endpoint
from tests.patience import LIMIT_S
from tests.simulated import simulator  # noqa: F401

ARK = "/api/v3/contents/generations/tasks"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Ask(Protocol):
    def __call__(self, url: str, method: str = "GET", key: str = "", **headers: str) -> Answer: ...


def ask_plainly(url: str, method: str = "GET", key: str = "", **headers: str) -> Answer:
    """One request; header names take "_" for "-". Any status is an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        named["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, method=method, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S) as reply:
            return Answer(reply.status, _lower(reply.headers), reply.read())
    except urllib.error.HTTPError as e:
        with e:
            return Answer(e.code, _lower(e.headers), e.read())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@pytest.fixture
def ask() -> Ask:
    return ask_plainly


_PATHS = {
    "ark": ARK,
    "ark_list": ARK,
    "rong": "/llm/v1/contents/generations/tasks",
    "anyfast": "/v1/video/generations",
    "jimeng": "/jimeng/fetch",
}


def task_url(endpoint: Endpoint, task_id: str = "") -> str:
    """Where a service is asked about a task; the first one without an id."""
    return f"{endpoint.base_url}{_PATHS[endpoint.service]}/{task_id or endpoint.ids[0]}"
