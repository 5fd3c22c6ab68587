"""Cycles that hold Qt objects end in the window's thread, whoever allocates meanwhile."""

import asyncio
import gc
import threading
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from rushes.runtime.loop import Garbage
from tests.conftest import Drive


class Knot(QObject):
    """Holds itself, and notes in which thread it ended."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.me = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def allocate_much() -> None:
    held = [[number] for number in range(50_000)]
    held.clear()


def test_that_a_knot_of_qt_objects_ends_in_the_windows_thread(drive: Drive[Any]) -> None:
    ended: list[int] = []

    async def work() -> None:
        with Garbage():
            Knot(ended)
            await asyncio.to_thread(allocate_much)
            held = [[number] for number in range(50_000)]
            await asyncio.sleep(0.05)  # the loop sleeps: time to collect
            held.clear()

    drive(work())

    assert ended == [threading.get_ident()]


def test_that_collecting_is_as_before_when_it_is_over(qapp: QApplication) -> None:
    with Garbage():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
