"""The second origin: result files behind presigned links, with ranges, ETags and ends."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from xml.sax.saxutils import escape

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.job import ServiceJob
from rushes.simulator.links import LinkCheck, Signer, max_requests, path_of
from rushes.simulator.media import Medium
from rushes.simulator.scene import Delivery

_CHUNK = 256 * 1024
_PAGE = "<!doctype html><html><head><title>Sign in to continue</title></head><body></body></html>"
_SAID = {
    LinkCheck.UNSIGNED: "Access Denied.",
    LinkCheck.TAMPERED: "The request signature we calculated does not match the one you provided.",
    LinkCheck.ENDED: "Request has expired.",
}


class FileServer:
    """Hands out the media of all jobs to whoever holds a good link; no key is asked for."""

    def __init__(
        self, signer: Signer, jobs: Iterable[ServiceJob], clock: Callable[[], float]
    ) -> None:
        self._signer = signer
        self._clock = clock
        self._held: dict[str, tuple[ServiceJob, ArtifactKind]] = {
            path_of(job, kind): (job, kind) for job in jobs for kind in job.media
        }
        self.downloads: Counter[str] = Counter()  # GETs answered with bytes, by path and query

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/{path:.*}", self._get)]

    async def _get(self, request: web.Request) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")  # raw: the signature is over these bytes
        verdict = self._signer.check(path, query, request.host, self._clock())
        if verdict is not LinkCheck.GOOD:
            return _xml(403, verdict.value, _SAID[verdict])
        if path not in self._held:
            return _xml(404, "NoSuchKey", "The specified key does not exist.")
        job, kind = self._held[path]
        limit = max_requests(job)
        if request.method == "GET":
            if limit is not None and self.downloads[request.raw_path] >= limit:
                return _xml(403, "ExceedMaxRequests", "The link was used too often.")
            self.downloads[request.raw_path] += 1
        earlier = sum(n for url, n in self.downloads.items() if url.startswith(f"{path}?"))
        return await send(request, job.media[kind], job.slot.delivery, job.speed, earlier)


async def send(
    request: web.Request,
    what: Medium,
    how: Delivery,
    speed: float,
    number: int = 1,
    *,
    ranges: bool = True,
    headers: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """Answer with a file or a part of it.

    Args:
        number: Counts its downloads from 1.
        ranges: Whether a part can be asked for; a gateway's own route sends the whole always.
    """
    if how.web_page:
        return web.Response(text=_PAGE, content_type="text/html")
    first, last, status = (0, what.bytes - 1, 200)
    named = {"Content-Type": what.content_type} | dict(headers or {})
    if ranges:
        first, last, status = _wanted(request, what)
        named |= {"Accept-Ranges": "bytes", "ETag": f'"{what.sha256[:32]}"'}
    if status == 416:
        named["Content-Range"] = f"bytes */{what.bytes}"
        return _xml(416, "InvalidRange", "The requested range cannot be satisfied.", named)
    if status == 206:
        named["Content-Range"] = f"bytes {first}-{last}/{what.bytes}"
    reply = web.StreamResponse(status=status, headers=named)
    reply.content_length = last - first + 1
    await reply.prepare(request)
    if request.method == "HEAD":
        return reply
    body = memoryview(what.path.read_bytes())[first : last + 1]
    whole = number > len(how.cuts)
    with suppress(ConnectionResetError):  # whoever asked has gone
        await _pour(reply, body if whole else body[: how.cuts[number - 1]], how, speed)
        if whole:
            await reply.write_eof()
        elif request.transport is not None:
            request.transport.close()
    return reply


async def _pour(reply: web.StreamResponse, body: memoryview, how: Delivery, speed: float) -> None:
    if how.bytes_per_s is None:
        for at in range(0, len(body), _CHUNK):
            await reply.write(bytes(body[at : at + _CHUNK]))
        return
    pace = how.bytes_per_s * speed
    size = max(1, min(_CHUNK, int(pace / 20)))  # about twenty steps a second
    for at in range(0, len(body), size):
        await reply.write(bytes(body[at : at + size]))
        await asyncio.sleep(size / pace)


def _wanted(request: web.Request, what: Medium) -> tuple[int, int, int]:
    """(first byte, last byte, status). A changed file, or a range we cannot read, means all."""
    everything = (0, what.bytes - 1, 200)
    if "Range" not in request.headers:
        return everything
    if request.headers.get("If-Range", f'"{what.sha256[:32]}"') != f'"{what.sha256[:32]}"':
        return everything
    try:
        asked = request.http_range
    except ValueError:
        return everything
    start, stop, _ = asked.indices(what.bytes)
    return (start, stop - 1, 206) if start < stop else (0, 0, 416)


def _xml(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> web.Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        "<RequestId>f2bc00b0a4c1d2e3</RequestId></Error>"
    )
    kept = {k: v for k, v in (headers or {}).items() if k != "Content-Type"}
    return web.Response(status=status, text=text, content_type="application/xml", headers=kept)
