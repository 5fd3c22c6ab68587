"""SQLite's write-ahead log as bytes: what it promises, and a list with it folded in.

SQLite drops what stands behind the first frame that is not as it was written, without a word.
The index beside the log (``-shm``) tells how many frames were committed: it is brought up to date
after they are on the disk. Format: https://www.sqlite.org/walformat.html, sections 2 and 4.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rushes.system.disk import open_regular

_HEADER, _FRAME_HEADER = 32, 24
_MAGIC_LITTLE, _MAGIC_BIG = 0x377F0682, 0x377F0683
#: Of a list whose log was folded in: byte 18 and 19 say "no log" (rollback journal).
_NO_LOG = b"\x01\x01"


class WalIndex(NamedTuple):
    """How far a log was committed: so many frames since it began anew with this salt, and how
    many of them are in the file itself by now."""

    salt: bytes
    frames: int
    copied: int


def beside(path: Path, tail: str = "-wal") -> Path:
    return path.with_name(f"{path.name}{tail}")


def is_empty(path: Path) -> bool:
    """Whether the list at `path` has no log, or one without a frame."""
    try:
        return beside(path).stat().st_size <= _HEADER
    except FileNotFoundError:
        return True


def committed(path: Path) -> WalIndex | None:
    """What the index beside the list says; None where there is none, or none that is whole.

    To be asked before SQLite opens the file (it makes the index anew), and again afterwards.
    """
    try:
        with open_regular(beside(path, "-shm")) as file:
            head = file.read(100)
    except OSError:
        return None
    if len(head) < 100 or head[:48] != head[48:96] or not head[12]:
        return None
    words = struct.unpack("=12I", head[:48])  # in the order of this machine's bytes
    if _sums(head[:40], "=", (0, 0)) != words[10:]:
        return None
    return WalIndex(head[32:40], words[4], struct.unpack("=I", head[96:])[0])


def lacks(path: Path, promised: WalIndex | None) -> bool:
    """Whether SQLite, that has opened the list by now, found less than was committed."""
    if promised is None or promised.copied >= promised.frames:
        return False
    try:
        with open_regular(beside(path)) as file:
            head = file.read(_HEADER)
    except FileNotFoundError:
        return True
    if len(head) < _HEADER or not _is_good(head):
        return True
    if head[16:24] != promised.salt:  # it began anew since
        return False
    found = committed(path)
    return found is None or found.frames < promised.frames


def image(path: Path) -> bytes:
    """The list with everything in it that its log holds, as a file without a log.

    Writes nothing: for a disk that is full or may not be written.

    Raises:
        OSError: it cannot be read.
    """
    whole = bytearray(_content(path))
    if not is_empty(path):
        _fold_in(whole, _content(beside(path)))
    if len(whole) > 20:
        whole[18:20] = _NO_LOG
    return bytes(whole)


def _fold_in(whole: bytearray, log: bytes) -> None:
    waiting: dict[int, bytes] = {}
    for page, pages, content in _frames(log):
        waiting[page] = content
        if not pages:
            continue
        size = len(content)
        for number, held in waiting.items():
            whole.extend(bytes(max(0, number * size - len(whole))))
            whole[(number - 1) * size : number * size] = held
        waiting.clear()
        del whole[pages * size :]


def _frames(log: bytes) -> Iterator[tuple[int, int, bytes]]:
    """As far as they are good: (page from 1, pages of the file if it commits or 0, content)."""
    if not _is_good(log[:_HEADER]):
        return
    order, size = _order(log), struct.unpack(">I", log[8:12])[0]
    sums = struct.unpack(">2I", log[24:32])
    for start in range(_HEADER, len(log) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        head, content = log[start : start + 24], log[start + 24 : start + 24 + size]
        sums = _sums(content, order, _sums(head[:8], order, sums))
        if head[8:16] != log[16:24] or sums != struct.unpack(">2I", head[16:24]):
            return
        page, pages = struct.unpack(">2I", head[:8])
        if not page:
            return
        yield page, pages, content


def _content(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read()


def _is_good(head: bytes) -> bool:
    """Whether this is the header of a log, as it was written."""
    magic, _, size = struct.unpack(">3I", head[:12])
    known = magic in (_MAGIC_LITTLE, _MAGIC_BIG) and 512 <= size <= 65536
    return known and _sums(head[:24], _order(head), (0, 0)) == struct.unpack(">2I", head[24:32])


def _order(head: bytes) -> str:
    """In which order the bytes of a word are summed up."""
    return "<" if struct.unpack(">I", head[:4])[0] == _MAGIC_LITTLE else ">"


def _sums(data: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    """SQLite's running check sum over pairs of 32-bit words."""
    one, two = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two
