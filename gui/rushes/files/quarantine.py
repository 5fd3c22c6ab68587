"""Marks a file as fetched from the network, so that the system asks before it runs what is in it.

Windows keeps the mark in a stream beside the content, macOS in an extended attribute; both move
with the file when it is renamed. Neither says where the file came from: its URL is a secret.

Sources: [MS-FSCC] 5.6.1 (Zone.Identifier); LSQuarantine.h (flags;time;agent;event).
"""

import ctypes
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

STREAM = "Zone.Identifier"
ATTRIBUTE = "com.apple.quarantine"

_INTERNET = 3  # URLZONE_INTERNET
_DOWNLOADED = 0x0081  # what browsers write: fetched, not looked at by the user yet


def mark(path: Path) -> None:
    """Mark `path`, as far as its disk can keep that (FAT and many network disks cannot). Blocks."""
    with suppress(OSError):
        if sys.platform == "win32":
            stream_of(path).write_bytes(zone_identifier())
        elif sys.platform == "darwin":
            set_attribute(path, ATTRIBUTE, quarantine(time.time()))


def stream_of(path: Path) -> Path:
    """The stream of an NTFS file that holds the mark."""
    return path.with_name(f"{path.name}:{STREAM}")


def zone_identifier() -> bytes:
    return f"[ZoneTransfer]\r\nZoneId={_INTERNET}\r\n".encode("ascii")


def quarantine(now: float) -> bytes:
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
