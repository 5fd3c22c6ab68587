"""Spares modules that are imported after Qt a second reading. Import it before all of ours.

For `from __feature__ import …`, which nobody here uses, PySide reads the source of every module
that comes after it, looks for its own name there and leaves the lines in `linecache`: 16 MB, and
time before the window is painted. Answering in its place is what others do as well
(https://github.com/napari/napari/issues/8584); a version that asks otherwise is only slower, and
a test tells us.
"""

import importlib
from contextlib import suppress

import PySide6.QtCore  # noqa: F401 - brings `shibokensupport`, which is in no file


def _uses_pyside(module: object) -> bool:
    del module
    return False  # as of a module that never asks for features


with suppress(ImportError):
    vars(importlib.import_module("shibokensupport.feature"))["_mod_uses_pyside"] = _uses_pyside
