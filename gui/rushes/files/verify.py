"""What a downloaded file is, and whether it is whole, by its content alone.

Names, content types and extensions of the other side are not looked at. Only what is plainly an
error page is thrown away: everything else was paid for, whatever it is.
"""

import json
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rushes.core.task import ArtifactKind, Checked
from rushes.files import Damaged, Uncheckable, archive, movie

#: As many first bytes as `sniff` looks at.
HEAD_BYTES = 512

_PAGES = frozenset({"html", "xml", "json", "text"})
_MOVIES = frozenset({"mp4", "m4v", "mov", "m4a", "3gp"})
_IMAGES = frozenset({"png", "jpg", "webp"})
#: What may come in the place of a film and is none.
NO_FILMS = _IMAGES | {"avif", "heic", "m4a", "mp3", "wav"}
#: What can be checked in full, by what was promised. A whole picture in place of a film is kept,
#: but nobody is told that all is well.
_PROMISED: Mapping[ArtifactKind, frozenset[str]] = {
    ArtifactKind.VIDEO: _MOVIES,
    ArtifactKind.ORIGINAL_VIDEO: _MOVIES,
    ArtifactKind.LAST_FRAME: _IMAGES,
    ArtifactKind.MODEL: frozenset({"zip", "usdz", "glb"}),
}
_WANTED = {
    ArtifactKind.VIDEO: "a video",
    ArtifactKind.ORIGINAL_VIDEO: "a video",
    ArtifactKind.LAST_FRAME: "an image",
    ArtifactKind.MODEL: "a 3D model",
}
_CAME = {"html": "a web page", "xml": "an XML answer", "json": "a JSON answer", "text": "a text"}

#: The first of these that a file begins with.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"glTF", "glb"),
    (b"FLV\x01", "flv"),
    (b"\0\0\x01\xba", "mpg"),
    (b"Kaydara FBX Binary", "fbx"),
    (b"; FBX ", "fbx"),
    (b"PXR-USDC", "usdc"),
    (b"#usda ", "usda"),
    (b"ply\n", "ply"),
    (b"ply\r", "ply"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
_RIFF = {b"WEBP": "webp", b"AVI ": "avi", b"WAVE": "wav"}
_BRANDS = {
    b"qt  ": "mov",
    b"M4V ": "m4v",
    b"M4VH": "m4v",
    b"M4VP": "m4v",
    b"M4A ": "m4a",
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"mif1": "heic",
}
_TEXT = re.compile(rb"[^\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]*")
_BOM = b"\xef\xbb\xbf"
_NUMBER = rb"[-+]?[.,]?\d[\d.,]*([eE][-+]?\d+)?"
_OBJ = re.compile(rb"^[ \t]*(v|vn|vt)([ \t]+%b){2,}" % _NUMBER, re.MULTILINE)
_STL = re.compile(rb"solid[^\n]*\n\s*(facet|endsolid)", re.IGNORECASE)
#: Three numbers in a row: points, colours, faces. No error message has a line of them.
_NUMBERS = re.compile(rb"^[ \t]*%b([ \t]+%b){2,}[ \t\r]*$" % (_NUMBER, _NUMBER), re.MULTILINE)
#: What the texts of these kinds have at or near their beginning.
_TEXT_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (_OBJ, "obj"),
    (re.compile(rb"\A" + _STL.pattern, re.IGNORECASE), "stl"),
    (re.compile(rb"^FBXHeaderExtension:", re.MULTILINE), "fbx"),
    (re.compile(rb"\A(ST)?C?N?4?n?OFF\b"), "off"),
    (re.compile(rb"\A#EXTM3U\b"), "m3u8"),
)
#: The first element of an XML text: its name with and without prefix, and whether that is all.
_ROOT = re.compile(rb"<(?P<tag>(?:[\w.-]+:)?(?P<name>[A-Za-z_][\w.-]*))\b[^<>]*?(?P<end>/?)>")
_XML_KINDS = {b"collada": "dae", b"x3d": "x3d", b"amf": "amf", b"svg": "svg"}
#: Elements of an object store's or a gateway's error answer, and of no model.
_XML_ERROR = re.compile(
    rb"<(?:[\w.-]+:)?(?:\w*(?:error|fault|exception|response|result)s?|code|message)\b",
    re.IGNORECASE,
)
#: Names in the object of an error answer, and of no model.
_ERROR_NAME = re.compile(
    r"\w*(error|fault|exception|message|status|response)\w*|err\w*|msg|(\w+_)?code|details?|reason"
    r"|success|ok|request_?id",
    re.IGNORECASE,
)
_JSON_NAME = re.compile(rb'"(\w{1,64})"\s*:')

