"""The scene `gateways` over real HTTP: routes and keys, films by every way, kill and start."""

import hashlib
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from rushes.core.failure import Failure
from rushes.core.task import Report, TaskError
from rushes.core.wire import Reply
from rushes.providers.paths import absolute
from rushes.providers.registry import read_one
from rushes.simulator.gateway_cases import CASES, Behind, GatewayKind, Way
from rushes.simulator.media import medium
from tests.patience import LIMIT_S
from tests.simulator.conftest import Answer, ask_plainly
from tests.simulator.gateways import SPEED, Stage, stage
from tests.simulator.test_server import serving

LATE = 40.0
GATEWAYS = [kind.value for kind in GatewayKind]


@pytest.fixture
def gateways() -> Iterator[Stage]:
    with stage() as on:
        yield on


def once(url: str, key: str = "", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """One request whose redirect is not followed."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.netloc, timeout=LIMIT_S)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        line.request(method, f"{parts.path}?{parts.query}", headers=headers)
        reply = line.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    finally:
        line.close()


def content(gateway: str, task_id: str) -> str:
    prefix = "/api" if gateway == "openrouter" else ""
    return f"{prefix}/v1/videos/{task_id}/content"


# --- the truth -----------------------------------------------------------------------------------


def report(answer: Answer, task_id: str) -> Report:
    assert answer.status == 200, answer.body
    found = read_one(Reply(200, answer.body, answer.headers["content-type"]), task_id)
    assert not isinstance(found, Failure), found
    return found


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_that_a_reader_of_the_last_answers_finds_the_truth(gateways: Stage, gateway: str) -> None:
    gateways.at(LATE)
    truths = gateways.sim.expected()[gateway]
    assert set(truths) == set(gateways.end(gateway).ids)
    for case in (task.case for task in gateways.tasks(gateway)):
        task = gateways.task(gateway, case.name)
        found = report(gateways.look(gateway, case.name), task.id)
        error = found.error or TaskError()
        truth = truths[task.id]
        said: dict[str, Any] = {
            "status": found.status.value,
            "status_raw": found.status_raw,
            "flags": sorted(flag.value for flag in found.flags),
            "error": {"code": error.code, "message": _short(error.message)},
            "upstream_said": found.upstream_said,
            "upstream_id": found.upstream_id,
            "tokens": found.usage.total_tokens if found.usage else None,
            "artifacts": sorted(link.kind.value for link in found.links),
        }
        true = {name: truth[name] for name in said if name in truth}
        true["tokens"] = truth["usage"]["total_tokens"]
        wrong = truth["error"] or {"code": "", "message": ""}
        true["error"] = wrong | {"message": _short(wrong["message"])}
        true["artifacts"] = sorted(a["kind"] for a in truth["artifacts"])
        if gateway != "aisix":  # its link stands in the redirect
            said["ends"] = {link.kind.value: link.expires_at for link in found.links}
            true["ends"] = {a["kind"]: a["expires_at"] for a in truth["artifacts"]}
        assert said == true, case.name


def _short(message: str) -> str:
    return message.split(" Request id")[0]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_that_films_are_got_exactly_where_the_truth_says_so(gateways: Stage, gateway: str) -> None:
    gateways.at(LATE)
    end = gateways.end(gateway)
    for task_id, truth in gateways.sim.expected()[gateway].items():
        case = next(t.case.name for t in gateways.tasks(gateway) if t.id == task_id)
        if not truth["artifacts"]:
            continue
        films = [a for a in truth["artifacts"] if a["kind"] == "video"]
        found = report(gateways.look(gateway, case), task_id)
        (link,) = (link for link in found.links if link.kind.value == "video")
        route = content(gateway, task_id).removesuffix("/content")
        urls = [absolute(url, end.base_url, route) for url in (link.url, *link.others)]
        got = {_film(url, end.base_url, end.key) for url in urls} - {""}
        assert got == ({films[0]["sha256"]} - {None}), case


def _film(url: str, base: str, key: str) -> str:
    """The digest of what an address gives; "" when it gives nothing whole."""
    try:
        answer = ask_plainly(url, key=key if url.startswith(f"{base}/") else "")
    except http.client.IncompleteRead:
        return ""
    return hashlib.sha256(answer.body).hexdigest() if answer.status == 200 else ""


def test_that_openrouter_has_an_own_route_beside_signed_links(gateways: Stage) -> None:
    gateways.at(LATE)
    end = gateways.end("openrouter")
    signed = gateways.look("openrouter", "signed").json
    assert ask_plainly(signed["urls"][0]).status == 200
    told = gateways.look("openrouter", "unsigned").json
    assert "urls" not in told
    (url,) = told["unsigned_urls"]
    assert ask_plainly(url).status == 401
    film = ask_plainly(url, key=end.key).body
    assert hashlib.sha256(film).hexdigest() == medium("pond.mp4").sha256
    assert gateways.get("openrouter", "/api/v1/models", "").status == 200  # proves no key
    assert gateways.look("openrouter", "signed", "wrong").status == 401


def test_that_every_service_and_outcome_is_there() -> None:
    behind = {case.behind for case in CASES[GatewayKind.NEW_API]}
    assert behind == set(Behind) - {Behind.RUNWAY, Behind.GROK}
    assert {case.way for cases in CASES.values() for case in cases} == set(Way)
    for cases in CASES.values():
        assert len({case.name for case in cases}) == len(cases)


# --- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gateway", ["newapi", "newapi-outer"])
def test_that_new_api_refuses_four_kinds_of_keys_alike_and_tells_them_apart_by_credit(
    gateways: Stage, gateway: str
) -> None:
    gateways.at(LATE)
    case = next(iter(gateways.tasks(gateway))).case.name
    told = {}
    for kind in ("good", "wrong", "off", "ended", "used_up"):
        assert gateways.look(gateway, case, kind).status == (200 if kind == "good" else 401)
        assert gateways.get(gateway, "/v1/models", kind).status == (200 if kind == "good" else 401)
        told[kind] = gateways.get(gateway, "/api/usage/token/", kind)
    assert [told[kind].status for kind in told] == [200, 401, 401, 200, 200]
    assert 0 < told["ended"].json["data"]["expires_at"] < gateways.clock()
    assert told["used_up"].json["data"]["unlimited_quota"] is False
    assert told["good"].json["data"]["unlimited_quota"] is True


def test_that_a_used_up_key_is_good_again_when_it_is_filled(gateways: Stage) -> None:
    gateways.at(LATE)
    assert gateways.look("newapi", "kling", "used_up").status == 401
    assert gateways.control("newapi", "fill").status == 200
    assert gateways.look("newapi", "kling", "used_up").status == 200
    assert gateways.get("newapi", "/api/usage/token/", "used_up").json["data"]["unlimited_quota"]


def test_that_a_key_for_one_model_sees_tasks_of_that_model_only(gateways: Stage) -> None:
    gateways.at(LATE)
    assert gateways.look("newapi", "kling", "limited").status == 200
    refused = gateways.look("newapi", "seedance", "limited")
    assert refused.status == 403
    assert "no access to model doubao-seedance-2-0" in refused.json["error"]["message"]
    assert gateways.look("aisix", "wan", "limited").status == 200
    assert gateways.look("aisix", "sora", "limited").status == 404
    names = [row["id"] for row in gateways.get("aisix", "/v1/models", "limited").json["data"]]
    assert names == ["wan"]


def test_that_new_api_takes_a_key_without_bearer_and_without_its_beginning(
    gateways: Stage,
) -> None:
    end = gateways.end("newapi")
    url = f"{end.base_url}/v1/models"
    for given in (end.key, end.key.removeprefix("sk-"), f"Bearer {end.key.removeprefix('sk-')}"):
        assert ask_plainly(url, Authorization=given).status == 200
    other = gateways.end("aisix")
    assert ask_plainly(f"{other.base_url}/v1/models", Authorization=other.key).status == 401


def test_that_what_is_told_about_credit_has_a_limit_of_its_own(gateways: Stage) -> None:
    told = [gateways.get("newapi", "/api/usage/token/").status for _ in range(22)]
    assert set(told[:20]) == {200}
    assert told[-1] == 429
    assert gateways.get("newapi", "/v1/models").status == 200


def test_that_a_charge_is_what_the_answer_and_the_unit_say(gateways: Stage) -> None:
    gateways.at(LATE)
    unit = gateways.get("newapi", "/api/status", "").json["data"]["quota_per_unit"]
    for gateway, case in (("newapi", "wan"), ("newapi-outer", "wan"), ("newapi", "sora")):
        quota = gateways.look(gateway, case).json["data"]["quota"]
        truth = gateways.sim.expected()[gateway][gateways.task(gateway, case).id]
        assert truth["usage"]["charged"] == {"amount": quota / unit, "currency": "USD"}
    refused = gateways.task("newapi", "wan-refused").id  # given back
    assert gateways.sim.expected()["newapi"][refused]["usage"]["charged"] is None


# --- what a new-api makes of what it sees --------------------------------------------------------


def test_that_a_gateway_looks_behind_by_itself_and_invents_the_progress(gateways: Stage) -> None:
    steps = []
    for seconds in (0.5, 2.5, 5.5, 9):
        gateways.at(seconds)
        data = gateways.look("newapi", "kling").json["data"]
        steps.append((data["status"], data["progress"]))
    assert steps == [
        ("NOT_START", "0%"),
        ("IN_PROGRESS", "50%"),
        ("IN_PROGRESS", "50%"),
        ("SUCCESS", "100%"),
    ]


def test_that_its_time_out_passes_over_what_was_said_behind(gateways: Stage) -> None:
    said = {}
    for seconds in (15, 25):
        gateways.at(seconds)
        for case in ("seedance-expired-late", "seedance-running-late", "seedance-key-late"):
            data = gateways.look("newapi", case).json["data"]
            said[case, seconds] = (data["status"], data["fail_reason"], data.get("result_url"))
    reason = "任务超时（1440分钟）"
    for (_, seconds), told in said.items():
        assert told == (("IN_PROGRESS", "", None) if seconds == 15 else ("FAILURE", reason, reason))


@pytest.mark.parametrize(
    ("gateway", "case"), [("newapi", "jimeng-came-back"), ("newapi-outer", "seedance-came-back")]
)
def test_that_a_gateway_takes_a_failure_back(gateways: Stage, gateway: str, case: str) -> None:
    words = []
    for seconds in (0.5, 5, LATE):
        gateways.at(seconds)
        words.append(gateways.look(gateway, case).json["data"]["status"])
    assert words == ["NOT_START", "FAILURE", "SUCCESS"]


def test_that_two_gateways_in_a_row_share_one_job(gateways: Stage) -> None:
    gateways.at(LATE)
    outer = gateways.task("newapi-outer", "wan")
    data = gateways.look("newapi-outer", "wan").json["data"]
    assert outer.inner is not None
    assert data["data"]["id"] == outer.inner.id in gateways.end("newapi").ids
    inner = gateways.get("newapi", f"/v1/video/generations/{outer.inner.id}").json["data"]
    assert inner["status"] == "SUCCESS"
    assert inner["result_url"] == data["data"]["metadata"]["url"]
    # The route of the gateway behind wants a key of that gateway.
    second = gateways.look("newapi-outer", "hailuo-second").json["data"]["data"]["metadata"]["url"]
    assert second.startswith(gateways.end("newapi").base_url)
    assert ask_plainly(second).status == 401


# --- films ---------------------------------------------------------------------------------------


def test_that_the_own_route_has_neither_ranges_nor_heads(gateways: Stage) -> None:
    gateways.at(LATE)
    task = gateways.task("newapi", "sora")
    end = gateways.end("newapi")
    url = end.base_url + content("newapi", task.id)
    part = ask_plainly(url, key=end.key, Range="bytes=100-")
    assert (part.status, len(part.body)) == (200, medium(task.case.film).bytes)
    assert "accept-ranges" not in part.headers
    assert ask_plainly(url, "HEAD", key=end.key).status == 404
    assert ask_plainly(url).status == 401


def test_that_the_own_route_stands_at_addresses_that_lead_nowhere(gateways: Stage) -> None:
    gateways.at(LATE)
    told = {
        case: gateways.look("newapi", case).json["data"]["result_url"]
        for case in ("sora", "sora-other-name")
    }
    port = urlsplit(gateways.end("newapi").base_url).port
    assert urlsplit(told["sora"]).netloc == "localhost:3000"
    assert urlsplit(told["sora-other-name"]).netloc == f"localhost:{port}"


def test_that_a_slow_film_is_cut_and_whole_when_the_cut_is_lifted(gateways: Stage) -> None:
    gateways.at(LATE)
    task = gateways.task("newapi", "sora-slow")
    end, size = gateways.end("newapi"), medium("dusk.mp4").bytes
    url = end.base_url + content("newapi", task.id)

    def state() -> str:
        (film,) = gateways.sim.expected()["newapi"][task.id]["artifacts"]
        return str(film["state"])

    assert state() == "remote"
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask_plainly(url, key=end.key)
    assert len(cut.value.partial) == 300_000  # 60 s of 5,000 bytes
    assert gateways.control("newapi", "cut?s=30").status == 200
    with pytest.raises(http.client.IncompleteRead) as earlier:
        ask_plainly(url, key=end.key)
    assert len(earlier.value.partial) == 150_000
    assert gateways.control("newapi", "cut").status == 200
    assert len(ask_plainly(url, key=end.key).body) == size
    assert state() == "saved"


def test_that_redirects_lead_to_the_services_own_link(gateways: Stage) -> None:
    gateways.at(LATE)
    for gateway, case in (("aisix", "seedance"), ("aisix", "wan"), ("newapi", "sora-redirect")):
        end, task = gateways.end(gateway), gateways.task(gateway, case)
        status, headers, body = once(end.base_url + content(gateway, task.id), end.key)
        assert (status, body) == (302, b"")
        assert "content-type" not in headers
        film = ask_plainly(headers["location"])
        assert hashlib.sha256(film.body).hexdigest() == medium(task.case.film).sha256
    aisix = gateways.end("aisix")
    url = aisix.base_url + content("aisix", gateways.task("aisix", "seedance").id)
    assert once(url, aisix.key, "HEAD")[0] == 302
    assert once(url.replace("seedance", "x"), "", "HEAD")[0] == 401


def test_that_a_link_in_alibabas_manner_counts_byte_for_byte_and_ends(gateways: Stage) -> None:
    gateways.at(LATE)
    link = gateways.look("newapi", "wan").json["data"]["result_url"]
    assert "&OSSAccessKeyId=" in link
    assert ask_plainly(link).status == 200
    assert ask_plainly(link.replace("Expires=1", "Expires=2")).status == 403
    gateways.clock.forward(86400)
    assert ask_plainly(link).status == 403


def test_that_trouble_behind_passes(gateways: Stage) -> None:
    told = []
    for seconds in (1, 4, LATE):
        gateways.at(seconds)
        told.append([
            gateways.look("aisix", "seedance-401").status,
            gateways.look("litellm", "wan-429").status,
            gateways.look("litellm", "sora-garbage").status,
        ])  # fmt: skip
    assert told == [[200, 200, 200], [401, 429, 500], [200, 200, 200]]


def test_that_litellm_passes_on_as_a_film_whatever_came_from_behind(gateways: Stage) -> None:
    for case, begins in (("sora-page-for-film", b"<html>"), ("wan-json-for-film", b'{"id"')):
        task = gateways.task("litellm", case)
        url = content("litellm", task.id)
        gateways.at(7)
        assert gateways.look("litellm", case).json["status"] == "completed"
        early = gateways.get("litellm", url)
        assert (early.status, early.headers["content-type"]) == (200, "video/mp4")
        assert early.body.startswith(begins)
        gateways.at(LATE)
        assert len(gateways.get("litellm", url).body) == medium(task.case.film).bytes


# --- kill and start ------------------------------------------------------------------------------


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_that_a_gateway_is_killed_and_started_and_knows_what_it_knew(
    gateways: Stage, gateway: str
) -> None:
    gateways.at(LATE)
    case = next(iter(gateways.tasks(gateway))).case.name
    before = gateways.look(gateway, case).json
    assert gateways.control(gateway, "kill").status == 200
    address = urlsplit(gateways.end(gateway).base_url)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.hostname, address.port), 5).close()
    others = [name for name in GATEWAYS if name != gateway]
    assert gateways.get(others[0], "/v1/models").status in (200, 404)
    assert gateways.control(gateway, "start").status == 200
    assert gateways.control(gateway, "start").status == 200  # once more: nothing happens
    after = gateways.look(gateway, case).json
    assert json.dumps(after) == json.dumps(before)


def test_that_a_control_call_that_means_nothing_says_so(gateways: Stage) -> None:
    for gateway, what in (("newapi", "burn"), ("newapi", "cut?s=soon")):
        assert gateways.control(gateway, what).status == 404
    base = gateways.end("newapi").truth.removesuffix("expected")
    assert ask_plainly(f"{base}gateways/nobody/kill", "POST").status == 404


# --- what people see -----------------------------------------------------------------------------


def test_that_endpoints_say_what_an_account_needs(gateways: Stage) -> None:
    ends = gateways.sim.endpoints
    assert [end.service for end in ends] == GATEWAYS
    assert {end.preset for end in ends} == {"gateway"}
    assert all(end.key == end.keys["good"] for end in ends)
    assert len({end.base_url for end in ends}) == len(ends)
    assert set(gateways.end("newapi").keys) == {
        *("good", "wrong", "off", "ended", "used_up", "limited")
    }
    prompts = gateways.end("newapi").prompts
    truth = gateways.sim.expected()["newapi"]
    assert prompts
    assert prompts == {i: t["prompt"] for i, t in truth.items() if "prompt" in t}


def test_that_the_scene_prints_a_line_a_gateway() -> None:
    with serving(repr("gateways"), 0, 50, lines=len(GATEWAYS)) as (process, lines):
        assert [line["service"] for line in lines] == GATEWAYS
        for line in lines:
            assert line["preset"] == "gateway"
            assert line["key"] == line["keys"]["good"]
            assert line["ids"]
        url = f"{lines[0]['base_url']}/v1/models"
        assert ask_plainly(url, key=lines[0]["key"]).status == 200
        assert process.poll() is None


def test_that_a_second_key_is_good_and_the_first_is_not_any_more(gateways: Stage) -> None:
    gateways.at(LATE)
    key = gateways.sim.new_key("aisix")
    base = gateways.end("aisix").base_url
    assert ask_plainly(f"{base}/v1/models", key=key).status == 200
    assert gateways.get("aisix", "/v1/models").status == 401


def test_that_the_scene_is_at_rest_when_it_says_so(gateways: Stage) -> None:
    gateways.at(gateways.sim.scene.lasts_s + 0.1)
    assert gateways.sim.scene.lasts_s <= 40
    before = {g: [gateways.look(g, t.case.name).json for t in gateways.tasks(g)] for g in GATEWAYS}
    gateways.at(gateways.sim.scene.lasts_s + SPEED)
    after = {g: [gateways.look(g, t.case.name).json for t in gateways.tasks(g)] for g in GATEWAYS}
    for gateway in GATEWAYS:
        words = [[_word(body) for body in told[gateway]] for told in (before, after)]
        assert words[0] == words[1]


def _word(body: dict[str, Any]) -> str:
    return str((body.get("data") or body)["status"])
