"""What a disk says about saved files: real folders, and a real drive that never answers."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rushes.core.presence import AwayFolder, FoundFile, KeptFile, Why
from rushes.core.task import ArtifactKind, ArtifactState, Key
from rushes.files.file_store import FilePresence
from rushes.system.threads import Watchdog
from tests.conftest import Drive
from tests.patience import LIMIT_S
from tests.store.test_store_safety import can_mount

THERE = FoundFile(there=True)


def kept(path: Path) -> KeptFile:
    """The file as it is now."""
    state = path.stat()
    return KeptFile(
        Key("a", path.name),
        ArtifactKind.VIDEO,
        ArtifactState.SAVED,
        str(path),
        state.st_size,
        state.st_mtime_ns,
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def made(*paths: Path) -> list[KeptFile]:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
    return [kept(path) for path in paths]


def disk(*roots: Path) -> FilePresence:
    return FilePresence(lambda: roots, Watchdog(0.2))


def away(path: Path, why: Why) -> FoundFile:
    return FoundFile(away=AwayFolder(str(path), why))


def test_that_the_topmost_folder_that_is_gone_is_named(run: Drive[Any], tmp_path: Path) -> None:
    root = tmp_path / "films"
    files = made(root / "1" / "a", root / "2" / "b", tmp_path / "c")
    assert run(disk(root).look(files)) == [THERE] * 3
    (root / "1").rename(root / "old")
    assert run(disk(root).look(files)) == [away(root / "1", Why.GONE), THERE, THERE]
    root.rename(tmp_path / "somewhere")
    assert run(disk(root).look(files)) == [away(root, Why.GONE)] * 2 + [THERE]
    root.write_bytes(b"not a folder")
    assert run(disk(root).look(files)) == [away(root, Why.GONE)] * 2 + [THERE]


def test_that_an_empty_results_folder_is_named_and_another_empty_one_is_not(
    run: Drive[Any], tmp_path: Path
) -> None:
    root, other = tmp_path / "films", tmp_path / "other"
    files = made(root / "1" / "a", root / "b", other / "c")
    (root / "1").rename(tmp_path / "1")
    for name in (root / "b", other / "c"):
        name.unlink()
    assert run(disk(root).look(files)) == [away(root, Why.EMPTY)] * 2 + [FoundFile()]


def test_that_a_file_alone_names_no_folder(run: Drive[Any], tmp_path: Path) -> None:
    files = made(tmp_path / "a", tmp_path / "b", tmp_path / "c", tmp_path / "d")
    (tmp_path / "a").unlink()
    (tmp_path / "b").write_bytes(b"longer film")
    (tmp_path / "c").unlink()
    (tmp_path / "c").mkdir()
    os.utime(tmp_path / "d", ns=(7, 7))
    found = run(disk(tmp_path).look(files))
    assert found == [FoundFile(), FoundFile(), FoundFile(), FoundFile(there=True, changed_at=7)]
    (file,) = made(tmp_path / "e")
    odd = [file._replace(path=None), file._replace(path="a\0b"), file._replace(path="e")]
    assert run(disk(tmp_path).look(odd)) == [FoundFile()] * 3


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones there")
def test_that_a_closed_folder_is_named(tmp_path: Path) -> None:
    """By somebody who may not do everything."""
    root = tmp_path / "films"
    made(root / "1" / "a")
    root.chmod(0)
    rights = "-dac_override,-dac_read_search"
    limited = ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]
    try:
        done = subprocess.run(
            [*(limited if os.geteuid() == 0 else []), sys.executable, "-c", LOOK, str(root)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        root.chmod(0o755)
    assert done.stdout.split() == ["closed", str(root)]


LOOK = """
import asyncio, sys
from pathlib import Path
from rushes.system.threads import Watchdog
from rushes.files.file_store import FilePresence
from rushes.core.presence import KeptFile
root = Path(sys.argv[1])
file = KeptFile(None, None, None, str(root / "1" / "a"), 4, 1, None)
(found,) = asyncio.run(FilePresence(lambda: (root,), Watchdog()).look([file]))
print(found.away.why.value, found.away.path)
"""


def test_that_only_the_same_content_is_the_same_file(run: Drive[Any], tmp_path: Path) -> None:
    (file,) = made(tmp_path / "a")
    assert run(disk().is_same(file))
    assert not run(disk().is_same(file._replace(sha256="ab" * 32)))
    assert not run(disk().is_same(file._replace(path=str(tmp_path / "b"))))
    assert not run(disk().is_same(file._replace(path="\0")))


def test_that_a_dead_drive_is_away_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """In a process of its own: who hangs in the kernel is ended with it."""
    if not can_mount() or not Path("/dev/fuse").exists():
        pytest.skip("a dead drive needs the right to mount one")
    films, here = made(tmp_path / "films" / "1" / "a", tmp_path / "b")
    words = [films.path or "", here.path or ""]
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", DEAD, str(tmp_path / "films"), *words],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.stdout.split() == ["silent", "there", "silent", "soon"], done.stderr


DEAD = """
import asyncio, sys, time
from pathlib import Path
from rushes.system.threads import Watchdog
from rushes.files.file_store import FilePresence
from rushes.core.presence import KeptFile
from tests.faults.dead_drive import DeadDrive
root = Path(sys.argv[1])
drive = DeadDrive(root)
async def look():
    disk = FilePresence(lambda: (), Watchdog(1.0))
    films, here = [KeptFile(None, None, None, path, None, None, None) for path in sys.argv[2:]]
    for file in (films, here):
        (found,) = await disk.look([file])
        print("there" if found.there else found.away.why.value)
    began = time.monotonic()
    (found,) = await disk.look([films])
    print(found.away.why.value, "soon" if time.monotonic() - began < 0.5 else "late")
asyncio.run(look())
"""
