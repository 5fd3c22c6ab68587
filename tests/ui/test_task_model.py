"""Rows that take diffs: Qt's own tester watches every change, and nothing jumps or resets."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from rushes.core.events import SaveProgress
from rushes.core.listing import ListFilter, ListQuery
from rushes.core.task import ArtifactState, Diff, Key, Mark, Status, Task, TaskError
from rushes.core.views import View
from rushes.presentation.columns import COLUMNS, Context
from rushes.presentation.search import parse
from rushes.ui.list.task_model import TAKES
from tests.ui.listed import ListedModel, ListedTasks
from tests.ui.takes import ARK, NOW, RONG, ended, take, with_file

CTX = Context(now=NOW, accounts={ARK.id: ARK, RONG.id: RONG})
AT = {column.id: at for at, column in enumerate(COLUMNS)}
Watched = Callable[..., ListedModel]


@pytest.fixture
def watched(qtbot: QtBot, tmp_path: Path) -> Iterator[Watched]:
    """A model under Qt's tester in its fatal mode, on a store with these tasks."""
    kept: list[object] = []
    stores: list[ListedTasks] = []

    def make(*tasks: Task, **rule: Any) -> ListedModel:
        stores.append(ListedTasks(tmp_path / f"{len(stores)}.sqlite3"))
        stores[-1].commit(Diff(added=tasks))
        model = ListedModel(stores[-1], CTX, ListQuery())
        fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
        kept.extend((model, QAbstractItemModelTester(model, fatal)))
        model.ask(ListQuery(**rule))
        return model

    yield make
    for store in stores:
        store.db.close()


def ids(model: ListedModel) -> list[str]:
    return [key.id for key in model.keys]


def _task(model: ListedModel, row: int) -> Task:
    task = model.task_at(row)
    assert task is not None
    return task


def names(*numbers: int) -> list[str]:
    return [f"task-{n:04}" for n in numbers]


def test_that_live_tasks_come_first_and_then_the_newest(watched: Watched) -> None:
    model = watched(
        take(1), take(2, Status.SUCCEEDED), take(3, Status.QUEUED), take(4, Status.FAILED)
    )
    assert ids(model) == names(3, 1, 4, 2)


def test_that_a_new_task_goes_to_its_place(watched: Watched) -> None:
    model = watched(take(1), take(3), take(5))
    model.apply(Diff(added=(take(4), take(2), take(9))))
    assert ids(model) == names(9, 5, 4, 3, 2, 1)


def test_that_a_task_told_of_twice_is_one_row(watched: Watched) -> None:
    model = watched(take(1))
    model.apply(Diff(added=(ended(take(1)),)))
    assert ids(model) == names(1)
    assert _task(model, 0).status is Status.SUCCEEDED


def test_that_a_change_repaints_its_own_row_only(watched: Watched, qtbot: QtBot) -> None:
    model = watched(take(1), take(2), take(3))
    with qtbot.waitSignal(model.dataChanged) as told:
        model.apply(Diff(changed=(replace(take(2), mark=Mark(rating=4)),)))
    first, last = told.args[:2]
    assert (first.row(), last.row()) == (1, 1)
    assert (first.column(), last.column()) == (0, len(COLUMNS) - 1)


def test_that_a_finished_task_stays_where_it_is_until_rows_may_move(watched: Watched) -> None:
    model = watched(take(1), take(2), take(3))
    model.apply(Diff(changed=(ended(take(3)),)))
    assert ids(model) == names(3, 2, 1)
    assert not model.is_settled
    model.settle()
    assert ids(model) == names(2, 1, 3)
    assert model.is_settled


def test_that_a_task_that_left_the_view_goes_when_rows_may_move(watched: Watched) -> None:
    model = watched(take(1), take(2), scope=ListFilter(view=View.RUNNING))
    model.apply(Diff(changed=(ended(take(2)),)))
    assert ids(model) == names(2, 1)
    model.settle()
    assert ids(model) == names(1)


def test_that_a_task_that_came_into_the_view_shows_at_once(watched: Watched) -> None:
    model = watched(take(1), scope=ListFilter(view=View.FAILED))
    assert ids(model) == []
    model.apply(Diff(changed=(ended(take(1), Status.FAILED),)))
    assert ids(model) == names(1)


