"""The window on an idle list, until standard input ends.

``python -m tests.benchmarks.idle_window FOLDER TASKS``: so many running tasks at a simulated
service in another process; 0: some that have ended and were seen.
"""

import asyncio
import sys
from pathlib import Path

from rushes import app
from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.settings import Settings
from rushes.core.task import Status
from rushes.options import Options
from rushes.store import tables
from tests.benchmarks import crowd

READY = "ready"
_ENDED = 20
_PATIENCE_S = 400.0  # those that are asked about one by one take their time


def main(folder: Path, tasks: int) -> int:
    with crowd.serving(tasks or _ENDED, kind="live" if tasks else "failed") as services:

        async def idle(desk: MainController) -> int:
            desk.change_settings(Settings(auto_save=False))
            await demo.fill(desk, services)
            async with asyncio.timeout(_PATIENCE_S):
                while not await _is_seen(desk, ended=not tasks):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            print(READY, flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            return 0

        return app.main(Options(base_dir=folder), idle)


async def _is_seen(desk: MainController, *, ended: bool) -> bool:
    """Whether every task was looked at, and found ended where it is: before that nothing idles."""
    found = [task.status for task in await desk.backend.store.read(tables.tasks)]
    return all(s.is_terminal if ended else s is not Status.UNKNOWN for s in found)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2])))
