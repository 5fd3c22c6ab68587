"""Chooses the command and turns every expected end into a sentence and an exit code.

`rushes install-desktop` stands here, too: the entry in the desktop's menu, after pip, pipx or uv.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

import platformdirs

from rushes import assets
from rushes.cli.accounts import accounts
from rushes.cli.adding import add
from rushes.cli.doctor import doctor
from rushes.cli.language import speak
from rushes.cli.session import (
    FAILED,
    NOTHING,
    OK,
    NotWritten,
    Stop,
    Words,
    complain,
    open_output,
    print_row,
)
from rushes.cli.tasks import export_list, forget_prompts, import_list, show_list
from rushes.cli.watching import save, watch
from rushes.options import Options
from rushes.presentation.sentences import list_in_use, sentence, unusable_place
from rushes.presentation.text import tr
from rushes.store import StoreError, StoreInUse
from rushes.system import menu_entry, threads
from rushes.system.disk import make_folders, write_whole
from rushes.system.helper import users_environment

_VERBS = {
    "accounts": accounts,
    "list": show_list,
    "export-list": export_list,
    "watch": watch,
    "save": save,
    "doctor": doctor,
}


def main(words: Words, options: Options) -> int:
    """Run one command; see `rushes --help`."""
    open_output()
    if not getattr(words, "json", False):  # what programs read is English everywhere
        speak(options.base_dir)
    ended = _Ended()
    try:
        with ended:
            return _run(words, options)
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except StoreInUse:
        complain(list_in_use())
    except StoreError as e:
        complain(sentence(e.failure).text)
    except BrokenPipeError:  # the reader (`| head`) has seen enough; nothing more can be said
        _drop_output()
    except NotWritten as e:
        complain(tr("The output could not be written: {why}.", why=e.args[0]))
        _drop_output()
    except OSError as e:
        complain(unusable_place(e))
    except KeyboardInterrupt:
        complain(tr("Stopped."))
        return 128 + ended.by if ended.by else FAILED
    return FAILED


def _drop_output() -> None:
    """Without this, Python would try to write the rest once more at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Ended:
    """Makes the signals that end a program do what Ctrl+C does: all is put in order first.

    A second one ends it at once, as before.

    Attributes:
        by: The number of the signal that came; 0: none, or Ctrl+C.
    """

    def __init__(self) -> None:
        self.by = 0

    def __enter__(self) -> None:
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            # `nohup` asks for SIGHUP to be passed over.
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._end)

    def __exit__(self, *_: object) -> None:
        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) == self._end:
                signal.signal(number, signal.SIG_DFL)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.by = number
        signal.signal(number, signal.SIG_DFL)
        on_interrupt = signal.getsignal(signal.SIGINT)
        if callable(on_interrupt):
            on_interrupt(number, frame)
        else:  # a shell's background job passes Ctrl+C over, but not this
            raise KeyboardInterrupt


def _run(words: Words, options: Options) -> int:
    if words.verb == "simulate":
        from rushes.simulator.server import serve  # needs the server library, others do not

        return serve(words.scene, words.port, options.speed)
    if words.verb == "add":
        return add(words, options)
    if words.verb == "forget-prompts":
        return forget_prompts(words, options)
    if words.verb == "import-list":
        return import_list(words, options)
    if words.verb == "install-desktop":
        return install_desktop(words, options)
    return threads.run(_VERBS[words.verb](words, options))


# --- the entry in the menu -----------------------------------------------------------------------

_ENTRY = Path("applications", "rushes.desktop")
_ICON = Path("icons", "hicolor", "scalable", "apps", "rushes.svg")


def install_desktop(words: Words, options: Options) -> int:
    """Put the entry into the user's menu, or with `--remove` take it out.

    A package of the system brings the same files itself. With the entry, `rushes:` links are ours.

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
            raise Stop(told + " " + tr("Remove it with that one."))
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