def test_that_persistent_indexes_follow_their_task_through_a_sort(watched: Watched) -> None:
    model = watched(*(take(n, seed=n * 7 % 10) for n in range(10)))
    held = {key: QPersistentModelIndex(model.index(row, 0)) for row, key in enumerate(model.keys)}
    model.ask(ListQuery(sort_by="seed"))
    assert all(model.keys[index.row()] == key for key, index in held.items())
    assert [_task(model, row).report.seed for row in range(10)] == sorted(
        n * 7 % 10 for n in range(10)
    )


def test_that_a_filter_drops_and_brings_back_rows(watched: Watched) -> None:
    model = watched(*(take(n) for n in range(100)))
    model.ask(ListQuery(terms=parse("id:7").terms))
    assert ids(model) == names(*(n for n in range(99, -1, -1) if "7" in str(n)))
    model.ask(ListQuery())
    assert ids(model) == names(*range(99, -1, -1))


def test_that_only_a_row_that_is_gone_loses_its_selection(watched: Watched) -> None:
    model = watched(*(take(n) for n in range(6)))
    chosen = QItemSelectionModel(model)
    flag = QItemSelectionModel.SelectionFlag
    for row in (1, 2, 4):
        chosen.select(model.index(row, 0), flag.Select | flag.Rows)
    before = {model.keys[row] for row in (1, 2, 4)}
    gone = model.keys[2]
    model.apply(Diff(added=(take(50), take(51)), removed=(gone,)))
    after = {model.keys[index.row()] for index in chosen.selectedRows()}
    assert after == before - {gone}


def test_that_changes_all_over_the_list_cost_no_run_of_their_own_each(watched: Watched) -> None:
    model = watched(*(take(n) for n in range(0, 120, 2)))
    layouts: list[int] = []
    model.layoutChanged.connect(lambda: layouts.append(1))
    odd = (take(n, mark=Mark(rating=3)) for n in range(1, 120, 2))
    model.apply(Diff(added=tuple(odd)))
    assert ids(model) == names(*range(119, -1, -1))
    model.ask(ListQuery(terms=parse("-rating:3").terms))
    assert ids(model) == names(*range(118, -1, -2))
    model.apply(Diff(changed=tuple(ended(take(n)) for n in range(0, 120, 4))))
    model.settle()
    assert ids(model) == names(*range(118, -1, -4), *range(116, -1, -4))
    assert len(layouts) == 3


def _cell(model: ListedModel, row: int, column: str, role: int) -> object:
    return model.index(row, AT[column]).data(role)


def test_that_progress_shows_and_outlives_a_diff_in_mid_download(watched: Watched) -> None:
    saving = with_file(ended(take(1)), ArtifactState.SAVING)
    model = watched(saving)
    half = replace(saving.artifacts[0], received=50, size=100)
    model.set_progress(SaveProgress(saving.key, half))
    assert _cell(model, 0, "saved", Qt.ItemDataRole.DisplayRole) == "Saving 50 %"
    model.apply(Diff(changed=(replace(saving, mark=Mark(rating=3)),)))
    assert _cell(model, 0, "saved", Qt.ItemDataRole.DisplayRole) == "Saving 50 %"


def test_that_late_progress_never_unsaves_a_saved_file(watched: Watched) -> None:
    saved = with_file(ended(take(1)), ArtifactState.SAVED, path="/x.mp4")
    model = watched(saved)
    late = replace(saved.artifacts[0], state=ArtifactState.SAVING, received=1, size=2)
    model.set_progress(SaveProgress(saved.key, late))
    assert _cell(model, 0, "saved", Qt.ItemDataRole.DisplayRole) == "Saved"


def test_that_progress_of_an_unknown_task_is_passed_over(watched: Watched) -> None:
    model = watched(take(1))
    file = with_file(take(2), ArtifactState.SAVING).artifacts[0]
    model.set_progress(SaveProgress(Key("a", "nobody"), file))
    assert ids(model) == names(1)


