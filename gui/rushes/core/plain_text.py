"""Text without what programs put around it: colours, escapes, invisible characters, the line
breaks of terminals.

What is pasted went through consoles, JSON strings, chat programs, shells and spreadsheets. This
module undoes their marks and remembers where each character stood before.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

#: Text inside text inside text: an escape of an escape is undone so often.
_ROUNDS = 4

#: Colours and titles of terminals, and byte order marks. Line ends become "\n".
_TERMINAL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x9b[0-?]*[ -/]*[@-~]|\r\n?|\ufeff"
)
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_HYPHENS = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = re.compile(rf"[{_INVISIBLE}]+|[{_HYPHENS}]|[{_SPACES}]|[\uff01-\uff5e]")
_ESCAPE = re.compile(
    rf"{_UNSEEN.pattern}"
    r"|(?:%[0-9A-Fa-f]{2})+"
    r"|(?:\\u[0-9A-Fa-f]{4})+|\\(?:x[0-9A-Fa-f]{2}|033|[nrt\"'/\\*_`~#.\[\](){}<>&=^-])"
    r"|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});"
    r"|<(?i:wbr)[ /]*>"  # and a single tag within a word, as searches mark what they found
    r"|(?<=[\w-])</?(?i:b|em|mark|strong)(?:\s[^<>\n]{0,200})?>(?=[\w-])"
    r"|\^(?=[\"&|<>^%\n])"  # the shell of Windows
)
_BACKSLASH = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\.", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\n", "t": "\t", "033": "\x1b"}


@dataclass(frozen=True, slots=True)
class Plain:
    """The text, and for some of its places where they stood in the text it was made from."""

    text: str
    _places: tuple[int, ...] = (0,)
    _origins: tuple[int, ...] = (0,)

    def origin(self, at: int) -> int:
        """Where the character at `at` stood; inside an escape, where that began."""
        nearest = bisect_right(self._places, at) - 1
        return self._origins[nearest] + at - self._places[nearest]

    def after(self, first: "Plain") -> "Plain":
        """What two steps did together; this one was made from the text of `first`."""
        return _after(first, self)


def without_terminal(text: str) -> Plain:
    """Without colours and byte order marks, every line ended by "\\n"; nothing else is touched."""
    return replaced(text, _TERMINAL, lambda mark: "\n" if mark[0][0] == "\r" else "")


def without_escapes(text: str) -> Plain:
    """Also without escapes of JSON, HTML, links, shells and Markdown, and in ASCII as far as
    full-width letters, hyphens and spaces of other kinds go."""
    done = Plain(text)
    for _ in range(_ROUNDS):
        now = replaced(done.text, _ESCAPE, lambda match: _meant(match[0]))
        now = without_terminal(now.text).after(now)
        if now.text == done.text:
            break
        done = now.after(done)
    return done


def visible(text: str) -> str:
    """Without invisible characters, and with full-width ones as ASCII; no escape is undone."""
    return text if text.isascii() else _UNSEEN.sub(lambda match: _meant(match[0]), text)


def unescaped(text: str) -> str:
    """The text of a string of JSON, Python or JavaScript: only its backslashes are undone."""
    return _BACKSLASH.sub(lambda match: _meant(match[0]), text) if "\\" in text else text


def replaced(text: str, pattern: re.Pattern[str], meant: Callable[[re.Match[str]], str]) -> Plain:
    """The text with each match put as it is meant."""
    parts, places, origins, at, length = [], [0], [0], 0, 0
    for match in pattern.finditer(text):
        start, end = match.span()
        good = meant(match)
        parts += [text[at:start], good]
        length += start - at
        places.append(length)
        origins.append(start)
        length += len(good)
        places.append(length)
        origins.append(end)
        at = end
    if not parts:
        return Plain(text)
    return Plain("".join([*parts, text[at:]]), tuple(places), tuple(origins))


def _after(first: Plain, then: Plain) -> Plain:
    """What two steps did together. `then` was made from the text of `first`."""
    if then.text == first.text:
        return first
    places = sorted({*then._places, *(_place(then, at) for at in first._places)})
    return Plain(then.text, tuple(places), tuple(first.origin(then.origin(at)) for at in places))


def _place(plain: Plain, origin: int) -> int:
    """Where a place of the text before stands now; the origins ascend as the places do."""
    nearest = bisect_right(plain._origins, origin) - 1
    return plain._places[nearest] + origin - plain._origins[nearest]


def _meant(mark: str) -> str:
    """What an escape stands for."""
    match mark[0]:
        case "%":
            found = unquote(mark, errors="strict") if _is_utf8(mark) else mark
            return found if found.isprintable() or "\n" in found else mark
        case "&":
            return html.unescape(mark)
        case "\\" if mark[1] == "u" and len(mark) > 2:
            halves = "".join(chr(int(code, 16)) for code in mark.split("\\u")[1:])
            return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case "\\" if mark[1] == "x" and len(mark) > 2:
            return chr(int(mark[2:4], base=16))
        case "\\":
            return _LETTERS.get(mark[1:], mark[1:])
        case "^" | "<":
            return ""
        case _:
            code = ord(mark[0])
            if 0xFF01 <= code <= 0xFF5E and code != 0xFF0D:
                return chr(code - 0xFEE0)
            if re.match(f"[{_HYPHENS}]", mark):
                return "-"
            return " " if re.match(f"[{_SPACES}]", mark) else ""


def _is_utf8(escaped: str) -> bool:
    try:
        bytes.fromhex(escaped.replace("%", "")).decode()
    except UnicodeDecodeError:
        return False
    return True


#: A token at the end of a line, with the lines behind it that are nothing but its rest.
_BROKEN = re.compile(
    r"(?<![A-Za-z0-9+_-])[A-Za-z0-9+_-]++\n(?:[A-Za-z0-9+_-]{12,}\n)*[A-Za-z0-9+_-]+={0,2}"
)
#: Narrower windows than this are no terminal.
_NARROWEST = 40


def unwrapped(plain: Plain, whole: re.Pattern[str], is_id: Callable[[str], bool]) -> Plain:
    """The text without the line breaks that a terminal put into ids.

    Args:
        whole: A text that ends with an id whose length is known.
        is_id: Whether a token is an id of any known shape.
    """
    text = plain.text
    widest = max(map(len, text.split("\n")))

    def joined(match: re.Match[str]) -> str:
        first, *rest = match[0].split("\n")
        width = match.start() + len(first) - text.rfind("\n", 0, match.start()) - 1
        behind, is_wide = "".join(rest), width >= _NARROWEST
        is_cut = not whole.fullmatch(first) and not whole.fullmatch(behind)
        if not is_cut or any(len(line) != width for line in rest[:-1]):
            return match[0]
        # Part of an id in base64 reads as one, too: there the full width of the lines tells.
        # Ids of a list begin alike; the rest of an id does not begin as the id does.
        is_full = is_wide and width == widest and not any(x[:6] == first[:6] for x in rest)
        is_one = whole.fullmatch(first + behind) and (is_wide or not is_id(first))
        return first + behind if is_one or (is_full and is_id(first + behind)) else match[0]

    return replaced(text, _BROKEN, joined).after(plain)
