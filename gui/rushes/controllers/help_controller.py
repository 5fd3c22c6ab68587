"""Help: what this program is made of, where its data is, the report of a problem, and where a newer
version may be."""

import platform
import subprocess
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Qt, qVersion
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from rushes.controllers import desktop
from rushes.controllers.export_file import tell_unwritten
from rushes.controllers.main_controller import MainController
from rushes.core.failure import Failure
from rushes.presentation.text import tr
from rushes.system import helper, parts
from rushes.system.disk import failure_of, write_whole
from rushes.system.threads import in_thread
from rushes.ui.widgets import plain
from rushes.ui.window.about import AboutDialog, ReportDialog

#: The doctor tries all of Qt first; on a busy machine that takes a minute.
_MADE_WITHIN_S = 120.0


class HelpController(QObject):
    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._doctor: subprocess.Popen[bytes] | None = None
        main.window.command_context.do.show_about = lambda: main.do(self._show_about())
        main.window.command_context.do.show_newer = self._show_newer
        main.ending.connect(self._end_doctor)

    async def _show_about(self) -> None:
        data = self._main.backend.places.data
        ffmpeg = await in_thread(parts.ffmpeg_versions, "parts")
        listing = await in_thread(parts.listing, "parts")
        licences = parts.licences_folder()
        facts = [
            (tr("Version"), parts.own_version() or tr("not installed")),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            ("FFmpeg", ", ".join(dict.fromkeys(ffmpeg.values())) or tr("not installed")),
            (tr("Data"), str(data)),
        ]
        buttons = [
            (tr("Report a problem…"), lambda: self._main.do(self._report())),
            (tr("Open data folder"), lambda: self._open(data)),
        ]
        if licences is not None:
            buttons.append((tr("Open licences"), lambda: self._open(licences)))
        _show(AboutDialog(facts, listing, buttons, self._main.window))

    def _show_newer(self) -> None:
        """Where to look. Nothing is asked: who asks a server tells it that he is there."""
        told = tr(
            "This is Rushes {version}. It asks nobody whether there is a newer one: look where you "
            "got this one.",
            version=parts.own_version() or tr("not installed"),
        )
        how, command = parts.installed_by()
        then = tr("It was installed by {how}. You bring in another version with:", how=how)
        lines = [told, *parts.addresses(), "", then, command]
        box = plain.message_box(
            QMessageBox.Icon.Information,
            tr("Check for a newer version"),
            "\n".join(lines),
            self._main.window,
        )
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.open()

    def _open(self, folder: Path) -> None:
        if not desktop.open_folder(folder):
            told = tr("{place} cannot be opened here.", place=folder)
            self._main.window.show_message(told, kind="warning", replace="help")

    async def _report(self) -> None:
        if self._doctor is not None:
            return  # it is on its way
        told = tr("The report is being made…")
        self._main.window.show_message(told, replace="help")
        try:
            report = await in_thread(self._ask_doctor, "doctor")
        except (OSError, subprocess.SubprocessError) as e:
            why = str(e).rstrip(".")
            told = tr("The report could not be made: {why}.", why=why)
            self._main.window.show_message(told, kind="error", replace="help")
            return
        finally:
            self._doctor = None
        self._main.window.clear_message("help")
        _show(ReportDialog(report, lambda: self._ask_where(report), self._main.window))

    def _ask_doctor(self) -> str:
        """The report of `rushes doctor --bundle`, from a process of its own: a part of Qt that does
        not work may end the process it is tried in.

        Raises:
            OSError, SubprocessError: it could not be made.
        """
        base = self._main.list.workspace.options.base_dir
        where = () if base is None else ("--base-dir", str(base))
        with tempfile.TemporaryDirectory(prefix="rushes-report-") as folder:
            made = Path(folder, "report.txt")
            words = helper.program(*where, "doctor", "--bundle", str(made))
            self._doctor = subprocess.Popen(
                words,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            try:
                _, said = self._doctor.communicate(timeout=_MADE_WITHIN_S)
            finally:
                helper.end(self._doctor)
            if self._doctor.returncode != 0:
                raise OSError(said.decode("utf-8", "replace").strip() or "doctor")
            return made.read_text("utf-8")

    def _end_doctor(self) -> None:
        if self._doctor is not None:
            self._doctor.kill()

    def _ask_where(self, report: str) -> None:
        dialog = QFileDialog(self._main.window, tr("Save as"), "rushes-report.txt")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda path: self._main.do(self._save(report, Path(path))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _save(self, report: str, path: Path) -> Failure | None:
        def write() -> Failure | None:
            try:
                write_whole(path, report.encode())
            except OSError as e:
                return failure_of(e)
            return None

        failure = await in_thread(write, "report")
        return tell_unwritten(self._main, failure, path) if failure else None


def _show(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
