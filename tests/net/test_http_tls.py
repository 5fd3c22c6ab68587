"""What is trusted and what is not, over real TLS."""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.wire import Reply, Request
from rushes.net.http import Network
from rushes.net.session import system_trust
from tests.conftest import Drive
from tests.net.certificates import Authority, new_authority
from tests.net.test_http import account_at, always, ask
from tests.net.web import serve, serve_raw

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="SSL_CERT_FILE is OpenSSL's")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority this test's connections trust, and nothing else."""
    made = new_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    system_trust.cache_clear()
    yield made
    system_trust.cache_clear()


async def ask_over(tls: ssl.SSLContext) -> tuple[Reply | Failure, int]:
    """The answer of such a server, and how many requests it saw."""
    async with serve(always(text="{}"), tls=tls) as site:
        return await ask(site.url), len(site.heard)


def test_that_a_trusted_certificate_is_spoken_to(run: Drive[Any], authority: Authority) -> None:
    reply, _ = run(ask_over(authority.server()))
    assert isinstance(reply, Reply)


def test_that_an_expired_certificate_is_named_and_nothing_is_sent(
    run: Drive[Any], authority: Authority
) -> None:
    failure, heard = run(ask_over(authority.server(until=-1)))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.detail) == (Kind.TLS, "certificate has expired")
    assert heard == 0


def test_that_a_certificate_for_another_host_is_named(
    run: Drive[Any], authority: Authority
) -> None:
    failure, heard = run(ask_over(authority.server("127.0.0.2")))
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.TLS
    assert "mismatch" in failure.detail
    assert heard == 0


def test_that_a_certificate_nobody_vouches_for_is_named(
    run: Drive[Any], authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "foreign").mkdir()
    failure, heard = run(ask_over(new_authority(tmp_path / "foreign").server()))
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.TLS
    assert failure.detail
    assert heard == 0


async def ask_trusting(ca_file: Path | str, tls: ssl.SSLContext) -> tuple[Any, Any]:
    """What an account with authorities of its own hears, as an API and as a result."""
    async with serve(always(text="{}"), tls=tls) as site:
        network = Network()
        try:
            account = replace(account_at(site.url), ca_file=str(ca_file))
            answer = await network.client_for(account, Secret("canary-key-12")).send(Request("/1"))
            other = replace(account_at("https://127.0.0.1"), id="a2", ca_file=str(ca_file))
            network.client_for(other, Secret("canary-key-34"))
            async with network.results.stream(f"{site.url}/v", "a2", {}) as stream:
                return answer, stream
        finally:
            await network.aclose()


def test_that_an_account_may_trust_an_authority_of_its_own(
    run: Drive[Any], authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "foreign").mkdir()
    foreign = new_authority(tmp_path / "foreign", "authority of one account")
    answer, result = run(ask_trusting(foreign.bundle, foreign.server()))
    assert isinstance(answer, Reply)
    assert not isinstance(result, Failure)
    answer, _ = run(ask_trusting(foreign.bundle, authority.server()))
    assert isinstance(answer, Reply)  # beside the system's, not instead of them
    answer, _ = run(ask_trusting(foreign.bundle, foreign.server(until=-1)))
    assert isinstance(answer, Failure)


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\x00\xff"])
def test_that_a_file_of_authorities_that_cannot_be_used_stops_the_account(
    run: Drive[Any], authority: Authority, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_bytes(content)
    for failure in run(ask_trusting(path, authority.server())):
        assert isinstance(failure, Failure)
        assert failure.kind is Kind.TLS
        assert "certificate authorities" in failure.detail


def test_that_tls_older_than_1_2_is_refused(run: Drive[Any], authority: Authority) -> None:
    old = authority.server()
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLS"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    failure, heard = run(ask_over(old))
    assert isinstance(failure, Failure)  # TLS, or OFFLINE when the server's alert was lost
    assert heard == 0


def test_that_a_server_without_tls_is_not_trusted(run: Drive[Any], authority: Authority) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            return await ask(url.replace("http://", "https://"))

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.TLS


def test_that_a_line_cut_in_the_handshake_does_not_blame_the_certificate(
    run: Drive[Any], authority: Authority
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async def work() -> Reply | Failure:
        async with serve_raw(answer) as url:
            return await ask(url.replace("http://", "https://"))

    failure = run(work())
    assert isinstance(failure, Failure)
    assert failure.kind is Kind.OFFLINE


def test_that_a_result_that_leaves_https_is_not_followed(
    run: Drive[Any], authority: Authority
) -> None:
    async def work() -> tuple[Failure, int]:
        async with serve(always(body=b"file")) as plain:
            moved = always(status=302, headers={"Location": f"{plain.url}/v.mp4"})
            async with serve(moved, tls=authority.server()) as site:
                network = Network()
                network.client_for(account_at(site.url), Secret("a-key-0123456789"))
                async with network.results.stream(f"{site.url}/v.mp4", "a1", {}) as stream:
                    assert isinstance(stream, Failure)
                await network.aclose()
        return stream, len(plain.heard)

    failure, heard = run(work())
    assert (failure.kind, failure.detail) == (Kind.BLOCKED_URL, "it redirects away from https")
    assert heard == 0
