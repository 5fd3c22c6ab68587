"""Chooses the command and turns every expected end into a sentence and an exit code."""

import os
import signal
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from types import FrameType

from rushes import assets
from rushes.backend.workspace import SETTINGS_FILE
from rushes.cli.accounts import accounts
from rushes.cli.adding import add
from rushes.cli.desktop_entry import install_desktop
from rushes.cli.doctor import doctor
from rushes.cli.list_file import export_list, import_list
from rushes.cli.session import FAILED, NotWritten, Stop, Words, complain, open_output
from rushes.cli.tasks import forget_prompts, show_list
from rushes.cli.watching import save, watch
from rushes.options import Options
from rushes.presentation.sentences import list_in_use, sentence, unusable_place
from rushes.presentation.text import install_table, shipped_language, tr
from rushes.store import StoreError, StoreInUse
from rushes.system import places, settings_file, threads

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
        _speak(options)
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


def _speak(options: Options) -> None:
    """In the language of the settings, or of the system; in English where the terminal lacks the
    signs."""
    try:
        settings, _ = settings_file.read(
            places.look(options.base_dir).config / SETTINGS_FILE, keep=True
        )
        language = shipped_language((settings.language, *_of_the_system()))
        if language == "en":
            return
        # Not the compiled form: only Qt reads it, and Qt may not work where this command does.
        root = ET.parse(assets.asset("i18n", f"rushes_{language}.ts")).getroot()  # noqa: S314 - ours
        table = {m.findtext("source", ""): _translation(m) for m in root.iter("message")}
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                "".join(table.values()).encode(stream.encoding)
    except (OSError, ET.ParseError, UnicodeEncodeError, LookupError):
        return
    install_table(table)


def _of_the_system() -> Iterator[str]:
    if sys.platform == "win32":
        import ctypes
        import locale

        yield locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        yield os.environ.get(name, "")


def _translation(message: ET.Element) -> str:
    """ "" where it is not finished."""
    done = message.find("translation")
    if done is None or done.get("type"):
        return ""
    return done.findtext("numerusform") or done.text or ""


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
