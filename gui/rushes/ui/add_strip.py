"""The strip that asks before task ids are added: how many, and whose they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QWidget

from rushes.core.account import Account
from rushes.presentation.text import tr
from rushes.ui import plain, theme
from rushes.ui.pieces import Elided, push_button
from rushes.ui.sign import Sign

if TYPE_CHECKING:
    from rushes.core.task_ids import Found

_BY_LINE = "by line"  # no account has such an id


class AddStrip(QFrame):
    """First a field to type or paste into, then the question whose ids these are.

    Signals:
        text_given: what was typed, to be searched for ids.
        add_confirmed: (account id, list of task ids).
        left: the strip has gone; the focus goes back to the list.
    """

    text_given = Signal(object)  # a string; Qt would make another of it, twice
    add_confirmed = Signal(str, list)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("addStrip")
        self._accounts: tuple[Account, ...] = ()
        self._ids: list[str] = []
        self._by_line: dict[str, str] = {}  # id → account
        self._found = plain.label()
        self._entry = QLineEdit()
        self._entry.setPlaceholderText(tr("Task IDs, JSON, curl commands, logs or URLs"))
        plain.name(self._entry, tr("Task IDs to add"))
        self._entry.returnPressed.connect(self._search)
        self._whose = plain.label(tr("Account:"))
        self._account = QComboBox()
        self._account.setMinimumHeight(theme.TARGET)
        self._account.setMinimumWidth(150)
        self._account.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        plain.name(self._account, tr("Account of these tasks"))
        plain.name(self._account.view(), tr("Accounts"))
        self._account.currentIndexChanged.connect(self._ready)
        self._hint = Elided("", Qt.TextElideMode.ElideRight)
        self._hint.setProperty("role", "warning")
        self._find = push_button(tr("Find IDs"), self._search, look="primary")
        self._add = push_button(tr("Add"), self._confirm, look="primary")
        self._cancel = push_button(tr("Cancel"), self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.MEDIUM, theme.TINY + 2, theme.MEDIUM, theme.TINY + 2)
        row.setSpacing(theme.SMALL)
        row.addWidget(Sign("inbox", "accent"))
        for widget in (self._found, self._entry, self._whose, self._account, self._hint):
            row.addWidget(widget, 1 if widget in (self._entry, self._hint) else 0)
        row.addStretch(0)
        for button in (self._find, self._add, self._cancel):
            row.addWidget(button)
        self._asking = (self._found, self._whose, self._account, self._hint, self._add)
        self.hide()

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        if not self.isHidden() and self._ids:
            self._offer(self._account.currentData())

    def ask_for_text(self) -> None:
        """Show the field to type into."""
        self._ids = []
        self._entry.clear()
        self._show_parts(asking=False)
        self._entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask_for_account(
        self,
        found: "Sequence[Found]",
        already: int,
        guess: str | None,
        by_line: Mapping[str, str] | None = None,
        *,
        takes_focus: bool = True,
    ) -> None:
        """Say what was found and ask whose it is.

        Args:
            found: The ids that are not in the list.
            already: How many others were found that are.
            guess: The account they seem to belong to; None: the user must choose.
            by_line: The account of each id where every one speaks for itself, but not all for
                the same.
            takes_focus: False: nobody asked for this; the user is busy elsewhere.
        """
        self._ids = [one.id for one in found]
        self._by_line = dict(by_line or {})
        text = tr("%n task ID(s) found", None, len(found) + already)
        new = len(found)
        if already:
            text = tr("{found} ({already} already here).", found=text, already=already)
        else:
            text += "."
        plain.set_text(self._found, text)
        plain.set_tooltip(self._found, "\n".join(self._ids[:20]))
        plain.set_text(self._add, tr("Add {count}", count=new))
        plain.name(self._add, tr("Add {count}", count=new))
        self._show_parts(asking=True)
        self._offer(guess)
        ready = self._add.isEnabled()
        if takes_focus:
            (self._add if ready else self._account).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        self._ids = []
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def _show_parts(self, *, asking: bool) -> None:
        for part in self._asking:
            part.setVisible(asking)
        self._entry.setVisible(not asking)
        self._find.setVisible(not asking)
        self.show()

    def _offer(self, guess: str | None) -> None:
        """Fill the list of accounts. One account alone is no question."""
        self._account.blockSignals(True)
        self._account.clear()
        for account in self._accounts:
            hint = f" (·{account.key_hint})" if account.key_hint else ""
            self._account.addItem(plain.one_line(account.name + hint, 60), account.id)
        if guess is None and len(self._accounts) == 1:
            guess = self._accounts[0].id
        if self._by_line:
            self._account.insertItem(0, self._divided(), _BY_LINE)
            guess = guess or _BY_LINE
        self._account.setCurrentIndex(self._account.findData(guess) if guess else -1)
        self._account.setPlaceholderText(tr("Choose…"))
        self._account.blockSignals(False)
        self._ready()

    def _ready(self) -> None:
        chosen = self._account.currentIndex() >= 0
        self._add.setEnabled(chosen and bool(self._ids))
        why = "" if chosen else tr("Several accounts fit: choose one.")
        self._hint.show_text(why)

    def _search(self) -> None:
        if text := self._entry.text().strip():
            self.text_given.emit(text)

    def _confirm(self) -> None:
        account, ids = self._account.currentData(), self._ids
        if not account or not ids:
            return
        shares = {account: ids}
        if account == _BY_LINE:
            shares = {}
            for id_ in ids:
                shares.setdefault(self._by_line[id_], []).append(id_)
        self.leave()
        for whose, theirs in shares.items():
            self.add_confirmed.emit(whose, theirs)

    def _divided(self) -> str:
        """ "Each its own: 3 Ark, 2 Rong"."""
        counts = Counter(self._by_line[id_] for id_ in self._ids)
        names = {account.id: plain.one_line(account.name, 24) for account in self._accounts}
        shares = ", ".join(f"{count} {names[id_]}" for id_, count in counts.most_common())
        return tr("Each its own: {accounts}", accounts=shares)
