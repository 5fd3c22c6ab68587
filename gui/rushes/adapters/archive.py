"""Unpacks the zip of a 3D result for a look inside. The zip itself is what is kept.

`zipfile` alone would write ``C:\\win.txt``, ``CON.txt`` and two names that one file system takes
for the same, and would make 200 MB out of 200 KB. Here everything is looked at before the first
byte is written, and what comes out is counted as it comes (reliability 5).
"""

import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from rushes.adapters.disk import open_regular
from rushes.adapters.filenames import folded, safe_part
from rushes.adapters.verify import WrongFile, zip_entries

MAX_ENTRIES = 2000
MAX_ENTRY_BYTES = 512 * 2**20
MAX_BYTES = 2 * 2**30
MAX_RATIO = 200

#: However well it packs: so little harms nobody (a plain texture, a buffer of zeros).
_FREE_BYTES = 2**20
_BLOCK_BYTES = 2**18
_MAX_PART_BYTES = 255
_LOCAL_HEADER_BYTES = 30
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def unpack(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Unpack into `folder`, which is made for it. Returns the files. Blocks.

    Nothing is left behind when it fails.

    Raises:
        WrongFile: not a whole zip, or one that is refused.
        OSError: it cannot be read or written; `folder` is there already.
    """
    with open_regular(archive) as file:
        size = os.fstat(file.fileno()).st_size
        entries = zip_entries(file, size)
        places = _places(entries)
        _check_extents(file, entries, size)
        folder.mkdir(mode=0o700)
        try:
            return _write_all(file, places, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _places(entries: Iterable[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Where each file goes, in the order of the directory. Refuses what must not be written."""
    places: dict[PurePosixPath, zipfile.ZipInfo] = {}
    spelled: dict[str, tuple[str, bool]] = {}  # folded path → as written, whether a folder
    for number, entry in enumerate(entries):
        if number >= MAX_ENTRIES:
            raise WrongFile("the archive has too many entries")
        _check_kind(entry)
        name = entry.orig_filename.replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not all(map(_is_harmless, parts)):
            raise WrongFile("the archive has a name that some system takes for something else")
        is_folder = name.endswith("/")
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            kind = (path, is_folder or length < len(parts))
            if spelled.setdefault(folded(path), kind) != kind:
                raise WrongFile("the archive has two names that some system takes for one")
        if not is_folder:
            place = PurePosixPath(*parts)
            if not parts or place in places:
                raise WrongFile("the archive has the same name twice")
            places[place] = entry
    if sum(entry.file_size for entry in places.values()) > MAX_BYTES:
        raise WrongFile("the archive is too large")
    return places


def _check_kind(entry: zipfile.ZipInfo) -> None:
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise WrongFile("the archive has a link or a device among its entries")
    if entry.compress_type not in _METHODS:
        raise WrongFile("the archive is packed in an unusual way")
    if entry.file_size > MAX_ENTRY_BYTES:
        raise WrongFile("the archive has an entry that is too large")


def _is_harmless(part: str) -> bool:
    """Whether every platform writes a file of just this name, and shows it as it is."""
    plain = unicodedata.normalize("NFC", part).lstrip(".-")
    return plain != "" and safe_part(plain, _MAX_PART_BYTES) == plain


def _check_extents(file: BinaryIO, entries: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Each byte of the archive belongs to one entry at most: no bomb of overlapping ones."""
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise WrongFile("the archive has entries that overlap")
        file.seek(entry.header_offset + 26)
        lengths = file.read(4)
        names = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + names + entry.compress_size
        if end > size:
            raise WrongFile("the archive is cut off: an entry is longer than the file")


def _write_all(
    file: BinaryIO, places: dict[PurePosixPath, zipfile.ZipInfo], folder: Path
) -> tuple[Path, ...]:
    written, packed = 0, 0
    files = []
    try:
        with zipfile.ZipFile(file) as archive:
            for place, entry in places.items():
                path = folder.joinpath(place)
                path.parent.mkdir(parents=True, exist_ok=True)
                packed += entry.compress_size
                with archive.open(entry) as content, path.open("xb") as out:
                    most = min(MAX_BYTES, _FREE_BYTES + MAX_RATIO * packed) - written
                    written += _copy(content, out, min(most, MAX_ENTRY_BYTES))
                files.append(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as e:
        raise WrongFile("the archive is damaged: an entry cannot be unpacked") from e
    return tuple(files)


def _copy(content: IO[bytes], out: BinaryIO, most: int) -> int:
    """Copy block by block, counting what really comes, whatever the headers say."""
    done = 0
    while data := content.read(_BLOCK_BYTES):
        done += len(data)
        if done > most:
            raise WrongFile("the archive unpacks to far more than it should")
        out.write(data)
    return done
