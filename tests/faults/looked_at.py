"""The window, as somebody sees it who comes to look: run by T27 as a process of its own.

``python -m tests.faults.looked_at BASE``: for each line on standard input one line of JSON with the
words of the rows, of the status line and of the message strip; it ends with its input.
"""

import asyncio
import json
import sys
import threading
from itertools import chain
from pathlib import Path
from typing import Any

from rushes import app
from rushes.controllers.main_controller import MainController
from rushes.options import Options
from rushes.ui.list.column_table import AT
from rushes.ui.list.task_model import TaskModel


def seen(desk: MainController) -> dict[str, Any]:
    window = desk.window
    model = window.table.model()
    rows = {}
    for row in range(model.rowCount()):
        index = model.index(row, AT["saved"])
        rows[index.data(TaskModel.TASK).id] = index.data()
    return {"rows": rows, "status": window.status_line.text, "message": window.messages.text}


async def script(desk: MainController) -> int:
    asked: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in chain(sys.stdin, [""]):
            loop.call_soon_threadsafe(asked.put_nowait, line)

    threading.Thread(target=read, daemon=True).start()
    desk.window.activateWindow()  # where there is no window manager, nobody else does
    while await asked.get():
        print(json.dumps(seen(desk)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(app.main(Options(base_dir=Path(sys.argv[1])), script))
