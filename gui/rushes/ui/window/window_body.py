"""What the window is made of, put together: bars above and below, three panes between them."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from rushes.ui.commands.actions import Actions
from rushes.ui.list.task_pane import TaskPane
from rushes.ui.window.add_strip import AddStrip
from rushes.ui.window.message_bar import MessageBar
from rushes.ui.window.middle import Middle
from rushes.ui.window.panes import Panes
from rushes.ui.window.sidebar import Sidebar
from rushes.ui.window.status_line import StatusLine
from rushes.ui.window.toolbar import Toolbar


class WindowBody(QWidget):
    """The parts, by name; they know nothing of each other."""

    def __init__(self, actions: Actions, now: float) -> None:
        """`now` in Unix seconds."""
        super().__init__()
        self.toolbar = Toolbar(actions)
        self.messages = MessageBar()
        self.strip = AddStrip()
        self.sidebar = Sidebar()
        self.tasks = TaskPane(now)
        self.middle = Middle(self.tasks, actions)
        self.panes = Panes(self.sidebar, self.middle)
        self.status = StatusLine()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for bar in (self.toolbar, self.messages, self.strip):
            box.addWidget(bar)
        box.addWidget(self.panes, 1)
        box.addWidget(self.status)
        self._box = box
        self._notices: MessageBar | None = None  # most starts have none

    def show_notice(self, text: str) -> None:
        """Say it in a strip of its own, below what was said there before, until somebody closes
        it: what happened to the user's data is replaced by no other message."""
        if self._notices is None:
            self._notices = MessageBar()
            self._box.insertWidget(1, self._notices)
        before = self._notices.text
        self._notices.show_message(f"{before}\n{text}" if before else text, kind="warning")

    @property
    def notice(self) -> str:
        """What stands there; "" for nothing."""
        return self._notices.text if self._notices else ""

    def enter_next_pane(self) -> None:
        """Move the focus on: sidebar, list, inspector, search."""
        if not self.panes.focus_next():
            self.toolbar.focus_search()

    def clear_or_leave(self) -> None:
        """Escape: the nearest thing that can go goes."""
        if not self.strip.isHidden():
            self.strip.leave()
        elif self.messages.text:
            self.messages.clear()
        elif self.middle.is_comparing:
            self.middle.leave_compare()
        elif self.toolbar.search_text:
            self.toolbar.set_search("")
        else:
            self.tasks.table.clearSelection()
            self.middle.focus()
