"""Long work cut up: in order, each part once, and at once where it is needed at once."""

from collections.abc import Iterator

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from rushes.ui.inspector.inspector import ByTurns


def _steps(done: list[int]) -> Iterator[None]:
    for number in range(5):
        done.append(number)
        yield


def test_that_each_part_is_done_once_and_in_order_between_other_events(qtbot: QtBot) -> None:
    owner, done = QObject(), list[int]()
    ByTurns(_steps(done), owner)
    assert done == []
    qtbot.waitUntil(lambda: len(done) == 5, timeout=30_000)
    assert done == [0, 1, 2, 3, 4]


def test_that_what_is_left_is_done_before_finish_returns(qtbot: QtBot) -> None:
    owner, done = QObject(), list[int]()
    work = ByTurns(_steps(done), owner)
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    work.finish()
    assert done == [0, 1, 2, 3, 4]
    work.finish()
    assert done == [0, 1, 2, 3, 4]
