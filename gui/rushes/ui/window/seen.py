"""Which takes were looked at since they ended: those that stay selected for a moment."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer

from rushes.core.task import Key
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.window_signals import WindowSignals

#: Passed over faster than this by the arrow keys, a take was not looked at.
_LOOK_MS = 600


class Seen(QObject):
    """Says them as the window's `seen`, while the window has the user's attention."""

    def __init__(self, window: WindowSignals, table: TaskTable) -> None:
        super().__init__(window)
        self._window = window
        self._table = table
        self._looking = QTimer(self, singleShot=True, interval=_LOOK_MS)
        self._looking.timeout.connect(self._tell)
        table.selection_changed.connect(self._look)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What was selected before the window came up, or behind another one, is looked at now."""
        if event.type() == QEvent.Type.WindowActivate:
            self.noticed()
        return super().eventFilter(watched, event)

    def noticed(self) -> None:
        """Tasks changed: a selected one may have ended under the user's eyes."""
        self._look(self._table.selected_keys())

    def _look(self, selected: Sequence[Key]) -> None:
        if self._new(selected):
            self._looking.start()
        else:
            self._looking.stop()

    def _tell(self) -> None:
        keys = self._new(self._table.selected_keys())
        if keys and self._window.isActiveWindow():
            self._window.seen.emit(keys)

    def _new(self, keys: Sequence[Key]) -> list[Key]:
        tasks = filter(None, map(self._table.task, keys))
        return [task.key for task in tasks if task.status.is_terminal and not task.seen]
