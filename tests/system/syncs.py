"""Notes what really is brought to the disk, and when, while a test runs."""

import os
from pathlib import Path
from typing import Any

import pytest

Done = tuple[str, Path, int]


class Syncs:
    """Every sync and every new name, in order, done as usual.

    Attributes:
        done: ("sync", path, size at that moment; 0 for a folder) or ("name", path, size).
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done: list[Done] = []
        fsync = os.fsync

        def noting_fsync(fd: int) -> None:
            fsync(fd)
            path = Path(f"/proc/self/fd/{fd}").readlink()
            self.done.append(("sync", path, path.stat().st_size if path.is_file() else 0))

        patch.setattr(os, "fsync", noting_fsync)
        for name in ("link", "replace", "rename"):
            patch.setattr(os, name, self._noting(getattr(os, name)))

    def _noting(self, call: Any) -> Any:
        def noting(old: Any, new: Any, **more: Any) -> None:
            call(old, new, **more)
            folder = more.get("dst_dir_fd")  # the name is one in an open folder
            path = Path(new) if folder is None else Path(f"/proc/self/fd/{folder}").readlink() / new
            self.done.append(("name", path, path.stat().st_size))

        return noting

    def around(self, name: Path) -> tuple[list[Done], list[Done]]:
        """What was done before and after the file got its name."""
        at = next(
            i for i, (what, path, _) in enumerate(self.done) if (what, path) == ("name", name)
        )
        return self.done[:at], self.done[at + 1 :]
