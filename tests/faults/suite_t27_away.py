"""T27: files moved, deleted or replaced, folders away and back: at the start, while the window is
open, and by the command line. The word in row, list and status is true within 5 s of looking.

The window is a process of its own, the disks are real ones in a mount namespace of the suite's own
(`python -m tests.faults.suite_t27_away` is what runs in it); what needs a right that is not there
is left out.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from tests.faults.dead_drive import DeadDrive
from tests.faults.library import DAYS, KEY_ENV, TAKES, Library
from tests.faults.report import Report
from tests.store.test_store_safety import can_mount

SOON_S = 5.0
_LONGEST_S = 60.0  # what is not true by then never will be: the case fell long before
_DISK_BYTES = 64 * 2**20

Ids = set[str]


@dataclass(frozen=True)
class Fault:
    """What happens to files, and its end.

    Attributes:
        begin, end: Do it and undo it. What `end` undoes are the takes of `gone`.
        gone: The takes whose files are not there meanwhile, or are not theirs.
        told: What the sentence about it says; "" for no sentence.
        before, after: For the fault alone, while all files are there.
        quick: Also in the quick form.
    """

    name: str
    begin: Callable[[Library], object]
    end: Callable[[Library], object]
    gone: Callable[[Library], Ids]
    told: str = ""
    before: Callable[[Library], object] = lambda _: None
    after: Callable[[Library], object] = lambda _: None
    quick: bool = False


# what happens


def _aside(library: Library) -> Path:
    return library.place / "aside"


def _one(library: Library) -> Path:
    return library.files["t03"]


def _keep(library: Library) -> None:
    _aside(library).mkdir(exist_ok=True)
    shutil.copy2(_one(library), _aside(library) / "copy")


def _put_back(library: Library) -> None:
    if _one(library).is_dir():
        _one(library).rmdir()
    shutil.copy2(_aside(library) / "copy", _one(library))


def _on_one(name: str, how: Callable[[Path], object], *, missing: bool = True) -> Fault:
    return Fault(
        name,
        begin=lambda library: how(_one(library)),
        end=_put_back,
        gone=lambda _: {"t03"} if missing else set(),
        before=_keep,
    )


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _replace_other(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _away(name: str, folder: Callable[[Library], Path], *, quick: bool = False) -> Fault:
    def other(library: Library) -> Path:
        return folder(library).with_name("somewhere else")

    return Fault(
        name,
        begin=lambda library: folder(library).rename(other(library)),
        end=lambda library: other(library).rename(folder(library)),
        gone=lambda library: library.below(folder(library)),
        told="is not there",
        quick=quick,
    )


def _two_days(library: Library, back: bool) -> None:
    for day in DAYS:
        here, there = library.films / day, library.place / f"old {day}"
        (there if back else here).rename(here if back else there)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def _onto_a_stick(library: Library) -> None:
    """The results folder becomes the place of a disk that has the files."""
    library.films.rename(library.place / "stick")
    library.films.mkdir()
    _plug_in(library)


def _plug_in(library: Library) -> None:
    _mount("--bind", str(library.place / "stick"), str(library.films))


def _pull_out(library: Library) -> None:
    subprocess.run(["umount", "-l", str(library.films)], check=True)


def _off_the_stick(library: Library) -> None:
    _pull_out(library)
    library.films.rmdir()
    (library.place / "stick").rename(library.films)


def _link_to_share(library: Library) -> None:
    library.films.rename(library.place / "share")
    library.films.symlink_to(library.place / "share")


def _unlink_share(library: Library) -> None:
    library.films.unlink()
    (library.place / "share").rename(library.films)


_dead: list[DeadDrive] = []


def _die(folder: Path) -> None:
    _dead.append(DeadDrive(folder))


def _of_films(library: Library) -> Ids:
    return library.below(library.films)


FAULTS = (
    _on_one("a file is moved", lambda path: path.rename(path.with_name("mine.mp4"))),
    _on_one("a file is deleted", lambda path: path.unlink()),
    _on_one("a file is cut", lambda path: os.truncate(path, 1000)),
    _on_one("a file is replaced by a longer one", lambda path: path.write_bytes(bytes(99_000))),
    _on_one("a file is replaced by one of its size", _replace_other),
    _on_one("a file is replaced by a folder", _replace_by_folder),
    _on_one("a file is touched", lambda path: os.utime(path), missing=False),
    Fault(
        "a file under a name of the user's is deleted",
        begin=lambda library: library.files["t13"].rename(library.place / "t13"),
        end=lambda library: (library.place / "t13").rename(library.files["t13"]),
        gone=lambda _: {"t13"},
    ),
    _away("a day's folder is away", lambda library: library.films / DAYS[0]),
    Fault(
        "both days' folders are away",
        begin=lambda library: _two_days(library, back=False),
        end=lambda library: _two_days(library, back=True),
        gone=_of_films,
        told="is empty",
    ),
    _away("the results folder is away", lambda library: library.films, quick=True),
    _away("the folder above is away", lambda library: library.disk),
    Fault(
        "the results folder is closed",
        begin=lambda library: library.films.chmod(0),
        end=lambda library: library.films.chmod(0o755),
        gone=_of_films,
        told="cannot be read",
    ),
    Fault(
        "a day's folder is closed",
        begin=lambda library: (library.films / DAYS[1]).chmod(0),
        end=lambda library: (library.films / DAYS[1]).chmod(0o755),
        gone=lambda library: library.of_day(DAYS[1]),
        told="cannot be read",
    ),
)

WITH_DISKS = (
    Fault(
        "the disk is not mounted",
        begin=_pull_out,
        end=_plug_in,
        gone=_of_films,
        told="is empty",
        before=_onto_a_stick,
        after=_off_the_stick,
    ),
    Fault(
        "another disk is mounted there",
        begin=lambda library: _mount("-t", "tmpfs", "none", str(library.films)),
        end=_pull_out,
        gone=_of_films,
        told="is empty",
    ),
)

WITH_DEAD_DRIVES = (
    Fault(
        "the drive is dead",
        begin=lambda library: _die(library.films),
        end=lambda _: _dead.pop().take_away(),
        gone=_of_films,
        told="does not answer",
        quick=True,
    ),
    Fault(
        "the results folder is a link to a dead drive",
        begin=lambda library: _die(library.place / "share"),
        end=lambda _: _dead.pop().take_away(),
        gone=_of_films,
        told="does not answer",
        before=_link_to_share,
        after=_unlink_share,
    ),
)


# who looks


def _environment() -> dict[str, str]:
    return os.environ | {KEY_ENV: "key", "RUSHES_NO_DIALOG": "1"}


def _as_anybody() -> list[str]:
    """Whoever may do everything could read a closed folder: without that right, then."""
    if os.geteuid() != 0:
        return []
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]


class Window:
    """The running window; see `looked_at`."""

    def __init__(self, base: Path) -> None:
        self._process = subprocess.Popen(
            [*_as_anybody(), sys.executable, "-m", "tests.faults.looked_at", str(base)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=_environment(),
        )

    def seen(self) -> dict[str, Any]:
        """Raises AssertionError when it does not answer at all."""
        stdin, stdout = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        stdin.write("look\n")
        stdin.flush()
        assert select.select([stdout], [], [], _LONGEST_S)[0], "the window hangs"
        return cast(dict[str, Any], json.loads(stdout.readline()))

    def close(self) -> int:
        cast(IO[str], self._process.stdin).close()
        try:
            return self._process.wait(_LONGEST_S)
        finally:
            self._process.kill()
            self._process.wait()
            cast(IO[str], self._process.stdout).close()


def wrong(seen: dict[str, Any], gone: Ids, told: str) -> list[str]:
    """Where the window does not say how things are."""
    rows = seen["rows"]
    found = [f"{len(rows)} rows"] if len(rows) != TAKES else []
    for id_, word in rows.items():
        should = "Missing" if id_ in gone else "Saved"
        if word != should:
            found.append(f"{id_}: {word}, not {should}")
    if f"saved {TAKES - len(gone)}/{TAKES}" not in seen["status"]:
        found.append(f"status: {seen['status']}")
    if told not in seen["message"] or bool(told) != bool(seen["message"]):
        found.append(f"message: {seen['message'] or 'none'}")
    if told and f"{len(gone)} saved take" not in seen["message"]:
        found.append(f"message: {seen['message']}, not {len(gone)}")
    return found


def true_soon(window: Window, gone: Ids, told: str, figures: list[float]) -> None:
    """Wait until the window says how things are; fail if that took too long."""
    began = time.monotonic()
    while True:
        seen = window.seen()
        bad = wrong(seen, gone, told)
        took = time.monotonic() - began
        if not bad or took > _LONGEST_S:
            break
        time.sleep(0.05)
    figures.append(took)
    assert not bad, bad
    assert took <= SOON_S, f"{took:.1f} s"


def listed(base: Path, gone: Ids, told: str) -> None:
    """It starts, tells how things are at that moment, and ends: nothing here is waited for."""
    words = [*_as_anybody(), sys.executable, "-m", "rushes", "--base-dir", str(base)]
    done = subprocess.run(
        [*words, "list", "--json"],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=_LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    states = {line["id"]: line["artifacts"][0]["state"] for line in lines}
    should = {id_: "missing" if id_ in gone else "saved" for id_ in states}
    assert len(states) == TAKES
    assert states == should, {id_: s for id_, s in states.items() if s != should[id_]}
    assert told in done.stderr, done.stderr
    assert bool(told) == bool(done.stderr), done.stderr


@contextmanager
def opened(base: Path) -> Iterator[Window]:
    window = Window(base)
    try:
        yield window
    finally:
        window.close()


def play(report: Report, library: Library, fault: Fault, took: list[float]) -> None:
    """The fault without a window, at its start, undone and done again while it is open."""
    base, gone, told = library.base, fault.gone(library), fault.told
    fault.before(library)
    begun = False
    try:
        fault.begin(library)
        begun = True
        with report.case(f"{fault.name}: listed"):
            listed(base, gone, told)
        with opened(base) as window:
            window.seen()  # it is on the screen
            with report.case(f"{fault.name}: at the start"):
                true_soon(window, gone, told, took)
            with report.case(f"{fault.name}: listed beside the window"):
                listed(base, gone, told)
            fault.end(library)
            begun = False
            with report.case(f"{fault.name}: over while open"):
                true_soon(window, set(), "", took)
            fault.begin(library)
            begun = True
            with report.case(f"{fault.name}: while open"):
                true_soon(window, gone, told, took)
            closing = time.monotonic()
            with report.case(f"{fault.name}: the window ends"):
                assert window.close() == 0
                assert time.monotonic() - closing < SOON_S
        fault.end(library)
        begun = False
        with report.case(f"{fault.name}: over, listed"):
            listed(base, set(), "")
    finally:
        if begun:
            with suppress(OSError):
                fault.end(library)
        fault.after(library)


def main(place: Path, full: bool) -> Report:
    """Every fault one after the other on one library: what the last one left in the list is old by
    the next start."""
    report, took = Report("T27"), []  # type: ignore[var-annotated]
    library = Library(place)
    library.make()
    faults = [*FAULTS, *WITH_DISKS, *WITH_DEAD_DRIVES] if can_mount() else [*FAULTS]
    if not Path("/dev/fuse").exists():
        faults = [fault for fault in faults if fault not in WITH_DEAD_DRIVES]
    for fault in faults:
        if full or fault.quick:
            play(report, library, fault, took)
    report.figures["slowest_s"] = round(max(took, default=0.0), 1)
    return report


def run(full: bool) -> Report:
    if not os.environ.get("DISPLAY"):
        raise unittest.SkipTest("a window needs a screen")
    report = Report("T27")
    with tempfile.TemporaryDirectory() as place:
        if not can_mount():
            return main(Path(place), full)
        words = [sys.executable, "-m", "tests.faults.suite_t27_away", place, *(["full"] * full)]
        disk = f'mount -t tmpfs -o size={_DISK_BYTES} none "$0" && exec "$@"'
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", disk, place, *words],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    said = json.loads(done.stdout.splitlines()[-1])
    for name, value in said.items():
        setattr(report, name, value)
    return report


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), "full" in sys.argv[2:])
    keys = ("cases", "passed", "fallen", "figures")
    print(json.dumps({name: getattr(found, name) for name in keys}))
