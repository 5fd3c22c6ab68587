"""Whether a downloaded file is whole and of the promised kind, by its content alone.

Names, content types and extensions of the other side are not looked at. Nothing is decoded or
unpacked; a few kilobytes are read, whatever the file's size.
"""

import errno
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from rushes.core.task import ArtifactKind

#: What a file of each kind may be, as the extension it then gets.
ALLOWED: Mapping[ArtifactKind, frozenset[str]] = {
    ArtifactKind.VIDEO: frozenset({"mp4", "mov"}),
    ArtifactKind.ORIGINAL_VIDEO: frozenset({"mp4", "mov"}),
    ArtifactKind.LAST_FRAME: frozenset({"png", "jpg", "webp"}),
    ArtifactKind.MODEL: frozenset({"zip", "glb"}),
}

#: As many first bytes as `sniff` looks at.
HEAD_BYTES = 512

# A fragmented video has two boxes a fragment: far fewer than this. A hostile one has millions.
_MAX_BOXES = 100_000
# Some 30,000 entries, which take 30 MiB of memory when they are read.
_MAX_DIRECTORY_BYTES = 2 * 2**20
_ENCRYPTED = 0x1

_WANTED = {
    ArtifactKind.VIDEO: "a video",
    ArtifactKind.ORIGINAL_VIDEO: "a video",
    ArtifactKind.LAST_FRAME: "an image",
    ArtifactKind.MODEL: "a 3D model",
}
_CAME = {"html": "a web page", "xml": "an XML answer", "json": "a JSON answer"}


class WrongFile(Exception):
    """Not a whole file of the promised kind. `args[0]` is one sentence fragment that says why.

    Attributes:
        found: What `sniff` called it.
    """

    def __init__(self, why: str, found: str = "") -> None:
        super().__init__(why)
        self.found = found


def sniff(head: bytes) -> str:
    """What the first bytes are: an extension of ALLOWED, "html", "xml", "json" or ""."""
    if head[4:8] == b"ftyp":
        return "mov" if head[8:12] == b"qt  " else "mp4"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"glTF"):
        return "glb"
    return _sniff_text(head)


def _sniff_text(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD_BYTES].lower()
    if b"<html" in text or text.startswith(b"<!doctype html"):
        return "html"
    if text.startswith((b"<?xml", b"<error")):
        return "xml"
    return "json" if text.startswith((b"{", b"[")) else ""


def check_head(head: bytes, kind: ArtifactKind) -> str:
    """What begins here, if it may be a file of `kind`: its extension.

    Raises:
        WrongFile: it can only be something else.
    """
    found = sniff(head)
    if found in ALLOWED[kind]:
        return found
    if not head:
        raise WrongFile(f"an empty file came instead of {_WANTED[kind]}")
    came = _CAME.get(found) or (f"a .{found} file" if found else "something unknown")
    raise WrongFile(f"{came} came instead of {_WANTED[kind]}", found)


