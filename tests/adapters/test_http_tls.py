"""What is trusted and what is not, over real TLS."""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rushes.adapters.session import trust
from rushes.core.failure import Failure, Kind
from rushes.core.wire import Reply
from tests.adapters.certificates import Authority, new_authority
from tests.adapters.test_http import always, ask
from tests.adapters.web import serve, serve_raw
from tests.conftest import Drive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="SSL_CERT_FILE is OpenSSL's")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority this test's connections trust, and nothing else."""
    made = new_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    trust.cache_clear()
    yield made
    trust.cache_clear()


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
