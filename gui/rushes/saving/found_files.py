"""Saved files that lie somewhere: whose they are, and how they come into the list.

Nothing is copied, moved or fetched: a row gets the path of a file that is there. What a sidecar of
this program says of its file is believed where the size fits (and, of a take that is in the list
without that file, the content); without one, the id of a task in the list must stand in the file's
name, and its content must be whole.
"""

import logging
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rushes.core.account import Account, KeySource, Service
from rushes.core.events import TasksChanged
from rushes.core.incoming import filled
from rushes.core.merge import Change
from rushes.core.ports import Publish
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Status, Task
from rushes.core.task_ids import read_text
from rushes.files import sidecar
from rushes.files.filenames import EXTENSIONS
from rushes.files.sidecar import FileOnDisk
from rushes.files.verify import WrongFile, verify
from rushes.store import Store, tables
from rushes.system.disk import sha256_of
from rushes.system.threads import in_thread

log = logging.getLogger(__name__)

#: Of a folder; somebody may choose the whole disk.
MOST_FILES = 200_000
#: Kinds of files that results are; texts are read for ids instead.
_RESULTS = EXTENSIONS - {"txt", "xml", "json", "bin", "svg", "m3u8"}
_PICTURES = frozenset({"png", "jpg", "webp", "gif", "avif", "heic"})
_MODELS = frozenset(
    {"zip", "7z", "glb", "gltf", "obj", "dae", "x3d", "fbx", "ply", "stl", "off", "amf"}
    | {"usda", "usdc", "usdz"}
)


