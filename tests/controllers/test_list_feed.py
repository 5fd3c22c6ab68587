"""The table fed by a real store over the program's own loop: only what is shown is read."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from rushes.controllers.list_controller import ListFeed
from rushes.core.listing import Counts
from rushes.core.task import Key, Mark, Task
from rushes.core.views import View
from rushes.store import Store, tables
from rushes.system.scope import CoroutineScope
from rushes.ui.list.task_table import TaskTable
from rushes.ui.window.main_window import MainWindow
from tests.conftest import Drive
from tests.ui.takes import ARK, NOW
from tests.ui.windows import press, search_field

Work = Callable[["Fed"], Awaitable[None]]


class Fed:
    """A window on a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.failures: list[object] = []
        self.window = MainWindow(clock=lambda: NOW)
        self.scope = CoroutineScope("list", lambda name, error: self.failures.append((name, error)))
        self.counts: list[Counts] = []
        ListFeed(self.window, store, self.scope, self.failures.append, self.counts.append).count()
        self.window.set_accounts((ARK,))
        self.window.show()

    @property
    def table(self) -> TaskTable:
        return self.window.table

    def rows(self) -> list[Task]:
        found = map(self.table.rows.task_at, range(self.table.row_count))
        return [task for task in found if task is not None]

    async def settled(self) -> None:
        """Until nothing is asked for any more."""
        await asyncio.sleep(0)
        while self.scope._live:
            await self.scope.idle()
            await asyncio.sleep(0.01)  # what is painted now may ask for its rows


@pytest.fixture
def fed(drive: Drive[Any], qtbot: QtBot, tmp_path: Path) -> Callable[[int, Work], None]:
    """Do something with a window on so many tasks; the higher a number, the newer its task."""
    windows: list[MainWindow] = []

    async def use(count: int, work: Work) -> None:
        store = await Store.open(tmp_path / "list.sqlite3", lambda: NOW)
        await store.write(tables.put_account, ARK)
        await store.write(tables.add, [Key("a", f"task-{n:05}") for n in range(count)], NOW)
        fed = Fed(store)
        windows.append(fed.window)
        try:
            await fed.settled()
            await work(fed)
        finally:
            await fed.scope.aclose()
            await store.aclose()
        assert fed.failures == []

    def drive_it(count: int, work: Work) -> None:
        try:
            drive(use(count, work))
        finally:
            for window in windows:
                window.close()
                qtbot.addWidget(window)

    return drive_it


Use = Callable[[int, Work], None]


