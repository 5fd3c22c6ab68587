"""A library of yesterday, reviewed by keyboard alone: what was struck is in the store."""

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Shell
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.yesterday import Yesterday

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' accessibility tree"),
    pytest.mark.usefixtures("qapp"),
]

#: One key a take: they stand for the stars, or for the choice, in the store.
STRUCK = ("5", "4", "p", "3", "x", "2", "1", "5", "p", "4")


def test_that_ten_takes_are_reviewed_by_keyboard_alone(
    yesterday: Yesterday, tmp_path: Path
) -> None:
    with desktop(tmp_path, vault=False) as desk:
        env = desk | yesterday.keys
        with rushes(env, *yesterday.words) as program, Screen(program, env) as screen:
            screen.find("2 takes selected")
            Shell(
                yesterday.base, env
            ).good()  # a second start brings the window up, and the keyboard to it
            screen.focus("Tasks", role="table")
            screen.key("f")
            screen.find("Review", role="filler")
            screen.key(*["Up"] * 20)
            for at, sign in enumerate(STRUCK, 1):
                screen.key(sign)
                until(lambda at=at: len(verdicts(yesterday.base)) == at)  # type: ignore[misc]
                screen.key("Down")
            screen.key("Escape")
            screen.find("1 take selected|Rate 1 of 5")
            assert screen.tell("find", name="Review", role="filler", seconds=0).get("missing")
    given = verdicts(yesterday.base)
    stars = sorted(rating for rating, _ in given if rating)
    assert stars == sorted(int(sign) for sign in STRUCK if sign.isdigit())
    assert sorted(pick for _, pick in given if pick != "none") == ["pick", "pick", "reject"]


def verdicts(base: Path) -> list[tuple[int, str]]:
    """Rating and choice of every take that has either."""
    with sqlite3.connect(base / "data" / "rushes.sqlite3") as db:
        found = db.execute("SELECT rating, pick FROM task WHERE rating > 0 OR pick <> 'none'")
        rows = [(int(rating), str(pick)) for rating, pick in found]
    db.close()
    return rows
