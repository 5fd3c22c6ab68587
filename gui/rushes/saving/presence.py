"""Says of every saved file whether it still is there (promise R3): "Saved" is true now.

A look begins with a file of each folder and with the rows on the screen: they tell within moments
that something is gone or back. Then, or when its time has come, every file is looked at, by name
and size alone. The states found are committed in small portions, behind what is on the screen.
"""

import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from rushes.core.events import FoldersAway, TasksChanged
from rushes.core.merge import Change
from rushes.core.ports import Clock, Publish
from rushes.core.presence import Away, AwayFolder, FoundFile, KeptFile, kept_files
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.files.file_store import FilePresence
from rushes.store import Store, StoreError, tables
from rushes.system.scope import CoroutineScope

log = logging.getLogger(__name__)

#: Tasks that are changed in one transaction: somebody else's commit waits no longer.
_AT_ONCE = 100

#: Folders of which a file is looked at each time.
_SAMPLES = 100

#: A look at everything may take one part in so many of the time.
_REST_FACTOR = 20.0

State = tuple[ArtifactState, int | None]  # and the modification time of the file


class Presence:
    """Looks whether saved files are there, and keeps the list and whoever listens up to date."""

    def __init__(
        self, *, store: Store, disk: FilePresence, publish: Publish, clock: Clock = time.time
    ) -> None:
        self._store = store
        self._disk = disk
        self._publish = publish
        self._clock = clock
        self._scope = CoroutineScope("presence", self._on_error)
        self._away: tuple[Away, ...] = ()
        self._samples: dict[KeptFile, FoundFile] | None = None  # one of each folder
        self.next_at = 0.0  # monotonic: when everything is looked at again
        self._others: dict[tuple[str | None, int | None, int], bool] = {}  # content is the same
        self._wanted: Sequence[KeptFile] | None = None
        self._is_looking = False

    @property
    def is_needed(self) -> bool:
        """Whether there was any file to look at the last time; True before the first time."""
        return self._samples is None or bool(self._samples)

    def look(self, shown: Sequence[KeptFile]) -> None:
        """Look now, at these first; while a look is under way, once more after it."""
        self._wanted = shown
        if not self._is_looking:
            self._scope.start("look", self._look_on())

    async def check(self, keys: Sequence[Key]) -> None:
        """Whether the files of these tasks are there; the list says so afterwards."""
        tasks = await self._store.read(tables.get, keys)
        if await self._settle([file for task in tasks for file in kept_files(task)]):
            self.next_at = 0.0

    async def check_all(self) -> None:
        """Whether every file is there; says which folders are away, then brings the list up to
        date."""
        began = time.monotonic()
        wrong: list[tuple[KeptFile, FoundFile]] = []
        away: defaultdict[AwayFolder, set[Key]] = defaultdict(set)
        samples: dict[str, tuple[KeptFile, FoundFile]] = {}
        below: int | None = None
        while True:
            files, below = await self._store.read(tables.kept_files, below)
            for file, found in zip(files, await self._disk.look(files), strict=True):
                if len(samples) < _SAMPLES:
                    samples.setdefault(os.path.dirname(file.path or ""), (file, found))  # noqa: PTH120
                if found.away is not None:
                    away[found.away].add(file.key)
                if not _is_as_known(file, found):
                    wrong.append((file, found))
            if below is None:
                break
        self._samples = dict(samples.values())
        self.next_at = time.monotonic() + _REST_FACTOR * (time.monotonic() - began)
        self._tell_away(away)
        await self._commit(wrong)

    async def idle(self) -> None:
        """Wait until the look that is under way has ended."""
        await self._scope.idle()

    async def aclose(self) -> None:
        await self._scope.aclose()

    async def _look_on(self) -> None:
        self._is_looking = True
        try:
            while (shown := self._wanted) is not None:
                self._wanted = None
                await self._look_once(shown)
        except StoreError as e:  # nothing is lost by that: the next look finds the same
            log.info("presence: %s", e)
        finally:
            self._is_looking = False

    async def _look_once(self, shown: Sequence[KeptFile]) -> None:
        samples = list(self._samples or ())
        found = dict(zip(samples, await self._disk.look(samples), strict=True))
        is_news = found != (self._samples or {})
        if await self._settle(shown) or is_news or time.monotonic() >= self.next_at:
            await self.check_all()

    async def _settle(self, files: Sequence[KeptFile]) -> bool:
        """Look at these and commit what is not as the list says. Returns whether any was not."""
        found = await self._disk.look(files)
        return await self._commit(
            [pair for pair in zip(files, found, strict=True) if not _is_as_known(*pair)]
        )

    async def _commit(self, wrong: Sequence[tuple[KeptFile, FoundFile]]) -> bool:
        """What can be told at once is told first; then what has to be read whole."""
        unread = [(f, found) for f, found in wrong if found.changed_at is not None]
        told = [(f, _state(found)) for f, found in wrong if found.changed_at is None]
        changed = await self._write(told)
        for file, found in unread:
            state = await self._state_by_content(file, found)
            if state != (file.state, file.mtime_ns):
                changed |= await self._write([(file, state)])
        return changed

    async def _state_by_content(self, file: KeptFile, found: FoundFile) -> State:
        """Of a file with the right size and another time; it is read once."""
        assert found.changed_at is not None
        seen = file.path, file.size, found.changed_at
        if seen not in self._others:
            self._others[seen] = file.sha256 is not None and await self._disk.is_same(file)
        if self._others[seen]:
            return ArtifactState.SAVED, found.changed_at
        return ArtifactState.MISSING, file.mtime_ns

    async def _write(self, states: Sequence[tuple[KeptFile, State]]) -> bool:
        by_task: defaultdict[Key, list[tuple[KeptFile, State]]] = defaultdict(list)
        for file, state in states:
            by_task[file.key].append((file, state))
        keys, changed = list(by_task), False
        for first in range(0, len(keys), _AT_ONCE):
            changes: Mapping[Key, Change] = {
                key: partial(_with_states, states=by_task[key])
                for key in keys[first : first + _AT_ONCE]
            }
            diff = await self._store.write(tables.change, changes, self._clock())
            if diff:
                changed = True
                self._publish(TasksChanged(diff))
        return changed

    def _tell_away(self, away: Mapping[AwayFolder, set[Key]]) -> None:
        told = _by_takes(away)
        if told != self._away:
            self._away = told
            self._publish(FoldersAway(told))

    def _on_error(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)


