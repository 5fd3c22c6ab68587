"""The URL policy, case by case."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.failure import Failure, Kind
from rushes.net.address import Range, check_url, may_dial, range_of, ranges_of

LOOPBACK = frozenset({Range.LOOPBACK})

OPENED = [
    "https://ark-acg-cn-beijing.tos-cn-beijing.volces.com/a/b.mp4?X-Tos-Date=1&X-Tos-Signature=%2F",
    "https://example.com",
    "https://example.com:8443/v",
    "https://EXAMPLE.com/Grün?q=ü",
    "HTTPS://example.com/",
    "https://8.8.8.8/v.mp4",
    "https://[2606:4700::1111]/v.mp4",
    "https://[64:ff9b::8.8.8.8]/through-nat64",
    "https://xn--fiqs8s/v",
    "https://a_b.example.com/",
    "https://example.com./v",
    "https://1.example.com/",
    "https://example.com/a/../b/%2e%2e/c",
    "https://example.com/@user:pass",
]

REFUSED = [
    "",
    "example.com/v.mp4",
    "//example.com/v.mp4",
    "http://example.com/v.mp4",
    "ftp://example.com/",
    "file:///etc/passwd",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "https:///v.mp4",
    "https://",
    "https://./",
    "https://:443/",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://@example.com/",
    "https://good.com@evil.com/",
    "https://good.com\\@evil.com/",
    "https://good.com\\.evil.com/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://exa mple.com/",
    "https://example.com/a b",
    "https://example.com/\r\nHost: evil",
    "https://example.com/\x00",
    "https://example.com/\u202egpm.exe",
    "https://example.com/\udc80",
    "https://１２７.0.0.1/",
    "https://ｌocalhost/",
    "https://localhost/",
    "https://localhost./",
    "https://x.localhost/",
    "https://127.0.0.1/",
    "https://127.8.8.8/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd12::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a00:1::]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[2001:db8::1]/",
    "https://[::127.0.0.1]/",
    "https://[::a00:1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b:1::10.0.0.1]/",
    "https://[not-an-address]/",
    "https://[::1/",
    "https://" + "a" * 20_000,
    "https://exa..mple/",
    "https://.example.com/",
    "https://example.com../",
    f"https://{'a' * 64}.example.com/",
    "https://" + "a." * 127 + "com/",
]


@pytest.mark.parametrize("url", OPENED)
def test_that_a_public_https_url_is_opened_unchanged(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize("url", REFUSED)
def test_that_everything_else_is_refused_with_a_reason(url: str) -> None:
    refused = check_url(url)
    assert isinstance(refused, Failure)
    assert refused.kind is Kind.BLOCKED_URL
    assert refused.detail


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:1", "x.localhost:2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_that_a_loopback_account_may_be_sent_to_this_computer(scheme: str, host: str) -> None:
    url = f"{scheme}://{host}/v.mp4"
    assert check_url(url, allowed=LOOPBACK) == url


@pytest.mark.parametrize(
    "url", ["http://example.com/", "http://192.168.1.1/", "https://10.0.0.1/", "http://8.8.8.8/"]
)
def test_that_a_loopback_account_opens_no_other_network(url: str) -> None:
    assert isinstance(check_url(url, allowed=LOOPBACK), Failure)


def test_that_a_private_account_may_be_sent_to_its_own_kind_of_network_over_tls_only() -> None:
    allowed = ranges_of("https://192.168.7.7:8443/api")
    assert check_url("https://10.1.1.1/v.mp4", allowed=allowed) == "https://10.1.1.1/v.mp4"
    assert isinstance(check_url("http://10.1.1.1/v.mp4", allowed=allowed), Failure)
    assert isinstance(check_url("https://127.0.0.1/v.mp4", allowed=allowed), Failure)
    assert isinstance(check_url("https://169.254.169.254/", allowed=allowed), Failure)


def test_that_names_resolved_by_a_fake_ip_proxy_are_dialled() -> None:
    assert may_dial("198.18.3.4", frozenset())


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "fe80::1%eth0", "::ffff:1.1.1.1"])
def test_that_an_inner_address_is_not_dialled(address: str) -> None:
    assert not may_dial(address, frozenset())


def test_that_a_base_url_by_name_names_no_range() -> None:
    assert ranges_of("https://ark.cn-beijing.volces.com") == frozenset()
    assert ranges_of("https://8.8.8.8") == frozenset()


@given(st.ip_addresses())
def test_that_only_global_unicast_counts_as_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if range_of(address) is not None:
        return
    if isinstance(address, ipaddress.IPv6Address) and address.sixtofour is not None:
        address = address.sixtofour  # goes there; Pythons differ on whether 2002::/16 is global
    assert address.is_global
    assert not address.is_multicast


@given(st.text(max_size=60))
def test_that_no_text_makes_the_policy_stumble(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        assert check_url(url) == url or isinstance(check_url(url), Failure)
