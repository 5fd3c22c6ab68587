"""A server that misbehaves in one chosen way, scripted at the socket (`fault_scripts.py`).

By hand::

    python -m tests.faults.fault_server --list
    python -m tests.faults.fault_server reset-mid-body --port 8080 --file take.mp4 --pause 1
"""

import argparse
import asyncio
import socket
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.fault_scripts import ETAG, FAULTS, Fault, Play, well
from tests.faults.fault_talk import Content, Talk
from tests.net.certificates import Authority, new_authority


def certified(folder: Path) -> tuple[Authority, dict[str, ssl.SSLContext]]:
    """An authority to be trusted, and the contexts that `Fault.tls` names."""
    authority = new_authority(folder)
    (folder / "self-signed").mkdir()
    unknown = new_authority(folder / "self-signed", "nobody's authority")
    return authority, {
        "good": authority.server(),
        "expired": authority.server(until=-1),
        "other-host": authority.server("127.0.0.2"),
        "self-signed": unknown.server(),
    }


@dataclass(slots=True)
class FaultServer:
    """Listens, and plays one fault for every connection until it is healed."""

    content: Content
    fault: Fault
    pause: float = 0.05
    contexts: Mapping[str, ssl.SSLContext] = field(default_factory=dict)
    address: str = ""
    heads: list[bytes] = field(default_factory=list)
    _play: Play = well
    _server: asyncio.Server | None = None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _crowd: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it really is."""
        return f"{'https' if self.fault.tls else 'http'}://{self.address}"

    @property
    def asked(self) -> str:
        """What the client shall ask for while the fault lasts."""
        return self.fault.away.format(address=self.address) or self.url

    @property
    def proxy(self) -> str:
        """What the client's proxy setting shall be while the fault lasts."""
        words = {"": "none", "server": f"http://{self.address}"}
        return words.get(self.fault.proxy, self.fault.proxy)

    async def start(self, port: int = 0) -> None:
        self._play = self.fault.play
        if self.fault.accepts:
            await self._listen(port, self.fault.tls)
        else:
            self._listen_only()

    async def heal(self) -> None:
        """Behave from now on, at `url`."""
        port = int(self.address.rpartition(":")[2])
        await self.stop()
        self._play = well
        await self._listen(port, "good" if self.fault.tls else "")

    async def stop(self) -> None:
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        while self._crowd:
            self._crowd.pop().close()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()

    async def _listen(self, port: int, tls: str) -> None:
        context = self.contexts[tls] if tls else None
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port, ssl=context)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _listen_only(self) -> None:
        """A full queue of connections that nobody takes: the next one waits for its handshake."""
        waiting = socket.socket()
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        waiting.bind(("127.0.0.1", 0))
        waiting.listen(0)
        self._crowd.append(waiting)
        self.address = f"127.0.0.1:{waiting.getsockname()[1]}"
        for _ in range(4):
            other = socket.socket()
            other.setblocking(False)
            other.connect_ex(waiting.getsockname())
            self._crowd.append(other)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        talk = Talk(reader, writer, self.content, self.url, self.pause)
        try:
            await self._play(talk)
        except (asyncio.CancelledError, OSError, EOFError):  # it went away, or we stop
            pass
        finally:
            self.heads.append(talk.head)
            self._talks.discard(task)
            writer.close()


@asynccontextmanager
async def serving(server: FaultServer, port: int = 0) -> AsyncIterator[FaultServer]:
    await server.start(port)
    try:
        yield server
    finally:
        await server.stop()


async def _by_hand(server: FaultServer, port: int) -> None:
    async with serving(server, port):
        print(f"{server.fault.name}: ask for {server.asked}, proxy {server.proxy}", flush=True)
        await asyncio.Event().wait()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.faults.fault_server", description=__doc__)
    parser.add_argument("fault", nargs="?", choices=list(FAULTS), metavar="FAULT")
    parser.add_argument("--list", action="store_true", help="the faults there are")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", type=Path, help="serve this file; else one small JSON answer")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between dripping bytes")
    words = parser.parse_args(argv)
    if words.list or words.fault is None:
        print(*FAULTS, sep="\n")
        return 0
    chosen = FAULTS[words.fault]
    content = Content(b'{"id": "cgt-1", "status": "running"}')
    if words.file:
        content = Content(words.file.read_bytes(), "application/octet-stream", ETAG)
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory() as folder:
        authority, contexts = certified(Path(folder))
        if chosen.tls:
            print(f"trust {authority.bundle}")
        asyncio.run(_by_hand(FaultServer(content, chosen, words.pause, contexts), words.port))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
