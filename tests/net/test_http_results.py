"""Result files: who gets the key, which addresses are opened, and what goes over the wire."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from rushes.core.failure import Failure, Kind
from rushes.core.ports import StreamBroken
from rushes.core.secret import Secret
from rushes.net.body import Stall
from rushes.net.http import Network
from rushes.net.session import guard
from tests.conftest import Drive
from tests.net.test_http import KEY, account_at, always
from tests.net.web import Answer, head, serve, serve_raw


@asynccontextmanager
async def network_at(base_url: str, stall: Stall | None = None) -> AsyncIterator[Network]:
    network = Network(stall)
    network.client_for(account_at(base_url), Secret(KEY))
    try:
        yield network
    finally:
        await network.aclose()


async def fetch(network: Network, url: str, **headers: str) -> tuple[int, bytes] | Failure:
    async with network.results.stream(url, "a1", headers) as stream:
        if isinstance(stream, Failure):
            return stream
        return stream.status, b"".join([chunk async for chunk in stream.chunks()])


def redirecting(*targets: str) -> Answer:
    """Answers the n-th request with the n-th target, then with a file."""
    left = list(targets)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if left:
            return web.Response(status=302, headers={"Location": left.pop(0)})
        return web.Response(body=b"file")

    return answer


def test_that_a_file_on_another_host_is_fetched_without_key_and_cookie(run: Drive[Any]) -> None:
    async def work() -> None:
        answer = always(body=b"file", headers={"Set-Cookie": "a=b"})
        async with serve(always()) as api, serve(answer) as host, network_at(api.url) as network:
            assert await fetch(network, f"{host.url}/v.mp4", Range="bytes=0-") == (200, b"file")
            assert await fetch(network, f"{host.url}/v.mp4") == (200, b"file")
            assert host.keys() == ["", ""]
            assert ["Cookie" in request.headers for request in host.heard] == [False, False]
            assert host.heard[0].headers["Range"] == "bytes=0-"
            assert host.heard[0].headers["Accept-Encoding"] == "identity"

    run(work())


def test_that_a_file_on_the_accounts_own_origin_is_fetched_with_its_key(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(always(body=b"file")) as api, network_at(f"{api.url}/base") as network:
            assert await fetch(network, f"{api.url}/v1/videos/1/content") == (200, b"file")
            assert api.keys() == [f"Bearer {KEY}"]

    run(work())


def test_that_the_key_of_one_account_is_not_used_for_another(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(always(body=b"file")) as api, network_at(api.url) as network:
            async with network.results.stream(f"{api.url}/v", "unknown", {}) as stream:
                assert isinstance(stream, Failure)  # loopback is for loopback accounts
            assert api.heard == []

    run(work())


def test_that_the_key_drops_when_a_redirect_leaves_the_origin(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(redirecting("/b")) as other:
            async with (
                serve(redirecting("/second", f"{other.url}/a")) as own,
                network_at(own.url) as network,
            ):
                assert await fetch(network, f"{own.url}/first") == (200, b"file")
            assert own.keys() == [f"Bearer {KEY}"] * 2
            assert other.keys() == ["", ""]

    run(work())


def test_that_a_redirect_back_to_the_account_gets_no_key(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(always(body=b"own")) as api:
            async with (
                serve(redirecting(f"{api.url}/tasks/1")) as host,
                network_at(api.url) as network,
            ):
                assert await fetch(network, f"{host.url}/v") == (200, b"own")
            assert api.keys() == [""]

    run(work())


@pytest.mark.parametrize(
    "target",
    [
        "http://example.com/v",
        "https://10.0.0.1/v",
        "https://169.254.169.254/latest/meta-data",
        "https://user@example.com/",
        "ftp://example.com/v",
        "https://[::ffff:127.0.0.1]/",
        "file:///etc/passwd",
        "https://exa..mple/x",
        f"https://{'a' * 64}.example/x",
        "http://a..localhost/x",
    ],
)
def test_that_each_hop_is_checked_again(run: Drive[Any], target: str) -> None:
    async def work() -> None:
        async with serve(redirecting(target)) as host, network_at(host.url) as network:
            refused = await fetch(network, f"{host.url}/v")
            assert isinstance(refused, Failure)
            assert refused.kind is Kind.BLOCKED_URL

    run(work())


@pytest.mark.parametrize(
    "refusal",
    [
        b"<?xml version='1.0'?><Error><Code>InvalidArgument</Code><Message>Only one auth mechanism"
        b" allowed</Message></Error>",
        b"\n<Error><Code>InvalidRequest</Code></Error>",
    ],
)
def test_that_a_link_that_takes_no_key_beside_its_signature_is_tried_without(
    run: Drive[Any], refusal: bytes
) -> None:
    async def store(request: web.BaseRequest) -> web.StreamResponse:
        with_key = "Authorization" in request.headers
        return web.Response(status=400, body=refusal) if with_key else web.Response(body=b"film")

    async def work() -> None:
        async with serve(store) as own, network_at(own.url) as network:
            assert await fetch(network, f"{own.url}/v.mp4?X-Amz-Signature=s") == (200, b"film")
            assert own.keys() == [f"Bearer {KEY}", ""]

    run(work())


def test_that_a_gateways_own_refusal_is_passed_on_whole(run: Drive[Any]) -> None:
    async def work() -> None:
        said = b'{"error": "not completed yet"}'
        async with serve(always(status=400, body=said)) as own, network_at(own.url) as network:
            assert await fetch(network, f"{own.url}/v1/videos/1/content") == (400, said)
            assert len(own.heard) == 1

    run(work())


def test_that_redirects_in_circles_end(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(redirecting(*["/v"] * 20)) as host, network_at(host.url) as network:
            refused = await fetch(network, f"{host.url}/v")
            assert isinstance(refused, Failure)
            assert refused.kind is Kind.BLOCKED_URL
            assert len(host.heard) == 6

    run(work())


def test_that_a_name_that_resolves_to_this_computer_is_not_dialled(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The policy by text lets the name pass; the guard at the socket must not."""

    def resolve(host: str, *rest: Any, **more: Any) -> list[Any]:
        inner = ["127.0.0.1", "10.0.0.7"] if host == "rebinding.example" else [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in inner]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    async def work() -> tuple[int, bytes] | Failure:
        async with network_at("https://8.8.8.8") as network:
            return await fetch(network, "https://rebinding.example/v")

    refused = run(work())
    assert isinstance(refused, Failure)
    assert (refused.kind, refused.host) == (Kind.BLOCKED_URL, "rebinding.example")


