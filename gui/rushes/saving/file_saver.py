"""Saving one file: fetch, ask for the record anew once when refused, record what came of it.

The store's row says at each moment how far it is; `SAVING` in it becomes `REMOTE` after a restart.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from rushes.core.account import Account, origin
from rushes.core.events import ProgramFailure, SaveProgress, TasksChanged
from rushes.core.expiry import RESULT_LIFE_S, link_end
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Clock, Downloader, Order, Publish, SavedFile
from rushes.core.retry import (
    OF_ONE_LINK,
    RECORD_LIFE_S,
    REFUSED,
    earliest_now,
    ends_of,
    is_foreign,
    is_lost,
    link_of,
    repaired,
)
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.files.download import SPARE_BYTES
from rushes.files.file_store import FileStore
from rushes.providers.links import id_in_route
from rushes.store import Store, tables

log = logging.getLogger(__name__)

Item = tuple[Key, ArtifactKind]
Renew = Callable[[Key], Awaitable[Failure | None]]
#: By account: why its key may not go along to its address now; None: it may.
KeyProblem = Callable[[str], Awaitable[Failure | None]]

#: Nothing else can be saved either until the user or the disk makes room.
HALTING = frozenset({Kind.DISK_FULL, Kind.FOLDER})
#: The free space that is needed to go on after a full disk.
LEAST_FREE_BYTES = 64 * 2**20

_PROGRESS_S = 0.25

#: After these the server may have cut the download by a rule of its own.
_BROKEN_OFF = frozenset({Kind.OFFLINE, Kind.STALLED, Kind.SLOW})
#: So many cuts are no accident; they are the same within so many seconds, or a share of the time,
#: and when no more came than so.
_CUTS = 3
_SAME_S = 2.0
_SAME_SHARE = 0.05
_MORE_SHARE = 0.25


@dataclass(slots=True)
class Cuts:
    """Downloads of one link that were cut after the same time, without getting any further: some
    gateways end every answer after a minute and cannot go on in the middle of a file."""

    count: int = 0
    _after_s: float = 0.0
    _received: int = 0

    def note(self, failure: Failure, after_s: float, received: int, total: int | None) -> Failure:
        """The failure of a download that broke off, as a cut when it is the third of its kind.

        Args:
            received, total: Bytes of the file so far and in all; None: not said.
        """
        close = abs(after_s - self._after_s) <= max(_SAME_S, _SAME_SHARE * self._after_s)
        further = received > self._received * (1.0 + _MORE_SHARE)
        same = close and not further and received > 0
        self.count = self.count + 1 if same else int(received > 0)
        if not same:
            self._after_s, self._received = after_s, received
        if self.count < _CUTS:
            return failure
        figures = f"{after_s:.0f} {received} {total or 0}"
        return Failure(Kind.CUT, host=failure.host, detail=figures)


@dataclass(slots=True)
class SaveJob:
    """One file in the queue.

    Attributes:
        deadline: Unix seconds of the link's end, or where that is not known of the usual one.
        ends: See `core.retry.ends_of`.
        path: Where the user wants it ("Save as"); None: by the template.
        is_asked: The user asked for it, and is told where it is.
        wants_word: The user asked for it since the last attempt: why it waits is told again.
        saved_to: Where it is; "": nowhere yet.
        attempts, refusals: In a row that failed, and that were refused.
        began: The loop's time of the last attempt.
        not_before: The loop's time of the next attempt.
        is_cut_off: The last attempt reached nobody.
        folder: The one a rule chose at the last attempt; None: the usual one, or `path`.
        is_held: Its place could not take the file. Others go on.
        needed: Bytes that must be free before it is tried again; 0: not known.
        had_room: It did not fit once, though there was room for it right afterwards.
        halts: How often it halted the queue.
        saved_before: How many files the queue had saved when this one last did so.
        any_size: The user wants it though it is larger than the limit.
        cuts: Of its downloads so far, by link.
        too_large, same_size: The size over the limit that was announced last, and how often in a
            row.
        redirect_end: When the link ends that a redirect led to last (Unix seconds).
    """

    number: int
    key: Key
    kind: ArtifactKind
    deadline: float = float("inf")
    ends: tuple[float, float] = (float("inf"), float("inf"))
    path: Path | None = None
    is_asked: bool = False
    wants_word: bool = False
    saved_to: str = ""
    attempts: int = 0
    refusals: int = 0
    began: float = 0.0
    not_before: float = float("-inf")
    is_cut_off: bool = False
    folder: Path | None = None
    is_held: bool = False
    needed: int = 0
    had_room: bool = False
    halts: int = 0
    saved_before: int = 0
    any_size: bool = False
    cuts: dict[str, Cuts] = field(default_factory=dict, repr=False)
    redirect_end: float | None = None
    too_large: int = 0
    same_size: int = 0

    def note_room(self, needed: int, free: int) -> None:
        """It did not fit. Where only as much as is free now is said to be too little, somebody may
        have made room at that moment: it is tried once more before it waits for more."""
        is_in_doubt = needed == free + SPARE_BYTES and not self.had_room
        self.had_room = self.had_room or is_in_doubt
        self.needed = 0 if is_in_doubt else needed

    def note_size(self, failure: Failure) -> None:
        """An attempt failed: count how often in a row the same size over the limit was announced;
        0 when it was not announced."""
        if not failure.announced:
            self.same_size = 0
        elif failure.announced == self.too_large:
            self.same_size += 1
        else:
            self.same_size = 1
        self.too_large = failure.announced

    @property
    def item(self) -> Item:
        return self.key, self.kind


@dataclass(slots=True, kw_only=True)
class FileSaver:
    """Brings single files to disk; knows no queue. What the attributes are: see `Saver`."""

    store: Store
    downloader: Downloader
    files: FileStore
    publish: Publish
    settings: Callable[[], Settings]
    renew: Renew
    key_problem: KeyProblem
    clock: Clock
    ends_by: Clock

    async def save(self, job: SaveJob) -> Failure | None:
        """Bring the file to disk. None: it is there, or nobody wants it any more.

        A refused file has its record asked for anew once, and a link that is another one then is
        tried at once. LOST is all that is final here; what came damaged is saved before.
        """
        found = await self._current(job)
        if found is None:
            return None
        if await self._is_kept(found[2]):
            return await self._copy(job, found[2])
        now, was_asked = self._earliest_now(found[2]), False
        if not found[2].url or job.ends[1] <= now:  # tried even so: our clock may be wrong
            was_asked = await self.renew(job.key) is None
            found = await self._current(job) or found
        failure = await self._attempt(job, *found)
        if failure is not None and failure.kind in REFUSED and not was_asked:
            now = self._earliest_now(found[2])
            was_asked = await self.renew(job.key) is None
            tried, found = _link(found[0], found[2]), await self._current(job) or found
            if _link(found[0], found[2]) != tried:
                failure = await self._attempt(job, *found)
        if failure is None:
            return None
        if not is_lost(found[0], found[2], failure.kind, now=now, was_asked=was_asked):
            return failure
        kept = await self.files.save_kept_damaged(found[0], job.kind, found[1], job.path)
        if isinstance(kept, SavedFile):
            await self._commit_saved(job, found[1], kept)
            return None
        return kept or Failure(Kind.LOST, host=failure.host, detail=failure.detail)

    async def revive(self) -> None:
        """Files that were called lost while a clock was wrong, and whose end is still to come, are
        behind their link again."""
        own, services = self.clock(), self.ends_by()
        for task in await self.store.read(tables.lost, min(own, services) - RECORD_LIFE_S):
            for artifact in task.artifacts:
                now = earliest_now(artifact.url, own=own, services=services)
                if artifact.state is ArtifactState.LOST and now < ends_of(task, artifact)[1]:
                    await self._change(task.key, partial(_revived, kind=artifact.kind))

    def _earliest_now(self, artifact: Artifact) -> float:
        return earliest_now(artifact.url, own=self.clock(), services=self.ends_by())

    async def record_failure(
        self, job: SaveJob, failure: Failure | None, next_try_at: float | None = None
    ) -> Artifact | None:
        """The row after an attempt that did not end with a file; None: there is no row any more."""
        values = {
            "received": 0,
            "problem": _problem(failure),
            "refusals": job.refusals,
            "next_try_at": next_try_at,
        }
        lost = failure is not None and failure.kind is Kind.LOST
        await self._change(job.key, partial(_not_saved, kind=job.kind, lost=lost, values=values))
        found = await self._current(job)
        return None if found is None else found[2]

    async def _current(self, job: SaveJob) -> tuple[Task, Account, Artifact] | None:
        task = next(iter(await self.store.read(tables.get, [job.key])), None)
        artifact = None if task is None else task.artifact(job.kind)
        accounts = {account.id: account for account in await self.store.read(tables.accounts)}
        account = accounts.get(job.key.account)
        if task is None or artifact is None or account is None:
            return None
        job.ends = ends_of(task, artifact)
        return task, account, artifact

    async def _is_kept(self, artifact: Artifact) -> bool:
        saved = artifact.state in (ArtifactState.SAVED, ArtifactState.MISSING)
        return saved and await self.files.is_intact(artifact)

    async def _copy(self, job: SaveJob, artifact: Artifact) -> Failure | None:
        """A file on disk is never fetched again, not even for another place."""
        job.saved_to = artifact.path or ""
        if job.path is None or artifact.path == str(job.path):
            return None
        copied = await self.files.copy(artifact, job.path)
        if isinstance(copied, Failure):
            return copied
        job.saved_to = str(copied)
        return None

    async def _attempt(
        self, job: SaveJob, task: Task, account: Account, artifact: Artifact
    ) -> Failure | None:
        """One attempt with the link as it stands, with what it was meant to be, and with the other
        links that the service names for the same file."""
        outcome = await self._fetch(job, task, account, artifact, artifact.url)
        if isinstance(outcome, Failure) and outcome.kind in REFUSED:
            kept = await self.files.take_over(task, job.kind, account, job.path)
            if kept is not None:  # the program ended between the file's name and its row
                outcome = kept
            elif (meant := repaired(artifact.url)) is not None:
                outcome = await self._fetch(job, task, account, artifact, meant)
        for url in _others(task, artifact):
            if not isinstance(outcome, Failure) or outcome.kind not in OF_ONE_LINK:
                break
            other = await self._fetch(job, task, account, artifact, url)
            # What may pass says more about the file than a refusal.
            if not isinstance(other, Failure) or outcome.kind in REFUSED:
                outcome = other
        if isinstance(outcome, Failure):
            return outcome
        await self._commit_saved(job, account, outcome)
        return None

    async def _fetch(
        self, job: SaveJob, task: Task, account: Account, artifact: Artifact, url: str
    ) -> SavedFile | Failure:
        if not url:
            return Failure(Kind.LINK_ENDED, detail="the service gives no link")
        is_keyless = id_in_route(url) not in (None, task.key.id)
        is_own = not is_keyless and _is_own(url, account)
        if is_own and (somebody := await self.key_problem(account.id)) is not None:
            kind = Kind.NOT_API if is_foreign(somebody) else somebody.kind
            return Failure(kind, host=somebody.host, detail="somebody else answered last")
        target = await self._target(job, task, account)
        if isinstance(target, Failure):
            return target
        if job.needed and (free := await self.files.free_bytes(target.parent)) is not None:
            if free < job.needed:
                return Failure(Kind.NO_ROOM, detail=f"{job.needed} {free}")
            job.needed = 0
        await self._set(job, state=ArtifactState.SAVING, received=0, problem="", next_try_at=None)
        order = Order(
            url=url,
            kind=job.kind,
            target=target,
            account=account.id,
            max_bytes=sys.maxsize if job.any_size else self.settings().max_file_bytes,
            is_keyless=is_keyless,
            has_others=bool(_others(task, artifact)),
            led_to=lambda found: ends.append(link_end(found, self.ends_by())),
        )
        clock = asyncio.get_running_loop().time
        began, next_at = clock(), float("-inf")
        received: int = 0
        total: int | None = None
        ends: list[float | None] = []

        def report(received_now: int, total_now: int | None) -> None:
            """Publish a few times a second, however often the bytes come."""
            nonlocal received, total, next_at
            received, total = received_now, total_now
            if clock() >= next_at:
                next_at = clock() + _PROGRESS_S
                state = ArtifactState.SAVING
                saving = replace(artifact, state=state, received=received, size=total)
                self.publish(SaveProgress(job.key, saving))

        outcome = await self.downloader.fetch(order, report)
        if isinstance(outcome, Failure) and outcome.kind is Kind.NO_ROOM:
            job.note_room(*map(int, outcome.detail.split()))
        if ends and ends[-1] is not None:
            await self._note_redirect_end(job, task, artifact, ends[-1])
        if isinstance(outcome, Failure) and outcome.kind in _BROKEN_OFF:
            cuts = job.cuts.setdefault(url, Cuts())
            return cuts.note(outcome, clock() - began, received, total)
        return outcome

    async def _note_redirect_end(
        self, job: SaveJob, task: Task, artifact: Artifact, end: float
    ) -> None:
        """A gateway's route led to a link that says its end. What the answer says itself goes
        first; and where the route signs a new link each time, that end means nothing."""
        link = link_of(task, artifact)
        if link is not None and link.expires_at is not None and not link.expires_inferred:
            return
        before, job.redirect_end = job.redirect_end, end
        if before is None or before == end:
            job.deadline = end
            await self._set(job, expires_at=end, expires_inferred=False)
        else:
            own = None if link is None else link.expires_at
            job.deadline = usual_end(task) if own is None else own
            await self._set(job, expires_at=own, expires_inferred=own is not None)
        await self._current(job)  # its ends are others now

    async def _target(self, job: SaveJob, task: Task, account: Account) -> Path | Failure:
        """Where the file goes: as the user said, or by template and rules. A full disk of a rule is
        looked at before the link is used again."""
        if job.path is not None:
            job.folder = None
            return job.path
        before, job.folder = job.folder, self.files.folder_by_rule(task, account)
        if job.is_held and job.folder is not None and job.folder == before:
            free = await self.files.free_bytes(job.folder)
            if free is not None and free < LEAST_FREE_BYTES:
                return Failure(Kind.DISK_FULL)
        return await self.files.target(task, job.kind, account)

    async def _commit_saved(self, job: SaveJob, account: Account, file: SavedFile) -> None:
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
            "film": None,
            "problem": "",
            "refusals": 0,
            "next_try_at": None,
            "trashed": False,
        }
        found = await self._current(job)
        if found is not None:
            failure = await self.files.write_sidecar(found[0], replace(found[2], **saved), account)
            if failure is not None:
                self.publish(ProgramFailure(failure))
        await self._set(job, **saved)
        job.saved_to = str(file.path)

    async def _set(self, job: SaveJob, **values: Any) -> None:
        await self._change(job.key, partial(_with, kind=job.kind, values=values))

    async def _change(self, key: Key, change: Callable[[Task], Task | None]) -> None:
        diff = await self.store.write(tables.change, {key: change}, self.clock())
        if diff:
            self.publish(TasksChanged(diff))


def _is_own(url: str, account: Account) -> bool:
    """Whether the account's key goes along to `url`."""
    try:
        return url.startswith("/") or origin(url) == origin(account.base_url)
    except ValueError:
        return False


