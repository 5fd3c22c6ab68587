"""How a connection is made: trust, proxy, the guard at the socket, and what went wrong in words.

No cookies, no .netrc, no redirects by itself, no decompression: the clients in `http.py` decide.
"""

import asyncio
import errno
import socket
import ssl
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import truststore

from rushes.core.account import is_loopback
from rushes.core.failure import Failure, Kind
from rushes.net.address import Range, may_dial
from rushes.system.disk import open_regular

USER_AGENT = f"Rushes/{version('rushes')}"

#: (family, type, protocol, canonical name, address) as getaddrinfo gives it.
AddrInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


#: The user's choice, as in `core.settings.Settings.proxy`.
ProxyChoice = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long is waited for what (seconds)."""

    connect_s: float = 10.0  # a free connection, DNS and the handshakes
    read_s: float = 30.0  # without a single byte
    answer_s: float = 60.0  # one whole API answer, redirects included, however slowly it drips


class BlockedAddress(OSError):
    """The name resolved to an address that we do not dial."""

    def __init__(self) -> None:
        # The same words each time: several refused addresses then stay one error (happy eyeballs
        # melts different ones into a plain OSError).
        super().__init__(errno.EACCES, "the name resolves to an address that is not public")


class UnusableProxy(OSError):
    """The system's proxy is of a kind we cannot speak to."""

    def __init__(self, scheme: str) -> None:
        super().__init__(errno.EPROTONOSUPPORT, f"{scheme} proxies are not supported")


class UnusableAuthority(OSError):
    """The account's file of certificate authorities cannot be read, or holds none."""

    def __init__(self) -> None:
        super().__init__(errno.EINVAL, "the file of certificate authorities cannot be used")


def trust(ca_file: str = "") -> ssl.SSLContext:
    """The system's trust store and the authorities in `ca_file`.

    Raises:
        UnusableAuthority: see there.
    """
    if not ca_file:
        return system_trust()
    context = _new_context()
    try:
        open_regular(Path(ca_file)).close()  # a pipe in its place would be waited for
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ValueError):  # ssl.SSLError is an OSError; a NUL in the name is not
        pass
    else:
        return context
    raise UnusableAuthority  # out here: with OpenSSL's own words behind it those would be told


@cache
def system_trust() -> ssl.SSLContext:
    return _new_context()


def _new_context() -> ssl.SSLContext:
    """The system's trust store, TLS 1.2 or later, always verifying.

    Elsewhere truststore asks the system. On Linux it reads all certificates again for each
    connection, 20 ms on the event loop (measured), for the same result as reading them once.
    """
    context: ssl.SSLContext | None = None
    if sys.platform not in ("darwin", "win32"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        if not context.cert_store_stats()["x509_ca"]:
            context = None  # an odd place: truststore knows more of them
    context = context or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def proxy_for(url: str, choice: str = "system") -> str | None:
    """The proxy for `url`, by the user's choice; never one for this computer.

    Raises:
        UnusableProxy: it is a SOCKS proxy; going around it unasked would be worse.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if choice == "none" or is_loopback(host):
        return None
    if choice != "system":
        return choice
    if urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    scheme = urlsplit(proxy).scheme
    if scheme not in ("http", "https"):
        raise UnusableProxy(scheme)
    return proxy


def guard(allowed: frozenset[Range]) -> Callable[[AddrInfo], socket.socket]:
    """Make sockets for addresses of the public internet and of `allowed` only."""

    def open_socket(info: AddrInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not may_dial(str(address[0]), allowed):
            raise BlockedAddress
        return socket.socket(family, kind, protocol)

    return open_socket


def new_session(
    *,
    limit: int,
    allowed: frozenset[Range] | None,
    proxy: str | None = None,
    ca_file: str = "",
) -> aiohttp.ClientSession:
    """A pool of at most `limit` connections.

    Args:
        allowed: See `guard`. None: dial whatever the name says, for what the user typed (an
            account's base URL, the proxy).

    Raises:
        UnusableAuthority: see `trust`.
    """
    connector = aiohttp.TCPConnector(
        ssl=trust(ca_file),
        limit=limit,
        keepalive_timeout=60.0,
        socket_factory=None if allowed is None or proxy else guard(allowed),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
        auto_decompress=False,
        proxy=proxy,
        read_bufsize=2**18,
    )


#: What a transport may raise. `httpx-aiohttp` reports a TLS failure as `ConnectTimeout`, so the
#: class says little: see `failure_of`.
#: UnicodeError: the resolver was given a name with an empty or an over-long label.
TRANSPORT_ERRORS = (
    httpx.TransportError,
    aiohttp.ClientError,
    OSError,
    asyncio.TimeoutError,
    UnicodeError,
)

#: Cut off in the middle: the line broke, nothing is wrong with the certificate.
_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)

_KINDS: tuple[tuple[Kind, tuple[type[BaseException], ...]], ...] = (
    (Kind.BLOCKED_URL, (BlockedAddress, UnicodeError)),
    (Kind.PROXY, (UnusableProxy, aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)),
    (Kind.OFFLINE, _CUT),
    (Kind.TLS, (UnusableAuthority, ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError)),
    (Kind.SLOW, (aiohttp.ServerTimeoutError, TimeoutError)),
    (Kind.MALFORMED, (aiohttp.ClientResponseError, aiohttp.InvalidURL)),
)


def failure_of(error: BaseException, host: str) -> Failure:
    """Name transport trouble by the innermost cause that says something. Never holds a URL."""
    chain = tuple(_causes(error))
    for kind, types in _KINDS:
        for cause in reversed(chain):
            if isinstance(cause, types):
                return Failure(kind, host=host, detail=_reason(cause))
    return Failure(Kind.OFFLINE, host=host, detail=_reason(chain[-1]))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(error: BaseException) -> str:
    """Words for the details fold. `str(error)` is not used: it may hold a whole signed URL."""
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_message:
        return error.verify_message
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, UnicodeError):
        return "the host name is not one"
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return type(error).__name__
