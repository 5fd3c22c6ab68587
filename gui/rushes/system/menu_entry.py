"""How a desktop starts Rushes: by the entry in its menu, and when the user logs in.

The entry in the menu is made by `rushes install-desktop`. Start at login: on Linux and BSD an entry
in the desktop's autostart folder, on macOS a launch agent, on Windows a value of the user's "Run"
key. Nothing of it needs an administrator. The user can take each away himself, in the system's own
settings: so what counts is what is there, not what we remember.
"""

import os
import plistlib
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import platformdirs

from rushes import assets
from rushes.presentation.text import tr
from rushes.system.disk import make_folders, write_whole
from rushes.system.helper import app_image, is_frozen

#: In a file that we made, and in no other: what somebody has written himself is his.
OURS = "X-Rushes-Made=install-desktop"
_UNPACK = "--appimage-extract-and-run"


class NoProgram(Exception):
    """Nothing can start Rushes from outside. `args[0]` is the sentence that says so."""


def entry(base_dir: Path | None, *, opens: bool) -> str:
    """The text of a desktop entry that starts the program that runs now.

    Args:
        base_dir: See `Options.base_dir`.
        opens: Whether it is given files and links to open.

    Raises:
        NoProgram: see `program`.
    """
    text = assets.asset("desktop", "rushes.desktop").read_text("utf-8")
    path = program()
    started = " ".join(map(_quoted, (str(path), *_unpacking(path), *based(base_dir))))
    # With TryExec the entry goes from the menu when the program is uninstalled.
    lines = f"TryExec={_string(str(path))}\nExec={_string(started)}{' %U' * opens}\n{OURS}"
    if not opens:
        text = re.sub("(?m)^MimeType=.*\n", "", text)
    return re.sub("(?m)^Exec=.*$", lambda _: lines, text)


def words_of(text: str) -> list[str] | None:
    """The command line of an entry that we made; None: it is none of ours."""
    started = re.search("(?m)^Exec=(.*)$", text)
    if OURS not in text or started is None:
        return None
    words = re.findall(r'"((?:\\.|[^"\\])*)"', started[1].replace("\\\\", "\\"))
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words] or None


def is_ours(path: Path) -> bool:
    """Whether this entry is there and was made by us.

    Raises:
        OSError: it cannot be read.
    """
    return path.exists() and OURS in path.read_text("utf-8", "replace")


def based(base_dir: Path | None) -> tuple[str, ...]:
    """The words of a command line that keep everything in this folder."""
    return () if base_dir is None else ("--base-dir", str(base_dir))


def _unpacking(path: Path) -> tuple[str, ...]:
    """The word that starts an AppImage where it cannot be mounted, if this one was started so."""
    folder = Path(os.environ.get("APPDIR", "")).name  # this name is the runtime's own
    is_unpacked = path == app_image() and folder.startswith("appimage_extracted_")
    return (_UNPACK,) if is_unpacked else ()


def program(name: str = "rushes") -> Path:
    """The program that was called, as the user has it on his path.

    Raises:
        NoProgram: it was started in another way and is not beside its Python, or has a name that no
            entry can hold.
    """
    if (image := app_image()) is not None and str(image).isprintable():
        return image
    called = Path(sys.executable if is_frozen() else sys.argv[0]).absolute()
    for path in (called, called.with_name(name), Path(sysconfig.get_path("scripts"), name)):
        if path.name == name and path.is_file() and os.access(path, os.X_OK):
            if str(path).isprintable():
                return path
            break
    raise NoProgram(tr("The program “rushes” cannot be found, so no entry can start it."))


def _quoted(word: str) -> str:
    """One argument in the value of Exec.

    Source: Desktop Entry Specification 1.5, "The Exec key".
    """
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%") + '"'


def _string(value: str) -> str:
    """A value of type string: the backslash is written twice."""
    return value.replace("\\", "\\\\")


# --- the start at login --------------------------------------------------------------------------

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_NAME = "Rushes"
#: The same as the bundle's on macOS.
_LABEL = "app.rushes.Rushes"


def found_at_login(base_dir: Path | None) -> Path | None:
    """The program that opens the list in this folder at login; None: nothing does. The program may
    be gone.

    Raises:
        OSError: the system does not say.
    """
    words = _words_there()
    if words is None or [each for each in words[1:] if each != _UNPACK] != list(based(base_dir)):
        return None
    return Path(words[0])


def switch_login_start(base_dir: Path | None, *, on: bool) -> None:
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
    return words_of(content.decode("utf-8", "replace"))


def _place() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"
    return platformdirs.user_config_path() / "autostart" / "rushes.desktop"


def _content(base_dir: Path | None) -> bytes:
    if sys.platform == "darwin":
        return launch_agent(base_dir)
    return entry(base_dir, opens=False).encode()


def launch_agent(base_dir: Path | None) -> bytes:
    """The property list of macOS.

    Raises:
        NoProgram: there is nothing that could be started.
    """
    words = [str(program()), *based(base_dir)]
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
    path = program("rushes-gui.exe")
    return subprocess.list2cmdline([str(path), *based(base_dir)])


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
