"""What counts as a whole file of its kind, and what is refused with its reason."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes import assets
from rushes.core.task import ArtifactKind, Checked
from rushes.files import archive as archives
from rushes.files import movie
from rushes.files.filenames import EXTENSIONS
from rushes.files.verify import FileCheck, WrongFile, check_head, sniff, verify
from tests.files.media import IHDR, archive, box, glb, jpeg, mp4, png, png_of, webp

VIDEO, FRAME, MODEL = ArtifactKind.VIDEO, ArtifactKind.LAST_FRAME, ArtifactKind.MODEL
FULL, NONE = Checked.FULL, Checked.NONE
FTYP = box(b"ftyp", b"isom\0\0\0\0")
#: The boxes of a film, to be put together in another way.
FILM = mp4()
_AT = FILM.index(b"mdat") - 4
INDEX, MEDIA = FILM[24:_AT], FILM[_AT:]
_COUNT = FILM.index(b"stsz") + 12
MORE = FILM[:_COUNT] + b"\x01" + FILM[_COUNT + 1 :]
#: One track whose header and tables are all empty.
HEADLESS = FTYP + box(
    b"moov",
    box(b"trak", box(b"tkhd") + box(b"mdia", box(b"minf", box(b"stbl")))),
)
BUFFER = b'{"asset": {}, "buffers": [{"byteLength": 500}]} '
BIN = struct.pack("<I4s", 16, b"BIN\0") + bytes(16)
WIDE = struct.pack(">I", 99) + IHDR[4:]
PIXEL = (b"IDAT", zlib.compress(b"\0\x7f"))
TO_THE_END = FILM[:_AT] + bytes(4) + MEDIA[4:]


def verified(folder: Path, content: bytes, kind: ArtifactKind) -> FileCheck:
    file = folder / "file"
    file.write_bytes(content)
    return verify(file, kind)


@pytest.mark.parametrize(
    ("content", "kind", "ext"),
    [
        (mp4(), VIDEO, "mp4"),
        (mp4(), ArtifactKind.ORIGINAL_VIDEO, "mp4"),
        (mp4(brand=b"qt  "), VIDEO, "mov"),
        (mp4(brand=b"M4V "), VIDEO, "m4v"),
        (mp4() + box(b"free", bytes(9)), VIDEO, "mp4"),
        (TO_THE_END, VIDEO, "mp4"),
        (png(), FRAME, "png"),
        (jpeg(), FRAME, "jpg"),
        (jpeg() + bytes(7), FRAME, "jpg"),
        (webp(), FRAME, "webp"),
        (archive("model.glb", "textures/a.png"), MODEL, "zip"),
        (archive("model.usdc", "0/a.png"), MODEL, "usdz"),
        (archive("../evil.sh"), MODEL, "zip"),  # not unpacked, but whole
        (archive("C:\\win.txt"), MODEL, "zip"),
        (b"MZ" + bytes(900) + archive("a.glb"), MODEL, "zip"),
        (b"some words\n" + archive("a.glb"), MODEL, "zip"),
        (glb(), MODEL, "glb"),
        (glb(BIN, b'{"asset": {}, "buffers": [{"byteLength": 13}]}  '), MODEL, "glb"),
    ],
)
def test_that_a_whole_file_is_checked_and_gets_the_extension_of_its_content(
    tmp_path: Path, content: bytes, kind: ArtifactKind, ext: str
) -> None:
    assert verified(tmp_path, content, kind) == FileCheck(ext, FULL)


STL = struct.pack("<I", 2) + bytes(range(50)) * 2
XML = b'<?xml version="1.0"?>\n'
EBML = b"\x1a\x45\xdf\xa3\x8b\x42\x86\x81\x01\x42\x82\x84"
GLTF = b'{"asset": {"version": "2.0"}, "nodes": []}'
UNCHECKED = [
    ("picture for film", png(), VIDEO, "png"),
    ("film for picture", mp4(), FRAME, "mp4"),
    ("film for model", mp4(), MODEL, "mp4"),
    ("webm", EBML + b"webm" + bytes(40), VIDEO, "webm"),
    ("matroska", EBML + b"mkv!" + bytes(40), VIDEO, "mkv"),
    ("gif", b"GIF89a" + bytes(30) + b";", VIDEO, "gif"),
    ("avi", b"RIFF\x14\0\0\0AVI " + bytes(16), VIDEO, "avi"),
    ("mpeg ts", (b"G" + bytes(187)) * 4, VIDEO, "ts"),
    ("avif", box(b"ftyp", b"avif\0\0\0\0") + box(b"mdat", b"x"), FRAME, "avif"),
    ("film and 2 bytes", mp4() + b"ab", VIDEO, "mp4"),
    ("film and 1024 bytes", mp4() + bytes(1024), VIDEO, "mp4"),
    ("film and words", mp4() + b"and so on and so on", VIDEO, "mp4"),
    ("png longer", png() + b"x", FRAME, "png"),
    ("jpeg longer", jpeg() + b"x", FRAME, "jpg"),
    ("webp longer", webp() + b"x", FRAME, "webp"),
    ("glb longer", glb() + b"x", MODEL, "glb"),
    ("glb 1", b"glTF" + struct.pack("<I", 1) + glb()[8:], MODEL, "glb"),
    ("zip longer", archive("a.glb") + b"x", MODEL, "zip"),
    ("executable", b"MZ" + bytes(60), MODEL, "bin"),
    ("obj", b"# a cube\nmtllib cube.mtl\nv 1.0 -1.0 1e-3\nf 1 2 3\n", MODEL, "obj"),
    ("stl", b"solid cube\n  facet normal 0 0 1\n", MODEL, "stl"),
    ("gltf", GLTF, MODEL, "gltf"),
    ("collada", b"<?xml version='1.0'?>\n<COLLADA></COLLADA>\n", MODEL, "dae"),
    ("fbx", b"Kaydara FBX Binary  \0" + bytes(60), MODEL, "fbx"),
    ("usd as text", b"#usda 1.0\n(\n)\n", MODEL, "usda"),
    ("long text", b"word " * 20_000, MODEL, "txt"),
    ("text and then none", b"word " * 200 + bytes(60), MODEL, "bin"),
    ("stl with a bracket", b"[made by a tool]".ljust(80, b"\0") + STL, MODEL, "stl"),
    ("stl with a brace", b"{name: fox}".ljust(80) + STL, MODEL, "stl"),
    ("stl with a tag", b"solid <html> thing".ljust(80, b"\0") + STL, MODEL, "stl"),
    ("splat", b"{\x14\xae\x3f" + bytes(range(256)) * 4, MODEL, "bin"),
    ("collada with a prefix", XML + b"<n:COLLADA xmlns:n='x'></n:COLLADA>", MODEL, "dae"),
    ("collada and much", XML + b"<COLLADA></COLLADA><!-- " + b"x" * 2000 + b"-->", MODEL, "dae"),
    ("amf", XML + b"<amf unit='millimeter'><object id='0'/></amf>", MODEL, "amf"),
    ("3mf part", XML + b"<model unit='millimeter'><resources/></model>", MODEL, "xml"),
    ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>", FRAME, "svg"),
    ("empty svg", b"<svg width='1'/>", FRAME, "svg"),
    ("obj, indented", b"# made by x\no fox\n v 1 2 3\n\tv 2 3 4\n", MODEL, "obj"),
    ("obj with commas", b"v 1,0 2,0 3,0\nv 1,0 2,0 -3,5\n", MODEL, "obj"),
    ("off", b"OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", MODEL, "off"),
    ("points", b"0.1 0.2 0.3\n0.4 0.5 0.6\n", MODEL, "txt"),
    ("usd with a mark", b"\xef\xbb\xbf#usda 1.0\ndef Xform 'x' {}\n", MODEL, "usda"),
    ("fbx as text", b"; Some project\nFBXHeaderExtension:  {\n}\n", MODEL, "fbx"),
    ("ply of an old Mac", b"ply\rformat ascii 1.0\relement vertex 1\r", MODEL, "ply"),
    ("three.js", b'{"metadata": {"type": "Object"}, "geometries": [{"data": {}}]}', MODEL, "json"),
    ("playlist", b"#EXTM3U\n#EXTINF:2,\nseg0.ts\n#EXT-X-ENDLIST\n", VIDEO, "m3u8"),
    ("long JSON with a code", b'{"code": 1, "data": "' + b"x" * 2**16 + b'"}', MODEL, "json"),
]


@pytest.mark.parametrize(
    ("content", "kind", "ext"), [row[1:] for row in UNCHECKED], ids=[row[0] for row in UNCHECKED]
)
def test_that_what_cannot_be_checked_is_kept_as_it_came(
    tmp_path: Path, content: bytes, kind: ArtifactKind, ext: str
) -> None:
    found = verified(tmp_path, content, kind)
    assert (found.ext, found.checked, found.damage) == (ext, NONE, "")
    texts = ("obj", "stl", "gltf", "dae", "txt", "bin", "amf", "xml", "svg", "off", "json")
    assert found.why or ext in (*texts, "fbx", "m3u8")
    assert ext in EXTENSIONS


PAGES = [
    ("empty", b"", VIDEO, "an empty file came instead of a video"),
    ("html", b"<!DOCTYPE html><html><body>login", VIDEO, "a web page came"),
    ("html after space", b"\xef\xbb\xbf\n <HTML>", FRAME, "a web page came"),
    ("xml", b"<?xml version='1.0'?><Error/>", VIDEO, "an XML answer came"),
    ("json", b'{"error": 1}', MODEL, "a JSON answer came"),
    ("json with a box's name", b'{\n "uuid": 1, "code": 7}', VIDEO, "a JSON answer came"),
    ("json that was cut, for a film", b'{"id": "cgt', VIDEO, "a JSON answer came"),
    ("json without a word of an error", b'{"id": 1, "model": "m"}', FRAME, "a JSON answer came"),
    ("json of nothing", b"{}", MODEL, "a JSON answer came"),
    ("json, cut off", b'{"error": {"mess', MODEL, "a JSON answer came"),
    ("json of a gateway", b'{"ResponseMetadata": {"RequestId": 1}}', MODEL, "a JSON answer came"),
    ("xml of a store", b"<n:Error xmlns:n='x'><Code>NoSuchKey</Code>", MODEL, "an XML answer"),
    ("listing", b"<ListBucketResult><Name>x</Name></ListBucketResult>", MODEL, "an XML answer"),
    ("page without html", b"<head><title>Sign in</title></head>", MODEL, "a web page"),
    ("text of two lines", b"500 Internal Server Error\n\nGot 3 of 5\n", MODEL, "a text came"),
    ("text", b"hello", VIDEO, "a text came instead of a video"),
    ("zip of a page", archive("error.html", body=b"<html>"), MODEL, "only an error page"),
    ("zip of an answer", archive("a", body=b'{"code": 1}'), MODEL, "only an error page"),
    ("text with a box's name", b"the meta data is not there", VIDEO, "a text came"),
]


@pytest.mark.parametrize(
    ("content", "kind", "why"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES]
)
def test_that_only_a_plain_error_page_is_not_kept(
    tmp_path: Path, content: bytes, kind: ArtifactKind, why: str
) -> None:
    with pytest.raises(WrongFile, match=why):
        verified(tmp_path, content, kind)


DAMAGED = [
    ("no moov", FTYP + box(b"mdat", b"x" * 99), VIDEO, "no index"),
    ("only ftyp", FTYP, VIDEO, "no index"),
    ("junk moov", FTYP + box(b"moov", b"x" * 30) + MEDIA, VIDEO, "index is damaged"),
    ("empty moov", FTYP + box(b"moov", bytes(16)) + MEDIA, VIDEO, "names no pictures"),
    ("no mdat", FILM[:_AT], VIDEO, "did not come"),
    ("short box", mp4()[:-1], VIDEO, "cut off"),
    ("to its end and cut", TO_THE_END[:-1], VIDEO, "did not come"),
    ("media elsewhere", FTYP + box(b"free", b"x") + FILM[24:], VIDEO, "did not come"),
    ("more samples than chunks", MORE, VIDEO, "without a place"),
    ("no place for samples", FILM.replace(b"stco", b"free", 1), VIDEO, "without its tables"),
    ("no samples of chunks", FILM.replace(b"stsc", b"free", 1), VIDEO, "without its tables"),
    ("empty header of a track", HEADLESS, VIDEO, "index is damaged"),
    ("no codec", FILM.replace(b"stsd", b"free", 1), VIDEO, "without a codec"),
    ("box of 4", FTYP + struct.pack(">I4s", 4, b"moov"), VIDEO, "no index"),
    ("large beyond", FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63), VIDEO, "cut off"),
    ("large header cut", FTYP + struct.pack(">I4s", 1, b"moov"), VIDEO, "no index"),
    ("png cut", png()[:-1], FRAME, "cut off"),
    ("png changed", png()[:45] + b"?" + png()[46:], FRAME, "damaged"),
    ("jpeg cut", jpeg()[:-1], FRAME, "cut off"),
    ("webp cut", webp()[:-1], FRAME, "cut off"),
    ("webp of zeros", webp()[:12] + bytes(24), FRAME, "damaged"),
    ("glb of its header", glb()[:8] + struct.pack("<I", 12), MODEL, "no description"),
    ("glb of junk", glb(chunk=b"{\x01\x02\x03\x04}  "), MODEL, "description is none"),
    ("glb without its data", glb(chunk=BUFFER), MODEL, "needs 500 bytes"),
    ("glb with less data", glb(BIN, chunk=BUFFER), MODEL, "holds 16"),
    ("png of its end", png_of((b"IEND", b"")), FRAME, "header is missing"),
    ("png without pixels", png_of((b"IHDR", IHDR), (b"IEND", b"")), FRAME, "pixels are missing"),
    ("png with few", png_of((b"IHDR", WIDE), PIXEL, (b"IEND", b"")), FRAME, "pixels are missing"),
    ("png of no kind", png_of((b"IHDR", IHDR[:9] + b"\7" + IHDR[10:])), FRAME, "header is wrong"),
    ("png of junk", png_of((b"IHDR", IHDR), (b"IDAT", b"junk")), FRAME, "cannot be unpacked"),
    ("jpeg of nothing", b"\xff\xd8\xff\xd9", FRAME, "cut off"),
    ("jpeg of zeros", b"\xff\xd8\xff\xe0" + bytes(2000) + b"\xff\xd9", FRAME, "damaged"),
    ("jpeg with no pixels", jpeg().replace(b"\x5a", b"\0"), FRAME, "no pixels"),
    ("jpeg without a frame", jpeg().replace(b"\xff\xc0", b"\xff\xe1"), FRAME, "no frame"),
    ("webp of nothing", b"RIFF\4\0\0\0WEBP", FRAME, "damaged"),
    ("webp of zeros inside", webp()[:20] + bytes(16), FRAME, "no pixels"),
    ("gif cut", b"GIF89a" + bytes(30), VIDEO, "cut off"),
    ("avi cut", b"RIFF\x15\0\0\0AVI " + bytes(16), VIDEO, "cut off"),
    ("webm cut", EBML + b"webm\x18\x53\x80\x67\x89" + bytes(8), VIDEO, "cut off"),
    ("glb cut", glb()[:-1], MODEL, "cut off"),
    ("glb header", glb()[:11], MODEL, "cut off inside its header"),
    ("glb chunk", struct.pack("<4sIIII", b"glTF", 2, 20, 99, 0x4E4F534A), MODEL, "damaged"),
    ("glb of zeros", glb()[:20] + bytes(16), MODEL, "description"),
    ("zip cut", archive("a.glb")[:-30], MODEL, "no directory at its end"),
    ("zip empty", archive(), MODEL, "empty"),
    ("zip of folders", archive("a/"), MODEL, "empty"),
    ("zip inner", b"PK\x03\x04" + archive("a.glb")[60:], MODEL, "damaged"),
    ("zip changed", archive("a", body=b"y" * 99).replace(b"yyy", b"yzy", 1), MODEL, "unpacked"),
    ("zip cut in its comment", archive("a.glb")[:-2] + b"\x09\0abc", MODEL, "its comment"),
    ("gltf cut", GLTF[:-1], MODEL, "cut off"),
    ("collada cut", b"<?xml version='1.0'?>\n<COLLADA></COLL", MODEL, "cut off"),
]


@pytest.mark.parametrize(
    ("content", "kind", "why"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED]
)
def test_that_what_is_damaged_is_named_with_its_reason(
    tmp_path: Path, content: bytes, kind: ArtifactKind, why: str
) -> None:
    found = verified(tmp_path, content, kind)
    assert why in found.damage
    assert found.checked is NONE


def test_that_a_storm_of_boxes_is_kept_unread(tmp_path: Path) -> None:
    found = verified(tmp_path, FILM + box(b"free") * 100_001, VIDEO)
    assert (found.checked, found.damage) == (NONE, "")


def test_that_an_encrypted_archive_is_kept_unchecked(tmp_path: Path) -> None:
    content = bytearray(archive("a.glb"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert verified(tmp_path, bytes(content), MODEL).why == "the archive is encrypted"


def test_that_an_archive_that_unpacks_to_too_much_is_kept_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_MAX_CHECKED_BYTES", 150)
    content = archive("a.glb", "b.glb", body=b"x" * 80)
    assert "too large" in verified(tmp_path, content, MODEL).why


def test_that_an_archive_with_a_giant_directory_is_not_read(tmp_path: Path) -> None:
    content = bytearray(archive("a.glb"))
    end = content.index(b"PK\x05\x06")
    content[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    assert "longer than the file" in verified(tmp_path, bytes(content), MODEL).damage
    padded = bytearray(b"PK\x03\x04" + bytes(3 * 2**20) + content)
    padded[-10:-6] = (3 * 2**20).to_bytes(4, "little")
    assert "too many entries" in verified(tmp_path, bytes(padded), MODEL).why


@pytest.mark.parametrize("name", ["aurora.mp4", "dunes.mp4", "aurora.png", "vase.zip", "bowl.zip"])
def test_that_real_media_pass_whole_and_fail_one_byte_short(tmp_path: Path, name: str) -> None:
    file = assets.asset("media", name)
    kind = {"mp4": VIDEO, "png": FRAME, "zip": MODEL}[file.suffix[1:]]
    assert verify(file, kind) == FileCheck(file.suffix[1:], FULL)
    assert verified(tmp_path, file.read_bytes()[:-1], kind).damage


def test_that_a_web_page_is_known_by_its_first_bytes() -> None:
    with pytest.raises(WrongFile) as caught:
        check_head(b"<html>" + b" " * 600, VIDEO)
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


@pytest.mark.parametrize(
    ("sample", "good"),
    [
        (b"\x12\x00\x32\x01\xaa", True),  # a delimiter and a frame of one byte
        (b"\x30\xaa\xaa", True),  # a frame up to the end
        (b"\x12\x00\x32\x02\xaa", False),  # longer than the sample
        (b"\x12\x00", False),  # no frame
        (b"\xb2\x01\xaa", False),  # the bit that is never set
        (b"\x32\xff", False),  # cut inside its length
    ],
)
def test_that_the_units_of_an_av1_sample_have_to_add_up(sample: bytes, good: bool) -> None:
    assert movie.has_sound_obus(sample) is good
