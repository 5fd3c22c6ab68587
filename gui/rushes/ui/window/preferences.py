"""The settings as the window's own parts follow them, and the dialogs that change them, which
are loaded when they are first opened."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog

from rushes.core.settings import Settings
from rushes.core.task import Status
from rushes.ui.commands.actions import Actions
from rushes.ui.widgets import theme
from rushes.ui.window import tray
from rushes.ui.window.figures import Figures
from rushes.ui.window.window_body import WindowBody
from rushes.ui.window.window_signals import WindowSignals


class Preferences(QObject):
    """Says a change as the window's `settings_changed`; it counts when `follow` hears of it."""

    def __init__(
        self, window: WindowSignals, body: WindowBody, actions: Actions, figures: Figures
    ) -> None:
        super().__init__(window)
        self._window = window
        self._body = body
        self._actions = actions
        self._figures = figures
        self.settings = Settings()

    def follow(self, settings: Settings) -> None:
        self.settings = settings
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme)
        self._body.tasks.table.set_density(settings.density)
        self._actions["compact"].setChecked(settings.density == "compact")
        self._actions.set_keys(settings.shortcuts, letters=settings.single_letter_keys)

    def show_settings(self) -> None:
        from rushes.ui.settings.settings_dialog import SettingsDialog

        by_id = {account.id: account for account in self._figures.accounts}
        known = self._body.tasks.table.known_tasks
        tasks = [task for task in known if task.status is Status.SUCCEEDED][:3]
        samples = [(t, by_id[t.key.account]) for t in tasks if t.key.account in by_id]
        dialog = SettingsDialog(self.settings, samples, self._window, has_tray=tray.is_available())
        dialog.settings_changed.connect(self._window.settings_changed)
        self._open(dialog)

    def show_shortcuts(self) -> None:
        from rushes.ui.commands.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self._actions.commands, self.settings.shortcuts, self._window)
        dialog.chosen.connect(lambda keys: self._change(replace(self.settings, shortcuts=keys)))
        self._open(dialog)

    def toggle_density(self) -> None:
        density = "compact" if self._actions["compact"].isChecked() else "comfortable"
        self._change(replace(self.settings, density=density))

    def _change(self, settings: Settings) -> None:
        self._window.settings_changed.emit(settings)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
