"""Gives the disk back what rejected takes take up, through the system's trash.

The rows say it before it happens and after: a program that ends in between leaves takes that are
"in the trash", and no file that is only missing.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QFile, QObject

from rushes.controllers.main_controller import MainController
from rushes.core.listing import ListQuery, Term
from rushes.core.task import ArtifactKind, ArtifactState, Key, Pick
from rushes.files.folder import bring_back
from rushes.files.sidecar import path_beside
from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.store import listing, tables
from rushes.system.threads import in_thread
from rushes.ui.widgets import plain

log = logging.getLogger(__name__)

_UNDO_S = 12.0


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a rejected take.

    Attributes:
        trash: Where it and its sidecar lie in the trash, by the path that they had.
    """

    key: Key
    kind: ArtifactKind
    path: Path
    size: int
    handed: bool = False
    trash: tuple[tuple[Path, Path], ...] = ()


class TrashController(QObject):
    """Carries out *Rejected to the trash…*."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        self._backend = main.backend
        main.window.command_context.do.trash_rejected = lambda: main.do(self._ask())

    async def _ask(self) -> None:
        """Of what the list shows now: a view or a search leaves the others alone."""
        files = await self._rejected()
        if not files:
            told = tr("No rejected take in this list has a file.")
            self._window.show_message(told, replace="trash", timeout_s=6)
            return
        what = tr(
            "Files of %n rejected take(s) in this list: {count} ({size}).",
            None,
            len({file.key for file in files}),
            count=len({file.path for file in files}),
            size=fmt.file_size(_size(files)),
        )
        sentences = [what, tr("The takes stay in the list. Undo brings the files back.")]
        if known := sum(file.handed for file in files):
            told = tr("Dragged out, opened or put into a timeline: %n of them.", None, known)
            sentences.append(told)
        plain.ask(
            self._window,
            tr("Rejected to the trash"),
            "\n".join(sentences),
            tr("Move to the trash"),
            tr("Keep them"),
            lambda: self._main.do(self._trash(files)),
        )

    async def _rejected(self) -> list[_File]:
        store, now = self._backend.store, self._window.table.listing
        terms = (*now.terms, Term(Pick.REJECT.value, "pick"))
        query = ListQuery(scope=now.scope, terms=terms)
        nums = await store.read(listing.order, query, store.clock())
        found = await store.read(lambda db: [task for _, task in tables.numbered(db, nums)])
        files = [
            _File(task.key, a.kind, Path(a.path), a.size or 0, a.handed)
            for task in found
            for a in task.artifacts
            if a.state is ArtifactState.SAVED and a.path
        ]
        rejected = {task.key for task in found}
        paths = [str(file.path) for file in files]
        owners = await store.read(lambda db: [tables.with_path(db, path) for path in paths])
        return [
            file
            for file, theirs in zip(files, owners, strict=True)
            if rejected.issuperset(theirs)  # else another take has it, too
        ]

    async def _trash(self, files: Sequence[_File], lying: list[_File] | None = None) -> None:
        """`lying`: done again; what a step of undo brings back, put there by the first time."""
        keys = list(dict.fromkeys(file.key for file in files))
        await self._backend.set_trashed(_ids(files), on=True)
        gone = await in_thread(partial(_to_trash, files), "trash")
        await self._backend.presence.check(keys)
        done = {file.path for file in gone}
        left = [file for file in files if file.path not in done]
        if left:
            await self._backend.set_trashed(_ids(left), on=False)
        if lying is not None:
            lying[:] = gone  # the step is there already; the trash has them by other names now
        elif gone:
            do, now = self._main.do, list(gone)
            again = partial(self._trash, files, now)
            self._main.undo.note(lambda: do(self._bring_back(now)), lambda: do(again()))
        self._show_result(files, gone)

    def _show_result(self, files: Sequence[_File], gone: Sequence[_File]) -> None:
        if not gone:
            told = tr("The system has no trash for these files. Nothing was changed.")
            self._window.show_message(told, kind="warning", replace="trash")
            return
        told = tr(
            "%n file(s) moved to the trash. Empty it to have {size} back.",
            None,
            len(gone),
            size=fmt.file_size(_size(gone)),
        )
        if left := len(files) - len(gone):
            told += " " + tr("%n file(s) could not be moved there.", None, left)
        undo = self._main.undo_button()
        kind = "warning" if left else "success"
        self._window.show_message(told, kind=kind, action=undo, replace="trash", timeout_s=_UNDO_S)

    async def _bring_back(self, files: Sequence[_File]) -> None:
        back = await in_thread(partial(_from_trash, files), "trash")
        await self._backend.presence.check(list(dict.fromkeys(file.key for file in files)))
        if left := len(files) - len(back):
            told = tr("Not in the trash any more, or their place is taken: %n file(s).", None, left)
            self._window.show_message(told, kind="warning", replace="trash")
        else:
            told = tr("%n file(s) came back from the trash.", None, len(back))
            self._window.show_message(told, kind="success", replace="trash", timeout_s=6)
        self._window.select(list(dict.fromkeys(file.key for file in files)))


def _size(files: Sequence[_File]) -> int:
    """In bytes; a file of two takes counts once."""
    return sum({file.path: file.size for file in files}.values())


def _ids(files: Sequence[_File]) -> set[tuple[Key, ArtifactKind]]:
    return {(file.key, file.kind) for file in files}


# --- on disk; both block ------------------------------------------------------------------------


def _to_trash(files: Sequence[_File]) -> list[_File]:
    """Those that went, with where they are now; a sidecar goes with its file."""
    gone: dict[Path, tuple[tuple[Path, Path], ...]] = {}
    for file in files:
        if file.path in gone:  # of two takes
            continue
        where = _trashed(file.path)
        if where is None:
            continue
        beside = path_beside(file.path)
        also = _trashed(beside) if beside.is_file() else None
        gone[file.path] = ((file.path, where), *(((beside, also),) if also else ()))
    return [replace(file, trash=gone[file.path]) for file in files if file.path in gone]


def _trashed(path: Path) -> Path | None:
    """Where the system's trash has it; None: it is where it was."""
    file = QFile(str(path))
    if not file.moveToTrash():
        log.info("a file did not go to the trash: %s", file.errorString())
        return None
    return Path(file.fileName())


def _from_trash(files: Sequence[_File]) -> list[_File]:
    """Those that are where they were; nothing is overwritten."""
    back: set[Path] = set()
    for path, trash in dict.fromkeys(chain.from_iterable(file.trash for file in files)):
        with suppress(OSError):
            bring_back(trash, path)
            back.add(path)
            note = trash.parent.with_name("info") / f"{trash.name}.trashinfo"
            note.unlink(missing_ok=True)  # Linux: what the trash knows about it
    return [file for file in files if file.path in back]