#: A text of this size or more is no error answer.
_TEXT_BYTES = 64 * 2**10
#: A JSON text of more than this is not read.
_JSON_BYTES = 4 * 2**20
_PADDING = b" \0\r\n\t"
_TS_PACKET = 188
_BEHIND_BYTES = 1024
#: An archive of more files than this holds something else than error pages.
_FEW = 4
#: A picture of more pixels than this is not unpacked: it would take seconds.
_MAX_PIXEL_BYTES = 256 * 2**20
#: Samples of a pixel by the colour type of a PNG, and the depths that go with it (PNG 11.2.2).
_PNG_COLOURS = {
    0: (1, (1, 2, 4, 8, 16)),
    2: (3, (8, 16)),
    3: (1, (1, 2, 4, 8)),
    4: (2, (8, 16)),
    6: (4, (8, 16)),
}
#: First column and row, and steps, of the seven passes of an interlaced PNG (PNG 8.2).
_ADAM7 = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


class WrongFile(Exception):
    """Plainly an error page. `args[0]` is one sentence fragment that says why.

    Attributes:
        found: What `sniff` called it.
    """

    def __init__(self, why: str, found: str = "") -> None:
        super().__init__(why)
        self.found = found


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What is to be kept.

    Attributes:
        ext: The extension that its content calls for.
        checked: FULL only where everything that the container promises is there.
        damage: What is missing or wrong, as a sentence fragment; "" where nothing is.
        why: Why it was not checked in full, for the log.
    """

    ext: str
    checked: Checked = Checked.NONE
    damage: str = ""
    why: str = ""


def sniff(head: bytes) -> str:
    """What the first bytes are: an extension, "html", "xml", "json", "text" or ""."""
    # A text may have such a word in this place, too: its first letters are a giant length.
    if head[4:8] in movie.TOP_LEVEL and (head[0] < 0x10 or head[4:8] == b"mdat"):
        return _sniff_movie(head)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else "mkv"
    plain = head.removeprefix(_BOM)
    for mark, ext in _BEGINNINGS:
        if plain.startswith(mark):
            return ext
    packets = head[::_TS_PACKET]
    if len(packets) > 1 and not packets.strip(b"\x47"):
        return "ts"
    return _sniff_text(head)


def _sniff_movie(head: bytes) -> str:
    """By the brand, also behind other boxes. Films without one are older than brands: QuickTime."""
    at = 0
    while len(head) - at >= 12:
        if head[at + 4 : at + 8] in (b"ftyp", b"styp"):
            brand = head[at + 8 : at + 12]
            return "3gp" if brand.startswith(b"3g") else _BRANDS.get(brand, "mp4")
        length = int.from_bytes(head[at : at + 4], "big")
        if length < 8:
            break
        at += length
    return "mp4" if head[4:8] == b"moof" else "mov"


def _sniff_text(head: bytes) -> str:
    """Whether it is a text comes first: some models begin with bytes that say nothing."""
    text = head.removeprefix(_BOM).lstrip()[:HEAD_BYTES].lower()
    if not text or not _TEXT.fullmatch(text):
        return ""
    if b"<html" in text or text.startswith((b"<!doctype html", b"<head>", b"<body")):
        return "html"
    if text.startswith(b"<"):
        return "xml"
    return "json" if text.startswith((b"{", b"[")) else "text"


def check_head(head: bytes, kind: ArtifactKind) -> None:
    """Look at the beginning of a file that may have gigabytes to come.

    Raises:
        WrongFile: a web page begins here.
    """
    if (found := sniff(head)) == "html":
        raise _wrong(found, kind)


def _wrong(found: str, kind: ArtifactKind) -> WrongFile:
    return WrongFile(f"{_CAME[found]} came instead of {_WANTED[kind]}", found)


def verify(path: Path, kind: ArtifactKind) -> FileCheck:
    """Check a complete file. Blocks: all of it may be read, a zip unpacked in memory.

    Raises:
        WrongFile: it is plainly an error page, or empty.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(HEAD_BYTES)
        if not head:
            raise WrongFile(f"an empty file came instead of {_WANTED[kind]}")
        ext = sniff(head)
        if ext in _PAGES | {""} and archive.is_zip(file, size):
            ext = "zip"  # with something in front of it, as self-extracting ones have
        if ext in _PAGES:
            return _text(file, size, ext, kind)
        return _judged(file, size, ext or ("stl" if _is_stl(file, size) else "bin"), kind)


