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
