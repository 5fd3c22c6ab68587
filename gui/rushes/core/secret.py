"""A key that cannot be printed, logged, compared in the open or pickled by accident."""

import hmac


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


def clean_key(text: str) -> Secret:
    """Make a key of what was typed or pasted, without the white space around it.

    Raises:
        BadKey: nothing is left, or it holds what cannot travel in a header (line breaks and
            other controls, spaces, characters outside ASCII).
    """
    text = text.strip().strip("\ufeff\u200b").strip()
    if not text:
        raise BadKey("it is empty")
    if any(c.isspace() or not c.isprintable() for c in text):
        raise BadKey("it contains spaces, line breaks or other invisible characters")
    if not text.isascii():
        raise BadKey("it contains characters that no key has")
    return Secret(text)
