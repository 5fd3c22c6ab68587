"""The two kinds of clients: one per account with its key, one for result files without any.

A key goes to exactly one origin, the account's (reliability 4). A result whose URL lies on that
origin is fetched with the key as long as no redirect has left it and no object store there has
refused a key beside the link's own signature; everything else goes keyless.
"""

import asyncio
import errno
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport

from rushes.core.account import Account, is_loopback, origin
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Stream
from rushes.core.secret import Secret
from rushes.core.wire import FILE_IN_LINK, LARGE_BODY, Reply, Request
from rushes.net.address import PUBLIC_ONLY, Range, check_url, range_of_text, ranges_of
from rushes.net.body import (
    ACCEPT_ENCODING,
    AS_IT_IS,
    BadEncoding,
    Inflater,
    ResultStream,
    Stall,
    TooMuch,
    beginning,
    is_key_unwanted,
    open_data,
)
from rushes.net.session import (
    TRANSPORT_ERRORS,
    ProxyChoice,
    Timeouts,
    failure_of,
    new_session,
    proxy_for,
    system_trust,
)
from rushes.system.http_dates import http_date, wait_asked_for
from rushes.system.logs import KeyHider

MAX_JSON_BYTES = 8 * 2**20  # after decompression
MAX_REDIRECTS = 5
MAX_PATH = 8000  # servers read about 8 KiB of a request's first line
API_CONNECTIONS = 6
RESULT_CONNECTIONS = 16

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _system_proxy() -> str:
    return "system"


