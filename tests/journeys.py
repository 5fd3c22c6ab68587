"""Follow a key press through the real program: ``python -m tests.journeys`` on a virtual screen.

Opens the demo with saving by hand, waits until its tasks have ended, presses 5 on a take and
Ctrl+S on another, and prints for each which modules of the program ran, from the press to the new
value in the list file or the file on disk, and how many of its frames lay on the stack at most:
down, until the press has been answered, and back, in what followed (painting included).
Nothing but `app.main` is imported from the program, so an older tree can be followed as well.
"""

import asyncio
import json
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from rushes import app
from rushes.options import Options

_PATIENCE_S = 150.0
_SETTLED_S = 1.0
_LIVE = "status IN ('queued', 'running')"


class Tracer:
    """Notes every frame of the program that is entered while `is_on`, in every thread."""

    def __init__(self) -> None:
        self.is_on = False
        self.files: set[str] = set()
        self.down: list[str] = []
        self.deepest: list[str] = []

    def install(self) -> None:
        threading.setprofile(self._called)
        sys.setprofile(self._called)

    def begin(self) -> None:
        self.files, self.down, self.deepest, self.is_on = set(), [], [], True

    def answered(self) -> None:
        self.down, self.deepest = self.deepest, []

    def _called(self, frame: FrameType, event: str, _: Any) -> None:
        if not self.is_on or event != "call" or "/rushes/" not in frame.f_code.co_filename:
            return
        self.files.add(_short(frame))
        stack: list[str] = []
        up: FrameType | None = frame
        while up is not None:
            if "/rushes/" in up.f_code.co_filename:
                stack.append(f"{_short(up)}:{up.f_code.co_name}")
            up = up.f_back
        stack = [line for line in stack if not line.startswith(("app.py", "__main__.py"))]
        if len(stack) > len(self.deepest):
            self.deepest = stack[::-1]


def _short(frame: FrameType) -> str:
    return frame.f_code.co_filename.rpartition("/rushes/")[2]


def main() -> int:
    tracer = Tracer()
    with tempfile.TemporaryDirectory(prefix="rushes-journeys-") as folder:
        base = Path(folder)
        (base / "config").mkdir(parents=True)
        (base / "config" / "settings.json").write_text('{"auto_save": false}', "utf-8")
        tracer.install()
        return app.main(Options(base_dir=base, demo=True, speed=6.0), lambda _: _walk(base, tracer))


async def _walk(base: Path, tracer: Tracer) -> int:
    (store,) = base.rglob("rushes.sqlite3")
    await _until(lambda: _count(store, "1") > 10 and not _count(store, _LIVE))
    table = next(
        widget
        for window in QApplication.topLevelWidgets()
        for widget in window.findChildren(QTableView)
        if widget.isVisible() and widget.model().rowCount() > 5
    )
    await _press(table, 1, Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, tracer)
    await _until(lambda: _count(store, "rating = 5") == 1)
    _report("key 5", tracer)
    saved = len(_films(base))
    for row in range(table.model().rowCount()):
        await _press(table, row, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier, tracer)
        with suppress(TimeoutError):
            await _until(lambda: len(_films(base)) > saved, 3.0)
            break
    await asyncio.sleep(_SETTLED_S)
    _report("save", tracer)
    return 0


async def _press(
    table: QTableView, row: int, key: Qt.Key, held: Qt.KeyboardModifier, tracer: Tracer
) -> None:
    table.window().activateWindow()
    table.setFocus()
    await _until(table.hasFocus)
    where = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))
    await asyncio.sleep(_SETTLED_S)
    tracer.begin()
    QTest.keyClick(table, key, held)
    tracer.answered()


def _films(base: Path) -> list[Path]:
    return [
        p
        for p in base.rglob("*")
        if p.suffix in (".mp4", ".glb", ".png") and "cache" not in p.parts
    ]


def _count(store: Path, where: str) -> int:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        found: int = db.execute(f"SELECT count(*) FROM task WHERE {where}").fetchone()[0]
    return found


async def _until(true: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
    end = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the program did not come so far")
        await asyncio.sleep(0.05)


def _report(name: str, tracer: Tracer) -> None:
    tracer.is_on = False
    figures = {"files": len(tracer.files), "down": len(tracer.down), "back": len(tracer.deepest)}
    print(json.dumps({"journey": name, **figures}))
    print(*sorted(tracer.files), "", *tracer.down, "", *tracer.deepest, sep="\n  ", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
