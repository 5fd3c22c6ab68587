"""Looks whether the zip of a 3D result is whole, and unpacks it for a look inside.

The zip itself is what is kept, also one that is not unpacked.

`zipfile` alone would write ``C:\\win.txt``, ``CON.txt`` and two names that one file system takes
for the same, and would make 200 MB out of 200 KB. Here everything is looked at before the first
byte is written, and what comes out is counted as it comes (reliability 5).
"""

import errno
import lzma
import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO

from rushes.files import Damaged, Uncheckable
from rushes.files.filenames import folded, safe_part
from rushes.system.disk import open_regular

MAX_ENTRIES = 2000
MAX_ENTRY_BYTES = 512 * 2**20
MAX_BYTES = 2 * 2**30
MAX_RATIO = 200

#: However well it packs: so little harms nobody (a plain texture, a buffer of zeros).
_FREE_BYTES = 2**20
_BLOCK_BYTES = 2**18
_MAX_PART_BYTES = 255
_LOCAL_HEADER_BYTES = 30
#: A file that unpacks to more is not read through: it would take minutes.
_MAX_CHECKED_BYTES = 2**30
# Some 30,000 entries, which take 30 MiB of memory when they are read.
_MAX_DIRECTORY_BYTES = 2 * 2**20
_MAX_COMMENT_BYTES = 0xFFFF
_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def unpack(archive: Path, folder: Path) -> tuple[Path, ...]:
    """Unpack into `folder`, which is made for it. Returns the files. Blocks.

    Nothing is left behind when it fails.

    Raises:
        Unfit: not a whole zip (`Damaged`), or one that is refused.
        OSError: it cannot be read or written; `folder` is there already.
    """
    with open_regular(archive) as file:
        size = os.fstat(file.fileno()).st_size
        entries = zip_entries(file, size)
        for entry in entries:
            _check_plain(entry)
        places = _places(entries)
        _check_extents(file, entries, size)
        folder.mkdir(mode=0o700)
        try:
            return _write_all(file, places, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def is_zip(file: BinaryIO, size: int) -> bool:
    """Whether the file ends with the directory of a zip, whatever it begins with."""
    return _directory_end(file, size)[1] is not None


def check(file: BinaryIO, size: int) -> list[str]:
    """Read every entry through and compare it with its CRC. Returns their names.

    Raises:
        Damaged, Uncheckable: an entry is not as it was packed, or that cannot be told.
        OSError: it cannot be read.
    """
    entries = zip_entries(file, size)
    if all(entry.orig_filename.endswith("/") for entry in entries):
        raise Damaged("the archive is empty")
    left = _MAX_CHECKED_BYTES
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED:
                    raise Uncheckable("the archive is encrypted")
                with archive.open(entry) as content:
                    while data := content.read(_BLOCK_BYTES):
                        left -= len(data)
                        if left < 0:
                            raise Uncheckable("the archive is too large to be read through")
    except NotImplementedError as e:
        raise Uncheckable("the archive is packed in an unusual way") from e
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError) as e:
        raise Damaged("the archive is damaged: an entry cannot be unpacked") from e
    except OSError as e:
        if e.errno is not None:
            raise
        raise Damaged("the archive is damaged: an entry cannot be unpacked") from e  # of bz2
    tail, at = _directory_end(file, size)
    comment = int.from_bytes(tail[at + 20 : at + 22], "little") if at is not None else 0
    if at is not None and len(tail) - at - 22 > comment:
        raise Uncheckable("there are bytes behind the archive")
    return [entry.orig_filename for entry in entries]


def beginnings(file: BinaryIO, count: int, size: int) -> list[bytes]:
    """The first `size` bytes of each file in a whole zip; none where it has more than `count`."""
    entries = [entry for entry in _entries(file) if not entry.orig_filename.endswith("/")]
    if len(entries) > count:
        return []
    with zipfile.ZipFile(file) as archive:
        found = []
        for entry in entries:
            with archive.open(entry) as content:
                found.append(content.read(size))
    return found


def zip_entries(file: BinaryIO, size: int) -> list[zipfile.ZipInfo]:
    """The entries of a zip whose directory is whole; each starts where it says.

    Raises:
        Damaged, Uncheckable: as `check`.
    """
    _bound_directory(file, size)
    entries = _entries(file)
    for entry in entries:
        file.seek(max(0, min(entry.header_offset, size)))
        if entry.header_offset < 0 or file.read(4) != b"PK\x03\x04":
            raise Damaged("the archive is damaged: an entry is not where it should be")
    return entries


