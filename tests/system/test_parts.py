"""What put this program here, and how another version comes in its place."""

import sys
from pathlib import Path

import pytest

from rushes.system import parts


def test_that_the_folder_to_replace_is_the_one_that_the_archive_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No bundle is there in the tests; in one, Python says these two things."""
    folder = tmp_path / "rushes-0.1.0-linux-amd64"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "executable", str(folder / "lib" / "rushes" / "rushes"))

    assert parts.installed_by()[1] == f"unpack the new archive in place of {folder}"


@pytest.mark.parametrize(
    ("system", "program", "told"),
    [
        ("win32", "Rushes/rushes.exe", ("rushes-setup.exe", "rushes-setup.exe")),
        (
            "darwin",
            "Rushes.app/Contents/MacOS/rushes",
            ("Rushes.dmg", "put the new file in place of {folder}/Rushes.app"),
        ),
    ],
)
def test_that_an_installer_and_an_app_are_called_that(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    program: str,
    told: tuple[str, str],
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(sys, "executable", str(tmp_path / program))

    assert parts.installed_by() == (told[0], told[1].format(folder=tmp_path))
