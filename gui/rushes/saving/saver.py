"""Saves results: earliest deadline first, each file downloaded once, ended links renewed.

A link is a bearer capability that ends, and may count its downloads (contract 1.2): a file that
is saved and intact is never fetched again. What fails or is refused is tried again with growing
gaps until it is over (`core/retry.py`); a full disk or an unwritable folder halts the queue, which
goes on by itself. A folder that a rule chose halts only what goes there, and a file that does not
fit waits by itself.
"""

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from rushes.core.events import BackendEvent, FileSaved, ProgramFailure, SaveFailed, SavingAgain
from rushes.core.failure import CUT_OFF, Failure, Kind
from rushes.core.ports import Clock, Downloader, Publish
from rushes.core.presence import ON_DISK
from rushes.core.retry import REFUSED, file_wait_s, still_to_wait
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Diff, Key, Status, Task
from rushes.files.file_store import FileStore
from rushes.saving.file_saver import (
    HALTING,
    LEAST_FREE_BYTES,
    FileSaver,
    Item,
    KeyProblem,
    Renew,
    SaveJob,
    usual_end,
)
from rushes.store import Store, StoreError, tables
from rushes.system.scope import CoroutineScope

log = logging.getLogger(__name__)

#: How often a halted queue, or a held file, looks whether it can go on (seconds).
PROBE_S = 15.0


