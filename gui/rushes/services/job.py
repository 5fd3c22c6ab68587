"""Saving one file: fetch, renew an ended link once, record what came of it.

The store's row says at each moment how far it is; `SAVING` in it becomes `REMOTE` after a restart.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.news import SaveProgress, TasksChanged, Trouble
from rushes.core.pace import back_off_s
from rushes.core.ports import Clock, Downloader, Files, Order, Publish, SavedFile, Store
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task

log = logging.getLogger(__name__)

Item = tuple[Key, ArtifactKind]
Link = tuple[str, float | None]  # URL and its end
Renew = Callable[[Key], Awaitable[Failure | None]]

#: Nothing else can be saved either until the user or the disk makes room.
HALTING = frozenset({Kind.DISK_FULL, Kind.FOLDER})
#: The free space that is needed to go on after a full disk.
LEAST_FREE_BYTES = 64 * 2**20

#: These pass by themselves. NO_KEY: the account's key has not been read yet, or not again.
PASSING = frozenset(
    {
        Kind.OFFLINE,
        Kind.SLOW,
        Kind.STALLED,
        Kind.PROXY,
        Kind.SERVER,
        Kind.LIMITED,
        Kind.QUOTA,
        Kind.NO_KEY,
    }
)

#: Seconds before a file that came damaged is fetched again; the last of them for ever after.
_DAMAGED_WAITS_S = (30.0, 300.0, 1800.0)

#: A link whose end nobody knows is given up after so many attempts.
_ATTEMPTS_WITHOUT_END = 20

#: A service that keeps giving new links that have ended is not followed for ever.
_LINKS_AT_MOST = 6

_PROGRESS_S = 0.25


@dataclass(slots=True)
class Job:
    """One file in the queue.

    Attributes:
        deadline: Unix seconds of the link's end; infinite when not known.
        path: Where the user wants it ("Save as"); None: by the template.
        not_before: The loop's time of the next attempt.
        is_cut_off: The last attempt reached nobody.
        folder: The one a rule chose at the last attempt; None: the usual one, or `path`.
        is_held: That folder could not take the file. Others go on.
        any_size: The user wants it though it is larger than the limit.
    """

    number: int
    key: Key
    kind: ArtifactKind
    deadline: float = float("inf")
    path: Path | None = None
    attempts: int = 0
    not_before: float = float("-inf")
    is_cut_off: bool = False
    folder: Path | None = None
    is_held: bool = False
    any_size: bool = False

    @property
    def item(self) -> Item:
        return self.key, self.kind


def after_failure(
    job: Job, failure: Failure, *, patience: int | None, chance: float
) -> float | None:
    """Seconds until the next attempt; None when there is no use in another."""
    if failure.kind is Kind.DAMAGED and (patience is None or job.attempts < patience):
        return _DAMAGED_WAITS_S[min(job.attempts, len(_DAMAGED_WAITS_S)) - 1]
    if failure.kind is Kind.WRONG_FILE:
        limit = 2  # once may have been a captive portal
    elif failure.kind not in PASSING:
        return None
    elif patience is not None:
        limit = patience
    elif job.deadline == float("inf"):
        limit = _ATTEMPTS_WITHOUT_END
    else:
        limit = job.attempts + 1  # the end of the link decides
    if job.attempts >= limit:
        return None
    return back_off_s(
        failure.kind, failures=job.attempts, chance=chance, retry_after=failure.retry_after
    )


class Keeper:
    """Carries out jobs. Knows no queue."""

    def __init__(
        self,
        store: Store,
        downloader: Downloader,
        files: Files,
        publish: Publish,
        settings: Callable[[], Settings],
        renew: Renew,
        clock: Clock,
        ends_by: Clock,
    ) -> None:
        self._store = store
        self._downloader = downloader
        self._files = files
        self._publish = publish
        self._settings = settings
        self._renew = renew
        self._clock = clock
        self._ends_by = ends_by

    async def save(self, job: Job) -> Failure | None:
        """Bring the file to disk. None: it is there, or nobody wants it any more."""
        stale: Link | None = None  # still the service's link after it was asked again
        early: Link | None = None  # asked about before it was tried
        for _ in range(_LINKS_AT_MOST):
            found = await self._current(job)
            if found is None:
                return None
            task, account, artifact = found
            if await self._is_kept(artifact):
                return await self._copy(job, artifact)
            link = artifact.url, artifact.expires_at
            if self._is_over(artifact) and link not in (stale, early):
                failure = await self._renew(job.key)
                if failure is not None and failure.kind in PASSING:
                    return failure
                early = await self._link(job)
                stale = early if failure is None else None
                continue  # and try it even so: our clock may be wrong
            outcome = await self._fetch(job, task, account, artifact)
            if isinstance(outcome, SavedFile):
                await self._keep(job, account, outcome)
                return None
            if outcome.kind is not Kind.LINK_ENDED:
                return outcome
            if link != stale:
                failure = await self._renew(job.key)
                if failure is not None:
                    return failure
                stale = link
            if await self._link(job) == link:
                return Failure(Kind.LOST, host=outcome.host, detail=outcome.detail)
        return Failure(Kind.LOST, detail="each new link had ended already")

    async def put_back(self, job: Job, failure: Failure | None) -> Artifact | None:
        """The row after an attempt that did not end with a file; None: there is no row any more."""
        problem = "" if failure is None else failure.kind.value
        lost = failure is not None and failure.kind is Kind.LOST
        change = partial(_not_saved, kind=job.kind, lost=lost, problem=problem)
        await self._change(job.key, change)
        found = await self._current(job)
        return None if found is None else found[2]

    async def _current(self, job: Job) -> tuple[Task, Account, Artifact] | None:
        task = next(iter(await self._store.get([job.key])), None)
        artifact = None if task is None else task.artifact(job.kind)
        accounts = {account.id: account for account in await self._store.accounts()}
        account = accounts.get(job.key.account)
        if task is None or artifact is None or account is None:
            return None
        return task, account, artifact

    async def _link(self, job: Job) -> Link:
        found = await self._current(job)
        return ("", None) if found is None else (found[2].url, found[2].expires_at)

    async def _is_kept(self, artifact: Artifact) -> bool:
        saved = artifact.state in (ArtifactState.SAVED, ArtifactState.MISSING)
        return saved and await self._files.is_intact(artifact)

    async def _copy(self, job: Job, artifact: Artifact) -> Failure | None:
        """A file on disk is never fetched again, not even for another place."""
        if job.path is None or artifact.path == str(job.path):
            return None
        copied = await self._files.copy(artifact, job.path)
        return copied if isinstance(copied, Failure) else None

    def _is_over(self, artifact: Artifact) -> bool:
        """Whether the link ended by its own words. An inferred end is only a guess: tried."""
        if not artifact.url:
            return True
        end = artifact.expires_at
        return end is not None and not artifact.expires_inferred and end <= self._ends_by()

    async def _fetch(
        self, job: Job, task: Task, account: Account, artifact: Artifact
    ) -> SavedFile | Failure:
        if not artifact.url:
            return Failure(Kind.LINK_ENDED, detail="the service gives no link")
        target = await self._target(job, task, account)
        if isinstance(target, Failure):
            return target
        await self._set(job, state=ArtifactState.SAVING, received=0, problem="")
        order = Order(
            url=artifact.url,
            kind=job.kind,
            target=target,
            account=account.id,
            max_bytes=sys.maxsize if job.any_size else self._settings().max_file_bytes,
        )
        return await self._downloader.fetch(order, self._progress(job, artifact))

    async def _target(self, job: Job, task: Task, account: Account) -> Path | Failure:
        """Where the file goes: as the user said, or by template and rules. A full disk of a rule is
        looked at before the link is used again."""
        if job.path is not None:
            job.folder = None
            return job.path
        before, job.folder = job.folder, self._files.folder_by_rule(task, account)
        if job.is_held and job.folder is not None and job.folder == before:
            free = await self._files.free_bytes(job.folder)
            if free is not None and free < LEAST_FREE_BYTES:
                return Failure(Kind.DISK_FULL)
        return await self._files.target(task, job.kind, account)

    def _progress(self, job: Job, artifact: Artifact) -> Callable[[int, int | None], None]:
        """Publish a few times a second, however often the bytes come."""
        clock = asyncio.get_running_loop().time
        next_at = float("-inf")

        def report(received: int, total: int | None) -> None:
            nonlocal next_at
            if clock() >= next_at:
                next_at = clock() + _PROGRESS_S
                saving = replace(
                    artifact, state=ArtifactState.SAVING, received=received, size=total
                )
                self._publish(SaveProgress(job.key, saving))

        return report

    async def _keep(self, job: Job, account: Account, file: SavedFile) -> None:
        """Write the sidecar, then commit the saved file: what counts as saved has both."""
        saved: dict[str, Any] = {
            "state": ArtifactState.SAVED,
            "path": str(file.path),
            "size": file.size,
            "received": 0,
            "mtime_ns": file.mtime_ns,
            "sha256": file.sha256,
            "checked": file.checked,
            "damaged": file.damaged,
            "problem": "",
        }
        found = await self._current(job)
        if found is not None:
            failure = await self._files.write_sidecar(found[0], replace(found[2], **saved), account)
            if failure is not None:
                self._publish(Trouble(failure))
        await self._set(job, **saved)

    async def _set(self, job: Job, **values: Any) -> None:
        await self._change(job.key, partial(_with, kind=job.kind, values=values))

    async def _change(self, key: Key, change: Callable[[Task], Task | None]) -> None:
        diff = await self._store.change({key: change}, self._clock())
        if diff:
            self._publish(TasksChanged(diff))


def _with(task: Task, *, kind: ArtifactKind, values: Mapping[str, Any]) -> Task:
    artifacts = (replace(a, **values) if a.kind is kind else a for a in task.artifacts)
    return replace(task, artifacts=tuple(artifacts))


def _not_saved(task: Task, *, kind: ArtifactKind, lost: bool, problem: str) -> Task | None:
    """Back to what it was before the attempt: once saved and gone, or never saved."""
    artifact = task.artifact(kind)
    if artifact is None or artifact.state is ArtifactState.SAVED:
        return None
    if lost:
        state = ArtifactState.LOST
    elif artifact.sha256 is not None:
        state = ArtifactState.MISSING
    elif artifact.state is ArtifactState.LOST:
        state = ArtifactState.LOST
    else:
        state = ArtifactState.REMOTE
    return _with(task, kind=kind, values={"state": state, "received": 0, "problem": problem})
