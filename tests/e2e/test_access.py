"""What assistive programs are told while a film plays."""

import sys
from pathlib import Path

import pytest

from tests.e2e.screen import Screen, desktop, rushes
from tests.yesterday import Yesterday

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' tree")

_WATCHED_S = 4


def test_that_a_playing_film_renames_nothing(yesterday: Yesterday, tmp_path: Path) -> None:
    with desktop(tmp_path, vault=False) as env:
        words = env | yesterday.keys
        with rushes(words, *yesterday.words) as program, Screen(program, words) as screen:
            screen.find("2 takes selected")
            row = next(
                line.split(": ", 1)[1].strip("'")
                for line in (each.strip() for each in screen.dump(2000))
                if ", Saved" in line and ", not rated" in line
            )
            screen.select(row.split(",")[0] + ", .*")
            screen.find("Pause", role="push button")  # it plays
            names = screen.ask("renamed", seconds=_WATCHED_S)["names"]
            screen.find("Pause", role="push button")  # and still does
            # The countdown below, once a second; with a frame come 24 in each.
            assert len(names) <= 2 * _WATCHED_S, names
