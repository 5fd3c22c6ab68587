"""What came from the network is marked as such, where the system knows a mark."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from rushes.core.ports import SavedFile
from rushes.system import disk
from tests.conftest import Drive
from tests.files.media import mp4
from tests.net.origin import Origin, bench


def test_that_windows_reads_the_mark_as_the_internet_zone_and_no_address() -> None:
    lines = disk.zone_identifier().decode("ascii").split("\r\n")
    assert lines == ["[ZoneTransfer]", "ZoneId=3", ""]
    stream = disk.zone_stream_of(Path("films", "take 1.mp4"))
    assert stream == Path("films", "take 1.mp4:Zone.Identifier")


def test_that_macos_reads_flags_time_and_program() -> None:
    flags, at, agent, event = disk.quarantine_value(1_795_330_000.9).decode("ascii").split(";")
    assert int(flags, 16) & 0x0001
    assert int(at, 16) == 1_795_330_000
    assert (agent, event) == ("Rushes", "")


@pytest.mark.skipif(sys.platform != "linux", reason="reads it back as Linux does")
def test_that_an_attribute_set_through_the_c_library_is_there(tmp_path: Path) -> None:
    path = tmp_path / "Take ä.mp4"
    path.write_bytes(b"film")
    name = f"user.{disk.QUARANTINE}"
    if not _keeps_attributes(path):
        pytest.skip("this disk keeps no attributes")
    disk.set_attribute(path, name, disk.quarantine_value(1.0))
    assert os.getxattr(path, name) == b"0081;00000001;Rushes;"
    with pytest.raises(FileNotFoundError):
        disk.set_attribute(tmp_path / "gone", name, b"x")


def test_that_a_file_is_marked_before_it_has_its_final_name(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[Path] = []
    monkeypatch.setattr("rushes.files.download.mark_downloaded", marked.append)

    async def work() -> None:
        async with bench(Origin(mp4(4000)), tmp_path) as b:
            found = await b.fetch(b.order())
            assert isinstance(found, SavedFile)
            (part,) = marked
            assert part.parent == found.path.parent
            assert part.name.endswith(".part")

    run(work())


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_that_a_disk_that_keeps_no_marks_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    disk.mark_downloaded(tmp_path / "no folder" / "take.mp4")
    assert list(tmp_path.iterdir()) == []


def test_that_windows_gets_its_stream_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "take.mp4"
    path.write_bytes(b"film")
    disk.mark_downloaded(path)
    assert [p.name for p in tmp_path.iterdir()] == ["take.mp4"]
    monkeypatch.setattr(sys, "platform", "win32")
    disk.mark_downloaded(path)
    stream = tmp_path / "take.mp4:Zone.Identifier"  # a plain file here, part of the film there
    assert stream.read_bytes() == disk.zone_identifier()


def _keeps_attributes(path: Path) -> bool:
    try:
        os.setxattr(path, "user.rushes", b"1")
    except OSError:
        return False
    return True