def is_result(path: Path) -> bool:
    """Whether a file of this name can be a result: a film, a picture, a model."""
    return path.suffix.lower().removeprefix(".") in _RESULTS and not path.name.startswith(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderIntake:
    """What became of the files in a folder.

    Attributes:
        added: Takes that were not in the list, or had been removed from it.
        linked: Takes of the list whose missing file was found.
        here: How many files the list had already.
        unknown: Names of files that nothing leads to a take.
        homeless: Services (their titles) without an account here and with no address that is
            known, and how many files are of takes there.
        is_cut: There were more than `MOST_FILES`.
        is_stopped: The user wanted no more; what was found before is in the list.
    """

    added: tuple[Key, ...] = ()
    linked: tuple[Key, ...] = ()
    here: int = 0
    unknown: tuple[str, ...] = ()
    homeless: tuple[tuple[str, int], ...] = ()
    is_cut: bool = False
    is_stopped: bool = False


class FoundFiles:
    """Args:
    publish: Told what came into the list.
    """

    def __init__(self, store: Store, publish: Publish) -> None:
        self._store = store
        self._publish = publish

    async def take_of(self, path: Path) -> Key | None:
        """The take of the list that this file is of: by its path, else, if it was moved or
        renamed, by what lies beside it, by its content, or by an id in its name."""
        read = self._store.read
        for spelled in dict.fromkeys((str(path.absolute()), os.path.realpath(path))):
            if keys := await read(tables.with_path, spelled):
                return await self._listed(keys)
        try:
            told = await in_thread(lambda: sidecar.take_of(path), "files")
            if told is not None:
                if told.artifact.sha256 and (
                    keys := await read(tables.with_sha256, told.artifact.sha256)
                ):
                    return await self._listed(keys)
                if keys := await read(tables.with_id, told.report.id):
                    return keys[0]
            digest = await in_thread(lambda: sha256_of(path), "files")
        except OSError as e:
            log.info("a file that was given cannot be read: %s", e.strerror)
            return None
        if keys := await read(tables.with_sha256, digest):
            return await self._listed(keys)
        return next(iter(await self._by_name(path)), None)

    async def _listed(self, keys: Sequence[Key]) -> Key | None:
        found = await self._store.read(tables.get, keys)
        return found[0].key if found else None

    async def _by_name(self, path: Path) -> list[Key]:
        found: list[Key] = []
        for each in read_text(path.stem).found:
            found += await self._store.read(tables.with_id, each.id)
        return found

    async def link(self, key: Key, path: Path) -> bool:
        """A take's missing file is this one. False: it is none of its files."""
        (task,) = await self._store.read(tables.get, [key])
        told = await in_thread(lambda: _proven(path, task), "files")
        if told is None:
            return False
        change = partial(_with_file, artifact=told)
        diff = await self._store.write(tables.change, {key: change}, time.time())
        if diff:
            self._publish(TasksChanged(diff))
        return bool(diff)

    async def take_in(
        self,
        folder: Path,
        report: Callable[[int, int], object] = lambda _done, _of: None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> FolderIntake:
        """Every result below `folder` into the list; what is there already is only given a file
        that it misses.

        Args:
            report: Told how many files were looked at, and how many there are.
            is_wanted: Asked before each file whether to go on.

        Raises:
            OSError: the folder cannot be read.
        """
        paths, is_cut = await in_thread(lambda: _results_in(folder, is_wanted), "files")
        accounts = list(await self._store.read(tables.accounts))
        newcomers: list[Account] = []
        takes: dict[Key, list[tuple[FileOnDisk | None, Artifact]]] = {}
        unknown: list[str] = []
        homeless: Counter[str] = Counter()
        here = 0
        for done, path in enumerate(paths):
            report(done, len(paths))
            if not is_wanted():
                break
            owners = await self._store.read(tables.with_path, str(path))
            if await self._listed(owners):
                here += 1
                continue
            told = await in_thread(partial(_read_sidecar, path), "files")
            if told is not None:
                key = await self._key_of(told, accounts, newcomers)
                if key is None:
                    homeless[_title(told.service)] += 1
                elif await self._waits_for(key, told) and not await in_thread(
                    partial(_is_whole, path, told), "files"
                ):
                    unknown.append(path.name)
                else:
                    takes.setdefault(key, []).append((told, told.artifact))
                continue
            keys = await self._by_name(path)
            task = next(iter(await self._store.read(tables.get, keys[:1])), None)
            proven = None
            if task is not None:
                proven = await in_thread(partial(_proven, path, task), "files")
            if task is None or proven is None:
                unknown.append(path.name)
            else:
                takes.setdefault(task.key, []).append((None, proven))
        known = {task.key: task for task in await self._store.read(tables.get, list(takes))}
        missing = {key: files for key, files in takes.items() if _lacks(known.get(key), files)}
        here += sum(len(files) for key, files in takes.items() if key not in missing)
        wanted = {key.account for key in missing}
        changes: dict[Key, Change] = {
            key: partial(_taken_in, files=files) for key, files in missing.items()
        }
        diff = await self._store.write(
            tables.take_in,
            [account for account in newcomers if account.id in wanted],
            changes,
            time.time(),
        )
        if diff:
            self._publish(TasksChanged(diff))
        return FolderIntake(
            added=tuple(task.key for task in diff.added),
            linked=tuple(task.key for task in diff.changed),
            here=here,
            unknown=tuple(unknown),
            homeless=tuple(homeless.items()),
            is_cut=is_cut,
            is_stopped=not is_wanted(),
        )

    async def _waits_for(self, key: Key, told: FileOnDisk) -> bool:
        """Whether the list has the take without this file: it may still be fetched, and a row that
        has a damaged one would end that."""
        known = await self._store.read(tables.get, [key])
        return any(not _has(task, told.artifact.kind) for task in known)

    async def _key_of(
        self, told: FileOnDisk, accounts: list[Account], newcomers: list[Account]
    ) -> Key | None:
        """The task in the list, or the one it becomes; None: nobody knows whose it is."""
        if keys := await self._store.read(tables.with_id, told.report.id):
            return keys[0]
        account = _owner(told, accounts)
        if account is None:
            account = _newcomer(told)
            if account is None:
                return None
            accounts.append(account)
            newcomers.append(account)
        return Key(account.id, told.report.id)


def _owner(told: FileOnDisk, accounts: Sequence[Account]) -> Account | None:
    """An account of that service: the one of that name, else the only one."""
    theirs = [each for each in accounts if each.service.value == told.service]
    named = [each for each in theirs if each.name == told.account]
    return next(iter(named), theirs[0] if len(theirs) == 1 else None)


def _newcomer(told: FileOnDisk) -> Account | None:
    """An account without a key, for takes of another computer. No file says an address: only that
    of a service that has one of its own is known."""
    try:
        service = Service(told.service)
    except ValueError:
        return None
    if not service.base_url:
        return None
    return Account(
        id=str(uuid.uuid4()),
        name=told.account,
        service=service,
        base_url=service.base_url,
        key_source=KeySource.SESSION,
        created_at=time.time(),
    )


def _title(service: str) -> str:
    try:
        return Service(service).title
    except ValueError:
        return service


def _lacks(task: Task | None, files: Sequence[tuple[FileOnDisk | None, Artifact]]) -> bool:
    """Whether a file of these is one that the list does not have."""
    if task is None:
        return True
    return any(not _has(task, artifact.kind) for _, artifact in files)


def _has(task: Task, kind: ArtifactKind) -> bool:
    known = task.artifact(kind)
    return known is not None and known.state is ArtifactState.SAVED


def _taken_in(task: Task, *, files: Sequence[tuple[FileOnDisk | None, Artifact]]) -> Task:
    for told, artifact in files:
        if told is not None:
            fresh = task.status is Status.UNKNOWN and task.last_seen_at is None
            mark = filled(task.mark, told.incoming)
            task = replace(task, mark=mark, report=told.report if fresh else task.report)
        task = _with_file(task, artifact=artifact) or task
    return replace(task, seen=True)


def _with_file(task: Task, *, artifact: Artifact) -> Task | None:
    """The row has this file; None: it has one already."""
    known = task.artifact(artifact.kind)
    if known is None:
        return replace(task, artifacts=(*task.artifacts, artifact))
    if known.state is ArtifactState.SAVED:
        return None
    new = replace(
        artifact,
        url=known.url,
        expires_at=known.expires_at,
        expires_inferred=known.expires_inferred,
        max_requests=known.max_requests,
    )
    return replace(task, artifacts=tuple(new if a is known else a for a in task.artifacts))


# --- on disk; all of this blocks ----------------------------------------------------------------


def _results_in(folder: Path, is_wanted: Callable[[], bool]) -> tuple[list[Path], bool]:
    """Their paths in order, and whether there are more. Raises OSError."""
    found: list[Path] = []
    for path in _walk(folder.absolute()):
        if not is_wanted():
            break
        if is_result(path):
            if len(found) == MOST_FILES:
                return found, True
            found.append(path)
    return found, False


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder):  # of the folder itself, what is wrong is said
        pass
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names))


