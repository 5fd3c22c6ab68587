"""A drive whose server never answers: real calls to it hang in the kernel until it is taken away.

Mounting needs the right to it; a FUSE file system that nobody serves is enough.
"""

import ctypes
import os
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_DETACH = 2  # MNT_DETACH of umount2(2)


class DeadDrive:
    """Mounted over the folder until it is taken away; nobody may touch the folder meanwhile, who
    does not want to hang."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.fsencode(folder)
        self._channel = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._channel},rootmode=40000,user_id=0,group_id=0,allow_other"
        if _LIBC.mount(b"dead", self._folder, b"fuse", 0, options.encode()) != 0:
            os.close(self._channel)
            raise OSError(ctypes.get_errno(), "cannot mount", str(folder))

    def take_away(self) -> None:
        """What hangs in it fails then."""
        _LIBC.umount2(self._folder, _DETACH)
        os.close(self._channel)
