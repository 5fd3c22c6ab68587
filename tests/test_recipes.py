"""The recipes of the map: what a newcomer adds, done to a copy of the package as he would do it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rushes.presentation import format as fmt

PACKAGE = Path(__file__).parent.parent / "gui" / "rushes"


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    """A copy of the package, to be edited; `sources` below it is to be imported from."""
    copy = tmp_path / "sources" / "rushes"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    resources = PACKAGE.parent.parent / "resources"
    (copy / "resources").symlink_to(resources, target_is_directory=True)
    return copy


def insert_after(path: Path, line: str, new: str) -> None:
    """Add one entry to a table, after the line that begins the entry before it."""
    text = path.read_text("utf-8")
    assert text.count(line) == 1, (line, "is the place of the recipe no more")
    path.write_text(text.replace(line, f"{line}{new}"), "utf-8")


def run_in(copied_package: Path, code: str, *words: str) -> str:
    """What the code prints in a process that imports the copy."""
    env = {**os.environ, "PYTHONPATH": str(copied_package.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


_LIST_OF_YESTERDAY = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from rushes.core.account import Account, Service
from rushes.core.task import Key
from rushes.store import Store, tables

async def main():
    store = await Store.open(Path(sys.argv[1]), lambda: 1_800_000_000.0)
    await store.write(tables.put_account, Account(
        id="a", name="Ark", service=Service.ARK, base_url="https://ark.example", created_at=1.0))
    said = {Key("a", id_): source for id_, source in
            [("one", "720p"), ("two", None), ("three", "480p"), ("four", "1080p")]}
    await store.write(tables.add, list(said), 1.0)
    await store.write(tables.change, {
        key: lambda task, source=source: replace(
            task, report=replace(task.report, source_resolution=source))
        for key, source in said.items()}, 2.0)
    await store.aclose()

asyncio.run(main())
"""

_SORT_BY_SOURCE = """
import asyncio, sys
from pathlib import Path
import rushes
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from rushes.core.listing import Listing
from rushes.presentation.columns import COLUMNS, Context
from rushes.store import Store, listing
from rushes.ui.list.task_model import TaskModel

async def main():
    now = 1_800_090_000.0
    store = await Store.open(Path(sys.argv[1]), lambda: now)
    assert not store.opened.set_aside
    order = await store.read(listing.order, Listing(sort_by="source", descending=True), now)
    model = TaskModel(Context(now=now))
    model.show(order)
    model.take(await store.read(listing.tasks, order.tolist()))
    await store.aclose()
    place = [column.id for column in COLUMNS].index("source")
    title = model.headerData(place, Qt.Orientation.Horizontal)
    cells = [model.index(row, place).data() for row in range(model.rowCount())]
    print(rushes.__file__, title, *cells, sep="|")

app = QApplication([])
asyncio.run(main())
"""


def test_that_a_column_is_added_in_one_place(copied_package: Path, tmp_path: Path) -> None:
    store = tmp_path / "data" / "rushes.sqlite3"
    run_in(copied_package, _LIST_OF_YESTERDAY, str(store))
    insert_after(
        copied_package / "core" / "columns.py",
        '    Column("tier", QT_TR_NOOP("Tier"), _report("tier")),\n',
        '    Column("source", QT_TR_NOOP("Source"), _report("source_resolution")),\n',
    )
    where, title, *cells = run_in(copied_package, _SORT_BY_SOURCE, str(store)).split("|")
    assert Path(where).is_relative_to(copied_package)
    assert title == "Source"
    assert cells == ["720p", "480p", "1080p", fmt.NOT_REPORTED]
