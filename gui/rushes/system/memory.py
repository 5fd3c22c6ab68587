"""How much of the memory that was given back glibc keeps for later. Does nothing elsewhere.

By itself glibc learns from the largest block that was ever freed, up to 32 MiB, and keeps blocks up
to that size in its heaps, each thread in one of its own. Films are decoded by many threads into
blocks of some MiB: hundreds of MiB stay behind when they have ended.
"""

import ctypes
import sys
from functools import cache

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
#: Larger blocks go back to the system at once: most frames of films. Smaller are the chunks of a
#: body that is downloaded; to ask the system for each anew took a third of the time of a download.
_LARGE_BYTES = 3 * 2**19
_KEPT_BYTES = 16 * 2**20
_HEAPS = 2


@cache
def _libc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None  # another C library than glibc


def keep_little() -> None:
    """Call once, before films are decoded or files downloaded. From any thread."""
    if (libc := _libc()) is not None:
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_M_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Give all that is unused back to the system. Takes some milliseconds."""
    if (libc := _libc()) is not None:
        libc.malloc_trim(0)
