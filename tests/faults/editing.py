"""A process that watches, saves and edits without end, and says what it was told is on disk.

Run as ``python -m tests.faults.editing BASE SPEED``: "open" once the list is there, then one JSON
line for each change that was committed. It is killed in the middle of it.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rushes.backend.backend import Backend
from rushes.core.events import BackendEvent, TasksChanged
from rushes.core.task import Mark
from rushes.options import Options
from rushes.store import tables


def tell(news: BackendEvent) -> None:
    if not isinstance(news, TasksChanged):
        return
    for task in (*news.diff.added, *news.diff.changed):
        saved = {a.path: a.sha256 for a in task.artifacts if a.path is not None and a.sha256}
        line = {"id": task.id, "status": task.status.value, "name": task.mark.name, "saved": saved}
        print(json.dumps(line), flush=True)


def named(number: int) -> Callable[[Mark], Mark]:
    return lambda mark: replace(mark, name=str(number), note="x" * (number * 37 % 3000))


async def main(base: Path, speed: float) -> None:
    backend = await Backend.open(Options(base_dir=base, speed=speed), tell, auto_save=True)
    print("open", flush=True)
    tasks = await backend.store.read(tables.tasks)
    first = 1 + max((int(task.mark.name or 0) for task in tasks), default=0)
    for number in itertools.count(first):
        task = tasks[number % len(tasks)]
        await backend.mark([task.key], named(number))
        if number % 10 == 0:
            await backend.add(task.key.account, [f"cgt-added-{number}"])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
