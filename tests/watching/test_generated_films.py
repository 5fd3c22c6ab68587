"""Generated answers of gateways over HTTP: what is asked for because of them, and with which key.

`RUSHES_FULL=1` serves 1,200 answers instead of 60.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes.core.task import ArtifactState
from tests.conftest import Drive
from tests.net.web import Site, serve
from tests.providers.generated import NEVER_A_LINK, made
from tests.watching.gateways import KEY, Answer, Films, keeping, sample
from tests.watching.test_gateway_films import FILM, GOOD, shelf

AT_ONCE = 60  # with one account
COUNT = 1_200 if os.environ.get("RUSHES_FULL") == "1" else AT_ONCE
REFUSED: Answer = (403, {"content-type": "application/json"}, b'{"error": {"message": "no"}}')


async def other_origin(request: web.BaseRequest) -> web.StreamResponse:
    """Films, and the route of a second gateway, which wants a key that nobody has."""
    if request.path.startswith("/v1/"):
        return web.json_response({"error": {"message": "Invalid token"}}, status=401)
    return await shelf(request)


async def looked_at(films: Films, number: int, site: Site) -> None:
    """Answer for one task, and look until it was asked about."""
    task_id = f"t{number}"
    body = made(number, site.url, task_id)
    own = (GOOD, (302, {"location": f"{site.url}/film/behind.mp4"}, b""), REFUSED)[number % 3]
    path = f"/v1/video/generations/{task_id}"
    answer = 200, {"content-type": "application/json"}, body
    films.gate.says |= {path: answer, f"/v1/videos/{task_id}/content": own}
    await films.rig.add(task_id)
    while path not in films.gate.asked:
        await films.look(task_id)
        await asyncio.sleep(0)


@pytest.mark.parametrize("first", range(0, COUNT, AT_ONCE))
def test_that_no_answer_sends_the_key_away_or_fetches_what_is_no_film(
    run: Drive[Any], tmp_path: Path, first: int
) -> None:
    numbers = range(first, first + AT_ONCE)

    async def work() -> None:
        async with serve(other_origin) as site, keeping(tmp_path, patience_s=0.0) as films:
            greeting = "/v1/video/generations/rushes-asks-who-is-there"
            films.gate.says[greeting] = sample("newapi/unknown_id")
            for number in numbers:
                await looked_at(films, number, site)
            await films.saver.settled()
            for request in site.heard:
                assert not any(place in request.path for place in NEVER_A_LINK), request.raw_path
                assert KEY not in f"{request.raw_path} {dict(request.headers)}"
            assert set(films.gate.keys) <= {"", f"Bearer {KEY}"}
            states = [(await films.rig.task(f"t{n}")).artifacts for n in numbers]
            saved = [a for each in states for a in each if a.state is ArtifactState.SAVED]
            assert len(saved) > AT_ONCE / 5
            assert all(Path(a.path or "").read_bytes() == FILM for a in saved)

    run(work())
