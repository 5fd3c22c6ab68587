"""A key that cannot be printed, logged, compared in the open or pickled by accident."""

import enum
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


class KeyFault(enum.StrEnum):
    """Why a text is no key, in a fragment of a sentence that never holds the key."""

    EMPTY = "it is empty"
    SPACES = "it contains spaces or line breaks"
    CHARACTERS = "it contains characters that no key has"
    ADDRESS = "it is an address"
    VARIABLE = "it is the name of a variable"
    HIDDEN = "it is hidden"


class BadKey(ValueError):
    """Not usable as a key. `args[0]` is the `KeyFault`."""


#: What stands before a key in a script, a header or a settings file: a name and a mark, a name of
#: the environment or a word of a sentence and a space, or the word of the header.
_LABEL = re.compile(
    r"""(?:[\w.-]{0,60}(?i:key|token|secret|authorization)[\w.-]{0,60}|密钥|秘钥|令牌)"""
    r"""["'”\])]*\s*(?:[:=](?!=)|,(?=\s*["']))\s*"""
    r"|\b[A-Z][A-Z0-9_]{0,60}(?:KEY|TOKEN)[A-Z0-9_]{0,60}\s+"
    r"|(?:(?i:key|token)|密钥|秘钥|令牌)\s*[是为]\s*:?\s*"
    r"|\b(?i:(?:api[ _-]?)?(?:key|token)(?: is)?\s+|bearer(?:\s*:|\b)\s*)"
)
#: What gives a value to a name, in a shell, a script or a settings file, whatever the name is.
_ASSIGNED = re.compile(
    r"""(?:(?:export|set|const|let|var)\s+|\$(?:env:)?)?["']?[A-Za-z_][\w.]{0,60}["']?"""
    r"""\s*(?:=(?!=|$)\s*|:\s+|:(?=["']))"""
    r"|(?:export|setx?|setenv|set\s+-\w+)\s+[A-Za-z_]\w{0,60}[\s=]+",
    re.IGNORECASE,
)
#: A key in a line, and what may follow it there: the end of a call or a comment, other lines.
_VALUE = re.compile(
    r"""([^\s"'`“”‘’«»「」<>《》【】]*)[^\S\n]*(?:$|\n|["'`”’»」>》】]?[^\S\n]*(?:$|[\n,;)}\]\\#|&-]))"""
)
_VARIABLE = re.compile(r"\$(?:env:)?\w+|\$\{.*|%\w+%", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_AROUND = " \t\r\n\"'`“”‘’«»「」<>《》【】,;，；。、()[]{}"


def clean_key(text: str) -> Secret:
    """Make a key of what was typed or pasted: without quotes, a label (`ARK_API_KEY=`,
    `Authorization: Bearer`) and invisible characters around and inside.

    Raises:
        BadKey: nothing is left, or it holds what cannot travel in a header (line breaks and
            other controls, spaces, characters outside ASCII).
    """
    key = visible(text).replace('\\"', '"').strip(_AROUND)
    label = None if _ADDRESS.fullmatch(key) else _LABEL.search(key) or _ASSIGNED.match(key)
    # A key in base64 may hold the letters of a label and end with "=": then nothing follows it.
    if label is not None and (label.end() < len(key) or not any(map(str.isdigit, key))):
        while label is not None:
            key = key[label.end() :].lstrip(_AROUND)
            label = _LABEL.match(key)
            label = label if label is not None and label.end() < len(key) else None
        if (value := _VALUE.match(key)) is not None:
            key = value[1]
    if _VARIABLE.fullmatch(key):
        raise BadKey(KeyFault.VARIABLE)
    key = key.strip(_AROUND).rstrip(".!")
    if key.casefold() in ("", "bearer"):
        raise BadKey(KeyFault.EMPTY)
    if any(c.isspace() or not c.isprintable() for c in key):
        raise BadKey(KeyFault.SPACES)
    if set(key) <= set("*•●·…"):
        raise BadKey(KeyFault.HIDDEN)
    if key.strip("*") == key[2:-2]:  # bold in Markdown
        key = key[2:-2]
    if not key.isascii():
        raise BadKey(KeyFault.CHARACTERS)
    if "://" in key:
        raise BadKey(KeyFault.ADDRESS)
    return Secret(key)
