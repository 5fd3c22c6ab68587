"""What looks like a task id and what certainly is none: keys, names, dates, sizes, files."""

import base64
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from rushes.core.plain_text import Plain, replaced

#: Ids of known services, found in any text whatever touches them.
_NAMED = re.compile(
    r"(?:cgt-\d{14}-[A-Za-z0-9]{5}"  # Ark: the moment of creation and five characters
    r"|(?<![A-Za-z0-9-])c[gv]t-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+"
    r"|asyntask_[A-Za-z0-9]{6,}"  # AnyFast
    r"|(?<![A-Za-z0-9-])task_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{12,}"  # new-api
    r"|video_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![A-Za-z0-9])"
)
#: Ids that hold another id in base64 (LiteLLM, AISIX, Veo); the padding belongs to the id.
_WRAPPED = re.compile(
    r"(?<![A-Za-z0-9_+-])(?:video_)?(?!eyJ)([A-Za-z0-9+_-]{40,}={0,2})(?![A-Za-z0-9_+=-]|\.\w)"
)

#: Longest ids seen have 294 characters (LiteLLM).
_TOKEN = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9_.:~+=@*-]{0,1023}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
KEY = re.compile(
    rf"ark-{_UUID.pattern}(?:-\w+)?|\bsk-[\w-]{{6,}}|\b(?:AKLT|AKIA|AKTP|LTAI)\w{{8,}}"
    r"|\beyJ[\w-]{8,2000}\.[\w.-]+|\bgh[opsu]_\w{16,}|\bBearer(?:[ \t]{1,8}[^\s\"']+)?"
)
#: Names of models and endpoints, dates and times, sizes and versions, addresses, file names.
NO_ID = re.compile(
    r"(?:doubao|dreamina)-[\w.-]+|(?:seedance|seedream|seed3d)-\d[\w.-]*|ep-\d{8,}-\w+"
    r"|\d{4}-\d\d?-\d\d?(?:T[\d:.]+Z?)?|\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?|\d{1,5}[x×:]\d{1,5}"
    r"|\d{3,4}[pk]|\d+(?:\.\d+)?(?:s|ms|fps|kb|mb|gb|px)|v?\d+(?:\.\d+)+|\d\.\d+e\+?\d+"
    r"|[\w.-]+@[\w.-]+|(?:[\w-]+\.)+(?:com|cn|ai|org|net|io|dev|top|invalid)(?::\d+)?"
    r"|[\w.-]+\.(?:mp4|mov|png|jpe?g|webp|gif|zip|glb|json|jsonl|csv|txt|log|md|py|sh|html?|wav|mp3)",
    re.IGNORECASE,
)
#: A long number that a spreadsheet has rounded: its last digits are gone.
ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?(?:1[0-9]|2[0-9])")

_WORDS = frozenset(
    {
        *("id", "ids", "task_id", "task_ids", "taskid", "tasks", "items", "data", "null", "none"),
        *("true", "false", "nan", "undefined", "eof", "string", "integer", "object", "array"),
        *("queued", "pending", "submitted", "not_start", "creating", "running", "in_progress"),
        *("processing", "succeeded", "success", "completed", "succeed", "failed", "failure"),
        *("error", "done", "finished", "curl", "location", "bearer", "hello", "thanks"),
        *("fail", "cancelled", "canceled", "cancel", "expired", "timeout", "unknown"),
        *("get", "post", "put", "delete", "patch"),
    }
)


def shapes_in(text: str) -> Iterator[tuple[int, str]]:
    """Ids of known shapes in a text and where they stand."""
    at = 0
    for match in _WRAPPED.finditer(text):
        if holds_text(match[1]):
            yield from _named_in(text, at, match.start())
            yield match.start(), match[0]
            at = match.end()
    yield from _named_in(text, at, len(text))


