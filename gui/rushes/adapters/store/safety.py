"""Two small files beside the store: the lock that lets one program in, and room for a last commit.

``rushes.sqlite3.lock`` says besides whether the last holder ended cleanly;
``rushes.sqlite3.reserve`` is given up when the disk is full, so that what is known can still be
committed (reliability 2).
"""

import contextlib
import os
import shutil
import sys
from pathlib import Path

from rushes.adapters.store.errors import StoreInUse

RESERVE_BYTES = 8 * 2**20

# The first byte is what gets locked; the word behind it stays readable.
_OPEN, _CLEAN = b"\0open ", b"\0clean"


class Hold:
    """The right to be the only program that uses a store.

    The system lets go of the lock when the process ends, however it ends; the word in the file
    stays.

    Attributes:
        was_clean: Whether the last holder closed the store properly.
    """

    def __init__(self, path: Path) -> None:
        """Take it. Raises `StoreInUse` while another program, or another store here, has it."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            _lock(self._fd)
        except OSError as e:
            os.close(self._fd)
            raise StoreInUse from e
        self.was_clean = os.read(self._fd, len(_CLEAN) + 1) == _CLEAN

    def mark_open(self) -> None:
        """From here on an end without `release(clean=True)` is noticed by the next holder."""
        self._write(_OPEN)

    def release(self, *, clean: bool) -> None:
        if clean:
            self._write(_CLEAN)
        os.close(self._fd)  # closing unlocks

    def _write(self, word: bytes) -> None:
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.write(self._fd, word)
        os.fsync(self._fd)


def _lock(fd: int) -> None:
    """Lock the first byte, at once or not at all. Raises OSError when it is locked."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Reserve:
    """Bytes on the disk that can be given back to it when it is full."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hold(self) -> None:
        """Have the reserve, when there is room for several of it."""
        with contextlib.suppress(OSError):  # without room there is no reserve: nothing is lost yet
            if self._path.exists() and self._path.stat().st_size == RESERVE_BYTES:
                return
            if shutil.disk_usage(self._path.parent).free < 4 * RESERVE_BYTES:
                return
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "wb") as file:  # really written: a sparse file would reserve nothing
                file.write(bytes(RESERVE_BYTES))

    def give_up(self) -> bool:
        """Give the bytes back. Returns whether there were any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
