"""T28: whatever hangs (a drive, a pipe, a helper, the password store), the window ends in time."""

import ctypes
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.e2e.command import PROGRAM
from tests.faults.report import Report

SOON_S = 2.0
_LONGEST_S = 40.0
_FORCE = 1  # MNT_FORCE

#: A backend of the keyring library that asks its user for ever.
_ASKING = """
import os, threading
from keyring.backend import KeyringBackend

class Asking(KeyringBackend):
    priority = 9

    def __init__(self):
        open(os.environ["VAULT_ASKED"], "w").close()
        threading.Event().wait()

    def get_password(self, service, username): ...
    def set_password(self, service, username, password): ...
    def delete_password(self, service, username): ...
"""

Prepare = Callable[[Path], Path]


def nothing(place: Path) -> Path:
    return place


def pipe(place: Path) -> Path:
    os.mkfifo(place / "ids.txt")
    return place / "ids.txt"


def device(place: Path) -> Path:
    return Path("/dev/zero")


def pipe_among_files(place: Path) -> Path:
    (place / "watched").mkdir()
    os.mkfifo(place / "watched" / "ids.txt")
    return place / "watched"


def pipe_as_film(place: Path) -> Path:
    os.mkfifo(place / "film.mp4")
    return place / "film.mp4"


def pipe_as_model(place: Path) -> Path:
    os.mkfifo(place / "model.glb")
    return place / "model.glb"


def heavy_model(place: Path) -> Path:
    """4,000 parts that stand in 4,000 places: 16 million draw calls in 200 kB."""
    part = {"attributes": {"POSITION": 0}}
    description = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": list(range(4000))}],
        "nodes": [{"mesh": 0}] * 4000,
        "meshes": [{"primitives": [part] * 4000}],
        "accessors": [{"count": 3, "min": [0, 0, 0], "max": [1, 1, 1]}],
    }
    text = json.dumps(description).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON")
    (place / "heavy.glb").write_bytes(head + text)
    return place / "heavy.glb"


@contextmanager
def dead_drive(place: Path) -> Iterator[Path]:
    """A file system whose server never answers: whoever looks at it waits for ever."""
    mounted, libc = place / "dead", ctypes.CDLL(None, use_errno=True)
    mounted.mkdir()
    served = os.open("/dev/fuse", os.O_RDWR)
    try:
        how = f"fd={served},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
        if libc.mount(b"dead", os.fsencode(mounted), b"fuse", 0, how.encode()) != 0:
            raise OSError(ctypes.get_errno(), "no file system can be mounted here")
        try:
            yield mounted
        finally:
            libc.umount2(os.fsencode(mounted), _FORCE)
    finally:
        os.close(served)


def _has_dead_drives() -> bool:
    with suppress(OSError), tempfile.TemporaryDirectory() as place, dead_drive(Path(place)):
        return True
    return False


#: Name → predicament of `quitting.py`, what it is given, and whether it lies on a dead drive.
CASES: dict[str, tuple[str, Prepare, bool]] = {
    "a pipe is pasted": ("pasted", pipe, False),
    "a pipe is pasted a hundred times": ("pasted-often", pipe, False),
    "a device is pasted": ("pasted", device, False),
    "a pipe lies in the watched folder": ("watched", pipe_among_files, False),
    "a file on a dead drive is pasted": ("pasted", nothing, True),
    "files on a dead drive are pasted": ("pasted-often", nothing, True),
    "the watched folder is on a dead drive": ("watched", nothing, True),
    "results go to a dead drive": ("folder", nothing, True),
    "a saved film has become a pipe": ("poster", pipe_as_film, False),
    "a saved film is on a dead drive": ("poster", nothing, True),
    "a picture has become a pipe": ("image", pipe_as_film, False),
    "a picture is on a dead drive": ("image", nothing, True),
    "a decoder hangs": ("decoder", nothing, False),
    "a model is read": ("model-read", nothing, False),
    "a model is drawn": ("model-drawn", nothing, False),
    "a model that is far too heavy is looked at": ("model", heavy_model, False),
    "a model has become a pipe": ("model", pipe_as_model, False),
    "a model is on a dead drive": ("model", nothing, True),
    "the window of a model hangs": ("orbit", nothing, False),
    "the simulator hangs": ("simulator", nothing, False),
    "every thread hangs": ("threads", nothing, False),
    "a download hangs in a write": ("download", nothing, False),
    "the password store waits": ("vault", nothing, False),
}
_QUICK = ("a pipe is pasted", "a decoder hangs", "a model is read", "every thread hangs")


