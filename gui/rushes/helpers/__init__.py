"""What runs as a process of its own, started through one door: ``rushes --helper NAME``.

A helper looks into files of strangers, so it takes away from itself what it does not need before it
loads anything that reads them (`confine`). The other side, how it is started, asked and ended and
with which environment, is `system/helper.py`.

There is no limit on time where a helper answers many requests: RLIMIT_CPU adds up and would end it
in the middle of its life. Whoever asks watches each request instead.
"""

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_MODE_FILTER = 2
#: By processor: its name for the system, and the number of `socket` among its calls.
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP = 425
_AF_UNIX, _AF_NETLINK = 1, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """None: no limit of ours.

    Attributes:
        address_space: Bytes.
        memory: Bytes of data that are really used.
        file: Bytes of each file it writes. Memory that is shared as a file counts as well.
        descriptors: Files and sockets open at once.
        cpu_s: Seconds of computing in its whole life, of all its threads together.
        network: Whether it keeps the network. With a screen that is reached through it, it does.
        ends_with_parent: Whether the system kills it when the thread that started it ends (Linux).
    """

    address_space: int | None = None
    memory: int | None = None
    file: int | None = None
    descriptors: int = 256
    cpu_s: int | None = None
    network: bool = False
    ends_with_parent: bool = True


_GIB, _MIB = 2**30, 2**20

_FRAMES = ProcessLimits(address_space=3 * _GIB, memory=3 * _GIB, file=64 * _MIB)
#: A model that is unpacked, checked and written anew; see `models.read`.
_READ = ProcessLimits(address_space=3 * _GIB, memory=2 * _GIB, file=_GIB, cpu_s=60)
#: Software drawing takes 1.3 GiB of address space and 0.2 GiB of memory for an ordinary model;
#: drivers of graphics cards reserve much more than they use.
_RENDER = ProcessLimits(address_space=16 * _GIB, memory=3 * _GIB, file=64 * _MIB, cpu_s=60)
#: Lives as long as its window. What it shares with a Wayland screen counts as a file.
_ORBIT = ProcessLimits(address_space=16 * _GIB, memory=3 * _GIB, file=512 * _MIB)
#: It serves, so it keeps the network. It looks by itself whether its window is still there: the
#: thread that starts it may end before the program does.
_SIMULATOR = ProcessLimits(
    memory=2 * _GIB, file=64 * _MIB, descriptors=4096, network=True, ends_with_parent=False
)
#: A text of 64 MiB takes a minute or two, and a dozen times its length.
_TEXTS = ProcessLimits(address_space=4 * _GIB, memory=3 * _GIB, file=0, cpu_s=900)
_MODELS = {"read": _READ, "render": _RENDER, "orbit": _ORBIT}


def run(words: Sequence[str]) -> int:
    """Be the helper `words[0]`, told `words[1:]`. Returns the exit code; 2: there is none such."""
    # Each is loaded after its limits are in place, and only where it is wanted: they need
    # different halves of Qt, or none of it.
    match list(words):
        case ["frames"]:
            confine(_FRAMES)
            from rushes.helpers import frames

            return frames.main()
        case ["texts", *rest] if len(rest) <= 1:
            confine(_TEXTS)
            from rushes.helpers import texts

            return texts.main(rest)
        case ["models", verb, *rest] if verb in _MODELS:
            confine(_MODELS[verb])
            from rushes.helpers import models

            return models.main([verb, *rest])
        case ["libraries"]:  # reads no file of strangers
            from rushes.helpers import libraries

            libraries.main()
        case ["simulator", how]:
            confine(_SIMULATOR)
            from rushes.simulator.server import serve_for_window

            return serve_for_window(how)
    print("rushes: there is no such helper", file=sys.stderr)
    return 2


def confine(limits: ProcessLimits) -> None:
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
        left = limits.network or _is_far(os.environ.get("DISPLAY", "")) or leave_network(libc)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if not left:
            refuse_sockets(libc)
        if limits.ends_with_parent:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _is_far(display: str) -> bool:
    return display[:1] not in ("", ":")


def leave_network(libc: ctypes.CDLL) -> bool:
    """Go where there is no network. False: this system keeps that from ordinary users."""
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # Who we are in there: otherwise nobody, and Qt says that our folders are not ours.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    return True


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def refuse_sockets(libc: ctypes.CDLL) -> bool:
    """Have the system refuse sockets that reach further than this computer, for good.

    For systems that do not let us leave the network. It needs PR_SET_NO_NEW_PRIVS before.

    Returns:
        False: not known how on this processor, or refused.

    Source: Linux, seccomp(2); the offsets are those of `struct seccomp_data`.
    """
    if platform.machine() not in _SOCKET_CALLS:
        return False
    processor, socket = _SOCKET_CALLS[platform.machine()]
    load, if_equal, if_at_least, end = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EACCES
    lines = (  # what to do, lines to skip if so, lines to skip if not, a number
        (load, 0, 0, 4),  # the processor
        (if_equal, 0, 7, processor),
        (load, 0, 0, 0),  # which call
        (if_at_least, 6, 0, 0x40000000),  # the same calls under other numbers
        (if_equal, 5, 0, _IO_URING_SETUP),  # makes sockets without a call
        (if_equal, 0, 3, socket),
        (load, 0, 0, 16),  # its first argument: the family
        (if_equal, 1, 0, _AF_UNIX),
        (if_equal, 0, 1, _AF_NETLINK),
        (end, 0, 0, allow),
        (end, 0, 0, refuse),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = _Filter(len(lines), ctypes.addressof(code))
    done: int = libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)
    return done == 0
