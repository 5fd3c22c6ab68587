"""The helper that looks for task ids in long texts and in files.

Regular expressions let no other thread work while they search, and files come from strangers, so
both is done here. Told the path of a file; without one, the text comes on standard input. Answers
with one JSON object a line (`files/texts.py`):

    {"found": [Found, …]}, …, {"left_out": [LeftOut, …]}    or    {"trouble": "large"}

An .xlsx workbook is a zip of XML files: its entries, sizes and how well they pack are limited, and
a document type (which could name other files or blow itself up) is refused. Its numbers are given
as they stand in the file. A long one has lost its last digits there, as the programs keep 15 of
them: it is written in scientific notation, so that nobody takes it for an id.
"""

import csv
import io
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

import msgspec

from rushes.core.long_text import LIMIT, decode_file, joined_readings, read_all
from rushes.core.task_ids import Reading
from rushes.files import Unfit
from rushes.files.archive import MAX_RATIO, zip_entries
from rushes.files.texts import IDS_A_LINE, AnswerLine, UnreadableText, WhyUnreadable
from rushes.system.disk import open_regular

_ZIP = b"PK\x03\x04"
#: How old office programs write, and new ones with a password.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

#: What all parts that are read may unpack to (bytes), and how many cells are read.
MAX_BYTES = 256 * 2**20
MAX_CELLS = 4_000_000
#: However well it packs: so little harms nobody.
_FREE_BYTES = 4 * 2**20
_BLOCK_BYTES = 2**18
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS = "xl/sharedStrings.xml"
#: The last column of a sheet is XFD.
_MOST_COLUMNS = 16_384
#: Digits of a number that a spreadsheet keeps.
_DIGITS = 15


def main(words: Sequence[str]) -> int:
    try:
        told = reading_of(Path(words[0])) if words else read_all(decode_file(_given()))
        lines = _lines(told)
    except UnreadableText as e:
        lines = [AnswerLine(trouble=e.why, detail=e.detail)]
    for line in lines:
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def reading_of(path: Path) -> Reading:
    """The ids in a file, whatever it is.

    Raises:
        UnreadableText: it says why.
    """
    try:
        with open_regular(path) as file:
            head = file.read(8)
            file.seek(0)
            if head.startswith(_ZIP):
                return joined_readings([read_all(text) for text in Workbook(file).sheets()])
            if head.startswith(_OLD_OFFICE):
                raise UnreadableText(WhyUnreadable.OLD_OFFICE)
            if os.fstat(file.fileno()).st_size > LIMIT:
                raise UnreadableText(WhyUnreadable.LARGE)
            return read_all(decode_file(file.read(LIMIT)))
    except NotAWorkbook as e:
        raise UnreadableText(WhyUnreadable.NO_WORKBOOK, str(e)) from e
    except OSError as e:
        raise UnreadableText(WhyUnreadable.SYSTEM, e.strerror or str(e)) from e


def _given() -> bytes:
    """What is beyond the limit is not read: half a line would be another id."""
    data = sys.stdin.buffer.read(LIMIT + 1)
    return data if len(data) <= LIMIT else data[:LIMIT].rpartition(b"\n")[0]


def _lines(told: Reading) -> list[AnswerLine]:
    parts = [
        AnswerLine(found=told.found[at : at + IDS_A_LINE])
        for at in range(0, len(told.found), IDS_A_LINE)
    ]
    return [*parts, AnswerLine(left_out=told.left_out)]


# --- the text of a workbook: its cells as rows of a table, separated by tabs --------------------


class NotAWorkbook(ValueError):
    """The file is no workbook, or is refused. `args[0]` is a sentence fragment that says why."""


