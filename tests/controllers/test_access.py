"""What a screen reader meets: roles, an order to read in, and never markup."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from rushes.controllers.main_controller import MainController
from rushes.core.account import Service
from rushes.store import tables
from rushes.ui.accounts.welcome import Card, Welcome
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK

Work = Callable[[MainController], Awaitable[None]]
_TEXTS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Help)


@pytest.fixture
def at_desk(drive: Drive[Any], qtbot: QtBot, base_dir: Path) -> Callable[[Work], None]:
    windows = Windows(drive, qtbot)

    async def use(work: Work) -> None:
        async with windows.desk(base_dir) as desk:
            await work(desk)

    return lambda work: windows.drive(use(work))


def below(node: QAccessibleInterface | None) -> Iterator[QAccessibleInterface]:
    if node is None or not node.isValid():
        return
    yield node
    for index in range(min(node.childCount(), 300)):
        yield from below(node.child(index))


def accessible(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


async def filled(desk: MainController) -> None:
    await desk.backend.store.write(tables.put_account, ARK)
    await desk.reload_accounts()
    await desk.add(ARK.id, ["cgt-1", "cgt-2 <b>&"])
    await until(lambda: desk.window.table.row_count == 2)


def test_that_no_text_for_a_screen_reader_holds_markup(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        await filled(desk)
        window, count = desk.window, 0
        _ = window.content.gallery, window.content.usage
        for command in ("", "settings", "shortcuts", "accounts", "add_account"):
            if command:
                window.commands[command].trigger()
            for node in below(accessible(window)):
                count += 1
                for which in _TEXTS:
                    text = node.text(which)
                    assert "<qt>" not in text, (which, text)
                    assert "<br>" not in text, (which, text)
                    assert "&lt;" not in text, (which, text)
            for dialog in window.findChildren(QDialog):
                if dialog.isVisible():
                    dialog.reject()
        assert count > 300

    at_desk(work)


def test_that_the_window_is_read_from_sidebar_to_list_to_details(
    at_desk: Callable[[Work], None],
) -> None:
    async def work(desk: MainController) -> None:
        await filled(desk)
        panes = accessible(desk.window.panes)
        names = [node.text(QAccessible.Text.Name) for node in below(panes)]
        at = [names.index(name) for name in ("Views and accounts", "Tasks", "Details")]
        assert at == sorted(at), at
        desk.window.activateWindow()
        desk.window.sidebar.setFocus()
        await until(desk.window.sidebar.hasFocus)
        order, ring = [], (desk.window.sidebar, desk.window.content, desk.inspector)
        for _ in range(60):
            focus = QApplication.focusWidget()
            pane = next((p for p in ring if p is focus or (focus and p.isAncestorOf(focus))), None)
            if pane is not None and pane not in order:
                order.append(pane)
            desk.window.focusNextChild()
        assert order == list(ring)

    at_desk(work)


def test_that_cards_of_services_are_radio_buttons(at_desk: Callable[[Work], None]) -> None:
    async def work(desk: MainController) -> None:
        desk.window.commands["add_account"].trigger()
        (dialog,) = desk.window.findChildren(Welcome)
        cards = dialog.findChildren(Card)
        assert len(cards) == len(Service)
        for card in cards:
            node = accessible(card)
            assert node.role() is QAccessible.Role.RadioButton
            assert node.text(QAccessible.Text.Name)
        cards[3].click()
        assert [card.isChecked() for card in cards].index(True) == 3
        assert dialog.service_page.service is cards[3].service
        edge = cards[5].rect().bottomRight()
        assert cards[5].hitButton(edge)
        dialog.reject()

    at_desk(work)
