"""JSON as people paste it: whole, cut off, with Python's quotes or full-width punctuation.

Strict JSON is read by the standard library. What is not strict is read by a small reader that
knows the usual damage and refuses everything else.
"""

import json
import re
from typing import Any

from rushes.core.plain_text import unescaped

#: The loose reader is slow: damaged blocks beyond this many characters are cut off.
LOOSE_LIMIT = 256 * 1024
#: Most objects are shorter (characters).
_WINDOW = 16 * 1024

_STRICT = json.JSONDecoder()
_OPENING = re.compile(r"""\{\s*["'“A-Za-z_]|\[\s*[\["'“{]""")
#: A bracket; a string or a bare word, and whether a colon makes a name of it; a comma; damage.
_PART = re.compile(
    r'([{}\[\]])|(?:"((?:[^"\\\n]|\\.)*)(?:"|\Z)|'
    r"""'((?:[^'\\\n]|\\.)*)(?:'|\Z)|“([^”\n]*)(?:”|\Z)|([A-Za-z0-9_$.+-]+(?:\([^()\n]*\))?))(\s*[:：])?|[,，]|(\S)""",
    re.DOTALL,
)
_WORDS = {"null": None, "None": None, "true": True, "True": True, "false": False, "False": False}


class NotJson(ValueError):
    """Not JSON, not even loosely. Its argument tells how many characters were looked at in vain."""


def read(text: str, start: int) -> tuple[Any, int]:
    """The object or array that begins at `text[start]`, and the place behind it.

    Raises:
        NotJson: not even loosely, or an array of numbers, which is of no interest.
    """
    if not _OPENING.match(text, start):
        raise NotJson(1)
    # Little by little: a copy of all that follows, for each of many objects, would take hours.
    length = _WINDOW
    while True:
        part = text[start : start + length]
        try:
            value, end = _STRICT.raw_decode(part)
        except json.JSONDecodeError as e:
            was_cut = e.msg.startswith("Unterminated") or e.pos > len(part) - 8
        except RecursionError:
            was_cut = False
        else:
            return value, start + end
        if not was_cut or len(part) < length:
            return _loosely(text, start)
        length *= 8


def _loosely(text: str, start: int) -> tuple[Any, int]:
    """Reads until the outermost bracket closes or the text ends, which closes all."""
    limit = min(len(text), start + LOOSE_LIMIT)
    open_: list[Any] = [[]]  # containers, from the outside; the first holds the value itself
    name: str | None = None  # of the member whose value comes next
    for part in _PART.finditer(text, start, limit):
        bracket, *strings, word, colon, damage = part.groups()
        here, end = open_[-1], part.end()
        is_object = isinstance(here, dict)
        string = next((each for each in strings if each is not None), word)
        if bracket in ("}", "]"):
            damage = name is not None or is_object != (bracket == "}")
            open_.pop()
            if len(open_) == 1 and not damage:
                return open_[0][0], end
        elif is_object and name is None and (bracket or string is not None):
            damage = bracket or not (colon or end == limit)
            name = unescaped(string or "")
        elif bracket or string is not None:
            string = unescaped(string or "") if word is None else _WORDS.get(word, word)
            value: Any = {"{": {}, "[": [], None: string}[bracket]
            damage = colon
            if is_object:
                here[name], name = value, None
            else:
                here.append(value)
            if bracket:
                open_.append(value)
        else:
            damage = damage or name is not None  # a comma
        if damage:
            raise NotJson(end - start)
    return open_[0][0], limit