def _named_in(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for match in _NAMED.finditer(text, start, end):
        yield match.start(), match[0]


#: A token at the end of a line, with the lines behind it that are nothing but its rest.
_BROKEN = re.compile(
    r"(?<![A-Za-z0-9+_-])[A-Za-z0-9+_-]++\n(?:[A-Za-z0-9+_-]{12,}\n)*[A-Za-z0-9+_-]+={0,2}"
)
#: Shapes whose length is known: whether one was cut can be seen.
_MEASURED = re.compile(
    r"(?:.*[^A-Za-z0-9])?(?:cgt-\d{14}-[A-Za-z0-9]{5}|(?:asyn)?task_[A-Za-z0-9]{32}"
    r"|video_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
#: Narrower windows than this are no terminal.
_NARROWEST = 40


def unwrapped(plain: Plain) -> Plain:
    """The text without the line breaks that a terminal put into ids."""
    text = plain.text
    widest = max(map(len, text.split("\n")))

    def joined(match: re.Match[str]) -> str:
        first, *rest = match[0].split("\n")
        width = match.start() + len(first) - text.rfind("\n", 0, match.start()) - 1
        if width < _NARROWEST or any(len(line) != width for line in rest[:-1]):
            return match[0]
        behind = "".join(rest)
        if _MEASURED.fullmatch(first) or _MEASURED.fullmatch(behind):
            return match[0]
        # Part of an id in base64 reads as one, too: there the full width of the lines tells.
        # Ids of a list begin alike; the rest of an id does not begin as the id does.
        is_full = width == widest and not any(line[:6] == first[:6] for line in rest)
        is_one = _MEASURED.fullmatch(first + behind) or (is_full and is_shape(first + behind))
        return first + behind if is_one else match[0]

    return replaced(text, _BROKEN, joined).after(plain)


def is_shape(token: str) -> bool:
    """Whether a token is an id of a known shape."""
    return next(shapes_in(token), None) == (0, token)


def holds_text(base64_text: str) -> bool:
    """Whether it is base64 of plain text in several parts, as ids of gateways are."""
    inside = _decoded(base64_text)
    return ":" in inside or "/" in inside


def _decoded(base64_text: str) -> str:
    """The plain text in it; "" for anything else."""
    bare = base64_text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        inside = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("ascii")
    except ValueError:  # no base64, or not of text
        return ""
    return inside if inside.isprintable() else ""


def inner_id(token: str) -> str | None:
    """The id of the service behind that a gateway's id holds in base64 (contract 11)."""
    inside = _decoded(token.removeprefix("video_")) if len(token) >= 40 else ""
    if found := re.search(r"(?:^|;)video_id:([^;]+)", inside):
        return found[1]
    last = inside.rpartition(":")[2]
    return last if is_token(last) and inside.count(":") == 2 else None


def made_at(token: str) -> float | None:
    """The Unix time that an id of Ark carries (UTC+8, ±2 s), also inside a gateway's id."""
    found = re.fullmatch(r"cgt-(\d{14})-\w+", inner_id(token) or token)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[1], "%Y%m%d%H%M%S")  # noqa: DTZ007 - its zone is set below
    except ValueError:
        return None
    return at.replace(tzinfo=timezone(timedelta(hours=8))).timestamp()


def is_key(token: str) -> bool:
    """Whether it has the looks of an API key: never an id, never to be shown."""
    return KEY.fullmatch(token) is not None


def is_uuid(token: str) -> bool:
    """Whether it is a UUID: alone it can be an id as well as a key of Ark."""
    return _UUID.fullmatch(token) is not None


def is_token(token: str) -> bool:
    """Whether it could be an id where the place says that it is one."""
    return (
        _TOKEN.fullmatch(token) is not None
        and token.casefold() not in _WORDS
        and any(c.isalnum() for c in token)
        and not token.startswith("sk-")
        and ROUNDED.fullmatch(token) is None
    )


def may_be(token: str) -> bool:
    """Whether a token that stands alone may be an id of a shape never seen before."""
    return is_token(token) and not is_key(token) and NO_ID.fullmatch(token) is None


def is_labelled(token: str) -> bool:
    """As `may_be`, behind a label such as "task id:"; in documentation a word stands there."""
    return may_be(token) and any(c.isdigit() for c in token)


def looks_like(token: str) -> bool:
    """As `may_be`, where other text stands around it.

    Words of prose have no digits; names in code have few (`sqlite3`), unless they are put
    together of parts, as ids are.
    """
    if len(token) < 6 or not any(c.isdigit() for c in token):
        return False
    if is_shape(token):
        return True
    digits = sum(c.isdigit() for c in token)
    put_together = digits >= 4 or (digits >= 1 and bool(set(token) & set("-_")))
    return put_together and may_be(token) and not set(token) & set(":=@+~")
