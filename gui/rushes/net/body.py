"""The body of an answer: unpacked within a limit, streamed as it comes, or held by its own link.

An account's answers are small and read whole (`Inflater`). 16 KiB of gzip can hold 16 MiB, and
compressed twice 16 GiB: what is too much is never made. Result files are streamed (`ResultStream`)
and given up when they stall; a `data:` URL is a file that nothing is asked for (`open_data`).
"""

import asyncio
import binascii
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_to_bytes

import aiohttp

from rushes.core.failure import Failure, Kind
from rushes.core.ports import StreamBroken
from rushes.net.session import TRANSPORT_ERRORS, failure_of

_GZIP = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity"})
_GZIPPED = frozenset({"gzip", "x-gzip"})

#: What we ask for, and what when an answer was not what it said. Anything else that comes was
#: not asked for.
ACCEPT_ENCODING = "gzip"
AS_IT_IS = "identity"

#: No JSON begins so.
_GZIP_BEGINS = b"\x1f"

#: As much as an error document needs to say what it is.
_ERROR_BYTES = 4096
#: Of a file in its own link; more is no link any more.
_LINK_BYTES = 64 * 2**20


# --- an answer that is read whole --------------------------------------------------------------


class BadEncoding(ValueError):
    """The body is not compressed in the way it says, or in one we did not ask for."""


class TooMuch(ValueError):
    """More than the limit came out."""


class Inflater:
    """A body in the making: `feed` it all chunks, then take it with `finish`."""

    def __init__(self, encoding: str, limit: int, asked: str = ACCEPT_ENCODING) -> None:
        """Raises BadEncoding: not one that we asked for.

        Args:
            asked: `AS_IT_IS`: a body that says to be gzip counts as one only if it begins so.
        """
        self._doubts = asked == AS_IT_IS
        encoding = encoding.strip().lower()
        if encoding not in _PLAIN | _GZIPPED:
            raise BadEncoding("compressed in a way that was not asked for")
        self._zip = zlib.decompressobj(_GZIP) if encoding in _GZIPPED else None
        self._limit = limit
        self._came = False
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Raises BadEncoding or TooMuch."""
        if self._doubts and chunk and not self._came and chunk[:1] != _GZIP_BEGINS:
            self._zip = None
        self._came = self._came or bool(chunk)
        if self._zip is None:
            self._body += chunk
        else:
            try:
                self._body += self._zip.decompress(chunk, self._limit + 1 - len(self._body))
            except zlib.error:
                raise BadEncoding("not compressed as it says") from None
        if len(self._body) > self._limit:
            raise TooMuch

    def finish(self) -> bytes:
        """The whole body. Raises BadEncoding: it was cut off."""
        if self._zip is not None and self._came and not self._zip.eof:
            raise BadEncoding("the compressed body was cut off")
        return bytes(self._body)


# --- a result file ------------------------------------------------------------------------------


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
            chunk = self._come_before(e)
            if not chunk:
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

    def _come_before(self, error: Exception) -> bytes:
        """What was read ahead when the connection broke: aiohttp does not hand it out any more."""
        self._content.set_exception(None)  # type: ignore[arg-type]  # it is an attribute of both
        try:
            return self._content.read_nowait()
        except TRANSPORT_ERRORS:
            return b""
        finally:
            self._content.set_exception(error)

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


# --- a file in its own link ---------------------------------------------------------------------


class DataStream:
    """The file as an answer that has come (`core.ports.Stream`, and its own only chunk)."""

    url = ""

    def __init__(self, data: bytes) -> None:
        self.status = 200
        self.headers: Mapping[str, str] = {"content-length": str(len(data))}
        self._data = data

    def chunks(self) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        data, self._data = self._data, b""
        if not data:
            raise StopAsyncIteration
        return data


def open_data(url: str) -> DataStream | Failure:
    """The file that a `data:` URL holds. TOO_LARGE: more than 64 MiB; WRONG_FILE: it holds none."""
    head, found, body = url.partition(",")
    if len(body) > _LINK_BYTES * 4 // 3 + 4:
        return Failure(Kind.TOO_LARGE, detail="more than 64 MiB in the link")
    data = unquote_to_bytes(body)
    if head.lower().endswith(";base64"):
        try:
            data = b64decode(data, validate=True)
        except binascii.Error:
            return Failure(Kind.WRONG_FILE, detail="the link holds no file")
    if not found or not data:
        return Failure(Kind.WRONG_FILE, detail="the link holds no file")
    return DataStream(data)
