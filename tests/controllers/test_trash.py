"""Rejected takes give the disk back through a real trash, and undo takes them out again."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from rushes.controllers.main_controller import MainController
from rushes.core.task import ArtifactState, Key, Pick
from rushes.core.views import View
from rushes.presentation.words import Note, note_of_task
from rushes.store import listing, tables
from rushes.ui.widgets import review
from tests.controllers.desks import button, until
from tests.controllers.test_id_watch import Use, at_desk  # noqa: F401 - a fixture
from tests.controllers.test_moves import library, names
from tests.controllers.test_outward import said
from tests.ui.takes import NOW

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the trash of this folder alone")


@pytest.fixture
def trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files in a trash of the test's own."""
    data = tmp_path / "data home"
    data.mkdir()
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    return data / "Trash"


async def rejected(desk: MainController, tmp_path: Path) -> tuple[Key, Path]:
    keys, films, _ = await library(desk, tmp_path)
    await desk.undo.mark([keys[0]], review.picked(Pick.REJECT))
    await desk.backend.store.write(tables.get, keys)
    return keys[0], films


async def agree(desk: MainController) -> str:
    """Say yes to the question; returns it."""
    desk.window.commands["trash_rejected"].trigger()
    await until(lambda: desk.window.findChildren(QMessageBox))
    (box,) = desk.window.findChildren(QMessageBox)
    text = box.text()
    (yes,) = [b for b in box.findChildren(QPushButton) if b.text() == "Move to the trash"]
    yes.click()
    return text


def test_that_rejected_files_go_to_the_trash_and_come_back_by_undo(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
    trash: Path,
) -> None:
    async def work(desk: MainController) -> None:
        key, films = await rejected(desk, tmp_path)
        counts = await desk.backend.store.read(listing.counts, NOW)
        assert (counts.saved, counts.savable, counts.views[View.UNSAVED]) == (2, 2, 0)
        asked = await agree(desk)
        assert "1 rejected take" in asked
        assert "1 (6 B)" in asked  # "1, 285 kB" reads as 1285
        await until(lambda: "moved to the trash" in said(desk))
        assert len(names(films)) == 1
        assert [p.name for p in (trash / "files").iterdir()] == [f"{key.id}.mp4"]
        (task,) = await desk.backend.store.read(tables.get, [key])
        assert task.kept is ArtifactState.MISSING
        assert note_of_task(task) is Note.TRASHED
        counts = await desk.backend.store.read(listing.counts, NOW)
        assert (counts.saved, counts.savable, counts.views[View.UNSAVED]) == (1, 1, 0)
        await until(lambda: desk.window.table.rows.task(key) == task)
        button(desk.window, "Undo").click()
        await until(lambda: "came back" in said(desk))
        assert len(names(films)) == 2
        assert list((trash / "files").iterdir()) == list((trash / "info").iterdir()) == []
        (task,) = await desk.backend.store.read(tables.get, [key])
        assert task.kept is ArtifactState.SAVED
        assert not task.artifacts[0].trashed
        counts = await desk.backend.store.read(listing.counts, NOW)
        assert (counts.saved, counts.savable, counts.views[View.UNSAVED]) == (2, 2, 0)

    at_desk(work)


def test_that_a_file_whose_place_was_taken_stays_in_the_trash(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
    trash: Path,
) -> None:
    async def work(desk: MainController) -> None:
        key, films = await rejected(desk, tmp_path)
        await agree(desk)
        await until(lambda: "moved to the trash" in said(desk))
        (films / f"{key.id}.mp4").write_bytes(b"somebody else's")
        desk.window.command_context.do.undo()
        await until(lambda: "their place is taken" in said(desk))
        assert (films / f"{key.id}.mp4").read_bytes() == b"somebody else's"
        assert [p.name for p in (trash / "files").iterdir()] == [f"{key.id}.mp4"]

    at_desk(work)


def test_that_undo_and_redo_take_turns_with_the_trash(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
    trash: Path,
) -> None:
    async def work(desk: MainController) -> None:
        _, films = await rejected(desk, tmp_path)
        await agree(desk)
        await until(lambda: "moved to the trash" in said(desk))
        steps = len(desk.undo)
        for _ in range(3):
            desk.window.command_context.do.undo()
            await until(lambda: "came back" in said(desk))
            assert len(names(films)) == 2
            desk.window.command_context.do.redo()
            await until(lambda: "moved to the trash" in said(desk))
            assert len(names(films)) == 1
            assert len(desk.undo) == steps

    at_desk(work)


def test_that_what_a_search_hides_and_what_another_take_has_is_left_alone(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
    trash: Path,
) -> None:
    async def work(desk: MainController) -> None:
        key, films = await rejected(desk, tmp_path)
        desk.window.toolbar.set_search("tag:nothing")
        await until(lambda: desk.window.table.row_count == 0)
        desk.window.commands["trash_rejected"].trigger()
        await until(lambda: "No rejected take" in said(desk))
        desk.window.clear_message("trash")
        desk.window.toolbar.set_search("")
        (task,) = await desk.backend.store.read(tables.get, [key])
        other = next(k for k in await _keys(desk) if k != key)
        change = {other: lambda it: replace(it, artifacts=task.artifacts)}
        await desk.backend.store.write(tables.change, change, 3.0)
        desk.window.commands["trash_rejected"].trigger()
        await until(lambda: "No rejected take" in said(desk))
        assert (films / f"{key.id}.mp4").exists()
        assert not trash.exists()

    at_desk(work)


async def _keys(desk: MainController) -> list[Key]:
    return [task.key for task in await desk.backend.store.read(tables.tasks)]
