"""The recipes of the map: what a newcomer adds, done to a copy of the package as he would do it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Shell, simulating

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


_SAY_FAILURE = """
import rushes
from rushes.core.failure import Failure, Kind
from rushes.presentation.sentences import action_label, sentence, unsaved_sentence
from rushes.core.task import Artifact, ArtifactKind

told = sentence(Failure(Kind("moon"), host="ark.example.com"))
unsaved = unsaved_sentence(Artifact(kind=ArtifactKind.VIDEO, problem="MOON"), 0.0)
print(rushes.__file__, told.text, action_label(told.action), unsaved, sep="|")
"""


def test_that_a_failure_kind_is_added_in_one_place(copied_package: Path) -> None:
    insert_after(
        copied_package / "core" / "failure.py",
        "    # reaching the service\n",
        '    MOON = "moon", QT_TR_NOOP("{host} is on the moon."), Action.TRY_NOW\n',
    )
    where, text, button, unsaved = run_in(copied_package, _SAY_FAILURE).split("|")
    assert Path(where).is_relative_to(copied_package)
    assert (text, button) == ("ark.example.com is on the moon.", "Try now")
    assert unsaved == "the service is on the moon."


_OPEN_SETTINGS = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDialogButtonBox
from rushes.system import settings_file
from rushes.ui.settings.settings_dialog import SettingsDialog

app, path = QApplication([]), Path(sys.argv[1])
settings, ignored = settings_file.read(path)
dialog = SettingsDialog(settings)
dialog.settings_changed.connect(lambda chosen: settings_file.write(path, chosen))
(row,) = [b for b in dialog.findChildren(QAbstractSpinBox) if b.accessibleName() == "Grain"]
print(settings.grain, row.minimum(), row.maximum(), *ignored)
row.setValue(int(sys.argv[2]))
dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok).click()
"""


def test_that_a_setting_is_added_in_one_place(copied_package: Path, tmp_path: Path) -> None:
    insert_after(
        copied_package / "core" / "settings.py",
        '    """Units stand in the names; the order is that of the dialog\'s rows."""\n',
        '    grain: int = setting(3, Section.WINDOW, QT_TR_NOOP("Grain"), least=1, most=9)\n',
    )
    file = str(tmp_path / "config" / "settings.json")

    def opened(choosing: str) -> str:
        """Opens the dialog in a process of its own, and says what it found there."""
        return run_in(copied_package, _OPEN_SETTINGS, file, choosing)

    assert opened("7") == "3 1.0 9.0"
    assert opened("99") == "7 1.0 9.0"
    assert opened("1") == "9 1.0 9.0"


def test_that_a_service_is_added_in_one_place(copied_package: Path, base_dir: Path) -> None:
    insert_after(
        copied_package / "core" / "account.py",
        '    JIMENG = "jimeng", QT_TR_NOOP("Jimeng gateway"), Dialect.JIMENG\n',
        '    ACME = "acme", "Acme Video", Dialect.ANYFAST, "https://video.acme.example"\n',
    )
    with simulating("one") as served:
        line = served.line("anyfast")
        sources = os.pathsep.join([str(copied_package.parent), *sys.path])
        shell = Shell(base_dir, {**os.environ, "PYTHONPATH": sources, "ACME_KEY": line["key"]})
        address = ("--base-url", line["base_url"], "--key-env", "ACME_KEY")
        shell.good("accounts", "add", "--name", "Acme", "--service", "acme", *address)
        shell.good("add", "--account", "Acme", *line["ids"])
        shell.good("watch", "--until-done", "--save")
        found = shell.listed()
        assert {row["service"] for row in found.values()} == {"acme"}
        truth = served.truth()["anyfast"]
        assert {id_: row["status"] for id_, row in found.items()} == {
            id_: job["status"] for id_, job in truth.items()
        }
        assert {a["state"] for row in found.values() for a in row["artifacts"]} == {"saved"}


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
from rushes.core.listing import ListQuery
from rushes.presentation.columns import COLUMNS, Context
from rushes.store import Store, listing
from rushes.ui.list.task_model import TaskModel

async def main():
    now = 1_800_090_000.0
    store = await Store.open(Path(sys.argv[1]), lambda: now)
    assert not store.opened.set_aside
    order = await store.read(listing.order, ListQuery(sort_by="source", descending=True), now)
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
    assert cells == ["720p", "480p", "1080p", "—"]


_COMMAND = """\
    Command(
        "shrug",
        lambda: tr("Shrug at it"),
        lambda c: c.rows.review(review.noted("a shrug")),
        ("Ctrl+Alt+H",),
        menus=(MenuPlace(TASK, 31), MenuPlace(ROWS, 31)),
        panes=LOOKING,
        offered=_has_rows,
    ),
"""
_LOOK_AT_COMMANDS = """
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidget
import rushes
from rushes.ui.commands.shortcuts import ShortcutsDialog
from rushes.ui.window.commands import ROWS, sections
from rushes.ui.window.main_window import MainWindow

print(rushes.__file__)
app = QApplication([])
window = MainWindow()
window.set_ready()
window.show()
menus = window.menuBar().findChildren(QMenu)
print("menu", "Shrug at it" in [a.text() for menu in menus for a in menu.actions()])
rows = window.commands.make_menu(window, ROWS)
print("menu of rows", "Shrug at it" in [a.text() for a in rows.actions()])
print("shortcut", window.commands["shrug"].shortcut().toString())
print("off without rows", not window.commands["shrug"].isEnabled())
dialog = ShortcutsDialog(sections(), {}, window)
sheet = dialog.findChild(QTreeWidget)
items = [sheet.topLevelItem(at) for at in range(sheet.topLevelItemCount())]
print("sheet", [(i.text(0), i.text(1)) for i in items if i.text(0) == "Shrug at it"])
window.close()
"""


def test_that_a_command_is_added_in_one_place(copied_package: Path) -> None:
    insert_after(
        copied_package / "ui" / "window" / "commands.py",
        "\nCOMMANDS: tuple[_Entry, ...] = (\n",
        _COMMAND,
    )
    where, *found = run_in(copied_package, _LOOK_AT_COMMANDS).splitlines()
    assert Path(where).is_relative_to(copied_package)
    assert found == [
        "menu True",
        "menu of rows True",
        "shortcut Ctrl+Alt+H",
        "off without rows True",
        "sheet [('Shrug at it', 'Ctrl+Alt+H')]",
    ]
