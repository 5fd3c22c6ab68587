"""Fixtures of the window's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rushes.core.account import Account
from rushes.core.settings import Settings
from rushes.core.task import Diff, Task
from rushes.ui.widgets import theme
from tests.ui.listed import ListedTasks, ListedWindow
from tests.ui.takes import ARK, NOW, RONG
from tests.ui.windows import Fill, table_of


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Every widget looks as in the program, whichever test or font comes first."""
    theme.apply(qapp, "light")


@pytest.fixture
def fill(qtbot: QtBot, tmp_path: Path) -> Iterator[Fill]:
    """A shown window with these tasks and accounts."""
    windows: list[ListedWindow] = []

    def make(
        *tasks: Task, accounts: tuple[Account, ...] = (ARK, RONG), restored: str | None = None
    ) -> ListedWindow:
        """With the layout `restored` as at a start of the program, where nothing has the focus."""
        store = ListedTasks(tmp_path / f"{len(windows)}.sqlite3")
        store.commit(Diff(added=tasks))
        window = ListedWindow(store, Settings(theme="light"), clock=lambda: NOW)
        windows.append(window)
        qtbot.addWidget(window)
        if restored is not None:
            window.state.restore(restored)
        window.set_accounts(accounts)
        window.refresh_list()
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        if restored is None:
            table_of(window).setFocus()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        return window

    yield make
    for window in windows:
        window.closing.finish()
        window.store.db.close()
