"""Joins the window's wish to compare takes to the store and the files."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from rushes.controllers.window import Desk
from rushes.core.task import Key
from rushes.store import tables


class CompareDesk(QObject):
    """Shows the chosen takes as they are now, and looks whether their files still are there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        desk.window.compare_requested.connect(lambda keys: desk.do(self._show(keys)))

    async def _show(self, keys: Sequence[Key]) -> None:
        tasks = await self._desk.backend.store.read(tables.get, keys)
        if len(tasks) < len(keys):
            return  # one was removed just now: the selection has changed as well
        self._desk.window.middle.show_takes(tasks, self._desk.window.context)
        await self._desk.backend.presence.check(list(keys))
