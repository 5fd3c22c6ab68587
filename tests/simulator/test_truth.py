"""What the simulator says it holds is what a reader of its answers finds."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from rushes.core.account import service_named
from rushes.core.failure import Failure
from rushes.core.task import ArtifactKind, Report, Usage
from rushes.core.wire import Reply
from rushes.providers.registry import provider_for
from rushes.simulator.scenes import SCENES
from rushes.simulator.server import Endpoint
from tests.simulated import HandClock, Play
from tests.simulator.conftest import Ask, task_url

#: Scenes whose services answer well once their trouble is over and their time has come.
SCENE_NAMES = sorted(SCENES.keys() - {"overdue", "slow", "many", "running", "queued", "gateways"})


def read(ask: Ask, endpoint: Endpoint, task_id: str, key: str) -> Report:
    answer = ask(task_url(endpoint, task_id), key=key)
    reply = Reply(answer.status, answer.body, answer.headers["content-type"])
    found = provider_for(service_named(endpoint.service).dialect).read_one(reply, task_id)
    assert not isinstance(found, Failure), found
    return found


def told(report: Report, endpoint: Endpoint) -> dict[str, Any]:
    """A report in the shape of `list --json`, without what the disk and the user add."""
    usage, error = report.usage or Usage(), report.error
    names = (
        *("id", "status_raw", "model", "created_at", "updated_at", "started_at", "finished_at"),
        *("resolution", "ratio", "duration_s", "frames", "fps", "seed", "audio", "draft", "tier"),
        *("subdivision", "file_format", "progress_raw", "upstream_id"),
    )
    return {name: getattr(report, name) for name in names} | {
        "service": service_named(endpoint.service).value,
        "status": report.status.value,
        "usage": {
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "billed_tokens": usage.billed_tokens,
        },
        "error": error
        and {"code": error.code, "message": error.message, "request_id": error.request_id},
        "flags": sorted(flag.value for flag in report.flags),
        "artifacts": [
            {
                "kind": link.kind.value,
                "expires_at": link.expires_at,
                "expires_inferred": link.expires_inferred,
            }
            for link in sorted(report.links, key=lambda link: link.kind.value)
        ],
    }


def without_files(truth: dict[str, Any]) -> dict[str, Any]:
    truth = {name: value for name, value in truth.items() if name != "prompt"}  # not in answers
    kept = ("kind", "expires_at", "expires_inferred")
    rows = [{name: a[name] for name in kept} for a in truth["artifacts"]]
    return truth | {"artifacts": sorted(rows, key=lambda a: str(a["kind"]))}


@pytest.mark.parametrize("scene", SCENE_NAMES)
def test_that_a_reader_of_the_last_answers_finds_the_truth(
    simulator: Play, ask: Ask, scene: str
) -> None:
    clock = HandClock()
    sim = simulator(scene, speed=20, clock=clock)
    clock.forward(120)
    for endpoint in sim.endpoints:
        if not endpoint.ids:
            continue
        # Whatever is wrong with the service is over after some answers, or with a new key.
        for _ in range(12):
            ask(task_url(endpoint), key=endpoint.key)
        clock.forward(1)
        key = sim.new_key(endpoint.service)
        for task_id in endpoint.ids:
            found = told(read(ask, endpoint, task_id, key), endpoint)
            assert found == without_files(sim.expected()[endpoint.service][task_id])


def test_that_the_truth_about_files_is_what_their_links_give(simulator: Play, ask: Ask) -> None:
    clock = HandClock()
    sim = simulator("demo", speed=500, clock=clock)
    clock.forward(60)
    fetched = 0
    for endpoint in sim.endpoints:
        for task_id in endpoint.ids:
            truth = sim.expected()[endpoint.service][task_id]
            saved = {a["kind"]: a for a in truth["artifacts"] if a["state"] == "saved"}
            if not saved:
                continue
            key = sim.new_key(endpoint.service)
            links = links_of(ask, endpoint, task_id, key)
            assert set(links) == set(saved)
            for kind, url in links.items():
                own = urlsplit(url).netloc == urlsplit(endpoint.base_url).netloc
                body = ask(url, key=key if own else "").body
                assert len(body) == saved[kind]["bytes"]
                assert hashlib.sha256(body).hexdigest() == saved[kind]["sha256"]
                fetched += 1
    assert fetched >= 15
    json.dumps(sim.expected())  # as it goes over the wire to other programs


def links_of(ask: Ask, endpoint: Endpoint, task_id: str, key: str) -> dict[str, str]:
    for _ in range(4):  # troubles pass; a link that ended is renewed by the second look
        answer = ask(task_url(endpoint, task_id), key=key)
        if answer.status == 200:
            reply = Reply(answer.status, answer.body, answer.headers["content-type"])
            dialect = service_named(endpoint.service).dialect
            found = provider_for(dialect).read_one(reply, task_id)
            assert isinstance(found, Report)
            at = endpoint.base_url  # where a gateway's own route begins
            links = {
                link.kind: f"{at}{link.url}" if link.url.startswith("/") else link.url
                for link in found.links
            }
            main = links.get(ArtifactKind.VIDEO) or links[ArtifactKind.MODEL]
            own = main.startswith(endpoint.base_url)
            if own or ask(main, "HEAD").status == 200:
                return {kind.value: url for kind, url in links.items()}
    raise AssertionError(f"no good link for {task_id}")
