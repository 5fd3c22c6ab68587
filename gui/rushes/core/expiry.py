"""When a result link ends: read from its own signature, or inferred where that does not say.

Source: contract 1.2, trap 18 and § 8. Object stores and CDNs put the end of a signed link into its
query: a signing date (UTC) plus seconds, or the end itself as Unix seconds or as an ISO time.
"""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from urllib.parse import unquote

#: How long a service keeps a result after it finished (all five say 24 hours).
RESULT_LIFE_S = 86400.0

#: Signers by the prefix of their parameters: TOS (Volcengine), AWS and compatible, Aliyun OSS v4,
#: Google.
_SIGNERS = ("x-tos-", "x-amz-", "x-oss-", "x-goog-")
_MAX_SIGNED_S = 604800  # all of them refuse to sign for longer; a larger figure is nonsense
_SIGNED_AT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?", re.ASCII)
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
#: Only what is needed, straight out of the text: a page of 500 links is read on the GUI's thread.
_TERM = re.compile(
    r"[?&](x-(?:tos|amz|oss|goog)-(?:date|expires)|x-tos-max-requests|expires|x-expires|se"
    r"|auth_key|policy)=([^&]*)",
    re.ASCII | re.IGNORECASE,
)
_UNIX_RANGE = (1_000_000_000, 100_000_000_000)  # 2001 to the year 5138: seconds, not ms


def link_end(url: str, now: float | None = None) -> float | None:
    """The Unix time at which a signed URL ends by its own words; None when it has none.

    Args:
        now: Unix seconds. Needed for `auth_key` only: CDNs differ in whether its moment is the
            start or the end, so one that is past says nothing.
    """
    query = _query(url)
    for signer in _SIGNERS:
        signed_at = _signed_at(query.get(f"{signer}date", ""))
        seconds = _whole(query.get(f"{signer}expires", ""))
        if signed_at is not None and seconds is not None and 0 < seconds <= _MAX_SIGNED_S:
            return signed_at + seconds
    for name in ("expires", "x-expires"):
        if (at := _unix(query.get(name, ""))) is not None:
            return at
    if (at := _iso(query.get("se", ""))) is not None:
        return at
    if (at := _of_policy(query.get("policy", ""))) is not None:
        return at
    at = _unix(query.get("auth_key", "").partition("-")[0])
    return at if at is not None and now is not None and at > now else None


def signed_at(url: str) -> float | None:
    """The Unix time at which a signed URL was made by its own words; None when it does not say."""
    query = _query(url)
    moments = (_signed_at(query.get(f"{signer}date", "")) for signer in _SIGNERS)
    return next((at for at in moments if at is not None), None)


def max_requests(url: str) -> int | None:
    """How often a URL may be fetched (`X-Tos-Max-Requests`), if it says so."""
    return _whole(_query(url).get("x-tos-max-requests", "")) or None


def end_of(
    url: str,
    *,
    said: float | None = None,
    finished_at: float | None = None,
    now: float | None = None,
) -> tuple[float | None, bool]:
    """(Unix time of the end, whether it is only inferred).

    Args:
        said: An end the answer names beside the URL.
        finished_at: When the task finished, or last changed; None where a link's life after that
            is not known.
        now: See `link_end`.
    """
    exact = link_end(url, now) or said
    if exact is not None:
        return exact, False
    if finished_at is None or "auth_key=" in url:
        return None, False
    return finished_at + RESULT_LIFE_S, True


def _query(url: str) -> dict[str, str]:
    """The query's terms about time and use under lower-case names; the first of a name counts."""
    terms = _TERM.findall(url.partition("#")[0])
    return {name.lower(): value for name, value in reversed(terms)}


def _signed_at(text: str) -> float | None:
    found = _SIGNED_AT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:  # month 13 and the like
        return None


def _iso(text: str) -> float | None:
    """Azure's way: 2026-11-28T19:00:00Z, or the day alone."""
    try:
        found = datetime.fromisoformat(unquote(text))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _of_policy(text: str) -> float | None:
    """CloudFront's custom policy: JSON in base64 whose +, = and / became -, _ and ~."""
    if not text:
        return None
    try:
        raw = base64.b64decode(text.translate(str.maketrans("-_~", "+=/")), validate=True)
        found = json.loads(raw)["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"]
    except (binascii.Error, ValueError, KeyError, IndexError, TypeError):
        return None
    return _unix(str(found))


def _unix(text: str) -> float | None:
    at = _whole(text)
    return float(at) if at is not None and _UNIX_RANGE[0] <= at < _UNIX_RANGE[1] else None


def _whole(text: str) -> int | None:
    return int(text) if _DIGITS.fullmatch(text) else None