#: Here the message is the server's own, and no path or word of ours.
_SAID_BY_SERVER = frozenset({Kind.LINK_ENDED, Kind.REJECTED, Kind.SERVER, Kind.LIMITED})


def _problem(failure: Failure | None) -> str:
    """What `Artifact.problem` keeps of it: the kind's name, with the figures or the reason of those
    that have, or the words of the server that refused it."""
    if failure is None:
        return ""
    has_detail = failure.kind in (Kind.CUT, Kind.NO_ROOM, Kind.BLOCKED_URL)
    more = (
        failure.detail if has_detail else failure.message if failure.kind in _SAID_BY_SERVER else ""
    )
    return f"{failure.kind.value} {more}".rstrip()


def _others(task: Task, artifact: Artifact) -> tuple[str, ...]:
    """The other links for this file in the answer that named its link."""
    link = link_of(task, artifact)
    return () if link is None else link.others


def usual_end(task: Task) -> float:
    """When most links of such a task would end (Unix seconds)."""
    return (task.report.created_at or task.added_at) + RESULT_LIFE_S


def _link(task: Task, artifact: Artifact) -> tuple[str, float | None]:
    """What tells one link of the record from another: not the end that a redirect said."""
    return artifact.url, (link_of(task, artifact) or artifact).expires_at


def _revived(task: Task, *, kind: ArtifactKind) -> Task | None:
    artifact = task.artifact(kind)
    if artifact is None or artifact.state is not ArtifactState.LOST:
        return None
    values = {"state": ArtifactState.REMOTE, "problem": "", "refusals": 0}
    return _with(task, kind=kind, values=values)


def _with(task: Task, *, kind: ArtifactKind, values: Mapping[str, Any]) -> Task:
    artifacts = (replace(a, **values) if a.kind is kind else a for a in task.artifacts)
    return replace(task, artifacts=tuple(artifacts))


def _not_saved(
    task: Task, *, kind: ArtifactKind, lost: bool, values: Mapping[str, Any]
) -> Task | None:
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
    return _with(task, kind=kind, values={**values, "state": state})
