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

from rushes.adapters.store.errors import failure_of
from rushes.core.ports import StoreError

T = TypeVar("T")

#: Pages kept in memory, in KiB.
_CACHE_KIB = 8192


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
            if not job.cancel() and self._db is not None:
                self._db.interrupt()
            raise
        except (sqlite3.Error, OSError) as e:
            raise StoreError(failure_of(e)) from e

    def _run(self, work: Callable[[sqlite3.Connection], T], dropped: threading.Event) -> T:
        if self._db is None:
            self._db = connect(self._path)
        while True:
            try:
                return work(self._db)
            except sqlite3.OperationalError as e:
                # An interruption may come late and hit the work behind the one that was meant.
                is_real = getattr(e, "sqlite_errorcode", 0) != sqlite3.SQLITE_INTERRUPT
                if is_real or dropped.is_set():
                    raise

    async def aclose(self) -> None:
        def close() -> None:
            if self._db is not None:
                self._db.close()

        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, close)
        finally:
            self._thread.shutdown()


async def read_beside(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    """Read from the store at `path` once, whoever has it open.

    Raises:
        StoreError: the file cannot be read.
    """
    reader = Reader(path, "beside")
    try:
        return await reader.ask(work)
    finally:
        await reader.aclose()
