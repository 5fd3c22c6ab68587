"""A real HTTP server on loopback that keeps what it heard, for the tests of the network client."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Site:
    url: str
    heard: list[web.BaseRequest] = field(default_factory=list)

    def keys(self) -> list[str]:
        """What came in Authorization, one entry a request."""
        return [request.headers.get("Authorization", "") for request in self.heard]


@asynccontextmanager
async def serve(
    answer: Answer, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Site]:
    site = Site("")

    async def hear(request: web.BaseRequest) -> web.StreamResponse:
        site.heard.append(request)
        return await answer(request)

    runner = web.ServerRunner(web.Server(hear), shutdown_timeout=0.1)
    await runner.setup()
    try:
        listening = web.TCPSite(runner, host, 0, ssl_context=tls)
        await listening.start()
        port = runner.addresses[0][1]
        site.url = f"{'https' if tls else 'http'}://{host}:{port}"
        yield site
    finally:
        await runner.cleanup()


Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serve_raw(answer: Raw) -> AsyncIterator[str]:
    """A server that is whatever `answer` does with the socket. Yields its URL."""
    running: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await answer(reader, writer)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


async def head(reader: asyncio.StreamReader) -> bytes:
    """The request line and headers as they came over the wire."""
    return await reader.readuntil(b"\r\n\r\n")