def _read_sidecar(path: Path) -> FileOnDisk | None:
    try:
        return sidecar.take_of(path)
    except OSError:
        return None


def _is_whole(path: Path, told: FileOnDisk) -> bool:
    try:
        return told.artifact.sha256 == sha256_of(path)
    except OSError:
        return False


def _proven(path: Path, task: Task) -> Artifact | None:
    """The file as one of the task's: of the content that was saved once, or, where none was, of its
    kind and whole."""
    lacking = [each for each in task.artifacts if each.state is not ArtifactState.SAVED]
    try:
        state = path.stat()
        digest = sha256_of(path)
        where: dict[str, Any] = {
            "path": str(path.absolute()),
            "mtime_ns": state.st_mtime_ns,
            "sha256": digest,
        }
        known = next((each for each in lacking if each.sha256 == digest), None)
        if known is not None:
            return replace(known, state=ArtifactState.SAVED, trashed=False, **where)
        kind = _kind_by_name(path)
        before = task.artifact(kind)
        if before is not None and (before.sha256 or before not in lacking):
            return None
        found = verify(path, kind)
    except (OSError, WrongFile):
        return None
    if found.damage:
        return None
    return Artifact(
        kind=kind, state=ArtifactState.SAVED, size=state.st_size, checked=found.checked, **where
    )


def _kind_by_name(path: Path) -> ArtifactKind:
    ext = path.suffix.lower().removeprefix(".")
    if ext in _MODELS:
        return ArtifactKind.MODEL
    return ArtifactKind.LAST_FRAME if ext in _PICTURES else ArtifactKind.VIDEO
