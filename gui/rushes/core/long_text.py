"""Task ids in a long text, read piece by piece.

Python's regular expressions let no other thread work while they search: over megabytes the window
would stand still, although they are searched beside it.
"""

import re
from collections.abc import Iterator

from rushes.core.task_ids import LIMIT, Found, find_ids

#: Up to this length (characters) a text is read as a whole: an answer, a command, a short log.
WHOLE = 64 * 1024
_PIECE = 12 * 1024

#: Where a text may be cut: before a line, or between two objects of a line that has no end.
_LINE = re.compile(r"\n(?=([ \t]*)[^\s\]}])")
_BETWEEN = re.compile(r"[}\s,](?=[\s{])")
_TABLE = re.compile(r"[^{\[\n]*[,\t;|][^\n]*\n")


def find_all(text: str) -> tuple[Found, ...]:
    """As `find_ids`, of the whole lines among the first `LIMIT` characters."""
    if len(text) > LIMIT:
        text = text[:LIMIT].rpartition("\n")[0] or text[:LIMIT]
    if len(text) <= WHOLE:
        return find_ids(text)
    found: dict[str, Found] = {}
    titles = _titles(text)
    for start, end, lines in _pieces(text):
        again = titles if start else ""  # a table is one in each of its pieces
        for each in find_ids(again + text[start:end]):
            if each.id not in found:
                line = max(each.line - bool(again), 1) + lines
                found[each.id] = Found(each.id, line, each.hints)
    return tuple(found.values())


def _titles(text: str) -> str:
    first = _TABLE.match(text, 0, 1000)
    return first[0] if first else ""


def _pieces(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, number of line breaks before it), in order."""
    start = lines = 0
    while start < len(text):
        end = _cut(text, start)
        yield start, end, lines
        lines += text.count("\n", start, end)
        start = end


def _cut(text: str, start: int) -> int:
    """Where to end the piece from `start`: in the second half of it, before the line that is
    indented least, for that is not within a task."""
    at, end = start + _PIECE // 2, start + _PIECE
    if end >= len(text):
        return len(text)
    breaks = list(_LINE.finditer(text, at, end))
    if breaks:
        return min(breaks, key=lambda found: (len(found[1]), -found.start())).start() + 1
    between = None
    for between in _BETWEEN.finditer(text, at, end):  # noqa: B007 - the last one counts
        pass
    return between.end() if between else end
