"""Keys of the user's choice, struck on the keyboard of the screen in every pane."""

import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.command import Shell, simulating
from tests.e2e.screen import Screen, desktop, row_of, rushes, until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' accessibility tree"),
    pytest.mark.usefixtures("qapp"),
]


def test_that_a_rebound_key_means_the_same_in_every_pane(tmp_path: Path) -> None:
    base = tmp_path / "base"
    with simulating("demo") as served, desktop(tmp_path, vault=False) as env:
        shell = Shell.on(base, served)
        shell.add_all(served, ["ark"])
        shell.run("watch", "--until-done", "--save")
        films = [
            id_
            for id_, task in shell.listed().items()
            if any(a["kind"] == "video" and a["state"] == "saved" for a in task["artifacts"])
        ]
        _rebind(base, {"rate_5": ["Shift+R"], "rate_4": ["W"]})
        with (
            rushes(shell.env | env, "--base-dir", str(base)) as program,
            Screen(program, env) as screen,
        ):
            screen.find(row_of(films[0]), role="table cell")
            Shell(
                base, shell.env | env
            ).good()  # a second start brings the window up, and the keyboard to it
            _strike_in_every_pane(screen, films[0], films[1], _Ratings(base))


def _strike_in_every_pane(screen: Screen, one: str, two: str, rated: "_Ratings") -> None:
    screen.select(row_of(one))
    screen.focus("Tasks", role="table")
    _strike_everywhere_the_same(screen, lambda: rated.of(one))
    screen.press("Gallery", role="check box")
    screen.find("Tasks as pictures")
    _strike_everywhere_the_same(screen, lambda: rated.of(one))
    screen.focus("Preview")
    _strike_everywhere_the_same(screen, lambda: rated.of(one))
    screen.key("f")
    screen.find("Review", role="filler")
    _strike_everywhere_the_same(screen, lambda: rated.of(one))
    screen.key("Escape")

    screen.press("List", role="check box")
    screen.select(row_of(two), more=True)
    screen.press("Compare", role="check box")
    screen.find("Rate take A 5 of 5")
    other = rated.of(two)
    _strike_everywhere_the_same(screen, lambda: rated.of(one))
    assert rated.of(two) == other


def _strike_everywhere_the_same(screen: Screen, rating: Callable[[], int]) -> None:
    """The old keys of five and four stars do nothing here, the new ones rate."""
    screen.key("3")
    until(lambda: rating() == 3)
    screen.key("5", "4", "R")
    until(lambda: rating() == 5)
    screen.key("w")
    until(lambda: rating() == 4)


class _Ratings:
    def __init__(self, base: Path) -> None:
        self._file = base / "data" / "rushes.sqlite3"

    def of(self, task: str) -> int:
        with sqlite3.connect(self._file) as db:
            (found,) = db.execute("SELECT rating FROM task WHERE id = ?", (task,)).fetchone()
        db.close()
        return int(found)


def _rebind(base: Path, shortcuts: dict[str, list[str]]) -> None:
    file = base / "config" / "settings.json"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    settings = json.loads(file.read_text("utf-8")) if file.exists() else {}
    file.write_text(json.dumps(settings | {"shortcuts": shortcuts}), "utf-8")
