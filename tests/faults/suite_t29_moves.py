"""T29: kill -9 at each step of moving files, on one disk, to another, and to one that gets full.

Nothing is lost at any moment, and the next start finds every file under the name in its row, once,
with its sidecar beside it; what is somebody else's stays as it was.
"""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from rushes.core.failure import Kind
from rushes.core.task import ArtifactState
from rushes.store import tables
from tests.faults.library import TAKES, Library
from tests.faults.moving import COPYING, STEPS, mover_of
from tests.faults.report import Report
from tests.patience import LIMIT_S
from tests.store.test_store_safety import can_mount

_SHARED = Path("/dev/shm")
_FOREIGN = b"somebody else's"
_ROOT = Path(__file__).parents[2]
#: Of the disk that gets full: room for some of the files.
_SMALL_BYTES = 320 * 1024


def _die(library: Library, folder: Path, step: str, number: int, way: str) -> str:
    """What it said; "" when it died there."""
    words = [str(library.base), str(folder), step, str(number), way]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.moving", *words],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode == -signal.SIGKILL:
        return ""
    assert done.returncode == 0, done.stderr
    return done.stdout


def _contents(*folders: Path) -> Counter[str]:
    films = (p for f in folders for p in f.rglob("*") if p.is_file() and p.suffix == ".mp4")
    return Counter(
        hashlib.sha256(film.read_bytes()).hexdigest()
        for film in films
        if not film.name.startswith(".")
    )


async def _found_again(library: Library, folder: Path, report: Report) -> None:
    """What the next start makes of it."""
    async with AsyncExitStack() as stack:
        mover = await mover_of(stack, library.base, folder)
        await mover.recover()
        tasks = await mover.store.read(tables.tasks)
        assert len(tasks) == TAKES
        for task in tasks:
            (film,) = task.artifacts
            path = Path(film.path or "")
            is_there = path.is_file() and film.sha256 == _digest(path)
            report.lost += not is_there
            assert film.state is ArtifactState.SAVED, f"{task.id} is {film.state.value}"
            assert is_there, f"{task.id} is not at {path}"
        assert await mover.store.read(tables.begun_moves) == ()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _round(report: Report, target: Path, step: str, number: int, way: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place))
        library.make()
        wanted = set(_contents(library.place))
        day = datetime.fromtimestamp(1.0).astimezone()  # when they were made
        foreign = target / f"{day:%Y%m%d}" / "t03.mp4"  # what the template calls one of them
        foreign.parent.mkdir(parents=True)
        foreign.write_bytes(_FOREIGN)
        said = _die(library, target, step, number, way)
        assert not said, f"it ended without coming to that: {said}"
        here = _contents(library.place, target)
        report.lost += len(wanted - set(here))
        assert wanted <= set(here), "a film is nowhere"
        asyncio.run(_found_again(library, target, report))
        foreign_too = Counter([hashlib.sha256(_FOREIGN).hexdigest()])
        after = _contents(library.place, target) - foreign_too
        report.leaks += after.total() - len(wanted)
        assert after == Counter(wanted), "a film is there twice"
        assert foreign.read_bytes() == _FOREIGN
        strays = [p for p in target.rglob(".*") if ".part" in p.name]
        report.leaks += len(strays)
        assert strays == []
        # Once more, without a death: the rest follows.
        rest = json.loads(_die(library, target, "never", 1, way))
        assert rest["failure"] == ""
        asyncio.run(_found_again(library, target, report))
        assert _contents(target) - foreign_too == Counter(wanted)
        assert foreign.with_name("t03 (2).mp4").is_file()


def _full(report: Report, target: Path) -> None:
    """A disk that takes some of the files, and no more."""
    with tempfile.TemporaryDirectory() as place:
        library = Library(Path(place))
        library.make()
        wanted = set(_contents(library.place))
        said = json.loads(_die(library, target, "never", 1, "tight"))
        assert said["failure"] == Kind.DISK_FULL.value, said
        assert 0 < said["moved"] < TAKES, said
        asyncio.run(_found_again(library, target, report))
        assert _contents(library.place, target) == Counter(wanted)
        assert [p for p in target.rglob(".*") if ".part" in p.name] == []


def _on_a_small_disk(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder, report.case("a disk that gets full"):
        script = f'mount -t tmpfs -o size={_SMALL_BYTES} none "$0" && exec "$@"'
        child = [sys.executable, "-m", "tests.faults.suite_t29_moves", folder]
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script, folder, *child],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def run(full: bool) -> Report:
    """A kill at each step of the first, a middle and the last file; quick: of a middle one."""
    report = Report("T29")
    ways: list[tuple[str, Path | None, Sequence[str]]] = [
        ("", None, STEPS),
        ("no links", None, STEPS),
    ]
    if os.access(_SHARED, os.W_OK):
        ways.append(("", _SHARED, (*STEPS, *COPYING)))
    for way, disk, steps in ways:
        for step in steps:
            for number in (1, 4, TAKES) if full else (4,):
                where = "another disk" if disk else way or "one disk"
                with (
                    tempfile.TemporaryDirectory(dir=disk) as folder,
                    report.case(f"{step} of file {number}, {where}"),
                ):
                    _round(report, Path(folder), step, number, way)
    if can_mount():
        _on_a_small_disk(report)
    return report


if __name__ == "__main__":
    small = Report("T29")
    _full(small, Path(sys.argv[1]))
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    assert small.lost == 0
