"""The helper that looks for task ids in long texts and in files.

Regular expressions let no other thread work while they search, and files come from strangers, so
both is done here. Told the path of a file; without one, the text comes on standard input. Answers
with one JSON object a line (`adapters/reading.py`):

    {"found": [Found, …]}, …, {"left_out": [LeftOut, …]}    or    {"trouble": "large"}
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rushes.adapters.disk import open_regular
from rushes.adapters.reading import IDS_A_LINE, Line, Unreadable, Why
from rushes.adapters.workbook import NotAWorkbook, Workbook
from rushes.core.long_text import LIMIT, decode_file, joined_readings, read_all
from rushes.core.task_ids import Reading

_ZIP = b"PK\x03\x04"
#: How old office programs write, and new ones with a password.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def main(words: Sequence[str]) -> int:
    try:
        told = reading_of(Path(words[0])) if words else read_all(decode_file(_given()))
        lines = _lines(told)
    except Unreadable as e:
        lines = [Line(trouble=e.why, detail=e.detail)]
    for line in lines:
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def reading_of(path: Path) -> Reading:
    """The ids in a file, whatever it is.

    Raises:
        Unreadable: it says why.
    """
    try:
        with open_regular(path) as file:
            head = file.read(8)
            file.seek(0)
            if head.startswith(_ZIP):
                return joined_readings([read_all(text) for text in Workbook(file).sheets()])
            if head.startswith(_OLD_OFFICE):
                raise Unreadable(Why.OLD_OFFICE)
            if os.fstat(file.fileno()).st_size > LIMIT:
                raise Unreadable(Why.LARGE)
            return read_all(decode_file(file.read(LIMIT)))
    except NotAWorkbook as e:
        raise Unreadable(Why.NO_WORKBOOK, str(e)) from e
    except OSError as e:
        raise Unreadable(Why.SYSTEM, e.strerror or str(e)) from e


def _given() -> bytes:
    """What is beyond the limit is not read: half a line would be another id."""
    data = sys.stdin.buffer.read(LIMIT + 1)
    return data if len(data) <= LIMIT else data[:LIMIT].rpartition(b"\n")[0]


def _lines(told: Reading) -> list[Line]:
    parts = [
        Line(found=told.found[at : at + IDS_A_LINE]) for at in range(0, len(told.found), IDS_A_LINE)
    ]
    return [*parts, Line(left_out=told.left_out)]
