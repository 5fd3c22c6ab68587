"""The user's own prices in the settings: typed, chosen, refused in one sentence, dated."""

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialogButtonBox, QTableWidget
from pytestqt.qtbot import QtBot

from rushes.core.account import OwnPrice, PriceUnit, Service
from rushes.core.settings import Settings
from rushes.ui.settings.settings_dialog import SettingsDialog
from rushes.ui.settings.tables import OwnPrices
from tests.ui.takes import ARK, RONG

OLD = OwnPrice(
    model="seedance-2-0", amount=1.25, currency="CNY", unit=PriceUnit.TAKE, as_of="2026-01-02"
)
ACCOUNTS = (replace(ARK, prices=(OLD,)), RONG)
MODELS = ("kling-v2.1-master", "seedance-2-0")


@pytest.fixture
def dialog(qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(Settings(), accounts=ACCOUNTS, models=MODELS)
    qtbot.addWidget(made)
    made.show()
    return made


def table_in(dialog: SettingsDialog) -> QTableWidget:
    (prices,) = dialog.findChildren(OwnPrices)
    (table,) = prices.findChildren(QTableWidget)
    return table


def write(dialog: SettingsDialog, row: int, *texts: str) -> None:
    """Account, model, price, currency, unit."""
    for column, text in enumerate(texts):
        cell = table_in(dialog).item(row, column)
        assert cell is not None
        cell.setText(text)


def press(dialog: SettingsDialog, name: str) -> None:
    (button,) = [b for b in dialog.findChildren(QAbstractButton) if b.accessibleName() == name]
    assert button.isEnabled()
    button.click()


def ok(dialog: SettingsDialog) -> QAbstractButton:
    (buttons,) = dialog.findChildren(QDialogButtonBox)
    return buttons.button(QDialogButtonBox.StandardButton.Ok)


def test_that_only_changed_accounts_are_told_and_new_prices_are_of_today(
    dialog: SettingsDialog, qtbot: QtBot
) -> None:
    press(dialog, "Add a price")
    write(dialog, 1, RONG.name, "kling", "0,5", "usd", "second")
    with qtbot.waitSignal(dialog.prices_changed) as told:
        ok(dialog).click()
    today = datetime.now().astimezone().date().isoformat()
    assert told.args == [
        {
            RONG.id: (
                OwnPrice(
                    model="kling",
                    amount=0.5,
                    currency="USD",
                    unit=PriceUnit.SECOND,
                    as_of=today,
                ),
            )
        }
    ]


def test_that_a_price_keeps_its_day_while_another_one_goes(dialog: SettingsDialog) -> None:
    (prices,) = dialog.findChildren(OwnPrices)
    press(dialog, "Add a price")
    assert prices.changes() == {}  # a row with nothing in it is none
    write(dialog, 1, ARK.name, "", "3")
    changed = prices.changes()[ARK.id]
    assert changed[0] == OLD
    assert (changed[1].model, changed[1].amount) == ("", 3.0)
    table_in(dialog).selectRow(0)
    press(dialog, "Remove the price")
    table_in(dialog).selectRow(0)
    press(dialog, "Remove the price")
    assert prices.changes() == {ARK.id: ()}


def test_that_list_prices_are_shown_below_dated_and_cannot_be_edited(
    dialog: SettingsDialog,
) -> None:
    table = table_in(dialog)
    listed = {
        tuple(table.model().index(row, column).data() for column in range(6))
        for row in range(1, table.rowCount())
    }
    assert (
        *(ARK.name, "seedance-1-5-pro · without sound", "8", "CNY", "million tokens"),
        "list price of 2025-12-15",
    ) in listed
    assert not any(RONG.name in texts for texts in listed)  # it has no price list
    cell = table.item(1, 2)
    assert cell is not None
    assert not cell.flags() & Qt.ItemFlag.ItemIsEditable
    table.selectRow(1)
    (remove,) = [
        b for b in dialog.findChildren(QAbstractButton) if b.accessibleName() == "Remove the price"
    ]
    assert not remove.isEnabled()
    (prices,) = dialog.findChildren(OwnPrices)
    assert prices.changes() == {}


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ((ARK.name, "m", "much", "CNY"), "not “much”"),
        ((ARK.name, "m", "-1", "CNY"), "not “-1”"),
        ((ARK.name, "m", "1e99", "CNY"), "A price is a number"),
        ((ARK.name, "m", "nan", "CNY"), "A price is a number"),
        ((ARK.name, "m", "", "CNY"), "A price is a number"),
        ((ARK.name, "m", "1", "¥"), "three letters"),
    ],
)
def test_that_what_is_no_price_is_refused(
    dialog: SettingsDialog, texts: tuple[str, ...], why: str
) -> None:
    (prices,) = dialog.findChildren(OwnPrices)
    press(dialog, "Add a price")
    write(dialog, 1, *texts)
    assert why in prices.problem()
    assert not ok(dialog).isEnabled()
    write(dialog, 1, ARK.name, "m", "1", "CNY")
    assert ok(dialog).isEnabled()


def test_that_account_model_and_unit_are_chosen_by_the_keyboard(dialog: SettingsDialog) -> None:
    table = table_in(dialog)
    (prices,) = dialog.findChildren(OwnPrices)
    for column, name in ((0, "Account"), (1, "Model"), (4, "Per")):
        table.setFocus()
        table.setCurrentCell(0, column)
        QTest.keyClick(table, Qt.Key.Key_F2)
        (box,) = table.findChildren(QComboBox)
        assert box.accessibleName() == name
        QTest.keyClick(box, Qt.Key.Key_Up if column == 1 else Qt.Key.Key_Down)
        QTest.keyClick(box, Qt.Key.Key_Return)
        QTest.qWait(0)
    changed = prices.changes()
    assert changed[ARK.id] == ()
    ((price,)) = changed[RONG.id]
    assert price.model in MODELS


def test_that_the_currency_offered_is_that_of_the_service(qtbot: QtBot) -> None:
    abroad = replace(ARK, service=Service.BYTEPLUS_AP)
    for account, currency in ((abroad, "USD"), (ARK, "CNY")):
        made = SettingsDialog(Settings(), accounts=(account,))
        qtbot.addWidget(made)
        press(made, "Add a price")
        write(made, 0, account.name, "", "1")
        (prices,) = made.findChildren(OwnPrices)
        assert prices.changes()[account.id][0].currency == currency
