"""Which account an id belongs to, judged by its shape and the text around it.

Only evidence, never a try: an id is not asked for at another service to find out.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from rushes.core.account import Account, Dialect, Service

_HOST = re.compile(r"https?://([A-Za-z0-9.-]+(?::\d+)?)")

_WORDS = (
    (re.compile(r"/jimeng/|jimeng|即梦", re.IGNORECASE), "jimeng"),
    (re.compile(r"/llm/v1/contents/|rongcloud|rong-api|融云", re.IGNORECASE), "rong"),
    (re.compile(r"anyfast", re.IGNORECASE), "anyfast"),
    (re.compile(r"/api/v3/contents/|volcengine|火山|方舟|modelark", re.IGNORECASE), "ark"),
    (re.compile(r"byteplus|dreamina-", re.IGNORECASE), "byteplus"),
    (re.compile(r"doubao-"), "volcengine"),
    (re.compile(r"\b(?:NOT_START|SUBMITTED|QUEUED|IN_PROGRESS|SUCCESS|FAILURE)\b"), "upper"),
    (re.compile(r"\b(?:queued|running|succeeded|failed|cancelled|expired)\b"), "lower"),
)

#: Results lie there for every service: no evidence.
_STORES = (".tos-", "tos-cn", ".oss-", "amazonaws.com")

_BY_HOST = {
    service.base_url.removeprefix("https://"): service for service in Service if service.base_url
}


#: Where nothing of this stands, there is no evidence: most lines of a list of ids.
_ANY = re.compile(
    "|".join([_HOST.pattern, *(word.pattern for word, _ in _WORDS), *map(re.escape, _BY_HOST)]),
    re.IGNORECASE,
)


class HasHints(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def hints(self) -> frozenset[str]: ...


def hints_in(text: str) -> frozenset[str]:
    """Words of evidence in a stretch of text: dialects, services, `host:…`, styles of words."""
    if not _ANY.search(text):
        return frozenset()
    hosts = {host.lower() for host in _HOST.findall(text)}
    hosts |= {host for host in _BY_HOST if host in text}
    known = {host for host in hosts if not any(store in host for store in _STORES)}
    words = {word for pattern, word in _WORDS if pattern.search(text)}
    return frozenset({f"host:{host}" for host in known} | words)


def hosts_in(hints: frozenset[str]) -> frozenset[str]:
    """The host names among the hints."""
    return frozenset(hint[5:] for hint in hints if hint.startswith("host:"))


def guess_one(found: HasHints, accounts: Sequence[Account]) -> str | None:
    """The id of the one account an id fits; None when several do or none does: ask the user."""
    fits = _by_host(hosts_in(found.hints), list(accounts))
    shape = next((d for begin, d in _SHAPES if found.id.startswith(begin)), None)
    if shape is not None:
        fits = [a for a in fits if a.dialect in shape]
    for hint, dialects in _DIALECTS:
        if hint in found.hints and not (hint == "lower" and "upper" in found.hints):
            fits = [a for a in fits if a.dialect in dialects] or fits
    fits = _by_vendor(found.hints, fits)
    return fits[0].id if len(fits) == 1 else None


# A gateway of unknown kind may be anything.
_ARK = frozenset({Dialect.ARK, Dialect.RONG, Dialect.GATEWAY})
_ENVELOPE = frozenset({Dialect.ANYFAST, Dialect.JIMENG, Dialect.GATEWAY})

#: Whose ids begin so. An account of another dialect cannot know them (contract §1, §3).
_SHAPES = (
    ("asyntask_", frozenset({Dialect.ANYFAST, Dialect.GATEWAY})),
    ("cgt-", _ARK | {Dialect.JIMENG}),
)

#: What the words around it speak for, the certain ones first; they never exclude all.
_DIALECTS = (
    ("jimeng", frozenset({Dialect.JIMENG})),
    ("rong", frozenset({Dialect.RONG})),
    ("anyfast", frozenset({Dialect.ANYFAST})),
    ("ark", frozenset({Dialect.ARK})),
    ("upper", _ENVELOPE),
    ("lower", _ARK),
)


def _by_host(hosts: frozenset[str], accounts: list[Account]) -> list[Account]:
    """Accounts at that host; else of the service it belongs to; else of its dialect."""
    if not hosts:
        return accounts
    if at_host := [a for a in accounts if a.host.lower() in hosts]:
        return at_host
    services = {_BY_HOST[host] for host in hosts if host in _BY_HOST}
    if not services:
        return accounts
    if same := [a for a in accounts if a.service in services]:
        return same
    dialects = {service.dialect for service in services}
    return [a for a in accounts if a.dialect in dialects]


def _by_vendor(hints: frozenset[str], accounts: list[Account]) -> list[Account]:
    """Volcengine's own names its models doubao-…, BytePlus dreamina-…"""
    vendors = hints & {"byteplus", "volcengine"}
    if len(vendors) != 1:
        return accounts
    abroad = "byteplus" in vendors
    kept = [
        a
        for a in accounts
        if a.dialect is not Dialect.ARK or a.service.value.startswith("byteplus") == abroad
    ]
    return kept or accounts
