"""Which account an id belongs to, judged by its shape and the text around it.

Only evidence, never a try: an id is not asked for at another service to find out.
"""

import re
from collections.abc import Callable, Sequence

from rushes.core.account import Account, Dialect, Service

_HOST = re.compile(r"https?://([A-Za-z0-9.-]+(?::\d+)?)")
#: Results lie there for every service: no evidence.
_STORES = (".tos-", ".oss-", "amazonaws.com")
_BY_HOST = {
    service.base_url.removeprefix("https://"): service for service in Service if service.base_url
}


#: Kinds of accounts; one at Ark is of Volcengine's or of BytePlus' kind. A gateway of unknown kind
#: may be anything.
_ARK = "volcengine byteplus"
_BARE = f"{_ARK} rong gateway"
_ENVELOPE = "anyfast jimeng gateway"
#: Whose ids begin so. An account of another kind cannot know them (contract §1, §3).
_SHAPES = (("asyntask_", "anyfast gateway"), ("cgt-", f"{_BARE} jimeng"))


def _alone(*words: str) -> Callable[[str], object]:
    """What finds one of the words by itself. They are looked for in a long text in a moment; the
    pattern takes its time."""
    found = re.compile(rf"\b(?:{'|'.join(words)})\b").search
    return lambda text: any(word in text for word in words) and found(text)


_UPPER = _alone("NOT_START", "SUBMITTED", "QUEUED", "IN_PROGRESS", "SUCCESS", "FAILURE")
_LOWER = _alone("queued", "running", "succeeded", "failed", "cancelled", "expired")
#: (hint, what says so, for which kinds it speaks, the hint beside which it says nothing), the
#: certain ones first; they never exclude all. What says so is words in any case, or what finds it.
_SIGNS: tuple[tuple[str, tuple[str, ...] | Callable[[str], object], str, str], ...] = (
    ("jimeng", ("jimeng", "即梦"), "jimeng", ""),
    ("rong", ("/llm/v1/contents/", "rongcloud", "rong-api", "融云"), "rong", ""),
    ("anyfast", ("anyfast",), "anyfast", ""),
    ("ark", ("/api/v3/contents/", "volcengine", "火山", "方舟", "modelark"), _ARK, ""),
    ("upper", _UPPER, _ENVELOPE, ""),
    ("lower", _LOWER, _BARE, "upper"),
    ("byteplus", ("byteplus", "dreamina-"), f"byteplus rong {_ENVELOPE}", "volcengine"),
    ("volcengine", re.compile("doubao-").search, f"volcengine rong {_ENVELOPE}", "byteplus"),
)


def hints_in(text: str) -> frozenset[str]:
    """Words of evidence in a stretch of text: dialects, services, `host:…`, styles of words."""
    hosts = {host.lower() for host in _HOST.findall(text)} | {h for h in _BY_HOST if h in text}
    known = {host for host in hosts if not any(store in host for store in _STORES)}
    low = text.lower()
    words = {
        hint
        for hint, says, *_ in _SIGNS
        if (any(word in low for word in says) if isinstance(says, tuple) else says(text))
    }
    return frozenset({f"host:{host}" for host in known} | words)


def hosts_in(hints: frozenset[str]) -> frozenset[str]:
    """The host names among the hints."""
    return frozenset(hint[5:] for hint in hints if hint.startswith("host:"))


def guess_one(id_: str, hints: frozenset[str], accounts: Sequence[Account]) -> str | None:
    """The id of the one account an id fits; None when several do or none does: ask the user."""
    fits = _by_host(hosts_in(hints), list(accounts))
    for begin, kinds in _SHAPES:
        if id_.startswith(begin):
            fits = [account for account in fits if _kind(account) in kinds.split()]
    for hint, _, kinds, unless in _SIGNS:
        if hint in hints and unless not in hints:
            fits = [account for account in fits if _kind(account) in kinds.split()] or fits
    return fits[0].id if len(fits) == 1 else None


def _kind(account: Account) -> str:
    if account.dialect is not Dialect.ARK:
        return str(account.dialect.value)
    return "byteplus" if account.service.value.startswith("byteplus") else "volcengine"


def _by_host(hosts: frozenset[str], accounts: list[Account]) -> list[Account]:
    """Accounts at that host; else of the service it belongs to; else of its dialect."""
    services = {_BY_HOST[host] for host in hosts if host in _BY_HOST}
    dialects = {service.dialect for service in services}
    at_host = [a for a in accounts if a.host.lower() in hosts]
    same = [a for a in accounts if a.service in services]
    alike = [a for a in accounts if a.dialect in dialects] if services else accounts
    return at_host or same or alike
