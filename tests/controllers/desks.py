"""The whole window over a base folder of its own, opened for a test and closed again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from rushes.backend.workspace import Workspace
from rushes.controllers import build
from rushes.controllers.front import Front
from rushes.controllers.window import Desk
from rushes.options import Options
from tests.conftest import Drive


class Windows:
    """Drives work that opens windows; they are gone when it ends, and only then."""

    def __init__(self, drive: Drive[Any], qtbot: QtBot) -> None:
        self._drive, self._qtbot = drive, qtbot
        self._fronts: list[Front] = []

    def drive(self, work: Coroutine[Any, Any, None]) -> None:
        with self._closing():
            self._drive(work)

    def front(self, workspace: Workspace) -> Front:
        self._fronts.append(Front(workspace))
        return self._fronts[-1]

    @asynccontextmanager
    async def desk(self, base_dir: Path, *, speed: float = 1.0) -> AsyncIterator[Desk]:
        """A shown window with everything behind it; its backend is not started."""
        front = self.front(await Workspace.open(Options(base_dir=base_dir, speed=speed)))
        desk = await build.desk(front)
        try:
            await front.show()
            yield desk
        finally:
            await desk.aclose()
            await desk.backend.aclose()

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            yield
        finally:
            for front in self._fronts:
                front.window.finish_close()
                self._qtbot.addWidget(front.window)


async def until(true: Callable[[], object]) -> None:
    """Wait for what no one event tells: calls, files, widgets. Gives up after 30 s."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
