"""The two tables of the settings: rules for folders, where the first that holds counts, and what
the user pays for a model at an account.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rushes.core.account import Account, OwnPrice, PriceUnit
from rushes.core.price import Price, currency_of, list_prices
from rushes.core.settings import MOST_RULES, FolderRule
from rushes.presentation import folder_rules
from rushes.presentation.text import tr
from rushes.ui.widgets import plain, theme
from rushes.ui.widgets.basics import icon_button, line, styled

_CONDITION, _FOLDER = range(2)
_ACCOUNT, _MODEL, _AMOUNT, _CURRENCY, _UNIT, _SOURCE = range(6)
_WIDE = 760  # pixels
_MOST = 200
#: Money is counted in whole billionths in 64 bits: a price beyond this is a slip of the keys.
_HIGHEST = 1e6

Prices = Mapping[str, tuple[OwnPrice, ...]]


class FolderRules(QWidget):
    """Signals:
    changed: a rule was added, removed, moved or typed.
    """

    changed = Signal()

    def __init__(self, rules: Sequence[FolderRule]) -> None:
        super().__init__()
        self._table = _table()
        for rule in rules:
            self._append(rule)
        self._add = icon_button("add", tr("Add a rule"), self._add_rule)
        self._choose = icon_button("folder", tr("Choose the folder of the rule"), self._ask)
        self._up = icon_button("chevron-up", tr("Move the rule up"), lambda: self._move(-1))
        self._down = icon_button("chevron-down", tr("Move the rule down"), lambda: self._move(1))
        self._remove = icon_button("remove", tr("Remove the rule"), self._remove_rule)
        self.setFocusProxy(self._table)
        self._told = line("", "caption")
        buttons = (self._add, self._choose, self._up, self._down, self._remove)
        _lay_out(self, self._table, self._told, buttons)
        self._table.itemChanged.connect(lambda _: self._changed())
        self._table.itemSelectionChanged.connect(self._offer)
        self._offer()
        self._show_problem_or_hint()

    def chosen(self) -> tuple[FolderRule, ...]:
        """The rules as they stand now; see `problem`. A row without any word is none."""
        rows = (self._rule(row) for row in range(self._table.rowCount()))
        return tuple(rule for rule in rows if rule.condition or rule.folder)

    def problem(self) -> str:
        """Why they cannot be used, in one sentence; "" when they can."""
        return next(filter(None, map(folder_rules.problem, self.chosen())), "")

    # --- inside ---------------------------------------------------------------------------

    def _changed(self) -> None:
        self._show_problem_or_hint()
        self.changed.emit()

    def _show_problem_or_hint(self) -> None:
        """What the rules do, or what is wrong with one of them."""
        problem = self.problem()
        rest = tr("The first rule that holds chooses the folder. What is saved is not moved.")
        styled(self._told, "error" if problem else "caption")
        plain.set_text(self._told, problem or rest)

    def _rule(self, row: int) -> FolderRule:
        cells = (self._table.item(row, column) for column in (_CONDITION, _FOLDER))
        condition, folder = (cell.text().strip() if cell else "" for cell in cells)
        return FolderRule(condition=condition, folder=folder)

    def _append(self, rule: FolderRule) -> None:
        row = self._table.rowCount()
        self._table.insertRow(row)
        self._put(row, rule)

    def _put(self, row: int, rule: FolderRule) -> None:
        self._table.setItem(row, _CONDITION, QTableWidgetItem(rule.condition))
        self._table.setItem(row, _FOLDER, QTableWidgetItem(rule.folder))

    def _current(self) -> int:
        """The selected row, or -1."""
        return self._table.currentRow() if self._table.selectedItems() else -1

    def _offer(self) -> None:
        row, last = self._current(), self._table.rowCount() - 1
        self._add.setEnabled(last + 1 < MOST_RULES)
        for button, is_on in (
            (self._choose, row >= 0),
            (self._remove, row >= 0),
            (self._up, row > 0),
            (self._down, 0 <= row < last),
        ):
            button.setEnabled(is_on)

    def _add_rule(self) -> None:
        self._append(FolderRule(condition="", folder=""))
        row = self._table.rowCount() - 1
        self._table.setCurrentCell(row, _CONDITION)
        self._offer()
        self._table.edit(self._table.currentIndex())

    def _remove_rule(self) -> None:
        self._table.removeRow(self._current())
        self._offer()
        self._changed()

    def _move(self, by: int) -> None:
        row = self._current()
        one, other = self._rule(row), self._rule(row + by)
        self._put(row, other)
        self._put(row + by, one)
        self._table.setCurrentCell(row + by, _CONDITION)
        self._offer()

    def _ask(self) -> None:
        row = self._current()
        dialog = QFileDialog(self.window(), tr("Folder of the rule"), self._rule(row).folder)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(
            lambda path: self._table.setItem(row, _FOLDER, QTableWidgetItem(path))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _table() -> QTableWidget:
    made = _plain_table(tr("Rules for folders"), [tr("Condition (search syntax)"), tr("Folder")], 3)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return made


class OwnPrices(QWidget):
    """A table of one price a row; the first that fits a take counts. Below the user's own stand
    the list prices, which are for reading.

    Signals:
        changed: a price was added, removed or typed.
    """

    changed = Signal()

    def __init__(self, accounts: Sequence[Account], models: Sequence[str]) -> None:
        """`models`: short names to choose from; others can be typed."""
        super().__init__()
        self._accounts = tuple(accounts)
        self._before = {each.id: each.prices for each in accounts}
        self._units = {
            PriceUnit.MILLION_TOKENS: tr("million tokens"),
            PriceUnit.SECOND: tr("second"),
            PriceUnit.TAKE: tr("take"),
        }
        self._table = self._made_table(models)
        self._own = 0  # so many rows, above the list prices
        for account in accounts:
            for price in account.prices:
                self._add_row(account, price)
        for account in accounts:
            for listed in list_prices(account.service):
                self._put(self._table.rowCount(), _listed_texts(account, listed), is_own=False)
        self._add = icon_button("add", tr("Add a price"), self._add_price)
        self._remove = icon_button("remove", tr("Remove the price"), self._remove_price)
        self.setFocusProxy(self._table)
        self._told = line("", "caption")
        _lay_out(self, self._table, self._told, (self._add, self._remove))
        self._table.itemChanged.connect(lambda _: self._changed())
        self._table.itemSelectionChanged.connect(self._offer)
        self._offer()
        self._show_problem_or_hint()

    def changes(self) -> Prices:
        """The prices of the accounts where they are other ones now, by the account's id; see
        `problem`. What is typed anew is of today."""
        today = datetime.now().astimezone().date().isoformat()
        now: dict[str, list[OwnPrice]] = {account.id: [] for account in self._accounts}
        for account, price in filter(None, map(self._read, range(self._own))):
            entered = (p for p in self._before[account.id] if replace(p, as_of="") == price)
            now[account.id].append(next(entered, replace(price, as_of=today)))
        return {id_: tuple(them) for id_, them in now.items() if tuple(them) != self._before[id_]}

    def problem(self) -> str:
        """Why they cannot be used, in one sentence; "" when they can."""
        for row in range(self._own):
            try:
                self._read(row)
            except ValueError as e:
                return str(e)
        return ""

    # --- inside ---------------------------------------------------------------------------

    def _text(self, row: int, column: int) -> str:
        item = self._table.item(row, column)
        return item.text().strip() if item else ""

    def _read(self, row: int) -> tuple[Account, OwnPrice] | None:
        """A row without model and price is none.

        Raises:
            ValueError: it cannot be used; the sentence says why.
        """
        model, typed = self._text(row, _MODEL), self._text(row, _AMOUNT)
        if not model and not typed:
            return None
        try:
            amount = float(typed.replace(",", "."))
        except ValueError:
            amount = math.nan
        if not 0 <= amount <= _HIGHEST:
            raise ValueError(tr("A price is a number such as 0.5, not “{price}”.", price=typed))
        currency = self._text(row, _CURRENCY).upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise ValueError(tr("A currency has three letters, such as CNY or USD."))
        account = next(a for a in self._accounts if a.name == self._text(row, _ACCOUNT))
        unit = next(u for u, word in self._units.items() if word == self._text(row, _UNIT))
        return account, OwnPrice(model=model, amount=amount, currency=currency, unit=unit)

    def _add_row(self, account: Account, price: OwnPrice | None) -> None:
        amount = f"{price.amount:.9f}".rstrip("0").rstrip(".") if price else ""
        texts = (
            account.name,
            price.model if price else "",
            amount,
            price.currency if price else currency_of(account.service) or "CNY",
            self._units[price.unit if price else PriceUnit.SECOND],
            tr("own, {date}", date=price.as_of) if price and price.as_of else tr("own"),
        )
        self._own += 1
        self._put(self._own - 1, texts, is_own=True)

    def _put(self, row: int, texts: Sequence[str], *, is_own: bool) -> None:
        self._table.insertRow(row)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column == _AMOUNT:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not is_own or column == _SOURCE:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if not is_own:
                item.setData(Qt.ItemDataRole.ToolTipRole, plain.rich_free(text))
                item.setForeground(QColor(theme.ink("muted")))
            self._table.setItem(row, column, item)

    def _changed(self) -> None:
        self._show_problem_or_hint()
        self.changed.emit()

    def _show_problem_or_hint(self) -> None:
        problem = self.problem()
        rest = tr(
            "A part of the model's name is enough; without one it is for every model there. The "
            "first that fits counts, also for takes that are in the list already."
        )
        styled(self._told, "error" if problem else "caption")
        plain.set_text(self._told, problem or rest)

    def _offer(self) -> None:
        self._add.setEnabled(self._own < _MOST)
        is_own = self._table.currentRow() < self._own
        self._remove.setEnabled(is_own and bool(self._table.selectedItems()))

    def _add_price(self) -> None:
        self._add_row(self._accounts[0], None)
        self._table.setCurrentCell(self._own - 1, _MODEL)
        self._offer()
        self._table.setFocus()

    def _remove_price(self) -> None:
        self._own -= 1
        self._table.removeRow(self._table.currentRow())
        self._offer()
        self._changed()

    def _made_table(self, models: Sequence[str]) -> QTableWidget:
        titles = (tr("Account"), tr("Model"), tr("Price"), tr("Currency"), tr("Per"), tr("Source"))
        made = _plain_table(tr("Own prices"), titles, 6)
        made.setObjectName("figures")
        made.setMinimumWidth(_WIDE)
        head = made.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (_AMOUNT, _CURRENCY, _UNIT, _SOURCE):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        amount = made.horizontalHeaderItem(_AMOUNT)
        assert amount is not None
        amount.setTextAlignment(Qt.AlignmentFlag.AlignRight)
        for column, words, is_free in (
            (_ACCOUNT, [account.name for account in self._accounts], False),
            (_MODEL, list(models), True),
            (_UNIT, list(self._units.values()), False),
        ):
            made.setItemDelegateForColumn(column, _Choices(made, titles[column], words, is_free))
        return made


def _listed_texts(account: Account, price: Price) -> Sequence[str]:
    """The cells of a list price."""
    sound = {True: tr("with sound"), False: tr("without sound"), None: ""}[price.audio]
    model = " · ".join(part for part in (price.model, price.resolution, sound) if part)
    source = tr("list price of {date}", date=price.as_of)
    amount = f"{price.per_million:g}"
    return account.name, model, amount, price.currency, tr("million tokens"), source


class _Choices(QStyledItemDelegate):
    """A cell that is chosen from some words; `is_free`: another one can be typed."""

    def __init__(self, parent: QWidget, name: str, words: Sequence[str], is_free: bool) -> None:
        super().__init__(parent)
        self._name, self._words, self._is_free = name, words, is_free

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        del option, index
        made = QComboBox(parent)
        made.setEditable(self._is_free)
        made.addItems([plain.one_line(word) for word in self._words])
        plain.name(made, self._name)
        plain.name(made.view(), self._name)
        made.activated.connect(lambda _: self.commitData.emit(made))
        return made

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(index.data())

    def setModelData(
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())


def _plain_table(name: str, titles: Sequence[str], rows: int) -> QTableWidget:
    """One whole row is selected; it is as high as `rows` rows."""
    made = QTableWidget(0, len(titles))
    plain.name(made, name)
    made.setHorizontalHeaderLabels(list(titles))
    head = made.horizontalHeader()
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    head.setHighlightSections(False)
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(theme.TARGET + theme.TINY)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setTabKeyNavigation(False)
    made.setCornerButtonEnabled(False)
    made.setWordWrap(False)
    made.setShowGrid(False)
    high = head.sizeHint().height() + rows * (theme.TARGET + theme.TINY)
    made.setFixedHeight(high + theme.SMALL)
    return made


def _lay_out(
    widget: QWidget, table: QTableWidget, told: QWidget, buttons: Sequence[QWidget]
) -> None:
    """Below the table stand what it says and its buttons."""
    foot = QHBoxLayout()
    foot.setSpacing(theme.TINY)
    foot.addWidget(told, 1, Qt.AlignmentFlag.AlignTop)
    for button in buttons:
        foot.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    box = QVBoxLayout(widget)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.TINY)
    box.addWidget(table)
    box.addLayout(foot)
