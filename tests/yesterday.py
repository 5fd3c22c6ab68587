"""A library that somebody used yesterday, made by the program itself and the simulator.

def test_that_…(yesterday: Yesterday) -> None:
    with rushes(yesterday.env, *yesterday.words) as program: …

Five accounts with takes of every kind: saved, failed, lost, cancelled. Their pictures were made,
what says that takes are lost was closed, the window was sorted, resized and scrolled, two takes
stayed selected. Since then one account lost its key, and the folder that another one's takes were
saved in is away. The services still answer.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rushes.store import tables
from tests.e2e.command import Served, Shell, differences, simulating
from tests.patience import LIMIT_S

if TYPE_CHECKING:
    from rushes.controllers.main_controller import MainController

#: The account without a key, and the one whose folder is away.
KEYLESS, AWAY = "anyfast", "rong"
#: What the user chose: columns, sort, widths of the outer panes, selection by name.
COLUMN, SORT = "tokens", ("created", True)
SIDE = 230
SIZE = (1180, 640)


@dataclass(frozen=True)
class Yesterday:
    """The folder is handed to each test as it was left that evening."""

    base: Path
    served: Served
    env: dict[str, str]
    selected: tuple[str, ...]
    top: str

    @property
    def words(self) -> tuple[str, ...]:
        return ("--base-dir", str(self.base))

    @property
    def keys(self) -> dict[str, str]:
        """The environment the accounts have their keys from; one is missing."""
        return {name: value for name, value in self.env.items() if name.startswith("KEY_")}

    @property
    def shell(self) -> Shell:
        return Shell(self.base, self.env)


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Yesterday]]:
    """Where the library lies as it was left, and what it is; made once."""
    with made(tmp_path_factory.mktemp("yesterday")) as library:
        as_left = library.base.with_name("as it was left")
        library.base.rename(as_left)
        yield as_left, library


@contextmanager
def made(home: Path, *, ago_s: float = 0.0, speed: float = 20) -> Iterator[Yesterday]:
    """Make one below the folder `home`, and serve its services.

    Args:
        ago_s: The services began so long ago.
        speed: Simulated seconds a second; tasks of long ago can have run slowly.
    """
    base = home / "base"
    base.mkdir()
    with simulating("demo", speed, ago_s=ago_s) as served:
        keys = {f"KEY_{line['service']}": line["key"] for line in served.lines}
        usual = {name: value for name, value in os.environ.items() if "XDG_" not in name}
        run = home / "run"
        run.mkdir(mode=0o700)
        env = {**usual, "HOME": str(home), "XDG_RUNTIME_DIR": str(run), **keys}
        shell = Shell(base, env)
        (base / "stick").mkdir()
        _choose_folder(base, str(base / "stick"))
        shell.add_all(served, [AWAY])
        shell.run("watch", "--until-done", "--save")
        _choose_folder(base, "")
        shell.add_all(served, ["ark", "ark_list", "anyfast", "jimeng"])
        shell.run("watch", "--until-done", "--save")
        listed, truth = shell.listed(), served.truth()
        for jobs in truth.values():  # cancelled tasks are known for some hours only
            for gone in [id_ for id_ in jobs if ago_s and "not_found" in listed[id_]["flags"]]:
                del jobs[gone]
        wrong = differences(listed, truth)
        assert not wrong, "\n".join(wrong)
        used = subprocess.run(
            [sys.executable, "-m", "tests.yesterday", str(base)],
            env={**env, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        left = json.loads(used.stdout)
        (base / "stick").rename(home / "unplugged")
        del env[f"KEY_{KEYLESS}"]
        yield Yesterday(base, served, env, tuple(left["selected"]), left["top"])


@pytest.fixture
def yesterday(evening: tuple[Path, Yesterday]) -> Iterator[Yesterday]:
    """In the same place each time: the list knows its files by their whole paths."""
    as_left, library = evening
    shutil.copytree(as_left, library.base, symlinks=True)
    yield library
    shutil.rmtree(library.base)


def _choose_folder(base: Path, folder: str) -> None:
    path = base / "config" / "settings.json"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(json.dumps({"folder": folder}), "utf-8")


async def _use(desk: "MainController") -> int:
    """What the user does that evening; says what he leaves selected, and what on top."""
    from rushes.core.task import ArtifactState
    from rushes.ui.list.task_model import TaskModel
    from rushes.ui.window.messages import MessageBar
    from rushes.ui.window.panes import Panes

    window, table = desk.window, desk.window.table
    await _until(lambda: table.is_filled and table.has_visible_rows)
    if any((await desk.backend.store.read(tables.notices)).values()):
        await _until(lambda: window.notice)
        for strip in window.findChildren(MessageBar):  # which takes were lost is read, and closed
            if strip.text and strip.text in window.notice:
                strip.clear()
    await _see_every_picture(desk)
    window.resize(*SIZE)
    panes = window.findChild(Panes)
    assert panes is not None
    panes.setSizes([SIDE, 500, 300])
    panes.splitterMoved.emit(SIDE, 1)
    table.show_column(COLUMN, True)
    table.sort_by(*SORT)
    await _until(lambda: table.has_visible_rows)
    wanted = [task.key for task in table.known_tasks if task.kept is ArtifactState.SAVED][-2:]
    window.select(wanted)
    await _until(lambda: len(window.selected_keys()) == len(wanted))
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = table.model().index(table.visible_rows()[0], 0).data(TaskModel.TASK)
    print(json.dumps({"selected": [key.id for key in window.selected_keys()], "top": top.id}))
    return 0


async def _see_every_picture(desk: "MainController") -> None:
    from rushes.core.poster import poster_source

    table, shelf = desk.window.table, desk.backend.places.cache / "posters"
    sources = filter(None, map(poster_source, await desk.backend.store.read(tables.tasks)))
    names = {source.name for source in sources}
    for row in range(0, table.row_count, 4):
        table.scrollTo(table.model().index(row, 0))
        await _until(lambda: table.has_visible_rows)
        table.viewport().repaint()  # what is painted is asked for
    await _until(lambda: shelf.exists() and len(list(shelf.iterdir())) >= len(names))


async def _until(true: Callable[[], object]) -> None:
    """Wait for what no one event tells: files, widgets."""
    async with asyncio.timeout(LIMIT_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def main() -> int:
    from rushes import app
    from rushes.options import Options

    return app.main(Options(base_dir=Path(sys.argv[1])), _use)


if __name__ == "__main__":
    sys.exit(main())
