"""The window under test, and how a test gets at its parts."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from rushes.core.task import Key, Task
from rushes.core.task_ids import Found
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.main_window import MainWindow
from tests.ui.listed import ListedWindow

#: (*tasks, accounts=…) -> a shown window with them; the fixture `fill` of conftest.
Fill = Callable[..., ListedWindow]


def part(window: MainWindow, kind: type[Any]) -> Any:
    return window.findChild(kind)


def table_of(window: MainWindow) -> TaskTable:
    return window.findChild(TaskTable)  # type: ignore[return-value]


def shown_keys(window: MainWindow) -> list[Key]:
    """The rows, as far as their tasks are in memory."""
    model = table_of(window).rows
    return [task.key for row in range(model.rowCount()) if (task := model.task_at(row))]


def action(window: MainWindow, words: str) -> QAction:
    return next(a for a in window.findChildren(QAction) if a.text() == words)


def found(*ids: str) -> tuple[Found, ...]:
    return tuple(Found(id_, line, frozenset()) for line, id_ in enumerate(ids, 1))


def offer(
    window: MainWindow,
    new: Sequence[Found],
    already: int = 0,
    account: str | None = None,
    *,
    takes_focus: bool = True,
) -> None:
    """Show the strip with ids that all seem to be one account's."""
    whose = {each.id: account for each in new}
    window.add_strip.ask(new, already, whose, takes_focus=takes_focus)


def select(window: MainWindow, *tasks: Task) -> list[Key]:
    window.select([task.key for task in tasks])
    return [task.key for task in tasks]


def press(
    widget: QWidget,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.keyClick(widget, key, modifier)


def search_field(window: MainWindow) -> QLineEdit:
    return next(e for e in window.findChildren(QLineEdit) if e.accessibleName() == "Search")
