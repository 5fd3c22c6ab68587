"""Task ids in long texts and in files.

A long text is read piece by piece: what a search holds in memory stays bounded.

Up to `WHOLE` a text is read at once, so that a prompt and its id are never apart.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rushes.core.id_shapes import found_in
from rushes.core.task_ids import Found, LeftOut, Reading, read_text

#: Text beyond this is not looked at (bytes of a file, characters of a paste).
LIMIT = 64 * 1024 * 1024

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


def joined_readings(readings: Iterable[Reading]) -> Reading:
    """Of several texts; an id that stands in two counts where it stands first."""
    found: dict[str, Found] = {}
    left_out: list[LeftOut] = []
    for reading in readings:
        for each in reading.found:
            found.setdefault(each.id, each)
        left_out += reading.left_out
    return Reading(tuple(found.values()), tuple(left_out))


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


#: What stands in no text; the escapes of terminals do.
_ODD = bytes(n for n in (*range(1, 32), 127) if chr(n) not in "\b\t\n\v\f\r\x1b")
_LINE_ENDS = bytes.maketrans(b"\0" + _ODD, b"\n" * (len(_ODD) + 1))
#: What may be an id among other bytes, also in UTF-16.
_WORD = re.compile(rb"[\w+=-]{8,}|[\w+=-](?:\0[\w+=-]){7,}")
#: An id in UTF-16; in UTF-16-BE it is found one byte late.
_WIDE = re.compile(rb"(?:[\w-]\0){8}")
#: The share of such bytes from which on a file with zeros is no text. In a film it is a tenth.
_TOO_ODD = 0.05


def decode_file(data: bytes) -> str:
    """The text of a dropped file: UTF-8, UTF-16 or GB 18030. Zeros between names (`find -print0`)
    and other bytes of no text become line ends. Of a file that is no text: the ids of known shapes
    in it, a line each, because any word in it would look like an id."""
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in head:  # UTF-16 without its mark has a zero in every other byte of ASCII
        for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
            if zeros.count(0) > len(zeros) * 0.6:
                return data.decode(encoding, "replace")
        if len(data) - len(data.translate(None, _ODD)) > len(data) * _TOO_ODD:
            words = [word.replace(b"\0", b"") for word in _WORD.findall(data)]
            return "\n".join(id_ for _, id_ in found_in(b"\n".join(words).decode("ascii")))
        if wide := _WIDE.search(head):  # mostly Chinese, so with fewer zeros
            return data.decode("utf-16-be" if wide.start() % 2 else "utf-16-le", "replace")
        data = data.translate(_LINE_ENDS)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
