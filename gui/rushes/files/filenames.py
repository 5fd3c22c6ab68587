"""File names that every file system of every platform takes, and that show what they are.

A name made here can be copied to another computer: the rules are those of Windows, macOS and
Linux together, whatever this one is.
"""

import itertools
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pathvalidate import Platform, sanitize_filename

#: UTF-8 bytes of one part. File systems allow 255; a part file's own marks need the rest.
MAX_PART_BYTES = 180

#: The only endings a saved file may have.
EXTENSIONS = frozenset(
    {
        *("mp4", "m4v", "mov", "m4a", "3gp", "webm", "mkv", "avi", "ts", "flv", "mpg"),
        *("png", "jpg", "webp", "gif", "avif", "heic"),
        *("zip", "7z", "glb", "gltf", "obj", "dae", "x3d", "fbx", "ply", "stl"),
        *("usda", "usdc", "usdz", "off", "amf"),
        *("svg", "m3u8", "txt", "xml", "json", "bin"),
    }
)

_CONSOLES = ("CONIN$", "CONOUT$")  # reserved as well, and not in pathvalidate's list
#: Drawn as nothing although Unicode does not call them format characters: fillers, joiners and
#: variation selectors.
_INVISIBLE = frozenset(
    itertools.chain(
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_HALVES = range(0x1F1E6, 0x1F200)


def safe_path(rendered: str, ext: str) -> PurePosixPath:
    """A relative path out of what `naming.render` gave: each part safe, the last with `ext`.

    Raises:
        ValueError: `ext` is not one of EXTENSIONS.
    """
    if ext not in EXTENSIONS:
        raise ValueError(f"{ext!r} is not an allowed extension")
    *folders, last = rendered.split("/")
    safe = [part for part in (safe_part(f, MAX_PART_BYTES) for f in folders) if part]
    stem = safe_part(last.removesuffix(f".{ext}"), MAX_PART_BYTES - len(ext) - 1) or "take"
    return PurePosixPath(*safe, f"{stem}.{ext}")


def safe_part(text: str, max_bytes: int = MAX_PART_BYTES) -> str:
    """One file or folder name without its extension; "" when nothing printable is left."""
    visible = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    short = _trimmed(cut(_trimmed(unicodedata.normalize("NFC", visible)), max_bytes))
    return sanitize_filename(
        short,
        replacement_text="_",
        platform=Platform.UNIVERSAL,
        additional_reserved_names=_CONSOLES,
    )


def cut(text: str, max_bytes: int) -> str:
    """The longest beginning within `max_bytes` of UTF-8 that splits no visible character."""
    kept, size = "", 0
    for cluster in _clusters(text):
        size += len(cluster.encode())
        if size > max_bytes:
            break
        kept += cluster
    return kept


def with_extension(path: Path, ext: str) -> Path:
    """`path` ending as its content really is; dots within a name are not taken for an ending."""
    written = path.suffix.lower().removeprefix(".")
    stem = path.stem if written in EXTENSIONS or written == "jpeg" else path.name
    return path.with_name(f"{stem}.{ext}")


def numbered(path: Path) -> Iterator[Path]:
    """The name itself, then "name (2)", "name (3)", … without end."""
    yield path
    for number in itertools.count(2):
        mark = f" ({number})"
        room = MAX_PART_BYTES - len(mark) - len(path.suffix.encode())
        yield path.with_name(f"{cut(path.stem, room)}{mark}{path.suffix}")


def folded(name: str) -> str:
    """Equal for names that a case-insensitive or normalising file system takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def taken(folder: Path) -> dict[str, str]:
    """Every name in `folder`, by its folded form."""
    with os.scandir(folder) as entries:
        return {folded(entry.name): entry.name for entry in entries}


def _shown(char: str) -> str:
    if char.isspace():
        return " "
    unseen = unicodedata.category(char)[0] == "C" or ord(char) in _INVISIBLE
    return "" if unseen else char


def _trimmed(name: str) -> str:
    """No dot, space or dash in front; no dot or space behind, nor a space before a dot."""
    return re.sub(r" +\.", ".", name).lstrip(" .-").rstrip(" .")


def _clusters(text: str) -> Iterator[str]:
    """Split into what a reader sees as one character.

    Zero-width joiners are gone by now, so marks, skin tones and pairs of flag letters are all
    that can hang on to a character: no Unicode tables needed beyond the standard library's.
    """
    cluster = ""
    for char in text:
        joins = (
            unicodedata.category(char)[0] == "M"
            or ord(char) in _SKIN_TONES
            or (ord(char) in _FLAG_HALVES and len(cluster) == 1 and ord(cluster) in _FLAG_HALVES)
        )
        if cluster and not joins:
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster
