"""The program on a store: prints when its first rows are painted, and what memory it has after so
many posters were seen.

``python -m tests.benchmarks.opened_window FOLDER POSTERS``: Unix seconds, resident MB and posters
seen as a JSON list.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QPaintEvent

from rushes import app
from rushes.options import Options
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets.posters import Posters

if TYPE_CHECKING:
    from rushes.controllers.main_controller import MainController

_PAGE_S = 0.05
_SETTLE_S = 1.0
_PAGE_AT_MOST_S = 1.0
_painted_at: list[float] = []
_inherited = TaskTable.paintEvent


def _paint(table: TaskTable, event: QPaintEvent) -> None:
    _inherited(table, event)
    if not _painted_at and table.has_visible_rows:
        _painted_at.append(time.time())


def _count(posters: Posters) -> int:
    return sum(map(bool, posters._paths.values()))


def main(folder: Path, posters: int) -> int:
    TaskTable.paintEvent = _paint  # type: ignore[method-assign, assignment]

    async def look(desk: "MainController") -> int:
        from tests.benchmarks.bare_window import resident_mb

        table, seen = desk.window.table, desk.window.content.posters
        while not table.is_filled:  # noqa: ASYNC110 - the window has no event for it
            await asyncio.sleep(0.01)
        bar = table.verticalScrollBar()
        if posters:  # the run before ended further down, and the window remembers where it was
            bar.setValue(bar.minimum())
        while posters and _count(seen) < posters and bar.value() < bar.maximum():
            before, end = _count(seen), time.monotonic() + _PAGE_AT_MOST_S
            bar.setValue(bar.value() + table.viewport().height())
            await asyncio.sleep(_PAGE_S)
            # What is scrolled past before its pictures come is wanted no longer.
            while _count(seen) == before and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(_PAGE_S)
        await asyncio.sleep(_SETTLE_S)
        print(json.dumps([_painted_at[0], resident_mb(), _count(seen)]))
        return 0

    return app.main(Options(base_dir=folder), look)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2])))
