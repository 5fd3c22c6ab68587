"""A process that moves every saved file of a library and ends itself with SIGKILL on the way.

Run as ``python -m tests.faults.moving BASE FOLDER STEP NUMBER WAY``: dies when STEP of a move is
reached for the NUMBER-th time. WAY "no links" is a disk that cannot give a file two names, "tight"
one whose room is not looked at before. Without a death, a JSON line says what was moved.
"""

import asyncio
import errno
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from rushes.backend.workspace import STORE_FILE
from rushes.core.settings import Settings
from rushes.files.file_store import FileStore
from rushes.saving import mover as module
from rushes.saving.mover import FileMover
from rushes.store import Store, tables

#: The steps of a move, and those of a copy to another disk besides.
STEPS = ("noted", "placed", "told", "described", "let go")
COPYING = ("copying", "copied", "renamed")


def nothing(_step: str) -> None:
    """No death."""


async def mover_of(
    stack: AsyncExitStack, base: Path, folder: Path, failpoint: Callable[[str], object] = nothing
) -> FileMover:
    """A mover on the library's list; its template puts everything below `folder`."""
    store = await Store.open(base / "data" / STORE_FILE)
    stack.push_async_callback(store.aclose)
    settings = Settings(folder=str(folder))
    files = FileStore(lambda: settings, folder)
    return FileMover(store=store, files=files, publish=lambda _: None, failpoint=failpoint)


async def move_all(base: Path, folder: Path, failpoint: Callable[[str], object]) -> None:
    async with AsyncExitStack() as stack:
        mover = await mover_of(stack, base, folder, failpoint)
        keys = [task.key for task in await mover.store.read(tables.tasks)]
        plan = await mover.plan(keys)
        moved = await mover.move(plan.moves)
        failure = moved.failure.kind.value if moved.failure else ""
        print(json.dumps({"moved": len(moved.done), "failure": failure}))


def _no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def main(base: Path, folder: Path, step: str, number: int, way: str) -> None:
    left = number

    def failpoint(reached: str) -> None:
        nonlocal left
        left -= reached == step
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if way == "no links":
        os.link = _no_links
    if way == "tight":
        module.SPARE_BYTES = -(2**60)
    asyncio.run(move_all(base, folder, failpoint))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5])
