"""A bundle that is replaced while it runs: `packaging/replaced.py`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there alone it can be replaced")

HOOK = Path(__file__).parent.parent / "packaging" / "replaced.py"
#: What PyInstaller puts into a program, and a program that is replaced: then it reads its own end.
PROGRAM = """
import os, runpy, sys
from types import ModuleType, SimpleNamespace
hook, named, upgrade = sys.argv[1:]
reader = SimpleNamespace(_filename=named)
sys.modules["pyimod02_importers"] = ModuleType("pyimod02_importers")
sys.modules["pyimod02_importers"].pyz_archive = reader
runpy.run_path(hook)
os.replace(upgrade, named)
with open(reader._filename, "rb") as file:
    print(file.read()[-5:].decode())
"""


def read_after_an_upgrade(folder: Path, named: Path, started: Path) -> str:
    """What a program that was started as `started` finds in the archive it knows as `named`."""
    upgrade = folder / "upgrade"
    upgrade.write_bytes(b"newer")
    done = subprocess.run(
        [str(started), "-S", "-c", PROGRAM, str(HOOK), str(named), str(upgrade)],
        env={**os.environ, "PYTHONHOME": sys.base_prefix},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with an archive at its end."""
    path = tmp_path / "python"
    shutil.copy(Path(sys.executable).resolve(), path)
    with path.open("ab") as file:
        file.write(b"older")
    return path


def test_that_a_program_goes_on_with_what_was_started(tmp_path: Path, program: Path) -> None:
    assert read_after_an_upgrade(tmp_path, program, program) == "older"


def test_that_an_archive_outside_the_program_is_read_where_it_is(
    tmp_path: Path, program: Path
) -> None:
    other = Path(sys.executable).resolve()
    assert read_after_an_upgrade(tmp_path, program, other) == "newer"
