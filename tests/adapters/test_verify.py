"""What counts as a whole file of its kind, and what is refused with its reason."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes import assets
from rushes.adapters.verify import WrongFile, check_head, sniff, verify
from rushes.core.task import ArtifactKind
from tests.adapters.media import archive, box, glb, jpeg, large_box, mp4, png, webp

VIDEO, FRAME, MODEL = ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME, ArtifactKind.MODEL
FTYP = box(b"ftyp", b"isom\0\0\0\0")
MOOV = box(b"moov", b"x" * 30)


def verified(folder: Path, content: bytes, kind: ArtifactKind) -> str:
    file = folder / "file"
    file.write_bytes(content)
    return verify(file, kind)


@pytest.mark.parametrize(
    ("content", "kind", "ext"),
    [
        (mp4(), VIDEO, "mp4"),
        (mp4(), ArtifactKind.ORIGINAL_VIDEO, "mp4"),
        (mp4(brand=b"qt  "), VIDEO, "mov"),
        (FTYP + large_box(b"mdat", b"x" * 40) + MOOV, VIDEO, "mp4"),
        (FTYP + MOOV + struct.pack(">I4s", 0, b"mdat") + b"x" * 40, VIDEO, "mp4"),
        (FTYP + box(b"free") + MOOV + box(b"moof") + box(b"mdat", b"x"), VIDEO, "mp4"),
        (png(), FRAME, "png"),
        (jpeg(), FRAME, "jpg"),
        (jpeg() + bytes(7), FRAME, "jpg"),
        (webp(), FRAME, "webp"),
        (archive("model.glb", "textures/a.png"), MODEL, "zip"),
        (glb(), MODEL, "glb"),
    ],
)
def test_that_a_whole_file_gets_the_extension_of_its_content(
    tmp_path: Path, content: bytes, kind: ArtifactKind, ext: str
) -> None:
    assert verified(tmp_path, content, kind) == ext


BAD = [
    ("empty", b"", VIDEO, "an empty file came instead of a video"),
    ("html", b"<!DOCTYPE html><html><body>login", VIDEO, "a web page came"),
    ("html after space", b"\xef\xbb\xbf\n <HTML>", FRAME, "a web page came"),
    ("xml", b"<?xml version='1.0'?><Error/>", VIDEO, "an XML answer came"),
    ("json", b'{"error": 1}', MODEL, "a JSON answer came"),
    ("text", b"hello", VIDEO, "something unknown came"),
    ("png for video", png(), VIDEO, "a .png file came instead of a video"),
    ("video for frame", mp4(), FRAME, "a .mp4 file came instead of an image"),
    ("video for model", mp4(), MODEL, "a .mp4 file came instead of a 3D model"),
    ("webm", b"\x1a\x45\xdf\xa3" + bytes(40), VIDEO, "something unknown"),
    ("executable", b"MZ" + bytes(60), MODEL, "something unknown"),
    ("moov first", MOOV + FTYP, VIDEO, "something unknown"),
    ("no moov", FTYP + box(b"mdat", b"x" * 99), VIDEO, "no index"),
    ("short box", mp4()[:-1], VIDEO, "cut off"),
    ("only ftyp", FTYP, VIDEO, "no index"),
    ("rest behind", mp4() + b"abc", VIDEO, "cut off inside a box header"),
    ("junk behind", mp4() + b"\0\0\0\x01junk" + bytes(20), VIDEO, "impossible size"),
    ("box of 4", FTYP + struct.pack(">I4s", 4, b"moov"), VIDEO, "impossible size"),
    ("large of 8", FTYP + struct.pack(">I4sQ", 1, b"moov", 8), VIDEO, "impossible size"),
    ("large beyond", FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63), VIDEO, "cut off"),
    ("large header cut", FTYP + struct.pack(">I4s", 1, b"moov"), VIDEO, "impossible size"),
    ("box storm", FTYP + MOOV + box(b"free") * 100_001, VIDEO, "too many boxes"),
    ("png cut", png()[:-1], FRAME, "cut off"),
    ("png longer", png() + b"x", FRAME, "cut off"),
    ("jpeg cut", jpeg()[:-1], FRAME, "cut off"),
    ("webp cut", webp()[:-1], FRAME, "cut off"),
    ("webp longer", webp() + b"x", FRAME, "cut off"),
    ("glb cut", glb()[:-1], MODEL, "cut off"),
    ("glb longer", glb() + b"x", MODEL, "cut off"),
    ("glb header", glb()[:15], MODEL, "cut off inside its header"),
    ("glb 1", b"glTF" + struct.pack("<I", 1) + glb()[8:], MODEL, "not binary glTF 2"),
    ("glb chunk", struct.pack("<4sIIII", b"glTF", 2, 20, 99, 0x4E4F534A), MODEL, "cut off"),
    ("zip cut", archive("a.glb")[:-30], MODEL, "no directory at its end"),
    ("zip empty", archive(), MODEL, "something unknown"),
    ("zip of folders", archive("a/"), MODEL, "empty"),
    ("zip up", archive("../evil.sh"), MODEL, "leads out"),
    ("zip up inside", archive("a/../../evil"), MODEL, "leads out"),
    ("zip up windows", archive("a\\..\\..\\evil"), MODEL, "leads out"),
    ("zip root", archive("/etc/passwd"), MODEL, "leads out"),
    ("zip drive", archive("C:\\win.txt"), MODEL, "leads out"),
    ("zip share", archive("\\\\host\\x"), MODEL, "leads out"),
    ("zip head lost", archive("a.glb", body=b"y" * 99)[40:], MODEL, "something unknown"),
    ("zip inner", b"PK\x03\x04" + archive("a.glb")[60:], MODEL, "damaged"),
]


@pytest.mark.parametrize(
    ("content", "kind", "why"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_that_anything_else_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, kind: ArtifactKind, why: str
) -> None:
    with pytest.raises(WrongFile, match=why):
        verified(tmp_path, content, kind)


def test_that_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    content = bytearray(archive("a.glb"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(WrongFile, match="encrypted"):
        verified(tmp_path, bytes(content), MODEL)


def test_that_an_archive_with_a_giant_directory_is_not_read(tmp_path: Path) -> None:
    content = bytearray(archive("a.glb"))
    end = content.index(b"PK\x05\x06")
    content[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    with pytest.raises(WrongFile, match="too many entries"):
        verified(tmp_path, bytes(content), MODEL)


@pytest.mark.parametrize("name", ["aurora.mp4", "dunes.mp4", "aurora.png", "vase.zip", "bowl.zip"])
def test_that_real_media_pass_whole_and_fail_one_byte_short(tmp_path: Path, name: str) -> None:
    file = assets.asset("media", name)
    kind = {"mp4": VIDEO, "png": FRAME, "zip": MODEL}[file.suffix[1:]]
    assert verify(file, kind) == file.suffix[1:]
    with pytest.raises(WrongFile):
        verified(tmp_path, file.read_bytes()[:-1], kind)


def test_that_a_web_page_is_known_by_its_first_bytes() -> None:
    with pytest.raises(WrongFile) as caught:
        check_head(b"<html>" + bytes(600), VIDEO)
    assert caught.value.found == "html"


@given(st.binary(max_size=200), st.sampled_from(list(ArtifactKind)))
def test_that_no_beginning_raises_anything_but_wrong_file(head: bytes, kind: ArtifactKind) -> None:
    sniff(head)
    with suppress(WrongFile):
        check_head(head, kind)


def test_that_nothing_in_a_damaged_directory_raises_anything_but_wrong_file(
    tmp_path: Path,
) -> None:
    """Every byte of the directory in turn: offsets before the start, names without a letter, …"""
    whole = archive("a.glb", "b/c.png")
    for at in range(whole.index(b"PK\x01\x02"), len(whole)):
        for byte in (0x00, 0x01, 0x7F, 0xFF):
            content = bytearray(whole)
            content[at : at + 4] = bytes([byte]) * len(content[at : at + 4])
            with suppress(WrongFile):
                verified(tmp_path, bytes(content), MODEL)


@given(
    start=st.sampled_from([mp4(), png(), webp(), glb(), archive("a.glb")]),
    at=st.integers(0, 200),
    junk=st.binary(max_size=30),
)
def test_that_a_damaged_file_raises_nothing_but_wrong_file(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, at: int, junk: bytes
) -> None:
    content = start[:at] + junk + start[at + len(junk) :]
    folder = tmp_path_factory.getbasetemp()
    for kind in (VIDEO, FRAME, MODEL):
        with suppress(WrongFile):
            verified(folder, content, kind)
