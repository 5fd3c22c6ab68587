"""A process that opens a store and dies before its N-th SQL statement.

Run as ``python -m tests.faults.upgrading FILE N``; with N = 0 it lives, and prints what it found.
The schema has one pretended step more than the released ones, so that each of those is upgraded.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from rushes.store import Store, schema, tables
from tests.store.stores import NOW

_PRETENDED = (
    "ALTER TABLE task ADD COLUMN pretended INTEGER",
    "UPDATE task SET pretended = json_extract(report, '$.seed')",
    "CREATE INDEX task_pretended ON task (pretended)",
)


def extend_schema() -> None:
    schema.STEPS = (*schema.STEPS, _PRETENDED)
    schema.KNOWN += 1
    schema.upgrade.__defaults__ = (schema.STEPS,)


def count_statements(seen: list[str], dies_at: int) -> None:
    """Every connection notes what it is about to do."""
    connect = sqlite3.connect

    def count(statement: str) -> None:
        seen.append(statement)
        if len(seen) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*args: Any, **more: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **more)
        db.set_trace_callback(count)
        return db

    sqlite3.connect = counted  # type: ignore[assignment]


async def main(path: Path, dies_at: int) -> None:
    seen: list[str] = []
    count_statements(seen, dies_at)
    store = await Store.open(path, lambda: NOW)
    tasks = await store.read(tables.tasks)
    aside = store.opened.set_aside
    statements = len(seen)
    await store.aclose()
    found: dict[str, Any] = {"ids": [t.id for t in tasks], "names": [t.mark.name for t in tasks]}
    found |= {"damaged": aside is not None, "version": schema.KNOWN, "statements": statements}
    print(json.dumps(found))


if __name__ == "__main__":
    extend_schema()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
