"""What this process may use up. Called before Qt is loaded and before the file is looked at."""

import ctypes
import os
import sys

_GIB = 2**30
#: Software drawing takes 1.3 GiB of address space and 0.2 GiB of memory for an ordinary model;
#: drivers of graphics cards reserve much more than they use.
_ADDRESS_SPACE, _MEMORY = 16 * _GIB, 3 * _GIB
_FILE = 64 * 2**20
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000


def confine(cpu_s: int | None) -> None:
    """Take away what drawing a picture does not need. Only where the system knows how.

    Args:
        cpu_s: Seconds of computing after which the process is ended; None: no such limit.
    """
    if sys.platform == "win32":
        return
    import resource

    wanted = [
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_DATA, _MEMORY),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_CORE, 0),
    ]
    if cpu_s is not None:
        wanted.append((resource.RLIMIT_CPU, cpu_s))
    for what, most in wanted:
        _soft, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    _leave_network()


def _leave_network() -> None:
    """Go where there is no network (Linux). Not if the screen is reached through it."""
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY", ":")[:1] != ":":
        return
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    if unshare(_CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # refused as well on some systems: then it stays
