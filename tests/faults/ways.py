"""Ways to a service that are bad for a while: a server between the program and the simulator.

It hands every request on, except for a while from a moment on: then somebody else answers.
"""

import asyncio
import enum
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_PAGE = b"<!doctype html><html><body>Log in to use this network.</body></html>"


def _answer(status: str, body: bytes, kind: str = "application/json", *more: str) -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *more,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _new_api(status: str, message: str) -> bytes:
    words = f'{{"error": {{"message": "{message}", "type": "new_api_error", "code": ""}}}}'
    return _answer(status, words.encode())


class Bad(enum.Enum):
    """What comes instead of the answer. None stands for what is done by hand below."""

    HTML_200 = _answer("200 OK", _PAGE, "text/html")
    HTML_403 = _answer("403 Forbidden", _PAGE + b"<!-- are you a robot? -->", "text/html")
    TEXT_404 = _answer("404 Not Found", b"404 page not found", "text/plain")
    JSON_401 = _new_api("401 Unauthorized", "Invalid token")
    JSON_403_MODEL = _new_api("403 Forbidden", "This token has no access to model seedance")
    JSON_402 = _new_api("402 Payment Required", "no")
    EMPTY = _answer("200 OK", b"")
    PORTAL = _answer(
        "302 Found", b"", "text/html", "Location: https://portal.example/login?from=here"
    )
    CUT_JSON = "cut JSON"
    FALSE_GZIP = "false gzip"
    RESET = "reset"
    WRONG_CERTIFICATE = "wrong certificate"


class When(enum.Enum):
    """The request from which on the way is bad."""

    FIRST = "first look"
    LATER = "later look"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Contexts:
    """A server's certificate for this computer, and one for another."""

    good: ssl.SSLContext
    wrong: ssl.SSLContext


@dataclass
class Way:
    """One way to a service.

    Attributes:
        lasts_s: Real seconds; 0: a single answer.
        succeeded: Whether the task has ended by now.
        asked_at: The loop's time of each request.
        was_bad: How many answers were bad.
    """

    upstream: int
    bad: Bad
    when: When
    lasts_s: float
    succeeded: Callable[[], bool]
    contexts: Contexts
    asked_at: list[float] = field(default_factory=list)
    was_bad: int = 0
    port: int = 0
    _since: float | None = None

    @property
    def base_url(self) -> str:
        scheme = "https" if self.bad is Bad.WRONG_CERTIFICATE else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def _is_bad(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._since is None and self._begins():
            self._since = now
        if self._since is None:
            return False
        bad = now - self._since < self.lasts_s if self.lasts_s else not self.was_bad
        self.was_bad += bad
        return bad

    def _begins(self) -> bool:
        match self.when:
            case When.FIRST:
                return True
            case When.LATER:
                return len(self.asked_at) > 1
            case When.SUCCESS:
                return self.succeeded()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked_at.append(asyncio.get_running_loop().time())
            bad = self._is_bad()
            if self.bad is Bad.WRONG_CERTIFICATE:
                await writer.start_tls(self.contexts.wrong if bad else self.contexts.good)
                bad = False  # nothing is said by who is not believed
            answer = await self._ask(await reader.readuntil(b"\r\n\r\n"))
            if self._since is None and self._begins():  # it succeeded while it was asked
                if self.bad is Bad.WRONG_CERTIFICATE:  # too late for that: the next one
                    writer.transport.abort()
                    return
                bad = self._is_bad()
            if bad and self.bad is Bad.RESET:
                writer.transport.abort()
                return
            writer.write(self._spoilt(answer) if bad else answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    async def _ask(self, head: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            first, _, rest = head.partition(b"\r\n")
            writer.write(first + b"\r\nConnection: close\r\n" + rest)
            return await reader.read()
        finally:
            writer.close()

    def _spoilt(self, answer: bytes) -> bytes:
        if isinstance(self.bad.value, bytes):
            return self.bad.value
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.partition(b"\r\n")[0].decode().removeprefix("HTTP/1.1 ")
        if self.bad is Bad.CUT_JSON:
            return _answer(status, body[: len(body) // 2])
        return _answer(status, body, "application/json", "Content-Encoding: gzip")


@asynccontextmanager
async def opened(way: Way) -> AsyncIterator[Way]:
    server = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await server.wait_closed()
