"""The program on a library that somebody used yesterday: pictures, selection and layout are there,
after a quiet end and after a kill."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QRect

from rushes.core.short_ids import distinctive
from tests.e2e.pixels import picture_share, screen_shot
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.patience import LIMIT_S
from tests.yesterday import Yesterday

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' accessibility tree"),
    pytest.mark.usefixtures("qapp"),
]

#: Pictures are there so long after the start (seconds); changes are on disk so long after them.
PICTURES_S, KEPT_S = 3.0, 2.0
_POSTER_WIDE = 76


class Seen:
    """A start of the program, looked at."""

    def __init__(self, screen: Screen, program: "subprocess.Popen[bytes]", began: float) -> None:
        self.screen = screen
        self.program = program
        self._began = began

    def wait_for_pictures(self) -> None:
        """Three seconds from the start. Where other programs keep the machine so busy that the
        rows alone take half of that, as much again."""
        self.screen.find("2 takes selected")
        rows_s = time.monotonic() - self._began
        until(lambda: time.monotonic() - self._began > max(PICTURES_S, 2 * rows_s))

    def rows(self) -> list[str]:
        """What is said of the rows on the screen, from the top; the outer two may be cut off."""
        shown = (line.strip() for line in self.screen.dump(2000))
        return [line.split(": ", 1)[1].strip("'") for line in shown if ", not rated" in line]

    def bare_rows(self) -> list[str]:
        """The saved takes on the screen whose row has no picture."""
        shot, rows = screen_shot(), self.rows()
        ago = r"(just now|\d+ min)"  # it grows older meanwhile
        same = ago.join(map(re.escape, re.split(r"just now|\d+ min", rows[0])))
        first = self.screen.find(same, role="table cell")["box"]
        x, y, _, height = first
        saved = {at: row for at, row in enumerate(rows[1:-2], 1) if "Saved" in row}
        assert len(saved) >= 3, "this test looks at rows"
        return [
            row
            for at, row in saved.items()
            if picture_share(
                shot, QRect(x - _POSTER_WIDE, y + at * (height + 1), _POSTER_WIDE, height)
            )
            < 0.1
        ]

    def has_pictures(self) -> bool:
        """Whether a good part of the gallery is pictures."""
        box = QRect(*self.screen.find("Tasks as pictures")["box"])
        return picture_share(screen_shot(), box) > 0.1

    def layout(self) -> tuple[int, list[str]]:
        """The sidebar's width and what the rows from the top are called."""
        width = self.screen.find("Views and accounts")["box"][2]
        return width, [_called(row) for row in self.rows()]


def _called(row: str) -> str:
    """The end of the take's id, as the row says it."""
    found = re.search(r"…(\S{5})(?: · [^·,]+)?, ", row)  # the age follows a reason
    assert found is not None, row
    return found[1]


@contextmanager
def started(library: Yesterday, env: dict[str, str]) -> Iterator[Seen]:
    began = time.monotonic()
    with rushes(env, *library.words) as program, Screen(program, env) as screen:
        yield Seen(screen, program, began)


@contextmanager
def started_and_killed(library: Yesterday, env: dict[str, str]) -> Iterator[Seen]:
    """As `started`; the program gets SIGKILL in place of a clean end."""
    began = time.monotonic()
    words = [sys.executable, "-m", "rushes", *library.words]
    program = subprocess.Popen(words, env=env)
    try:
        with Screen(program, env) as screen:
            yield Seen(screen, program, began)
    finally:
        program.kill()
        program.wait(LIMIT_S)


@contextmanager
def at_desk(library: Yesterday, home: Path) -> Iterator[dict[str, str]]:
    with desktop(home, vault=False) as env:
        yield env | library.keys


def test_that_pictures_selection_and_layout_are_there_on_every_start(
    yesterday: Yesterday, tmp_path: Path
) -> None:
    with at_desk(yesterday, tmp_path) as env:
        layouts = []
        for _ in range(2):  # one of two failed
            with started(yesterday, env) as seen:
                seen.wait_for_pictures()
                assert seen.bare_rows() == []
                layouts.append(seen.layout())
    top = layouts[0][1][:2]  # the first is behind the header
    assert distinctive(yesterday.top)[-5:] in top
    assert layouts[0] == layouts[1]


def test_that_a_kill_loses_neither_view_nor_selection_nor_scroll_place(
    yesterday: Yesterday, tmp_path: Path
) -> None:
    with at_desk(yesterday, tmp_path) as env:
        with started_and_killed(yesterday, env) as seen:
            seen.wait_for_pictures()
            row = seen.rows()[2]
            other = re.escape(row.split(",")[0])
            seen.screen.select(f".*…{re.escape(_called(row))}, .*")
            seen.screen.find("1 take selected|Rate 1 of 5")
            seen.screen.press("Gallery", role="check box")
            seen.screen.find("Tasks as pictures")
            then = time.monotonic()
            until(lambda: time.monotonic() - then > KEPT_S)
        for _ in range(2):
            with started_and_killed(yesterday, env) as seen:
                seen.screen.find("Tasks as pictures")
                seen.screen.find(f"{other}.*", role="label")  # the inspector shows it
                until(seen.has_pictures, PICTURES_S)
