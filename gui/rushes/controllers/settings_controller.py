"""The settings as the window follows them, and the dialogs that change them, which are loaded when
they are first opened."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog

from rushes.core.account import Account
from rushes.core.naming import model_short
from rushes.core.settings import Settings
from rushes.core.task import Status
from rushes.presentation.sentences import folder_words
from rushes.ui.widgets import theme
from rushes.ui.widgets.calm import calm
from rushes.ui.window import tray
from rushes.ui.window.commands import sections
from rushes.ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from rushes.files.file_store import TriedFolder


def folder_words_for(tried: "TriedFolder") -> tuple[str, str]:
    """In words, and their role in the style sheet."""
    return folder_words(
        is_there=tried.is_there,
        is_file=tried.is_file,
        can_write=tried.can_write,
        free=tried.free,
    )


class SettingsController(QObject):
    """Holds the settings, shows their dialogs, and applies what changes to the window. Whoever
    changes settings calls `change`.

    Attributes:
        settings: As they are now.
        accounts: By their ids; the dialog takes its examples from their tasks, and edits their
            own prices.
        has_notices: Whether notifications can be shown here.

    Signals:
        changed: Settings, after the window has followed them.
        folder_asked: the open dialog, a setting and the folder typed there: it wants to know what
            that is like.
        prices_changed: the user's own prices (a tuple of `OwnPrice`) by the account's id.
    """

    changed = Signal(Settings)
    folder_asked = Signal(object, str, str)
    prices_changed = Signal(dict)

    def __init__(self, window: MainWindow, settings: Settings, usual_folder: str = "") -> None:
        """`usual_folder`: where results are kept while no folder is chosen."""
        super().__init__(window)
        self._window = window
        self.settings = settings
        self._usual_folder = usual_folder
        self.accounts: Mapping[str, Account] = {}
        self.has_notices = False
        self._dialog: QDialog | None = None
        do = window.command_context.do
        do.show_settings, do.show_shortcuts = self.show_settings, self._show_shortcuts
        do.toggle_density = self._toggle_density
        do.toggle_going_on = self._toggle_going_on
        self._follow()

    def change(self, settings: Settings) -> None:
        if settings != self.settings:
            self.settings = settings
            self._follow()
            self.changed.emit(settings)

    def show_settings(self) -> None:
        from rushes.ui.settings.settings_dialog import SettingsDialog

        if self._raise_open():
            return
        tasks = [t for t in self._window.table.known_tasks if t.status is Status.SUCCEEDED][:3]
        known = self.accounts
        samples = [(t, known[t.key.account]) for t in tasks if t.key.account in known]
        models = {model_short(t.report.model or "") for t in self._window.table.known_tasks}
        dialog = SettingsDialog(
            self.settings,
            samples,
            self._window,
            has_tray=tray.is_available(),
            has_notices=self.has_notices,
            usual_folder=self._usual_folder,
            accounts=tuple(known.values()),
            models=sorted(filter(None, models)),
        )
        dialog.prices_changed.connect(self.prices_changed)
        dialog.folder_named.connect(partial(self.folder_asked.emit, dialog))
        dialog.settings_changed.connect(partial(self._take, self.settings))
        self._open(dialog)

    def _show_shortcuts(self) -> None:
        from rushes.ui.commands.shortcuts import ShortcutsDialog

        if self._raise_open():
            return
        dialog = ShortcutsDialog(sections(), self.settings.shortcuts, self._window)
        dialog.chosen.connect(lambda keys: self.change(replace(self.settings, shortcuts=keys)))
        self._open(dialog)

    def _toggle_density(self) -> None:
        is_compact = self._window.commands["compact"].isChecked()
        density = "compact" if is_compact else "comfortable"
        self.change(replace(self.settings, density=density))

    def _toggle_going_on(self) -> None:
        goes_on = self._window.commands["go_on"].isChecked()
        self.change(replace(self.settings, go_on_after_rating=goes_on))

    def _follow(self) -> None:
        settings, app = self.settings, QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme)
        self._window.set_density(settings.density)
        self._window.table.set_ids_as_names(settings.ids_as_names)
        self._window.commands["go_on"].setChecked(settings.go_on_after_rating)
        self._window.set_keys(settings.shortcuts, letters=settings.single_letter_keys)

    def _take(self, before: Settings, chosen: Settings) -> None:
        """What the user changed in a dialog that began with `before`; what else has changed in the
        meantime stays."""
        names = (each.name for each in fields(Settings))
        new = {n: getattr(chosen, n) for n in names if getattr(chosen, n) != getattr(before, n)}
        self.change(replace(self.settings, **new))

    def _open(self, dialog: QDialog) -> None:
        """Not modal: the window goes on, and can be closed."""
        self._dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        calm(dialog)
        dialog.show()

    def _closed(self) -> None:
        self._dialog = None

    def _raise_open(self) -> bool:
        """Bring up the dialog that is open, if one is."""
        if self._dialog is None:
            return False
        self._dialog.raise_()
        self._dialog.activateWindow()
        return True
