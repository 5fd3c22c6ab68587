"""Start at login: what is written, read back as the system reads it."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rushes.system import menu_entry

AWKWARD = Path('/tmp/a $HOME "b" 100% \\c `d`')
here = pytest.mark.skipif(sys.platform != "linux", reason="the autostart folder of Linux")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if that had been called."""
    path = tmp_path / "bin" / "rushes"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(path)])
    return path


def entry() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"], "autostart", "rushes.desktop")


@here
@pytest.mark.parametrize("base_dir", [None, AWKWARD])
def test_that_the_entry_opens_this_list_and_goes(program: Path, base_dir: Path | None) -> None:
    assert menu_entry.found_at_login(base_dir) is None
    menu_entry.switch_login_start(base_dir, on=True)
    assert menu_entry.found_at_login(base_dir) == program
    assert menu_entry.found_at_login(Path("/another/list")) is None
    text = entry().read_text("utf-8")
    assert "MimeType" not in text
    assert "%U" not in text
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", entry()], check=True)
    menu_entry.switch_login_start(base_dir, on=False)
    assert not entry().exists()
    menu_entry.switch_login_start(base_dir, on=False)  # nothing is there, and nothing goes wrong


@here
def test_that_an_entry_of_another_list_is_replaced(program: Path) -> None:
    menu_entry.switch_login_start(None, on=True)
    menu_entry.switch_login_start(AWKWARD, on=True)
    assert menu_entry.found_at_login(None) is None
    assert menu_entry.found_at_login(AWKWARD) == program


@here
def test_that_an_entry_of_the_users_own_is_not_taken_for_ours() -> None:
    entry().parent.mkdir(parents=True)
    entry().write_text('[Desktop Entry]\nType=Application\nName=Mine\nExec="rushes"\n')
    assert menu_entry.found_at_login(None) is None


@here
def test_that_an_app_image_that_is_unpacked_to_start_is_unpacked_by_its_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No AppImage is there in the tests; these are what its runtime and Python say in one."""
    image, unpacked = tmp_path / "Rushes.AppImage", tmp_path / "appimage_extracted_0f3c"
    image.write_text("")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(unpacked / "usr" / "lib" / "rushes" / "rushes"))
    monkeypatch.setenv("APPIMAGE", str(image))
    for folder, word in (unpacked, ["--appimage-extract-and-run"]), (tmp_path, []):
        monkeypatch.setenv("APPDIR", str(folder))
        started = [str(image), *word, *menu_entry.based(AWKWARD)]
        assert menu_entry.words_of(menu_entry.entry(AWKWARD, opens=True)) == started
        menu_entry.switch_login_start(AWKWARD, on=True)
        assert menu_entry.words_of(entry().read_text("utf-8")) == started
        assert menu_entry.found_at_login(AWKWARD) == image


def test_that_macos_is_given_a_launch_agent(program: Path) -> None:
    content = menu_entry.launch_agent(AWKWARD)
    assert plistlib.loads(content) == {
        "Label": "app.rushes.Rushes",
        "ProgramArguments": [str(program), "--base-dir", str(AWKWARD)],
        "RunAtLoad": True,
        "ProcessType": "Interactive",
    }
    assert menu_entry.agent_words(content) == [str(program), *menu_entry.based(AWKWARD)]
    assert menu_entry.agent_words(b"not a list") is None
