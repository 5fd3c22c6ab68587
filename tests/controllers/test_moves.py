"""Files follow what was chosen later, in the whole window: shown before, undone, done again."""

import sqlite3
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QTableView

from rushes.controllers.main_controller import MainController
from rushes.core.settings import FolderRule
from rushes.core.task import ArtifactState, Key, Task
from rushes.saving.mover import Moved
from rushes.store import tables
from rushes.ui.widgets import review
from rushes.ui.window.moves_dialog import MovesDialog
from tests.controllers.desks import button, until
from tests.controllers.test_id_watch import Use, at_desk  # noqa: F401 - a fixture
from tests.controllers.test_outward import listed, said
from tests.ui.takes import take, with_file

_TEMPLATE = "{name|id}.{ext}"


def saved(number: int, path: Path) -> Task:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"film %d" % number)
    now = path.stat()
    task = with_file(
        take(number),
        ArtifactState.SAVED,
        path=str(path),
        size=now.st_size,
        mtime_ns=now.st_mtime_ns,
        sha256=sha256(path.read_bytes()).hexdigest(),
    )
    return replace(task, mark=replace(task.mark, name=""))


async def library(desk: MainController, tmp_path: Path) -> tuple[list[Key], Path, Path]:
    """Two saved takes, and a rule that wants the good ones elsewhere."""
    films, best = tmp_path / "films", tmp_path / "best"
    best.mkdir()
    tasks = [saved(n, films / f"{take(n).id}.mp4") for n in (1, 2)]
    keys = await listed(desk, *tasks)
    desk.change_settings(
        replace(
            desk.backend.settings,
            folder=str(films),
            template=_TEMPLATE,
            folder_rules=(FolderRule(condition="rating:>=4", folder=str(best)),),
        )
    )
    desk.list.refresh()
    await until(lambda: desk.window.table.row_count == len(keys))
    await desk.undo.mark([keys[0]], review.rated(5))
    return keys, films, best


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".json")


