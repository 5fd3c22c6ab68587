"""The middle of the window: the table, or what to do when it has no row."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from rushes.core.account import Account
from rushes.core.listing import ListFilter
from rushes.presentation.overview import empty_state
from rushes.presentation.sentences import Action, Sentence, action_label
from rushes.ui.list.task_table import TaskTable
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import IconLabel, push_button


class EmptyPage(QWidget):
    """Signals:
    action_requested: the `Action` on the button.
    """

    action_requested = Signal(Action)

    def __init__(self) -> None:
        super().__init__()
        self._action: Action | None = None
        self._text = plain.label(wraps=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "muted")
        self._text.setFixedWidth(400)
        self.button = push_button("", self._act, look="primary")
        box = QVBoxLayout(self)
        box.setSpacing(theme.MEDIUM)
        box.addStretch(2)
        for widget in (IconLabel("inbox", "edge", 40), self._text, self.button):
            box.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        self.setFocusProxy(self.button)

    @property
    def text(self) -> str:
        return self._text.text()

    def show_sentence(self, sentence: Sentence) -> None:
        plain.set_text(self._text, sentence.text)
        # An aligned label is given its size hint, which does not know its lines at this width.
        self._text.setMinimumHeight(self._text.heightForWidth(self._text.width()))
        self._action = sentence.action
        self.button.setVisible(sentence.action is not None)
        if sentence.action:
            plain.set_text(self.button, action_label(sentence.action))
            plain.name(self.button, action_label(sentence.action))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return anywhere on the page is the next step."""
        if self._action and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act()
            return
        super().keyPressEvent(event)

    def _act(self) -> None:
        if self._action:
            self.action_requested.emit(self._action)


class TaskPane(QStackedWidget):
    """The table of tasks; in its place, where it has no row, a sentence that says why.

    Attributes:
        empty: Shows that sentence.
    """

    def __init__(self, now: float) -> None:
        super().__init__()
        self.table = TaskTable(now)
        self.empty = EmptyPage()
        self._accounts: tuple[Account, ...] = ()
        self._total = self._unseen = 0
        self.addWidget(self.table)
        self.addWidget(self.empty)
        self.table.rows_changed.connect(self._show_table_or_sentence)
        self._show_sentence()

    @property
    def is_empty(self) -> bool:
        return self.currentWidget() is self.empty

    @property
    def empty_text(self) -> str:
        return self.empty.text if self.is_empty else ""

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self.table.set_accounts(accounts)
        self._show_table_or_sentence()

    def set_scope(self, scope: ListFilter) -> None:
        self.table.set_scope(scope)

    def set_total(self, total: int, unseen: int = 0) -> None:
        """How many tasks there are, shown or not, and how many takes nobody has looked at."""
        self._total, self._unseen = total, unseen
        self._show_table_or_sentence()

    def _show_table_or_sentence(self) -> None:
        if self.table.row_count or not self.table.is_filled:
            self.setCurrentWidget(self.table)
        else:
            self._show_sentence()
            self.setCurrentWidget(self.empty)

    def _show_sentence(self) -> None:
        listing = self.table.listing
        self.empty.show_sentence(
            empty_state(
                accounts=self._accounts,
                tasks=self._total,
                filtered=bool(listing.terms),
                view=listing.scope.view,
                unseen=self._unseen,
            )
        )
