"""Looking without waiting for the writer: connections that only read, a thread each.

WAL lets them see the last commit while the next one is being written. They need no lock, so they
also read a store that another running program has.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from rushes.adapters.store import tables
from rushes.adapters.store.errors import failure_of
from rushes.core.account import Account
from rushes.core.ports import StoreError
from rushes.core.task import Task

T = TypeVar("T")

#: Pages kept in memory, in KiB. Four times as much is no faster: the system keeps the file.
_CACHE_KIB = 2048

#: How often a running statement looks whether anybody still waits for it (SQLite's VM steps).
_STEPS_BETWEEN_LOOKS = 10_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a store's file for reading. Raises sqlite3.OperationalError when there is none."""
    db = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA temp_store = MEMORY")
    return db


class Reader:
    """One connection in a thread of its own, opened when it is first asked something."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"store-{name}")
        self._db: sqlite3.Connection | None = None

    async def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in the thread. Cancelled, it ends early or is not even begun.

        Raises:
            StoreError: the file cannot be read.
        """
        dropped = threading.Event()
        job = self._thread.submit(self._run, work, dropped)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            dropped.set()
            job.cancel()
            raise
        except (sqlite3.Error, OSError) as e:
            raise StoreError(failure_of(e)) from e

    def _run(self, work: Callable[[sqlite3.Connection], T], dropped: threading.Event) -> T:
        if self._db is None:
            self._db = connect(self._path)
        # Asked while a statement runs; `interrupt` from outside is lost before its first step.
        self._db.set_progress_handler(dropped.is_set, _STEPS_BETWEEN_LOOKS)
        return work(self._db)

    async def aclose(self) -> None:
        def close() -> None:
            if self._db is not None:
                self._db.close()

        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, close)
        finally:
            self._thread.shutdown()


async def read_list(path: Path) -> tuple[tuple[Account, ...], tuple[Task, ...]]:
    """The accounts and the tasks in the store at `path`, whoever has it open, as of one moment.

    Raises:
        StoreError: the file cannot be read.
    """

    def read(db: sqlite3.Connection) -> tuple[tuple[Account, ...], tuple[Task, ...]]:
        db.execute("BEGIN")
        return tables.accounts(db), tables.tasks(db)

    reader = Reader(path.absolute(), "beside")
    try:
        return await reader.ask(read)
    finally:
        await reader.aclose()
