"""P9: from the click on a saved take to its first frame, beside a bare QMediaPlayer with the same
film in the same process. The program is the real one, with takes it saved from the simulator."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink
from PySide6.QtMultimediaWidgets import QVideoWidget
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from rushes import app
from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.task import ArtifactState, Task
from rushes.options import Options
from rushes.store import tables
from tests.benchmarks import crowd
from tests.benchmarks.figure import Figure, compare, rounds
from tests.ui.windows import table_of

FIGURES = ("P9",)

_TAKES = 25
_PATIENCE_S = 60.0
_LOOK_S = 0.6  # how long a person looks at a take before the next click


def figures(quick: bool) -> Iterator[Figure]:
    QApplication(sys.argv[:1])
    with (
        tempfile.TemporaryDirectory(prefix="rushes-p9-") as folder,
        crowd.serving(_TAKES, kind="done") as services,
    ):
        clicks = Clicks(services, 2 * rounds(quick))
        app.main(Options(base_dir=Path(folder)), clicks.run)
    yield compare("P9 click to first frame", clicks.ours, clicks.theirs, unit="ms", at_most=1.5)


class Clicks:
    """Goes from take to take; after each, the bare player opens the same film."""

    def __init__(self, services: demo.Demo, count: int) -> None:
        self._services = services
        self._count = count
        self.ours: list[float] = []
        self.theirs: list[float] = []

    async def run(self, desk: MainController) -> int:
        await demo.fill(desk, self._services)
        async with asyncio.timeout(_PATIENCE_S):
            while not _are_saved(await desk.backend.store.read(tables.tasks)):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        screen = QVideoWidget()
        screen.resize(desk.preview.stack.size())
        screen.show()
        bare = QMediaPlayer(screen)
        bare.setVideoOutput(screen)
        self._ours = FirstFrame(desk.preview.stack.surface.video.videoSink())
        self._theirs = FirstFrame(screen.videoSink())
        table = table_of(desk.window)
        table.setCurrentIndex(table.model().index(0, 0))
        await asyncio.sleep(_LOOK_S)
        for number in range(1 + self._count):
            ours = await self._click(desk, table, Qt.Key.Key_Up if number % 2 else Qt.Key.Key_Down)
            theirs = await self._open(bare, desk.preview.player.path)
            if number:  # the first warms up
                self.ours.append(ours)
                self.theirs.append(theirs)
        screen.close()
        return 0

    async def _click(self, desk: MainController, table: QWidget, key: Qt.Key) -> float:
        player, before = desk.preview.player, desk.preview.player.path
        took = await self._ours.after(
            lambda: QTest.keyClick(table, key), lambda: player.path not in ("", before)
        )
        await asyncio.sleep(_LOOK_S)
        player.pause()
        return took

    async def _open(self, bare: QMediaPlayer, path: str) -> float:
        def play() -> None:
            bare.setSource(QUrl.fromLocalFile(path))
            bare.play()

        took = await self._theirs.after(play, lambda: True)
        bare.stop()
        bare.setSource(QUrl())
        await asyncio.sleep(_LOOK_S)
        return took


class FirstFrame(QObject):
    """Waits for a frame. An object of this thread, so that Qt tells it here: a plain function
    would be called in the thread of the player, which the player waits for when it stops. And
    one for all clicks: PySide crashes when a call from there arrives as its object goes."""

    def __init__(self, sink: QVideoSink) -> None:
        super().__init__()
        self._is_new: Callable[[], bool] = lambda: False
        self._shown: asyncio.Future[float] | None = None
        sink.videoFrameChanged.connect(self._on_frame)

    async def after(self, act: Callable[[], object], is_new: Callable[[], bool]) -> float:
        """Milliseconds from `act()` to the first frame of the film it opens."""
        self._is_new, self._shown = is_new, asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        act()
        async with asyncio.timeout(10):
            return (await self._shown - began) * 1000

    def _on_frame(self, frame: QVideoFrame) -> None:
        if self._shown and not self._shown.done() and frame.isValid() and self._is_new():
            self._shown.set_result(time.perf_counter())


def _are_saved(tasks: tuple[Task, ...]) -> bool:
    """Whether every film is saved."""
    saved = [a for t in tasks for a in t.artifacts if a.state is ArtifactState.SAVED]
    return len(saved) >= len(tasks) > 0