class AccountClient:
    """Calls to one account's origin with its key (`core.ports.Client`)."""

    def __init__(
        self,
        account: Account,
        secret: Secret,
        *,
        limits: Timeouts | None = None,
        proxy: ProxyChoice = _system_proxy,
    ) -> None:
        self._base_url = account.root
        self._secret = secret
        #: Some services repeat the key when they complain about it: it must not get further.
        self._hider = KeyHider(secret)
        self._limits = limits or Timeouts()
        # A task is asked about many times, and parsing its address is a fifth of the work.
        self._request = lru_cache(1024)(self._new_request)
        self._proxy = proxy
        self._proxied_by = ""  # the choice the pool was opened with
        self._pools: list[AiohttpTransport] = []  # the last one is in use
        self._encoding = ACCEPT_ENCODING
        self._ranges: frozenset[Range] | None = ranges_of(account.base_url) or None
        self._closed = False
        self.origin = origin(account.base_url)
        self._is_safe = self.origin[0] == "https" or is_loopback(self.origin[1])
        self.host = account.host
        self.ca_file = account.ca_file

    async def send(self, request: Request) -> Reply | Failure:
        """Send once, following redirects inside the origin. Any HTTP status is a `Reply`.

        Where the answer is not compressed in the way it says, it is asked for again as it is.
        """
        if (refused := self._refused(request.path)) is not None:
            return refused
        query = f"?{urlencode(request.query, errors='replace')}" if request.query else ""
        try:
            async with asyncio.timeout(self._limits.answer_s):
                url = self._base_url + request.path + query
                return await self._follow(request.method, url, not request.keyless)
        except (httpx.InvalidURL, aiohttp.InvalidURL):
            return Failure(Kind.REJECTED, host=self.host, detail="the id fits into no address")
        except TRANSPORT_ERRORS as e:
            return failure_of(e, self.host)

    def _refused(self, path: str) -> Failure | None:
        if not self._is_safe:
            return Failure(Kind.BLOCKED_URL, host=self.host, detail="http without TLS")
        key = self._secret.reveal()
        if not (key.isascii() and key.isprintable()):
            return Failure(Kind.DENIED, host=self.host, detail="no key has such characters")
        if len(path) > MAX_PATH or not path.isprintable():
            return Failure(Kind.REJECTED, host=self.host, detail="the id fits into no address")
        if any(part in (".", "..") for part in path.split("/")):
            # No encoding saves such an id: every server and library resolves it away.
            return Failure(Kind.REJECTED, host=self.host, detail="the id fits into no address")
        return None

    async def _follow(self, method: str, url: str, with_key: bool) -> Reply | Failure:
        try:
            return await self._follow_with(method, url, with_key, self._encoding)
        except BadEncoding as e:
            if method != "GET" or self._encoding == AS_IT_IS:
                return Failure(Kind.MALFORMED, host=self.host, detail=str(e))
        self._encoding = AS_IT_IS  # it cannot be believed about its encoding
        return await self._follow(method, url, with_key)

    async def _follow_with(
        self, method: str, url: str, with_key: bool, encoding: str
    ) -> Reply | Failure:
        """Raises BadEncoding: see `Inflater`."""
        for _ in range(MAX_REDIRECTS + 1):
            request = self._request(method, url, with_key, encoding)
            response = await self._pool().handle_async_request(request)
            try:
                status = response.status_code
                if status not in _REDIRECTS:  # nearly all: their headers are read once, below
                    return await self._reply(response, encoding)
                target = _redirect(url, status, response.headers.get("location"))
                if target is None:
                    return await self._reply(response, encoding)
            finally:
                await response.aclose()
            if method != "GET" or not _is_origin(target, self.origin):
                return Failure(Kind.BLOCKED_URL, host=self.host, detail="it redirects elsewhere")
            url = target
        return Failure(Kind.BLOCKED_URL, host=self.host, detail="it redirects in circles")

    def _new_request(self, method: str, url: str, with_key: bool, encoding: str) -> httpx.Request:
        headers = {"Accept": "application/json", "Accept-Encoding": encoding}
        if with_key:
            headers["Authorization"] = self.authorization
        # "pool" bounds waiting for a free connection, DNS and connecting together.
        wait = self._limits
        timeout = {"connect": wait.connect_s, "read": wait.read_s, "pool": wait.connect_s}
        return httpx.Request(method, url, headers=headers, extensions={"timeout": timeout})

    async def _reply(self, response: httpx.Response, asked: str) -> Reply | Failure:
        """Raises BadEncoding: see `Inflater`."""
        told = _headers(response)
        inflater = Inflater(told.get("content-encoding", ""), MAX_JSON_BYTES, asked)
        try:
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async for chunk in response.stream:
                inflater.feed(chunk)
            body = await self._without_key(inflater.finish())
        except TooMuch:
            return Failure(Kind.TOO_LARGE, host=self.host, detail="more than 8 MiB")
        date = http_date(told.get("date", ""))
        return Reply(
            status=response.status_code,
            body=body,
            content_type=told.get("content-type", ""),
            retry_after=wait_asked_for(told, date or time.time()),
            date=date,
            request_id=self.words(told.get("x-request-id", "")),
            host=self.host,
        )

    async def _without_key(self, body: bytes) -> bytes:
        if len(body) < LARGE_BODY:
            return self._hider.hide(body)
        return await asyncio.get_running_loop().run_in_executor(None, self._hider.hide, body)

    def words(self, said: str) -> str:
        """A header as it came, without the key."""
        raw = said.encode("utf-8", "surrogateescape")
        return self._hider.hide(raw).decode("utf-8", "surrogateescape")

    @property
    def authorization(self) -> str:
        return f"Bearer {self._secret.reveal()}"

    def _pool(self) -> AiohttpTransport:
        """The pool of this origin; opened with the first request, on the running loop.

        Another choice of the proxy opens another pool; the one before ends with the client, so
        that what is under way there can finish.

        Raises:
            UnusableProxy: see `proxy_for`.
            UnusableAuthority: see `session.trust`.
            ConnectionAbortedError: the client was closed meanwhile.
        """
        if self._closed:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the client is closed")
        if not self._pools or self._proxied_by != self._proxy():
            self._proxied_by = self._proxy()
            session = new_session(
                limit=API_CONNECTIONS,
                allowed=None,
                proxy=proxy_for(self._base_url, self._proxied_by),
                ca_file=self.ca_file,
            )
            # Not httpx.AsyncClient: that one logs every URL and keeps cookies. `verify` is not
            # used: the session has its own.
            self._pools.append(AiohttpTransport(verify=system_trust(), client=session))
        return self._pools[-1]

    async def ranges(self) -> frozenset[Range]:
        """The ranges the base lies in. LOOPBACK only if the user typed it, never through DNS."""
        if self._ranges is None:
            try:
                _, host, port = self.origin
                infos = await asyncio.get_running_loop().getaddrinfo(
                    host, port, type=socket.SOCK_STREAM
                )
            except (OSError, UnicodeError):
                return PUBLIC_ONLY  # asked again next time
            found = {range_of_text(str(info[4][0])) for info in infos}
            self._ranges = frozenset(r for r in found if r not in (None, Range.LOOPBACK))
        return self._ranges

    async def aclose(self) -> None:
        self._closed = True
        while self._pools:
            await self._pools.pop().aclose()


