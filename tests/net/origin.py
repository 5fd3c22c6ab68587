"""A result server with faults: serves one file as told, answer by answer."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from rushes.core.account import Account, Service
from rushes.core.failure import Failure
from rushes.core.ports import Order, ResultSource, SavedFile, Stream
from rushes.core.secret import Secret
from rushes.core.task import ArtifactKind
from rushes.files.download import FileDownloader
from rushes.net.http import Network
from tests.net.web import Answer, Site, serve

ETAG = '"5d41402abc4b2a76b9719d911017c592"'


class Gauge:
    """How many bytes of the latest answer the downloader has taken.

    A connection that breaks loses what was read ahead, so a server that wants to break after so
    many bytes has to know how many were taken.
    """

    def __init__(self) -> None:
        self._got = 0
        self._changed = asyncio.Condition()

    def reset(self) -> None:
        self._got = 0

    async def add(self, count: int) -> None:
        async with self._changed:
            self._got += count
            self._changed.notify_all()

    async def reaches(self, count: int) -> None:
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: self._got >= count), 10)

    async def send_and_break(
        self, request: web.BaseRequest, response: web.StreamResponse, body: bytes
    ) -> None:
        """Send `body`, wait until it was taken, and break the line."""
        await response.write(body)
        await self.reaches(len(body))
        assert request.transport is not None
        request.transport.close()


@dataclass
class Origin:
    """Answers as a good server does (Range, If-Range, ETag), except where told otherwise.

    Attributes:
        breaks: How many bytes of the body the next answers send before the line breaks.
        scripted: Whole answers that come before anything else.
    """

    content: bytes
    etag: str = ETAG
    breaks: list[int] = field(default_factory=list)
    scripted: list[Answer] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    gauge: Gauge = field(default_factory=Gauge)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = request.headers.get("Range", "")
        self.ranges.append(asked)
        if self.scripted:
            return await self.scripted.pop(0)(request)
        first = 0
        if asked and request.headers.get("If-Range") == self.etag:
            first = int(asked.removeprefix("bytes=").removesuffix("-"))
        return await self._send(request, first)

    async def _send(self, request: web.BaseRequest, first: int) -> web.StreamResponse:
        total = len(self.content)
        headers = {"ETag": self.etag} if self.etag else {}
        if first >= total > 0:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        if first:
            headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        response = web.StreamResponse(status=206 if first else 200, headers=headers)
        response.content_length = total - first
        await response.prepare(request)
        body = self.content[first:]
        if self.breaks:
            await self.gauge.send_and_break(request, response, body[: self.breaks.pop(0)])
            return response
        await response.write(body)
        await response.write_eof()
        return response


@dataclass
class Measured:
    """A result source whose bytes are counted as they are taken."""

    source: ResultSource
    gauge: Gauge

    @asynccontextmanager
    async def stream(
        self, url: str, account: str, headers: Mapping[str, str], *, keyless: bool = False
    ) -> AsyncIterator[Stream | Failure]:
        self.gauge.reset()
        async with self.source.stream(url, account, headers, keyless=keyless) as stream:
            yield stream if isinstance(stream, Failure) else MeasuredStream(stream, self.gauge)


class MeasuredStream:
    def __init__(self, stream: Stream, gauge: Gauge) -> None:
        self.url, self.status = stream.url, stream.status
        self.headers = stream.headers
        self._chunks = stream.chunks()
        self._gauge = gauge
        self._latest = 0

    def chunks(self) -> "MeasuredStream":
        return self

    def __aiter__(self) -> "MeasuredStream":
        return self

    async def __anext__(self) -> bytes:
        await self._gauge.add(self._latest)  # who asks for more has taken what came before
        chunk = await self._chunks.__anext__()
        self._latest = len(chunk)
        return chunk


@dataclass
class Bench:
    """A downloader on a real network client, pointed at one server."""

    site: Site
    downloader: FileDownloader
    folder: Path
    reports: list[tuple[int, int | None]] = field(default_factory=list)

    def order(
        self,
        name: str = "take.mp4",
        kind: ArtifactKind = ArtifactKind.VIDEO,
        path: str = "/r/1.mp4?X-Tos-Expires=86400&X-Tos-Signature=abc",
        max_bytes: int = 2**32,
    ) -> Order:
        return Order(
            url=self.site.url + path,
            kind=kind,
            target=self.folder / name,
            account="a",
            max_bytes=max_bytes,
        )

    async def fetch(self, order: Order | None = None) -> SavedFile | Failure:
        report = self.reports.append
        return await self.downloader.fetch(order or self.order(), lambda *r: report(r))

    def names(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir())


@asynccontextmanager
async def bench(answer: Answer, folder: Path, **options: object) -> AsyncIterator[Bench]:
    gauge = answer.gauge if isinstance(answer, Origin) else Gauge()
    async with serve(answer) as site:
        network = Network()
        try:
            network.client_for(
                Account(id="a", name="mine", service=Service.ARK, base_url=site.url),
                Secret("canary-key-1234"),
            )
            source = Measured(network.results, gauge)
            yield Bench(site, FileDownloader(source, **options), folder)  # type: ignore[arg-type]
        finally:
            await network.aclose()