def test_that_time_repaints_only_cells_on_the_screen_whose_text_it_changed(
    watched: Watched,
) -> None:
    model = watched(*(take(n) for n in range(50)))
    told: list[tuple[int, int, str]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        told.append((first.row(), last.row(), COLUMNS[first.column()].id))

    model.dataChanged.connect(note)
    model.set_now(NOW, 10, 19)
    assert told == []
    model.set_now(NOW + 3600, 10, 19)
    assert {(first, last) for first, last, _ in told} == {(10, 19)}
    assert {column for *_, column in told} == {"created", "name", "status"}
    assert "h ago" in str(_cell(model, 10, "created", Qt.ItemDataRole.DisplayRole))


def test_that_time_repaints_what_is_shown_and_as_seldom_as_can_be(watched: Watched) -> None:
    model = watched(*(take(n) for n in range(4)), ended(take(4)))
    told: list[tuple[str, int]] = []
    model.dataChanged.connect(
        lambda first, last: told.append((COLUMNS[first.column()].id, last.row()))
    )
    for second in range(1, 21):
        model.set_now(NOW + second, 0, 4, {"name", "status"})
    assert {column for column, _ in told} == {"name", "status"}
    assert sum(column == "name" for column, _ in told) <= 1  # ages are in minutes
    assert max(row for column, row in told if column == "status") == 3  # what runs


def test_that_an_edited_name_is_a_wish_and_no_change_of_the_row(
    watched: Watched, qtbot: QtBot
) -> None:
    model = watched(take(1))
    with qtbot.waitSignal(model.renamed) as told:
        assert model.setData(model.index(0, AT["name"]), "  Hero  ")
    assert told.args == [take(1).key, "Hero"]
    assert _task(model, 0).mark.name == ""


def test_that_a_row_is_spoken_as_one_sentence(watched: Watched) -> None:
    saved = with_file(
        ended(take(1, mark=Mark(name="Hero", rating=4))), ArtifactState.SAVED, path="/x"
    )
    model = watched(saved)
    spoken = _cell(model, 0, "name", Qt.ItemDataRole.AccessibleTextRole)
    assert str(spoken).startswith("Hero, ")
    assert "Saved, rated 4 of 5" in str(spoken)


def test_that_a_failed_row_says_why_in_its_second_line(watched: Watched) -> None:
    why = TaskError(code="OutputVideoSensitiveContentDetected", message="x")
    model = watched(take(1, Status.FAILED, error=why))
    failed = model.task_at(0)
    assert failed is not None
    told = _cell(model, 0, "name", Qt.ItemDataRole.AccessibleTextRole)
    assert "The result was blocked by moderation." in str(told)


def test_that_a_dragged_row_is_its_saved_files_and_nothing_else(watched: Watched) -> None:
    saved = with_file(ended(take(1)), ArtifactState.SAVED, path="/films/a.mp4")
    lost = with_file(ended(take(2)), ArtifactState.LOST)
    model = watched(saved, lost)
    data = model.mimeData([model.index(row, 0) for row in range(2)])
    assert data is not None
    assert [url.toLocalFile() for url in data.urls()] == ["/films/a.mp4"]
    assert not data.hasText() or "host.invalid" not in data.text()
    by_row = {_task(model, row).id: model.flags(model.index(row, 0)) for row in range(2)}
    assert by_row[saved.id] & Qt.ItemFlag.ItemIsDragEnabled
    assert not by_row[lost.id] & Qt.ItemFlag.ItemIsDragEnabled


def test_that_what_is_dragged_before_it_is_saved_is_asked_for_and_not_dragged(
    watched: Watched,
) -> None:
    saved = with_file(ended(take(1)), ArtifactState.SAVED, path="/films/a.mp4")
    remote = with_file(ended(take(2)), ArtifactState.REMOTE)
    model = watched(saved, remote)
    asked: list[list[Key]] = []
    model.dragged_unsaved.connect(asked.append)
    rows = [model.index(row, 0) for row in range(2)]
    data = model.mimeData(rows)
    assert data is not None
    assert not data.hasUrls()
    assert data.hasFormat(TAKES)  # within the window it can be dragged all the same
    assert asked == []
    model.carried(model.tasks_at(rows), is_taken=False)
    assert asked == [[remote.key]]