class ResultClient:
    """Opens result files (`core.ports.ResultSource`).

    Attributes:
        clients: Account id → its client, shared with `Network`.
    """

    def __init__(
        self,
        clients: Mapping[str, AccountClient],
        stall: Stall | None = None,
        *,
        limits: Timeouts | None = None,
        proxy: ProxyChoice = _system_proxy,
    ) -> None:
        self._clients = clients
        self._stall = stall or Stall()
        self._limits = limits or Timeouts()
        self._proxy = proxy
        # A pool per policy: a connection opened for one account's private network must not be
        # lent to another account's URL.
        # None: the origin that the user typed for an account, dialled whatever its name says.
        # They are not the account's own pool: this client may live on another loop.
        self._pools: dict[
            tuple[frozenset[Range] | None, str | None, str], aiohttp.ClientSession
        ] = {}

    @asynccontextmanager
    async def stream(
        self, url: str, account: str, headers: Mapping[str, str], *, keyless: bool = False
    ) -> AsyncIterator[Stream | Failure]:
        """Open `url`, sent byte for byte. Any HTTP status but a redirect is a stream.

        Args:
            keyless: The key stays here, even on the account's own origin.
        """
        if url.startswith(FILE_IN_LINK):
            yield open_data(url)
            return
        client = self._clients.get(account)
        opened = await self._open(url, account, headers, keyless)
        if isinstance(opened, Failure):
            yield opened
            return
        response, came_from, read = opened
        try:
            words = client.words if client else str
            host = response.url.host or ""
            yield ResultStream(response, came_from, self._stall, host, words, read)
        finally:
            response.close()

    async def _open(
        self, url: str, account: str, headers: Mapping[str, str], keyless: bool
    ) -> tuple[aiohttp.ClientResponse, str, bytes] | Failure:
        """The answer, where it came from, and the beginning of its body if that was looked at."""
        client = self._clients.get(account)
        allowed, host = await client.ranges() if client else PUBLIC_ONLY, ""
        ca_file = client.ca_file if client else ""
        for _ in range(MAX_REDIRECTS + 1):
            checked = check_url(url, allowed=allowed)
            if isinstance(checked, Failure):
                return checked if account in self._clients else _not_open(checked.host)
            if client is not None and (keyless or not _is_origin(url, client.origin)):
                client = None  # for good: a redirect back does not get the key again
            host = urlsplit(url).hostname or ""
            try:
                pool = self._pool(url, None if client else allowed, ca_file)
                async with asyncio.timeout(self._limits.connect_s + self._limits.read_s):
                    response = await self._get(url, pool, client, headers)
                    read = b""
                    if client is not None and response.status == 400:
                        read = await beginning(response)
            except TRANSPORT_ERRORS as e:
                return failure_of(e, host)
            if is_key_unwanted(read):
                response.close()
                client = None
                continue
            target = _redirect(url, response.status, response.headers.get("location"))
            if target is None:
                return response, url, read
            response.close()
            if urlsplit(url).scheme == "https" and target[:8].lower() != "https://":
                return Failure(Kind.BLOCKED_URL, host=host, detail="it redirects away from https")
            url = target
        return Failure(Kind.BLOCKED_URL, host=host, detail="it redirects in circles")

    async def _get(
        self,
        url: str,
        pool: aiohttp.ClientSession,
        client: AccountClient | None,
        headers: Mapping[str, str],
    ) -> aiohttp.ClientResponse:
        own = {"Authorization": client.authorization} if client else {}
        return await pool.get(
            yarl.URL(url, encoded=True),
            headers={**headers, **own, "Accept": "*/*", "Accept-Encoding": "identity"},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._limits.connect_s, sock_read=self._stall.window_s
            ),
        )

    def _pool(
        self, url: str, allowed: frozenset[Range] | None, ca_file: str
    ) -> aiohttp.ClientSession:
        proxy = proxy_for(url, self._proxy())
        pool = self._pools.get((allowed, proxy, ca_file))
        if pool is None:
            pool = new_session(
                limit=RESULT_CONNECTIONS, allowed=allowed, proxy=proxy, ca_file=ca_file
            )
            self._pools[allowed, proxy, ca_file] = pool
        return pool

    async def aclose(self) -> None:
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.close()


class Network:
    """All HTTP clients of the program: one for each account, and `results` for files. `aclose`
    closes them all.

    Args:
        proxy: The user's choice of the moment.
    """

    def __init__(
        self,
        stall: Stall | None = None,
        *,
        limits: Timeouts | None = None,
        proxy: ProxyChoice = _system_proxy,
    ) -> None:
        self._limits = limits
        self._proxy = proxy
        self._clients: dict[str, AccountClient] = {}
        self._made: list[AccountClient] = []
        self.results = ResultClient(self._clients, stall, limits=limits, proxy=proxy)

    def client_for(self, account: Account, secret: Secret) -> AccountClient:
        """A client for `account`; results of this account id go through it from now on."""
        client = AccountClient(account, secret, limits=self._limits, proxy=self._proxy)
        self._clients[account.id] = client
        self._made.append(client)
        return client

    async def forget(self, account: str) -> None:
        """Close an account's client and drop its key from memory."""
        client = self._clients.pop(account, None)
        if client is not None:
            self._made.remove(client)
            await client.aclose()

    async def aclose(self) -> None:
        self._clients.clear()
        await self.results.aclose()
        while self._made:
            await self._made.pop().aclose()


def _headers(response: httpx.Response) -> dict[str, str]:
    """By lower-case names; of several of one name the last. Bytes that are no UTF-8 survive."""
    return {
        name.decode("ascii", "replace").lower(): value.decode("utf-8", "surrogateescape")
        for name, value in response.headers.raw
    }


def _not_open(host: str) -> Failure:
    """What may be opened for an account is only known with its client: its key is read late."""
    return Failure(Kind.NO_KEY, host=host, detail="the account is not open yet")


def _redirect(url: str, status: int, location: str | None) -> str | None:
    """Where an answer sends us; None if it does not."""
    if status not in _REDIRECTS or not location:
        return None
    if location.lower().startswith(("https://", "http://")):
        return location  # byte for byte: it may be signed
    try:
        return urljoin(url, location)
    except ValueError:
        return location  # check_url and _is_origin refuse it with a reason


def _is_origin(url: str, wanted: tuple[str, str, int]) -> bool:
    try:
        return origin(url) == wanted and "@" not in urlsplit(url).netloc
    except ValueError:
        return False
