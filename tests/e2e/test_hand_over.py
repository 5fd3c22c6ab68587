"""The evening's work as a person does it: find a take, judge it beside others, hand it over."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.command import Served, Shell, simulating
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' own")


def test_that_the_take_is_found_judged_beside_others_and_dragged_into_another_program(
    tmp_path: Path,
) -> None:
    bin_ = tmp_path / "another program's folder"
    bin_.mkdir()
    with simulating("demo") as served, desktop(tmp_path, vault=False) as env:
        base = _saved_takes(tmp_path, served)
        env |= {f"KEY_{line['service']}": line["key"] for line in served.lines}
        with (
            rushes(env, "--base-dir", str(base)) as program,
            Screen(program, env) as screen,
            _other_program(bin_, env) as other,
            Screen(other, env) as theirs,
        ):
            take = _find_and_rate(screen)
            _compare_with_the_others_and_pick(screen, take)
            x, y, width, height = theirs.find("Another program")["box"]
            screen.drag(take, (x + width // 2, y + height // 2))
            theirs.find("Another program: 2 files taken")
        (job,) = (job for job in served.truth()["ark"].values() if job["seed"] == 10136)

    assert {_sha256(path) for path in bin_.iterdir()} == {a["sha256"] for a in job["artifacts"]}


def _saved_takes(folder: Path, served: Served) -> Path:
    """A base folder in which the takes of one account lie finished and saved."""
    shell = Shell.on(folder / "base", served)
    shell.base.mkdir()
    shell.add_all(served, ["ark"])
    shell.good("watch", "--until-done", "--save", "--json")
    return shell.base


@contextmanager
def _other_program(folder: Path, env: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Right of where Rushes opens."""
    words = (sys.executable, "-m", "tests.e2e.drop_target", str(folder), "1290", "100")
    program = subprocess.Popen(words, env=env)
    try:
        yield program
    finally:
        program.terminate()
        program.wait(LIMIT_S)


def _find_and_rate(screen: Screen) -> str:
    """Leaves the take selected alone; returns the pattern it is spoken by."""
    screen.write("Search", "seed:10136")
    until(lambda: len(_takes(screen)) == 1)
    (spoken,) = _takes(screen)
    screen.select(f".*{_tail(spoken)}.*")
    screen.choose("Task", "Rating", "★★★★★")
    take = f".*{_tail(spoken)}, Saved.*rated 5 of 5.*"
    screen.find(take, role="table cell")
    return take


def _compare_with_the_others_and_pick(screen: Screen, take: str) -> None:
    screen.write("Search", "")
    until(lambda: len(_takes(screen)) == 3)
    for number, spoken in enumerate(_takes(screen)):
        screen.select(f".*{_tail(spoken)}.*", more=number > 0)
    screen.choose("Task", "Compare takes")
    at = next(n for n, spoken in enumerate(_takes(screen)) if re.fullmatch(take, spoken))
    screen.press(f"Pick take {'ABC'[at]}", role="check box")
    screen.press("List", role="check box")
    screen.write("Search", "pick:yes")
    until(lambda: [re.fullmatch(take, spoken) is not None for spoken in _takes(screen)] == [True])


def _tail(spoken: str) -> str:
    """The end of its id: what is said of it besides changes with time."""
    found = re.search(r"…\S{5}(?=, )", spoken)
    assert found is not None, spoken
    return re.escape(found[0])


def _takes(screen: Screen) -> list[str]:
    """The finished takes of the list as a screen reader speaks them, from above."""
    return [name for name in screen.names("table cell") if ", Saved, " in name]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
