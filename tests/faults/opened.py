"""Notices when a file is opened by anybody (inotify): whether an image was loaded from it."""

import ctypes
import os
from pathlib import Path
from typing import Self

_IN_OPEN = 0x20
_NONBLOCK = os.O_NONBLOCK


class Opened:
    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd: int = libc.inotify_init1(_NONBLOCK)
        watched = libc.inotify_add_watch(self._fd, os.fsencode(path), _IN_OPEN)
        if self._fd < 0 or watched < 0:
            raise OSError(ctypes.get_errno(), "cannot watch the file")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def happened(self) -> bool:
        """Whether it was opened since the last question."""
        try:
            return bool(os.read(self._fd, 65536))
        except BlockingIOError:
            return False
