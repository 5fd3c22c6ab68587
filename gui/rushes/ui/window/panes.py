"""The three panes side by side, and how the focus goes round them."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from rushes.ui.widgets import theme

_CONTENT_MIN, _INSPECTOR_MIN = 460, 280


def _sidebar_min() -> int:
    """As wide as the names that stand there need it."""
    return round(theme.points(150))


class Panes(QSplitter):
    """Sidebar, content and inspector side by side. The outer two keep the width the user gave them
    while the window has room for it; what else there is goes to the content.

    An outer pane that has no room beside the content is hidden until it has: first the sidebar,
    or the inspector where the user asked for the sidebar.

    Signals:
    shared: which of them are shown may have changed.
    """

    shared = Signal()

    def __init__(self, sidebar: QWidget, content: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._sidebar = sidebar
        self._content = content
        self._inspector = QWidget()
        for pane in (sidebar, content, self._inspector):
            self.addWidget(pane)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        sidebar.setMinimumWidth(_sidebar_min())
        content.setMinimumWidth(_CONTENT_MIN)
        self._inspector.setMinimumWidth(_INSPECTOR_MIN)
        self._wanted = (190, 380)  # sidebar, inspector
        self._is_on = {"inspector": True, "sidebar": True}  # as the user wants it
        self._is_withheld = False
        self._order = list(self._is_on)  # what is shown first where there is little room
        self.splitterMoved.connect(self._moved)
        self._set_reading_order()

    def set_inspector(self, inspector: QWidget) -> None:
        """Put it into the right pane, which is empty until then."""
        old, self._inspector = self._inspector, inspector
        inspector.setMinimumWidth(_INSPECTOR_MIN)
        self.replaceWidget(2, inspector)
        old.deleteLater()
        self._set_reading_order()
        self._share()

    def show_pane(self, pane: str, *, on: bool) -> None:
        """`pane` is one of `PANES`."""
        self._is_on[pane] = on
        self._is_withheld = self._is_withheld and pane != "inspector"
        self._share()

    def withhold_inspector(self, *, on: bool) -> None:
        """The content needs its room; the user can have it shown all the same."""
        self._is_withheld = on
        self._share()

    def is_on(self, pane: str) -> bool:
        """Whether the user wants it, also while it has no room."""
        return self._is_on[pane]

    def lacks_room(self, pane: str) -> bool:
        """Whether it would be shown if the window were wider."""
        is_withheld = self._is_withheld and pane == "inspector"
        return self._is_on[pane] and not is_withheld and pane not in self._fitting()

    def prefer(self, pane: str) -> None:
        """Where there is room for one of the outer panes alone, show this one."""
        self._order.sort(key=lambda each: each != pane)
        self._share()

    @property
    def wanted(self) -> list[int]:
        """Widths of the sidebar and the inspector; what `restore` takes."""
        return list(self._wanted)

    def restore(self, wanted: Any) -> None:
        if isinstance(wanted, list) and len(wanted) == 2:
            side, inspector = (min(2000, int(w)) for w in wanted)
            self._wanted = (max(_sidebar_min(), side), max(_INSPECTOR_MIN, inspector))
            self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def focus_next(self) -> bool:
        """Move the focus to the following pane. False after the last one, or from outside."""
        ring = [p for p in (self._sidebar, self._content, self._inspector) if p.isVisible()]
        focus = QApplication.focusWidget()
        at = [i for i, p in enumerate(ring) if focus and (p is focus or p.isAncestorOf(focus))]
        if not at:
            self._enter(ring[0])
            return True
        if at[0] + 1 >= len(ring):
            return False
        self._enter(ring[at[0] + 1])
        return True

    def _set_reading_order(self) -> None:
        """A screen reader meets them from left to right; a splitter puts each new one first."""
        for pane in (self._inspector, self._content, self._sidebar):
            pane.lower()

    def _share(self) -> None:
        """Give the outer panes what they want, as far as the content keeps its least width."""
        fitting = self._fitting()
        self._sidebar.setVisible("sidebar" in fitting)
        self._inspector.setVisible("inspector" in fitting)
        side, inspector = self._wanted
        spare = max(0, self.width() - _CONTENT_MIN)
        other = _sidebar_min() if "sidebar" in fitting else 0
        inspector = max(_INSPECTOR_MIN, min(inspector, spare - other))
        taken = inspector if "inspector" in fitting else 0
        side = max(_sidebar_min(), min(side, spare - taken))
        taken += side if "sidebar" in fitting else 0
        content = self.width() - taken - len(fitting) * self.handleWidth()
        self.setSizes([side, max(_CONTENT_MIN, content), inspector])
        self.shared.emit()

    def _fitting(self) -> list[str]:
        """The outer panes that are wanted and have room."""
        room = self.width() - _CONTENT_MIN
        fitting: list[str] = []
        for pane in self._order:
            if not self._is_on[pane] or (self._is_withheld and pane == "inspector"):
                continue
            least = _sidebar_min() if pane == "sidebar" else _INSPECTOR_MIN
            room -= least + self.handleWidth()
            if room < 0:
                break
            fitting.append(pane)
        return fitting

    def _moved(self) -> None:
        sizes, before = self.sizes(), self._wanted
        self._wanted = (sizes[0] or before[0], sizes[2] or before[1])

    def _enter(self, pane: QWidget) -> None:
        stops = [pane, *pane.findChildren(QWidget)]
        tab = Qt.FocusPolicy.TabFocus
        first = next((w for w in stops if w.focusPolicy() & tab and w.isVisible()), pane)
        first.setFocus(Qt.FocusReason.TabFocusReason)
