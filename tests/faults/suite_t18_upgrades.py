"""T18: every released schema is brought up to date, killed at each point on the way."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.adapters.stores import sql
from tests.adapters.test_store_safety import RELEASED
from tests.faults.report import Report

ROWS = 200
KILLS = 20


def released(version: int, path: Path) -> None:
    """A list of `ROWS` tasks as that version left it."""
    RELEASED[version](path)
    columns = [row[1] for row in sql(path, "PRAGMA table_info(task)")]
    same = ", ".join(name for name in columns if name not in ("num", "id", "name"))
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            f"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
            f"INSERT INTO task (num, id, name, {same}) "
            f"SELECT i, 'cgt-' || i, 'take ' || i, {same} FROM task, n WHERE num = 1"
        )
        db.commit()


def opened(path: Path, dies_at: int) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "tests.faults.upgrading", str(path), str(dies_at)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)


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
    assert len(set(found["names"])) == ROWS
    assert sql(path, "PRAGMA user_version") == [(found["version"],)]
    assert sql(path, "PRAGMA integrity_check") == [("ok",)]


def run(full: bool) -> Report:
    report = Report("T18")
    with tempfile.TemporaryDirectory() as place:
        for version in RELEASED if full else list(RELEASED)[-1:]:
            path = Path(place, f"{version}", "data", "rushes.sqlite3")
            released(version, path)
            expected = {row[0] for row in sql(path, "SELECT id FROM task")}
            statements = found_in(copied(path, f"{version} unharmed"))["statements"]
            for kill in range(1, KILLS + 1) if full else (KILLS // 2,):
                at = max(1, kill * statements // KILLS)
                with report.case(f"version {version}, killed before statement {at}"):
                    again = copied(path, f"{version} killed at {kill}")
                    killed = opened(again, at)
                    assert killed.returncode == -signal.SIGKILL, killed.stderr or "it lived on"
                    _check(report, again, expected)
    return report
