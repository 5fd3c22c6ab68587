"""The answer to a request for a result file: its head, and its body as it comes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import aiohttp

from rushes.core.failure import Failure, Kind
from rushes.core.ports import StreamBroken
from rushes.net.session import TRANSPORT_ERRORS, failure_of

#: As much as an error document needs to say what it is.
_ERROR_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Stall:
    """A download slower than this for so long is given up as stalled."""

    bytes_per_s: float = 1024.0
    window_s: float = 60.0


class ResultChunks:
    """The body of a result, as it comes."""

    def __init__(
        self, response: aiohttp.ClientResponse, stall: Stall, host: str, read: bytes
    ) -> None:
        self._content = response.content
        self._read = read
        self._stall = stall
        self._host = host
        self._clock = asyncio.get_running_loop().time
        self._waited_s = 0.0
        self._moved = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._read:
            chunk, self._read = self._read, b""
            return chunk
        asked_at = self._clock()
        try:
            chunk = await self._content.readany()
        except aiohttp.SocketTimeoutError:
            raise StreamBroken(self._stalled()) from None
        except TRANSPORT_ERRORS as e:
            raise StreamBroken(failure_of(e, self._host)) from None
        if not chunk:
            raise StopAsyncIteration
        # Only the waiting counts: a slow disk is not the server's fault.
        self._waited_s += self._clock() - asked_at
        self._moved += len(chunk)
        if self._waited_s >= self._stall.window_s:
            if self._moved < self._stall.bytes_per_s * self._waited_s:
                raise StreamBroken(self._stalled())
            self._waited_s, self._moved = 0.0, 0
        return chunk

    def _stalled(self) -> Failure:
        return Failure(Kind.STALLED, host=self._host, detail=f"{self._moved} bytes of late")


class ResultStream:
    """An open answer (`core.ports.Stream`).

    Args:
        url: Where it came from, byte for byte.
        read: The beginning of the body, where it was looked at already.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        url: str,
        stall: Stall,
        host: str,
        words: Callable[[str], str],
        read: bytes = b"",
    ) -> None:
        self.url = url
        self.status = response.status
        self.headers: Mapping[str, str] = {k.lower(): words(v) for k, v in response.headers.items()}
        self._chunks = ResultChunks(response, stall, host, read)

    def chunks(self) -> ResultChunks:
        return self._chunks


async def beginning(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of a body, as many as one error document needs; fewer where it breaks."""
    read = b""
    try:
        while len(read) < _ERROR_BYTES and (chunk := await response.content.readany()):
            read += chunk
    except TRANSPORT_ERRORS:
        pass  # the status says enough
    return read


def is_key_unwanted(body: bytes) -> bool:
    """An object store's refusal of a signed link that came with a key ("Only one auth mechanism
    allowed", as S3, and others in other words): it is an XML document, a gateway's own is not."""
    return body.lstrip(b"\xef\xbb\xbf \r\n\t")[:6].lower() in (b"<?xml ", b"<error")
