"""The icon in the system's tray, and the notifications that come from it."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from rushes.presentation.text import tr
from rushes.ui.widgets import plain


def is_available() -> bool:
    """Whether there is a tray just now; it may come and go with the desktop's panel."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """Does nothing by itself before `serve`."""

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self._open: Callable[[], object] = lambda: None
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(icon, self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.destroyed.connect(self.menu.deleteLater)

    def serve(
        self,
        open_window: Callable[[], object],
        show_told: Callable[[], object],
        refresh: Callable[[], object],
        quit_program: Callable[[], object],
        show_folder: Callable[[], object],
    ) -> None:
        """Show the icon with a menu of these.

        Args:
            show_told: Shows what the last notification was about; called for a click on it, too.
                Many desktops of Linux do not report that click.
            show_folder: Shows the folder of its files.
        """
        self._open = open_window
        for words, then in (
            (tr("Open Rushes"), open_window),
            (tr("Show takes of the last notification"), show_told),
            (tr("Show their folder"), show_folder),
            (tr("Refresh"), refresh),
            (tr("Quit"), quit_program),
        ):
            action = self.menu.addAction("")
            plain.set_text(action, words)
            action.triggered.connect(lambda _on=False, then=then: then())
        self.icon.messageClicked.connect(show_told)
        self.icon.show()

    def is_there(self) -> bool:
        return is_available()

    def hide(self) -> None:
        self.icon.hide()

    def set_tip(self, text: str) -> None:
        plain.set_tooltip(self.icon, text)

    def tell(self, title: str, text: str, *, has_files: bool) -> None:
        """Show a notification over whatever the user does; it goes by itself."""
        del has_files  # Qt's notification has no buttons; the menu has the folder
        self.icon.showMessage(plain.markless(title), plain.markless(text), self.icon.icon())

    def _activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self._open()
