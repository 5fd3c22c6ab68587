"""The strip that asks before task ids are added: which of them, and whose they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account
from rushes.presentation.incoming import account_label, left_out_words
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Elided, IconLabel, line, push_button

if TYPE_CHECKING:
    from rushes.core.task_ids import Found, LeftOut
    from rushes.ui.window.found_list import FoundList

_BY_LINE = "by line"  # not all are the same account's


class AddStrip(QFrame):
    """First a field to type or paste into, then the ids that were found and whose they are.

    Signals:
        text_given: what was typed, to be searched for ids.
        add_confirmed: (account id, list of `Found`).
        left: the strip has gone; the focus goes back to the list.
    """

    text_given = Signal(object)  # a string; Qt would make another of it, twice
    add_confirmed = Signal(str, list)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("addStrip")
        self._accounts: tuple[Account, ...] = ()
        self._told = plain.label()
        self._entry = QLineEdit()
        self._entry.setPlaceholderText(tr("Task IDs, JSON, curl commands, logs or URLs"))
        plain.name(self._entry, tr("Task IDs to add"))
        self._entry.returnPressed.connect(self._search)
        self._whose = plain.label(tr("Account:"))
        self._account = QComboBox()
        self._account.setMinimumHeight(theme.TARGET)
        self._account.setMinimumWidth(150)
        self._account.setMaximumWidth(260)
        self._account.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._account.setPlaceholderText(tr("Choose…"))
        plain.name(self._account, tr("Account of these tasks"))
        plain.name(self._account.view(), tr("Accounts"))
        self._account.activated.connect(lambda _: self._give_all())
        self._hint = Elided("", Qt.TextElideMode.ElideRight)
        self._hint.setProperty("role", "warning")
        self._find = push_button(tr("Find IDs"), self._search, look="primary")
        self._add = push_button(tr("Add"), self._confirm, look="primary")
        self._cancel = push_button(tr("Cancel"), self.leave)
        self._doubt = line("", "warning")
        self._doubt.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._no_doubt = push_button(tr("They are task IDs"), self._trust)
        self._left_out = line("", "warning")
        self._lay_out()
        self._asking = (self._told, self._whose, self._account, self._hint, self._add)
        self.hide()

    def _lay_out(self) -> None:
        row, doubt, box = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(IconLabel("inbox", "accent"))
        for widget in (self._told, self._entry, self._whose, self._account, self._hint):
            row.addWidget(widget, 1 if widget in (self._entry, self._hint) else 0)
        row.addStretch(0)
        for button in (self._find, self._add, self._cancel):
            row.addWidget(button)
        doubt.addWidget(self._doubt, 1)
        doubt.addWidget(self._no_doubt)
        for part in (row, doubt):
            part.setSpacing(theme.SMALL)
        box.setContentsMargins(theme.MEDIUM, theme.TINY + 2, theme.MEDIUM, theme.TINY + 2)
        box.setSpacing(theme.TINY)
        box.addLayout(row)
        box.addLayout(doubt)
        box.addWidget(self._left_out)

    @cached_property
    def _list(self) -> "FoundList":
        """Loaded and made when it is needed first: most starts do without."""
        from rushes.ui.window.found_list import FoundList

        made = FoundList()
        made.found.set_accounts(self._accounts)
        made.found.chosen.connect(self._ready)
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.insertWidget(1, made)
        return made

    @property
    def _has_list(self) -> bool:
        return "_list" in vars(self)

    @property
    def _ids(self) -> list[str]:
        """What is offered now."""
        return [each.id for each in self._list.found.found] if self._has_list else []

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        if self._has_list:
            self._list.found.set_accounts(accounts)
            self._ready()

    def ask_for_text(self) -> None:
        """Show the field to type into."""
        self._entry.clear()
        self._show_parts(asking=False)
        self._entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask(
        self,
        found: "Sequence[Found]",
        already: int,
        whose: Mapping[str, str | None],
        left_out: "Sequence[LeftOut]" = (),
        *,
        takes_focus: bool = True,
    ) -> None:
        """Say what was found and ask which are added, and for which account.

        Args:
            found: The ids that are not in the list, as they are to be shown.
            already: How many others were found that are.
            whose: The account of each id, as far as that can be told; where it cannot, the user
                must choose. One account alone is no question.
            left_out: What looked like ids and is none.
            takes_focus: False: nobody asked for this; the user is busy elsewhere.
        """
        if len(self._accounts) == 1:
            whose = dict.fromkeys((each.id for each in found), self._accounts[0].id)
        text = tr("%n task ID(s) found", None, len(found) + already)
        if already:
            text = tr("{found} ({already} already here).", found=text, already=already)
        else:
            text += "."
        plain.set_text(self._told, text)
        self._list.show_found(found, whose)
        self._list.set_many_accounts(many=len(self._accounts) > 1)
        plain.set_text(self._left_out, left_out_words(left_out))
        unsure = sum(each.maybe_key for each in found)
        plain.set_text(
            self._doubt, tr("%n of these could be keys. Task IDs, or keys?", None, unsure)
        )
        for part in (self._doubt, self._no_doubt):
            part.setVisible(unsure > 0)
        self._left_out.setVisible(bool(left_out))
        self._show_parts(asking=True)
        self._ready()
        if takes_focus:
            self._first_question().setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        if self._has_list:
            self._list.show_found((), {})
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._add.isEnabled():
                self._confirm()
            case _:
                super().keyPressEvent(event)

    def _first_question(self) -> QWidget:
        if self._add.isEnabled():
            return self._add
        return self._account if self._list.found.count else self._no_doubt

    def _show_parts(self, *, asking: bool) -> None:
        for part in self._asking:
            part.setVisible(asking)
        if asking or self._has_list:
            self._list.setVisible(asking)
        if not asking:
            for part in (self._doubt, self._no_doubt, self._left_out):
                part.hide()
        self._entry.setVisible(not asking)
        self._find.setVisible(not asking)
        self.show()

    def _ready(self) -> None:
        """Bring the list of accounts and the button up to date with the rows."""
        model = self._list.found
        count = model.count
        plain.set_text(self._add, tr("Add {count}", count=count))
        plain.name(self._add, tr("Add {count}", count=count))
        self._add.setEnabled(count > 0 and model.is_answered)
        self._hint.show_text("" if model.is_answered else tr("Several accounts fit: choose one."))
        owners = set(model.whose)
        self._account.clear()
        for account in self._accounts:
            self._account.addItem(account_label(account), account.id)
        if len(owners) > 1 and None not in owners:
            self._account.insertItem(0, self._divided(), _BY_LINE)
            self._account.setCurrentIndex(0)
        else:
            owner = owners.pop() if len(owners) == 1 else None
            self._account.setCurrentIndex(self._account.findData(owner) if owner else -1)

    def _give_all(self) -> None:
        account = self._account.currentData()
        if account and account != _BY_LINE:
            self._list.found.give(range(len(self._ids)), account)

    def _trust(self) -> None:
        """What could be keys are task ids: the question is answered."""
        found = self._list.found.found
        self._doubt.hide()
        self._no_doubt.hide()
        self._list.found.turn([row for row, each in enumerate(found) if each.maybe_key], on=True)
        self._first_question().setFocus(Qt.FocusReason.OtherFocusReason)

    def _search(self) -> None:
        if text := self._entry.text().strip():
            self.text_given.emit(text)

    def _confirm(self) -> None:
        shares = self._list.found.wanted()
        self.leave()
        for whose, theirs in shares.items():
            self.add_confirmed.emit(whose, theirs)

    def _divided(self) -> str:
        """ "Each its own: 3 Ark, 2 Rong"."""
        counts = Counter(self._list.found.whose)
        names = {account.id: plain.one_line(account.name, 24) for account in self._accounts}
        shares = ", ".join(f"{count} {names[id_]}" for id_, count in counts.most_common() if id_)
        return tr("Each its own: {accounts}", accounts=shares)
