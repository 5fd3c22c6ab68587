"""From the bytes of an answer to plain objects, within limits.

Normal bodies are parsed once, by msgspec. What it refuses and Python's own parser can read is
read by that: NaN and Infinity (as null), numbers beyond all ranges (as null), and half of a
UTF-16 pair, which a service leaves when it cuts a text in the middle of a character. One such
field must not hide a whole page of tasks. Anything else, full-width punctuation and trailing
commas of a published example included, is not JSON: no server sends it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from rushes.core.failure import Malformed
from rushes.core.wire import LARGE_BODY, Reply
from rushes.providers.values import text

MAX_DEPTH = 64
#: How deep a large body is taken apart; each level is one more reading of it.
_LEVELS = 6
_BOM = b"\xef\xbb\xbf"
_MAX_DIGITS = 40
_EXCERPT = 200
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_QUERY = re.compile(r"\?[^\s\"'<>]*")


def decode(raw: bytes) -> object:
    """Plain objects out of JSON bytes; a BOM and white space around them are passed over.

    Raises:
        Malformed: not JSON, cut off, or nested deeper than `MAX_DEPTH`.
    """
    trimmed = _trim(raw)
    try:
        value = _decode(trimmed, _LEVELS)
    except RecursionError:
        raise Malformed("body (too deep)", raw) from None
    if trimmed.count(b"{") + trimmed.count(b"[") > MAX_DEPTH:  # fewer cannot be deeper
        _check_depth(value)
    return value


def _decode(raw: bytes, levels: int) -> object:
    """One part after the other of what is large: the parser lets no other thread work meanwhile."""
    try:
        if len(raw) < LARGE_BODY or not levels:
            return msgspec.json.decode(raw)
        if raw.startswith(b"{"):
            members = _decode_members(raw)
            return {name: _decode(bytes(part), levels - 1) for name, part in members.items()}
        if raw.startswith(b"["):
            return [_decode(bytes(part), levels - 1) for part in _decode_elements(raw)]
        return msgspec.json.decode(raw)
    except ValueError:  # msgspec's and Unicode's errors
        return _decode_odd(raw)


class _Items(msgspec.Struct):
    """A plain list answer. What may be a single task is read the long way."""

    items: list[msgspec.Raw]
    total: object = None
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    task_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(_Items).decode


def unread_rows(raw: bytes) -> dict[str, object] | None:
    """A plain `{"items": […], "total": n}`, its rows as bytes; None for any other body."""
    try:
        found = _decode_items(_trim(raw))
    except (ValueError, RecursionError):
        return None
    if not (found.id is found.task_id is msgspec.UNSET):
        return None
    return {"items": [bytes(row) for row in found.items], "total": found.total}


def answer(raw: bytes) -> object:
    """A whole answer, all its keys as `snake_case`. Raises Malformed as `decode` does."""
    return opened(in_one_spelling(decode(raw)))


def opened(value: object) -> object:
    """The JSON that stands in a string, as some gateways write it; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            return in_one_spelling(decode(value.encode("utf-8", "replace")))
        except Malformed:
            pass  # a text that only begins like JSON
    return value


def in_one_spelling(value: object) -> Any:
    """The same value with all its keys as `snake_case`."""
    if isinstance(value, dict):
        items = value.items()
        return {_HUMP.sub("_", name).lower(): in_one_spelling(inner) for name, inner in items}
    return [in_one_spelling(inner) for inner in value] if isinstance(value, list) else value


def _trim(raw: bytes) -> bytes:
    return raw.strip().removeprefix(_BOM).strip()


def _decode_odd(raw: bytes) -> object:
    try:
        return json.loads(
            raw.decode("utf-8", "replace"),
            parse_int=lambda digits: int(digits) if len(digits) <= _MAX_DIGITS else None,
            parse_constant=lambda _: None,
        )
    except (ValueError, RecursionError):
        raise Malformed("body (not JSON)", raw) from None


def _check_depth(value: object) -> None:
    """Breadth first, so that a hostile body costs no recursion."""
    floor = [value]
    for _ in range(MAX_DEPTH + 1):
        containers = [part for part in floor if isinstance(part, (dict, list))]
        if not containers:
            return
        floor = []
        for part in containers:
            floor.extend(part.values() if isinstance(part, dict) else part)
    raise Malformed("body (too deep)", value)


def written(raw: bytes) -> str:
    """A body as text, as received."""
    return _trim(raw).decode("utf-8", "replace")


def compact(row: Mapping[str, object]) -> str:
    """One row of a list as JSON text."""
    try:
        return msgspec.json.encode(row).decode()
    except ValueError:  # half characters, integers beyond 64 bits
        return json.dumps(row, separators=(",", ":"))


def is_web_page(reply: Reply) -> bool:
    """Whether the answer is HTML (or XML) instead of JSON, whatever its HTTP status."""
    start = _trim(reply.body)[:1]
    return start == b"<" or ("html" in reply.content_type.lower() and start not in (b"{", b"["))


def plain_text(reply: Reply) -> str | None:
    """The beginning of an answer that is a sentence; None for cut-off JSON and for nothing.

    Queries are cut off: in a signed URL they are the secret.
    """
    start = written(reply.body[: 4 * _EXCERPT])
    return None if start[:1] in ("{", "[") else text(_QUERY.sub("?…", start)[:_EXCERPT])


def excerpt(reply: Reply) -> str:
    """What an answer that is no JSON looks like, for the details fold."""
    return f"{reply.content_type or 'no content type'}: {plain_text(reply) or ''}"
