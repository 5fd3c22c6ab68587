"""A key that must be nowhere, and all the forms in which it could be somewhere."""

import base64
from collections.abc import Iterator
from functools import cache
from urllib.parse import quote, quote_plus

#: Like a real one: an Ark key is a plain UUID; and one whose characters URLs must escape.
UUID_KEY = "0f3c2b1a-9d8e-4f7a-b6c5-d4e3f2a17f3a"
ODD_KEY = "sk-c4n4ry/+=&%?~Zx9"


@cache
def forms(key: str) -> tuple[bytes, ...]:
    """The key raw, URL-encoded, in base64 at each of three places, in UTF-16, in hex, reversed."""
    return tuple(dict.fromkeys(_forms(key)))


def _forms(key: str) -> Iterator[bytes]:
    raw = key.encode()
    for text in (key, quote(key, safe=""), quote_plus(key), quote(key)):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
    for before in range(3):  # base64 of a longer text: the key starts at one of three places
        whole = base64.b64encode(b"\0" * before + raw)
        core = whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")
    for upper in (False, True):  # JSON's escapes, as they stand in an answer and in its text
        codes = "".join(f"\\u{ord(c.upper() if upper else c):04x}" for c in key)
        yield codes.encode()
        yield codes.replace("\\", "\\\\").encode()
    yield key.replace("/", "\\/").encode()
    yield raw.hex().encode()
    yield raw[::-1]


def found_in(data: bytes, keys: tuple[str, ...] = (UUID_KEY, ODD_KEY)) -> list[str]:
    """Which forms of which keys stand in `data`, whatever the case of their letters."""
    lowered = data.lower()
    return [
        f"{key[:4]}… as {form[:60]!r}"
        for key in keys
        for form in forms(key)
        if form.lower() in lowered
    ]