def _environment(place: Path) -> dict[str, str]:
    (place / "keyring").mkdir()
    (place / "keyring" / "asking.py").write_text(_ASKING, "utf-8")
    return {
        **os.environ,
        "HOME": str(place),
        "RUSHES_NO_DIALOG": "1",
        "PYTHON_KEYRING_BACKEND": "asking.Asking",
        "PYTHONPATH": str(place / "keyring"),
        "VAULT_ASKED": str(place / "asked"),
    }


def _ended(program: "subprocess.Popen[bytes]") -> float:
    """Tell it to end. Returns how long that took."""
    told_at = time.monotonic()
    program.send_signal(signal.SIGTERM)
    said, _ = program.communicate(timeout=_LONGEST_S)
    took = time.monotonic() - told_at
    assert said == b"", said.decode(errors="replace")
    assert program.returncode == 0, f"exit code {program.returncode}"
    return took


def _quit(place: Path, name: str, thing: Path) -> float:
    words = [sys.executable, "-m", "tests.faults.quitting", name, str(place / "base"), str(thing)]
    program = subprocess.Popen(
        words, env=_environment(place), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    late = threading.Timer(_LONGEST_S, program.kill)
    late.start()
    try:
        assert program.stdout is not None
        said = program.stdout.readline()
        assert said == b"there\n", said + program.stdout.read()
        helpers = _children(program.pid)
        took = _ended(program)
        assert [pid for pid in helpers if _is_there(pid)] == [], "a helper is left"
    finally:
        late.cancel()
        program.kill()
        program.wait()
    return took


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # the thread ended meanwhile
            found += map(int, (task / "children").read_text("ascii").split())
    return found


def _is_there(pid: int) -> bool:
    """After a moment: who is killed takes one to go."""
    end = time.monotonic() + SOON_S
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.01)
    return True


def _starting_demo(place: Path) -> float:
    """Told to end while its services do not come up."""
    program = subprocess.Popen(
        [*PROGRAM, "--base-dir", str(place / "base"), "--demo"],
        env=_environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    stopped = None
    try:
        end = time.monotonic() + _LONGEST_S
        while stopped is None:
            assert time.monotonic() < end, "the services are not started"
            for pid in _children(program.pid):
                with suppress(OSError):
                    if b"simulator" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        os.kill(pid, signal.SIGSTOP)
                        stopped = pid
        return _ended(program)
    finally:
        program.kill()
        program.wait()
        if stopped is not None:
            with suppress(ProcessLookupError):
                os.kill(stopped, signal.SIGKILL)


def run(full: bool) -> Report:
    report, times = Report("T28"), list[float]()
    if not os.environ.get("DISPLAY") or not Path("/proc/self/task").exists():
        raise unittest.SkipTest("a window needs a screen, and helpers are looked for in /proc")
    can_mount = _has_dead_drives()
    for name in CASES if full else _QUICK:
        predicament, prepare, dead = CASES[name]
        if dead and not can_mount:
            continue
        with tempfile.TemporaryDirectory() as folder, report.case(name):
            place = Path(folder)
            if dead:
                with dead_drive(place) as drive:
                    times.append(_quit(place, predicament, drive / "thing.glb"))
            else:
                times.append(_quit(place, predicament, prepare(place)))
            assert times[-1] <= SOON_S or not full, f"{times[-1]:.1f} s"
    if full:
        with tempfile.TemporaryDirectory() as folder, report.case("the simulator does not start"):
            times.append(_starting_demo(Path(folder)))
            assert times[-1] <= SOON_S, f"{times[-1]:.1f} s"
    report.figures["slowest_s"] = round(max(times, default=0.0), 2)
    return report
