"""What runs as a process of its own, started through one door: ``rushes --helper NAME``.

A helper looks into files of strangers, so it takes away from itself what it does not need before
it loads anything that reads them (`confine.py`). How it is started, and with which environment, is
said in `system/helper.py`.
"""

import sys
from collections.abc import Sequence

from rushes.helpers.confine import Limits, confine

_GIB, _MIB = 2**30, 2**20

_FRAMES = Limits(address_space=3 * _GIB, memory=3 * _GIB, file=64 * _MIB)
#: A model that is unpacked, checked and written anew; see `turntable.read`.
_READ = Limits(address_space=3 * _GIB, memory=2 * _GIB, file=_GIB, cpu_s=60)
#: Software drawing takes 1.3 GiB of address space and 0.2 GiB of memory for an ordinary model;
#: drivers of graphics cards reserve much more than they use.
_RENDER = Limits(address_space=16 * _GIB, memory=3 * _GIB, file=64 * _MIB, cpu_s=60)
#: Lives as long as its window. What it shares with a Wayland screen counts as a file.
_ORBIT = Limits(address_space=16 * _GIB, memory=3 * _GIB, file=512 * _MIB)
#: It serves, so it keeps the network. It looks by itself whether its window is still there: the
#: thread that starts it may end before the program does.
_SIMULATOR = Limits(
    memory=2 * _GIB, file=64 * _MIB, descriptors=4096, network=True, ends_with_parent=False
)
#: A text of 64 MiB takes a minute or two, and a dozen times its length.
_TEXTS = Limits(address_space=4 * _GIB, memory=3 * _GIB, file=0, cpu_s=900)
_TURNTABLE = {"read": _READ, "render": _RENDER, "orbit": _ORBIT}


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
        case ["turntable", verb, *rest] if verb in _TURNTABLE:
            confine(_TURNTABLE[verb])
            from rushes.helpers import turntable

            return turntable.main([verb, *rest])
        case ["simulator", how]:
            confine(_SIMULATOR)
            from rushes.helpers import simulator

            return simulator.main(how)
    print("rushes: there is no such helper", file=sys.stderr)
    return 2
