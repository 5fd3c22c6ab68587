"""What a newcomer adds is one entry in one file: each recipe is followed in a copy of the program,
and a process that runs the copy shows that it is there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rushes

ROOT = Path(rushes.__file__).parent.parent.parent


class Copy:
    """The program in a folder of its own, to be changed.

    Attributes:
        folder: Where it lies.
        changed: Files of the package that were changed, relative to it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed: list[str] = []
        forget = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "gui" / "rushes", folder / "gui" / "rushes", ignore=forget)
        (folder / "resources").symlink_to(ROOT / "resources", target_is_directory=True)

    def insert(self, file: str, before: str, entry: str) -> None:
        """Write `entry` into `file` in front of the only line that begins with `before`."""
        path = self.folder / "gui" / "rushes" / file
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (at,) = [at for at, line in enumerate(lines) if line.startswith(before)]
        path.write_text("".join([*lines[:at], entry, *lines[at:]]), "utf-8")
        self.changed.append(file)

    def run(self, code: str, *words: str) -> str:
        """What the code prints, with the copy as `rushes`."""
        env = {**os.environ, "PYTHONPATH": str(self.folder / "gui")}
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            env=env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


_SAY_FAILURE = """
import rushes
from rushes.core.failure import Failure, Kind
from rushes.presentation.sentences import action_label, sentence, unsaved_sentence
from rushes.core.task import Artifact, ArtifactKind

told = sentence(Failure(Kind("moon"), host="ark.example.com"))
unsaved = unsaved_sentence(Artifact(kind=ArtifactKind.VIDEO, problem="MOON"), 0.0)
print(rushes.__file__, told.text, action_label(told.action), unsaved, sep="|")
"""


def test_that_a_failure_kind_is_added_in_one_place(copy: Copy) -> None:
    entry = '    MOON = "moon", QT_TR_NOOP("{host} is on the moon."), Action.TRY_NOW\n'
    copy.insert("core/failure.py", '    OFFLINE = "offline"', entry)
    where, text, button, unsaved = copy.run(_SAY_FAILURE).split("|")
    assert Path(where).is_relative_to(copy.folder)
    assert (text, button) == ("ark.example.com is on the moon.", "Try now")
    assert unsaved == "the service is on the moon."
    assert copy.changed == ["core/failure.py"]


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


def test_that_a_setting_is_added_in_one_place(copy: Copy, tmp_path: Path) -> None:
    entry = '    grain: int = setting(3, Section.WINDOW, QT_TR_NOOP("Grain"), least=1, most=9)\n'
    copy.insert("core/settings.py", "    theme: str = ", entry)
    file = str(tmp_path / "config" / "settings.json")
    assert copy.run(_OPEN_SETTINGS, file, "7") == "3 1.0 9.0"
    assert copy.run(_OPEN_SETTINGS, file, "99") == "7 1.0 9.0"  # a process of its own later
    assert copy.run(_OPEN_SETTINGS, file, "9").startswith("9 ")
    assert copy.changed == ["core/settings.py"]
