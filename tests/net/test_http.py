"""The account client: one key, one origin, bounded answers, and trouble as values."""

import asyncio
import base64
import gzip
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from rushes.core.account import Account, Service
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.wire import Reply, Request
from rushes.net.http import MAX_JSON_BYTES, AccountClient
from rushes.net.session import Timeouts
from rushes.system.http_dates import retry_after
from tests.conftest import Drive
from tests.net.web import Answer, head, serve, serve_raw

KEY = "canary-5f1e0c3a-key"


def account_at(base_url: str, service: Service = Service.ARK) -> Account:
    return Account(id="a1", name="mine", service=service, base_url=base_url)


@asynccontextmanager
async def client_at(
    base_url: str, key: str = KEY, limits: Timeouts | None = None, proxy: str = "system"
) -> AsyncIterator[AccountClient]:
    client = AccountClient(account_at(base_url), Secret(key), limits=limits, proxy=lambda: proxy)
    try:
        yield client
    finally:
        await client.aclose()


async def ask(
    base_url: str,
    path: str = "/tasks/1",
    *,
    limits: Timeouts | None = None,
    proxy: str = "system",
    **more: Any,
) -> Reply | Failure:
    async with client_at(base_url, limits=limits, proxy=proxy) as client:
        return await client.send(Request(path, **more))


async def answered(answer: Answer, path: str = "/tasks/1", **more: Any) -> Reply | Failure:
    async with serve(answer) as site:
        return await ask(site.url, path, **more)


def always(**parts: Any) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(**parts)

    return answer


def test_that_the_key_and_our_name_go_with_each_call(run: Drive[Any]) -> None:
    async def work() -> None:
        async with serve(always(text="{}")) as site:
            reply = await ask(f"{site.url}/api", "/tasks/a%2Fb", query=(("id", "1"), ("id", "2")))
            assert isinstance(reply, Reply)
            (heard,) = site.heard
            assert heard.headers["Authorization"] == f"Bearer {KEY}"
            assert heard.headers["User-Agent"].startswith("Rushes/")
            assert "Cookie" not in heard.headers
            assert heard.raw_path == "/api/tasks/a%2Fb?id=1&id=2"

    run(work())


@pytest.mark.parametrize("status", [200, 204, 400, 401, 403, 404, 429, 500, 502, 504])
def test_that_every_status_is_a_reply(run: Drive[Any], status: int) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        headers = {"X-Request-Id": "r-1", "Content-Type": "application/json"}
        return web.Response(status=status, body=b"" if status == 204 else b"{}", headers=headers)

    reply = run(answered(answer))
    assert isinstance(reply, Reply)
    assert (reply.status, reply.request_id) == (status, "r-1")
    assert reply.body == (b"" if status == 204 else b"{}")
    assert reply.host.startswith("127.0.0.1:")
    assert reply.date is not None
    assert abs(reply.date - time.time()) < 60


@pytest.mark.parametrize("key", [KEY, "sk-od/d+k=y&%~?z"])
def test_that_a_service_that_repeats_the_key_is_not_repeated(run: Drive[Any], key: str) -> None:
    forms = [key, quote(key, safe=""), base64.b64encode(f"Bearer {key}".encode()).decode()]
    told = json.dumps({"error": {"message": f"bad key {' '.join(forms)} given"}}).replace(
        "/", "\\/"
    )
    said = always(status=401, text=told, headers={"X-Request-Id": f"r-{key}"})

    async def work() -> Reply | Failure:
        async with serve(said) as site, client_at(site.url, key) as client:
            return await client.send(Request("/tasks/1"))

    reply = run(work())
    assert isinstance(reply, Reply)
    assert key not in repr(reply)
    message = json.loads(reply.body)["error"]["message"]
    assert message.startswith("bad key [hidden] [hidden] ")
    assert message.endswith(" given")
    assert not any(form in message for form in forms)
    assert reply.request_id == "r-[hidden]"


