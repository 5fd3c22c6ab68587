"""`rushes install-desktop`: the entry in the desktop's menu, after pip, pipx or uv.

A package of the system brings the same files itself. With the entry, `rushes:` links are ours.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs

from rushes import assets
from rushes.cli.session import NOTHING, OK, Stop, Words, complain, print_row
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.system import menu_entry
from rushes.system.disk import make_folders, write_whole
from rushes.system.helper import users_environment

_ENTRY = Path("applications", "rushes.desktop")
_ICON = Path("icons", "hicolor", "scalable", "apps", "rushes.svg")


def install_desktop(words: Words, options: Options) -> int:
    """Put the entry into the user's menu, or with `--remove` take it out.

    Another Rushes beside this one, of another version, keeps an entry that starts it: `--remove`
    takes away what starts this one, or nothing that is there any more.

    Raises:
        Stop: there is no such menu, or what stands there is not ours.
        OSError: the files cannot be written.
    """
    if not sys.platform.startswith("linux"):
        raise Stop(tr("Only desktops of Linux and BSD have such entries; there is nothing to do."))
    share = platformdirs.user_data_path()
    entry, icon = share / _ENTRY, share / _ICON
    if entry.exists() and not menu_entry.is_ours(entry):
        raise Stop(
            tr("{path} was not made by this command. Move it away, then try again.", path=entry)
        )
    other = _other(entry)
    if words.remove:
        if other is not None:
            told = tr("The entry in the menu starts another Rushes: {program}", program=other)
            raise Stop(f"{told} {tr('Remove it with that one.')}")
        return _remove(entry, icon)
    try:
        text = menu_entry.entry(options.base_dir, opens=True)
    except menu_entry.NoProgram as e:
        raise Stop(e.args[0]) from e
    for path in (entry, icon):
        make_folders(path.parent)
    write_whole(entry, text.encode())
    write_whole(icon, assets.asset("icons", "rushes.svg").read_bytes())
    _tell_desktop(entry.parent)
    print_row(tr("Rushes is in the menu: {path}", path=entry))
    if other is not None:
        print_row(tr("Until now the entry started {program}", program=other))
    return OK


def _other(entry: Path) -> Path | None:
    """The program that our entry starts where that is there and is not this one."""
    words = menu_entry.words_of(entry.read_text("utf-8", "replace")) if entry.exists() else None
    if words is None or not Path(words[0]).is_file():
        return None
    try:
        is_this = Path(words[0]).samefile(menu_entry.program())
    except menu_entry.NoProgram:
        is_this = False
    return None if is_this else Path(words[0])


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


def _tell_desktop(folder: Path) -> None:
    """Some desktops look for links in a list that is made of the entries. Where its program is not
    there, they read the entries themselves."""
    if program := shutil.which("update-desktop-database"):
        done = subprocess.run(
            [program, str(folder)], env=users_environment(), capture_output=True, check=False
        )
        if done.returncode != 0:
            complain(tr("The desktop's list of links could not be brought up to date."))
