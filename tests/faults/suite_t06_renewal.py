"""T6: links end in the middle of downloads, the provider then gives new ones: all complete.

The real watcher, saver and store; nobody clicks. Each file breaks off half way, its link is refused
when the rest is asked for, and only the service, asked again, knows a link that works.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from rushes.assets import asset
from rushes.core.events import ProgramFailure, SaveFailed
from rushes.core.task import ArtifactState
from tests.faults.fault_scripts import EXPIRED_XML, HTML
from tests.faults.report import Report
from tests.net.web import serve
from tests.patience import LIMIT_S
from tests.saving.test_saving import Desk, saving
from tests.watching.cloud import CREATED_AT

FILM = asset("media", "dunes.mp4").read_bytes()
SHA256 = hashlib.sha256(FILM).hexdigest()
FULL, QUICK = 50, 10
_ENDS_AT = CREATED_AT + 60 + 86_400

#: How a storage service says that a link is over: status and body.
REFUSALS = ((403, EXPIRED_XML), (403, HTML), (404, b""), (410, b"gone"), (400, EXPIRED_XML))


@dataclass
class Ending:
    """One file whose links end.

    Attributes:
        moves: The new link names another path, so that nothing can be gone on with.
        links: How many links end before one works.
        cuts: Whether the first link ends in mid-download, not before it.
    """

    number: int
    moves: bool
    links: int
    cuts: bool
    generation: int = 0
    ranges: list[str] = field(default_factory=list)

    @property
    def task_id(self) -> str:
        return f"cgt-20260101000000-{self.number:05}"

    @property
    def path(self) -> str:
        return f"/{self.number}-{self.generation if self.moves else 0}.mp4"

    def link(self, base: str) -> str:
        end = f"Expires={_ENDS_AT}&Signature=g{self.generation}"
        return f"{base}{self.path}?{end}"


def _endings(count: int) -> list[Ending]:
    """Every mixture of moving, of one or three links, and of ends in and before the body."""
    return [
        Ending(n, moves=n % 2 == 1, links=3 if n % 4 >= 2 else 1, cuts=n % 8 < 6)
        for n in range(count)
    ]


def run(full: bool) -> Report:
    report = Report("T6")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(report, Path(folder), FULL if full else QUICK))
    return report


async def _play(report: Report, folder: Path, count: int) -> None:
    endings = _endings(count)
    storage = _Storage(endings)
    async with saving(folder) as desk, serve(storage.answer) as site:

        def renew(ending: Ending) -> None:
            desk.rig.cloud.succeeds(ending.task_id, ending.link(site.url))

        storage.renew = renew
        for ending in endings:
            renew(ending)
        await desk.rig.add(*(e.task_id for e in endings))
        await desk.rig.watcher.look([desk.rig.key(e.task_id) for e in endings])
        async with asyncio.timeout(LIMIT_S):
            await desk.saver.settled()
        assert not desk.rig.of(ProgramFailure)
        for ending in endings:
            with report.case(f"{ending}"):
                await _is_whole(desk, ending)
        lost = [n for n in desk.rig.of(SaveFailed) if n.artifact.state is ArtifactState.LOST]
        report.lost += len(lost)
        report.figures["resumed"] = sum(any(e.ranges) for e in endings)


async def _is_whole(desk: Desk, ending: Ending) -> None:
    artifact = await desk.artifact(ending.task_id)
    assert artifact.state is ArtifactState.SAVED, artifact.state
    assert artifact.sha256 == SHA256
    assert artifact.path is not None
    assert Path(artifact.path).read_bytes() == FILM
    assert ending.generation == ending.links


@dataclass
class _Storage:
    """Serves the files; a link of an earlier generation is refused.

    Attributes:
        renew: From now on the service, when it is asked, knows this file's next link.
    """

    endings: list[Ending]
    renew: Callable[[Ending], None] = print
    cut: set[int] = field(default_factory=set)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        number = int(request.path[1:].partition("-")[0])
        ending = self.endings[number]
        asked = request.query.get("Signature")
        if ending.generation == 0 and ending.cuts and number not in self.cut:
            self.cut.add(number)
            return await self._break_off(request)
        if asked != f"g{ending.links}":
            if ending.generation < ending.links:
                ending.generation += 1
                self.renew(ending)
            status, body = REFUSALS[number % len(REFUSALS)]
            return web.Response(status=status, body=body)
        return self._good(request, ending)

    async def _break_off(self, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"ETag": '"1"'})
        response.content_length = len(FILM)
        await response.prepare(request)
        await response.write(FILM[: len(FILM) // 2])
        await asyncio.sleep(0.05)  # what is read ahead is lost with the line
        assert request.transport is not None
        request.transport.abort()
        return response

    def _good(self, request: web.BaseRequest, ending: Ending) -> web.Response:
        first = 0
        if request.headers.get("If-Range") == '"1"':
            ending.ranges.append(request.headers["Range"])
            first = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        headers = {"ETag": '"1"'}
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(FILM) - 1}/{len(FILM)}"
        return web.Response(status=206 if first else 200, body=FILM[first:], headers=headers)