def test_that_only_rows_near_the_screen_are_read(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        assert fed.table.row_count == 3000
        assert 0 < len(fed.table.known_tasks) <= 400
        assert fed.counts[-1].views[View.ALL] == 3000

    fed(3000, work)


def test_that_rows_that_come_into_sight_are_read(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.table.scrollToBottom()
        fed.table.viewport().repaint()
        await fed.settled()
        assert fed.table.rows.task_at(2999) is not None
        assert len(fed.table.known_tasks) < 1000

    fed(3000, work)


def test_that_the_newest_of_many_searches_wins(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        for length in range(1, 11):
            fed.window.toolbar.set_search("task-00042"[:length])
        await fed.settled()
        assert [task.id for task in fed.rows()] == ["task-00042"]

    fed(1000, work)


def test_that_a_task_far_away_is_selected_and_shown(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.window.toolbar.set_search("task-00042")
        await fed.settled()
        wanted = Key("a", "task-00007")
        fed.window.select([wanted])
        await fed.settled()
        assert fed.window.selected_keys() == [wanted]
        assert fed.window.toolbar.search_text == ""
        assert fed.table.visualRect(fed.table.currentIndex()).top() > 0

    fed(1500, work)


def test_that_a_command_reaches_selected_rows_that_are_not_in_memory(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.table.selectAll()
        asked: list[list[Key]] = []
        fed.window.remove_requested.connect(asked.append)
        fed.table.with_selected(fed.window.remove_requested.emit)
        await fed.settled()
        assert len(asked[0]) == len(set(asked[0])) == 3000

    fed(3000, work)


def test_that_the_selection_outlives_a_sort_that_exchanges_everything(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        chosen = [Key("a", f"task-{n:05}") for n in (5990, 5980)]
        fed.window.select(chosen)
        fed.table.sort_by("id", descending=False)
        await fed.settled()
        fed.table.sort_by("id", descending=True)
        await fed.settled()
        assert set(fed.window.selected_keys()) == set(chosen)
        assert fed.table.row_count == 6000

    fed(6000, work)


def test_that_rows_that_are_asked_for_anew_stay_meanwhile(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.table.selectAll()
        counts: list[tuple[int, int]] = []

        def note() -> None:
            counts.append((fed.table.row_count, sum(map(len, fed.table.selected_rows()))))

        fed.table.rows_changed.connect(note)
        fed.table.refresh()
        await fed.settled()
        assert set(counts) == {(1000, 1000)}

    fed(1000, work)


@pytest.mark.parametrize("is_scrolled", [False, True])
def test_that_rows_that_are_asked_for_anew_say_what_nobody_told(
    fed: Use, is_scrolled: bool
) -> None:
    async def work(fed: Fed) -> None:
        key = Key("a", "task-00100" if is_scrolled else "task-00999")
        fed.table.select([key])
        await fed.settled()
        named = {key: lambda task: replace(task, mark=Mark(name="Hero"))}
        await fed.store.write(tables.change, named, NOW)
        fed.table.refresh()
        await fed.settled()
        task = fed.window.task(key)
        assert task is not None
        assert task.mark.name == "Hero"

    fed(1000, work)


def test_that_who_selected_all_has_not_selected_what_comes_later(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.table.sort_by("id", descending=False)
        await fed.settled()
        fed.table.selectAll()
        late = [Key("a", "task-00000b"), Key("a", "task-05999b")]  # so many rows are exchanged
        await fed.store.write(tables.add, late, NOW)
        fed.table.refresh()
        await fed.settled()
        assert fed.table.row_count == 6002
        assert sum(map(len, fed.table.selected_rows())) == 6000
        assert not set(late) & set(fed.window.selected_keys())

    fed(6000, work)


def test_that_what_is_selected_while_the_rest_is_read_stays_selected(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        fed.table.select([Key("a", "task-05990")])
        await fed.settled()
        chosen: list[Key] = []

        def click() -> None:
            if not chosen:
                assert fed.table.row_count < 6000
                fed.table.go_to(3)
                chosen.extend(fed.window.selected_keys())

        fed.table.rows_changed.connect(click)
        fed.table.sort_by("id", descending=True)
        await fed.settled()
        assert fed.table.row_count == 6000
        assert fed.window.selected_keys() == chosen == [Key("a", "task-05996")]

    fed(6000, work)


def test_that_changes_show_without_asking_for_all_rows_again(fed: Use) -> None:
    async def work(fed: Fed) -> None:
        asked: list[int] = []
        fed.table.order_wanted.connect(lambda *_: asked.append(1))
        key = Key("a", "task-00999")
        diff = await fed.store.write(
            tables.change, {key: lambda t: replace(t, mark=Mark(name="Hero"))}, NOW
        )
        fed.window.apply(diff)
        await fed.settled()
        assert fed.table.rows.index(0, 1).data() == "Hero"
        assert asked == []

    fed(1000, work)


@pytest.mark.parametrize("view", ["list", "gallery"])
@pytest.mark.parametrize("text", ["00250", "task-001", "no such", "rating:>=4"])
@pytest.mark.parametrize("waits", ["after each", "after a word", "never"])
def test_that_escape_brings_back_the_place_of_before_the_search(
    fed: Use, view: str, text: str, waits: str
) -> None:
    async def work(fed: Fed) -> None:
        fed.window.content.show_view(view)
        await fed.settled()
        fed.table.select([Key("a", "task-00100")])
        await fed.settled()
        bar = fed.window.content.rows_view.verticalScrollBar()
        bar.setValue(bar.value() + 15)
        await fed.settled()
        before = bar.value()
        assert before > 0
        press(search_field(fed.window), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        for letter in text:
            search_field(fed.window).insert(letter)
            if waits == "after each" or (waits == "after a word" and letter == "g"):
                await fed.settled()  # "rating" finds none, and "rating:" is no search yet
        press(search_field(fed.window), Qt.Key.Key_Escape)
        await fed.settled()
        assert (bar.value(), fed.window.selected_keys()) == (before, [Key("a", "task-00100")])

    fed(500, work)


@pytest.mark.parametrize("text", ["00250", "task", "no such"])
def test_that_a_long_selection_comes_back_in_full_after_a_search(fed: Use, text: str) -> None:
    async def work(fed: Fed) -> None:
        fed.table.selectAll()
        await fed.settled()
        search_field(fed.window).setText(text)
        await fed.settled()
        press(search_field(fed.window), Qt.Key.Key_Escape)
        await fed.settled()
        assert fed.table.selected_rows() == [range(3000)]

    fed(3000, work)
