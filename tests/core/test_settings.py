"""What a setting can be."""

import pytest

from rushes.core.settings import Settings, is_proxy


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