class Saver:
    """The queue of files to be saved and those being saved.

    Args:
        renew: Asks the service once more about a task; the new link is in the store after.
        key_problem: Why an account's key may not go along to its address now (somebody else
            answered there last, like a portal); None: it may.
        settings: The settings of the moment (auto-save, downloads at once, largest file).
        ends_by: The clock links end by, if it is not `clock`.
        patience_s: Leave a file whose next try is further away than this (seconds at speed 1);
            None: wait for it.
        speed: See `Options.speed`.
        chance: Random numbers from 0 to 1.

    Attributes:
        wants: Whose files are saved by themselves.
        busy_changed: Called with whether anything is being saved, when that changes.
        saved: Called with the key of each task of which a file was saved.
        waiting, running: The jobs that wait for their turn or their next try, and those that are
            being saved, by file. To be read only.
    """

    def __init__(
        self,
        *,
        store: Store,
        downloader: Downloader,
        files: FileStore,
        publish: Publish,
        settings: Callable[[], Settings],
        renew: Renew,
        key_problem: KeyProblem,
        clock: Clock = time.time,
        ends_by: Clock | None = None,
        speed: float = 1.0,
        patience_s: float | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.wants: Callable[[Key], bool] = lambda _: True
        self.busy_changed: Callable[[bool], object] = lambda _: None
        self._was_busy = False
        self._store = store
        self._files = files
        self._publish = publish
        self._settings = settings
        self._clock = clock
        self._speed = speed
        self._patience_s = patience_s
        self._ends_by = ends_by or clock
        self._chance = chance
        self._file_saver = FileSaver(
            store=store,
            downloader=downloader,
            files=files,
            publish=self._publish_noting_trouble,
            settings=settings,
            renew=renew,
            key_problem=key_problem,
            clock=clock,
            ends_by=self._ends_by,
        )
        self._scope = CoroutineScope("saver", self._on_error)
        self.waiting: dict[Item, SaveJob] = {}
        self.running: dict[Item, SaveJob] = {}
        self._dropped: set[Item] = set()  # by the user: not queued again by itself
        self.saved: Callable[[Key], object] = lambda _: None
        self._made = self._saved = 0  # jobs, and files in the usual folder
        self._held = False  # by the user
        self._halt: Failure | None = None  # disk or folder
        self._on_trial = False  # after a halt: one at a time until one succeeds
        self._is_trouble_open = False  # trouble was published, its end was not
        self._troubled_folders: set[Path] = set()  # the same, of folders that rules chose
        self._moved = asyncio.Event()

    # what to save

    def on_tasks(self, diff: Diff) -> None:
        """The list changed: queue what succeeded (if auto-save is on), drop what was removed."""
        if self._settings().auto_save:
            for task in (*diff.added, *diff.changed):
                self._queue_new(task, again=False)
        if diff.removed:
            gone = set(diff.removed)
            self._take_out(gone)
            for job in self._jobs_of(gone):
                self._scope.start(f"drop {job.number}", self._scope.cancel(_name(job)))
        self._fill()

    async def recover(self) -> None:
        """At the start: queue everything that succeeded and was never saved, if auto-save is on.

        What was refused is tried again when that was planned for.
        """
        await self._file_saver.revive()
        if self._settings().auto_save:
            for task in await self._store.read(tables.unsaved):
                self._queue_new(task, again=True)
            self._fill()

    def clock_moved(self) -> None:
        """The clock that links end by was put right: what was lost by the wrong one is not."""
        self._scope.start("revive", self._revive())

    async def _revive(self) -> None:
        try:
            await self._file_saver.revive()
        except StoreError as e:
            self._publish(ProgramFailure(e.failure))

    async def save(
        self,
        keys: Sequence[Key],
        kinds: Collection[ArtifactKind] | None = None,
        *,
        any_size: bool = False,
    ) -> int:
        """Save these tasks' files now, missing and lost ones included; where each of them is, is
        told (`FileSaved`). Returns how many are to be saved."""
        queued = 0
        for task in await self._store.read(tables.get, keys):
            for artifact in task.artifacts:
                if kinds is not None and artifact.kind not in kinds:
                    continue
                if artifact.path and await self._is_kept(artifact):
                    self._publish(FileSaved(task.key, artifact.path))
                    continue
                job = self._queue(task, artifact.kind, any_size=any_size)
                job.not_before, job.needed, job.is_asked = -math.inf, 0, True
                job.wants_word = True
                queued += 1
        if queued and self._halt is not None:
            self._publish(ProgramFailure(self._halt))
        self._fill()
        return queued

    async def save_as(self, key: Key, kind: ArtifactKind, path: Path) -> None:
        """Save one file under a path of the user's choice; from then on that is where it is."""
        for task in await self._store.read(tables.get, [key]):
            if task.artifact(kind) is not None:
                job = self._queue(task, kind, path)
                job.not_before, job.is_asked = -math.inf, True
        self._fill()

    async def _is_kept(self, artifact: Artifact) -> bool:
        return artifact.state in ON_DISK and await self._files.is_intact(artifact)

    async def cancel(self, keys: Collection[Key]) -> None:
        """Stop saving these tasks. What came so far stays as a part, to resume from."""
        wanted = set(keys)
        self._dropped.update(self._take_out(wanted))
        jobs = self._jobs_of(wanted)
        self._dropped.update(job.item for job in jobs)
        await self._stop(jobs)
        self._notify_waiters()

    async def pause(self) -> None:
        """Start nothing more, and put what is running back into the queue."""
        self._held = True
        running = list(self.running.values())
        self.waiting.update((job.item, job) for job in running)
        await self._stop(running)
        self._notify_waiters()

    def resume(self) -> None:
        """Go on after `pause`, or at once after a halt (another folder was chosen)."""
        self._held, self._halt = False, None
        for job in self.waiting.values():
            if job.is_held:
                job.not_before, job.needed = self._now(), 0
        for folder in self._troubled_folders:
            self._publish(SavingAgain(str(folder)))
        self._troubled_folders.clear()
        self._fill()

    def online(self) -> None:
        """The network is back: what found it gone is tried again at once, earliest end first."""
        for job in self.waiting.values():
            if job.is_cut_off:
                job.not_before = self._now()
        self._fill()

    @property
    def is_busy(self) -> bool:
        """Whether something is being saved, or waits for its turn or its next try."""
        return bool(self.running) or (self._waits and self._halt is None)

    @property
    def is_halted(self) -> bool:
        """Whether files wait for room or a folder; they go on by themselves when it is there."""
        return self._waits and self._halt is not None

    @property
    def _waits(self) -> bool:
        return not self._held and any(not job.is_held for job in self.waiting.values())

    async def settled(self, *, with_halts: bool = False) -> None:
        """Wait until nothing is left to do.

        Args:
            with_halts: Also until there is room again, however long that takes.
        """
        while self.is_busy or (with_halts and self.is_halted):
            await self._moved.wait()

    async def aclose(self) -> None:
        """Stop. Parts stay and are resumed after the next start."""
        self._held = True
        await self._scope.aclose()

    # the queue

    def _queue_new(self, task: Task, *, again: bool) -> None:
        if task.status is not Status.SUCCEEDED or not self.wants(task.key):
            return
        for artifact in task.artifacts:
            # Lost and behind its link: a later link has turned up.
            untried = again or artifact.problem in ("", Kind.LOST.value)
            fresh = artifact.state is ArtifactState.REMOTE and untried
            known = (task.key, artifact.kind) in self._dropped
            if fresh and not known and artifact.url:
                job = self._queue(task, artifact.kind)
                if again:
                    wait = still_to_wait(artifact.next_try_at, self._clock())
                    job.not_before = self._now() + wait

    def _queue(
        self, task: Task, kind: ArtifactKind, path: Path | None = None, *, any_size: bool = False
    ) -> SaveJob:
        """The job for this file: a new one, or the one that waits or runs already."""
        item = (task.key, kind)
        if item in self.running:
            return self.running[item]
        self._dropped.discard(item)
        artifact = task.artifact(kind)
        job = self.waiting.get(item)
        if job is None:
            self._made += 1
            job = SaveJob(number=self._made, key=task.key, kind=kind)
            job.refusals = artifact.refusals if artifact else 0
            self.waiting[item] = job
        end = artifact.expires_at if artifact else None
        # Who says no end is in its place all the same: behind links that end sooner than most do.
        job.deadline = usual_end(task) if end is None else end
        job.path = path or job.path
        job.any_size = any_size or job.any_size
        return job

    def _fill(self) -> None:
        """Start what may be started, earliest deadline first."""
        at_once = 1 if self._on_trial else self._settings().downloads_at_once
        while not self._held and self._halt is None and len(self.running) < at_once:
            now = self._now()
            ready = [job for job in self._idle() if job.not_before <= now]
            job = min(ready, key=self._rank, default=None)
            if job is None:
                self._wait_for_next()
                break
            del self.waiting[job.item]
            self.running[job.item] = job
            self._scope.start(_name(job), self._run(job))
        if (is_busy := bool(self.running)) != self._was_busy:
            self._was_busy = is_busy
            self.busy_changed(is_busy)
        self._notify_waiters()

    def _rank(self, job: SaveJob) -> tuple[int, float, int]:
        """The earliest end first; on trial, behind those that have halted the queue less often."""
        return job.halts if self._on_trial else 0, job.deadline, job.number

    def _wait_for_next(self) -> None:
        if idle := self._idle():
            wait = min(job.not_before for job in idle) - self._now()
            self._scope.start("timer", self._later(wait))

    def _idle(self) -> list[SaveJob]:
        """What waits and is not still being put back after its last attempt."""
        return [job for job in self.waiting.values() if job.item not in self.running]

    async def _later(self, wait: float) -> None:
        await asyncio.sleep(wait)
        asyncio.get_running_loop().call_soon(self._fill)  # it may start another timer

    async def _run(self, job: SaveJob) -> None:
        job.began = self._now()
        log.info("save %d begins: %s", job.number, job.kind.value)
        try:
            failure = await self._file_saver.save(job)
            if failure is None:
                self._succeeded(job)
            else:
                await self._failed(job, failure)
        except StoreError as e:
            self.waiting[job.item] = job
            self._halt_for(e.failure)
        except Exception as e:
            log.error("save %d ended by a bug; trying again", job.number, exc_info=e)
            await self._failed_by_us(job, e)
        finally:
            self.running.pop(job.item, None)
            self._fill()

    def _succeeded(self, job: SaveJob) -> None:
        log.info("save %d is done", job.number)
        if job.is_asked and job.saved_to:
            self._publish(FileSaved(job.key, job.saved_to))
        self.saved(job.key)
        if job.folder is None:
            self._saved += 1
            self._end_trouble()
        elif job.folder in self._troubled_folders:
            self._troubled_folders.discard(job.folder)
            self._publish(SavingAgain(str(job.folder)))

    def _end_trouble(self) -> None:
        self._on_trial = False
        if self._is_trouble_open:
            self._is_trouble_open = False
            self._publish(SavingAgain())

    async def _failed(self, job: SaveJob, failure: Failure) -> None:
        job.attempts += 1
        job.refusals += failure.kind in REFUSED
        job.note_size(failure)
        wait, next_try_at = self._wait_s(job, failure), None
        again = "" if wait is None else f"; again in {wait:.0f} s"
        why = f"{failure.kind.value} {failure.code}".rstrip()
        log.info("save %d: %s at %s%s", job.number, why, failure.host or "-", again)
        halts, was_held = failure.kind in HALTING and job.path is None, job.is_held
        # Others could be saved since it halted the queue: its trouble is its own.
        is_own = job.halts > 0 and self._saved > job.saved_before
        wants_word, job.wants_word = job.wants_word, False
        does_not_fit = failure.kind is Kind.NO_ROOM and job.path is None
        job.is_held = does_not_fit or (halts and (job.folder is not None or is_own))
        if job.is_held:
            self._hold(job)
        if does_not_fit and job.folder is None:
            self._end_trouble()
        elif halts and job.folder is not None:
            self._say_held(job.folder, failure, again=wants_word)
        elif halts and not is_own:
            self.waiting[job.item] = job
            job.halts, job.saved_before = job.halts + 1, self._saved
            self._halt_for(failure, again=wants_word)
        elif wait is not None:
            # Written down even when this program does not wait for it: the next one does.
            next_try_at = self._clock() + wait / self._speed
            if self._patience_s is None or wait <= self._patience_s:
                job.not_before = self._now() + wait / self._speed
                job.is_cut_off = failure.kind in CUT_OFF
                self.waiting[job.item] = job
        artifact = await self._file_saver.record_failure(job, failure, next_try_at)
        if artifact is not None and not (was_held and job.is_held):
            self._publish(SaveFailed(job.key, artifact, failure))

    def _wait_s(self, job: SaveJob, failure: Failure) -> float | None:
        # By either clock: nothing tells which of them is wrong.
        ends = [end - now for now in {self._clock(), self._ends_by()} for end in job.ends]
        return file_wait_s(
            failure,
            refusals=job.refusals,
            attempts=job.attempts,
            ends=tuple(ends),
            chance=self._chance(),
            took_s=self._now() - job.began,
            same_size=job.same_size,
        )

    async def _failed_by_us(self, job: SaveJob, error: Exception) -> None:
        """A mistake of ours: the row never stays as if it were being saved."""
        try:
            await self._failed(job, Failure(Kind.INTERNAL, detail=type(error).__name__))
        except StoreError as e:
            self.waiting[job.item] = job
            self._halt_for(e.failure)

    def _hold(self, job: SaveJob) -> None:
        """Look again later."""
        self.waiting[job.item] = job
        job.not_before = self._now() + PROBE_S / self._speed

    def _say_held(self, folder: Path, failure: Failure, *, again: bool) -> None:
        """Say once for all files that go there that they wait."""
        if again or folder not in self._troubled_folders:
            self._troubled_folders.add(folder)
            self._publish(ProgramFailure(failure, str(folder)))

    # a halt: disk or folder

    def _halt_for(self, failure: Failure, *, again: bool = False) -> None:
        """Args:
        again: It is told though it was the same before.
        """
        if self._halt is None:
            if again or not self._on_trial:
                self._publish_noting_trouble(ProgramFailure(failure))
            self._halt = failure
            self._scope.start("probe", self._probe())

    async def _probe(self) -> None:
        """Wait until there is room again, then try one file."""
        while True:
            await asyncio.sleep(PROBE_S / self._speed)
            free = await self._files.free_bytes()
            if free is None or free >= LEAST_FREE_BYTES:
                break
        self._halt, self._on_trial = None, True
        self._fill()

    def _publish_noting_trouble(self, event: BackendEvent) -> None:
        if isinstance(event, ProgramFailure):
            self._is_trouble_open = True
        self._publish(event)

    # pieces

    def _take_out(self, keys: Collection[Key]) -> list[Item]:
        """Remove what waits of these tasks from the queue."""
        items = [item for item in self.waiting if item[0] in keys]
        for item in items:
            del self.waiting[item]
        return items

    def _jobs_of(self, keys: Collection[Key]) -> list[SaveJob]:
        return [job for (key, _), job in self.running.items() if key in keys]

    async def _stop(self, jobs: Sequence[SaveJob]) -> None:
        for job in jobs:
            await self._scope.cancel(_name(job))
            await self._file_saver.record_failure(job, None)

    def _notify_waiters(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _on_error(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)


def _name(job: SaveJob) -> str:
    return f"save {job.number}"
