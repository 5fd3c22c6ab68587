"""Tries, for `rushes doctor`, the parts of Qt that the program loads: a JSON object a line.

In a process of its own, because a part that does not work here may end the process it is tried in;
the part that was being tried then has no answer.
"""

import importlib
import json
import os
import sys
from typing import NoReturn

from rushes.system import libraries

#: A module of PySide6, or the path of a plugin.
PARTS: tuple[str | tuple[str, str], ...] = (
    *("QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtSvg", "QtDBus", "QtMultimedia"),
    *("QtMultimediaWidgets", "QtQuick3D"),
    ("multimedia", "libffmpegmediaplugin.so"),
    ("assetimporters", "libassimp.so"),
)


_kept: list[object] = []


def main() -> NoReturn:
    for part in PARTS:
        name = part if isinstance(part, str) else part[1]
        _print_line({"part": name})
        _print_line({"problem": _problem(part)})
    _print_line({"part": "screen"})
    problem = libraries.window_problem() if libraries.has_screen() else ""
    if not problem and libraries.has_screen():
        from PySide6.QtGui import QGuiApplication

        _kept.append(
            QGuiApplication(sys.argv[:1])
        )  # aborts where the platform plugin does not work
    _print_line({"problem": problem})
    # Nothing is taken apart, Qt least of all: that can crash, or wait for ever, by itself.
    os._exit(0)


def _problem(part: str | tuple[str, str]) -> str:
    if not isinstance(part, str):
        return libraries.load(libraries.plugin(*part))
    try:
        importlib.import_module(f"PySide6.{part}")
    except ImportError as e:
        return libraries.explain(e)
    return ""


def _print_line(line: dict[str, str]) -> None:
    print(json.dumps(line), flush=True)
