"""The line at the bottom: what is being watched, what is saved, what room there is."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from rushes.core.events import AccountChanged, Activity
from rushes.presentation.overview import Totals, activity_line
from rushes.presentation.text import tr
from rushes.ui.widgets import theme
from rushes.ui.widgets.basics import Elided, IconLabel

_SIGNS = (
    (Activity.PAUSED, "error", "red"),
    (Activity.OFFLINE, "warning", "amber"),
    (Activity.BACKING_OFF, "warning", "amber"),
    (Activity.WATCHING, "dot", "succeeded"),
)


class StatusLine(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setAccessibleName(tr("Status"))
        self._icon = IconLabel("dot", "edge", theme.ICON - 2)
        self._words = Elided()
        self._words.setProperty("role", "caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, 3, theme.MEDIUM, 3)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        self.show_state((), Totals(), 0.0)

    @property
    def text(self) -> str:
        return self._words.text()

    def show_state(self, accounts: tuple[AccountChanged, ...], totals: Totals, now: float) -> None:
        words = activity_line(accounts, totals, now)
        if words != self._words.text():
            self._words.show_text(words)
        on = {news.activity for news in accounts}
        name, colour = next(((n, c) for a, n, c in _SIGNS if a in on), ("dot", "edge"))
        self._icon.show_icon(name, colour)
