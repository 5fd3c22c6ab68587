"""Measure the figures: ``python -m tests.benchmarks [--quick] [--only P4,P5]``, or `--soak`.

Each ``bench_*.py`` beside this file has ``figures(quick: bool) -> Iterator[Figure]`` and may name
in ``FIGURES`` the goals it measures, so that `--only` can pass over it. Each runs in a process of
its own on a virtual screen of its own, in a home folder of its own. One JSON line a figure on
standard output; the exit code is 1 when a goal is missed or a measurement broke off.

`--compare FILE` takes such lines of another tree, or of several runs of it one after the other,
and says behind each figure how it has changed. A figure is worse only by more than the spread of
both: what it is judged by (its ratio where it has a reference) lies beyond every run of the other.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.comparing import Before

_SCREEN = ("xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1200x24")
_SOAK = "soak"
# Pretended time and processor time: in the quick form they run side by side.
_NOT_TIMED = frozenset({"bench_idle", "bench_policy", "bench_requests"})


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="some three minutes: fewer rounds, smaller amounts"
    )
    parser.add_argument("--only", default="", metavar="P4,P5", help="these figures")
    parser.add_argument("--soak", action="store_true", help="the ten minutes with 10,000 tasks")
    parser.add_argument("--minutes", type=float, metavar="N", help="with --soak: another length")
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="lines of an older tree, told beside ours"
    )
    options = parser.parse_args(argv)
    if options.soak:
        minutes = () if options.minutes is None else ("--minutes", str(options.minutes))
        return _run(_SOAK, *minutes)
    before = Before.read(options.compare) if options.compare else None
    words = ("--only", options.only, *(["--quick"] if options.quick else []))
    modules = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    beside = _NOT_TIMED if options.quick else frozenset()
    missed = [
        name
        for name in modules
        if name not in beside and _run("alone", name, *words, before=before) != 0
    ]
    with ThreadPoolExecutor() as pool:
        jobs = {
            name: pool.submit(
                _run, "alone", name, *words, screen=f"--server-num={100 + 50 * n}", before=before
            )
            for n, name in enumerate(sorted(beside))
        }
        missed += [name for name, job in jobs.items() if job.result() != 0]
    if before is not None:
        print(before.summary(), file=sys.stderr)
    if missed:
        print(f"missed a goal, or broke off: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def _run(
    program: str, *words: str, screen: str = "--server-num=99", before: Before | None = None
) -> int:
    """`screen`: where to look for a free one first; two that look at once would take the same."""
    is_there = sys.platform.startswith("linux") and shutil.which("xvfb-run")
    command = [
        *((*_SCREEN, screen) if is_there else ()),
        sys.executable,
        "-m",
        f"{__package__}.{program}",
        *words,
    ]
    with tempfile.TemporaryDirectory(prefix="rushes-bench-") as home:
        own = {
            "PYTHONDONTWRITEBYTECODE": "",  # as it is installed: Qt's modules have theirs, too
            "HOME": home,
            "TMPDIR": home,
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "XDG_CACHE_HOME": f"{home}/.cache",
        }
        with subprocess.Popen(
            command, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout or ():
                print(line if before is None else before.beside(line), end="", flush=True)
        return process.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
