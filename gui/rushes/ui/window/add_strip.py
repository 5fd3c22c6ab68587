"""The strip that asks before task ids are added: which of them, and whose they are."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account
from rushes.core.short_ids import distinctive
from rushes.presentation.incoming import (
    account_label,
    left_out_words,
    prompt_info_line,
    prompt_info_text,
)
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import Elided, IconLabel, line, push_button

if TYPE_CHECKING:
    from rushes.core.task_ids import Found

ID, SAID, ACCOUNT = range(3)
_ROWS_SHOWN = 6
_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_Mode = QHeaderView.ResizeMode
_On, _Off = Qt.CheckState.Checked, Qt.CheckState.Unchecked


if TYPE_CHECKING:
    from rushes.core.task_ids import Found, LeftOut

_BY_LINE = "by line"  # not all are the same account's


class FoundModel(QAbstractTableModel):
    """Signals:
    chosen: which are added, or whose they are, was changed.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.found: Sequence[Found] = ()
        self.whose: list[str | None] = []
        self._is_on: list[bool] = []
        self._accounts: dict[str, str] = {}  # id → name as shown

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = {account.id: account_label(account) for account in accounts}
        self.whose = [each if each in self._accounts else None for each in self.whose]
        self._changed(0, len(self.found) - 1)

    def show(self, found: "Sequence[Found]", whose: Mapping[str, str | None]) -> None:
        """`whose` by id; one that is not in there belongs to nobody known. What could be a key
        is not added unless the user says so."""
        self.beginResetModel()
        self.found = found
        self.whose = [whose.get(each.id) for each in found]
        self._is_on = [not each.maybe_key for each in found]
        self.endResetModel()

    def wanted(self) -> dict[str, "list[Found]"]:
        """What is to be added, by account; those that have none are not among them."""
        shares: dict[str, list[Found]] = {}
        for each, account, is_on in zip(self.found, self.whose, self._is_on, strict=True):
            if is_on and account is not None:
                shares.setdefault(account, []).append(each)
        return shares

    def owners(self) -> dict[str, str | None]:
        """The account of each id."""
        return {each.id: whose for each, whose in zip(self.found, self.whose, strict=True)}

    def checked(self) -> dict[str, bool]:
        """Whether each id is to be added."""
        return {each.id: is_on for each, is_on in zip(self.found, self._is_on, strict=True)}

    @property
    def count(self) -> int:
        """How many are to be added."""
        return sum(self._is_on)

    @property
    def is_answered(self) -> bool:
        """Whether everything that is to be added has an account."""
        return all(a is not None for a, on in zip(self.whose, self._is_on, strict=True) if on)

    def turn(self, rows: Sequence[int], *, on: bool) -> None:
        for row in rows:
            self._is_on[row] = on
        self._changed(min(rows, default=0), max(rows, default=-1))

    def is_on(self, row: int) -> bool:
        return self._is_on[row]

    def give(self, rows: Sequence[int], account: str) -> None:
        """Have these rows belong to an account."""
        for row in rows:
            self.whose[row] = account
        self._changed(min(rows, default=0), max(rows, default=-1))

    def _changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, ACCOUNT))
            self.chosen.emit()

    # --- for the view ---------------------------------------------------------------------

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.found)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else 3

    def flags(self, index: _Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        match index.column():
            case 0:
                return usual | Qt.ItemFlag.ItemIsUserCheckable
            case 2:
                return usual | Qt.ItemFlag.ItemIsEditable
            case _:
                return usual

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        each = self.found[row]
        if column == ID:
            match role:
                case _Role.DisplayRole:
                    return plain.one_line(distinctive(each.id), 200)
                case _Role.CheckStateRole:
                    return _On if self._is_on[row] else _Off
                case _Role.ToolTipRole:
                    return plain.rich_free(each.id)
                case _Role.AccessibleTextRole:
                    said, whose = prompt_info_line(each.said), self._account(row)
                    return ", ".join(filter(None, (plain.one_line(each.id), said, whose)))
        elif column == SAID and role == _Role.DisplayRole:
            return prompt_info_line(each.said)
        elif column == SAID and role == _Role.ToolTipRole:
            return plain.rich_free(prompt_info_text(each.said))
        elif column == ACCOUNT:
            match role:
                case _Role.DisplayRole:
                    return f"{self._account(row)} ▾"  # it can be changed
                case _Role.AccessibleTextRole:
                    return self._account(row)
                case _Role.ToolTipRole:
                    return plain.rich_free(self._account(row))
                case _Role.EditRole:
                    return self.whose[row]
                case _Role.ForegroundRole if self.whose[row] is None and self._is_on[row]:
                    return theme.ink("amber")
        return None

    def setData(self, index: _Index, value: Any, role: int = _Role.EditRole) -> bool:
        if role == _Role.CheckStateRole and index.column() == ID:
            self.turn([index.row()], on=Qt.CheckState(value) == _On)
            return True
        return False

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole:
            return (tr("Task ID"), tr("What stands beside it"), tr("Account"))[section]
        return None

    def _account(self, row: int) -> str:
        account = self.whose[row]
        return tr("Choose…") if account is None else self._accounts.get(account, "")

    @property
    def accounts(self) -> dict[str, str]:
        return self._accounts


class FoundList(QTableView):
    """Space leaves the selected rows out or takes them in; F2 or a click chooses their account."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("foundList")
        self._found = FoundModel()
        self.setModel(self._found)
        plain.name(
            self,
            tr("Task IDs found"),
            tr("Space leaves the selected ones out. F2 chooses their account."),
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegateForColumn(ACCOUNT, _AccountDelegate(self))
        head, side = self.horizontalHeader(), self.verticalHeader()
        head.hide()
        side.hide()
        side.setSectionResizeMode(_Mode.Fixed)
        side.setDefaultSectionSize(theme.TARGET)
        head.setSectionResizeMode(ACCOUNT, _Mode.Fixed)
        head.resizeSection(ACCOUNT, 190)
        self.clicked.connect(self._clicked)

    @property
    def found(self) -> FoundModel:
        return self._found

    def set_many_accounts(self, *, many: bool) -> None:
        """One account alone is not worth a column."""
        self.setColumnHidden(ACCOUNT, not many)

    def show_found(self, found: "Sequence[Found]", whose: Mapping[str, str | None]) -> None:
        self._found.show(found, whose)
        rows = min(max(len(found), 1), _ROWS_SHOWN)
        self.setFixedHeight(rows * theme.TARGET + 2 * self.frameWidth())
        # What there is gets the room: a prompt, or else the id.
        has_words = any(each.said for each in found)
        head, wide, narrow = self.horizontalHeader(), _Mode.Stretch, _Mode.Fixed
        self.setColumnHidden(SAID, not has_words)
        head.setSectionResizeMode(SAID, wide if has_words else narrow)
        head.setSectionResizeMode(ID, narrow if has_words else wide)
        if has_words:
            head.resizeSection(ID, 270)
        if found:
            self.setCurrentIndex(self._found.index(0, ID))
            self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = self._rows()
        if event.key() == Qt.Key.Key_Space and rows:
            self._found.turn(rows, on=not all(map(self._found.is_on, rows)))
        elif event.key() == Qt.Key.Key_F2 and rows:
            self._choose(rows[0])
        else:
            super().keyPressEvent(event)

    def _rows(self) -> list[int]:
        """The selected rows, else the current one."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        current = self.currentIndex().row()
        return rows or ([current] if current >= 0 else [])

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == ACCOUNT:
            self._choose(index.row())

    def _choose(self, row: int) -> None:
        if self._found.accounts:
            self.edit(self._found.index(row, ACCOUNT))

    def give(self, row: int, account: str) -> None:
        """The account of a row; if it is among the selected ones, of all of them."""
        rows = self._rows()
        self._found.give(rows if row in rows else [row], account)


class _AccountDelegate(QStyledItemDelegate):
    """A list of accounts that opens over the cell."""

    def __init__(self, view: FoundList) -> None:
        super().__init__(view)
        self._view = view

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        del option
        box, row = QComboBox(parent), index.row()
        plain.name(box, tr("Account of this task"))
        plain.name(box.view(), tr("Accounts"))
        for id_, label in self._view.found.accounts.items():
            box.addItem(label, id_)
        box.setCurrentIndex(box.findData(index.data(_Role.EditRole)))
        box.setPlaceholderText(tr("Choose…"))
        box.activated.connect(lambda _: self._take(box, row))
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Nothing: what is chosen is taken at once, what is only looked at is not."""

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Nothing: it was filled when it was made."""

    def _take(self, box: QComboBox, row: int) -> None:
        account = box.currentData()
        self.closeEditor.emit(box)
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        if account:
            self._view.give(row, account)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Escape closes the list of accounts, not the strip."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.closeEditor.emit(watched)
            return True
        return super().eventFilter(watched, event)


class AddStrip(QFrame):
    """First a field to type or paste into, then the ids that were found and whose they are.

    Signals:
        text_given: what was typed, to be searched for ids.
        add_confirmed: (account id, list of `Found`).
        left: the strip has gone; the focus goes back to the list.

    Attributes:
        given_up: Called when so many ids were not added; the function asks about them again.
    """

    text_given = Signal(object)  # a string; Qt would make another of it, twice
    add_confirmed = Signal(str, list)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("addStrip")
        self.given_up: Callable[[int, Callable[[], None]], None] = lambda _count, _again: None
        self._accounts: tuple[Account, ...] = ()
        self._already = 0  # of what is asked now
        self._left_out: Sequence[LeftOut] = ()
        self.told = plain.label()
        self._entry = QLineEdit()
        self._entry.setPlaceholderText(tr("Task IDs, JSON, curl commands, logs or URLs"))
        plain.name(self._entry, tr("Task IDs to add"))
        self._entry.returnPressed.connect(self._search)
        self._whose = plain.label(tr("Account:"))
        self.account_choice = QComboBox()
        self.account_choice.setMinimumHeight(theme.TARGET)
        self.account_choice.setMinimumWidth(150)
        self.account_choice.setMaximumWidth(260)
        self.account_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.account_choice.setPlaceholderText(tr("Choose…"))
        plain.name(self.account_choice, tr("Account of these tasks"))
        plain.name(self.account_choice.view(), tr("Accounts"))
        self.account_choice.activated.connect(lambda _: self._give_all())
        self.hint = Elided("", Qt.TextElideMode.ElideRight)
        self.hint.setProperty("role", "warning")
        self._find = push_button(tr("Find IDs"), self._search, look="primary")
        self.add_button = push_button(tr("Add"), self._confirm, look="primary")
        self._cancel = push_button(tr("Cancel"), self.leave)
        self.doubt = line("", "warning")
        self.doubt.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.no_doubt = push_button(tr("They are task IDs"), self._trust)
        self.left_out = line("", "warning")
        self._lay_out()
        self._asking = (self.told, self._whose, self.account_choice, self.hint, self.add_button)
        self.hide()

    def _lay_out(self) -> None:
        row, doubt, box = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(IconLabel("inbox", "accent"))
        for widget in (self.told, self._entry, self._whose, self.account_choice, self.hint):
            row.addWidget(widget, 1 if widget in (self._entry, self.hint) else 0)
        row.addStretch(0)
        for button in (self._find, self.add_button, self._cancel):
            row.addWidget(button)
        doubt.addWidget(self.doubt, 1)
        doubt.addWidget(self.no_doubt)
        for part in (row, doubt):
            part.setSpacing(theme.SMALL)
        box.setContentsMargins(theme.MEDIUM, theme.TINY + 2, theme.MEDIUM, theme.TINY + 2)
        box.setSpacing(theme.TINY)
        box.addLayout(row)
        box.addLayout(doubt)
        box.addWidget(self.left_out)

    @cached_property
    def found_list(self) -> "FoundList":
        """Loaded and made when it is needed first: most starts do without."""
        from rushes.ui.window.add_strip import FoundList

        made = FoundList()
        made.found.set_accounts(self._accounts)
        made.found.chosen.connect(self._ready)
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.insertWidget(1, made)
        return made

    @property
    def _has_list(self) -> bool:
        return "found_list" in vars(self)

    @property
    def ids(self) -> list[str]:
        """What is offered now."""
        return [each.id for each in self.found_list.found.found] if self._has_list else []

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        self._accounts = tuple(accounts)
        if self._has_list:
            self.found_list.found.set_accounts(accounts)
            self._ready()

    def ask_for_text(self) -> None:
        """Show the field to type into."""
        self._give_up()
        self._empty()
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
        self._give_up({each.id for each in found})
        self._already, self._left_out = already, left_out
        if len(self._accounts) == 1:
            whose = dict.fromkeys((each.id for each in found), self._accounts[0].id)
        text = tr("%n task ID(s) found", None, len(found) + already)
        if already:
            text = tr("{found} ({already} already here).", found=text, already=already)
        else:
            text += "."
        plain.set_text(self.told, text)
        self.found_list.show_found(found, whose)
        self.found_list.set_many_accounts(many=len(self._accounts) > 1)
        plain.set_text(self.left_out, left_out_words(left_out))
        unsure = sum(each.maybe_key for each in found)
        plain.set_text(
            self.doubt, tr("%n of these could be keys. Task IDs, or keys?", None, unsure)
        )
        for part in (self.doubt, self.no_doubt):
            part.setVisible(unsure > 0)
        self.left_out.setVisible(bool(left_out))
        self._show_parts(asking=True)
        self._ready()
        if takes_focus:
            self._first_question().setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Add nothing."""
        self._give_up()
        self._close()

    def _close(self) -> None:
        self._empty()
        self.hide()
        self.left.emit()

    def _empty(self) -> None:
        if self._has_list:
            self.found_list.show_found((), {})

    def _give_up(self, asked_again: Collection[str] = ()) -> None:
        """Nobody answers the question that stands here: it can be put again."""
        if set(self.ids) <= set(asked_again):
            return
        model, already, left_out = self.found_list.found, self._already, self._left_out
        found, whose, are_on = model.found, model.owners(), model.checked()

        def ask_again() -> None:
            """Beside those that are asked about by now: they would be given up for it otherwise,
            and undoing would go to and fro between the two."""
            more = [each for each in model.found if each.id not in whose]
            owners, checked = model.owners() | whose, model.checked() | are_on
            here = {account.id for account in self._accounts}
            owners = {id_: account for id_, account in owners.items() if account in here}
            count = already + (self._already if more else 0)
            also = self._left_out if more else ()
            self.ask([*found, *more], count, owners, [*left_out, *also])
            for is_on in (True, False):
                rows = [n for n, each in enumerate(model.found) if checked[each.id] is is_on]
                model.turn(rows, on=is_on)

        self.given_up(len(found), ask_again)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.add_button.isEnabled():
                self._confirm()
            case _:
                super().keyPressEvent(event)

    def _first_question(self) -> QWidget:
        if self.add_button.isEnabled():
            return self.add_button
        return self.account_choice if self.found_list.found.count else self.no_doubt

    def _show_parts(self, *, asking: bool) -> None:
        for part in self._asking:
            part.setVisible(asking)
        if asking or self._has_list:
            self.found_list.setVisible(asking)
        if not asking:
            for part in (self.doubt, self.no_doubt, self.left_out):
                part.hide()
        self._entry.setVisible(not asking)
        self._find.setVisible(not asking)
        self.show()

    def _ready(self) -> None:
        """Bring the list of accounts and the button up to date with the rows."""
        model = self.found_list.found
        count = model.count
        plain.set_text(self.add_button, tr("Add {count}", count=count))
        plain.name(self.add_button, tr("Add {count}", count=count))
        self.add_button.setEnabled(count > 0 and model.is_answered)
        self.hint.show_text("" if model.is_answered else tr("Several accounts fit: choose one."))
        owners = set(model.whose)
        self.account_choice.clear()
        for account in self._accounts:
            self.account_choice.addItem(account_label(account), account.id)
        if len(owners) > 1 and None not in owners:
            self.account_choice.insertItem(0, self._divided(), _BY_LINE)
            self.account_choice.setCurrentIndex(0)
        else:
            owner = owners.pop() if len(owners) == 1 else None
            self.account_choice.setCurrentIndex(
                self.account_choice.findData(owner) if owner else -1
            )

    def _give_all(self) -> None:
        account = self.account_choice.currentData()
        if account and account != _BY_LINE:
            self.found_list.found.give(range(len(self.ids)), account)

    def _trust(self) -> None:
        """What could be keys are task ids: the question is answered."""
        found = self.found_list.found.found
        self.doubt.hide()
        self.no_doubt.hide()
        self.found_list.found.turn(
            [row for row, each in enumerate(found) if each.maybe_key], on=True
        )
        self._first_question().setFocus(Qt.FocusReason.OtherFocusReason)

    def _search(self) -> None:
        if text := self._entry.text().strip():
            self.text_given.emit(text)

    def _confirm(self) -> None:
        shares = self.found_list.found.wanted()
        self._close()
        for whose, theirs in shares.items():
            self.add_confirmed.emit(whose, theirs)

    def _divided(self) -> str:
        """ "Each its own: 3 Ark, 2 Rong"."""
        counts = Counter(self.found_list.found.whose)
        names = {account.id: plain.one_line(account.name, 24) for account in self._accounts}
        shares = ", ".join(f"{count} {names[id_]}" for id_, count in counts.most_common() if id_)
        return tr("Each its own: {accounts}", accounts=shares)
