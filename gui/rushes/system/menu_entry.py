"""The desktop's entry for Rushes, as `rushes install-desktop` and the start at login write it."""

import os
import re
import sys
import sysconfig
from pathlib import Path

from rushes import assets
from rushes.presentation.text import tr
from rushes.system.helper import app_image, is_frozen

#: In a file that we made, and in no other: what somebody has written himself is his.
OURS = "X-Rushes-Made=install-desktop"


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
    started = " ".join(map(_quoted, (str(path), *based(base_dir))))
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