def test_that_files_are_moved_after_they_were_shown_and_come_back_by_undo(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        desk.window.move_requested.emit(keys)
        await until(lambda: desk.window.findChildren(MovesDialog))
        (dialog,) = desk.window.findChildren(MovesDialog)
        (table,) = dialog.findChildren(QTableView)
        model = table.model()
        shown = [[model.index(r, c).data() for c in range(2)] for r in range(model.rowCount())]
        name = f"{keys[0].id}.mp4"
        assert shown == [[str(Path("films", name)), str(Path("best", name))]]
        assert names(best) == []
        dialog.accept()
        await until(lambda: names(best) == [name])
        await until(lambda: said(desk).startswith("1 file moved to"))
        assert len(names(films)) == 1
        button(desk.window, "Undo").click()
        await until(lambda: said(desk) == f"1 file moved back to {films}.")
        assert (len(names(films)), names(best)) == (2, [])
        (task, _) = await desk.backend.store.read(tables.get, keys)
        assert task.artifacts[0].path == str(films / name)
        assert task.mark.rating == 5  # that was another step

    at_desk(work)


def test_that_what_was_moved_before_the_list_failed_comes_back_by_undo(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        await desk.undo.mark([keys[1]], review.rated(5))
        second = f"{keys[1].id}.mp4"

        def refuse(db: sqlite3.Connection) -> None:
            db.execute(
                "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.artifact "
                f"WHEN new.path LIKE '%best/{second}' BEGIN SELECT RAISE(ABORT, 'it fails'); END"
            )

        await desk.backend.store.write(refuse)
        desk.window.move_requested.emit(keys)
        await until(lambda: desk.window.findChildren(MovesDialog))
        desk.window.findChildren(MovesDialog)[0].accept()
        await until(lambda: said(desk).startswith("1 of 2 files were moved. "))
        assert said(desk).endswith("The files stay where they are: it fails.")
        assert (names(films), names(best)) == ([second], [f"{keys[0].id}.mp4"])
        button(desk.window, "Undo").click()
        await until(lambda: said(desk) == f"1 file moved back to {films}.")
        assert (len(names(films)), names(best)) == (2, [])

    at_desk(work)


def test_that_a_folder_that_a_move_leaves_empty_goes_and_comes_back_by_undo(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        mover, name = desk.backend.mover, f"{keys[0].id}.mp4"

        async def follow(template: str) -> Moved:
            desk.change_settings(replace(desk.backend.settings, template=template))
            return await mover.move((await mover.plan(keys[1:])).moves)

        await follow("a/b/{name|id}.{ext}")
        deep = films / "a" / "b"
        assert names(deep) == [f"{keys[1].id}.mp4"]
        (films / "a" / "own").mkdir()
        moved = await follow(_TEMPLATE)
        assert not deep.exists()
        assert (films / "a" / "own").is_dir()
        assert films.is_dir()
        back = await mover.move([each.back for each in moved.done])
        assert (len(back.done), names(deep)) == (1, [f"{keys[1].id}.mp4"])
        # What lies beside a film, or outside of the results folder, stays.
        (deep / "notes.txt").write_text("mine")
        await follow(_TEMPLATE)
        assert names(deep) == ["notes.txt"]
        desk.change_settings(replace(desk.backend.settings, folder=str(best)))
        first = await mover.move((await mover.plan(keys[:1])).moves)
        assert (len(first.done), names(best)) == (1, [name])
        assert films.is_dir()

    at_desk(work)


def test_that_a_cancelled_move_changes_nothing(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        desk.window.move_requested.emit(keys)
        await until(lambda: desk.window.findChildren(MovesDialog))
        desk.window.findChildren(MovesDialog)[0].reject()
        assert (len(names(films)), names(best)) == (2, [])

    at_desk(work)


def test_that_a_missing_folder_is_one_sentence(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        best.rmdir()
        desk.window.move_requested.emit(keys)
        await until(lambda: str(best) in said(desk))
        assert desk.window.findChildren(MovesDialog) == []
        assert len(names(films)) == 2

    at_desk(work)


def test_that_a_review_that_ended_moves_files_only_where_a_setting_says_so(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, best = await library(desk, tmp_path)
        desk.window.review_ended.emit(keys[:1])  # the setting is off
        desk.change_settings(replace(desk.backend.settings, move_after_review=True))
        await desk.undo.mark([keys[1]], review.rated(4))
        await desk.backend.hand_out([keys[1]])
        assert names(best) == []
        desk.window.review_ended.emit(keys)
        await until(lambda: said(desk) == f"1 file moved to {best}.")
        assert names(best) == [f"{keys[0].id}.mp4"]
        assert names(films) == [f"{keys[1].id}.mp4"]  # another program knows it there

    at_desk(work)


def test_that_a_new_name_is_offered_to_the_file(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        desk.window.table.rows.renamed.emit(keys[1], "hero")
        await until(lambda: "new name" in said(desk))
        await desk.take_back()  # with the name, its offer goes
        assert "new name" not in said(desk)
        desk.window.table.rows.renamed.emit(keys[1], "hero")
        await until(lambda: "new name" in said(desk))
        button(desk.window, "Rename files").click()
        await until(lambda: "hero.mp4" in names(films))
        (task,) = await desk.backend.store.read(tables.get, [keys[1]])
        assert task.mark.name == "hero"

    at_desk(work)


def test_that_many_are_saved_into_one_folder_and_told_once(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, _, _ = await library(desk, tmp_path)
        (running,) = await listed(desk, take(3))
        wanted = tmp_path / "for the client"
        wanted.mkdir()
        desk.window.save_as_requested.emit([*keys, running])
        await until(lambda: desk.window.findChildren(QFileDialog))
        (dialog,) = desk.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(wanted))
        dialog.reject()
        told = f"2 files saved to {wanted} · 1 selected task "
        await until(lambda: said(desk).startswith(told))
        assert len(names(wanted)) == 2

    at_desk(work)


def test_that_saving_what_is_saved_says_where_it_is(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        keys, films, _ = await library(desk, tmp_path)
        desk.window.save_requested.emit(keys[:1])
        await until(lambda: f"Saved to {films / keys[0].id}.mp4" == said(desk))
        assert button(desk.window, "Show").isEnabled()

    at_desk(work)
