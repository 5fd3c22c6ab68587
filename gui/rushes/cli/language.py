"""The language that the command line speaks. Cheap to import: usage is told in it, too."""

import os
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from rushes import assets
from rushes.presentation.text import install_table, shipped_language
from rushes.system import places, settings_file


def speak(base_dir: Path | None) -> None:
    """In the language of the settings, or of the system; in English where the terminal lacks the
    signs."""
    try:
        settings, _ = settings_file.read(
            places.look(base_dir).config / settings_file.NAME, keep=True
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
