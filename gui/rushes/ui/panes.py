"""The three panes side by side, and how the focus goes round them."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from rushes.ui.sidebar import Sidebar
from rushes.ui.task_pane import TaskPane

_SIDEBAR_MIN, _TASKS_MIN, _INSPECTOR_MIN = 150, 460, 280


class Panes(QSplitter):
    def __init__(self, sidebar: Sidebar, tasks: TaskPane) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._sidebar = sidebar
        self._tasks = tasks
        self._inspector = QWidget()
        for pane in (sidebar, tasks, self._inspector):
            self.addWidget(pane)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        sidebar.setMinimumWidth(_SIDEBAR_MIN)
        tasks.setMinimumWidth(_TASKS_MIN)
        self._inspector.setMinimumWidth(_INSPECTOR_MIN)
        for at, stretch in enumerate((0, 1, 0)):
            self.setStretchFactor(at, stretch)
        self.setSizes([190, 710, 380])

    def set_inspector(self, inspector: QWidget) -> None:
        sizes, shown = self.sizes(), not self._inspector.isHidden()
        old, self._inspector = self._inspector, inspector
        inspector.setMinimumWidth(_INSPECTOR_MIN)
        self.replaceWidget(2, inspector)
        old.deleteLater()
        inspector.setVisible(shown)
        self.setStretchFactor(2, 0)
        self.setSizes(sizes)

    def show_pane(self, pane: str, *, on: bool) -> None:
        """`pane` is "sidebar" or "inspector"."""
        (self._sidebar if pane == "sidebar" else self._inspector).setVisible(on)

    def restore_sizes(self, sizes: Any) -> None:
        if isinstance(sizes, list) and len(sizes) == self.count():
            self.setSizes([int(size) for size in sizes if isinstance(size, int)])

    def focus_next(self) -> bool:
        """Move the focus to the following pane. False after the last one, or from outside."""
        ring = [p for p in (self._sidebar, self._tasks, self._inspector) if p.isVisible()]
        focus = QApplication.focusWidget()
        at = [i for i, p in enumerate(ring) if focus and (p is focus or p.isAncestorOf(focus))]
        if not at:
            self._enter(ring[0])
            return True
        if at[0] + 1 >= len(ring):
            return False
        self._enter(ring[at[0] + 1])
        return True

    def _enter(self, pane: QWidget) -> None:
        stops = [pane, *pane.findChildren(QWidget)]
        tab = Qt.FocusPolicy.TabFocus
        first = next((w for w in stops if w.focusPolicy() & tab and w.isVisible()), pane)
        first.setFocus(Qt.FocusReason.TabFocusReason)
