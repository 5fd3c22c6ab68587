"""`rushes install-desktop`: the entry in the desktop's menu, after pip, pipx or uv.

A package of the system brings the same files itself. With the entry, `rushes:` links are ours.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import platformdirs

from rushes import assets
from rushes.cli.session import NOTHING, OK, Stop, Words, complain, print_row
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.system.disk import make_folders, write_whole
from rushes.system.helper import is_frozen, users_environment

#: In a file that we made, and in no other: what somebody has written himself is his.
_OURS = "X-Rushes-Made=install-desktop"
_ENTRY = Path("applications", "rushes.desktop")
_ICON = Path("icons", "hicolor", "scalable", "apps", "rushes.svg")


def install_desktop(words: Words, options: Options) -> int:
    """Put the entry into the user's menu, or with `--remove` take it out.

    Raises:
        Stop: there is no such menu, or what stands there is not ours.
        OSError: the files cannot be written.
    """
    if not sys.platform.startswith("linux"):
        raise Stop(tr("Only desktops of Linux and BSD have such entries; there is nothing to do."))
    share = platformdirs.user_data_path()
    entry, icon = share / _ENTRY, share / _ICON
    if entry.exists() and _OURS not in entry.read_text("utf-8", "replace"):
        raise Stop(
            tr("{path} was not made by this command. Move it away, then try again.", path=entry)
        )
    if words.remove:
        return _remove(entry, icon)
    text = assets.asset("desktop", "rushes.desktop").read_text("utf-8")
    program = _program()
    base = () if options.base_dir is None else ("--base-dir", str(options.base_dir))
    started = " ".join(map(_quoted, (str(program), *base)))
    # With TryExec the entry goes from the menu when the program is uninstalled.
    lines = f"TryExec={_string(str(program))}\nExec={_string(started)} %U\n{_OURS}"
    for path in (entry, icon):
        make_folders(path.parent)
    write_whole(entry, re.sub("(?m)^Exec=.*$", lambda _: lines, text).encode())
    write_whole(icon, assets.asset("icons", "rushes.svg").read_bytes())
    _tell_desktop(entry.parent)
    print_row(tr("Rushes is in the menu: {path}", path=entry))
    return OK


def _remove(entry: Path, icon: Path) -> int:
    if not entry.exists():
        complain(tr("There is no entry in the menu that this command has made."))
        return NOTHING
    entry.unlink()
    if icon.is_file() and icon.read_bytes() == assets.asset("icons", "rushes.svg").read_bytes():
        icon.unlink()
    _tell_desktop(entry.parent)
    print_row(tr("Rushes is out of the menu. Your list and your files are where they were."))
    return OK


def _program() -> Path:
    """The program that was called, as the user has it on his path.

    Raises:
        Stop: it was started in another way and is not beside its Python, or has a name that no
            entry can hold.
    """
    called = Path(sys.executable if is_frozen() else sys.argv[0]).absolute()
    beside = Path(sysconfig.get_path("scripts"), "rushes")
    for path in (called, beside):
        if path.name == "rushes" and path.is_file() and os.access(path, os.X_OK):
            if str(path).isprintable():
                return path
            break
    raise Stop(tr("The program “rushes” cannot be found, so no entry can start it."))


def _quoted(word: str) -> str:
    """One argument in the value of Exec.

    Source: Desktop Entry Specification 1.5, "The Exec key".
    """
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("%", "%%") + '"'


def _string(value: str) -> str:
    """A value of type string: the backslash is written twice."""
    return value.replace("\\", "\\\\")


def _tell_desktop(folder: Path) -> None:
    """Some desktops look for links in a list that is made of the entries. Where its program is not
    there, they read the entries themselves."""
    if program := shutil.which("update-desktop-database"):
        done = subprocess.run(
            [program, str(folder)], env=users_environment(), capture_output=True, check=False
        )
        if done.returncode != 0:
            complain(tr("The desktop's list of links could not be brought up to date."))
