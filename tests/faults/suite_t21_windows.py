"""T21: kill -9 of the demo's window at any moment; started again, the evening goes on by itself.

The window is the real one and so is its simulator, which ends with it. Nothing that was on disk may
be gone after a kill, and in the end table and files are those of an evening nobody disturbed.
"""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.e2e.command import Shell, differences
from tests.faults.report import Report
from tests.patience import LIMIT_S

SPEED = 4
ENDS = ("succeeded", "failed", "cancelled", "expired")
KILLS = 10  # in one evening
_LONGEST_S = 150.0

Lines = dict[str, dict[str, Any]]


class Evening:
    """A folder in which the demo is started again and again."""

    def __init__(self, base: Path) -> None:
        self.shell = Shell(base, os.environ | {"RUSHES_NO_DIALOG": "1"})
        self.known: Lines = {}

    def window(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.shell.words("--demo", speed=SPEED),
            env=self.shell.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def killed(self, after_s: float) -> None:
        """One window's life."""
        with self.window() as program:
            time.sleep(after_s)
            program.kill()
            said = program.stdout.read() if program.stdout else b""
        assert said == b"", said.decode(errors="replace")

    def lost(self) -> list[str]:
        """What is not as it was before the last kill."""
        before, self.known = self.known, self.listed()
        gone = [task_id for task_id in before if task_id not in self.known]
        for task_id in before.keys() & self.known.keys():
            was, now = before[task_id], self.known[task_id]
            if was["status"] in ENDS and now["status"] != was["status"]:
                gone.append(f"{task_id}: {now['status']}, not {was['status']}")
            gone += sorted(
                path for path in _saved(was) if _saved(now).get(path) != _saved(was)[path]
            )
        return gone

    def listed(self) -> Lines:
        done = self.shell.run("list", "--json")
        assert done.returncode in (0, 3), done.stderr  # 3: there is nothing in the list yet
        return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}

    def truth(self) -> dict[str, Any]:
        note = json.loads((self.shell.base / "data" / "demo.json").read_bytes())
        with urlopen(f"http://127.0.0.1:{note['port'] + 5}/-/expected", timeout=LIMIT_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def files(self) -> list[Path]:
        return [p for p in (self.shell.base / "files").rglob("*") if p.is_file()]

    def ended(self) -> dict[str, Any]:
        """Start once more and leave it alone until all is as it should be; what that is."""
        with self.window() as program:
            try:
                end, truth, wrong = time.monotonic() + _LONGEST_S, {}, ["nothing was seen"]
                while wrong and time.monotonic() < end:
                    time.sleep(0.5)
                    assert program.poll() is None, "it ended by itself"
                    with suppress(OSError):  # the services are not up yet
                        truth = self.truth()
                        wrong = _differences(self.listed(), truth)
                assert wrong == [], wrong
                program.send_signal(signal.SIGTERM)
                said, _ = program.communicate(timeout=_LONGEST_S)
            finally:
                program.kill()
        assert said == b"", said.decode(errors="replace")
        assert program.returncode == 0
        return truth


def _differences(found: Lines, truth: dict[str, Any]) -> list[str]:
    """But for when links end: each start of the services signs them anew."""
    return [wrong for wrong in differences(found, truth) if " expires_at: " not in wrong]


def _saved(line: dict[str, Any]) -> dict[str, str]:
    return {a["path"]: a["sha256"] for a in line["artifacts"] if a["state"] == "saved"}


def _play(report: Report, base: Path, kills: int, dice: random.Random) -> None:
    evening = Evening(base)
    finals: list[tuple[str, str]] = []  # every name a kill left, and its content
    for number in range(kills):
        after_s = 0.3 + dice.random() * 6
        with report.case(f"kill {number}, {after_s:.1f} s after the start"):
            evening.killed(after_s)
            lost = evening.lost()
            report.lost += len(lost)
            assert lost == [], lost
        finals += [
            (p.name, sha256(p.read_bytes()).hexdigest())
            for p in evening.files()
            if p.name[0] != "." and p.suffix != ".json"
        ]
    with report.case("the end of the evening"):
        truth = evening.ended()
        lost = evening.lost()
        report.lost += len(lost)
        assert lost == [], lost
        results = [a for tasks in truth.values() for t in tasks.values() for a in t["artifacts"]]
        good = {a["sha256"] for a in results if a["state"] == "saved"}
        assert {digest for _, digest in finals} <= good, "a final name on half a file"
        kept = {path for line in evening.known.values() for path in _saved(line)}
        left = [p for p in evening.files() if p.suffix != ".json" or ".part" in p.name]
        strays = [p.name for p in left if str(p) not in kept]
        report.leaks += len(strays)
        assert strays == [], strays


def run(full: bool) -> Report:
    """Eight evenings of ten kills, or one of two."""
    report, dice = Report("T21"), random.Random(21)
    if not os.environ.get("DISPLAY"):
        raise unittest.SkipTest("a window needs a screen")
    for _ in range(8 if full else 1):
        with tempfile.TemporaryDirectory() as place:
            _play(report, Path(place, "base"), KILLS if full else 2, dice)
    return report
