"""A list that a newer version has written is refused with one sentence, and stays as it is."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from rushes.store import schema
from tests.e2e.command import PROGRAM
from tests.patience import LIMIT_S

WINDOW = ("--exit-when-shown",)


def run(base: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, "--base-dir", str(base), *words],
        env={**os.environ, "A_KEY": "a-key-000000", "RUSHES_NO_DIALOG": "1"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.fixture
def newer(base_dir: Path) -> Path:
    """The base folder of such a list."""
    words = ("--name", "ark", "--service", "ark", "--key-env", "A_KEY")
    added = run(base_dir, "accounts", "add", *words)
    assert added.returncode == 0, added.stderr
    with closing(sqlite3.connect(base_dir / "data" / "rushes.sqlite3")) as db:
        db.execute(f"PRAGMA user_version = {schema.KNOWN + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return base_dir


def contents(base: Path) -> dict[str, bytes]:
    """Without SQLite's index and an empty log, which every reader makes."""
    found = (p for p in (base / "data").rglob("*.sqlite3*") if not p.name.endswith("-shm"))
    return {str(p): p.read_bytes() for p in found if p.stat().st_size}


@pytest.mark.parametrize(
    "words",
    [
        WINDOW,
        ("list",),
        ("add", "cgt-20260427191505-9j2q7"),
        ("save", "--expiring"),
        ("watch", "--once"),
        ("watch", "--save", "--until-done"),
        ("accounts", "list"),
        ("forget-prompts", "--yes"),
    ],
    ids=" ".join,
)
def test_that_a_list_of_a_newer_version_is_refused_untouched(
    newer: Path, words: tuple[str, ...], qapp: object
) -> None:
    before = contents(newer)
    assert before
    done = run(newer, *words)
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert "newer version" in line
    assert done.stdout == ""
    assert contents(newer) == before


def test_that_the_doctor_says_so_and_changes_nothing(newer: Path, qapp: object) -> None:
    before = contents(newer)
    done = run(newer, "doctor", "--json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert "newer version" in problem
    assert contents(newer) == before
