"""The middle of the window: the table, or what to do when it has no row."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget

from rushes.core.account import Account
from rushes.core.listing import Scope, Term
from rushes.presentation.overview import empty_state
from rushes.ui.list.empty_page import EmptyPage
from rushes.ui.list.task_table import TaskTable


class TaskPane(QStackedWidget):
    """Attributes:
    empty: What stands there when there is no row.
    """

    def __init__(self, now: float) -> None:
        super().__init__()
        self.table = TaskTable(now)
        self.empty = EmptyPage()
        self._accounts: tuple[Account, ...] = ()
        self._total = self._unseen = 0
        self.addWidget(self.table)
        self.addWidget(self.empty)
        self.table.rows_changed.connect(self._turn)
        self._say()

    @property
    def is_empty(self) -> bool:
        return self.currentWidget() is self.empty

    @property
    def empty_text(self) -> str:
        return self.empty.text if self.is_empty else ""

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        self.table.set_accounts(accounts)
        self._turn()

    def set_scope(self, scope: Scope) -> None:
        self.table.set_scope(scope)

    def set_search(self, terms: tuple[Term, ...]) -> None:
        self.table.set_search(terms)

    def set_total(self, total: int, unseen: int = 0) -> None:
        """How many tasks there are, shown or not, and how many takes nobody has looked at."""
        self._total, self._unseen = total, unseen
        self._turn()

    def _turn(self) -> None:
        if self.table.row_count or not self.table.is_filled:
            self.setCurrentWidget(self.table)
        else:
            self._say()
            self.setCurrentWidget(self.empty)

    def _say(self) -> None:
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