def _judged(file: BinaryIO, size: int, ext: str, kind: ArtifactKind) -> FileCheck:
    try:
        found = _check(file, size, ext, kind)
    except Damaged as e:
        return FileCheck(ext, damage=str(e))
    except Uncheckable as e:
        return FileCheck(ext, why=str(e))
    if found not in _PROMISED[kind]:
        return FileCheck(found, why=f"a .{found} file came instead of {_WANTED[kind]}")
    return FileCheck(found, Checked.FULL)


def _check(file: BinaryIO, size: int, ext: str, kind: ArtifactKind) -> str:
    """Returns the extension of a whole file; raises `Damaged`, `Uncheckable` or `WrongFile`."""
    match ext:
        case "mp4" | "m4v" | "mov" | "m4a" | "3gp":
            movie.check(file, size)
        case "avif" | "heic":
            movie.walk(file, size)
            raise Uncheckable("such pictures cannot be checked")
        case "glb":
            _check_glb(file, size)
        case "zip":
            names = archive.check(file, size)
            inside = archive.beginnings(file, _FEW, _TEXT_BYTES)
            if inside and all(_is_page(text, kind) for text in inside):
                raise WrongFile(f"an archive with only an error page came, not {_WANTED[kind]}")
            return "usdz" if names[0].lower().endswith((".usda", ".usdc", ".usd")) else "zip"
        case "png":
            _check_png(file, size)
        case "jpg":
            _check_jpeg(file, size)
            _check_ending(file, size, b"\xff\xd9", "the image")
        case "webp":
            _check_webp(file, size)
        case "gif":
            _check_ending(file, size, b";", "the picture")
            raise Uncheckable("such pictures cannot be checked")
        case "avi":
            _check_told(_riff_end(file), size)
        case "webm" | "mkv":
            _check_told(_matroska_end(file), size)
    if ext in _MOVIES | _IMAGES | {"glb"}:
        return ext
    raise Uncheckable("its kind cannot be checked here")


def _is_stl(file: BinaryIO, size: int) -> bool:
    """A binary STL begins with nothing of its own: 80 free bytes, then a count of 50 bytes each."""
    file.seek(80)
    count = int.from_bytes(file.read(4), "little")
    return count > 0 and size == 84 + 50 * count


# --- one kind each ---------------------------------------------------------------------------


def _check_glb(file: BinaryIO, size: int) -> None:
    """Source: glTF 2.0, 4.4 (12 bytes of header, then chunks, the first one JSON)."""
    file.seek(0)
    header = file.read(12)
    if len(header) < 12:
        raise Damaged("the model is cut off inside its header")
    _, version, length = struct.unpack("<4sII", header)
    if version != 2:
        raise Uncheckable("the model is not binary glTF 2")
    if length > size:
        raise Damaged(f"the model is cut off: its header says {length} bytes and {size} came")
    if length < 20:
        raise Damaged("the model is damaged: it has no description")
    at, needed, held = 12, 0, 0
    while at < length:
        file.seek(at)
        chunk, name = struct.unpack("<I4s", file.read(8).ljust(8, b"\0"))
        if at + 8 + chunk > length or (at == 12) != (name == b"JSON"):
            raise Damaged("the model is damaged: its chunks are not where its header says")
        if name == b"JSON":
            needed = _glb_buffer(file, chunk)
        if name == b"BIN\0" and not held:
            held = chunk
        at += 8 + chunk
    if needed > held:
        raise Damaged(f"the model is damaged: it needs {needed} bytes of data and holds {held}")
    if length < size:
        raise Uncheckable(f"{size - length} bytes stand behind the model")


def _glb_buffer(file: BinaryIO, length: int) -> int:
    """How many bytes of its own data the description at this place needs.

    Source: glTF 2.0, 3.6.1.2 (the first buffer, if it has no address, lies in the file).
    """
    if length > _JSON_BYTES:
        ends = file.read(1) + _last_bytes(file, file.tell() - 1 + length, 64).rstrip(_PADDING)[-1:]
        if ends != b"{}":
            raise Damaged("the model is damaged: its description is none")
        raise Uncheckable("the model's description is too long to be read")
    try:
        text = file.read(length).rstrip(_PADDING).decode("utf-8-sig", "replace")
        found = json.loads(text, strict=False)
        if not isinstance(found["asset"], dict):
            raise TypeError
        first = (found.get("buffers") or [{}])[0]
        is_elsewhere = "uri" in first or "extensions" in first  # of some nothing is in the file
        return 0 if is_elsewhere else int(first.get("byteLength", 0))
    except (ValueError, RecursionError, TypeError, LookupError, AttributeError, OverflowError) as e:
        raise Damaged("the model is damaged: its description is none") from e


