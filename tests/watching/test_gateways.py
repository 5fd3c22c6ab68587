"""Accounts at gateways that answer as real ones did: routes, refusals, keys."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes.core.events import AccountChanged
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.task import Charge, Flag, Status
from rushes.providers.registry import provider_for
from rushes.store import tables
from rushes.watching.api import UNKNOWN_ID, check_key
from rushes.watching.supervisor import TaskSupervisor
from tests.conftest import Drive
from tests.watching.cloud import Rig
from tests.watching.gateways import (
    DATA,
    KEY,
    NO_ROUTE,
    Answer,
    Gate,
    gated,
    made,
    page,
    plain,
    sample,
)

LIVE = plain({"id": "t", "status": "running", "model": "m"})
#: What means "no such route" while one is looked for (contract 11).
NO_ROUTES = {
    "404 without a body": sample("aisix/no_such_route"),
    "405 without a body": sample("aisix/no_list"),
    "404 page": (404, {"content-type": "text/html"}, b"<html>Not Found</html>"),
    "404 plain": (404, {"content-type": "text/plain"}, b"404 page not found"),
    "detail": plain({"detail": "Not Found"}, 404),
    "detail 405": plain({"detail": "Method Not Allowed"}, 405),
    "invalid url": sample("newapi/route_unknown_api"),
    "200 page": page((DATA / "contract/newapi/route_unknown_page.html").read_text("utf-8")),
    "vague": plain({"error": {"message": "Not Found", "code": 404}}, 404),
    "bare invalid url": plain({"error": {"message": "Invalid URL"}}, 404),
    "framework": plain({"message": "The requested URL was not found on the server."}, 404),
    "amazon": plain({"message": "Missing Authentication Token"}, 403),
    "200 welcome": plain({"message": "welcome"}),
}


async def looked(rig: Rig, *ids: str, times: int = 1) -> Failure | None:
    failure = None
    for _ in range(times):
        failure = await rig.watcher.look([rig.key(each) for each in ids])
    return failure


async def begun(rig: Rig, *ids: str) -> None:
    await rig.add(*ids)
    rig.start(loop=False)


@pytest.mark.parametrize("name", NO_ROUTES)
@pytest.mark.parametrize("route", ["/v1/videos/t", "/jimeng/fetch/t", "/api/v1/videos/t"])
def test_that_the_route_is_found_behind_others_that_are_not_there(
    run: Drive[Any], tmp_path: Path, name: str, route: str
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            gate.otherwise = NO_ROUTES[name]
            gate.says[route] = LIVE
            await begun(rig, "t", "u")
            assert await looked(rig, "t") is None
            assert (await rig.task("t")).status is Status.RUNNING
            before = len(gate.asked)
            await looked(rig, "t", times=3)
            assert gate.asked[before:] == [route] * 3  # it is remembered
            await looked(rig, "u")
            assert gate.asked[before + 3 :] == [route.replace("/t", "/u")]

    run(work())


def test_that_a_route_with_a_query_and_one_in_the_middle_are_found(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        for route in ("/v1/video/query", "/ent/v2/tasks/t/creations"):
            async with gated(tmp_path / route.replace("/", "_"), speed=100_000) as (gate, rig):
                gate.says[route] = LIVE
                await begun(rig, "t")
                assert await looked(rig, "t") is None
                assert (await rig.task("t")).status is Status.RUNNING

    run(work())


def test_that_a_route_typed_with_a_place_for_the_id_is_the_only_one(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path, prefix="/my/tasks/{id}?full=1") as (gate, rig):
            gate.says["/my/tasks/a%2Fb"] = plain({"id": "a/b", "status": "running"})
            await begun(rig, "a/b")
            assert await looked(rig, "a/b") is None
            assert gate.asked == ["/my/tasks/a%2Fb?full=1"]
            assert (await rig.task("a/b")).status is Status.RUNNING

    run(work())


def test_that_one_search_serves_all_tasks_that_came_together(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            ids = [f"t{n}" for n in range(6)]
            await begun(rig, *ids)
            failure = await looked(rig, *ids)
            assert failure is not None
            assert failure.kind is Kind.NOT_API
            routes = len(provider_for(rig.account.dialect).one("", "t"))
            assert len(gate.asked) <= 2 * routes

    run(work())


@pytest.mark.parametrize("route", ["/jimeng/fetch/{id}", "/v1/video/query?id={id}"])
def test_that_the_next_start_asks_at_the_route_that_was_found(
    run: Drive[Any], tmp_path: Path, route: str
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            gate.says[route.partition("?")[0].replace("{id}", "t")] = LIVE
            await begun(rig, "t")
            assert await looked(rig, "t") is None
            (account,) = await rig.store.read(tables.accounts)
            assert account.route == route
            before = len(gate.asked)
            again = TaskSupervisor(store=rig.store, publish=rig.publish, speed=100_000)
            client = rig.network.client_for(account, Secret(KEY))
            again.start(account, client, loop=False)
            assert await again.look([rig.key("t")]) is None
            assert gate.asked[before:] == [route.replace("{id}", "t")]
            await again.aclose()
            await rig.store.write(tables.put_account, replace(account, name="renamed"))
            assert (await rig.store.read(tables.accounts))[0].route == route
            await rig.store.write(
                tables.put_account, replace(account, base_url="https://other.example")
            )
            assert (await rig.store.read(tables.accounts))[0].route == ""

    run(work())


def test_that_a_route_that_answered_is_doubted_after_ten_minutes_and_then_hourly(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=10_000) as (gate, rig):  # ten minutes: 60 ms
            gate.says["/v1/videos/t"] = LIVE
            await begun(rig, "t")
            await looked(rig, "t")
            gate.says = {}
            gate.asked.clear()
            await looked(rig, "t")
            assert gate.asked == ["/v1/videos/t"]
            gate.says["/jimeng/fetch/t"] = plain({"id": "t", "status": "succeeded", "model": "m"})

            gate.says[f"/jimeng/fetch/{UNKNOWN_ID}"] = sample("newapi/unknown_id")

            async def is_found() -> bool:
                await rig.watcher.look([rig.key("t")])
                return (await rig.task("t")).status is Status.SUCCEEDED

            while not await is_found():
                pass
            assert gate.asked.count("/jimeng/fetch/t") == 1
            assert (await rig.task("t")).misses == 0

    run(work())


# --- whose refusal -----------------------------------------------------------------------------

BEHIND = [
    *("aisix/upstream_401", "aisix/upstream_429", "aisix/upstream_500"),
    *(f"litellm/up_401_{kind}" for kind in ("dash", "minimax", "openai")),
    *(f"litellm/up_429_{kind}" for kind in ("dash", "minimax", "openai")),
    *(f"litellm/up_500_{kind}" for kind in ("dash", "minimax", "openai")),
    *("litellm/up_503html_dash", "litellm/up_503html_openai"),
    *(f"litellm/up_garbage_{kind}" for kind in ("dash", "minimax", "openai")),
    *(f"litellm/up_html200_{kind}" for kind in ("dash", "minimax", "openai")),
    *("litellm/up_quota_dash", "litellm/up_quota_minimax"),
]


@pytest.mark.parametrize("name", BEHIND)
def test_that_trouble_of_the_service_behind_concerns_its_task_alone(
    run: Drive[Any], tmp_path: Path, name: str
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            gate.says |= {"/v1/videos/bad": LIVE, "/v1/videos/good": LIVE}
            await begun(rig, "bad", "good")
            await looked(rig, "bad", "good")
            gate.says["/v1/videos/bad"] = sample(name)
            for _ in range(4):
                failure = await looked(rig, "bad")
                assert failure is not None
                assert failure.kind is Kind.UPSTREAM
                assert await looked(rig, "good") is None
            bad, good = await rig.task("bad"), await rig.task("good")
            assert Flag.UPSTREAM_TROUBLE in bad.flags
            assert bad.report.upstream_said
            assert bad.status is Status.RUNNING
            assert (bad.misses, good.flags) == (0, frozenset())
            assert all(key == f"Bearer {KEY}" for key in gate.keys)
            gate.says["/v1/videos/bad"] = LIVE
            await looked(rig, "bad")
            bad = await rig.task("bad")
            assert (bad.flags, bad.report.upstream_said) == (frozenset(), None)

    run(work())


UNKNOWN = [
    *("aisix/unknown_upstream", "aisix/unknown_id", "aisix/key_of_other_models"),
    *("newapi/unknown_id", "litellm/unknown_fal", "litellm/unknown_runway"),
    *("litellm/unknown_openai", "litellm/unknown_openai_slash"),
    *("b10_task_not_found_200", "b25_volc_notfound"),
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_that_a_task_that_is_not_there_is_given_up_the_third_time(
    run: Drive[Any], tmp_path: Path, name: str
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            gate.says["/v1/videos/t"] = sample(name)
            await begun(rig, "t")
            await looked(rig, "t", times=2)
            assert Flag.NOT_FOUND not in (await rig.task("t")).flags
            await looked(rig, "t")
            assert Flag.NOT_FOUND in (await rig.task("t")).flags

    run(work())


REFUSED = {
    "newapi/key_refused": Kind.DENIED,
    "newapi/key_not_for_model": Kind.MODEL_NOT_OPEN,
    "newapi/models_key_refused": Kind.DENIED,
    "aisix/key_wrong": Kind.DENIED,
    "aisix/models_key_wrong": Kind.DENIED,
    "litellm/models_wrong_key": Kind.DENIED,
    "b11_quota_401": Kind.QUOTA,
}


@pytest.mark.parametrize(("name", "kind"), REFUSED.items())
def test_what_the_gateway_s_own_refusal_is_about(
    run: Drive[Any], tmp_path: Path, name: str, kind: Kind
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            gate.says["/v1/videos/t"] = sample(name)
            await begun(rig, "t")
            failure = await looked(rig, "t")
            assert failure is not None
            assert failure.kind is kind
            assert Flag.UPSTREAM_TROUBLE not in (await rig.task("t")).flags

    run(work())


# --- is the key good ---------------------------------------------------------------------------


def newapi(gate: Gate) -> None:
    gate.key_refused = sample("newapi/key_refused")
    gate.says = {"/v1/models": sample("newapi/models_limited")}
    gate.otherwise = page()


def aisix(gate: Gate) -> None:
    gate.key_refused = sample("aisix/models_key_wrong")
    gate.says = {"/v1/models": sample("aisix/models")}


def litellm(gate: Gate) -> None:
    gate.key_refused = sample("litellm/models_wrong_key")
    gate.no_key = 500, {"content-type": "text/plain"}, b"Internal Server Error"
    gate.says = {"/v1/models": sample("litellm/models")}
    gate.otherwise = plain({"detail": "Not Found"}, 404)


def openrouter(gate: Gate) -> None:
    """Its models are shown to everybody; only the task route asks for a key."""
    gate.key_refused = plain({"error": {"message": "No auth credentials found", "code": 401}}, 401)
    gate.says = {
        "/v1/models": plain({"data": []}),
        f"/v1/videos/{UNKNOWN_ID}": plain(
            {"error": {"message": "Video generation not found", "code": 404}}, 404
        ),
    }
    gate.open_to_all = {"/v1/models"}


def amazon(gate: Gate) -> None:
    """It stands behind Amazon's API gateway and has no list of models."""
    gate.key_refused = plain({"error": {"message": "Invalid API key"}}, 401)
    gate.says = {f"/v1/videos/{UNKNOWN_ID}": plain({"message": "video not found"}, 404)}
    gate.otherwise = plain({"message": "Missing Authentication Token"}, 403)


