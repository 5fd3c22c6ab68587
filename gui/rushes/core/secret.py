"""A key that cannot be printed, logged, compared in the open or pickled by accident."""

import hmac
import re

from rushes.core.plain_text import visible


class Secret:
    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    @property
    def hint(self) -> str:
        """The last four characters, or nothing for a key too short to give four away."""
        return self._value[-4:] if len(self._value) >= 12 else ""

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")


class BadKey(ValueError):
    """Not usable as a key. `args[0]` is one sentence fragment that says why, without the key."""


#: What stands before a key in a script, a header or a settings file.
_LABEL = re.compile(
    r"""^(?:-H\s+|export\s+|set(?:x)?\s+|--?)?["'“]?\$?(?:env:)?"""
    r"""[\w.-]*(?:key|token|authorization|secret)[\w.-]*["'”]?\s*(?:[:=]\s*|\s+(?=["'“]))""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"^Bearer\s+", re.IGNORECASE)
_AROUND = " \t\r\n\"'`“”‘’«»「」<>,;，；。、"


def clean_key(text: str) -> Secret:
    """Make a key of what was typed or pasted: without quotes, a label (`ARK_API_KEY=`,
    `Authorization: Bearer`) and invisible characters around and inside.

    Raises:
        BadKey: nothing is left, or it holds what cannot travel in a header (line breaks and
            other controls, spaces, characters outside ASCII).
    """
    key = visible(text).strip(_AROUND)
    for label in (_LABEL, _BEARER):
        key = label.sub("", key).strip(_AROUND)
    if not key or key.casefold() == "bearer":
        raise BadKey("it is empty")
    if any(c.isspace() or not c.isprintable() for c in key):
        raise BadKey("it contains spaces or line breaks")
    if set(key) <= set("*•●·…"):
        raise BadKey("it is hidden")
    if not key.isascii():
        raise BadKey("it contains characters that no key has")
    if "://" in key:
        raise BadKey("it is an address")
    return Secret(key)
