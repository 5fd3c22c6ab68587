"""When a result link ends: read from its own signature, or inferred where that does not say.

Source: contract 1.2 and trap 18. Object stores put the end of a presigned link into its query:
signing date (UTC) plus seconds, or an absolute Unix time.
"""

import re
from datetime import UTC, datetime

#: How long a service keeps a result after it finished (all five say 24 hours).
RESULT_LIFE_S = 86400.0

#: Signers by the prefix of their parameters: TOS (Volcengine), AWS and compatible, Aliyun OSS v4.
_SIGNERS = ("x-tos-", "x-amz-", "x-oss-")
_MAX_SIGNED_S = 604800  # all three refuse to sign for longer; a larger figure is nonsense
_SIGNED_AT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?", re.ASCII)
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
#: Only what is needed, straight out of the text: a page of 500 links is read on the GUI's thread.
_TERM = re.compile(
    r"[?&](x-(?:tos|amz|oss)-(?:date|expires)|x-tos-max-requests|expires)=([^&]*)",
    re.ASCII | re.IGNORECASE,
)
_UNIX_RANGE = (1_000_000_000, 100_000_000_000)  # 2001 to the year 5138: seconds, not ms


def link_end(url: str) -> float | None:
    """The Unix time at which a presigned URL ends by its own words; None when it has none."""
    query = _query(url)
    for signer in _SIGNERS:
        signed_at = _signed_at(query.get(f"{signer}date", ""))
        seconds = _whole(query.get(f"{signer}expires", ""))
        if signed_at is not None and seconds is not None and 0 < seconds <= _MAX_SIGNED_S:
            return signed_at + seconds
    at = _whole(query.get("expires", ""))
    if at is not None and _UNIX_RANGE[0] <= at < _UNIX_RANGE[1]:
        return float(at)
    return None


def max_requests(url: str) -> int | None:
    """How often a URL may be fetched (`X-Tos-Max-Requests`), if it says so."""
    return _whole(_query(url).get("x-tos-max-requests", "")) or None


def end_of(
    url: str, *, said: float | None = None, finished_at: float | None = None
) -> tuple[float | None, bool]:
    """(Unix time of the end, whether it is only inferred).

    Args:
        said: An end the answer names beside the URL.
        finished_at: When the task finished, or last changed.
    """
    exact = link_end(url) or said
    if exact is not None:
        return exact, False
    if finished_at is None:
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


def _whole(text: str) -> int | None:
    return int(text) if _DIGITS.fullmatch(text) else None
