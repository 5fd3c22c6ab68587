"""Joins list, inspector and preview to the files: show, save, open, reveal."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from rushes.core.failure import Failure
from rushes.core.task import Artifact, ArtifactKind, Key, Task
from rushes.presentation.text import tr
from rushes.wiring import desktop
from rushes.wiring.window import Desk


class FileDesk(QObject):
    """What the user does with results, and what the inspector shows of the selection."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window = desk.window
        self._backend = desk.backend
        self._current: Key | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show_selection)
        self._connect_window()
        self._connect_inspector()

    def _connect_window(self) -> None:
        do, window, backend = self._desk.do, self._window, self._backend
        # Both come with one key press, and more of them while one is held down: shown once, last.
        window.selection_changed.connect(lambda _: self._soon.start())
        window.current_changed.connect(lambda _: self._soon.start())
        window.save_requested.connect(lambda keys: do(backend.saver.save(keys)))
        window.save_as_requested.connect(lambda key: do(self._ask_save_as(key, None)))
        window.save_expiring_requested.connect(lambda: do(self._save_expiring()))
        window.reveal_requested.connect(lambda key: do(self._on_file(key, None, desktop.reveal)))
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

    def _show_selection(self) -> None:
        """Fill the inspector, and look whether the shown files still are where they were."""
        window, ctx = self._window, self._window.context
        tasks = [task for key in window.selected_keys() if (task := window.task(key)) is not None]
        one = tasks[0] if len(tasks) == 1 else None
        if one is None and tasks:
            self._desk.inspector.show_many(tasks, ctx)
        else:
            account = self._desk.accounts.get(one.key.account) if one else None
            self._desk.inspector.show_task(one, account, ctx)
        self._desk.preview.show_task(one, ctx)
        if one is not None and one.key != self._current:
            self._desk.do(self._backend.saver.check([one.key]))
        self._current = one.key if one else None

    async def _show_raw(self, key: Key) -> None:
        self._desk.inspector.show_raw(key, await self._backend.store.raw(key))

    async def _show_events(self, key: Key) -> None:
        self._desk.inspector.show_events(key, await self._backend.store.events(key))

    async def _save_expiring(self) -> None:
        tasks = await self._backend.store.unsaved()
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
        artifact = _chosen(await self._task(key), kind)
        if artifact is None or artifact.path is None:
            self._say_nothing_saved()
        elif not act(Path(artifact.path)):
            await self._backend.saver.check([key])
            told = tr("The file was moved or deleted. Press Save to fetch it again.")
            self._window.show_message(told, kind="warning", replace="file")

    def _say_nothing_saved(self) -> None:
        told = tr("There is no saved file yet. Press Save first.")
        self._window.show_message(told, replace="file", timeout_s=6)

    async def _task(self, key: Key) -> Task | None:
        return next(iter(await self._backend.store.get([key])), None)


def _chosen(task: Task | None, kind: ArtifactKind | None) -> Artifact | None:
    """The artifact of that kind; without one the main result."""
    if task is None:
        return None
    return task.artifact(kind) if kind is not None else next(iter(task.artifacts), None)
