"""Two versions of Rushes on one computer: the one that runs is told what the other cannot do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rushes as package
from rushes import assets
from rushes.system import handover
from rushes.system.parts import own_version
from tests.e2e.command import PROGRAM
from tests.e2e.screen import rushes, until
from tests.patience import LIMIT_S

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals"),
    pytest.mark.usefixtures("qapp"),  # a screen for the window
]


@pytest.fixture
def another(tmp_path: Path) -> dict[str, str]:
    """The environment in which a version runs that opens files and links by another word."""
    copy = tmp_path / "another" / "gui" / "rushes"
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(package.__file__).parent, copy, ignore=kept)
    (copy.parents[1] / "resources").symlink_to(assets.root(), target_is_directory=True)
    app = copy / "app.py"
    text = app.read_text("utf-8")
    assert text.count('{"verb": "open", ') == 1
    app.write_text(text.replace('{"verb": "open", ', '{"verb": "open-2", '), "utf-8")
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    return {**os.environ, "PYTHONPATH": str(copy.parent), "XDG_RUNTIME_DIR": str(run)}


def test_that_what_the_running_version_does_not_understand_is_one_sentence(
    base_dir: Path, another: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", another["XDG_RUNTIME_DIR"])
    ours = {name: value for name, value in another.items() if name != "PYTHONPATH"}
    base = ("--base-dir", str(base_dir))

    with rushes(ours, *base) as window:
        until(lambda: handover.ask(handover.address(base_dir / "data"), {"verb": "ping"}) == {})
        done = subprocess.run(
            [*PROGRAM, *base, "rushes:add?id=cgt-20260427191505-9j2q9"],
            env={**another, "RUSHES_NO_DIALOG": "1"},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert window.poll() is None

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert f"Rushes {own_version()} is running" in line
