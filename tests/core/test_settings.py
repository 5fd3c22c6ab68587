"""What a setting can be."""

from typing import Any

import pytest

from rushes.core.settings import ENTRIES, Section, Settings, is_proxy, is_whole


@pytest.mark.parametrize(
    "text", ["system", "none", "http://proxy:8080", "https://10.0.0.1:3128/", "http://[::1]:8080"]
)
def test_that_a_proxy_may_be_named_in_these_ways(text: str) -> None:
    assert Settings(proxy=text).proxy == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "proxy:8080", "socks5://proxy:1080", "http://", "http://proxy:0", "http://proxy:x"),
        *("http://me:word@proxy:8080", "http://me@proxy", "http://proxy/path", "http://proxy?q"),
        *("http://proxy#f", "http://pro xy", "http://prоxy", "http://proxy\n", "http://[::1"),
    ],
)
def test_that_nothing_else_is_a_proxy(text: str) -> None:
    assert not is_proxy(text)
    with pytest.raises(ValueError, match="proxy"):
        Settings(proxy=text)


def test_that_a_home_that_does_not_exist_is_no_whole_path() -> None:
    assert is_whole("~/Films")
    assert not is_whole("~nobody-of-that-name/Films")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("downloads_at_once", 0), ("downloads_at_once", 17), ("max_file_gib", float("nan"))),
        *(
            ("theme", "pink"),
            ("density", ""),
            ("close_to_tray", "x"),
            ("volume_percent", 101),
        ),
    ],
)
def test_that_a_value_out_of_its_range_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})


def test_that_every_row_of_the_dialog_has_a_name_and_stands_in_a_section() -> None:
    rows = [entry for entry in ENTRIES.values() if entry.section is not None]
    assert all(entry.label for entry in rows)
    assert {entry.section for entry in rows} == set(Section)
