"""Ids come out of workbooks that other programs wrote, and a hostile one is refused."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from rushes.core.task_ids import Found, Reading
from rushes.files.texts import TextReader, UnreadableText, WhyUnreadable
from rushes.helpers import texts
from rushes.helpers.texts import NotAWorkbook, Workbook

BOOKS = Path(__file__).parents[1] / "data" / "pasted" / "books"
A, B = "cgt-20260915092331-ab1cd", "cgt-20260915092332-x9y8z"
HEAD = '<?xml version="1.0"?>'
SHEET = "xl/worksheets/sheet1.xml"


def said(reading: Reading) -> list[tuple[str, str, str]]:
    return [(each.id, each.said.prompt, each.said.name) for each in reading.found]


@pytest.fixture
def reader(tmp_path: Path) -> TextReader:
    return TextReader(tmp_path / "helpers")


def book(path: Path, **parts: str) -> Path:
    """A workbook of these parts: `sheet1` is the inside of its rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            where = "xl/sharedStrings.xml" if name == "strings" else f"xl/worksheets/{name}.xml"
            made.writestr(where, content)
    return path


def rows(inside: str) -> str:
    return f"{HEAD}<worksheet><sheetData>{inside}</sheetData></worksheet>"


def text_of(path: Path) -> list[str]:
    with path.open("rb") as file:
        return list(Workbook(file).sheets())


def test_that_a_workbook_of_openpyxl_gives_ids_prompts_and_what_was_rounded(
    reader: TextReader,
) -> None:
    reading = reader.file(BOOKS / "openpyxl.xlsx")
    assert said(reading) == [
        (A, '一只猫，在\n"湖"边\t走', "镜头一"),
        (B, "A fox & <two> hares", ""),
        ("task-unified-1761313744-vux2jw0k", "a lantern", ""),
    ]
    assert [(each.text, each.why) for each in reading.left_out] == [
        ("8.319223457192714e+17", "rounded")
    ]


def test_that_a_workbook_of_xlsxwriter_gives_rich_text_and_results_of_formulas(
    reader: TextReader,
) -> None:
    reading = reader.file(BOOKS / "xlsxwriter.xlsx")
    assert said(reading) == [(A, "rich", ""), (B, "formula", "")]
    assert [each.why for each in reading.left_out] == ["rounded"]
    inline = reader.file(BOOKS / "constant_memory.xlsx")
    assert said(inline) == [(A, "inline strings", "")]


def test_that_a_long_number_with_lost_digits_is_no_id(tmp_path: Path, reader: TextReader) -> None:
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="{kind}"><v>{value}</v></c><c r="B{n}"><v>1</v></c></row>'
        for n, (kind, value) in enumerate(
            [
                ("str", "task_id"),
                ("n", "831922345719271000"),  # 15 digits and noughts
                ("n", "831922345719271433"),  # written by a program that keeps them
                ("str", "831922345719272000"),  # a text
            ],
            1,
        )
    )
    reading = reader.file(book(tmp_path / "n.xlsx", sheet1=rows(cells)))
    assert [each.id for each in reading.found] == ["831922345719271433", "831922345719272000"]
    assert [(each.text, each.why) for each in reading.left_out] == [
        ("8.31922345719271E+17", "rounded")
    ]


def test_that_how_a_word_is_spoken_is_no_part_of_it(tmp_path: Path) -> None:
    strings = (
        f"{HEAD}<sst><si><t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh></si>"
        "<si><r><t>a</t></r><r><t xml:space='preserve'> b</t></r></si></sst>"
    )
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"/></row>'
    made = book(tmp_path / "s.xlsx", strings=strings, sheet1=rows(cells))
    assert text_of(made) == ["東京\ta b\t\n"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            HEAD
            + '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
            + "<worksheet><sheetData><row><c><v>&y;</v></c></row></sheetData></worksheet>",
            id="entities",
        ),
        pytest.param(
            HEAD + '<!DOCTYPE a SYSTEM "file:///etc/hostname"><worksheet/>', id="outside file"
        ),
        pytest.param(rows("<row><c><v>1</v></row>"), id="broken"),
        pytest.param(rows(" " * 30_000_000), id="bomb"),
        pytest.param("", id="empty"),
    ],
)
def test_that_a_hostile_sheet_is_refused(tmp_path: Path, reader: TextReader, content: str) -> None:
    made = book(tmp_path / "x.xlsx", sheet1=content)
    with pytest.raises(NotAWorkbook):
        text_of(made)
    with pytest.raises(UnreadableText) as told:
        reader.file(made)
    assert told.value.why is WhyUnreadable.NO_WORKBOOK


