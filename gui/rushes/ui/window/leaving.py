"""Closing the window: into the tray, or to the end of the program."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QMessageBox

from rushes.presentation.text import tr
from rushes.ui.widgets import plain
from rushes.ui.window.figures import Figures
from rushes.ui.window.preferences import Preferences
from rushes.ui.window.window_layout import WindowLayout
from rushes.ui.window.window_signals import WindowSignals


class Leaving:
    """What comes of the wish to close the window. The end is asynchronous: the window hides, says
    `close_requested`, and comes back through `finish`.

    Attributes:
        has_tray: Whether there is a way back from the tray just now; without one, closing quits.
    """

    def __init__(
        self,
        window: WindowSignals,
        figures: Figures,
        preferences: Preferences,
        layout: WindowLayout,
    ) -> None:
        self._window = window
        self._figures = figures
        self._preferences = preferences
        self._layout = layout
        self._may_close = False
        self.has_tray: Callable[[], bool] = lambda: False

    def finish(self) -> None:
        """The work behind the window has ended: really close."""
        self._may_close = True
        self._window.close()

    def closed(self, event: QCloseEvent) -> None:
        """The window's frame was asked to close it, or the session ends."""
        if self._may_close:
            self._figures.rest()
            event.accept()
            return
        event.ignore()
        app = QGuiApplication.instance()
        ends = isinstance(app, QGuiApplication) and app.isSavingSession()
        choice = self._preferences.settings.close_to_tray
        if ends or choice == "no" or not self.has_tray() or not self._window.isVisible():
            self.quit()
        elif choice == "yes":
            self._window.hide()
        else:
            self._ask()

    def quit(self) -> None:
        """End the program; asks before downloads are broken off."""
        saving = self._figures.saving
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
        chosen = replace(self._preferences.settings, close_to_tray=choice)
        self._window.settings_changed.emit(chosen)
        if choice == "yes":
            self._window.hide()
        else:
            self.quit()

    def _end(self) -> None:
        self._window.layout_changed.emit(self._layout.save())
        self._window.hide()
        self._window.close_requested.emit()
