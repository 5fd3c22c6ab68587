"""The whole window over a base folder of its own, opened for a test and closed again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from rushes.backend.workspace import Workspace
from rushes.controllers import build
from rushes.controllers.list_controller import ListController
from rushes.controllers.main_controller import MainController
from rushes.options import Options
from rushes.ui.widgets.calm import place_of_drag
from rushes.ui.window.main_window import MainWindow
from tests.conftest import Drive
from tests.patience import LIMIT_S

_COPY, _LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


class Windows:
    """Drives work that opens windows; they are gone when it ends, and only then."""

    def __init__(self, drive: Drive[Any], qtbot: QtBot) -> None:
        self._drive, self._qtbot = drive, qtbot
        self._fronts: list[ListController] = []

    def drive(self, work: Coroutine[Any, Any, None]) -> None:
        with self._closing():
            self._drive(work)

    def front(self, workspace: Workspace) -> ListController:
        self._fronts.append(ListController(workspace))
        return self._fronts[-1]

    @asynccontextmanager
    async def desk(self, base_dir: Path, *, speed: float = 1.0) -> AsyncIterator[MainController]:
        """A shown window with everything behind it; its backend is not started."""
        front = self.front(await Workspace.open(Options(base_dir=base_dir, speed=speed)))
        desk = await build.main_controller(front)
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
                front.closing.finish()
                self._qtbot.addWidget(front.window)


def paste(window: MainWindow, text: str) -> None:
    """What another program copied comes in by the command."""
    QGuiApplication.clipboard().setText(text)
    window.command_context.do.paste()


def drop(window: MainWindow, *paths: Path) -> None:
    """Drop files of this computer on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop_data(window, data)


def drop_data(window: MainWindow, data: QMimeData) -> None:
    """Drag something over the window and let go."""
    assert is_welcome(window, data)
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 200), _COPY, data, _LEFT, _PLAIN))


def is_welcome(window: MainWindow, data: QMimeData) -> bool:
    """Whether the window takes what is dragged over it."""
    enter = QDragEnterEvent(place_of_drag(QPointF(50, 200)), _COPY, data, _LEFT, _PLAIN)
    QApplication.sendEvent(window, enter)
    return enter.isAccepted()


def button(window: MainWindow, words: str) -> QAbstractButton:
    """The button of the message that is shown."""
    buttons = window.messages.findChildren(QAbstractButton)
    return next(each for each in buttons if each.text() == words and each.isVisibleTo(window))


async def until(true: Callable[[], object]) -> None:
    """Wait for what no one event tells: calls, files, widgets. Gives up after 30 s."""
    async with asyncio.timeout(LIMIT_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
