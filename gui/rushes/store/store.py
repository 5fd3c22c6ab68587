"""The store as the rest of the program sees it: one door to read, one to write.

Every change runs in one writer thread and returns after its commit is on disk. What is only read
has connections of its own (`reader`): an order that takes long delays neither a commit nor the
rows that come into sight. Housekeeping follows a change and never precedes an answer; the day's
backup is made beside everything else.
"""

import asyncio
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from rushes.core.failure import Failure, Kind
from rushes.core.ports import Clock
from rushes.core.task import Diff
from rushes.store import tables
from rushes.store.backups import Backups, is_whole
from rushes.store.errors import StoreError, failure_of, is_damage
from rushes.store.opening import LastEnd, OpenReport, in_memory, open_file, snapshot
from rushes.store.reader import Reader, connect, prepared
from rushes.store.safety import Hold, Reserve

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

#: What can be read at once: an order or a count that takes long delays no row that comes into
#: sight. Each has a connection and its cache, once it is needed.
_READERS = 4

#: How often housekeeping looks whether something is due (seconds).
HOUSEKEEPING_EVERY_S = 3600.0

#: How long closing waits for a backup that is being made (seconds).
BACKUP_GRACE_S = 1.0


class Store:
    """Everything that survives a restart, in one SQLite file.

    What is asked and what is changed are plain functions over a connection (`tables`, `listing`):
    ``await store.read(tables.get, keys)``, ``await store.write(tables.remove, keys, at)``.

    Attributes:
        opened: What had to be done to open the file; true when the user should be told.
        clock: What links end by (Unix seconds): the list is asked as of its time.
    """

    def __init__(
        self, path: Path, clock: Clock, thread: ThreadPoolExecutor, writer: "_Writer"
    ) -> None:
        """Use `open`."""
        self._thread = thread
        self._writer = writer
        self._closed = False
        self._folder = path.parent
        self._readers = tuple(
            Reader(path, f"read-{n}", writer.connect, writer.damage_found) for n in range(_READERS)
        )
        writer.readers = self._readers
        self.opened: OpenReport = writer.opened
        self.clock = clock

    def on_damage(self, tell: Callable[[], object]) -> None:
        """Have `tell` called on this loop, once, when the open list turns out to be damaged. It is
        brought in order at the next opening; `tell` comes at once when that is known already."""
        self._writer.tell_damage(partial(asyncio.get_running_loop().call_soon_threadsafe, tell))

    @classmethod
    async def open(
        cls, path: Path, now: Clock = time.time, *, ends_by: Clock | None = None
    ) -> Self:
        """Open the store at `path`, creating, restoring or upgrading it as needed.

        Args:
            ends_by: The clock links end by, if it is not `now`: what expires, it says.

        Raises:
            StoreInUse: another program has it.
            StoreTooNew: a newer version of this program wrote it.
            StoreError: the folder cannot be written, or the disk is full.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            path = path.absolute()
            writer = await _run(thread, partial(_Writer, path, now), path.parent)
        except BaseException as e:
            thread.shutdown(wait=not isinstance(e, asyncio.CancelledError))
            raise
        return cls(path, ends_by or now, thread, writer)

    async def aclose(self) -> None:
        """Finish what was asked for, mark the store as cleanly closed and let go of it."""
        if self._closed:
            return
        self._closed = True
        self._writer.give_up_at = time.monotonic() + BACKUP_GRACE_S
        try:
            for reader in self._readers:
                await reader.aclose()
            await self._do(self._writer.close)
        finally:
            # Its last job is done. Waiting for its very end drops its hold on the loop: Qt's
            # objects in a loop must not be freed in another thread.
            self._thread.shutdown()

    async def read(
        self,
        query: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **more: P.kwargs,
    ) -> T:
        """What `query(connection, *args)` finds in the list as it was last committed.

        It runs in a thread of its own, never waits for a change that is being written, and sees
        one moment however many statements it has. Cancelled, it ends early.

        Raises:
            StoreError: the file cannot be read.
        """
        self._refuse_when_closed()
        reader = min(self._readers, key=lambda each: each.asked)
        return await reader.ask(lambda db: query(db, *args, **more))

    async def write(
        self,
        change: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **more: P.kwargs,
    ) -> T:
        """Run `change(connection, *args)` in one transaction and return after its commit is on
        disk. Changes run one after the other, in the order they were asked for; a question that
        must know of those before it goes through here, too.

        Raises:
            StoreError: the disk is full or the file fails; the list is as it was before.
        """
        self._refuse_when_closed()
        answer = await self._do(partial(self._writer.write, lambda db: change(db, *args, **more)))
        if not self._closed:
            self._thread.submit(self._writer.keep_house).add_done_callback(_log_bug)
        return answer

    async def forget_prompts(self, at: float) -> Diff:
        """Empty the prompts and references of every task, removed ones and backups included.

        Raises:
            StoreError: as `write`; or a backup with prompts cannot be deleted.
        """
        diff = await self.write(tables.forget_prompts, at)
        await self._do(self._writer.forget_before)
        return diff

    async def housekept(self) -> None:
        """Wait until the housekeeping that follows a change has ended, its backup too."""
        if (backup := await self._do(lambda: self._writer.copy)) is not None:
            await asyncio.wrap_future(backup)

    async def _do(self, work: Callable[[], T]) -> T:
        return await _run(self._thread, work, self._folder)

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StoreError(Failure(Kind.STORE, code="closed", detail="the store was closed"))


async def _run(thread: ThreadPoolExecutor, work: Callable[[], T], folder: Path) -> T:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except (sqlite3.Error, OSError) as e:
        raise StoreError(failure_of(e, folder)) from e


def _log_bug(done: "Future[None]") -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("housekeeping of the store ended by a bug", exc_info=error)


class _Writer:
    """What lives in the writer thread: the connection, and what belongs to the open file."""

    def __init__(self, path: Path, now: Clock) -> None:
        self._now = now
        self._next_housekeeping = 0.0
        self._is_sound = True
        self.give_up_at = math.inf  # monotonic, set from outside: until then a backup may go on
        self._path = path
        self._image: bytes | None = None  # the list as it is read while the disk is full
        self._tell: Callable[[], object] | None = None
        self._noticing = threading.Lock()
        self.readers: tuple[Reader, ...] = ()
        self._copier = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-backup")
        self.copy: Future[None] | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        self._backups = Backups(path)
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"))
        self._hold = Hold(path.with_name(f"{path.name}.lock"))
        try:
            self._open()
        except BaseException:
            self._hold.release(clean=False)
            raise

    def _open(self) -> None:
        try:
            self._open_whole()
        except (sqlite3.Error, OSError) as e:
            if failure_of(e, self._path.parent).kind is not Kind.DISK_FULL:
                raise
            try:
                self._db = in_memory(snapshot(self._path))
            except (sqlite3.Error, OSError):
                raise e from None
            tables.end_saving(self._db)
            self._image = self._db.serialize()
            self._is_sound = False  # the last end stays what it was
            self.opened = OpenReport(is_read_only=True)

    def _open_whole(self) -> None:
        hold = self._hold
        end = LastEnd(
            was_clean=hold.was_clean, was_damaged=hold.was_damaged, had_list=hold.had_list
        )
        for attempt in (end, LastEnd(was_clean=False, was_damaged=True)):
            self._db, self.opened = open_file(self._path, self._now(), attempt)
            try:
                hold.mark_open()
                self._transaction(tables.end_saving)
                return
            except (sqlite3.Error, OSError) as e:
                self._db.close()
                again = isinstance(e, sqlite3.Error) and is_damage(e)  # though it ended cleanly
                if not again or attempt.was_damaged:
                    raise

    def connect(self) -> sqlite3.Connection:
        """One more connection that only reads. From any thread."""
        return connect(self._path) if self._image is None else prepared(in_memory(self._image))

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """All of `work` or nothing. On a full disk the reserve is given up for it, once."""
        self._leave_image()
        try:
            return self._transaction(work)
        except sqlite3.Error as e:
            self._note(e)
            full = failure_of(e, self._path.parent).kind is Kind.DISK_FULL
            if not full or not self._reserve.give_up():
                raise
        log.info("the disk is full; the reserve was given up to commit")
        return self._transaction(work)

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            answer = work(self._db)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite itself rolls back on some errors
                self._db.execute("ROLLBACK")
            raise
        return answer

    def _leave_image(self) -> None:
        """Where the list is only read because the disk was full: open it, now that it is needed.

        Raises:
            sqlite3.Error, OSError: there is no room yet.
        """
        if self._image is None:
            return
        shown, told = self._db, self.opened
        try:
            self._open_whole()
        except BaseException:
            self._db, self.opened = shown, told
            raise
        self._image, self._is_sound = None, True
        shown.close()
        for reader in self.readers:
            reader.forget()

    def _note(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            self.damage_found()

    def damage_found(self) -> None:
        """The next start brings the list in order, however this run ends. From any thread."""
        with self._noticing:
            if self._image is None and self._is_sound:
                self._is_sound = False
                log.info("the list is damaged; it is brought in order at the next start")
                self._hold.mark_damaged()
                if self._tell is not None:
                    self._tell()

    def tell_damage(self, tell: Callable[[], object]) -> None:
        with self._noticing:
            self._tell = tell
            if self._image is None and not self._is_sound:
                tell()

    def keep_house(self) -> None:
        """Purge and back up when it is time. Trouble here is logged and tried again later."""
        now = self._now()
        if self._image is not None:
            return
        if 0.0 <= self._next_housekeeping - now <= HOUSEKEEPING_EVERY_S:
            return
        self._next_housekeeping = now + HOUSEKEEPING_EVERY_S
        try:
            self._reserve.hold()
            self._transaction(partial(tables.purge, now=now))
        except (sqlite3.Error, OSError) as e:
            self._note_housekeeping(e)
        if self._is_sound and (self.copy is None or self.copy.done()):
            self.copy = self._copier.submit(self._back_up, now)
            self.copy.add_done_callback(_log_bug)

    def _back_up(self, now: float) -> None:
        """Copy what is committed, from a connection of its own: nobody waits for a large file."""
        try:
            with closing(connect(self._path)) as db:
                db.set_progress_handler(self._must_give_up, 100_000)
                if not self._backups.is_due(db, now):
                    return
                if not is_whole(db):  # it must not take the place of a good one
                    self.damage_found()
                    return
                self._backups.make_daily(db, now)
        except (sqlite3.Error, OSError) as e:
            if not self._must_give_up():
                self._note_housekeeping(e)

    def forget_before(self) -> None:
        """Leave nothing of what the list was: no copy of it, no old page in the log beside it."""
        if self.copy is not None:  # one that is being made is an old one
            self.copy.exception()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._backups.start_over(self._db, self._now())

    def _note_housekeeping(self, error: sqlite3.Error | OSError) -> None:
        if isinstance(error, sqlite3.Error) and is_damage(error):
            self.damage_found()
        else:
            log.warning("housekeeping of the store failed: %s", error)

    def _must_give_up(self) -> bool:
        return time.monotonic() > self.give_up_at

    def close(self) -> None:
        self._copier.shutdown()
        self._db.close()
        self._reserve.give_up()  # for a full disk while running; nothing is committed while not
        self._hold.release(clean=self._is_sound)
