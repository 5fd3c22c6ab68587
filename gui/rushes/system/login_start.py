"""Starts Rushes when the user logs in, in the way of each system.

Linux and BSD: an entry in the desktop's autostart folder. macOS: a launch agent. Windows: a value
of the user's "Run" key. Nothing of it needs an administrator. The user can take each away himself,
in the system's own settings: so what counts is what is there, not what we remember.
"""

import plistlib
import subprocess
import sys
from pathlib import Path

import platformdirs

from rushes.system import menu_entry
from rushes.system.disk import make_folders, write_whole

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_NAME = "Rushes"
#: The same as the bundle's on macOS.
_LABEL = "app.rushes.Rushes"


def found(base_dir: Path | None) -> Path | None:
    """The program that opens the list in this folder at login; None: nothing does. The program may
    be gone.

    Raises:
        OSError: the system does not say.
    """
    words = _words_there()
    if words is None or words[1:] != list(menu_entry.based(base_dir)):
        return None
    return Path(words[0])


def switch(base_dir: Path | None, *, on: bool) -> None:
    """Begin or end to open the list in this folder at login; another list is then opened no more.

    Raises:
        OSError: it cannot be written.
        NoProgram: there is nothing that could be started.
    """
    if sys.platform == "win32":
        _put_value(_command_line(base_dir) if on else None)
    elif on:
        place = _place()
        make_folders(place.parent)
        write_whole(place, _content(base_dir))
    else:
        _place().unlink(missing_ok=True)


def _words_there() -> list[str] | None:
    """The command line that stands there and is ours."""
    if sys.platform == "win32":
        line = _value_there()
        return None if line is None else _split(line)
    try:
        content = _place().read_bytes()
    except FileNotFoundError:
        return None
    if sys.platform == "darwin":
        return agent_words(content)
    return menu_entry.words_of(content.decode("utf-8", "replace"))


def _place() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
    return platformdirs.user_config_path() / "autostart" / "rushes.desktop"


def _content(base_dir: Path | None) -> bytes:
    if sys.platform == "darwin":
        return launch_agent(base_dir)
    return menu_entry.entry(base_dir, opens=False).encode()


def launch_agent(base_dir: Path | None) -> bytes:
    """The property list of macOS.

    Raises:
        NoProgram: there is nothing that could be started.
    """
    words = [str(menu_entry.program()), *menu_entry.based(base_dir)]
    about = {"Label": _LABEL, "ProgramArguments": words, "RunAtLoad": True}
    return plistlib.dumps({**about, "ProcessType": "Interactive"})


def agent_words(content: bytes) -> list[str] | None:
    """The command line in a property list; None: it is none that we wrote."""
    try:
        words = plistlib.loads(content).get("ProgramArguments")
    except (plistlib.InvalidFileException, ValueError, AttributeError):
        return None
    return [str(word) for word in words] if isinstance(words, list) and words else None


def _command_line(base_dir: Path | None) -> str:
    """Raises NoProgram."""
    path = menu_entry.program("rushes-gui.exe")
    return subprocess.list2cmdline([str(path), *menu_entry.based(base_dir)])


if sys.platform == "win32":
    import ctypes
    import winreg

    def _split(line: str) -> list[str]:
        count = ctypes.c_int()
        split = ctypes.windll.shell32.CommandLineToArgvW
        split.restype = ctypes.POINTER(ctypes.c_wchar_p)
        words = split(line, ctypes.byref(count))
        try:
            return [str(words[each]) for each in range(count.value)]
        finally:
            ctypes.windll.kernel32.LocalFree(words)

    def _value_there() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
                return str(winreg.QueryValueEx(key, _NAME)[0])
        except FileNotFoundError:
            return None

    def _put_value(line: str | None) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if line is not None:
                winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, line)
            elif _value_there() is not None:
                winreg.DeleteValue(key, _NAME)
