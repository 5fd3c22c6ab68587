"""A saved file that is dropped, or given on the command line, shows its take; a folder comes in."""

import sqlite3
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from rushes.controllers import build
from rushes.controllers.main_controller import MainController
from rushes.controllers.take_in_controller import TakeInController
from rushes.core.task import ArtifactState
from rushes.store import tables
from rushes.ui.widgets import review
from tests.controllers.desks import button, drop, until
from tests.controllers.test_id_watch import Use, at_desk  # noqa: F401 - a fixture
from tests.controllers.test_moves import library
from tests.controllers.test_outward import said


def test_that_a_saved_file_selects_its_take_however_it_comes(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        drop(desk.window, films / f"{keys[1].id}.mp4")
        await until(lambda: desk.window.selected_keys() == [keys[1]])
        renamed = tmp_path / "renamed.mp4"
        renamed.write_bytes((films / f"{keys[0].id}.mp4").read_bytes())
        build.open_given(desk, [str(renamed)])
        await until(lambda: desk.window.selected_keys() == [keys[0]])
        desk.window.toolbar.set_search(f"{keys[1].id}.MP4")
        await until(lambda: desk.window.table.row_count == 1)

    at_desk(work)


def test_that_a_moved_file_is_offered_to_its_take(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        moved = (films / f"{keys[0].id}.mp4").rename(tmp_path / "moved.mp4")
        drop(desk.window, moved)
        await until(lambda: "own file is missing" in said(desk))
        button(desk.window, "Use this file").click()

        async def path() -> str | None:
            (task,) = await desk.backend.store.read(tables.get, [keys[0]])
            return task.artifacts[0].path if task.kept is ArtifactState.SAVED else None

        while await path() != str(moved):
            await until(lambda: True)

    at_desk(work)


def test_that_a_file_of_nobody_is_one_sentence_and_a_folder_is_offered(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        await library(desk, tmp_path)
        strange = tmp_path / "strange" / "holiday.mp4"
        strange.parent.mkdir()
        strange.write_bytes(b"mine")
        drop(desk.window, strange)
        await until(lambda: said(desk) == "No take in the list has the file holiday.mp4.")
        button(desk.window, "Take in a folder…").click()
        await until(lambda: desk.window.findChildren(QFileDialog))
        (dialog,) = desk.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(strange.parent))
        dialog.reject()
        await until(lambda: "holiday.mp4" in said(desk) and "not taken in" in said(desk))

    at_desk(work)


def test_that_taking_in_can_be_stopped_and_what_came_is_taken_back(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        folder = tmp_path / "many"
        folder.mkdir()
        for n in range(300):
            (folder / f"holiday {n}.mp4").write_bytes(b"mine")
        take_in = TakeInController(desk)
        desk.do(take_in.take_in(folder))
        await until(lambda: said(desk).startswith("Looking for saved files"))
        button(desk.window, "Stop").click()
        await until(lambda: said(desk).endswith("Stopped: the other files were not looked at."))

        (task,) = await desk.backend.store.read(tables.get, keys[:1])
        account = desk.accounts[task.key.account]
        await desk.backend.files.write_sidecar(task, task.artifacts[0], account)
        await desk.undo.remove(keys[:1])
        await until(lambda: desk.window.table.row_count == 1)
        await take_in.take_in(films)
        assert said(desk).startswith("1 take added.")
        await until(lambda: desk.window.table.row_count == 2)
        await desk.undo.mark(keys[1:], review.rated(3))
        button(desk.window, "Undo").click()  # of what it stands beside
        await until(lambda: desk.window.table.row_count == 1)
        (task,) = await desk.backend.store.read(tables.get, keys[1:])
        assert task.mark.rating == 3

    at_desk(work)


def test_that_a_list_that_cannot_be_written_ends_the_taking_in(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        (task,) = await desk.backend.store.read(tables.get, keys[:1])
        account = desk.accounts[task.key.account]
        await desk.backend.files.write_sidecar(task, task.artifacts[0], account)
        await desk.undo.remove(keys[:1])

        def refuse(db: sqlite3.Connection) -> None:
            db.execute(
                "CREATE TEMP TRIGGER refuse BEFORE UPDATE ON main.task "
                "BEGIN SELECT RAISE(ABORT, 'it fails'); END"
            )

        await desk.backend.store.write(refuse)
        desk.do(TakeInController(desk).take_in(films))
        await until(lambda: "it fails" in said(desk))
        desk.window.clear_message("work")
        assert "Looking for saved files" not in said(desk)

    at_desk(work)
