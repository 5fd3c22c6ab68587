"""When somebody looks at the window, it is looked whether the saved files are there.

Coming back to the window, other rows on the screen, and a gentle pace while it is in front. Nothing
of it happens while nobody looks, or while no file was saved yet: a window that has nothing to do
wakes nobody.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

from rushes.controllers.window import Desk
from rushes.core.presence import kept_files
from rushes.core.task import Diff

#: Between two looks while the window is in front, and before one at rows that scroll by.
_PACE_MS, _SOON_MS = 2500, 150

_COMING = frozenset({QEvent.Type.WindowActivate, QEvent.Type.Show, QEvent.Type.Enter})


class PresenceDesk(QObject):
    """Tells `Presence` when to look, and which files are on the screen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._window = desk.window
        self._presence = desk.backend.presence
        self._pace = _timer(self, _PACE_MS, self._look)
        self._soon = _timer(self, _SOON_MS, self._look)
        desk.window.installEventFilter(self)
        middle, table = desk.window.middle, desk.window.table
        for moved in (
            table.verticalScrollBar().valueChanged,
            middle.gallery.view.verticalScrollBar().valueChanged,
            table.rows_changed,
            middle.view_changed,
        ):
            moved.connect(self._look_soon)
        desk.changed.connect(self._changed)
        desk.closing.connect(self._stop)
        self._is_over = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _COMING:
            self._look_soon()
        return super().eventFilter(watched, event)

    def _look_soon(self) -> None:
        if not self._soon.isActive() and not self._is_over:
            self._soon.start()

    def _changed(self, diff: Diff) -> None:
        """Files were saved: from now on there is something to look at."""
        if not self._pace.isActive() and any(any(kept_files(task)) for task in diff.changed):
            self._look_soon()

    def _look(self) -> None:
        is_seen = self._window.isVisible() and not self._window.isMinimized()
        shown = self._window.middle.tasks_on_screen() if is_seen else ()
        self._presence.look([file for task in shown for file in kept_files(task)])
        if is_seen and self._window.isActiveWindow() and self._presence.is_needed:
            self._pace.start()

    def _stop(self) -> None:
        self._is_over = True
        self._pace.stop()
        self._soon.stop()


def _timer(parent: QObject, wait_ms: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(wait_ms)
    timer.timeout.connect(then)
    return timer
