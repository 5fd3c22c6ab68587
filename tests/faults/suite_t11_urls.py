"""T11: which addresses are opened, case by case, and that nothing is dialled for the others.

Each case goes through the client for results as well: what is refused must open no connection.
"""

import asyncio
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rushes.core.account import Account, Service
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.net.address import PUBLIC_ONLY, check_url, ranges_of
from rushes.net.http import Network
from rushes.net.session import BlockedAddress, guard
from tests.faults.report import Report
from tests.net.test_address import OPENED, REFUSED

PUBLIC, LOOPBACK, PRIVATE = "https://8.8.8.8", "http://127.0.0.1:8000", "https://192.168.7.7:8443"

#: (account's base URL, result URL): opened.
MORE_OPENED = (
    (LOOPBACK, "http://127.0.0.1:9000/v.mp4"),
    (LOOPBACK, "http://localhost:9000/v.mp4"),
    (LOOPBACK, "http://[::1]:9000/v.mp4"),
    (LOOPBACK, "https://127.0.0.1/v.mp4"),
    (LOOPBACK, "http://127.0.0.2/v.mp4"),
    (LOOPBACK, "https://example.com/v.mp4"),
    (PRIVATE, "https://192.168.7.7:8443/v.mp4"),
    (PRIVATE, "https://10.1.1.1/v.mp4"),
    (PRIVATE, "https://[fd00::1]/v.mp4"),
    (PRIVATE, "https://example.com/v.mp4"),
    ("https://[::1]:8000", "https://localhost/v"),
    ("https://100.64.0.9", "https://100.100.1.1/v"),
)

#: (account's base URL, result URL): refused.
MORE_REFUSED = (
    (LOOPBACK, "http://example.com/v.mp4"),
    (LOOPBACK, "http://192.168.1.1/v.mp4"),
    (LOOPBACK, "https://192.168.1.1/v.mp4"),
    (LOOPBACK, "https://10.0.0.1/v.mp4"),
    (LOOPBACK, "http://8.8.8.8/v.mp4"),
    (LOOPBACK, "https://169.254.169.254/latest/meta-data"),
    (LOOPBACK, "http://0.0.0.0:8000/v"),
    (LOOPBACK, "http://127.1:8000/v"),
    (LOOPBACK, "http://2130706433/v"),
    (LOOPBACK, "http://user@127.0.0.1:8000/v"),
    (LOOPBACK, "http://[::ffff:127.0.0.1]:8000/v"),
    (LOOPBACK, "ftp://127.0.0.1/v"),
    (LOOPBACK, "file://localhost/etc/passwd"),
    (PRIVATE, "http://192.168.7.7:8443/v.mp4"),
    (PRIVATE, "https://127.0.0.1/v.mp4"),
    (PRIVATE, "https://localhost/v.mp4"),
    (PRIVATE, "https://169.254.169.254/"),
    (PRIVATE, "https://100.64.0.1/"),
    (PRIVATE, "https://[::ffff:192.168.7.7]/v"),
    (PRIVATE, "https://[fe80::1]/v"),
    ("https://100.64.0.9", "https://10.0.0.1/v"),
    ("https://ark.cn-beijing.volces.com", "https://127.0.0.1/v"),
    ("https://ark.cn-beijing.volces.com", "http://ark.cn-beijing.volces.com/v"),
    (PUBLIC, "gopher://8.8.8.8/"),
    (PUBLIC, "blob:https://example.com/1"),
    (PUBLIC, "ws://example.com/"),
    (PUBLIC, "\\\\server\\share\\v.mp4"),
    (PUBLIC, "C:\\v.mp4"),
    (PUBLIC, "https:\\\\example.com\\v"),
    (PUBLIC, "https:example.com/v"),
    (PUBLIC, " https://example.com/v"),
    (PUBLIC, "https://example.com\t/v"),
    (PUBLIC, "https://exam\u200bple.com/"),
    (PUBLIC, "https://еxample.com:443\u2044@evil.com/"),
    (PUBLIC, "https://0300.0250.1.1/"),
    (PUBLIC, "https://192.168.257/"),
    (PUBLIC, "https://[2002:c0a8:101::]/"),
)

#: What a name may turn out to mean at the moment of connecting: none of these is dialled.
NOT_DIALLED = (
    *("127.0.0.1", "10.0.0.7", "172.16.9.9", "192.168.0.1", "169.254.169.254", "100.64.1.1"),
    *("0.0.0.0", "224.0.0.1", "240.0.0.1", "::1", "::", "fe80::1%lo", "fc00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:a00:1::"),
)
DIALLED = ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "198.18.3.4")

_dialled: list[object] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _dialled.append(arguments[1])


def run(full: bool) -> Report:
    """Quick is full: it takes a second."""
    del full
    report = Report("T11")
    sys.addaudithook(_audit)
    asyncio.run(_play(report))
    return report


async def _play(report: Report) -> None:
    opened = (*((PUBLIC, url) for url in OPENED), *MORE_OPENED)
    refused = (*((PUBLIC, url) for url in REFUSED), *MORE_REFUSED)
    for base, url in opened:
        with report.case(f"opened for {base}: {url!r}"):
            assert check_url(url, allowed=ranges_of(base)) == url
    network = Network()
    try:
        for number, (base, url) in enumerate(refused):
            with report.case(f"refused for {base}: {url[:200]!r}"), no_connection():
                assert isinstance(check_url(url, allowed=ranges_of(base)), Failure)
                await _is_blocked(network, str(number), base, url)
    finally:
        await network.aclose()
    _guarded(report, NOT_DIALLED, dialled=False)
    _guarded(report, DIALLED, dialled=True)


@contextmanager
def no_connection() -> Iterator[None]:
    del _dialled[:]
    yield
    assert not _dialled, f"dialled {_dialled}"


async def _is_blocked(network: Network, name: str, base: str, url: str) -> None:
    account = Account(id="a", name="a", service=Service.GATEWAY, base_url=base)
    network.client_for(replace(account, id=name), Secret("canary-key-1234"))
    async with network.results.stream(url, name, {}) as stream:
        assert isinstance(stream, Failure)
        assert stream.kind is Kind.BLOCKED_URL, stream.kind
        assert stream.detail


def _guarded(report: Report, addresses: Sequence[str], *, dialled: bool) -> None:
    make = guard(PUBLIC_ONLY)
    for address in addresses:
        with report.case(f"{'dialled' if dialled else 'not dialled'}: {address}"):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                made = make((family, socket.SOCK_STREAM, 6, "", (address, 443)))
            except BlockedAddress:
                assert not dialled
            else:
                made.close()
                assert dialled
