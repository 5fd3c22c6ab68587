"""Guards the next upgrade of PySide6: 6.12.0 aborts Python before 3.12 by losing references, and
by itself every version reads the source of whatever is imported after it.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6 import __version__
from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(int)


@pytest.mark.parametrize("singleton", [None, True], ids=["None", "True"])
def test_that_a_million_emits_lose_no_reference(singleton: object) -> None:
    bell = Bell()
    heard = 0

    def hear(number: int) -> None:
        nonlocal heard
        heard += 1

    bell.rung.connect(hear)
    before = sys.getrefcount(singleton)
    for number in range(500_000):
        bell.rung.emit(number)
        bell.objectName()
        bell.setObjectName("x")
    lost = before - sys.getrefcount(singleton)
    assert heard == 500_000
    assert abs(lost) < 1000, f"PySide6 {__version__} loses references to {singleton}: {lost}"


def test_that_the_version_is_one_of_the_sound_ones() -> None:
    sound = (6, 12) if sys.version_info < (3, 12) else (6, 13)
    assert tuple(map(int, __version__.split(".")[:2])) < sound


def test_that_importing_the_program_reads_no_sources() -> None:
    loaded = "rushes.app, rushes.controllers.build"
    code = f"import linecache, {loaded}; print(*linecache.cache, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True
    )
    read = [file for file in done.stdout.split() if "/rushes/" in file or "/aiohttp/" in file]
    assert [file for file in read if Path(file).stat().st_size] == []  # the package's own is empty
