"""What the user does with results: save, open, show in their folder, hand to other programs.

Nothing but files on this computer goes out: no link, no text of a service.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.ui.list.task_model import can_save, local_files


class FilesController(QObject):
    """Carries out what list, inspector and preview ask of files."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        self._backend = main.backend
        self._saver = main.backend.saver
        self._connect_list()
        self._connect_details()

    def _connect_list(self) -> None:
        do, window, saver = self._main.do, self._window, self._saver
        window.save_requested.connect(lambda keys: do(saver.save(keys)))
        window.save_as_requested.connect(lambda key: do(self._ask_save_as(key, None)))
        window.reveal_requested.connect(lambda key: do(self._on_file(key, None, desktop.reveal)))
        for opened in (window.open_requested, window.table.opened, window.content.opened):
            opened.connect(lambda key: do(self._on_file(key, None, desktop.open_file)))
        window.copy_files_requested.connect(lambda keys: do(self._copy(keys)))
        window.open_with_requested.connect(lambda key: do(self._ask_program(key)))
        window.table.rows.dragged_unsaved.connect(self._save_first)
        window.command_context.do.save_expiring = lambda: do(self._save_expiring())

    def _connect_details(self) -> None:
        do, inspector, preview = self._main.do, self._main.inspector, self._main.preview
        inspector.save_requested.connect(lambda key, kind: do(self._saver.save([key], [kind])))
        inspector.save_as_requested.connect(lambda key, kind: do(self._ask_save_as(key, kind)))
        inspector.reveal_requested.connect(
            lambda key, kind: do(self._on_file(key, kind, desktop.reveal))
        )
        for pane in (inspector, preview):
            pane.open_requested.connect(
                lambda key, kind: do(self._on_file(key, kind, desktop.open_file))
            )
        preview.save_requested.connect(lambda key: do(self._saver.save([key])))

    # --- saving ---------------------------------------------------------------------------

    def _save_first(self, keys: Sequence[Key]) -> None:
        """A file manager must be given real files: what is dragged out is saved before."""
        self._main.do(self._saver.save(keys))
        told = tr(
            "%n take(s) must be saved first. Drag again once they are saved.", None, len(keys)
        )
        self._window.show_message(told, replace="drag")

    async def _save_expiring(self) -> None:
        tasks = await self._backend.store.read(tables.unsaved)
        await self._saver.save([task.key for task in tasks if task.deadline is not None])

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
            lambda path: self._main.do(self._saver.save_as(key, artifact.kind, Path(path)))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return None

    # --- opening --------------------------------------------------------------------------

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

    async def _ask_program(self, key: Key) -> None:
        """Let the user choose a program for the task's file, beginning at the last one."""
        await self._backend.presence.check([key])
        files = [
            path
            for task in await self._backend.store.read(tables.get, [key])
            for path in local_files(task)
        ]
        if not files:
            self._say_nothing_saved()
            return
        file = Path(files[0])
        dialog = QFileDialog(self._window, tr("Open {name} with", name=file.name))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        last = Path(self._backend.settings.opened_with)
        if last.is_absolute():
            dialog.setDirectory(str(last.parent))
            dialog.selectFile(last.name)
        else:
            dialog.setDirectory(desktop.usual_programs())
        dialog.fileSelected.connect(lambda path: self._main.do(self._open_with(file, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _open_with(self, file: Path, program: Path) -> None:
        keys = {account.key_env for account in self._main.accounts.values()} - {""}
        settings = self._main.list.settings
        if not desktop.open_with(program, file, keys):
            told = tr(
                "{program} could not be started with this file. Choose a program that you may run.",
                program=program.name,
            )
            self._window.show_message(told, kind="warning", replace="file")
        else:
            settings.change(replace(settings.settings, opened_with=str(program)))

    # --- copying --------------------------------------------------------------------------

    async def _copy(self, keys: Sequence[Key]) -> None:
        """Put the files of all these rows on the clipboard, or none: half would not be noticed."""
        await self._backend.presence.check(keys)
        tasks = await self._backend.store.read(tables.get, keys)
        unsaved = [task.key for task in tasks if not local_files(task) and can_save(task)]
        if unsaved:
            await self._saver.save(unsaved)
            told = tr(
                "%n take(s) must be saved first. Copy again once they are saved.",
                None,
                len(unsaved),
            )
            self._window.show_message(told, replace="copy")
            return
        paths = [Path(path) for task in tasks for path in local_files(task)]
        if not paths:
            self._say_nothing_saved()
            return
        QGuiApplication.clipboard().setMimeData(desktop.as_files(paths))
        told = tr("%n file(s) copied.", None, len(paths))
        if without := sum(not local_files(task) for task in tasks):
            told += " " + tr("%n selected task(s) have no file.", None, without)
        self._window.show_message(told, replace="copy", timeout_s=6)

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
