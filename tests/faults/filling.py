"""A process that fills its small disk, watches and saves on it, and makes room again.

Run as ``python -m tests.faults.filling FOLDER BYTES…`` on a disk of its own of `DISK_BYTES`: for
each number, that many bytes are left free; a JSON line each says what came of it. A negative
number fills the disk when the first of a file's bytes have come, down to so many.
"""

import asyncio
import json
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from rushes.core.events import ProgramFailure
from rushes.core.merge import Change
from rushes.core.task import ArtifactState, Mark
from rushes.store import StoreError, tables
from tests.patience import LIMIT_S
from tests.saving.test_saving import FILM, Desk, saving
from tests.store.stores import sql

DISK_BYTES = 160 * 2**20
TASKS = 6


class Ballast:
    """What somebody else put on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def leave(self, free: int) -> None:
        left = shutil.disk_usage(self._path.parent).free - free
        with suppress(OSError), self._path.open("ab", buffering=0) as file:
            while left > 0:
                left -= file.write(bytes(min(left, 2**20)))

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)


def named(name: str) -> Change:
    return lambda task: replace(task, mark=Mark(name=name, note="x" * 50_000))


async def add_and_look(desk: Desk, said: set[str]) -> None:
    """Put tasks into the list, name them and look at them; note what was acknowledged."""
    for number in range(TASKS):
        task_id = f"t{number}"
        desk.offer(task_id, f"{number}.mp4")
        with suppress(StoreError):
            await desk.rig.add(task_id)
            said.add(task_id)
            await desk.rig.store.write(
                tables.change, {desk.rig.key(task_id): named(f"take {number}")}, 1.0
            )
        with suppress(StoreError):
            await desk.rig.watcher.look([desk.rig.key(task_id)])


async def one(folder: Path, free: int) -> dict[str, Any]:
    ballast = Ballast(folder.parent / "ballast")
    said: set[str] = set()
    full: list[bool] = []

    def reached(phase: str) -> None:
        if free < 0 and phase == "block" and not full:
            full.append(True)
            ballast.leave(-free)

    async with saving(folder, failpoint=reached) as desk:
        if free >= 0:
            ballast.leave(free)
        answered = False
        with suppress(TimeoutError):
            async with asyncio.timeout(LIMIT_S):
                await add_and_look(desk, said)
                await _until_told_or_done(desk)
                answered = True
        told = [t.failure.kind.value for t in desk.rig.of(ProgramFailure)]
        rows = {task.id for task in await desk.rig.store.read(tables.tasks)}
        ballast.drop()
        for number in range(TASKS):  # what was refused is asked for again by whoever asked
            if f"t{number}" not in rows:
                await desk.rig.add(f"t{number}")
        async with asyncio.timeout(LIMIT_S):
            await _until_saved(desk)
        good = {await desk.state(f"t{n}") for n in range(TASKS)} == {ArtifactState.SAVED}
        kept = [p for p in desk.folder.rglob("*") if p.is_file() and p.suffix != ".json"]
    whole = [p for p in kept if p.suffix == ".mp4" and p.read_bytes() == FILM]
    return {
        "free": free,
        "told": told,
        "answered": answered,
        "lost": len(said - rows),
        "good": good and len(whole) == TASKS,
        "strays": len(kept) - len(whole),
        "sound": sql(folder / "store.sqlite3", "PRAGMA integrity_check") == [("ok",)],
    }


async def _until_told_or_done(desk: Desk) -> None:
    """A disk without room for anything is told to all; a file that does not fit, by its row."""
    while not desk.rig.of(ProgramFailure) and desk.saver.is_busy:
        tasks = await desk.rig.store.read(tables.tasks)
        if any(a.problem.startswith("no_room") for t in tasks for a in t.artifacts):
            return
        await asyncio.sleep(0.02)


async def _until_saved(desk: Desk) -> None:
    """What was not seen while the disk was full is looked at again, as the loop would."""
    while True:
        tasks = await desk.rig.store.read(tables.tasks)
        if unseen := [t.key for t in tasks if not t.artifacts]:
            await desk.rig.watcher.look(unseen)
        states = [a.state for t in tasks for a in t.artifacts]
        if len(states) == TASKS and set(states) == {ArtifactState.SAVED}:
            return
        await asyncio.sleep(0.02)


def main(folder: Path, numbers: list[int]) -> None:
    for turn, free in enumerate(numbers):
        place = folder / str(turn)
        place.mkdir()
        try:
            line = asyncio.run(one(place, free))
        except Exception as e:  # noqa: BLE001 - a case that fell; the next one runs
            line = {"free": free, "broke": f"{type(e).__name__}: {e}"}
        print(json.dumps(line), flush=True)
        Ballast(folder / "ballast").drop()
        shutil.rmtree(place)


if __name__ == "__main__":
    assert os.statvfs(sys.argv[1]).f_blocks * os.statvfs(sys.argv[1]).f_frsize == DISK_BYTES
    main(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]])
