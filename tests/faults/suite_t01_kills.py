"""T1: kill -9 while watching, saving and editing. What was told to be there is there."""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.e2e.command import Served, Shell, simulating
from tests.faults.report import Report
from tests.store.stores import sql

SPEED = 10.0
ENDS = ("succeeded", "failed", "cancelled", "expired")
ROUNDS_A_SCENE = 20


@dataclass
class Opens:
    """Seconds until the list was open again, by the clock and of the processor."""

    took: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        if not self.took:
            return {}
        took, worked = sorted(self.took), sorted(self.worked)
        last = min(len(took) - 1, int(0.95 * len(took)))
        return {
            "restart_median_s": round(statistics.median(took), 2),
            "restart_p95_s": round(took[last], 2),
            "restart_most_s": round(took[-1], 2),
            "restart_cpu_median_s": round(statistics.median(worked), 2),
            "restart_cpu_p95_s": round(worked[last], 2),
        }


@dataclass
class Told:
    """The last thing told about each task and file."""

    status: dict[str, str] = field(default_factory=dict)
    name: dict[str, int] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)

    def take(self, line: dict[str, Any]) -> None:
        self.status[line["id"]] = line["status"]
        self.name[line["id"]] = int(line.get("name") or 0)
        files = line.get("saved") or {
            a["path"]: a["sha256"] for a in line.get("artifacts", ()) if a["state"] == "saved"
        }
        self.saved.update(files)

    def take_all(self, output: str) -> None:
        for line in output.splitlines(keepends=True):
            if line.startswith("{") and line.endswith("\n"):
                self.take(json.loads(line))

    def lost(self, db: Path) -> list[str]:
        rows = {row[0]: row[1:] for row in sql(db, "SELECT id, status, name FROM task")}
        gone = [task_id for task_id in self.status if task_id not in rows]
        for task_id, (status, name) in rows.items():
            said = self.status.get(task_id, "")
            if said in ENDS and status != said:
                gone.append(f"{task_id}: {status}, not {said}")
            if int(name or 0) < self.name.get(task_id, 0):
                gone.append(f"{task_id}: an older name")
        for path, digest in self.saved.items():
            if not Path(path).is_file() or sha256(Path(path).read_bytes()).hexdigest() != digest:
                gone.append(Path(path).name)
        return gone


def _killed(words: list[str], env: dict[str, str], after: float, opens: Opens) -> str:
    """Run until `after` seconds past its first line, or its start where none comes; kill it."""
    started = time.monotonic()
    with subprocess.Popen(words, env=env, text=True, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = ""
        if "tests.faults.editing" in words:
            said = child.stdout.readline()
            opens.took.append(time.monotonic() - started)
            opens.worked.append(_cpu_s(child.pid))
        time.sleep(after)
        child.kill()
        return said + child.stdout.read()


def _cpu_s(process: int) -> float:
    """What the process has used of the processor so far."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _round(report: Report, shell: Shell, told: Told, dice: random.Random, opens: Opens) -> None:
    editing = [sys.executable, "-m", "tests.faults.editing", str(shell.base), str(SPEED)]
    watching = shell.words("watch", "--save", "--json", speed=SPEED)
    edits = dice.random() < 0.6
    after = dice.random() * 0.5 if edits else 0.3 + dice.random()
    told.take_all(_killed(editing if edits else watching, shell.env, after, opens))
    db = shell.base / "data" / "rushes.sqlite3"
    assert sql(db, "PRAGMA integrity_check") == [("ok",)]
    lost = told.lost(db)
    report.lost += len(lost)
    assert lost == [], lost
    half = [p for p in (shell.base / "files").rglob("*.mp4") if p.name[0] != "." and _is_cut(p)]
    assert half == []


def _is_cut(path: Path) -> bool:
    return b"moov" not in path.read_bytes()


def _scene(report: Report, rounds: int, dice: random.Random, opens: Opens) -> None:
    with tempfile.TemporaryDirectory() as place, simulating("demo", speed=SPEED) as served:
        shell = _shell(Path(place), served)
        told = Told()
        for number in range(rounds):
            with report.case(f"kill {number}"):
                _round(report, shell, told, dice, opens)


def _shell(base: Path, served: Served) -> Shell:
    shell = Shell.on(base, served)
    shell.env["PYTHONPATH"] = os.pathsep.join(sys.path)
    shell.add_all(served, ("ark", "rong"))
    return shell


def run(full: bool) -> Report:
    report = Report("T1")
    dice, opens = random.Random(1), Opens()
    left = 500 if full else 4
    while left > 0:
        _scene(report, min(left, ROUNDS_A_SCENE), dice, opens)
        left -= ROUNDS_A_SCENE
    report.figures |= opens.figures()
    return report