def test_that_what_unpacks_to_too_much_in_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = book(tmp_path / "x.xlsx", sheet1=rows("<row><c><v>1</v></c></row>" * 100))
    monkeypatch.setattr(texts, "MAX_CELLS", 99)
    with pytest.raises(NotAWorkbook, match="too many cells"):
        text_of(made)
    monkeypatch.setattr(texts, "MAX_CELLS", 100)
    monkeypatch.setattr(texts, "MAX_BYTES", 1000)
    with pytest.raises(NotAWorkbook, match="unpacks to too much"):
        text_of(made)


def test_that_every_cut_of_a_workbook_is_refused(tmp_path: Path) -> None:
    whole = (BOOKS / "xlsxwriter.xlsx").read_bytes()
    made = tmp_path / "cut.xlsx"
    for end in range(0, len(whole), 97):
        made.write_bytes(whole[:end])
        with pytest.raises(NotAWorkbook):
            text_of(made)


def test_that_a_changed_byte_gives_the_same_ids_or_a_refusal(tmp_path: Path) -> None:
    whole = (BOOKS / "xlsxwriter.xlsx").read_bytes()
    (good,) = text_of(BOOKS / "xlsxwriter.xlsx")
    made = tmp_path / "changed.xlsx"
    for at in range(0, len(whole), 41):
        made.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            told = text_of(made)
        except NotAWorkbook:
            continue
        assert told in ([good], [])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, WhyUnreadable.OLD_OFFICE),
        ("other.zip", b"PK\x05\x06" + b"\0" * 18, None),
        ("cut.xlsx", b"PK\x03\x04half", WhyUnreadable.NO_WORKBOOK),
    ],
)
def test_that_what_is_no_workbook_is_named(
    tmp_path: Path, reader: TextReader, name: str, content: bytes, why: WhyUnreadable | None
) -> None:
    (tmp_path / name).write_bytes(content)
    if why is None:
        assert reader.file(tmp_path / name) == Reading()
        return
    with pytest.raises(UnreadableText) as told:
        reader.file(tmp_path / name)
    assert told.value.why is why


def test_that_a_file_that_is_not_there_or_too_large_is_told(
    tmp_path: Path, reader: TextReader
) -> None:
    with pytest.raises(UnreadableText) as told:
        reader.file(tmp_path / "gone.txt")
    assert (told.value.why, told.value.detail) == (
        WhyUnreadable.SYSTEM,
        "No such file or directory",
    )
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(UnreadableText) as told:
        reader.file(large)
    assert told.value.why is WhyUnreadable.LARGE


def test_that_the_helper_gives_what_the_reader_gives(reader: TextReader) -> None:
    text = "\n".join(f"cgt-20260101000000-{n:05d}" for n in range(1200)) + "\n8.31922E+17\n"
    there = reader.text(text)
    assert [each.id for each in there.found][-1] == "cgt-20260101000000-01199"
    assert there.found[0] == Found("cgt-20260101000000-00000", 1, frozenset())
    assert [(each.text, each.line) for each in there.left_out] == [("8.31922E+17", 1201)]
    assert reader.text(memoryview(text.encode())) == there


def test_that_closing_ends_a_reading_at_once(reader: TextReader, tmp_path: Path) -> None:
    reader.close()
    with pytest.raises(UnreadableText) as told:
        reader.file(tmp_path / "x")
    assert told.value.why is WhyUnreadable.STOPPED


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_that_a_process_that_dies_in_the_middle_is_told(
    reader: TextReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.Popen

    def dying(words: list[str], **more: object) -> "subprocess.Popen[bytes]":
        killer = 'import os; print(\'{"found": [{"id": "x\'); os.kill(os.getpid(), 9)'
        return real([sys.executable, "-c", killer], **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr("rushes.system.helper.subprocess.Popen", dying)
    with pytest.raises(UnreadableText) as told:
        reader.text("x" * 100_000)
    assert told.value.why is WhyUnreadable.STOPPED