@pytest.mark.parametrize("size", [0, 1_000_000])
def test_that_a_key_repeated_in_escapes_or_capitals_is_in_no_parsed_value(
    run: Drive[Any], size: int
) -> None:
    written = "".join(f"\\u{ord(c):04x}" for c in KEY)
    told = f'{{"a": "{written}", "b": "{KEY.upper()}", "c": "{"x" * size}", "d": "{written}"}}'
    nested = json.dumps({"e": told, "link": "https://h.example/?a=%2Fb\u0026c"})

    async def work() -> list[Reply | Failure]:
        replies = []
        for text in (told, nested):
            async with serve(always(text=text)) as site, client_at(site.url) as client:
                replies.append(await client.send(Request("/tasks/1")))
        return replies

    plain, inside = run(work())
    assert isinstance(plain, Reply)
    assert isinstance(inside, Reply)
    said, outer = json.loads(plain.body), json.loads(inside.body)
    assert (said["a"], said["b"], said["d"]) == ("[hidden]",) * 3
    assert json.loads(outer["e"]) == said
    assert outer["link"] == "https://h.example/?a=%2Fb\u0026c"


def test_that_cookies_are_not_kept(run: Drive[Any]) -> None:
    async def work() -> None:
        response = always(text="{}", headers={"Set-Cookie": "track=1; Path=/"})
        async with serve(response) as site, client_at(site.url) as client:
            await client.send(Request("/1"))
            await client.send(Request("/2"))
            assert ["Cookie" in request.headers for request in site.heard] == [False, False]

    run(work())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_that_a_redirect_to_another_origin_is_refused_and_sees_no_key(
    run: Drive[Any], status: int
) -> None:
    async def work() -> None:
        async with serve(always(text="{}")) as other:
            sent = always(status=status, headers={"Location": f"{other.url}/tasks/1"})
            async with serve(sent) as site:
                refused = await ask(site.url)
            assert isinstance(refused, Failure)
            assert refused.kind is Kind.BLOCKED_URL
            assert other.heard == []

    run(work())


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1:{port}/tasks/1",
        "http://user@127.0.0.1:{port}/tasks/1",
        "http://localhost:{port}/tasks/1",
        "//localhost:{port}/x",
        "http://[broken/",
        "http://127.0.0.1:x/",
        "file:///etc/passwd",
    ],
)
def test_that_any_change_of_origin_ends_the_call(run: Drive[Any], location: str) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        where = location.format(port=request.url.port)
        return web.Response(status=302, headers={"Location": where})

    refused = run(answered(answer))
    assert isinstance(refused, Failure)
    assert refused.kind is Kind.BLOCKED_URL


def test_that_a_redirect_inside_the_origin_is_followed(run: Drive[Any]) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/tasks/1":
            return web.Response(status=307, headers={"Location": "/v2/tasks/1"})
        return web.Response(text=request.path)

    reply = run(answered(answer))
    assert isinstance(reply, Reply)
    assert reply.body == b"/v2/tasks/1"


def test_that_redirects_in_circles_end(run: Drive[Any]) -> None:
    async def work() -> None:
        response = always(status=302, headers={"Location": "/tasks/1"})
        async with serve(response) as site:
            refused = await ask(site.url)
            assert isinstance(refused, Failure)
            assert refused.kind is Kind.BLOCKED_URL
            assert len(site.heard) == 6

    run(work())


def test_that_a_redirected_delete_is_not_sent_anywhere_else(run: Drive[Any]) -> None:
    async def work() -> None:
        response = always(status=307, headers={"Location": "/tasks/2"})
        async with serve(response) as site:
            refused = await ask(site.url, method="DELETE")
            assert isinstance(refused, Failure)
            assert [(r.method, r.path) for r in site.heard] == [("DELETE", "/tasks/1")]

    run(work())


def test_that_plain_http_to_another_machine_is_never_tried(run: Drive[Any]) -> None:
    refused = run(ask("http://gateway.example"))
    assert isinstance(refused, Failure)
    assert refused.kind is Kind.BLOCKED_URL


