"""T17: told to end at any point of its life, the window ends: soon, with 0, without a word."""

import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.e2e.command import Served, Shell, simulating
from tests.faults.report import Report

SOON_S = 2.0
_MASKS = ("SigBlk", "SigCgt")
_LONGEST_S = 60.0  # what does not end by then never will

Reached = Callable[[Path, Served], bool]


def _files(base: Path, pattern: str) -> int:
    return sum(1 for _ in (base / "files").rglob(pattern))


def _lock_says(base: Path, word: bytes) -> bool:
    lock = base / "data" / "rushes.sqlite3.lock"
    return lock.exists() and word in lock.read_bytes()


def _asked(service: str, count: int) -> Reached:
    return lambda base, served: (
        sum(1 for one in served.heard() if one["service"] == service) >= count
    )


def _minds(process: int) -> bool:
    """Whether it decides by itself what SIGTERM does. Before, the system just ends it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    masks = [int(line.split()[1], 16) for line in status.splitlines() if line[:6] in _MASKS]
    return any(mask >> (signal.SIGTERM - 1) & 1 for mask in masks)


def _after(seconds: float) -> Reached:
    """So long after it began to mind signals, whatever it does then."""
    due: list[float] = []

    def look(base: Path, served: Served) -> bool:
        due.append(time.monotonic() + seconds)
        return time.monotonic() >= due[0]

    return look


def _as_it_is(look: Reached) -> Reached:
    return look


def phases() -> dict[str, Callable[[], Reached]]:
    """Where in its life the program is told to end. Each is looked for anew in each run."""
    seen: dict[str, Reached] = {
        "the list is locked": lambda base, _: _lock_says(base, b"open"),
        "the list is open": lambda base, _: (base / "data" / "rushes.sqlite3-wal").exists(),
        "the first question": _asked("ark", 1),
        "the fifth question": _asked("rong", 5),
        "the first file is asked for": _asked("files", 1),
        "a part of a file": lambda base, _: _files(base, ".*.part") > 0,
        "the third file is asked for": _asked("files", 3),
        "the first file": lambda base, _: _files(base, "*.mp4") > 0,
        "the first sidecar": lambda base, _: _files(base, "*.json") > 0,
        "the fourth file": lambda base, _: _files(base, "*.mp4") > 3,
        "the second question": _asked("ark", 2),
    }
    found: dict[str, Callable[[], Reached]] = {}
    for seconds in (0.0, 0.1, 0.2, 0.3, 0.5, 0.8, 1.1, 1.7, 3.7):
        found[f"{seconds} s after the start"] = partial(_after, seconds)
    for name, look in seen.items():
        found[name] = partial(_as_it_is, look)
    return found


def _quit(shell: Shell, served: Served, reached: Reached, how: signal.Signals) -> float:
    """Start the window, wait for the phase, tell it to end. Returns how long that took."""
    program = subprocess.Popen(
        shell.words(speed=5), env=shell.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        end = time.monotonic() + _LONGEST_S
        while not (_minds(program.pid) and reached(shell.base, served)):
            assert time.monotonic() < end, "it never got there"
            assert program.poll() is None, "it ended by itself"
            time.sleep(0.01)
        told_at = time.monotonic()
        program.send_signal(how)
        said, _ = program.communicate(timeout=_LONGEST_S)
        took = time.monotonic() - told_at
    finally:
        program.kill()
        program.wait()
    assert said == b"", said.decode(errors="replace")
    assert program.returncode == 0, f"exit code {program.returncode}"
    return took


def run(full: bool) -> Report:
    report, times = Report("T17"), list[float]()
    if not os.environ.get("DISPLAY") or not Path("/proc/self/status").exists():
        raise unittest.SkipTest("a window needs a screen, and the phases are read in /proc")
    every = phases()
    names = list(every) if full else random.Random(17).sample(list(every), 2)
    for name in names * (10 if full else 1):
        with tempfile.TemporaryDirectory() as place, simulating("demo", speed=5) as served:
            shell = Shell.on(Path(place, "base"), served)
            shell.env.update(RUSHES_NO_DIALOG="1", PYTHONWARNINGS="default")
            shell.add_all(served, ("ark", "rong") if full else ("ark",))
            with report.case(f"{name}, run {report.cases}"):
                times.append(_quit(shell, served, every[name](), signal.SIGTERM))
                assert times[-1] <= SOON_S or not full, f"{times[-1]:.1f} s"
    report.figures["slowest_s"] = round(max(times, default=0.0), 2)
    return report
