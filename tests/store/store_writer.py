"""A child process of the kill tests: ``python -m tests.store.store_writer FILE COUNT``.

Adds and renames tasks, and prints "id name" for each once the store says that it is on disk.
After COUNT of them it waits for its end.
"""

import asyncio
import itertools
import sys
from dataclasses import replace
from pathlib import Path

from rushes.core.merge import Change
from rushes.core.task import Key, Mark
from rushes.store import Store, tables
from tests.store.stores import ARK, NOW


def renamed(name: str) -> Change:
    return lambda task: replace(task, mark=Mark(name=name, note="x" * 3000))


async def main(path: Path, count: int) -> None:
    store = await Store.open(path)
    await store.write(tables.put_account, ARK)
    print("open", flush=True)
    first = len(await store.read(tables.tasks))
    for n in itertools.islice(itertools.count(first), count):
        new, old = Key(ARK.id, f"t{n}"), Key(ARK.id, f"t{n // 2}")
        await store.write(tables.add, [new], NOW)
        await store.write(tables.change, {new: renamed("0"), old: renamed(str(n))}, NOW)
        print(f"{new.id} 0\n{old.id} {n}" if new != old else f"{old.id} {n}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