def _entries(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except OSError as e:
        if e.errno != errno.EINVAL:  # what zipfile meets when it is sent to before the start
            raise
        raise Damaged("the archive is cut off or damaged") from e
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError) as e:
        raise Damaged("the archive is cut off or damaged") from e


def _directory_end(file: BinaryIO, size: int) -> tuple[bytes, int | None]:
    """The last bytes of the file, and where in them the end of the directory stands."""
    file.seek(max(0, size - 22 - _MAX_COMMENT_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    return tail, at if 0 <= at <= len(tail) - 22 else None


def _bound_directory(file: BinaryIO, size: int) -> None:
    """`zipfile` reads the whole directory into memory: refuse one that no model needs.

    Source: APPNOTE 4.3.14 to 4.3.16 (end of the directory; before it, for zip64, a locator of 20
    bytes that says where the larger form stands, as a rule right before).
    """
    tail, at = _directory_end(file, size)
    if at is None:
        raise Damaged("the archive is cut off: it has no directory at its end")
    if at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") > len(tail):
        raise Damaged("the archive is cut off inside its comment")
    first = size - len(tail)
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
    if max(claimed) > size:
        raise Damaged("the archive is damaged: its directory is longer than the file")
    if max(claimed) > _MAX_DIRECTORY_BYTES:
        raise Uncheckable("the archive has too many entries")


def _name(entry: zipfile.ZipInfo) -> str:
    """Programs that do not say they write UTF-8 write their system's signs: in China GBK, in which
    a backslash can be half of a sign. `zipfile` reads those as the IBM PC's."""
    if entry.flag_bits & _IS_UTF8:
        return entry.orig_filename
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:  # it has been read otherwise, or made here
        return entry.orig_filename
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return entry.orig_filename


def _check_plain(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise Uncheckable("the archive is encrypted")
    name = _name(entry)
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    climbs = ".." in posix.parts or ".." in windows.parts
    leads_out = climbs or posix.is_absolute() or windows.drive or windows.root or "\0" in name
    if not name or leads_out:
        raise Uncheckable("the archive has an entry without a name or that leads out of it")


def _places(entries: Iterable[zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Where each file goes, in the order of the directory. Refuses what must not be written."""
    places: dict[PurePosixPath, zipfile.ZipInfo] = {}
    spelled: dict[str, tuple[str, bool]] = {}  # folded path → as written, whether a folder
    for number, entry in enumerate(entries):
        if number >= MAX_ENTRIES:
            raise Uncheckable("the archive has too many entries")
        _check_kind(entry)
        name = _name(entry).replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not all(map(_is_harmless, parts)):
            raise Uncheckable("the archive has a name that some system takes for something else")
        is_folder = name.endswith("/")
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            kind = (path, is_folder or length < len(parts))
            if spelled.setdefault(folded(path), kind) != kind:
                raise Uncheckable("the archive has two names that some system takes for one")
        if not is_folder:
            place = PurePosixPath(*parts)
            if not parts or place in places:
                raise Uncheckable("the archive has the same name twice")
            places[place] = entry
    if sum(entry.file_size for entry in places.values()) > MAX_BYTES:
        raise Uncheckable("the archive is too large")
    return places


def _check_kind(entry: zipfile.ZipInfo) -> None:
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Uncheckable("the archive has a link or a device among its entries")
    if entry.compress_type not in _METHODS:
        raise Uncheckable("the archive is packed in an unusual way")
    if entry.file_size > MAX_ENTRY_BYTES:
        raise Uncheckable("the archive has an entry that is too large")


def _is_harmless(part: str) -> bool:
    """Whether every platform writes a file of just this name, and shows it as it is."""
    plain = unicodedata.normalize("NFC", part).lstrip(".-")
    return plain != "" and safe_part(plain, _MAX_PART_BYTES) == plain


def _check_extents(file: BinaryIO, entries: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Each byte of the archive belongs to one entry at most: no bomb of overlapping ones."""
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise Uncheckable("the archive has entries that overlap")
        file.seek(entry.header_offset + 26)
        lengths = file.read(4)
        names = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        end = entry.header_offset + _LOCAL_HEADER_BYTES + names + entry.compress_size
        if end > size:
            raise Damaged("the archive is cut off: an entry is longer than the file")


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
        raise Damaged("the archive is damaged: an entry cannot be unpacked") from e
    return tuple(files)


def _copy(content: IO[bytes], out: BinaryIO, most: int) -> int:
    """Copy block by block, counting what really comes, whatever the headers say."""
    done = 0
    while data := content.read(_BLOCK_BYTES):
        done += len(data)
        if done > most:
            raise Uncheckable("the archive unpacks to far more than it should")
        out.write(data)
    return done
