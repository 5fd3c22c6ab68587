"""Joins list, inspector and preview to the files: show, save, open, reveal."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from rushes.controllers import desktop
from rushes.controllers.window import Desk
from rushes.core.failure import Failure
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.presentation.sentences import Action
from rushes.presentation.text import tr
from rushes.store import tables

#: The picture first: filling the inspector takes as long as opening a film. It waits for the first
#: frame, but not longer than both seem to come at once.
_DETAILS_AFTER_MS = 100


class FileDesk(QObject):
    """What the user does with results, and what the inspector shows of the selection."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window = desk.window
        self._backend = desk.backend
        self._current: Key | None = None
        self._details = QTimer(self)
        self._details.setSingleShot(True)
        self._details.timeout.connect(self._show_details)
        self._connect_window()
        self._connect_inspector()

    def _connect_window(self) -> None:
        do, window, backend = self._desk.do, self._window, self._backend
        window.selection_changed.connect(self._show_selection)
        window.current_changed.connect(lambda _: self._show_selection())
        window.save_requested.connect(lambda keys: do(backend.saver.save(keys)))
        window.save_as_requested.connect(lambda key: do(self._ask_save_as(key, None)))
        window.save_expiring_requested.connect(lambda: do(self._save_expiring()))
        window.reveal_requested.connect(lambda key: do(self._on_file(key, None, desktop.reveal)))
        window.action_requested.connect(self._act)
        window.open_requested.connect(lambda key: do(self._on_file(key, None, desktop.open_file)))

    def _connect_inspector(self) -> None:
        do, inspector, backend = self._desk.do, self._desk.inspector, self._backend
        preview = self._desk.preview
        inspector.save_requested.connect(lambda key, kind: do(backend.saver.save([key], [kind])))
        inspector.save_as_requested.connect(lambda key, kind: do(self._ask_save_as(key, kind)))
        inspector.reveal_requested.connect(
            lambda key, kind: do(self._on_file(key, kind, desktop.reveal))
        )
        for pane in (inspector, preview):
            pane.open_requested.connect(
                lambda key, kind: do(self._on_file(key, kind, desktop.open_file))
            )
        inspector.raw_wanted.connect(lambda key: do(self._show_raw(key)))
        inspector.events_wanted.connect(lambda key: do(self._show_events(key)))
        preview.save_requested.connect(lambda key: do(backend.saver.save([key])))
        preview.player.began.connect(lambda: self._details.isActive() and self._details.start(0))

    def _act(self, action: str) -> None:
        """The button of the message about a file that is larger than the limit."""
        what, _, about = action.partition(" ")
        if what == Action.FETCH_ANYWAY.value:
            kind, account, task = about.split(" ", 2)
            wanted = [Key(account, task)], [ArtifactKind(kind)]
            self._desk.do(self._backend.saver.save(*wanted, any_size=True))

    def _show_selection(self, _keys: object = None) -> None:
        """Play the take at once. Selection and current row change together, or one alone."""
        preview = self._desk.preview
        tasks, ctx = self._selected(), self._window.context
        if len(tasks) > 1:
            preview.show_many(len(tasks), ctx)
        else:
            preview.show_task(self._one(tasks), ctx)
        if not self._details.isActive():  # a held arrow key does not put it off for ever
            self._details.start(_DETAILS_AFTER_MS if preview.player.is_beginning else 0)

    def _show_details(self) -> None:
        """Fill the inspector, and look whether the shown files still are where they were."""
        ctx, tasks = self._window.context, self._selected()
        one = self._one(tasks)
        if one is None and tasks:
            self._desk.inspector.show_many(tasks, ctx)
        else:
            account = self._desk.accounts.get(one.key.account) if one else None
            self._desk.inspector.show_task(one, account, ctx)
        if one is not None and one.key != self._current:
            self._desk.do(self._backend.presence.check([one.key]))
        self._current = one.key if one else None

    def _selected(self) -> list[Task]:
        keys = self._window.selected_keys()
        return [task for key in keys if (task := self._window.task(key)) is not None]

    def _one(self, tasks: list[Task]) -> Task | None:
        return tasks[0] if len(tasks) == 1 else None

    async def _show_raw(self, key: Key) -> None:
        self._desk.inspector.show_raw(key, await self._backend.store.read(tables.raw, key))

    async def _show_events(self, key: Key) -> None:
        self._desk.inspector.show_events(key, await self._backend.store.read(tables.events, key))

    async def _save_expiring(self) -> None:
        tasks = await self._backend.store.read(tables.unsaved)
        await self._backend.saver.save([task.key for task in tasks if task.deadline is not None])

    async def _ask_save_as(self, key: Key, kind: ArtifactKind | None) -> Failure | None:
        task = await self._task(key)
        artifact = _chosen(task, kind)
        if task is None or artifact is None:
            self._say_nothing_saved()
            return None
        proposed = await self._backend.save_as_name(task, artifact.kind)
        if isinstance(proposed, Failure):
            return proposed
        dialog = QFileDialog(self._window, tr("Save as"), str(proposed))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(
            lambda path: self._desk.do(self._backend.saver.save_as(key, artifact.kind, Path(path)))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return None

    async def _on_file(
        self, key: Key, kind: ArtifactKind | None, act: Callable[[Path], bool]
    ) -> None:
        """Looked at first: a drive that does not answer would hold up the window."""
        await self._backend.presence.check([key])
        artifact = _chosen(await self._task(key), kind)
        if artifact is None or artifact.path is None:
            self._say_nothing_saved()
        elif artifact.state is ArtifactState.MISSING or not act(Path(artifact.path)):
            told = tr("The file was moved or deleted. Press Save to fetch it again.")
            self._window.show_message(told, kind="warning", replace="file")

    def _say_nothing_saved(self) -> None:
        told = tr("There is no saved file yet. Press Save first.")
        self._window.show_message(told, replace="file", timeout_s=6)

    async def _task(self, key: Key) -> Task | None:
        return next(iter(await self._backend.store.read(tables.get, [key])), None)


def _chosen(task: Task | None, kind: ArtifactKind | None) -> Artifact | None:
    """The artifact of that kind; without one the main result."""
    if task is None:
        return None
    return task.artifact(kind) if kind is not None else next(iter(task.artifacts), None)