def test_that_a_compressed_answer_is_read(run: Drive[Any]) -> None:
    packed = gzip.compress(b'{"a":1}')
    response = always(body=packed, headers={"Content-Encoding": "gzip"})
    reply = run(answered(response))
    assert isinstance(reply, Reply)
    assert reply.body == b'{"a":1}'


def test_that_an_answer_above_the_limit_is_refused_also_when_it_only_unpacks_to_that(
    run: Drive[Any],
) -> None:
    bomb = gzip.compress(b" " * (MAX_JSON_BYTES * 8))
    plain = b" " * (MAX_JSON_BYTES + 1)
    for body, headers in ((bomb, {"Content-Encoding": "gzip"}), (plain, {})):
        refused = run(answered(always(body=body, headers=headers)))
        assert isinstance(refused, Failure)
        assert refused.kind is Kind.TOO_LARGE


def test_that_an_answer_of_exactly_the_limit_is_read(run: Drive[Any]) -> None:
    reply = run(answered(always(body=b" " * MAX_JSON_BYTES)))
    assert isinstance(reply, Reply)
    assert len(reply.body) == MAX_JSON_BYTES


def test_that_a_body_that_is_not_compressed_as_it_says_is_asked_for_as_it_is(
    run: Drive[Any],
) -> None:
    response = always(body=b'{"a": 1}', headers={"Content-Encoding": "gzip"})
    reply = run(answered(response))
    assert isinstance(reply, Reply)
    assert reply.body == b'{"a": 1}'


def test_that_a_lie_about_compression_that_is_told_twice_is_malformed(run: Drive[Any]) -> None:
    for body, encoding in ((b"\x1f not gzip", "gzip"), (b"{}", "br")):
        refused = run(answered(always(body=body, headers={"Content-Encoding": encoding})))
        assert isinstance(refused, Failure)
        assert refused.kind is Kind.MALFORMED


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (b"", Kind.OFFLINE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", Kind.OFFLINE),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Kind.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Kind.MALFORMED),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", Kind.MALFORMED),
    ],
)
def test_that_a_broken_answer_is_named(run: Drive[Any], wire: bytes, kind: Kind) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(wire)
        await writer.drain()

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            return await ask(url)

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is kind


def test_that_a_refused_connection_is_offline(run: Drive[Any]) -> None:
    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...

    async def work() -> Reply | Failure:
        async with serve_raw(nothing) as url:
            pass
        return await ask(url)

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.OFFLINE


def test_that_a_name_nobody_knows_is_offline(run: Drive[Any]) -> None:
    failure = run(ask("https://no-such-host.invalid"))
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.OFFLINE
    assert failure.host == "no-such-host.invalid"


