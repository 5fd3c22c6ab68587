"""Moves saved files to where the name template and the rules for folders put them now.

A kill at any moment loses nothing. The move is noted in the list first; then the file gets its new
name beside the old one (across disks: a copy that was read back); then its row says the new one;
then the sidecar follows and the old name goes; then the note goes. What was under way is ended at
the next start. Only a disk that cannot give a file two names has it renamed before its row.
"""

import asyncio
import errno
import logging
import os
import shutil
import stat
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rushes.core.account import Account
from rushes.core.events import TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Clock, Publish
from rushes.core.presence import ON_DISK
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.files import sidecar
from rushes.files.file_store import Destination, FileStore, as_spelled_there, prepare
from rushes.files.filenames import folded, numbered, taken
from rushes.files.folder import Folder
from rushes.files.part import PartFile
from rushes.store import Store, StoreError, tables
from rushes.system.disk import (
    NO_LINKS,
    failure_of,
    make_folders,
    mark_downloaded,
    open_regular,
    rename_new,
    sha256_of,
)
from rushes.system.threads import in_thread

log = logging.getLogger(__name__)

_BLOCK_BYTES = 2**20
#: Free space that a copy leaves on its disk (bytes).
SPARE_BYTES = 64 * 2**20
#: After these nothing else can go to that folder either.
_OF_THE_FOLDER = frozenset({Kind.DISK_FULL, Kind.FOLDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A file of a take, and where it is to go.

    Attributes:
        place: As template and rules say; None: to `new`, whose folder is there.
        size, sha256: Of the file, as its row says.
        handed: Other programs know the file by its old name.
    """

    key: Key
    kind: ArtifactKind
    old: Path
    new: Path
    place: Destination | None = None
    size: int | None = None
    sha256: str | None = None
    handed: bool = False

    @property
    def back(self) -> "Move":
        return replace(self, old=self.new, new=self.old, place=None)

    @property
    def folder(self) -> Path:
        """What must be there for it."""
        return self.new.parent if self.place is None else self.place.folder


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePlan:
    """What a move of the files of some takes would do.

    Attributes:
        moves: In the order of the takes.
        in_place: How many files are where they belong.
        without: How many takes have no file that could be moved.
        failure: Of a folder that cannot be used; what belongs there is in no other figure.
    """

    moves: tuple[Move, ...] = ()
    in_place: int = 0
    without: int = 0
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Attributes:
    done: What was moved, with the names that the files have.
    failure: Why others were not; None: they were gone, or there are none.
    """

    done: tuple[Move, ...] = ()
    failure: Failure | None = None


@dataclass(slots=True, kw_only=True)
class FileMover:
    """Plans moves, and makes them one after the other.

    Attributes:
        failpoint: For tests; told each step.
    """

    store: Store
    files: FileStore
    publish: Publish
    clock: Clock = time.time
    failpoint: Callable[[str], object] = str
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def plan(
        self,
        keys: Sequence[Key],
        *,
        by_itself: bool = False,
        names: Mapping[Key, str] | None = None,
    ) -> MovePlan:
        """Where the files of these takes belong now. Nothing is changed.

        Args:
            by_itself: Nobody asked: what other programs know stays where it is.
            names: What takes are about to be called.
        """
        accounts = {each.id: each for each in await self.store.read(tables.accounts)}
        tasks = [_called(task, names or {}) for task in await self.store.read(tables.get, keys)]
        wanted = await in_thread(partial(self._wanted, tasks, accounts), "files")
        with_files = {move.key for move in wanted}
        wanted = [move for move in wanted if not (by_itself and move.handed)]
        by_folder: defaultdict[Path, list[Move]] = defaultdict(list)
        for move in wanted:
            by_folder[move.folder].append(move)
        named: dict[tuple[Key, ArtifactKind], Move | None] = {}
        failure = None
        for folder, theirs in by_folder.items():
            there = await self.files.ask(folder, partial(_named, folder, theirs))
            if isinstance(there, Failure):
                failure = failure or there
            else:
                for before, after in zip(theirs, there, strict=True):
                    named[before.key, before.kind] = after
        moves = tuple(found for each in wanted if (found := named.get((each.key, each.kind))))
        return MovePlan(
            moves=moves,
            in_place=len(named) - len(moves),
            without=len(tasks) - len(with_files),
            failure=failure,
        )

    def _wanted(self, tasks: Sequence[Task], accounts: Mapping[str, Account]) -> list[Move]:
        """Every saved file, with the place it belongs to. Blocks: conditions of rules are read."""
        return [
            Move(
                key=task.key,
                kind=artifact.kind,
                old=Path(artifact.path),
                new=Path(artifact.path),
                place=self.files.place(
                    task, artifact.kind, accounts[task.key.account], _ending(artifact.path)
                ),
                size=artifact.size,
                sha256=artifact.sha256,
                handed=artifact.handed,
            )
            for task in tasks
            for artifact in task.artifacts
            if artifact.state is ArtifactState.SAVED and artifact.path
        ]

    async def move(
        self, moves: Sequence[Move], report: Callable[[int], object] = lambda _: None
    ) -> Moved:
        """Make these moves; what cannot be moved stays where it is. A list that fails ends them.
        Folders below that of results that they leave empty go.

        Args:
            report: Told how many were made.
        """
        done: list[Move] = []
        failure: Failure | None = None
        useless: set[Path] = set()
        async with self._turn:
            accounts = {each.id: each for each in await self.store.read(tables.accounts)}
            for move in moves:
                if move.folder in useless:
                    continue
                try:
                    made = await self._move(move, accounts)
                except StoreError as e:  # what was moved before can be undone all the same
                    failure = failure or replace(e.failure, kind=Kind.STORE)  # of no folder
                    break
                if isinstance(made, Move):
                    done.append(made)
                    report(len(done))
                elif made is not None:
                    failure = failure or made
                    if made.kind in _OF_THE_FOLDER:
                        useless.add(move.folder)
            left = {move.old.parent for move in done}
            await in_thread(partial(_remove_empty, left, self.files.folder), "files")
        return Moved(done=tuple(done), failure=failure)

    async def recover(self) -> None:
        """End the moves that were under way when the last run ended. A disk that does not answer
        is asked again at the next start."""
        async with self._turn:
            accounts = {each.id: each for each in await self.store.read(tables.accounts)}
            for row, old, new in await self.store.read(tables.begun_moves):
                key, kind = row.key, row.kind
                move = Move(
                    key=key,
                    kind=kind,
                    old=Path(old),
                    new=Path(new),
                    size=row.size,
                    sha256=row.sha256,
                )
                is_listed = bool(await self.store.read(tables.numbers_of, [key]))
                work = partial(_came_to, move, is_told=row.path == new, is_listed=is_listed)
                came = await self.files.ask(move.new.parent, work)
                if isinstance(came, Failure):
                    log.info("a move waits for its disk: %s", came.detail)
                elif came:
                    await self._settle(move, accounts)
                else:
                    await self.store.write(tables.end_move, key, kind)

    # --- one move -------------------------------------------------------------------------

    async def _move(self, move: Move, accounts: Mapping[str, Account]) -> Move | Failure | None:
        """The move as it was made; None: the file is gone, or is another one by now."""
        prepared = partial(_prepared, move, self.files.folder)
        ready = await self.files.ask(move.folder, prepared)
        if isinstance(ready, Failure):
            return ready
        wanted, made = ready
        for new in numbered(wanted):
            trial = replace(move, new=new)
            if not await self.store.write(
                tables.begin_move, move.key, move.kind, str(move.old), str(new)
            ):
                return None
            self.failpoint("noted")
            try:
                put = await self._put(trial)
            except FileExistsError:  # somebody took the name meanwhile
                continue
            if isinstance(put, Path):
                self.failpoint("placed")
                return await self._settle(replace(trial, new=put), accounts)
            await self.store.write(tables.end_move, move.key, move.kind)
            await in_thread(partial(_remove_made, made), "files")
            return put
        raise AssertionError("numbers do not end")

    async def _put(self, move: Move) -> Path | Failure | None:
        going_on = True
        try:
            return await in_thread(lambda: _put(move, self.failpoint, lambda: going_on), "files")
        finally:
            going_on = False  # cancelled: a long copy ends

    async def _settle(self, move: Move, accounts: Mapping[str, Account]) -> Move | Failure | None:
        """The file has its new name: say so in its row, then let go of the old one."""
        try:
            mtime_ns = await in_thread(lambda: move.new.stat().st_mtime_ns, "files")
        except OSError as e:
            if await in_thread(move.new.parent.is_dir, "files"):  # it vanished: as if nothing was
                await self.store.write(tables.end_move, move.key, move.kind)
                return None
            return failure_of(e)  # its disk is away: the next start ends it
        change = partial(_moved, move=move, mtime_ns=mtime_ns)
        try:
            diff = await self.store.write(tables.change, {move.key: change}, self.clock())
        except StoreError:
            await in_thread(partial(_take_back, move), "files")
            raise
        if diff:
            self.publish(TasksChanged(diff))
        self.failpoint("told")
        artifact = await self._artifact(move.key, move.kind)
        if artifact is None or artifact.path != str(move.new):
            # Removed or saved anew meanwhile: as if nothing had been.
            await in_thread(partial(_take_back, move), "files")
            await self.store.write(tables.end_move, move.key, move.kind)
            return None
        (task,) = await self.store.read(tables.get, [move.key])
        failure = await self.files.write_sidecar(task, artifact, accounts[move.key.account])
        self.failpoint("described")
        others = await self.store.read(tables.with_path, str(move.old))
        if not others:
            try:
                await in_thread(partial(_let_go, move, task, artifact), "files")
            except OSError as e:  # in use (Windows): the next start ends it
                log.info("the old name of a moved file stays: %s", e.strerror)
                return move
        self.failpoint("let go")
        await self.store.write(tables.end_move, move.key, move.kind)
        if failure is not None:
            log.info("a moved file has no sidecar: %s", failure.detail)
        return move

    async def _artifact(self, key: Key, kind: ArtifactKind) -> Artifact | None:
        task = next(iter(await self.store.read(tables.get, [key])), None)
        return None if task is None else task.artifact(kind)


def _called(task: Task, names: Mapping[Key, str]) -> Task:
    if task.key not in names:
        return task
    return replace(task, mark=replace(task.mark, name=names[task.key]))


def _ending(path: str) -> str:
    return Path(path).suffix.removeprefix(".").lower()


def _moved(task: Task, *, move: Move, mtime_ns: int) -> Task | None:
    """The row of a file that has its new name; where it was saved anew meanwhile, none."""
    found = task.artifact(move.kind)
    if found is None or found.path != str(move.old) or found.state not in ON_DISK:
        return None
    new = replace(
        found, state=ArtifactState.SAVED, path=str(move.new), mtime_ns=mtime_ns, handed=False
    )
    return replace(task, artifacts=tuple(new if a is found else a for a in task.artifacts))


# --- on disk; all of this blocks ----------------------------------------------------------------


def _named(folder: Path, moves: Sequence[Move]) -> list[Move | None] | Failure:
    """The moves below `folder` with names that are free there; None: the file is in its place."""
    try:
        if not folder.is_dir() and not all(move.place and move.place.may_create for move in moves):
            return Failure(Kind.FOLDER, message=str(folder), detail="the folder is not there")
        used: dict[Path, dict[str, str]] = {}
        return [_with_free_name(move, used) for move in moves]
    except OSError as e:
        return replace(failure_of(e), message=str(folder))


def _with_free_name(move: Move, used: dict[Path, dict[str, str]]) -> Move | None:
    assert move.place is not None
    wanted = as_spelled_there(move.place.folder, move.place.path)
    if wanted.parent not in used:
        used[wanted.parent] = taken(wanted.parent) if wanted.parent.is_dir() else {}
    there = used[wanted.parent]
    for new in numbered(wanted):
        if new == move.old:
            return None
        is_itself = new.parent == move.old.parent and there.get(folded(new.name)) == move.old.name
        if folded(new.name) not in there or is_itself:
            there[folded(new.name)] = new.name
            return replace(move, new=new)
    raise AssertionError("numbers do not end")


def _remove_empty(folders: Iterable[Path], root: Path) -> None:
    """Those of them below `root` that are empty, and what this leaves empty above them."""
    for folder in folders:
        for each in (folder, *folder.parents):
            if not (each.is_relative_to(root) and each != root):
                break
            try:
                each.rmdir()
            except OSError:  # something is in it, or it is gone
                break


def _remove_made(folders: Iterable[Path]) -> None:
    """Those that nothing came into, from inside out."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _prepared(move: Move, root: Path) -> tuple[Path, Sequence[Path]] | Failure:
    """The wanted name, and the folders that were made for it, from inside out. A folder below
    `root` may have gone with its last file."""
    missing = [each for each in move.new.parents if not each.exists()]
    if move.place is None:
        if root.is_dir() and move.new.is_relative_to(root):
            with suppress(OSError):
                make_folders(move.new.parent)
        if move.new.parent.is_dir():
            return move.new, missing
        gone = str(move.new.parent)
        return Failure(Kind.FOLDER, message=gone, detail="the folder is not there")
    made = prepare(move.place)
    # What was shown before counts: the name, and whatever number it has.
    return made if isinstance(made, Failure) else (made.with_name(move.new.name), missing)


def _put(
    move: Move, failpoint: Callable[[str], object], is_wanted: Callable[[], bool]
) -> Path | Failure | None:
    """Give the file its new name, beside the old one where the disk can. Returns the path it has;
    None: it is gone, or is another one by now.

    Raises:
        FileExistsError: something else has that name.
    """
    old, new = move.old, move.new
    try:
        state = old.lstat()
    except FileNotFoundError:
        return None
    except OSError as e:
        return failure_of(e)
    try:
        if not stat.S_ISREG(state.st_mode) or move.size not in (None, state.st_size):
            return None
        folder = Folder(new.parent)
        try:
            if _is_one_name(old, new):
                if old.name != new.name and new.name in folder.names():
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
                old.rename(new)  # another spelling, of itself or of its folder
            else:
                folder.link(old, new.name)
            folder.check_place()
            folder.sync()
        finally:
            folder.close()
    except FileExistsError:
        if _is_same_file(old, new):
            return new
        raise
    except FileNotFoundError:
        return None
    except OSError as e:
        if e.errno not in NO_LINKS:
            return failure_of(e)
        return _rename_or_copy(move, state, failpoint, is_wanted)
    return new


def _rename_or_copy(
    move: Move,
    state: os.stat_result,
    failpoint: Callable[[str], object],
    is_wanted: Callable[[], bool],
) -> Path | Failure | None:
    """Another disk, or one that cannot give a file two names. Raises as `_put`."""
    try:
        if state.st_dev == move.new.parent.stat().st_dev:
            try:
                rename_new(move.old, move.new)
            except FileExistsError:
                raise
            except OSError:  # the same disk under another name cannot rename either
                pass
            else:
                return move.new
        if os.path.lexists(move.new):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(move.new))
        return _copy(move, state, failpoint, is_wanted)
    except FileExistsError:
        raise
    except FileNotFoundError:
        return None
    except OSError as e:
        return failure_of(e)


def _copy(
    move: Move,
    state: os.stat_result,
    failpoint: Callable[[str], object],
    is_wanted: Callable[[], bool],
) -> Path | Failure | None:
    free = shutil.disk_usage(move.new.parent).free
    if free < state.st_size + SPARE_BYTES:
        return Failure(Kind.NO_ROOM, detail=f"{state.st_size + SPARE_BYTES} {free}")
    part = PartFile.open(move.new, f"moved from {move.old}")
    try:
        part.restart()
        with open_regular(move.old) as file:
            while is_wanted() and (data := file.read(_BLOCK_BYTES)):
                part.append(data)
                failpoint("copying")
        if not is_wanted() or move.sha256 not in (None, part.sha256):
            return None
        mark_downloaded(part.path)
        os.utime(part.path, ns=(state.st_atime_ns, state.st_mtime_ns))
        part.finish()
        if sha256_of(part.path) != part.sha256:
            raise OSError(errno.EIO, "the copy is not what was written")
        failpoint("copied")
        return part.publish(move.new, failpoint)
    finally:
        part.close()


def _came_to(move: Move, *, is_told: bool, is_listed: bool) -> bool | Failure:
    """What a move came to that was under way: whether the file has its new name. Otherwise nothing
    is left of the move.

    Args:
        is_told: The row says the new name already.
        is_listed: The take is in the list; otherwise its file goes back to where its row says.
    """
    if is_told and _is_file(move.new, move):
        return True
    is_new_there = _is_file(move.new, move) and (
        _is_same_file(move.old, move.new) or _has_content(move.new, move)
    )
    if not _is_file(move.old, move):
        if not is_new_there and not move.new.parent.is_dir():
            return Failure(Kind.FOLDER, message=str(move.new.parent), detail="its folder is away")
        if is_new_there and not is_listed:
            _take_back(move)
            return False
        return is_new_there
    if is_new_there and is_listed:
        return True
    if is_new_there:
        _take_back(move)
    with suppress(OSError):
        PartFile.open(move.new, "").discard()
    return False


def _take_back(move: Move) -> None:
    """The file has its old name alone again."""
    with suppress(OSError):
        if _is_one_name(move.old, move.new):
            return
        if os.path.lexists(move.old):
            if _is_same_file(move.old, move.new) or _has_content(move.old, move):
                move.new.unlink()
        else:
            move.new.rename(move.old)


def _let_go(move: Move, task: Task, artifact: Artifact) -> None:
    """Take away the old name, and what lies beside it. Raises OSError."""
    old, new = move.old, move.new
    if _is_one_name(old, new):
        if old.name != new.name:
            sidecar.remove(old, task, artifact)
        return
    if os.path.lexists(old) and (_is_same_file(old, new) or _has_content(old, move)):
        old.unlink()
    if not os.path.lexists(old):
        sidecar.remove(old, task, artifact)


def _is_one_name(old: Path, new: Path) -> bool:
    """Whether both are, or may be, the same entry of the same folder, in two spellings."""
    if folded(old.name) != folded(new.name):
        return False
    try:
        return os.path.samestat(old.parent.stat(), new.parent.stat())
    except OSError:
        return False


def _is_same_file(old: Path, new: Path) -> bool:
    try:
        return os.path.samestat(old.lstat(), new.lstat())
    except OSError:
        return False


def _is_file(path: Path, move: Move) -> bool:
    try:
        state = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(state.st_mode) and move.size in (None, state.st_size)


def _has_content(path: Path, move: Move) -> bool:
    if move.sha256 is None or not _is_file(path, move):
        return False
    with suppress(OSError):
        return sha256_of(path) == move.sha256
    return False
