"""Gives saved files to other programs: over the clipboard, or by starting one on a file."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from rushes.controllers import desktop
from rushes.controllers.window import Desk
from rushes.core.task import Key
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.ui.list.task_model import can_save, local_files


class OutwardDesk(QObject):
    """Nothing but files on this computer goes out: no link, no text of a service."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._window = desk.window
        self._backend = desk.backend
        self._window.copy_files_requested.connect(lambda keys: desk.do(self._copy(keys)))
        self._window.open_with_requested.connect(lambda key: desk.do(self._ask_program(key)))

    async def _copy(self, keys: Sequence[Key]) -> None:
        """Put the files of all these rows on the clipboard, or none: half would not be noticed."""
        await self._backend.presence.check(keys)
        tasks = await self._backend.store.read(tables.get, keys)
        unsaved = [task.key for task in tasks if not local_files(task) and can_save(task)]
        if unsaved:
            await self._backend.saver.save(unsaved)
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
        dialog.fileSelected.connect(lambda path: self._desk.do(self._open(file, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _open(self, file: Path, program: Path) -> None:
        keys = {account.key_env for account in self._desk.accounts.values()} - {""}
        if not desktop.open_with(program, file, keys):
            told = tr(
                "{program} could not be started with this file. Choose a program that you may run.",
                program=program.name,
            )
            self._window.show_message(told, kind="warning", replace="file")
        elif str(program) != self._backend.settings.opened_with:
            settings = replace(self._backend.settings, opened_with=str(program))
            self._desk.change_settings(settings)

    def _say_nothing_saved(self) -> None:
        told = tr("There is no saved file yet. Press Save first.")
        self._window.show_message(told, replace="file", timeout_s=6)