def test_that_the_guard_makes_no_socket_for_an_inner_address() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.9", 80))
    with pytest.raises(OSError, match="not public"):
        guard(frozenset())(info)
    guard(frozenset())((*info[:4], ("8.8.8.8", 80))).close()


TARGETS = [
    "/v.mp4?X-Tos-Signature=ab%2Fcd%2bef%3D&x=~a%7Eb%7e",
    "/a%2Fb/%2e%2e/c/../d/./e?q=1",
    "/v?a=b+c%20d&&e&=f&g=%zz",
    '/v?response-content-disposition=attachment;filename="a\'b"',
    "/v?name=%E6%B5%8B&raw=测试|{}^`[]<>\\",
    "//double//slash?x=?y=?/",
    "/:colon@at!$&'()*,;=?:@!$'()*,;",
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("own", [True, False], ids=["own origin", "other origin"])
def test_that_a_url_is_sent_byte_for_byte(run: Drive[Any], target: str, own: bool) -> None:
    heard = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await head(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def work() -> None:
        async with (
            serve_raw(answer) as url,
            network_at(url if own else "http://127.0.0.1:9") as network,
        ):
            assert await fetch(network, url + target) == (200, b"")
        assert heard[0].split(b"\r\n")[0] == f"GET {target} HTTP/1.1".encode()

    run(work())


def test_that_a_signed_url_in_a_redirect_is_followed_byte_for_byte(run: Drive[Any]) -> None:
    heard = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await head(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def work() -> None:
        async with serve_raw(answer) as signed:
            target = "/a%2Fb/../c?sig=%7E+%2f"
            async with serve(redirecting(signed + target)) as api, network_at(api.url) as network:
                assert await fetch(network, f"{api.url}/content") == (200, b"")
            assert heard[0].split(b"\r\n")[0] == f"GET {target} HTTP/1.1".encode()
            assert KEY.encode() not in heard[0]

    run(work())


def test_that_a_compressed_body_is_handed_on_as_it_came(run: Drive[Any]) -> None:
    async def work() -> None:
        headers = {"Content-Encoding": "gzip"}
        async with (
            serve(always(body=b"raw", headers=headers)) as host,
            network_at(host.url) as network,
        ):
            assert await fetch(network, f"{host.url}/v") == (200, b"raw")

    run(work())


@pytest.mark.parametrize("status", [206, 403, 404, 416, 500])
def test_that_any_status_is_a_stream_with_its_headers_in_lower_case(
    run: Drive[Any], status: int
) -> None:
    async def work() -> None:
        answer = always(status=status, body=b"x", headers={"ETag": '"1"'})
        async with (
            serve(answer) as host,
            network_at(host.url) as network,
            network.results.stream(f"{host.url}/v", "a1", {}) as stream,
        ):
            assert not isinstance(stream, Failure)
            assert (stream.status, stream.headers["etag"]) == (status, '"1"')

    run(work())


def test_that_a_header_that_repeats_the_key_is_not_repeated(run: Drive[Any]) -> None:
    async def work() -> None:
        answer = always(body=b"x", headers={"ETag": f'"{KEY}"', "X-Odd": "caf\u00e9"})
        async with (
            serve(answer) as host,
            network_at(host.url) as network,
            network.results.stream(f"{host.url}/v", "a1", {}) as stream,
        ):
            assert not isinstance(stream, Failure)
            assert stream.headers["etag"] == '"[hidden]"'
            assert stream.headers["x-odd"] == "caf\u00e9"

    run(work())


async def broken_by(answer: Any, stall: Stall | None = None) -> Failure:
    async with serve_raw(answer) as url, network_at(url, stall) as network:
        with pytest.raises(StreamBroken) as broken:
            await fetch(network, f"{url}/v?sign=secret-value")
        assert "secret-value" not in repr(broken.value.failure)
        assert broken.value.__cause__ is None
        return broken.value.failure


def test_that_a_body_that_ends_early_breaks_the_stream(run: Drive[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()

    assert run(broken_by(answer)).kind is Kind.OFFLINE


def test_that_a_body_that_stops_is_stalled(run: Drive[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        await writer.drain()
        await reader.read()

    assert run(broken_by(answer, Stall(window_s=0.05))).kind is Kind.STALLED


def test_that_a_body_that_drips_is_stalled(run: Drive[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    assert run(broken_by(answer, Stall(bytes_per_s=1e6, window_s=0.1))).kind is Kind.STALLED


def test_that_leaving_a_stream_early_closes_its_connection(run: Drive[Any]) -> None:
    closed = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc")
        await writer.drain()
        assert await reader.read() == b""
        closed.set()

    async def work() -> None:
        async with serve_raw(answer) as url, network_at(url) as network:
            async with network.results.stream(f"{url}/v", "a1", {}) as stream:
                assert not isinstance(stream, Failure)
                assert await anext(stream.chunks()) == b"abc"
            await closed.wait()

    run(work())


def test_that_a_forgotten_account_lends_its_key_to_nobody(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(always(body=b"file")) as api, network_at(api.url) as network:
            await network.forget("a1")
            refused = await fetch(network, f"{api.url}/v")
            assert isinstance(refused, Failure)
            assert api.heard == []

    run(work())
