"""Asks the desktop to show or open a file that Rushes saved. Never a server's string."""

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

#: Kinds of files that we save ourselves and may hand to the desktop's own programs.
OPENABLE = frozenset({".mp4", ".mov", ".webm", ".png", ".jpg", ".webp", ".zip", ".glb"})


def open_file(path: Path) -> bool:
    """Open a saved file with the user's own program. False: not ours to open, or gone."""
    if path.suffix.lower() not in OPENABLE or not path.is_file():
        return False
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def reveal(path: Path) -> bool:
    """Show the file in the file manager, selected where the platform can."""
    if not path.exists():
        return False
    if sys.platform == "win32":
        subprocess.Popen(["explorer", f"/select,{path}"])
        return True
    if sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
        return True
    return _ask_file_manager(path) or QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _ask_file_manager(path: Path) -> bool:
    """The common D-Bus interface of Linux file managers; False where none answers."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    name = "org.freedesktop.FileManager1"
    if not bus.isConnected() or not bus.interface().isServiceRegistered(name).value():
        return False
    call = QDBusMessage.createMethodCall(name, "/org/freedesktop/FileManager1", name, "ShowItems")
    call.setArguments([[path.as_uri()], ""])
    return bus.send(call)
