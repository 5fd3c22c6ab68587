"""A process that fills a list and waits for its end: ``python -m tests.faults.damaging FILE``.

The day before, a backup was made in which most tasks are missing.
"""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from rushes.core.merge import Change
from rushes.core.task import Key, Mark, Status
from rushes.store import Store, tables
from tests.store.stores import ARK, NOW, RONG, VIDEO, answer

DAY = 86400.0
EARLY, TASKS = 30, 110
REMOVED = 7


def marked(number: int) -> Change:
    mark = Mark(name=f"take {number}", rating=number % 6, tags=("dusk",), note="n" * (number * 9))
    return lambda task: replace(task, mark=mark)


def key(number: int) -> Key:
    return Key((ARK, RONG)[number % 2].id, f"task-{number}")


async def fill(store: Store, numbers: range, at: float) -> None:
    for number in numbers:
        status = (Status.RUNNING, Status.SUCCEEDED, Status.FAILED)[number % 3]
        links = (VIDEO,) if status is Status.SUCCEEDED else ()
        raw = "{}" + " " * (number * 7)
        await store.write(tables.add, [key(number)], at)
        await store.write(
            tables.change, {key(number): answer(status, at, links=links, raw=raw)}, at
        )
        await store.write(tables.change, {key(number): marked(number)}, at)


async def main(path: Path) -> None:
    store = await Store.open(path, lambda: NOW)
    for account in (ARK, RONG):
        await store.write(tables.put_account, account)
    await fill(store, range(EARLY), NOW)
    await store.aclose()
    (path.parent / "backups").rename(path.parent / "early")
    store = await Store.open(path, lambda: NOW + 1)
    await store.write(tables.put_account, ARK)
    await store.aclose()  # the day's copy is made anew, with the tasks in it
    (path.parent / "early").rename(path.parent / "thrown away")
    store = await Store.open(path, lambda: NOW + 2)
    await fill(store, range(EARLY, TASKS), NOW + 3)
    await store.write(tables.remove, [key(REMOVED)], NOW + 4)
    print("full", flush=True)
    if sys.stdin.readline():
        await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
