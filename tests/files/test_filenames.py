"""Names that are safe on every platform, whatever was asked for (T9)."""

import unicodedata
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathvalidate import Platform, is_valid_filename

from rushes.files.filenames import (
    MAX_PART_BYTES,
    cut,
    folded,
    numbered,
    safe_part,
    safe_path,
    with_extension,
)

#: asked for → what stands on disk
NAMES = {
    "take 3": "take 3",
    "雨夜の街": "雨夜の街",
    "a/b": "a_b",
    "a\\b": "a_b",
    "a:b": "a_b",
    "a*b?": "a_b_",
    'a"b<c>d|e': "a_b_c_d_e",
    "..": "",
    ".": "",
    "...": "",
    "": "",
    "   ": "",
    "\0": "",
    ".hidden": "hidden",
    "-rf": "rf",
    "--output=x": "output=x",
    " .- x": "x",
    "x.": "x",
    "x. . .": "x",
    "x ": "x",
    "x\u3000": "x",
    "a\tb": "a b",
    "a\r\nb": "a  b",
    "a\x1b[31mb": "a[31mb",
    "a\x7fb": "ab",
    "a\x85b": "a b",
    "a\x00b": "ab",
    "\u202egnp.exe": "gnp.exe",
    "a\u2066b\u2069": "ab",
    "a\u200bb": "ab",
    "a\u200db": "ab",
    "a\ufeffb": "ab",
    "a\u00adb": "ab",
    "a\u2028b": "a b",
    "a\u034fb": "ab",
    "a\u3164b": "ab",
    "a\ufe0fb": "ab",
    "a\U000e0041b": "ab",
    "a\ud800b": "ab",
    "a\ufffeb": "ab",
    "a\ue000b": "ab",
    "e\u0301": "é",
    "\u1112\u1161\u11ab": "한",
    "CON": "CON_",
    "con": "con_",
    "Con.tar": "Con_.tar",
    "CON .txt": "CON_.txt",
    "con.": "con_",
    " con ": "con_",
    "PRN": "PRN_",
    "aux.h": "aux_.h",
    "NUL": "NUL_",
    "nul.mp4.zip": "nul_.mp4.zip",
    "COM1": "COM1_",
    "com9.log": "com9_.log",
    "COM0": "COM0_",
    "LPT1": "LPT1_",
    "lpt¹": "lpt¹_",
    "COM²": "COM²_",
    "CONIN$": "CONIN$_",
    "conout$.x": "conout$_.x",
    "CLOCK$": "CLOCK$_",
    "console": "console",
    "C:": "C_",
    "C:\\Windows\\win.ini": "C__Windows_win.ini",
    "\\\\?\\C:\\x": "____C__x",
    "file::$DATA": "file__$DATA",
    "~root": "~root",
    "$HOME": "$HOME",
    "%APPDATA%": "%APPDATA%",
    "a;rm -rf b": "a;rm -rf b",
    "{id}%s%n": "{id}%s%n",
    "<b>x</b>": "_b_x__b_",
    "x" * 300: "x" * 180,
    "夜" * 100: "夜" * 60,
    "👩\u200d👩\u200d👧": "👩👩👧",
    "\u0301x": "\u0301x",
}


@pytest.mark.parametrize(("asked", "name"), NAMES.items(), ids=[ascii(n)[:40] for n in NAMES])
def test_that_a_hostile_name_becomes_a_harmless_one(asked: str, name: str) -> None:
    assert safe_part(asked) == name


RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"
}


def is_portable(name: str) -> bool:
    """By the rules of all three platforms, as others wrote them down."""
    return (
        is_valid_filename(name, platform=Platform.UNIVERSAL, max_len=MAX_PART_BYTES)
        and name.partition(".")[0].rstrip().upper() not in RESERVED
        and PureWindowsPath(name).name == name
        and PurePosixPath(name).name == name
        and name[-1] not in " ."
        and name[0] not in " .-"
        and unicodedata.is_normalized("NFC", name)
        and all(unicodedata.category(c)[0] != "C" for c in name)
        and len(name.encode()) <= MAX_PART_BYTES
    )


hostile = st.text(
    alphabet=st.one_of(
        st.characters(codec=None),
        st.sampled_from('/\\:*?"<>|. -_conpraulCOM1$\u202e\u200b\u200d\u0301🇩🇪👍🏽'),
    ),
    max_size=260,
)


@given(hostile)
def test_that_any_text_gives_a_portable_name_or_none(text: str) -> None:
    name = safe_part(text)
    assert name == "" or is_portable(name)
    assert safe_part(name) == name


@given(hostile, st.sampled_from(["mp4", "png", "zip"]))
def test_that_any_rendered_path_stays_below_its_folder(text: str, ext: str) -> None:
    path = safe_path(text, ext)
    assert not path.is_absolute()
    assert all(is_portable(part) for part in path.parts)
    assert path.suffix == f".{ext}"


def test_that_only_known_endings_are_given() -> None:
    with pytest.raises(ValueError, match="exe"):
        safe_path("virus.exe", "exe")
    assert safe_path("virus.exe", "mp4") == PurePosixPath("virus.exe.mp4")


@pytest.mark.parametrize(
    ("text", "size", "kept"),
    [
        ("abc", 2, "ab"),
        ("né", 2, "n"),
        ("ne\u0301", 3, "n"),
        ("ne\u0301", 4, "ne\u0301"),
        ("a👍🏽", 8, "a"),
        ("a👍🏽", 9, "a👍🏽"),
        ("🇩🇪🇫🇷", 12, "🇩🇪"),
        ("", 5, ""),
    ],
)
def test_that_a_cut_splits_no_visible_character(text: str, size: int, kept: str) -> None:
    assert cut(text, size) == kept


def test_that_cutting_does_not_make_a_reserved_name() -> None:
    assert safe_part("con" + " " * MAX_PART_BYTES + "x") == "con_"


@pytest.mark.parametrize(
    ("name", "ext", "path"),
    [
        ("a.mp4", "mov", "a.mov"),
        ("a.JPEG", "jpg", "a.jpg"),
        ("a.png", "png", "a.png"),
        ("take v1.2", "mp4", "take v1.2.mp4"),
        ("a", "zip", "a.zip"),
    ],
)
def test_that_the_ending_follows_the_content(name: str, ext: str, path: str) -> None:
    assert with_extension(Path(name), ext) == Path(path)


def test_that_numbers_keep_the_ending_and_the_limit() -> None:
    first = [p.name for p in islice(numbered(Path("a.b.mp4")), 3)]
    assert first == ["a.b.mp4", "a.b (2).mp4", "a.b (3).mp4"]
    long = list(islice(numbered(Path("夜" * 58 + ".mp4")), 2))[1].name
    assert long.endswith(" (2).mp4")
    assert len(long.encode()) <= MAX_PART_BYTES


def test_that_case_and_composition_do_not_tell_names_apart() -> None:
    assert folded("Ä.MP4") == folded("a\u0308.mp4")
    assert folded("straße") == folded("STRASSE")