def _check_png(file: BinaryIO, size: int) -> None:
    """Every chunk has its CRC, and the pixels are all there. Source: PNG 5.3, 10.1."""
    at, name, pixels = 8, b"", _Pixels()
    while name != b"IEND":
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8).ljust(8, b"\0"))
        if at + 12 + length > size:
            raise Damaged("the image is cut off")
        crc = zlib.crc32(name)
        if at == 8:
            pixels.begin(name, file.read(length) if length == 13 else b"")
            file.seek(at + 8)
        for data in _blocks(file, length):
            crc = zlib.crc32(data, crc)
            if name == b"IDAT":
                pixels.feed(data)
        if file.read(4) != crc.to_bytes(4, "big"):
            raise Damaged("the image is damaged")
        at += 12 + length
    if pixels.left > 0:
        raise Damaged("the image is damaged: pixels are missing")
    if at < size:
        raise Uncheckable(f"{size - at} bytes stand behind the image")


class _Pixels:
    """Counts what comes out of the packed pixels of a PNG.

    Attributes:
        left: Bytes that have not come yet.
    """

    def __init__(self) -> None:
        self.left = 0
        self._zip = zlib.decompressobj()

    def begin(self, name: bytes, header: bytes) -> None:
        if name != b"IHDR" or not header:
            raise Damaged("the image is damaged: its header is missing")
        width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
        samples, depths = _PNG_COLOURS.get(colour, (0, ()))
        if not width or not height or depth not in depths:
            raise Damaged("the image is damaged: its header is wrong")
        for x, y, right, down in _ADAM7 if interlaced else ((0, 0, 1, 1),):
            columns, rows = -((x - width) // right), -((y - height) // down)
            if columns > 0 and rows > 0:
                self.left += rows * (1 + (columns * samples * depth + 7) // 8)

    def feed(self, data: bytes) -> None:
        if self.left > _MAX_PIXEL_BYTES:
            raise Uncheckable("the image is too large to be unpacked")
        try:
            while data and self.left > 0 and not self._zip.eof:
                self.left -= len(self._zip.decompress(data, 2**18))
                data = self._zip.unconsumed_tail
        except zlib.error as e:
            raise Damaged("the image is damaged: its pixels cannot be unpacked") from e


def _check_jpeg(file: BinaryIO, size: int) -> None:
    """It has a frame, and a scan with something in it. Source: ITU T.81, B.1 and B.2."""
    at, has_frame = 2, False
    while True:
        file.seek(at)
        header = file.read(4)
        if len(header) < 4:
            raise Damaged("the image is cut off")
        if header[:2] == b"\xff\xff":  # padding before a marker
            at += 1
            continue
        mark, length = header[1], int.from_bytes(header[2:], "big")
        if header[0] != 0xFF or length < 2 or 0xD0 <= mark <= 0xD9:
            raise Damaged("the image is damaged")
        has_frame = has_frame or (0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC))
        at += 2 + length
        if mark == 0xDA:
            break
    if not has_frame:
        raise Damaged("the image is damaged: it has no frame")
    file.seek(at)
    for data in _blocks(file, size - at):
        if found := data.lstrip(b"\0"):
            if found.startswith(b"\xff\xd9"):
                break
            return
    raise Damaged("the image is damaged: it has no pixels")


def _check_webp(file: BinaryIO, size: int) -> None:
    """Its chunks fill it. Source: WebP container specification, "RIFF file format"."""
    end = _riff_end(file)
    _check_told(end, size)
    at, has_picture = 12, False
    while at < end:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
        start = file.read(10)
        # RFC 6386, 9.1 (a key frame and its mark); the lossless format, 3 (its first byte).
        is_lossy = name == b"VP8 " and start[3:6] == b"\x9d\x01\x2a"
        is_lossless = name == b"VP8L" and start[:1] == b"\x2f" and length > 5
        if name in (b"VP8 ", b"VP8L") and not is_lossy and not is_lossless:
            raise Damaged("the image is damaged: it has no pixels")
        has_picture = has_picture or is_lossy or is_lossless or name == b"ANMF"
        if at == 12 and name not in (b"VP8 ", b"VP8L", b"VP8X"):
            raise Damaged("the image is damaged")
        at += 8 + length + length % 2
    if at not in (end, end + 1) or not has_picture:  # some leave out the last padding
        raise Damaged("the image is damaged")
    if end < size:
        raise Uncheckable(f"{size - end} bytes stand behind the image")


def _check_ending(file: BinaryIO, size: int, mark: bytes, what: str) -> None:
    """The format's own end has to be there; a little behind it is no harm."""
    tail = _last_bytes(file, size, _BEHIND_BYTES)
    if tail.rstrip(b"\0").endswith(mark):
        return
    if len(mark) == 1 or mark not in tail:
        raise Damaged(f"{what} is cut off")
    raise Uncheckable(f"some bytes stand behind {what}")


def _check_told(end: int, size: int) -> None:
    if end > size:
        raise Damaged(f"the file is cut off: it says {end} bytes and {size} came")


def _riff_end(file: BinaryIO) -> int:
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + 8


def _matroska_end(file: BinaryIO) -> int:
    """Where the only segment of a WebM says it ends; 0: it does not say.

    Source: RFC 8794, 4 and 5 (lengths: as many bytes as leading zero bits and one; all ones means
    not known), RFC 9559, 4.1 (the header, then the segment).
    """
    at = 4
    for _ in ("header", "segment"):
        file.seek(at)
        data = file.read(8)
        width = 9 - data[0].bit_length() if data and data[0] else 9
        if width > len(data):
            return 0
        length = int.from_bytes(data[:width], "big") & ((1 << 7 * width) - 1)
        if length == (1 << 7 * width) - 1:
            return 0
        at += width + length
        file.seek(at)
        if file.read(4) != b"\x18\x53\x80\x67":
            break
        at += 4
    return at


def _text(file: BinaryIO, size: int, found: str, kind: ArtifactKind) -> FileCheck:
    """Everything that is written as text is kept, except what is plainly an error answer."""
    file.seek(0)
    text = file.read(_TEXT_BYTES).removeprefix(_BOM)
    if found != "html" and not _TEXT.fullmatch(text):
        return FileCheck("bin")
    if _is_error(found, text, size, kind):
        raise _wrong(found, kind)
    if found == "xml":
        return _xml(file, size, text)
    if found == "json":
        return _json(file, size, text)
    return FileCheck(_text_kind(text) or "txt")


def _text_kind(text: bytes) -> str:
    return next((ext for pattern, ext in _TEXT_KINDS if pattern.search(text)), "")


def _is_error(found: str, text: bytes, size: int, kind: ArtifactKind) -> bool:
    """Whether a text is an error page or an error answer.

    Args:
        found: What `sniff` called it.
        text: Its first 64 KiB.
        size: Bytes of all of it.
        kind: What was promised. Models are written as JSON, films and pictures are not.
    """
    if found == "html":
        return True
    if size >= _TEXT_BYTES:
        return False
    if found == "xml":
        root = _ROOT.search(text)
        known = root is not None and root["name"].lower() in _XML_KINDS
        return not known and _XML_ERROR.search(text) is not None
    if found == "json":
        if kind is not ArtifactKind.MODEL:
            return True
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):  # cut off
            value = [name.decode("ascii", "replace") for name in _JSON_NAME.findall(text)]
            return any(map(_ERROR_NAME.fullmatch, value))
        names = value if isinstance(value, dict) else {}
        return not value or any(_ERROR_NAME.fullmatch(name[:64]) for name in names)
    return found == "text" and not _text_kind(text) and not _NUMBERS.search(text)


