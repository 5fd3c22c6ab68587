"""Hands files that Rushes saved to the desktop and to other programs. Never a server's string."""

import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QProcess, QProcessEnvironment, QUrl
from PySide6.QtGui import QDesktopServices

from rushes.system.helper import is_program, users_environment

#: Kinds of files that we save ourselves and may hand to the desktop's own programs.
OPENABLE = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".m4a", ".3gp", ".webm", ".mkv", ".avi", ".ts"),
        *(".png", ".jpg", ".webp", ".gif", ".avif", ".heic"),
        *(".zip", ".glb", ".gltf", ".obj", ".stl", ".ply", ".usdz"),
    }
)


#: Where Linux says what the computer is fed from.
_POWER = Path("/sys/class/power_supply")


def is_on_battery(power: Path = _POWER) -> bool:
    """Whether a battery is being emptied; False where the system does not say so in files."""
    states = (battery / "status" for battery in power.glob("BAT*"))
    try:
        return any(state.read_text("ascii").strip() == "Discharging" for state in states)
    except (OSError, ValueError):
        return False


def open_file(path: Path) -> bool:
    """Open a saved file with the user's own program. False: not ours to open, or gone."""
    return is_openable(path) and _open(path)


def open_folder(path: Path) -> bool:
    """Show a folder of ours in the file manager. False: it cannot be opened here."""
    return path.is_dir() and _open(path)


def _open(path: Path) -> bool:
    """Have the desktop open it. What the desktop starts gets our environment, so for that moment
    ours is the user's."""
    before, wanted = dict(os.environ), users_environment()
    changed = {name for name in before | wanted if before.get(name) != wanted.get(name)}
    try:
        for name in changed:
            _put(name, wanted.get(name))
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
    finally:
        for name in changed:
            _put(name, before.get(name))


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def is_openable(path: Path) -> bool:
    """Whether it is a file of a kind that we save, and is there."""
    return path.suffix.lower() in OPENABLE and path.is_file()


def open_with(program: Path, path: Path, hidden: Collection[str] = ()) -> bool:
    """Start a program of the user's choice on a saved file, which is its only argument.

    No shell is between. The program runs on by itself when Rushes ends.

    Args:
        hidden: Names of environment variables that the program does not get: keys.

    Returns:
        False: not ours to open, or not a program that can be started.
    """
    if not is_openable(path) or not is_program(program):
        return False
    surroundings = QProcessEnvironment()
    for name, value in users_environment(hidden).items():
        surroundings.insert(name, value)
    process = QProcess()
    process.setProcessEnvironment(surroundings)
    file = str(path.absolute())  # begins with a root: no program takes it for an option
    if program.suffix.lower() == ".app":
        process.setProgram("/usr/bin/open")
        process.setArguments(["-a", str(program), file])
    else:
        process.setProgram(str(program))
        process.setArguments([file])
    return bool(process.startDetached())


def usual_programs() -> str:
    """The folder where this platform keeps its programs."""
    if sys.platform == "win32":
        return os.environ.get("PROGRAMFILES", "C:\\")
    return "/Applications" if sys.platform == "darwin" else "/usr/bin"


def as_files(paths: Sequence[Path]) -> QMimeData:
    """Saved files for the clipboard, as file managers and editors take them: to be copied."""
    urls = [QUrl.fromLocalFile(str(path)) for path in paths]
    data = QMimeData()
    data.setUrls(urls)
    if sys.platform not in ("win32", "darwin"):
        lines = [b"copy", *(url.toEncoded().data() for url in urls)]
        data.setData("x-special/gnome-copied-files", b"\n".join(lines))
    return data


def reveal(path: Path) -> bool:
    """Show the file in the file manager, selected where the platform can."""
    if not path.exists():
        return False
    if sys.platform == "win32":
        subprocess.Popen(["explorer", f"/select,{path}"], env=users_environment())
        return True
    if sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)], env=users_environment())
        return True
    return _ask_file_manager(path) or _open(path.parent)


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
