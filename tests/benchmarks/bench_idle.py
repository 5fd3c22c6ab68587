"""P12: what the program costs while nothing happens. It runs as a process of its own, with 500
running tasks at a simulated service, and with a list whose tasks have all ended."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tests.benchmarks.figure import Figure, limit
from tests.benchmarks.idle_window import READY

FIGURES = ("P12",)


def figures(quick: bool) -> Iterator[Figure]:
    # Before it is looked on, each task is asked about once, as often as its service allows.
    tasks, settle_s, lasts_s = (25, 3.0, 6.0) if quick else (500, 10.0, 60.0)
    running = _observe(tasks, settle_s, lasts_s)
    yield limit(
        f"P12 processor with {tasks} running tasks",
        [running.cpu_s / lasts_s * 100],
        unit="% of a core",
        at_most=2,
    )
    what = f"wake-ups of the window's thread with {tasks} running tasks"
    yield limit(f"P12 {what}", [running.main_wakes / lasts_s], unit="a second")
    idle = _observe(0, settle_s, lasts_s)
    yield limit(
        "P12 processor, nothing runs", [idle.cpu_s / lasts_s * 100], unit="% of a core", at_most=0.1
    )
    yield limit("P12 wake-ups, nothing runs", [idle.wakes], unit=f"in {lasts_s:.0f} s", at_most=0)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process used up."""

    cpu_s: float
    wakes: int  # of any of its threads, by itself
    main_wakes: int


def _observe(tasks: int, settle_s: float, lasts_s: float) -> Cost:
    """Start the window on so many running tasks (0: ended ones) and look on from outside."""
    with tempfile.TemporaryDirectory(prefix="rushes-p12-") as folder:
        words = [sys.executable, "-m", "tests.benchmarks.idle_window", folder, str(tasks)]
        window = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert cast(IO[str], window.stdout).readline().strip() == READY
            time.sleep(settle_s)
            cpu_s, before = _cpu_s(window.pid), _wakes(window.pid)
            time.sleep(lasts_s)
            cpu_s, after = _cpu_s(window.pid) - cpu_s, _wakes(window.pid)
        finally:
            window.communicate()
    # A thread that ended meanwhile took its count along; one that began woke from the start.
    more = {thread: count - before.get(thread, 0) for thread, count in after.items()}
    return Cost(cpu_s, sum(more.values()), more[str(window.pid)])


def _cpu_s(pid: int) -> float:
    """Processor seconds so far, from `/proc`."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _wakes(pid: int) -> dict[str, int]:
    """By thread: one that sleeps and runs again has switched of its own will."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return {thread.name: _switches(thread / "status") for thread in threads}


def _switches(status: Path) -> int:
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))