GATEWAYS = [newapi, aisix, litellm, openrouter, amazon]


@pytest.mark.parametrize("kind", GATEWAYS)
@pytest.mark.parametrize("key", [KEY, "a-wrong-key"])
def test_that_a_wrong_key_is_refused_and_a_good_one_accepted(
    run: Drive[Any], tmp_path: Path, kind: Any, key: str
) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            kind(gate)
            failure = await tried(rig, key)
            assert (failure and failure.kind) is (None if key == KEY else Kind.DENIED)

    run(work())


def test_that_a_key_is_not_called_accepted_where_nothing_asks_for_one(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            gate.says = {"/v1/models": plain({"data": []}), "/v1/videos/t": LIVE}
            gate.otherwise = sample("newapi/unknown_id")
            failure = await tried(rig, "anything")
            assert failure is not None
            assert failure.kind is Kind.UNCHECKED

    run(work())


def test_that_a_wrong_address_is_said_so(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            gate.otherwise = page()
            failure = await tried(rig, KEY)
            assert failure is not None
            assert failure.kind is Kind.NOT_API

    run(work())


async def tried(rig: Rig, key: str) -> Failure | None:
    client = rig.network.client_for(rig.account, Secret(key))
    return await check_key(client, rig.account, gap_s=0.0)


# --- why a key is refused ----------------------------------------------------------------------

USAGE = "/api/usage/token/"


def ended() -> Answer:
    data = {"expires_at": 1, "unlimited_quota": True, "name": "old"}
    return plain({"code": True, "data": data, "message": "ok"})


@pytest.mark.parametrize(
    ("usage", "kind"),
    [
        (sample("newapi/usage_token_used_up"), Kind.NO_CREDIT),
        (ended(), Kind.KEY_ENDED),
        (sample("newapi/usage_token"), Kind.DENIED),
        (sample("newapi/usage_token_refused"), Kind.DENIED),
        (page(), Kind.DENIED),
        (NO_ROUTE, Kind.DENIED),
        ((429, {}, b""), Kind.DENIED),
    ],
)
def test_that_a_gateway_is_asked_why_it_refuses_a_key(
    run: Drive[Any], tmp_path: Path, usage: Answer, kind: Kind
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100.0) as (gate, rig):
            gate.says = {"/v1/videos/t": sample("newapi/key_refused"), USAGE: usage}
            await begun(rig, "t")
            failure = await looked(rig, "t")
            assert failure is not None
            assert failure.kind is Kind.DENIED
            assert USAGE not in gate.asked  # one refusal may pass
            failure = await looked(rig, "t", times=3)
            assert failure is not None
            assert failure.kind is kind
            assert gate.asked.count(USAGE) == 1
            assert await tried_kind(gate, rig) is kind

    run(work())


async def tried_kind(gate: Gate, rig: Rig) -> Kind | None:
    gate.says["/v1/models"] = sample("newapi/models_key_refused")
    failure = await tried(rig, KEY)
    return None if failure is None else failure.kind


def test_that_a_key_whose_credit_is_back_is_good_again(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=20_000.0) as (gate, rig):
            used_up = sample("newapi/usage_token_used_up")
            gate.says = {"/v1/videos/t": sample("newapi/key_refused"), USAGE: used_up}
            await rig.add("t")
            rig.start()
            await rig.until(lambda: Kind.NO_CREDIT in told(rig))
            gate.says["/v1/videos/t"] = LIVE
            await rig.until(lambda: rig.of(AccountChanged)[-1].failure is None)
            assert (await rig.task("t")).status is Status.RUNNING

    run(work())


STRANGE = {"error": {"message": "go away please", "type": "weird"}}
QUOTED = {"error": {"message": "provider error: invalid API key", "type": "bad_gateway"}}
MODELS = plain({"data": [{"id": "m"}]})
BAD_TOKEN = plain({"error": {"message": "Invalid token"}}, 401)


@pytest.mark.parametrize(
    ("refusal", "models", "kinds"),
    [
        (STRANGE, MODELS, [Kind.DENIED, Kind.REJECTED, Kind.REJECTED]),
        (QUOTED, MODELS, [Kind.DENIED, Kind.REJECTED, Kind.REJECTED]),
        (STRANGE, NO_ROUTE, [Kind.DENIED, Kind.REJECTED, Kind.REJECTED]),
        (STRANGE, BAD_TOKEN, [Kind.DENIED] * 3),
        (STRANGE, plain({}, 500), [Kind.DENIED] * 3),
        ({"error": {"message": "Invalid token"}}, MODELS, [Kind.DENIED] * 3),
        ({"error": {"message": "no", "code": "invalid_api_key"}}, MODELS, [Kind.DENIED] * 3),
        ({"error": {"message": "该令牌已过期"}}, MODELS, [Kind.DENIED] * 3),
    ],
)
def test_that_a_401_in_unknown_words_counts_when_the_list_of_models_refuses_the_key_as_well(
    run: Drive[Any], tmp_path: Path, refusal: Any, models: Answer, kinds: list[Kind]
) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            gate.says = {"/v1/video/generations/t": plain(refusal, 401), "/v1/models": models}
            await begun(rig, "t")
            seen = [await looked(rig, "t") for _ in kinds]
            assert [failure and failure.kind for failure in seen] == kinds
            asked = gate.asked.count("/v1/models")
            assert asked == (0 if models is MODELS and kinds[1] is Kind.DENIED else 1)

    run(work())


def told(rig: Rig) -> list[Kind]:
    return [news.failure.kind for news in rig.of(AccountChanged) if news.failure]


# --- what was charged --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "charge"),
    [
        (sample("newapi/status"), Charge(amount=0.01, currency="USD")),
        (plain({"data": {"quota_per_unit": 500000, "quota_display_type": "CNY"}}), None),
        (plain({"data": {"quota_per_unit": 1e-300}}), None),  # no sum that anybody can owe
        (plain({"data": {"quota_per_unit": 1e-320}}), None),
        (page(), None),
        (NO_ROUTE, None),
    ],
)
def test_that_a_gateway_s_own_charge_is_told_in_money(
    run: Drive[Any], tmp_path: Path, status: Answer, charge: Charge | None
) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            answer = sample("newapi/doubao_success", FILES="https://files.example")
            gate.says = {"/v1/video/generations/t": answer, "/api/status": status}
            await begun(rig, "t")
            await looked(rig, "t", times=2)
            assert (await rig.task("t")).report.charged == charge
            asked = [key for path, key in zip(gate.asked, gate.keys, strict=True)
                     if path == "/api/status"]  # fmt: skip
            assert asked == [""]  # once, and without the key

    run(work())


def test_that_a_cost_in_dollars_is_the_charge(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            gate.says["/v1/videos/t"] = plain(
                {"id": "t", "status": "completed", "usage": {"cost": 0.25, "is_byok": False}}
            )
            await begun(rig, "t")
            await looked(rig, "t")
            assert (await rig.task("t")).report.charged == Charge(amount=0.25, currency="USD")

    run(work())


def test_that_takes_that_came_together_all_say_what_was_charged(
    run: Drive[Any], tmp_path: Path
) -> None:
    """The price of a unit is still on its way when the second answer is there."""

    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            ids = ("t", "u")  # so many are asked about at once
            routes = [f"/v1/video/generations/{each}" for each in ids]
            gate.says = dict.fromkeys(routes, LIVE)
            await begun(rig, *ids)
            await looked(rig, *ids)
            answer = sample("newapi/doubao_success", FILES="https://files.example")
            asked_before, all_asked = len(gate.asked), asyncio.Event()

            async def task(_: web.BaseRequest) -> web.StreamResponse:
                if all(route in gate.asked[asked_before:] for route in routes):
                    all_asked.set()
                return made(answer)

            async def status(_: web.BaseRequest) -> web.StreamResponse:
                await all_asked.wait()
                return made(sample("newapi/status"))

            gate.says = {**dict.fromkeys(routes, task), "/api/status": status}
            await looked(rig, *ids)
            charges = {(await rig.task(each)).report.charged for each in ids}
            assert charges == {Charge(amount=0.01, currency="USD")}
            assert gate.asked.count("/api/status") == 1

    run(work())


def test_that_the_price_of_a_unit_is_asked_again_where_the_gateway_stumbled(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=100_000) as (gate, rig):
            answer = sample("newapi/doubao_success", FILES="https://files.example")
            gate.says = {"/v1/video/generations/t": answer, "/api/status": (502, {}, b"")}
            await begun(rig, "t")
            await looked(rig, "t")
            assert (await rig.task("t")).report.charged is None
            gate.says["/api/status"] = sample("newapi/status")
            while (await rig.task("t")).report.charged is None:
                await looked(rig, "t")
            assert (await rig.task("t")).report.charged == Charge(amount=0.01, currency="USD")

    run(work())
