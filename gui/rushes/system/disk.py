"""Writing to disk so that a crash or a full disk at any moment leaves nothing half done, and the
system's mark on what came from the network."""

import ctypes
import errno
import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rushes.core.failure import Failure, Kind

_BLOCK_BYTES = 2**20
#: EFBIG is a limit of the file system or of the user: like a full disk, more room is needed.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
#: What a disk answers that cannot give one file two names.
NO_LINKS = frozenset(
    {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES, errno.EXDEV}
)
#: What it answers when it cannot rename without writing over another file.
_NO_FLAGS = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
#: Where Windows keeps the mark of a downloaded file, and macOS.
ZONE_STREAM, QUARANTINE = "Zone.Identifier", "com.apple.quarantine"
_INTERNET = 3  # URLZONE_INTERNET
_DOWNLOADED = 0x0081  # what browsers write: fetched, not looked at by the user yet


def failure_of(error: OSError) -> Failure:
    """Name trouble with a file. Its path is in no `Failure`: it may hold a prompt."""
    kind = Kind.DISK_FULL if error.errno in _FULL else Kind.FOLDER
    return Failure(kind, detail=error.strerror or type(error).__name__)


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading that may be anybody's: a pipe or a device would never end.

    Raises:
        OSError: it is no regular file, or cannot be read.
    """
    # Without waiting: opening a pipe that nobody writes to would stop right here.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    fd = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return os.fdopen(fd, "rb")
    except BaseException:
        os.close(fd)
        raise


def sha256_of(path: Path) -> str:
    """Lower-case hex, of a regular file that may be anybody's. Raises OSError."""
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def refuse_pipe(path: Path) -> None:
    """For files that a library opens: it would wait for a pipe without end.

    Raises:
        OSError: a pipe or a device is there.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def sync(fd: int) -> None:
    """Bring a file's content to the disk itself, as far as the system lets us."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError:  # a network disk: what fsync does is all there is
            os.fsync(fd)
    else:
        os.fsync(fd)


def begin_sync(fd: int, start: int, length: int) -> None:
    """Let the system start bringing these bytes to the disk, so that `sync` waits for less.

    Linux starts writing what it is told is not needed, and keeps in memory what is not written
    yet; elsewhere it may come to nothing.
    """
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # advice only
            os.posix_fadvise(fd, start, length, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk. Windows does that by itself."""
    if sys.platform == "win32":
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as e:
        if e.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks
            raise
    finally:
        os.close(fd)


def make_folders(folder: Path, mode: int = 0o777) -> None:
    """Create `folder` and what lies above it, so that it is still there after a power loss."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    for made in reversed(missing):
        made.mkdir(mode, exist_ok=True)
        sync_folder(made.parent)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


#: The call that renames a file without writing over another one, its flag for that, and what
#: stands in it for the current folder.
_RENAMES = {"linux": ("renameat2", 1, -100), "darwin": ("renameatx_np", 4, -2)}


def rename_new(
    old: Path | str, new: Path | str, *, old_folder: int | None = None, folder: int | None = None
) -> None:
    """Rename a file if nothing has the new name. Blocks.

    A system or a disk that cannot do both at once is asked for the name first, with a short gap.

    Args:
        old_folder, folder: Descriptors of the folders that the names are in, as `dir_fd`.

    Raises:
        FileExistsError: the name is taken; nothing changed.
        OSError: it is gone, or that is another disk.
    """
    if sys.platform == "win32":  # refuses by itself
        os.rename(old, new)  # noqa: PTH104
        return
    name, flag, here = _RENAMES.get(sys.platform, ("", 0, 0))
    if name and hasattr(libc := ctypes.CDLL(None, use_errno=True), name):
        places = [here if each is None else each for each in (old_folder, folder)]
        names = [os.fsencode(each) for each in (old, new)]
        if not getattr(libc, name)(places[0], names[0], places[1], names[1], flag):
            return
        if (code := ctypes.get_errno()) not in _NO_FLAGS:
            raise OSError(code, os.strerror(code), str(new))
    try:
        os.stat(new, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        os.rename(old, new, src_dir_fd=old_folder, dst_dir_fd=folder)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Put `content`, whole or in pieces, in place of whatever is at `path`: before or after a
    crash, never between."""
    # A name that just fits leaves no room for the marks of a part.
    part = path.with_name(f".{os.fsencode(path.name)[:240].decode(errors='ignore')}.part")
    part.unlink(missing_ok=True)  # of a write that was killed: always the same name, never litter
    try:
        with part.open("xb") as file:
            file.writelines((content,) if isinstance(content, bytes) else content)
            file.flush()
            sync(file.fileno())
        part.replace(path)
    except OSError as e:
        e.filename = str(path)  # nobody knows the part
        raise
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def mark_downloaded(path: Path) -> None:
    """Mark a file as fetched from the network: the system asks before it runs what is in it.

    As far as its disk can keep that (FAT and many network disks cannot): Windows keeps the mark in
    a stream beside the content, macOS in an extended attribute; both move with the file when it is
    renamed. Neither says where the file came from: its URL is a secret.

    Sources: [MS-FSCC] 5.6.1 (Zone.Identifier); LSQuarantine.h (flags;time;agent;event).
    """
    with suppress(OSError):
        if sys.platform == "win32":
            zone_stream_of(path).write_bytes(zone_identifier())
        elif sys.platform == "darwin":
            set_attribute(path, QUARANTINE, quarantine_value(time.time()))


def zone_stream_of(path: Path) -> Path:
    """The stream of an NTFS file that holds the mark."""
    return path.with_name(f"{path.name}:{ZONE_STREAM}")


def zone_identifier() -> bytes:
    return f"[ZoneTransfer]\r\nZoneId={_INTERNET}\r\n".encode("ascii")


def quarantine_value(now: float) -> bytes:
    """The value of macOS' attribute, without an entry in its list of downloads."""
    return f"{_DOWNLOADED:04x};{int(now):08x};Rushes;".encode("ascii")


def set_attribute(path: Path, name: str, value: bytes) -> None:
    """`setxattr` of the C library, which Python offers on Linux only.

    Raises:
        OSError: the disk keeps no such attributes.
    """
    library = ctypes.CDLL(None, use_errno=True)
    # macOS: path, name, value, size, position, options; Linux takes the first five of them.
    if library.setxattr(os.fsencode(path), name.encode(), value, len(value), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
