"""Files that may be anybody's: what is no regular file is refused instead of being waited for."""

import os
from pathlib import Path

import pytest

from rushes.net.session import UnusableAuthority, trust
from rushes.system.disk import open_regular


def test_that_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\r\n\x1a ids")
    with open_regular(tmp_path / "a") as file:
        assert file.read() == b"\r\n\x1a ids"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_that_a_pipe_is_refused_wherever_a_file_is_chosen(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "pipe")
    with pytest.raises(UnusableAuthority):
        trust(str(tmp_path / "pipe"))


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/", "/nowhere"])
def test_that_devices_folders_and_nothing_are_refused(path: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - each has its own words
        open_regular(Path(path))
