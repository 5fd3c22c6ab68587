"""What a helper may use up, and what it may not reach. Called before it looks at any file.

Limits on time are not here where a helper answers many requests: RLIMIT_CPU adds up and would end
it in the middle of its life. Whoever asks watches each request instead.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None: no limit of ours.

    Attributes:
        address_space: Bytes.
        memory: Bytes of data that are really used.
        file: Bytes of each file it writes. Memory that is shared as a file counts as well.
        descriptors: Files and sockets open at once.
        cpu_s: Seconds of computing in its whole life, of all its threads together.
        network: Whether it keeps the network.
        ends_with_parent: Whether the system kills it when the thread that started it ends (Linux).
    """

    address_space: int | None = None
    memory: int | None = None
    file: int | None = None
    descriptors: int = 256
    cpu_s: int | None = None
    network: bool = False
    ends_with_parent: bool = True


def confine(limits: Limits) -> None:
    """Take away what is not needed, as far as the system knows how (Windows: not at all)."""
    if sys.platform == "win32":
        return
    import resource

    wanted = {
        resource.RLIMIT_AS: limits.address_space,
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_CORE: 0,  # the memory of a helper that crashed lies nowhere
    }
    for what, most in wanted.items():
        if most is not None:
            _soft, hard = resource.getrlimit(what)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            with suppress(ValueError, OSError):  # macOS refuses some of them
                resource.setrlimit(what, (least, least))
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        if not limits.network:
            _leave_network(libc)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if limits.ends_with_parent:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _leave_network(libc: ctypes.CDLL) -> None:
    """Go where there is no network. Not if the screen is reached through it.

    Systems that keep namespaces from ordinary users refuse it: then the network stays, and the
    other limits hold all the same. `rushes doctor` cannot tell more than `can_leave_network`.
    """
    if os.environ.get("DISPLAY", ":")[:1] != ":":
        return
    if libc.unshare(_CLONE_NEWNET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        # Who we are in there: otherwise nobody, and Qt says that our folders are not ours.
        with suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny", "ascii")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
