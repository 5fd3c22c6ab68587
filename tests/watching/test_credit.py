"""What a gateway is asked about a key: how often, which routes, and what its answers stop."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes.core.account import Service
from rushes.core.task import Status
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.watching.gateways import NO_ROUTE, Answer, Gate, gated, made, page, plain, sample

USAGE, STATUS, MODELS = "/api/usage/token/", "/api/status", "/v1/models"


def newapi(gate: Gate) -> None:
    gate.says = {
        USAGE: sample("newapi/usage_token"),
        STATUS: sample("newapi/status"),
        MODELS: sample("newapi/models_limited"),
    }


def test_that_what_a_gateway_says_of_a_key_is_asked_once_a_minute_at_most(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=1.0) as (gate, rig):
            newapi(gate)
            rig.start(loop=False)
            account = rig.account.id
            one, two = await asyncio.gather(
                rig.watcher.credit(account), rig.watcher.credit(account)
            )
            again = await rig.watcher.credit(account)
            assert one == two == again
            assert again is not None
            assert (again.name, again.is_unlimited) == ("limited", True)
            assert again.models == ("kling-v1-6",)
            assert gate.asked == [USAGE, STATUS, MODELS]
            assert [bool(key) for key in gate.keys] == [True, False, True]

    run(work())


def test_that_it_is_asked_anew_after_a_minute(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=1000.0) as (gate, rig):
            newapi(gate)
            rig.start(loop=False)
            await rig.watcher.credit(rig.account.id)
            gate.says[USAGE] = sample("newapi/usage_token_used_up")
            gate.says[MODELS] = sample("newapi/models_key_refused")
            found = None
            async with asyncio.timeout(LIMIT_S):
                while found is None or found.name != "poor":
                    await asyncio.sleep(0.01)  # a minute is 0.06 s at this speed
                    found = await rig.watcher.credit(rig.account.id)
            assert found.is_used_up

    run(work())


@pytest.mark.parametrize(
    "answer",
    [NO_ROUTE, page(), plain({"detail": "Not Found"}, 404), (405, {}, b""), plain({"data": []})],
)
def test_that_a_gateway_without_these_routes_says_nothing_and_is_left_alone(
    run: Drive[Any], tmp_path: Path, answer: Answer
) -> None:
    async def work() -> None:
        async with gated(tmp_path, speed=10.0) as (gate, rig):
            gate.otherwise = answer
            rig.start(loop=False)
            for _ in range(5):
                assert await rig.watcher.credit(rig.account.id) is None
            assert gate.asked == [USAGE]

    run(work())


def test_that_services_that_are_no_gateways_are_not_asked(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path, service=Service.ARK) as (gate, rig):
            rig.start(loop=False)
            assert await rig.watcher.credit(rig.account.id) is None
            assert await rig.watcher.credit("no such account") is None
            assert gate.asked == []

    run(work())


@pytest.mark.parametrize(
    "answer",
    [
        (429, {"retry-after": "600"}, b""),
        sample("newapi/usage_token_refused"),
        (502, {}, b""),
    ],
)
def test_that_its_limit_and_its_refusal_slow_nothing_else(
    run: Drive[Any], tmp_path: Path, answer: Answer
) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):
            gate.says = {
                USAGE: answer,
                "/v1/video/generations/t": plain({"id": "t", "status": "running", "model": "m"}),
            }
            await rig.add("t")
            rig.start(loop=False)
            assert await rig.watcher.credit(rig.account.id) is None
            assert gate.asked == [USAGE]
            assert await rig.watcher.look([rig.key("t")]) is None
            assert (await rig.task("t")).status is Status.RUNNING

    run(work())


def test_that_what_is_said_of_the_units_may_fail_alone(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with gated(tmp_path) as (gate, rig):

            async def breaks(request: web.BaseRequest) -> web.StreamResponse:
                assert request.transport is not None
                request.transport.abort()
                return made(NO_ROUTE)

            newapi(gate)
            gate.says |= {STATUS: breaks, MODELS: (500, {}, b"")}
            rig.start(loop=False)
            found = await rig.watcher.credit(rig.account.id)
            assert found is not None
            assert found.models == ("kling-v1-6",)  # by the key's own limit

    run(work())
