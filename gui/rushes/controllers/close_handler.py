"""Closing the window: into the tray, or to the end of the program."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMessageBox

from rushes.controllers.settings_controller import SettingsController
from rushes.controllers.status_presenter import StatusPresenter
from rushes.presentation.text import tr
from rushes.ui.widgets import plain
from rushes.ui.window.main_window import MainWindow


class CloseHandler(QObject):
    """Decides what closing the window means. The end is asynchronous: the window hides, `quitting`
    is emitted, and `finish` closes the window for good.

    Attributes:
        has_tray: Whether there is a way back from the tray just now; without one, closing quits.

    Signals:
        quitting: the program is to end.
    """

    quitting = Signal()

    def __init__(
        self, window: MainWindow, status: StatusPresenter, settings: SettingsController
    ) -> None:
        super().__init__(window)
        self._window = window
        self._status = status
        self._settings = settings
        self._may_close = False
        self.has_tray: Callable[[], bool] = lambda: False
        window.command_context.do.quit = self.quit
        window.installEventFilter(self)

    def finish(self) -> None:
        """The work behind the window has ended: really close."""
        self._may_close = True
        self._window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Close and not self._may_close:
            event.ignore()
            self._close_wanted()
            return True
        return super().eventFilter(watched, event)

    def quit(self) -> None:
        """End the program; asks before downloads are broken off."""
        saving = self._status.counts.saving
        if saving and self._window.isVisible():
            text = tr("%n take(s) are being saved.", None, saving)
            more = tr("Quitting stops that; it goes on where it stopped at the next start.")
            plain.ask(
                self._window,
                tr("Quit Rushes?"),
                f"{text} {more}",
                tr("Quit"),
                tr("Stay"),
                self._end,
            )
        else:
            self._end()

    def _close_wanted(self) -> None:
        """The window's frame was asked to close it, or the session ends."""
        app = QGuiApplication.instance()
        ends = isinstance(app, QGuiApplication) and app.isSavingSession()
        choice = self._settings.settings.close_to_tray
        if ends or choice == "no" or not self.has_tray() or not self._window.isVisible():
            self.quit()
        elif choice == "yes":
            self._hide()
        else:
            self._ask()

    def _ask(self) -> None:
        """Once; who only closes the question stays, and is asked again."""
        told = tr(
            "Rushes can go on watching and saving in the tray when its window is closed. "
            "You are asked this once; the settings change it."
        )
        box = plain.message_box(
            QMessageBox.Icon.Question, tr("Keep Rushes running?"), told, self._window
        )
        go_on = box.addButton(plain.unmarked(tr("Keep running")), QMessageBox.ButtonRole.AcceptRole)
        leave = box.addButton(plain.unmarked(tr("Quit")), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)
        go_on.clicked.connect(lambda: self._answer("yes"))
        leave.clicked.connect(lambda: self._answer("no"))
        box.open()

    def _answer(self, choice: str) -> None:
        self._settings.change(replace(self._settings.settings, close_to_tray=choice))
        if choice == "yes":
            self._hide()
        else:
            self.quit()

    def _hide(self) -> None:
        """The window, and the dialogs that belong to it."""
        self._window.hide()
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()

    def _end(self) -> None:
        self._hide()
        self.quitting.emit()
