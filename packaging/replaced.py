"""Runs first in a bundle on Linux, where an upgrade may replace a program that is running.

PyInstaller opens the program's file by its name for every module it loads. What was started stays
readable under another name, also when a newer file has its own.
"""

import os

import pyimod02_importers

_STARTED = "/proc/self/exe"
archive = pyimod02_importers.pyz_archive
try:
    if os.path.samefile(_STARTED, archive._filename):  # noqa: PTH121 - pathlib is not loaded yet
        archive._filename = _STARTED
except OSError:  # no /proc here
    pass
