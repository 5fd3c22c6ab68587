"""Single values: numbers as strings, times in five spellings, and nonsense."""

from collections.abc import Callable
from typing import Any

import pytest

from rushes.providers.values import amount, count, moment, number, text, truth, web_url, whole, word

NOTHING: list[Any] = ["", "  ", None, 5, [], {}]
NONSENSE: list[Any] = [None, [], {}, "", "x", float("nan"), float("inf"), "NaN", "1_0", "٣", "-"]


@pytest.mark.parametrize("read", [number, whole, count, amount, moment])
@pytest.mark.parametrize("value", [*NONSENSE, True, 10**400, "9" * 5000, "1e999"])
def test_that_nonsense_is_not_reported(read: Callable[[object], object], value: object) -> None:
    assert read(value) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (5, 5),
        ("5", 5),
        (" 5 ", 5),
        (5.0, 5),
        ("5.0", 5),
        (0, 0),
        (-1, -1),
        (4294967295, 4294967295),
        ("9007199254740993", 9007199254740993),  # exact: never through a float
        (2**63 - 1, 2**63 - 1),
        (2**63, None),  # beyond what a store can hold
        (5.5, None),
        ("5.5", None),
    ],
)
def test_how_integers_are_read(value: object, found: int | None) -> None:
    assert whole(value) == found


def test_that_counts_cannot_be_negative_and_amounts_not_zero() -> None:
    assert (count(0), count(-1), count("7")) == (0, None, 7)
    assert (amount(0), amount(-5), amount("5.5"), amount(24)) == (None, None, 5.5, 24.0)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (1718049470, 1718049470.0),
        ("1718049470", 1718049470.0),
        (1718049470.25, 1718049470.25),
        (1718049470250, 1718049470.25),
        ("1718049470250", 1718049470.25),
        (1718049470250000, 1718049470.25),
        (1718049470000000000, 1718049470.0),
        ("2025-08-29T16:52:26.472319", 1756457546.472319),  # no zone: UTC+8
        ("2026-04-28 10:37:42.625", 1777343862.625),
        ("2025-08-29T08:52:26Z", 1756457546.0),
        ("2025-08-29T10:52:26+02:00", 1756457546.0),
        (0, None),
        ("0", None),
        (-1, None),
        ("0001-01-01T00:00:00", None),  # Go's zero time
        ("0001-01-01T00:00:00Z", None),
        ("2025-13-01T00:00:00", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", 253402387.139),
        (10**20 + 10**5, None),  # in no unit a time
    ],
)
def test_how_times_are_read(value: object, found: float | None) -> None:
    assert moment(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        (1, True),
        ("0", False),
        (2, None),
        ("yes", None),
        (None, None),
        ([], None),
    ],
)
def test_how_booleans_are_read(value: object, found: bool | None) -> None:
    assert truth(value) is found


def test_that_texts_can_be_stored_and_shown() -> None:
    assert text("  720p\n") == "720p"
    assert text("a\0b") == "a\ufffdb"
    assert text("提示\ud83d") == "提示?"
    assert all(text(v) is None for v in NOTHING)


def test_that_a_word_may_come_as_a_number() -> None:
    found = [word(v) for v in (0, 7, 0.5, 100.0, True, "normal", None, 2**70, float("nan"))]
    assert found == ["0", "7", "0.5", "100", "true", "normal", None, None, None]


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example/v.mp4?X-Tos-Signature=a%2Fb%3D&c=%E4%BD%A0+é",
        "http://127.0.0.1:9/v.mp4",
        "HTTPS://files.example/v.mp4",
        "https://...",
        "https://xxx",
        "https://[::1]/v.mp4",
    ],
)
def test_that_a_url_is_kept_byte_for_byte(url: str) -> None:
    assert web_url(url) == url
    assert web_url(f" \t{url}\n") == url


@pytest.mark.parametrize(
    "value",
    [
        "",
        "task failed",
        "https://",
        "https:///v.mp4",
        "https://user@",
        "https://[broken/v.mp4",
        "https://files.example/a b",
        "https://files.example/a\nb",
        "https://files.example/\0",
        "https://files.example/\ud800",
        "ftp://files.example/v.mp4",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//files.example/v.mp4",
        "see https://files.example/v.mp4",
        None,
        5,
        ["https://files.example/v.mp4"],
        {"url": "https://files.example/v.mp4"},
    ],
)
def test_that_only_http_addresses_are_urls(value: object) -> None:
    assert web_url(value) is None
