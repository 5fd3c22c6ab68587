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

#: Deeper nesting is no answer of any service.
_DEPTH = 40

_STRICT = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_STRING = re.compile(
    r'"((?:[^"\\\n]|\\.)*)(?:"|\Z)|' r"'((?:[^'\\\n]|\\.)*)(?:'|\Z)|“([^”\n]*)(?:”|\Z)", re.DOTALL
)
_BARE = re.compile(r"[A-Za-z0-9_$.+-]+")
_OPENING = re.compile(r"""\{\s*["'“A-Za-z_]|\[\s*[\["'“{]""")
_WORDS = {"null": None, "None": None, "true": True, "True": True, "false": False, "False": False}


class NotJson(ValueError):
    """Not JSON, not even loosely. `cost` tells how many characters were looked at in vain."""

    def __init__(self, cost: int) -> None:
        super().__init__("not JSON")
        self.cost = cost


def read(text: str, start: int) -> tuple[Any, int]:
    """Read the value that begins at `text[start]`, which is "{" or "[".

    An array of numbers is of no interest and is refused as well.

    Returns:
        The value and the place behind it.

    Raises:
        NotJson: not even loosely.
    """
    if not _OPENING.match(text, start):
        raise NotJson(1)
    # Little by little: a copy of all that follows, for each of many objects, would take hours. Its
    # own line before the rest: on an error the decoder counts all lines before it, each time.
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    for end in sorted({min(start + _WINDOW, line_end), line_end, len(text)}):
        try:
            value, length = _STRICT.raw_decode(text[start:end])
        except RecursionError:
            raise NotJson(end - start) from None
        except ValueError:
            continue
        return value, start + length
    reader = _Loose(text, start)
    try:
        return reader.value(0), reader.at
    except NotJson as e:
        raise NotJson(e.cost + len(text) - start) from None


class _Loose:
    """Reads until the outermost bracket closes or the text ends, which closes all."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.start = at
        self.end = min(len(text), at + LOOSE_LIMIT)

    def value(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise self._damaged()
        match self._peek():
            case "{":
                return self._object(depth)
            case "[":
                return self._array(depth)
            case '"' | "'" | "“":
                return self._string()
            case _:
                return self._bare()

    def _damaged(self) -> NotJson:
        return NotJson(self.at - self.start)

    def _peek(self) -> str:
        space = _SPACE.match(self.text, self.at, self.end)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1] if self.at < self.end else ""

    def _object(self, depth: int) -> dict[str, Any]:
        self.at += 1
        found: dict[str, Any] = {}
        while self._more("}"):
            name = self._string() if self._peek() in ('"', "'", "“") else str(self._bare())
            if self._peek() not in (":", "：", ""):
                raise self._damaged()
            self.at += 1
            if self._peek() == "":
                break
            found[name] = self.value(depth + 1)
        return found

    def _array(self, depth: int) -> list[Any]:
        self.at += 1
        found = []
        while self._more("]"):
            found.append(self.value(depth + 1))
        return found

    def _more(self, closing: str) -> bool:
        """Step over commas; False at the closing bracket or the end of the text."""
        while self._peek() in (",", "，"):
            self.at += 1
        if self._peek() == closing:
            self.at += 1
            return False
        return self._peek() != ""

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at, self.end)
        if match is None:
            raise self._damaged()
        self.at = match.end()
        inside = next(group for group in match.groups() if group is not None)
        return unescaped(inside)

    def _bare(self) -> Any:
        match = _BARE.match(self.text, self.at, self.end)
        if match is None:
            raise self._damaged()
        self.at = match.end()
        word = match[0]
        if word in _WORDS:
            return _WORDS[word]
        return int(word) if word.isdecimal() and len(word) < 40 else word