class Workbook:
    """The texts of an .xlsx file; nothing is read before `sheets` is asked for them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes, self._cells = MAX_BYTES, MAX_CELLS
        self._strings: list[str] = []

    def sheets(self) -> Iterator[str]:
        """The text of each sheet that has any, in the order in which they lie in the file.

        Raises:
            NotAWorkbook: while they are read, too: earlier sheets may have come already.
        """
        try:
            entries = zip_entries(self._file, os.fstat(self._file.fileno()).st_size)
            found = [entry for entry in entries if _SHEET.fullmatch(entry.filename)]
            if not found:
                raise NotAWorkbook("there is no sheet in it")
            with zipfile.ZipFile(self._file) as archive:
                for entry in entries:
                    if entry.filename == _STRINGS:
                        self._strings = self._texts(archive, entry)
                for entry in found:
                    if text := self._sheet(archive, entry):
                        yield text
        except (Unfit, zipfile.BadZipFile, zlib.error, EOFError) as e:
            raise NotAWorkbook("the zip is damaged or refused") from e
        except (NotImplementedError, RuntimeError, expat.ExpatError) as e:
            raise NotAWorkbook("a part of it cannot be read") from e

    def _texts(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[str]:
        """The strings that cells share, by number."""
        found: list[str] = []
        words: list[str] = []
        for name, _, text, is_end in self._elements(archive, entry):
            if name == "t" and is_end:
                words.append(text)
            elif name == "si" and is_end:
                self._take_cell()
                found.append("".join(words))
                words.clear()
        return found

    def _sheet(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
        rows = io.StringIO()
        write = csv.writer(rows, delimiter="\t", lineterminator="\n").writerow
        row: list[str] = []
        kind = value = ""
        width = 0
        for name, attributes, text, is_end in self._elements(archive, entry):
            if name == "c" and not is_end:
                self._take_cell()
                kind, value = attributes.get("t", "n"), ""
                column = _column(attributes.get("r", ""))
                if column is not None and len(row) < column:
                    row += [""] * (column - len(row))
            elif name == "c":
                row.append(self._shown(kind, value))
            elif name in ("v", "t") and is_end:
                value += text
            elif name == "row" and is_end:
                if any(row):
                    width = max(width, len(row))  # rows of a table are equally long
                    write(row + [""] * (width - len(row)))
                row = []
        return rows.getvalue()

    def _shown(self, kind: str, value: str) -> str:
        match kind:
            case "s" if value:
                known = value.isdecimal() and len(value) < 9 and int(value) < len(self._strings)
                if not known:
                    raise NotAWorkbook("a part of it is missing")
                return self._strings[int(value)]
            case "n":
                return _number(value)
            case _:
                return value

    def _take_cell(self) -> None:
        self._cells -= 1
        if self._cells < 0:
            raise NotAWorkbook("it has too many cells")

    def _elements(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo
    ) -> Iterator[tuple[str, dict[str, str], str, bool]]:
        """(name without prefix, attributes, text inside, whether it is the end), as they come."""
        if entry.file_size > max(_FREE_BYTES, entry.compress_size * MAX_RATIO):
            raise NotAWorkbook("it packs too well to be unpacked")
        ready: list[tuple[str, dict[str, str], str, bool]] = []
        words: list[str] = []
        spoken = 0  # how a word is pronounced is not its text

        def begin(name: str, attributes: dict[str, str]) -> None:
            nonlocal spoken
            name = name.rpartition(":")[2]
            spoken += name == "rPh"
            words.clear()
            ready.append((name, attributes, "", False))

        def end(name: str) -> None:
            nonlocal spoken
            name = name.rpartition(":")[2]
            if not spoken:
                ready.append((name, {}, "".join(words), True))
            spoken -= name == "rPh"
            words.clear()

        def refuse(*_: object) -> None:
            raise NotAWorkbook("it declares a document type")

        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = begin, end
        parser.CharacterDataHandler = words.append
        parser.StartDoctypeDeclHandler = refuse
        with archive.open(entry) as content:
            while block := content.read(_BLOCK_BYTES):
                self._bytes -= len(block)
                if self._bytes < 0:
                    raise NotAWorkbook("it unpacks to too much")
                parser.Parse(block, False)
                yield from ready
                ready.clear()
        parser.Parse(b"", True)
        yield from ready


def _column(place: str) -> int | None:
    """``"C7"`` → 2; None when the cell does not say where it is."""
    letters = place.rstrip("0123456789")
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        return None
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return min(number, _MOST_COLUMNS) - 1


def _number(value: str) -> str:
    """A number as it stands, but in scientific notation when its last digits are lost."""
    digits = value.lstrip("-")
    if digits.isdecimal() and len(digits) > _DIGITS and not digits[_DIGITS:].strip("0"):
        return f"{int(value[:400]):.{_DIGITS - 1}E}" if len(digits) < 300 else value
    return value
