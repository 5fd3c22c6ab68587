"""`rushes install-desktop`: the menu's entry starts this program, and goes without a trace."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import PROGRAM
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="entries are Linux' own")

# As a desktop reads it: by GLib, which is not ours.
_AS_A_DESKTOP = """
import json, sys
from gi.repository import Gio, GLib
entry = Gio.DesktopAppInfo.new_from_filename(sys.argv[1])
found, words = GLib.shell_parse_argv(entry.get_commandline())
print(json.dumps([entry.get_name(), [w.replace("%%", "%") for w in words], entry.get_icon() and
    entry.get_icon().to_string(), entry.supports_uris()]))
"""


def run(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "XDG_DATA_HOME": str(home)}
    return subprocess.run(
        [*PROGRAM, *words], env=env, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_that_the_entry_starts_this_program_and_is_removed(tmp_path: Path) -> None:
    home, base = tmp_path / "share", tmp_path / 'a $HOME "b" 100% \\c `d`'

    done = run(home, "--base-dir", str(base), "install-desktop")

    assert (done.returncode, done.stderr) == (0, "")
    entry = home / "applications" / "rushes.desktop"
    assert str(entry) in done.stdout
    assert (home / "icons/hicolor/scalable/apps/rushes.svg").is_file()
    if python := _python_with_glib():
        read = subprocess.run(
            [python, "-c", _AS_A_DESKTOP, str(entry)], capture_output=True, text=True, check=True
        )
        program = str(Path(sys.executable).with_name("rushes"))
        command = [program, "--base-dir", str(base), "%U"]
        assert json.loads(read.stdout) == ["Rushes", command, "rushes", True]
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(entry)], check=True)

    again = run(home, "install-desktop")
    assert again.returncode == 0
    assert "--base-dir" not in entry.read_text("utf-8")

    removed = run(home, "install-desktop", "--remove")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert [f for f in files_in(home) if not f.endswith("mimeinfo.cache")] == []
    assert run(home, "install-desktop", "--remove").returncode == 3


@pytest.mark.parametrize("words", [(), ("--remove",)])
def test_that_an_entry_of_the_users_own_stays(tmp_path: Path, words: tuple[str, ...]) -> None:
    own = tmp_path / "applications" / "rushes.desktop"
    own.parent.mkdir()
    own.write_text("[Desktop Entry]\nType=Application\nName=Mine\nExec=mine\n")

    done = run(tmp_path, "install-desktop", *words)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(own) in line
    assert "Mine" in own.read_text("utf-8")
    assert files_in(tmp_path) == ["applications/rushes.desktop"]


def test_that_the_entry_of_another_version_goes_with_that_version_only(tmp_path: Path) -> None:
    home = tmp_path / "share"
    other = tmp_path / "another version" / "rushes"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert run(home, "install-desktop").returncode == 0
    entry = home / "applications" / "rushes.desktop"
    of_this = entry.read_text("utf-8")
    of_the_other = of_this.replace(str(Path(sys.executable).with_name("rushes")), str(other))
    entry.write_text(of_the_other, "utf-8")

    refused = run(home, "install-desktop", "--remove")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert str(other) in line
    assert entry.read_text("utf-8") == of_the_other

    taken_over = run(home, "install-desktop")
    assert (taken_over.returncode, taken_over.stderr) == (0, "")
    assert f"Until now the entry started {other}" in taken_over.stdout
    assert entry.read_text("utf-8") == of_this

    entry.write_text(of_the_other, "utf-8")
    other.unlink()
    assert run(home, "install-desktop", "--remove").returncode == 0
    assert not entry.exists()


def test_that_a_menu_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("in the way")

    done = run(tmp_path, "install-desktop")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert str(tmp_path) in done.stderr


def _python_with_glib() -> str | None:
    python = "/usr/bin/python3"
    if not Path(python).exists():
        return None
    known = subprocess.run([python, "-c", "import gi"], capture_output=True, check=False)
    return python if known.returncode == 0 else None
