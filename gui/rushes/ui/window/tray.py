"""The icon in the system's tray, and the notifications that come from it."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from rushes.presentation.text import tr
from rushes.ui.widgets import plain


def is_available() -> bool:
    """Whether there is a tray just now; it may come and go with the desktop's panel."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """Signals:
    opened: the window is wanted.
    refreshed: everything is to be looked at now.
    quit: the program is to end.
    clicked: the notification that was shown last, or its line in the menu: many desktops of
        Linux do not report the click.
    """

    opened = Signal()
    refreshed = Signal()
    quit = Signal()
    clicked = Signal()

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self.menu = QMenu()
        for words, signal in (
            (tr("Open Rushes"), self.opened),
            (tr("Show the takes told of last"), self.clicked),
            (tr("Refresh"), self.refreshed),
            (tr("Quit"), self.quit),
        ):
            action = self.menu.addAction("")
            plain.set_text(action, words)
            action.triggered.connect(signal)
        self.icon = QSystemTrayIcon(icon, self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.clicked)
        self.destroyed.connect(self.menu.deleteLater)

    def is_there(self) -> bool:
        return is_available()

    def show(self) -> None:
        self.icon.show()

    def hide(self) -> None:
        self.icon.hide()

    def set_tip(self, text: str) -> None:
        plain.set_tooltip(self.icon, text)

    def tell(self, title: str, text: str) -> None:
        """Show a notification over whatever the user does; it goes by itself."""
        self.icon.showMessage(plain.markless(title), plain.markless(text), self.icon.icon())

    def _activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.opened.emit()