def verify(path: Path, kind: ArtifactKind) -> str:
    """Check a complete file. Returns the extension its content calls for.

    Raises:
        WrongFile: it is something else, cut off, or followed by what does not belong to it.
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        found = check_head(file.read(HEAD_BYTES), kind)
        match found:
            case "mp4" | "mov":
                _check_boxes(file, size)
            case "glb":
                _check_glb(file, size)
            case "zip":
                zip_entries(file, size)
            case _:
                _check_image(file, size, found)
    return found


def _check_boxes(file: BinaryIO, size: int) -> None:
    """Walk the top-level boxes: ftyp first, moov among them, each within the file, no rest.

    Source: ISO/IEC 14496-12, 4.2 (size 0: to the end of the file; size 1: 64 bits follow).
    """
    at, seen, count = 0, set[bytes](), 0
    while at < size:
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            raise WrongFile("the video is cut off inside a box header")
        length, name = struct.unpack(">I4s", header[:8])
        shortest = 8
        if length == 1:
            length, shortest = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = size - at
        if length < shortest:
            raise WrongFile("the video has a box of impossible size")
        seen.add(name)
        at += length
        count += 1
        if count > _MAX_BOXES:
            raise WrongFile("the video has too many boxes")
    if at != size:
        raise WrongFile(f"the video is cut off: its boxes need {at} bytes and {size} came")
    if b"moov" not in seen:
        raise WrongFile("the video has no index (moov)")


def _check_glb(file: BinaryIO, size: int) -> None:
    """Source: glTF 2.0, 4.4 (12 bytes of header, then chunks, the first one JSON)."""
    file.seek(0)
    header = file.read(20)
    if len(header) < 20:
        raise WrongFile("the model is cut off inside its header")
    _, version, length, chunk, name = struct.unpack("<4sIII4s", header)
    if version != 2 or name != b"JSON":
        raise WrongFile("the model is not binary glTF 2")
    if length != size or 20 + chunk > size:
        raise WrongFile(f"the model is cut off: its header says {length} bytes and {size} came")


def zip_entries(file: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    """The entries of a zip whose directory is whole; each starts where it says, plainly named.

    Raises:
        WrongFile: as `verify`.
    """
    _bound_directory(file, size)
    entries = _entries(file)
    if all(entry.orig_filename.endswith("/") for entry in entries):
        raise WrongFile("the archive is empty")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise WrongFile("the archive is encrypted")
        if not _is_plain(entry.orig_filename):
            raise WrongFile("the archive has an entry without a name or that leads out of it")
        file.seek(max(0, min(entry.header_offset, size)))
        if entry.header_offset < 0 or file.read(4) != b"PK\x03\x04":
            raise WrongFile("the archive is damaged: an entry is not where it should be")
    return entries


def _entries(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except OSError as e:
        if e.errno != errno.EINVAL:  # what zipfile meets when it is sent to before the start
            raise
        raise WrongFile("the archive is cut off or damaged") from e
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError) as e:
        raise WrongFile("the archive is cut off or damaged") from e


def _bound_directory(file: BinaryIO, size: int) -> None:
    """`zipfile` reads the whole directory into memory: refuse one that no model needs.

    Source: APPNOTE 4.3.14 to 4.3.16 (end of the directory; before it, for zip64, a locator of 20
    bytes that says where the larger form stands, as a rule right before).
    """
    first = max(0, size - 22 - 0xFFFF)
    file.seek(first)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise WrongFile("the archive is cut off: it has no directory at its end")
    claimed = [int.from_bytes(tail[at + 12 : at + 16], "little")]
    file.seek(max(0, first + at - 20))
    locator = file.read(20)
    if locator.startswith(b"PK\x06\x07"):
        for place in (int.from_bytes(locator[8:16], "little"), first + at - 20 - 56):
            file.seek(max(0, min(place, size)))
            record = file.read(56)
            if record.startswith(b"PK\x06\x06"):
                claimed.append(int.from_bytes(record[40:48], "little"))
    if len(claimed) > 1 and claimed[0] == 0xFFFFFFFF:
        del claimed[0]  # "see the larger form"
    if max(claimed) > _MAX_DIRECTORY_BYTES:
        raise WrongFile("the archive has too many entries")


def _is_plain(name: str) -> bool:
    if not name:
        return False
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    climbs = ".." in posix.parts or ".." in windows.parts
    return not (climbs or posix.is_absolute() or windows.drive or windows.root or "\0" in name)


def _check_image(file: BinaryIO, size: int, found: str) -> None:
    file.seek(max(0, size - 64))
    tail = file.read()
    if found == "png":
        whole = tail.endswith(b"\0\0\0\0IEND\xae\x42\x60\x82")
    elif found == "jpg":
        whole = tail.rstrip(b"\0").endswith(b"\xff\xd9")  # some encoders pad
    else:
        file.seek(4, os.SEEK_SET)
        whole = int.from_bytes(file.read(4), "little") + 8 == size
    if not whole:
        raise WrongFile("the image is cut off")
