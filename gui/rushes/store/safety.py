"""Two small files beside the store: the lock that lets one program in, and room for a last commit.

``rushes.sqlite3.lock`` says besides how the last holder ended;
``rushes.sqlite3.reserve`` is given up when the disk is full, so that what is known can still be
committed (reliability 2).
"""

import contextlib
import errno
import os
import shutil
import sys
import threading
from pathlib import Path

from rushes.store.errors import NoLocks, StoreInUse
from rushes.system.disk import refuse_pipe

RESERVE_BYTES = 8 * 2**20
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe in the place of a file would be waited for

# The first byte is what gets locked; the word behind it stays readable.
_OPEN, _CLEAN, _DAMAGED = b"\0open ", b"\0clean", b"\0harm "

#: What a lock that somebody else has is called, by system.
_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})


class Hold:
    """The right to be the only program that uses a store.

    The system lets go of the lock when the process ends, however it ends; the word in the file
    stays. The folder is locked besides, where the system can: somebody may delete the file.

    Attributes:
        was_clean: Whether the last holder closed the store properly.
        was_damaged: Whether it had noticed that the list is damaged.
        had_list: Whether there was a holder at all.
    """

    def __init__(self, path: Path) -> None:
        """Take it.

        Raises:
            StoreInUse: another program, or another store here, has it.
            NoLocks: this disk has no locks, or none left.
            OSError: the file cannot be made.
        """
        self._folder = _lock_folder(path.parent)
        try:
            self._fd = _lock_file(path)
        except BaseException:
            self._let_go_of_folder()
            raise
        word = os.read(self._fd, len(_CLEAN) + 1)
        self.was_clean, self.was_damaged = word == _CLEAN, word == _DAMAGED
        self.had_list = bool(word)
        self._writing = threading.Lock()

    def mark_open(self) -> None:
        """From here on an end without `release(clean=True)` is noticed by the next holder."""
        self._write(_OPEN)

    def mark_damaged(self) -> None:
        """The next holder brings the list in order, however this one ends. From any thread."""
        self._write(_DAMAGED)

    def release(self, *, clean: bool) -> None:
        if clean:
            self._write(_CLEAN)
        os.close(self._fd)  # closing unlocks
        self._let_go_of_folder()

    def _let_go_of_folder(self) -> None:
        if self._folder is not None:
            os.close(self._folder)

    def _write(self, word: bytes) -> None:
        with self._writing:
            os.lseek(self._fd, 0, os.SEEK_SET)
            os.write(self._fd, word)
            os.fsync(self._fd)


def is_held(path: Path) -> bool:
    """Whether a running program has the lock file at `path`, as far as that can be told. Writes
    nothing."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | _AT_ONCE)
    except OSError:
        return False
    try:
        _lock(fd, shared=True)
    except StoreInUse:
        return True
    except NoLocks:
        return False
    finally:
        os.close(fd)
    return False


def _lock_file(path: Path) -> int:
    """An open file that is locked and still called `path`."""
    while True:
        refuse_pipe(path)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            _lock(fd)
            with contextlib.suppress(FileNotFoundError):  # deleted between opening and locking
                if os.path.samestat(os.fstat(fd), path.stat()):
                    return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)


def _lock_folder(folder: Path) -> int | None:
    """None where folders cannot be locked: Windows deletes no open file, some disks know none.

    Raises:
        StoreInUse
    """
    if sys.platform == "win32":
        return None
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(fd)
    except NoLocks:
        os.close(fd)
        return None
    except BaseException:
        os.close(fd)
        raise
    return fd


def _lock(fd: int, *, shared: bool = False) -> None:
    """Lock it, at once or not at all. Raises `StoreInUse` when it is, `NoLocks` when nothing is."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            os.lseek(fd, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as e:
        if e.errno in _TAKEN:
            raise StoreInUse from e
        raise NoLocks(e.strerror or "") from e


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
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _AT_ONCE
            fd = os.open(self._path, flags, 0o600)
            with os.fdopen(fd, "wb") as file:  # really written: a sparse file would reserve nothing
                file.write(bytes(RESERVE_BYTES))

    def give_up(self) -> bool:
        """Give the bytes back. Returns whether there were any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