def test_that_silence_is_slow(run: Drive[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            return await ask(url, limits=Timeouts(read_s=0.05))

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.SLOW


def test_that_an_answer_that_drips_for_ever_is_slow(run: Drive[Any]) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.005)

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            return await ask(url, limits=Timeouts(answer_s=0.1))

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.SLOW


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines", "密钥"])
def test_that_a_key_no_header_can_carry_is_denied_before_anything_is_sent(
    run: Drive[Any], key: str
) -> None:
    async def work() -> None:
        async with serve(always()) as site, client_at(site.url, key) as client:
            denied = await client.send(Request("/tasks/1"))
            assert isinstance(denied, Failure)
            assert denied.kind is Kind.DENIED
            assert site.heard == []

    run(work())


@pytest.mark.parametrize("path", ["/tasks/..", "/tasks/.", "/tasks/\x00", "/tasks/" + "x" * 70_000])
def test_that_an_id_no_address_can_carry_is_rejected(run: Drive[Any], path: str) -> None:
    async def work() -> None:
        async with serve(always()) as site:
            rejected = await ask(site.url, path, method="DELETE")
            assert isinstance(rejected, Failure)
            assert rejected.kind is Kind.REJECTED
            assert site.heard == []

    run(work())


def test_that_a_closed_client_answers_that_it_is_offline(run: Drive[Any]) -> None:
    async def work() -> Reply | Failure:
        async with serve(always()) as site:
            async with client_at(site.url) as client:
                await client.send(Request("/1"))
            return await client.send(Request("/2"))

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.OFFLINE


def test_that_no_failure_shows_the_query_or_the_key(run: Drive[Any]) -> None:
    async def work() -> None:
        async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...

        async with serve_raw(nothing) as url:
            failure = await ask(url, query=(("sign", "secret-value"),))
        assert "secret-value" not in repr(failure)
        assert KEY not in repr(failure)

    run(work())


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 1.0),
        ("86400", 86400.0),
        ("9" * 400, 86400.0),
        (formatdate(1_000_030, usegmt=True), 30.0),
        (formatdate(999_000, usegmt=True), 1.0),
        (formatdate(9_000_000, usegmt=True), 86400.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_that_retry_after_is_read_in_both_forms_and_clamped(text: str, wait: float | None) -> None:
    assert retry_after(text, now=1_000_000.0) == wait


def test_that_a_dated_retry_after_is_read_by_the_servers_own_clock(run: Drive[Any]) -> None:
    ahead = time.time() + 7 * 86400
    headers = {
        "Date": formatdate(ahead, usegmt=True),
        "Retry-After": formatdate(ahead + 20, usegmt=True),
    }
    reply = run(answered(always(status=429, headers=headers)))
    assert isinstance(reply, Reply)
    assert reply.retry_after == 20.0


def test_that_the_systems_proxy_is_not_asked_for_this_computer(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    reply = run(answered(always(text="{}")))
    assert isinstance(reply, Reply)


@pytest.mark.parametrize(
    ("proxy", "kind"),
    [
        ("http://127.0.0.1:9", Kind.PROXY),
        ("127.0.0.1:9", Kind.PROXY),
        ("socks5://127.0.0.1:9", Kind.PROXY),
    ],
)
def test_that_a_proxy_that_cannot_be_used_is_named(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch, proxy: str, kind: Kind
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    failure = run(ask("https://ark.example"))
    assert isinstance(failure, Failure)
    assert failure.kind is kind


def test_that_a_proxy_that_refuses_the_tunnel_is_named(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await head(reader)
        assert asked.startswith(b"CONNECT ark.example:443")
        assert KEY.encode() not in asked
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            monkeypatch.setenv("https_proxy", url)
            return await ask("https://ark.example")

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.PROXY


@pytest.mark.parametrize("choice", ["none", "http://127.0.0.1:{port}"])
def test_that_the_users_choice_of_proxy_goes_before_the_systems(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    heard = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await head(reader))
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            chosen = choice.format(port=url.rpartition(":")[2])
            return await ask("https://ark.invalid", proxy=chosen)

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is (Kind.OFFLINE if choice == "none" else Kind.PROXY)
    assert [line[:24] for line in heard] == (
        [] if choice == "none" else [b"CONNECT ark.invalid:443 "]
    )


def test_that_another_choice_of_proxy_counts_from_the_next_call_on(run: Drive[Any]) -> None:
    chosen = ["http://127.0.0.1:9"]
    account = account_at("https://ark.invalid")

    async def work() -> None:
        client = AccountClient(account, Secret(KEY), proxy=lambda: chosen[-1])
        try:
            kinds = []
            for choice in ("http://127.0.0.1:9", "none"):
                chosen.append(choice)
                answer = await client.send(Request("/tasks/1"))
                assert isinstance(answer, Failure)
                kinds.append(answer.kind)
            assert kinds == [Kind.PROXY, Kind.OFFLINE]
        finally:
            await client.aclose()

    run(work())


def test_that_it_runs_on_the_programs_own_loop(drive: Drive[Any]) -> None:
    reply = drive(answered(always(text="{}")))
    assert isinstance(reply, Reply)
