"""What other programs get of a take: its saved files, and nothing else."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton

from rushes.controllers import desktop
from rushes.controllers.main_controller import MainController
from rushes.core.events import SaveFailed
from rushes.core.failure import Failure, Kind
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task
from rushes.store import tables
from rushes.system.helper import is_program
from rushes.ui.window.messages import MessageBar
from tests.controllers.desks import until
from tests.controllers.test_id_watch import Use, at_desk  # noqa: F401 - a fixture
from tests.patience import LIMIT_S
from tests.ui.takes import ARK, take, with_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the pretended program is a script")


async def listed(desk: MainController, *tasks: Task) -> list[Key]:
    keys = [task.key for task in tasks]
    await desk.backend.store.write(tables.add, keys, 0.0)
    changes = {task.key: (lambda _, task=task: task) for task in tasks}
    await desk.backend.store.write(tables.change, changes, 1.0)
    return keys


def saved(number: int, path: Path) -> Task:
    path.write_bytes(b"film")
    now = path.stat()
    return with_file(
        take(number),
        ArtifactState.SAVED,
        path=str(path),
        size=now.st_size,
        mtime_ns=now.st_mtime_ns,
        sha256="0" * 64,
    )


def said(desk: MainController) -> str:
    (bar,) = desk.window.findChildren(MessageBar)
    return bar.text


async def copy(desk: MainController, keys: list[Key]) -> QMimeData:
    """The clipboard after the desk has said what it did."""
    desk.window.clear_message("copy")
    desk.window.clear_message("file")
    desk.window.copy_files_requested.emit(keys)
    await until(lambda: said(desk))
    return QGuiApplication.clipboard().mimeData()


def test_that_another_program_can_paste_the_copied_files(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    files = [tmp_path / "rain & 雨夜 #1.mp4", tmp_path / "dusk.mp4"]

    async def work(desk: MainController) -> None:
        keys = await listed(desk, *(saved(n, file) for n, file in enumerate(files)))
        data = await copy(desk, keys)
        assert set(data.formats()) <= {"text/uri-list", "x-special/gnome-copied-files"}
        assert said(desk) == "2 files copied."
        reader = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.controllers.clipboard_reader"),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await reader.communicate()
        told = json.loads(out)
        assert told["files"] == [str(file) for file in files]
        verb, *urls = told["gnome"].split("\n")
        assert verb == "copy"
        assert [QUrl(url).toLocalFile() for url in urls] == told["files"]

    at_desk(work)


def test_that_takes_that_are_not_saved_are_saved_before_any_is_copied(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    async def work(desk: MainController) -> None:
        QGuiApplication.clipboard().setText("kept")
        remote = with_file(take(2), ArtifactState.REMOTE)
        keys = await listed(desk, saved(1, tmp_path / "a.mp4"), remote)
        await desk.backend.saver.pause()
        assert (await copy(desk, keys)).text() == "kept"
        assert said(desk).startswith("1 take must be saved first.")
        assert list(desk.backend.saver.waiting) == [(remote.key, ArtifactKind.VIDEO)]

    at_desk(work)


def test_that_a_file_that_is_gone_is_not_copied(at_desk: Use, tmp_path: Path) -> None:  # noqa: F811
    async def work(desk: MainController) -> None:
        QGuiApplication.clipboard().setText("kept")
        tasks = saved(1, tmp_path / "a.mp4"), saved(2, tmp_path / "b.mp4")
        keys = await listed(desk, *tasks)
        (tmp_path / "a.mp4").unlink()
        assert (await copy(desk, keys[:1])).text() == "kept"
        told = "The file was moved or deleted. Press Save to fetch it again."
        assert said(desk) == told
        data = await copy(desk, keys)
        assert [url.toLocalFile() for url in data.urls()] == [str(tmp_path / "b.mp4")]
        assert said(desk).startswith("1 file copied. 1 selected task ")

    at_desk(work)


def test_that_all_files_of_a_take_are_copied(at_desk: Use, tmp_path: Path) -> None:  # noqa: F811
    async def work(desk: MainController) -> None:
        one = saved(1, tmp_path / "a.mp4")
        frame = tmp_path / "a_last.png"
        frame.write_bytes(b"png")
        last = Artifact(kind=ArtifactKind.LAST_FRAME, state=ArtifactState.SAVED, path=str(frame))
        one = replace(one, artifacts=(*one.artifacts, last))
        data = await copy(desk, await listed(desk, one))
        assert [Path(url.toLocalFile()).name for url in data.urls()] == ["a.mp4", "a_last.png"]

    at_desk(work)


async def asked_for_program(desk: MainController, key: Key) -> QFileDialog:
    desk.window.open_with_requested.emit(key)
    await until(lambda: desk.window.findChildren(QFileDialog))
    (dialog,) = desk.window.findChildren(QFileDialog)
    return dialog


def program(folder: Path) -> Path:
    """One that writes down its arguments and its environment."""
    made = folder / "an editor; with $words"
    made.write_text(
        f"#!{sys.executable}\n"
        "import json, os, pathlib, sys\n"
        "part = pathlib.Path(__file__).with_name('told.part')\n"
        "part.write_text(json.dumps([sys.argv[1:], dict(os.environ)]))\n"
        "part.rename(part.with_name('told'))\n"
    )
    made.chmod(0o755)
    return made


async def told_to(folder: Path) -> tuple[list[str], dict[str, str]]:
    await until((folder / "told").exists)
    arguments, environment = json.loads((folder / "told").read_text())
    return arguments, environment


def test_that_a_chosen_program_gets_the_file_and_no_key_and_is_remembered(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    file = tmp_path / "-rain $(touch x) 'a'.mp4"

    async def work(desk: MainController) -> None:
        keyed = replace(ARK, key_env="SOME_KEY")
        await desk.backend.store.write(tables.put_account, keyed)
        await desk.reload_accounts()
        (key,) = await listed(desk, saved(1, file))
        dialog = await asked_for_program(desk, key)
        chosen = program(tmp_path)
        dialog.fileSelected.emit(str(chosen))
        dialog.reject()
        arguments, environment = await told_to(tmp_path)
        assert arguments == [str(file)]
        assert "SOME_KEY" not in environment
        await until(lambda: desk.backend.settings.opened_with == str(chosen))

    at_desk(work)


def test_that_what_cannot_be_started_is_said_in_one_sentence(
    at_desk: Use,  # noqa: F811
    tmp_path: Path,
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no program")

    async def work(desk: MainController) -> None:
        (key,) = await listed(desk, saved(1, tmp_path / "a.mp4"))
        dialog = await asked_for_program(desk, key)
        dialog.fileSelected.emit(str(notes))
        dialog.reject()
        await until(lambda: said(desk))
        assert said(desk).startswith("notes.txt could not be started with this file.")
        assert desk.backend.settings.opened_with == ""

    at_desk(work)


@pytest.mark.parametrize("name", ["take.desktop", "take.sh", "take.html", "gone.mp4"])
def test_that_only_files_of_our_kinds_are_opened_with_a_program(tmp_path: Path, name: str) -> None:
    if not name.startswith("gone"):
        (tmp_path / name).write_bytes(b"x")
    assert not desktop.open_with(program(tmp_path), tmp_path / name)


def test_that_a_program_is_a_whole_path_to_a_file_that_may_be_run(tmp_path: Path) -> None:
    made = program(tmp_path)
    assert is_program(made)
    made.chmod(0o644)
    assert not is_program(made)
    assert not is_program(Path("true"))
    assert not is_program(tmp_path)


def test_that_save_as_that_was_cancelled_leaves_no_folder(at_desk: Use) -> None:  # noqa: F811
    async def work(desk: MainController) -> None:
        folder = desk.backend.files.folder
        (key,) = await listed(desk, with_file(take(1), ArtifactState.REMOTE))
        before = sorted(folder.rglob("*"))
        desk.window.save_as_requested.emit([key])
        await desk.list.scope.idle()
        (dialog,) = desk.window.findChildren(QFileDialog)
        assert dialog.selectedFiles()[0].endswith(".mp4")
        dialog.reject()
        assert sorted(folder.rglob("*")) == before

    at_desk(work)


def test_that_a_file_over_the_limit_is_offered_all_the_same(
    at_desk: Use,  # noqa: F811
) -> None:
    async def work(desk: MainController) -> None:
        task = with_file(take(1), ArtifactState.REMOTE)
        await listed(desk, task)
        await desk.backend.saver.pause()
        failure = Failure(Kind.TOO_LARGE, host="files.example")
        desk.show_event(SaveFailed(task.key, task.artifacts[0], failure))
        # It is called by its id until its row is read.
        told = "”: A file is larger than the limit of 4.3 GB and was not fetched."
        assert said(desk).endswith(told)
        (bar,) = desk.window.findChildren(MessageBar)
        (button,) = [b for b in bar.findChildren(QPushButton) if b.text() == "Fetch all the same"]
        button.click()
        await desk.list.scope.idle()
        (job,) = desk.backend.saver.waiting.values()
        assert (job.item, job.any_size) == ((task.key, ArtifactKind.VIDEO), True)

    at_desk(work)


OPENING = """
import os, sys
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from rushes.controllers import desktop
from rushes.store import tables
app = QGuiApplication(sys.argv[:1])
before = dict(os.environ)
assert desktop.open_file(Path(sys.argv[1]))
assert dict(os.environ) == before
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="xdg-open is of Linux desktops")
def test_that_the_desktop_opens_a_file_without_knowing_a_key(tmp_path: Path) -> None:
    film, opener = tmp_path / "a.mp4", tmp_path / "xdg-open"
    film.write_bytes(b"film")
    program(tmp_path).rename(opener)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    mine = {"ARK_API_KEY": "canary", "PATH": path, "EDITOR": "vi", "QT_SCALE_FACTOR": "1"}
    env = {n: v for n, v in os.environ.items() if not n.startswith("XDG_CURRENT")} | mine
    subprocess.run([sys.executable, "-c", OPENING, str(film)], env=env, check=True, timeout=LIMIT_S)
    arguments, environment = asyncio.run(told_to(tmp_path))
    assert [QUrl(each).toLocalFile() or each for each in arguments] == [str(film)]
    assert {n: v for n, v in environment.items() if n in mine} == {
        n: v for n, v in mine.items() if n != "ARK_API_KEY"
    }


def test_that_a_chosen_program_has_the_environment_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ARK_API_KEY", "SOME_KEY", "EDITOR"):
        monkeypatch.setenv(name, "x")
    (tmp_path / "a.mp4").write_bytes(b"film")
    assert desktop.open_with(program(tmp_path), tmp_path / "a.mp4", ["SOME_KEY"])
    _, environment = asyncio.run(told_to(tmp_path))
    assert set(os.environ) - set(environment) == {"ARK_API_KEY", "SOME_KEY"}
