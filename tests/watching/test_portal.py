"""Files at the account's own address, where its key goes along: not while somebody else answers."""

from pathlib import Path
from typing import Any

from aiohttp import web

from rushes.core.task import ArtifactState
from tests.conftest import Drive
from tests.saving.test_saving import FILM, saving

PAGE = "<!doctype html><html><body>Log in to use this network.</body></html>"
#: Requests until somebody has logged in.
LASTS = 12


def test_that_a_portal_hears_the_key_only_until_it_is_known_and_the_film_is_saved_after_it(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            cloud = desk.rig.cloud
            keys: list[bool] = []  # of each request that the portal heard for a film

            async def content(request: web.BaseRequest) -> web.StreamResponse:
                if cloud.always is None:
                    return web.Response(body=FILM, headers={"ETag": '"1"'})
                keys.append("Authorization" in request.headers)
                return web.Response(text=PAGE, content_type="text/html")

            cloud.content = content
            cloud.succeeds("t1", f"{cloud.url}/files/1/content?Expires=1760003600")
            await desk.rig.add("t1")
            assert await desk.rig.watcher.look([desk.rig.key("t1")]) is None
            cloud.always = (200, {}, PAGE)
            before = len(cloud.with_key)
            await desk.rig.until(lambda: len(cloud.with_key) - before + len(keys) >= LASTS)
            heard = [*keys, *cloud.with_key[before:]]
            cloud.always = None
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED
            assert heard.count(True) <= 2, heard

    run(work())