async def as_found(
    disk: FilePresence, tasks: Sequence[Task]
) -> tuple[tuple[Task, ...], tuple[Away, ...]]:
    """The tasks with the states their files really have, and the folders that are away. Nothing is
    kept: for a list that somebody else writes."""
    files = [file for task in tasks for file in kept_files(task)]
    states: defaultdict[Key, list[tuple[KeptFile, State]]] = defaultdict(list)
    away: defaultdict[AwayFolder, set[Key]] = defaultdict(set)
    for file, found in zip(files, await disk.look(files), strict=True):
        if found.away is not None:
            away[found.away].add(file.key)
        if _is_as_known(file, found):
            continue
        state = _state(found)
        if found.changed_at is not None and not (file.sha256 and await disk.is_same(file)):
            state = ArtifactState.MISSING, file.mtime_ns
        states[file.key].append((file, state))
    true = (_with_states(t, states[t.key]) if t.key in states else t for t in tasks)
    return tuple(true), _by_takes(away)


def _is_as_known(file: KeptFile, found: FoundFile) -> bool:
    known = file.state is ArtifactState.SAVED
    return found.there is known and found.changed_at is None


def _state(found: FoundFile) -> State:
    return (ArtifactState.SAVED if found.there else ArtifactState.MISSING), found.changed_at


def _by_takes(away: Mapping[AwayFolder, set[Key]]) -> tuple[Away, ...]:
    counted = (Away(folder, len(keys)) for folder, keys in away.items())
    return tuple(sorted(counted, key=lambda each: (-each.takes, each.folder.path)))


def _with_states(task: Task, states: Iterable[tuple[KeptFile, State]]) -> Task:
    """Take over what was found on disk, where the row still is as it was when looked up."""
    by_kind = {file.kind: (file, state) for file, state in states}
    artifacts = tuple(_with_state(each, by_kind) for each in task.artifacts)
    return task if artifacts == task.artifacts else replace(task, artifacts=artifacts)


def _with_state(
    artifact: Artifact, by_kind: Mapping[ArtifactKind, tuple[KeptFile, State]]
) -> Artifact:
    known = by_kind.get(artifact.kind)
    if known is None or not known[0].is_same_row(artifact):
        return artifact
    state, mtime_ns = known[1]
    trashed = artifact.trashed and state is not ArtifactState.SAVED  # taken out by hand
    return replace(artifact, state=state, mtime_ns=mtime_ns or artifact.mtime_ns, trashed=trashed)
