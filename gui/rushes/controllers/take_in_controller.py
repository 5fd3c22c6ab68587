"""Takes a folder of saved films and models into the list: of another computer, of an older list, or
saved by scripts."""

import time
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.saving.found_files import FolderIntake
from rushes.store import StoreError
from rushes.system.disk import failure_of

_NAMED = 3  # files that are named
_SAID_EVERY_S = 0.3


class TakeInController(QObject):
    """Carries out *Take in a folder…*."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._window = main.window
        main.window.command_context.do.take_in = self._ask

    def _ask(self) -> None:
        title = tr("Folder with saved films and models")
        dialog = QFileDialog(self._window, title, str(self._main.backend.files.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self._main.do(self.take_in(Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def take_in(self, folder: Path) -> Failure | None:
        """Take it in, say what came of it and show the takes. It can be stopped."""
        say, stopped = self._window.show_message, Event()
        stop = (tr("Stop"), stopped.set)
        said_at = time.monotonic()

        def report(done: int, of: int) -> None:
            nonlocal said_at
            if time.monotonic() - said_at >= _SAID_EVERY_S and not stopped.is_set():
                said_at = time.monotonic()
                told = tr("Looking for saved files: {done} of {count}", done=done, count=of)
                say(told, action=stop, replace="take in", timeout_s=0)

        say(tr("Looking for saved files…"), action=stop, replace="take in", timeout_s=0)
        try:
            taken = await self._main.backend.found_files.take_in(
                folder, report, lambda: not stopped.is_set()
            )
        except (OSError, StoreError) as e:
            self._window.clear_message("take in")
            if isinstance(e, StoreError):
                raise
            return failure_of(e)
        await self._main.reload_accounts()
        do, backend, undo = self._main.do, self._main.backend, None
        if added := taken.added:
            self._main.undo.note(
                lambda: do(backend.remove(added)), lambda: do(backend.restore(added))
            )
            undo = self._main.undo_button()
        told, is_whole = _sentences(taken)
        say(
            " ".join(told),
            kind="success" if is_whole else "warning",
            action=undo,
            replace="take in",
            timeout_s=12 if is_whole else None,
        )
        if keys := [*taken.added, *taken.linked]:
            self._window.select(keys)
        return None


def _sentences(taken: FolderIntake) -> tuple[list[str], bool]:
    """What became of the files, and whether all of them are in the list now."""
    told = []
    if taken.added:
        told.append(tr("%n take(s) added.", None, len(taken.added)))
    if taken.linked:
        told.append(tr("%n take(s) found their file again.", None, len(taken.linked)))
    if taken.here:
        told.append(tr("%n file(s) in the list already.", None, taken.here))
    if not (told or taken.unknown or taken.homeless or taken.is_stopped):
        return [tr("There is no film, picture or model in this folder.")], False
    if taken.unknown:
        names = ", ".join(one_line(name, 60) for name in taken.unknown[:_NAMED])
        more = "…" if len(taken.unknown) > _NAMED else ""
        count = len(taken.unknown)
        told.append(
            tr("%n file(s) not taken in, nothing says whose they are: {names}", None, count,
               names=f"{names}{more}.")
        )  # fmt: skip
    for service, count in taken.homeless:
        told.append(
            tr("%n file(s) not taken in: add an account of {service} first.", None, count,
               service=service)
        )  # fmt: skip
    if taken.is_cut:
        told.append(tr("The folder holds more files than are looked at."))
    if taken.is_stopped:
        told.append(tr("Stopped: the other files were not looked at."))
    return told, not (taken.unknown or taken.homeless or taken.is_cut or taken.is_stopped)
