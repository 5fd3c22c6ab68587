"""What the user does with results: save, open, show in their folder, hand to other programs.

Nothing but files on this computer goes out: no link, no text of a service.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.events import FileSaved
from rushes.core.parameters import main_artifact
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.presentation.no_file import why_no_file, why_none_has_a_file
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.ui.list.task_model import can_save, local_files

if TYPE_CHECKING:
    from rushes.ui.compare.compare import Compare
    from rushes.ui.preview.preview import Preview

#: Where files were saved stands so long; those that come meanwhile are told with them (seconds).
_ANSWER_S = 10.0


class FilesController(QObject):
    """Carries out what list, inspector and preview ask of files."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        self._backend = main.backend
        self._saver = main.backend.saver
        self._answered: dict[Path, None] = {}
        self._without = 0  # of the takes asked for, those without a file
        self._answering = QTimer(self, singleShot=True, interval=int(_ANSWER_S * 1000))
        main.file_saved.connect(self._say_saved)
        main.ending.connect(self._answering.stop)
        self._connect_list()
        self._connect_details()

    def _connect_list(self) -> None:
        do, window = self._main.do, self._window
        window.save_requested.connect(lambda keys: do(self._save(keys)))
        window.save_as_requested.connect(lambda keys: do(self._ask_save_as(keys)))
        window.reveal_requested.connect(lambda key: do(self._on_file(key, None, desktop.reveal)))
        for opened in (window.open_requested, window.table.opened, window.content.opened):
            opened.connect(lambda key: do(self._open(key, None)))
        window.copy_files_requested.connect(lambda keys: do(self._copy(keys)))
        window.open_with_requested.connect(lambda key: do(self._ask_program(key)))
        window.table.rows.dragged_unsaved.connect(self._save_first)
        window.table.rows.dragged_out.connect(lambda keys: do(self._backend.hand_out(keys)))
        window.command_context.do.save_expiring = lambda: do(self._save_expiring())

    def _connect_details(self) -> None:
        do, inspector, preview = self._main.do, self._main.inspector, self._main.preview
        inspector.save_requested.connect(lambda key, kind: do(self._saver.save([key], [kind])))
        inspector.save_as_requested.connect(lambda key, kind: do(self._ask_save_as([key], kind)))
        inspector.reveal_requested.connect(
            lambda key, kind: do(self._on_file(key, kind, desktop.reveal))
        )
        inspector.open_requested.connect(lambda key, kind: do(self._open(key, kind)))
        self._serve_viewer(preview)
        self._window.content.when_compare_made(self._serve_viewer)

    def _serve_viewer(self, viewer: "Preview | Compare") -> None:
        """The one button under a poster."""
        do = self._main.do
        viewer.open_requested.connect(lambda key, kind: do(self._open(key, kind)))
        viewer.save_requested.connect(lambda key: do(self._save([key])))

    # --- saving ---------------------------------------------------------------------------

    def _save_first(self, keys: Sequence[Key]) -> None:
        """A file manager must be given real files: what is dragged out is saved before."""
        self._main.do(self._saver.save(keys))
        told = tr(
            "%n take(s) must be saved first. Drag again once they are saved.", None, len(keys)
        )
        self._window.show_message(told, replace="drag")

    async def _save(self, keys: Sequence[Key]) -> None:
        """What is saved is told file by file (`_say_saved`)."""
        await self._saver.save(keys)
        tasks = await self._backend.store.read(tables.get, keys)
        if not any(task.artifacts for task in tasks):
            self._say_no_file(tasks)

    def _say_saved(self, news: FileSaved) -> None:
        """Where it is; of several that come one after the other, how many they are."""
        if not self._answering.isActive():
            self._answered.clear()
            self._without = 0
        self._answering.start()
        self._answered[Path(news.path)] = None
        files = list(self._answered)
        folders = {file.parent for file in files}
        if len(files) == 1:
            told = tr("Saved to {path}", path=news.path)
        elif len(folders) == 1:
            told = tr("%n file(s) saved to {folder}", None, len(files), folder=str(folders.pop()))
        else:
            told = tr("%n file(s) saved", None, len(files))
        if self._without:
            told += " · " + tr("%n selected task(s) have no file.", None, self._without)
        show = (tr("Show"), lambda: desktop.reveal(files[-1]))
        self._window.show_message(
            told, kind="success", action=show, replace="saved", timeout_s=_ANSWER_S
        )

    async def _save_expiring(self) -> None:
        tasks = await self._backend.store.read(tables.unsaved)
        await self._saver.save([task.key for task in tasks if task.deadline is not None])

    async def _ask_save_as(self, keys: Sequence[Key], kind: ArtifactKind | None = None) -> None:
        """Ask for the name of one file, or for the folder of many."""
        if len(keys) > 1:
            self._ask_folder(keys)
            return
        key = keys[0]
        task = await self._task(key)
        artifact = _chosen(task, kind)
        if task is None or artifact is None:
            self._say_no_file([task] if task else [])
            return
        proposed = await self._backend.save_as_name(task, artifact.kind)
        dialog = QFileDialog(self._window, tr("Save as"), str(proposed))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(
            lambda path: self._main.do(self._saver.save_as(key, artifact.kind, Path(path)))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_folder(self, keys: Sequence[Key]) -> None:
        title = tr("Folder for the files of %n task(s)", None, len(keys))
        dialog = QFileDialog(self._window, title, str(self._backend.files.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self._main.do(self._save_all_to(keys, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _save_all_to(self, keys: Sequence[Key], folder: Path) -> None:
        """The result of each of these takes into one folder, under the name it would get."""
        tasks = await self._backend.store.read(tables.get, keys)
        with_files = [(task, task.artifacts[0]) for task in tasks if task.artifacts]
        if not with_files:
            self._say_no_file(tasks)
            return
        self._answered.clear()
        self._without = len(tasks) - len(with_files)  # told with the files
        self._answering.start()
        for task, artifact in with_files:
            name = await self._backend.save_as_name(task, artifact.kind)
            await self._saver.save_as(task.key, artifact.kind, folder / name.name)

    # --- opening --------------------------------------------------------------------------

    async def _open(self, key: Key, kind: ArtifactKind | None) -> None:
        """What other programs have open stays where it is (`Backend.hand_out`)."""
        if await self._on_file(key, kind, desktop.open_file):
            await self._backend.hand_out([key])

    async def _on_file(
        self, key: Key, kind: ArtifactKind | None, act: Callable[[Path], bool]
    ) -> bool:
        """Looked at first: a drive that does not answer would hold up the window. Returns whether
        it was done."""
        await self._backend.presence.check([key])
        task = await self._task(key)
        artifact = _chosen(task, kind)
        if artifact is None or artifact.state is not ArtifactState.SAVED:
            self._say_no_file([task] if task else [], artifact)
            return False
        if not act(Path(artifact.path or "")):
            told = tr("The system has no program for this file, or could not start it.")
            self._window.show_message(told, kind="warning", replace="file")
            return False
        return True

    async def _ask_program(self, key: Key) -> None:
        """Let the user choose a program for the task's file, beginning at the last one."""
        await self._backend.presence.check([key])
        task = await self._task(key)
        files = local_files(task) if task else []
        if not files:
            self._say_no_file([task] if task else [])
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
        dialog.fileSelected.connect(
            lambda path: self._main.do(self._open_with(key, file, Path(path)))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _open_with(self, key: Key, file: Path, program: Path) -> None:
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
            await self._backend.hand_out([key])

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
            self._say_no_file(tasks)
            return
        QGuiApplication.clipboard().setMimeData(desktop.as_files(paths))
        await self._backend.hand_out([task.key for task in tasks])
        told = tr("%n file(s) copied.", None, len(paths))
        if without := sum(not local_files(task) for task in tasks):
            told += " " + tr("%n selected task(s) have no file.", None, without)
        self._window.show_message(told, replace="copy", timeout_s=6)

    def _say_no_file(self, tasks: Sequence[Task], artifact: Artifact | None = None) -> None:
        """Why none of these takes has one; `artifact` where one of its files is meant."""
        now, away = self._window.context.now, self._window.command_context.away
        told = why_none_has_a_file(tasks, now, away)
        if artifact is not None and tasks:
            told = why_no_file(tasks[0], now, away, artifact)
        self._window.show_message(told, replace="file", timeout_s=6)

    async def _task(self, key: Key) -> Task | None:
        return next(iter(await self._backend.store.read(tables.get, [key])), None)


def _chosen(task: Task | None, kind: ArtifactKind | None) -> Artifact | None:
    """The artifact of that kind; without one the main result."""
    if task is None:
        return None
    return main_artifact(task) if kind is None else task.artifact(kind)
