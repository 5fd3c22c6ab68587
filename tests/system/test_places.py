"""Where the program keeps things."""

import os
import stat
from pathlib import Path

import platformdirs
import pytest

from rushes.system import places


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_that_a_base_folder_holds_everything(base_dir: Path) -> None:
    found = places.find(base_dir)
    for folder in (found.config, found.data, found.cache, found.files):
        assert folder.is_relative_to(base_dir)
    assert len({found.config, found.data, found.cache, found.files}) == 4


def test_that_only_the_owner_can_look_into_the_programs_own_folders(base_dir: Path) -> None:
    before = os.umask(0)
    try:
        (base_dir / "data").mkdir(mode=0o777)
        found = places.find(base_dir)
    finally:
        os.umask(before)
    assert {mode(folder) for folder in (found.config, found.data, found.cache)} == {0o700}
    assert not found.files.exists()


def test_that_a_relative_base_folder_does_not_follow_the_working_folder(
    base_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(base_dir)
    assert places.find(Path("here")).data == base_dir / "here" / "data"


def test_that_without_one_the_systems_places_are_used() -> None:
    found = places.find(None)
    assert found.config == platformdirs.user_config_path("Rushes", appauthor=False)
    assert found.data.is_dir()
    assert found.files == platformdirs.user_videos_path() / "Rushes"


def test_that_a_file_in_the_way_is_an_error_of_the_system(base_dir: Path) -> None:
    (base_dir / "data").write_text("in the way")
    with pytest.raises(OSError, match="data"):
        places.find(base_dir)
