"""What a newcomer adds stands in one place: each recipe is done to a copy of the package."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = Path("rushes/ui/window/commands.py")
ENTRY = """
COMMANDS: tuple[_Entry, ...] = (
    Command(
        "shrug",
        lambda: tr("Shrug at it"),
        lambda c: c.rows.review(marks.noted("a shrug")),
        ("Ctrl+Alt+H",),
        menus=(Place(TASK, 31), Place(ROWS, 31)),
        panes=LOOKING,
        offered=_has_rows,
    ),
"""
LOOK = """
import sys
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidget
import rushes
from rushes.ui.commands.shortcuts import ShortcutsDialog
from rushes.ui.window.commands import COMMANDS, ROWS
from rushes.ui.window.main_window import MainWindow

assert rushes.__file__.startswith(sys.argv[1]), rushes.__file__
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
dialog = ShortcutsDialog(COMMANDS, "", window)
sheet = dialog.findChild(QTreeWidget)
items = [sheet.topLevelItem(at) for at in range(sheet.topLevelItemCount())]
print("sheet", [(i.text(0), i.text(1)) for i in items if i.text(0) == "Shrug at it"])
window.close()
"""


def test_that_a_command_is_added_in_one_place(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "gui" / "rushes", tmp_path / "rushes")
    (tmp_path / "rushes" / "resources").symlink_to(ROOT / "resources")
    file = tmp_path / TABLE
    before = file.read_text("utf-8")
    head = "\nCOMMANDS: tuple[_Entry, ...] = (\n"
    assert before.count(head) == 1
    file.write_text(before.replace(head, ENTRY), "utf-8")
    assert _said(tmp_path) == [
        "menu True",
        "menu of rows True",
        "shortcut Ctrl+Alt+H",
        "off without rows True",
        "sheet [('Shrug at it', 'Ctrl+Alt+H')]",
    ]


def _said(copy: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(copy)],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "QT_QPA_PLATFORM": "offscreen", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