def _is_page(text: bytes, kind: ArtifactKind) -> bool:
    found = sniff(text[:HEAD_BYTES])
    return found in ("html", "xml", "json") and _is_error(found, text, len(text), kind)


def _xml(file: BinaryIO, size: int, text: bytes) -> FileCheck:
    """Whole when its first element is closed."""
    root = _ROOT.search(text)
    if root is None:
        return FileCheck("xml", damage="the text is cut off")
    ext = _XML_KINDS.get(root["name"].lower(), "xml")
    whole = root["end"] or b"</" + root["tag"] in _last_bytes(file, size, _TEXT_BYTES)
    return FileCheck(ext, damage="" if whole else "the model is cut off")


def _json(file: BinaryIO, size: int, text: bytes) -> FileCheck:
    """The buffers of a glTF are files of their own, so it is never whole."""
    ext = "gltf" if b'"asset"' in text and b'"version"' in text else "json"
    if size > _JSON_BYTES:
        return FileCheck(ext)
    file.seek(0)
    try:
        found = json.loads(file.read())
    except RecursionError:
        return FileCheck(ext, damage="the text is nested too deeply")
    except ValueError:
        return FileCheck(ext, damage="the model is cut off")
    asset = found.get("asset") if isinstance(found, dict) else None
    return FileCheck("gltf" if isinstance(asset, dict) and "version" in asset else "json")


def _last_bytes(file: BinaryIO, end: int, count: int) -> bytes:
    file.seek(max(0, end - count))
    return file.read(min(end, count))


def _blocks(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (data := file.read(min(length, 2**20))):
        yield data
        length -= len(data)
