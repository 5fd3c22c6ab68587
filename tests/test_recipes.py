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
