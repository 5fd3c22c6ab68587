"""A folder held open: what is done in it happens there, wherever its path leads meanwhile.

While a file comes, somebody may put a link in the place of its folder. By their paths, its record
and its final name would then be written through that link, outside of the user's folder. Windows
has no such calls; there everything goes by path.
"""

import errno
import os
import stat
import sys
from io import FileIO
from pathlib import Path

from rushes.system.disk import NO_LINKS, rename_new, sync

_BY_HANDLE = sys.platform != "win32"
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def bring_back(old: Path, new: Path) -> None:
    """Rename a file, into another folder of its disk; nothing is overwritten. Blocks.

    Raises:
        FileExistsError: the name is taken.
        OSError: it is gone, or that is another disk.
    """
    folder = Folder(new.parent)
    try:
        try:
            folder.link(old, new.name)
        except OSError as e:
            if e.errno not in NO_LINKS:
                raise
            rename_new(old, new)
        else:
            old.unlink()
        folder.sync()
    finally:
        folder.close()


class Folder:
    """Names are those of plain files directly in it. Links are never followed.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None
        if _BY_HANDLE:
            self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        """May be called again."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def check_place(self) -> None:
        """Raises OSError when the path leads to another folder by now."""
        if self._fd is None:
            return
        try:
            same = os.path.samestat(self.path.stat(), os.fstat(self._fd))
        except OSError:
            same = False
        if not same:
            raise OSError(errno.ESTALE, "the folder was moved or replaced meanwhile")

    def names(self) -> list[str]:
        with os.scandir(self.path if self._fd is None else self._fd) as entries:
            return [entry.name for entry in entries]

    def open(self, name: str, flags: int) -> int:
        """A descriptor; flags as in `os.open`."""
        return os.open(self._at(name), flags | _FLAGS, 0o666, dir_fd=self._fd)

    def state(self, name: str) -> os.stat_result | None:
        """Of a plain file; None: there is none of that name."""
        try:
            found = os.stat(self._at(name), dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found if stat.S_ISREG(found.st_mode) else None

    def size(self, name: str) -> int:
        """Bytes of a plain file; 0: there is none of that name."""
        found = self.state(name)
        return 0 if found is None else found.st_size

    def remove(self, name: str) -> None:
        """No harm if it is gone."""
        try:
            os.unlink(self._at(name), dir_fd=self._fd)
        except FileNotFoundError:
            return

    def replace(self, old: str, new: str) -> None:
        """Rename, over whatever has the new name."""
        os.replace(self._at(old), self._at(new), src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def rename_new(self, old: str, new: str) -> None:
        """Give a file its final name if nothing has that name.

        Raises:
            FileExistsError: the name is taken; nothing changed.
        """
        if self._fd is None:
            (self.path / old).rename(self.path / new)  # Windows refuses by itself
            return
        try:
            os.link(old, new, src_dir_fd=self._fd, dst_dir_fd=self._fd, follow_symlinks=False)
        except OSError as e:
            if e.errno not in NO_LINKS:
                raise
            # FAT and some network disks have no links. An empty file as a reservation would be
            # worse than a short gap: after a crash it would look like a saved one.
            rename_new(old, new, old_folder=self._fd, folder=self._fd)
        else:
            self.remove(old)

    def link(self, old: Path, new: str) -> None:
        """Give a file that lies elsewhere on this disk a second name in here.

        Raises:
            FileExistsError: the name is taken.
            OSError: as in `NO_LINKS`, where the disk cannot do that.
        """
        os.link(old, self._at(new), dst_dir_fd=self._fd, follow_symlinks=False)

    def write(self, name: str, content: bytes, *, over: bool) -> None:
        """Write a whole file: before or after a crash, never between.

        Args:
            over: Replace what has that name.

        Raises:
            FileExistsError: the name is taken, and not `over`.
        """
        part = f".{name}.part"  # always the same name: a write that was killed leaves no litter
        self.remove(part)
        try:
            fd = self.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            with FileIO(fd, "w") as file:
                file.write(content)
                sync(fd)
            (self.replace if over else self.rename_new)(part, name)
        finally:
            self.remove(part)
        self.sync()

    def sync(self) -> None:
        """Bring the names in it to the disk. Windows does that by itself."""
        if self._fd is None:
            return
        try:
            os.fsync(self._fd)
        except OSError as e:
            if e.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network disks
                raise

    def _at(self, name: str) -> str:
        return str(self.path / name) if self._fd is None else name
