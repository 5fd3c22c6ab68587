"""A library of the system that is missing, or no screen: one sentence, and exit code 1.

The library is hidden by an empty file of its name that the loader finds first.
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rushes as package
from rushes.system import libraries
from tests.e2e.command import PROGRAM
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings them along")


def run(base: Path, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    given = {
        name: value
        for name, value in {**os.environ, "RUSHES_NO_DIALOG": "1", **env}.items()
        if value
    }
    return subprocess.run(
        [*PROGRAM, "--base-dir", str(base), *words],
        env=given,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.mark.parametrize(
    "library", ["libglib-2.0.so.0", "libxcb-cursor.so.0", "libgssapi_krb5.so.2", "libEGL.so.1"]
)
def test_that_a_missing_library_is_one_sentence_with_its_package(
    tmp_path: Path, base_dir: Path, library: str
) -> None:
    (tmp_path / library).touch()

    done = run(base_dir, "--exit-when-shown", LD_LIBRARY_PATH=str(tmp_path))

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert f"{library} (package {libraries.PACKAGES[library]})" in line
    assert line in (base_dir / "data" / "rushes.log").read_text("utf-8").replace("ERROR", "rushes:")

    doctor = run(base_dir, "doctor", "--json", LD_LIBRARY_PATH=str(tmp_path))
    assert doctor.returncode == 1
    assert library in " ".join(json.loads(doctor.stdout)["problems"])


@pytest.mark.parametrize("screen", ["", ":98"])
def test_that_no_screen_is_one_sentence(base_dir: Path, screen: str) -> None:
    done = run(base_dir, DISPLAY=screen, WAYLAND_DISPLAY="")

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert (screen or "no screen") in line


@pytest.mark.parametrize("asked", ["wayland", "nonsense"])
def test_that_a_way_to_the_screen_that_qt_is_told_to_go_and_that_is_none_is_one_sentence(
    base_dir: Path, asked: str
) -> None:
    screen = {"WAYLAND_DISPLAY": "", "XDG_RUNTIME_DIR": str(base_dir)}
    done = run(base_dir, "--exit-when-shown", QT_QPA_PLATFORM=asked, **screen)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "QT_QPA_PLATFORM" in line
    assert asked in line

    assert run(base_dir, "--exit-when-shown", QT_QPA_PLATFORM=f"{asked};xcb").returncode == 0


def test_that_the_doctor_finds_nothing_wrong_where_the_window_opens(base_dir: Path) -> None:
    assert run(base_dir, "--exit-when-shown").returncode == 0
    done = run(base_dir, "doctor", "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])


def test_that_no_screen_is_nothing_wrong_for_the_doctor(base_dir: Path) -> None:
    done = run(base_dir, "doctor", "--json", DISPLAY="", WAYLAND_DISPLAY="")
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])


def test_that_every_library_of_the_list_belongs_to_a_package_that_is_installed_for_the_tests() -> (
    None
):
    assert libraries.missing() == {}


@pytest.mark.skipif(not shutil.which("xvfb-run"), reason="needs a screen of its own")
def test_that_the_trial_of_a_screen_leaves_it_to_the_window(tmp_path: Path) -> None:
    """A server whose last client leaves begins anew, and refuses whoever comes meanwhile. This one
    ends instead, so that what comes after a trial that let go finds nothing every time."""
    server = ["xvfb-run", "-a", "-s", "-screen 0 640x480x24 -terminate"]
    done = subprocess.run(
        [*server, *PROGRAM, "--helper", "libraries"],
        env={**os.environ, "WAYLAND_DISPLAY": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[-2:] == [{"part": "screen"}, {"problem": ""}], done.stderr


def test_that_a_bundle_names_the_library_as_well(tmp_path: Path) -> None:
    (tmp_path / "libEGL.so.1").touch()
    with pytest.raises(OSError, match="libEGL") as said:
        ctypes.CDLL(str(tmp_path / "libEGL.so.1"))
    # As PyInstaller's loader in a bundle.
    with pytest.raises(OSError, match="Failed to load") as told:
        raise OSError("Failed to load dynlib/dll 'libqxcb.so'. Most likely …") from said.value
    sentence = libraries.explain(told.value)
    assert "libEGL.so.1 (package libegl1)" in sentence
    assert "dynlib" not in sentence


def test_that_a_demo_whose_simulator_cannot_start_is_one_sentence(
    tmp_path: Path, base_dir: Path
) -> None:
    copy = tmp_path / "gui" / "rushes"
    copy.mkdir(parents=True)
    for each in Path(package.__file__).parent.iterdir():
        if each.name != "simulator":
            (copy / each.name).symlink_to(each, each.is_dir())

    done = run(base_dir, "--demo", PYTHONPATH=str(copy.parent))

    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "rushes: The simulator of the demo cannot be started: ModuleNotFoundError: No module named "
        "'rushes.simulator'.\n",
    )
