"""The ids that were found, one a row: whether it is added, what was said beside it, whose it is."""

from collections.abc import Mapping, Sequence
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
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from rushes.core.account import Account
from rushes.core.short_ids import distinctive
from rushes.presentation.incoming import account_label, said_line, said_whole
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme

if TYPE_CHECKING:
    from rushes.core.task_ids import Found

ID, SAID, ACCOUNT = range(3)
_ROWS_SHOWN = 6
_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_Mode = QHeaderView.ResizeMode
_On, _Off = Qt.CheckState.Checked, Qt.CheckState.Unchecked


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
                    said, whose = said_line(each.said), self._account(row)
                    return ", ".join(filter(None, (plain.one_line(each.id), said, whose)))
        elif column == SAID and role == _Role.DisplayRole:
            return said_line(each.said)
        elif column == SAID and role == _Role.ToolTipRole:
            return plain.rich_free(said_whole(each.said))
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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
