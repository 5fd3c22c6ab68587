"""Looking without waiting for the writer: connections that only read, a thread each.

WAL lets them see the last commit while the next one is being written. They need no lock, so they
also read a store that another running program has.
"""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rushes.core.account import Account
from rushes.core.task import Task
from rushes.store import schema, tables, wal
from rushes.store.errors import StoreError, failure_of, is_damage
from rushes.store.opening import in_memory, snapshot
from rushes.system.disk import refuse_pipe

T = TypeVar("T")
#: Runs a function over a connection that only reads.
Ask = Callable[[Callable[[sqlite3.Connection], Any]], Awaitable[Any]]

#: Pages kept in memory, in KiB. Four times as much is no faster: the system keeps the file.
_CACHE_KIB = 2048

#: How often a running statement looks whether anybody still waits for it (SQLite's VM steps).
_STEPS_BETWEEN_LOOKS = 10_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a store's file for reading.

    Raises:
        sqlite3.OperationalError: there is none.
        OSError: it is no file.
    """
    refuse_pipe(path)
    return prepared(
        sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
    )


def prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA temp_store = MEMORY")
    return db


class Reader:
    """One connection in a thread of its own, opened when it is first asked something.

    Attributes:
        asked: How many questions wait for an answer.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        connect: Callable[[], sqlite3.Connection] | None = None,
        on_damage: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Args:
            connect: Instead of opening the file at `path`.
            on_damage: Called in the thread when the file turns out to be damaged.
        """
        self._path = path
        self._connect = connect or partial(_connect_beside, path)
        self._on_damage = on_damage
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"store-{name}")
        self._db: sqlite3.Connection | None = None
        self.asked = 0

    async def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in the thread, all of it on the list of one moment. Cancelled, it ends early
        or is not even begun.

        Raises:
            StoreError: the file cannot be read.
        """
        dropped = threading.Event()
        job = self._thread.submit(self._run, work, dropped)
        self.asked += 1
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            dropped.set()
            job.cancel()
            raise
        except (sqlite3.Error, OSError) as e:
            raise StoreError(failure_of(e, self._path.parent)) from e
        finally:
            self.asked -= 1

    def forget(self) -> None:
        """Open the file anew for the next question: it is another one by now."""
        self._thread.submit(self._close)

    def _run(self, work: Callable[[sqlite3.Connection], T], dropped: threading.Event) -> T:
        if self._db is None:
            self._db = self._connect()
        # Asked while a statement runs; `interrupt` from outside is lost before its first step.
        self._db.set_progress_handler(dropped.is_set, _STEPS_BETWEEN_LOOKS)
        try:
            self._db.execute("BEGIN")
            return work(self._db)
        except sqlite3.Error as e:
            if is_damage(e):
                self._on_damage()
            raise
        finally:
            self._db.set_progress_handler(None, 0)
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    async def aclose(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        finally:
            self._thread.shutdown()


def _connect_beside(path: Path) -> sqlite3.Connection:
    """As `connect`; what the file holds, in memory, where nothing can be written beside it, or
    where nobody has brought it up to this version yet."""
    try:
        db = connect(path)
        if schema.version(db) == schema.KNOWN:
            return db
        db.close()
    except sqlite3.OperationalError:
        if not path.exists():
            raise
    return prepared(in_memory(snapshot(path)))


async def read_list(path: Path) -> tuple[tuple[Account, ...], tuple[Task, ...]]:
    """The accounts and the tasks in the store at `path`, whoever has it open, as of one moment.

    Raises:
        StoreError: the file cannot be read.
    """

    def read(db: sqlite3.Connection) -> tuple[tuple[Account, ...], tuple[Task, ...]]:
        return tables.accounts(db), tables.tasks(db)

    return await _read_beside(path, read)


def signs(path: Path) -> tuple[object, ...]:
    """What changes when somebody commits into the list at `path`. Blocks.

    The files alone do not tell: SQLite writes its log, waits for the disk, and only then shows the
    commit in the index. Who looks meanwhile finds the log written and reads the list of before.
    """
    found: list[object] = [wal.committed(path)]
    for each in (path, wal.beside(path)):
        try:
            facts = each.stat()
        except OSError:
            found.append(None)
        else:
            found.append((facts.st_ino, facts.st_mtime_ns, facts.st_size))
    return tuple(found)


async def read_accounts(path: Path) -> tuple[Account, ...]:
    """As `read_list`, the accounts alone."""
    return await _read_beside(path, tables.accounts)


async def _read_beside(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    async with beside(path) as ask:
        answer: T = await ask(work)
    return answer


@asynccontextmanager
async def beside(path: Path) -> AsyncIterator[Ask]:
    """What asks the store at `path`, whoever has it open. Raises as `Reader.ask`."""
    reader = Reader(path.absolute(), "beside")
    try:
        yield reader.ask
    finally:
        await reader.aclose()
