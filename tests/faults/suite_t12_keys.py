"""T12: redirects × providers × ways a key can travel: no foreign server ever sees it.

Real servers on loopback record every byte they hear: the account's own origin, a foreign one, and
a foreign one over TLS that the account trusts.
"""

import asyncio
import itertools
import logging
import ssl
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rushes.core.account import Account, Service
from rushes.core.failure import Failure, Kind
from rushes.core.ports import StreamBroken
from rushes.core.secret import Secret
from rushes.core.wire import Request
from rushes.net.http import Network
from rushes.providers.registry import provider_for
from tests.faults.canary import UUID_KEY, found_in
from tests.faults.report import Report
from tests.net.certificates import new_authority

SERVICES = (Service.ARK, Service.RONG_BJ, Service.ANYFAST, Service.JIMENG, Service.GATEWAY)
STATUSES = (301, 302, 307, 308)
WAYS = ("look", "cancel", "result")

#: Where the account's origin sends us; {own} and {other} are host:port.
TARGETS = {
    "another port": "http://{other}/t",
    "another name": "http://localhost:{other_port}/t",
    "over TLS": "https://{secure}/t",
    "without a scheme": "//{other}/t",
    "with a user name": "http://{own}@{other}/t",
    "with a backslash": "http://{own}\\@{other}/t",
    "on the second hop": "/hop",
    "there and back": "http://{other}/back",
}


@dataclass(slots=True)
class Site:
    """One origin: records what it hears, redirects as `sends` says, else answers 200."""

    sends: dict[str, tuple[int, str]] = field(default_factory=dict)
    heard: list[bytes] = field(default_factory=list)
    address: str = ""

    async def listen(self, stack: AsyncExitStack, tls: ssl.SSLContext | None = None) -> "Site":
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls)
        stack.push_async_callback(server.wait_closed)
        stack.callback(server.close)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heard.append(head)
            path = head.split(b" ", 2)[1].decode("latin-1")
            status, place = self.sends.get(path, (200, ""))
            location = f"Location: {place}\r\n" if place else ""
            rest = "Content-Length: 2\r\nConnection: close\r\n\r\n{}"
            writer.write(f"HTTP/1.1 {status} X\r\n{location}{rest}".encode())
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class Stage:
    own: Site
    other: Site
    secure: Site
    ca_file: str

    def place(self, target: str) -> str:
        return TARGETS[target].format(
            own=self.own.address,
            other=self.other.address,
            other_port=self.other.address.rpartition(":")[2],
            secure=self.secure.address,
        )


def run(full: bool) -> Report:
    """Quick: every seventh case."""
    report = Report("T12")
    cases = list(itertools.product(SERVICES, STATUSES, TARGETS, WAYS))
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(report, Path(folder), cases if full else cases[::7]))
    return report


async def _play(
    report: Report, folder: Path, cases: Sequence[tuple[Service, int, str, str]]
) -> None:
    authority = new_authority(folder)
    async with AsyncExitStack() as stack:
        stage = Stage(
            await Site().listen(stack),
            await Site().listen(stack),
            await Site().listen(stack, authority.server()),
            str(authority.bundle),
        )
        for service, status, target, way in cases:
            with report.case(f"{service.value} × {status} {target} × {way}"):
                try:
                    await _one(stage, service, status, target, way)
                finally:
                    report.leaks += len(found_in(_foreign(stage), (UUID_KEY,)))
                    for site in (stage.own, stage.other, stage.secure):
                        site.heard.clear()
                        site.sends.clear()


def _foreign(stage: Stage) -> bytes:
    return b"".join(stage.other.heard + stage.secure.heard)


async def _one(stage: Stage, service: Service, status: int, target: str, way: str) -> None:
    account = Account(
        id="a",
        name="a",
        service=service,
        base_url=f"http://{stage.own.address}",
        ca_file=stage.ca_file,
    )
    request = _request(account, way)
    stage.own.sends[request.path] = (status, stage.place(target))
    stage.own.sends["/hop"] = (status, f"http://{stage.other.address}/t")
    stage.other.sends["/back"] = (status, f"http://{stage.own.address}/home")
    network = Network()
    client = network.client_for(account, Secret(UUID_KEY))
    try:
        if way == "result":
            await _fetch(network, f"http://{stage.own.address}{request.path}")
        else:
            answer = await client.send(request)
            assert isinstance(answer, Failure), f"HTTP {answer.status}"
            assert answer.kind is Kind.BLOCKED_URL, answer.kind
            assert not _foreign(stage), "a foreign server was asked"
    finally:
        await network.aclose()
    first, *later = stage.own.heard
    assert UUID_KEY.encode() in first, "its own service was not given the key"
    for head in later:  # back home after it was away: as a stranger
        assert head.startswith(b"GET /hop ") or not found_in(head, (UUID_KEY,))
    assert not found_in(_foreign(stage), (UUID_KEY,)), "a foreign server saw the key"


def _request(account: Account, way: str) -> Request:
    provider = provider_for(account.dialect)
    base = urlsplit(account.base_url).path
    if way == "cancel" and provider.cancel is not None:
        return provider.cancel(base, "cgt-1")
    request = provider.one(base, "cgt-1")[0]
    if way == "cancel":
        return Request(request.path, method="DELETE")
    return request


async def _fetch(network: Network, url: str) -> None:
    """Whether it comes or is refused: what counts is who saw what."""
    async with network.results.stream(url, "a", {}) as stream:
        if isinstance(stream, Failure):
            assert stream.kind is Kind.BLOCKED_URL, stream.kind
            return
        try:
            assert [chunk async for chunk in stream.chunks()]
        except StreamBroken as e:
            raise AssertionError(e.failure.kind) from e
