"""Compressed answers: undone as they say, and never beyond the limit."""

import gzip
import tracemalloc
import zlib

import pytest

from rushes.net.body import BadEncoding, Inflater, TooMuch

LIMIT = 2**20


def inflated(body: bytes, encoding: str = "gzip", step: int = 16_384) -> bytes:
    made = Inflater(encoding, LIMIT)
    for at in range(0, len(body), step):
        made.feed(body[at : at + step])
    return made.finish()


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZip "])
@pytest.mark.parametrize("step", [1, 7, 16_384])
def test_that_what_was_compressed_comes_back(encoding: str, step: int) -> None:
    body = b'{"id": "1"}' * 50
    assert inflated(gzip.compress(body), encoding, step) == body


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_that_a_plain_body_stays_as_it_is(encoding: str) -> None:
    assert inflated(b"plain", encoding) == b"plain"


def test_that_nothing_at_all_is_an_empty_body_whatever_the_header_says() -> None:
    assert inflated(b"") == b""


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "deflate", "zstd", "gzip, identity", "x"])
def test_that_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        inflated(gzip.compress(b"{}"), encoding)


@pytest.mark.parametrize(
    "body",
    [b"{}", gzip.compress(b"{}" * 99, mtime=0)[:-9], zlib.compress(b"{}"), b"\x1f\x8b\x08", b"\0"],
)
def test_that_a_body_that_is_not_as_it_says_is_refused(body: bytes) -> None:
    with pytest.raises(BadEncoding):
        inflated(body)


def test_that_the_limit_itself_is_no_trouble_and_one_byte_more_is() -> None:
    assert len(inflated(gzip.compress(bytes(LIMIT)))) == LIMIT
    assert len(inflated(bytes(LIMIT), "")) == LIMIT
    for body, encoding in ((gzip.compress(bytes(LIMIT + 1)), "gzip"), (bytes(LIMIT + 1), "")):
        with pytest.raises(TooMuch):
            inflated(body, encoding)


def test_that_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200 * 2**20), 9)
    tracemalloc.start()
    try:
        with pytest.raises(TooMuch):
            inflated(bomb, step=len(bomb))
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMIT
    finally:
        tracemalloc.stop()
