"""T18: every released schema is brought up to date, killed at each point on the way."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.report import Report
from tests.patience import LIMIT_S
from tests.store.stores import RELEASED, place, sql

ROWS = 200
KILLS = 20


def released(version: int, path: Path) -> None:
    """A list of `ROWS` tasks as that version left it."""
    place(RELEASED[version], path)
    columns = [row[1] for row in sql(path, "PRAGMA table_info(task)")]
    same = ", ".join(name for name in columns if name not in ("num", "id", "name"))
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            f"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
            f"INSERT INTO task (num, id, name, {same}) "
            f"SELECT i, 'cgt-' || i, 'take ' || i, {same} FROM task, n WHERE num = 1"
        )
        db.commit()


def release_1(path: Path) -> None:
    """The library of release 1 as a kill left it: its last task is in the log only."""
    place("release-1", path, killed=True)


def opened(path: Path, dies_at: int) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "tests.faults.upgrading", str(path), str(dies_at)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=LIMIT_S)


def found_in(path: Path) -> dict[str, Any]:
    done = opened(path, 0)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def copied(path: Path, name: str) -> Path:
    to = path.parents[2] / name / "data"
    shutil.copytree(path.parent, to)
    return to / path.name


def _check(report: Report, path: Path, expected: set[str]) -> None:
    found = found_in(path)
    lost = len(expected - set(found["ids"]))
    report.lost += lost
    assert lost == 0, f"{lost} rows were lost"
    assert not found["damaged"], "the list was damaged"
    assert len(set(found["names"])) >= len(expected) - 1  # one of them has no name
    assert sql(path, "PRAGMA user_version") == [(found["version"],)]
    assert sql(path, "PRAGMA integrity_check") == [("ok",)]


def run(full: bool) -> Report:
    report = Report("T18")
    lists: dict[str, Callable[[Path], None]]
    lists = {f"version {version}": partial(released, version) for version in RELEASED}
    lists["release 1"] = release_1
    with tempfile.TemporaryDirectory() as folder:
        for name, make in lists.items() if full else list(lists.items())[-2:]:
            path = Path(folder, name, "data", "rushes.sqlite3")
            make(path)
            seen = found_in(copied(path, f"{name} unharmed"))
            expected = _ids(copied(path, f"{name} read"))
            for kill in range(1, KILLS + 1) if full else (KILLS // 2,):
                at = max(1, kill * seen["statements"] // KILLS)
                with report.case(f"{name}, killed before statement {at}"):
                    again = copied(path, f"{name} killed at {kill}")
                    killed = opened(again, at)
                    assert killed.returncode == -signal.SIGKILL, killed.stderr or "it lived on"
                    _check(report, again, expected)
    return report


def _ids(path: Path) -> set[str]:
    return {row[0] for row in sql(path, "SELECT id FROM task WHERE removed_at IS NULL")}
