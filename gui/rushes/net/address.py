"""Which addresses are opened at all: the URL policy, and the network ranges behind it. Pure.

A result URL comes from a server and may point anywhere, so it is judged twice: here by its text,
and at the moment of connecting by the address really dialled (`net/session.py`), because a
name can resolve to something else each time it is asked for.
"""

import enum
import ipaddress
from urllib.parse import urlsplit

from rushes.core.failure import Failure, Kind

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Range(enum.Enum):
    """A part of the address space that is not the public internet."""

    LOOPBACK = "this computer"
    PRIVATE = "a private network"
    LINK_LOCAL = "the local link"
    SHARED = "a carrier's shared network"  # RFC 6598 (CGNAT)
    MULTICAST = "a multicast group"
    EMBEDDED = "an IPv4 address inside an IPv6 address"
    BENCHMARK = "a benchmark network"  # RFC 2544, see `may_dial`
    RESERVED = "a reserved network"


#: Nothing but the public internet.
PUBLIC_ONLY: frozenset[Range] = frozenset()

_MAX_LENGTH = 16_384
_MAX_HOST, _MAX_LABEL = 253, 63
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10")
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_BENCHMARK = ipaddress.ip_network("198.18.0.0/15")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: All that is given out as IPv6 so far. Python counts more as global, some of it IPv4 in other
#: clothes (IPv4-compatible, RFC 4291; IPv4-translated, RFC 2765; local NAT64, RFC 8215).
_UNICAST6 = ipaddress.ip_network("2000::/3")


def range_of(address: Address) -> Range | None:
    """The range `address` lies in; None for the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return Range.EMBEDDED
        inner = address.sixtofour
        if address in _NAT64:  # what an IPv6-only network shows for every IPv4 host
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return range_of(inner)
    if address.is_loopback:
        return Range.LOOPBACK
    if address.is_link_local:
        return Range.LINK_LOCAL
    if address.is_multicast:
        return Range.MULTICAST
    if any(address in network for network in _PRIVATE if network.version == address.version):
        return Range.PRIVATE
    if address in _SHARED:
        return Range.SHARED
    if address in _BENCHMARK:
        return Range.BENCHMARK
    is_public = address.is_global and (address.version == 4 or address in _UNICAST6)
    return None if is_public else Range.RESERVED


def range_of_text(address: str) -> Range | None:
    return range_of(ipaddress.ip_address(address))


def may_dial(address: str, allowed: frozenset[Range]) -> bool:
    """Whether an address that a name resolved to may be connected to.

    198.18.0.0/15 is let through here, though not when a URL spells it out: local proxies in
    "fake IP" mode (Clash, sing-box) answer every name with an address of that range.
    """
    found = range_of_text(address)
    return found is None or found is Range.BENCHMARK or found in allowed


def ranges_of(base_url: str) -> frozenset[Range]:
    """The ranges an account's base URL names by itself (a literal or localhost); else none."""
    host = (urlsplit(base_url).hostname or "").lower()
    if _is_localhost(host):
        return frozenset({Range.LOOPBACK})
    try:
        found = range_of(ipaddress.ip_address(host))
    except ValueError:
        return PUBLIC_ONLY
    return frozenset() if found is None else frozenset({found})


def check_url(url: str, *, allowed: frozenset[Range] = PUBLIC_ONLY) -> str | Failure:
    """`url`, unchanged, if it is one that we open.

    Args:
        allowed: Ranges the account's own base URL lies in; with LOOPBACK, plain http to this
            computer is allowed as well.
    """
    if len(url) > _MAX_LENGTH:
        return _blocked("", "the address is too long")
    if any(c <= " " or not c.isprintable() for c in url):
        return _blocked("", "the address contains spaces or control characters")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError:
        return _blocked("", "it is not a web address")
    if parts.scheme not in ("http", "https"):
        return _blocked("", "it is not an https address")
    why = _why_not(parts.netloc, host, port, allowed)
    if why is None and parts.scheme == "http" and not _is_this_computer(host, allowed):
        why = "http without TLS"
    return _blocked(host, why) if why else url


def _why_not(netloc: str, host: str, port: int | None, allowed: frozenset[Range]) -> str | None:
    if "@" in netloc:
        return "the address contains a user name"
    if not host:
        return "the address has no host"
    if port == 0:
        return "the address has no usable port"
    if _is_localhost(host):
        return None if Range.LOOPBACK in allowed else f"it points to {Range.LOOPBACK.value}"
    bracketed = netloc.startswith("[")
    if not bracketed and not all(c.isascii() and (c.isalnum() or c in "-_.") for c in host):
        return "the host name contains odd characters"
    if not bracketed and not _ends_in_number(host):
        return None if _is_name(host) else "the host is no name"
    try:
        # Strict on purpose: 127.1, 0x7f000001 and 2130706433 all mean this computer to some.
        found = range_of(ipaddress.ip_address(host))
    except ValueError:
        return "the host is an odd number"
    return None if found is None or found in allowed else f"it points to {found.value}"


def _is_name(host: str) -> bool:
    """Whether a resolver takes it at all (RFC 1035, 2.3.4); one dot at the end is the root."""
    labels = host.removesuffix(".").split(".")
    return len(host) <= _MAX_HOST and all(0 < len(label) <= _MAX_LABEL for label in labels)


def _ends_in_number(host: str) -> bool:
    """Whether a resolver may read `host` as an IPv4 address (WHATWG URL, "ends in a number")."""
    last = host.removesuffix(".").rpartition(".")[2]
    return last.isdigit() or (last.startswith("0x") and all(c in "0123456789abcdefx" for c in last))


def _is_localhost(host: str) -> bool:
    bare = host.removesuffix(".")
    return bare == "localhost" or bare.endswith(".localhost")


def _is_this_computer(host: str, allowed: frozenset[Range]) -> bool:
    return Range.LOOPBACK in allowed and Range.LOOPBACK in ranges_of(f"//{_bracket(host)}")


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _blocked(host: str, why: str) -> Failure:
    return Failure(Kind.BLOCKED_URL, host=host, detail=why)
