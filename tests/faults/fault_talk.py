"""One connection to a fault server, and what a good server would answer on it."""

import asyncio
import socket
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Content:
    """What the server has: one body, whatever path is asked for."""

    body: bytes
    media_type: str = "application/json"
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Good:
    """What a good server would answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} Whatever",
            *(f"{k}: {v}" for k, v in self.headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(slots=True)
class Talk:
    """One connection.

    Attributes:
        head: The request as it came; b"" before `listen`.
        pause: Seconds between the bytes of what drips.
        url: Where this server listens.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    content: Content
    url: str
    pause: float
    head: bytes = b""

    async def listen(self) -> None:
        self.head = await self.reader.readuntil(b"\r\n\r\n")

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode("latin-1")

    def header(self, name: str) -> str:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return ""

    @property
    def is_ranged(self) -> bool:
        return bool(self.header("range"))

    @property
    def good(self) -> Good:
        total, first = len(self.content.body), 0
        if self.is_ranged and self.header("if-range") == self.content.etag:
            first = int(self.header("range").removeprefix("bytes=").removesuffix("-"))
        headers = {
            "Date": formatdate(usegmt=True),
            "Content-Type": self.content.media_type,
            "Content-Length": str(total - first),
            "Connection": "close",
        }
        if self.content.etag:
            headers["ETag"] = self.content.etag
        if first:
            headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        return Good(206 if first else 200, headers, self.content.body[first:])

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(
        self,
        status: int | None = None,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] = {},
        without: Collection[str] = (),
        cut: int | None = None,
    ) -> None:
        """The good answer with changes.

        Args:
            without: Headers that are left out.
            cut: So many bytes of the body only, though all are announced.
        """
        good = self.good
        shown = good.body if body is None else body
        kept = {k: v for k, v in good.headers.items() if k not in (*without, *headers)}
        if body is not None and "Content-Length" in kept:
            kept["Content-Length"] = str(len(body))
        answer = Good(status or good.status, {**kept, **headers}, shown)
        await self.send(answer.text() + shown[:cut])

    async def drip(self, data: bytes) -> None:
        for at in range(len(data)):
            await self.send(data[at : at + 1])
            await asyncio.sleep(self.pause)
        await self.hang()

    async def hang(self) -> None:
        """Say nothing more until the other side gives up."""
        while await self.reader.read(65_536):
            pass

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
