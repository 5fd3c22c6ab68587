"""Task ids in a long text, read piece by piece: what a search holds in memory stays bounded.

Up to `WHOLE` a text is read at once, so that a prompt and its id are never apart.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from rushes.core.task_ids import LIMIT, Found, LeftOut, Reading, read_text

#: Characters of a text that is read as a whole, and of the pieces of a longer one.
WHOLE = 8 * 1024 * 1024

#: Where a text may be cut: before a line, or between two objects of a line that has no end.
_LINE = re.compile(r"\n(?=([ \t]*)[^\s\]}])")
_OBJECTS = re.compile(r"\},\s*(?=\{)")
_BETWEEN = re.compile(r"[}\s,](?=[\s{])")
_TABLE = re.compile(r"[^{\[\n]*[,\t;|][^\n]*\n")


def read_all(text: str, whole: int = WHOLE) -> Reading:
    """As `read_text`, of the whole lines among the first `LIMIT` characters."""
    if len(text) > LIMIT:
        text = text[:LIMIT].rpartition("\n")[0] or text[:LIMIT]
    if len(text) <= whole:
        return read_text(text)
    found: dict[str, Found] = {}
    left_out: list[LeftOut] = []
    titles = _titles(text)
    for start, end, lines in _pieces(text, whole):
        again = titles if start else ""  # a table is one in each of its pieces
        back = bool(again)
        reading = read_text(again + text[start:end])
        for each in reading.found:
            if each.id not in found:
                found[each.id] = replace(each, line=max(each.line - back, 1) + lines)
        left_out += [replace(each, line=each.line - back + lines) for each in reading.left_out]
    return Reading(tuple(found.values()), tuple(left_out))


def find_all(text: str) -> tuple[Found, ...]:
    """The ids of `read_all` alone."""
    return read_all(text).found


def _titles(text: str) -> str:
    first = _TABLE.match(text, 0, 1000)
    return first[0] if first else ""


def _pieces(text: str, length: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, number of line breaks before it), in order."""
    start = lines = 0
    while start < len(text):
        end = _cut(text, start, length)
        yield start, end, lines
        lines += text.count("\n", start, end)
        start = end


def _cut(text: str, start: int, length: int) -> int:
    """Where to end the piece from `start`: in the second half of it, before the line that is
    indented least, for that is not within a task."""
    at, end = start + length // 2, start + length
    if end >= len(text):
        return len(text)
    breaks = min(
        _LINE.finditer(text, at, end),
        key=lambda found: (len(found[1]), -found.start()),
        default=None,
    )
    if breaks is not None:
        return breaks.start() + 1
    for pattern in (_OBJECTS, _BETWEEN):
        last = None
        for last in pattern.finditer(text, at, end):  # noqa: B007 - the last one counts
            pass
        if last is not None:
            return last.end()
    return end
