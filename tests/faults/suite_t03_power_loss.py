"""T3: the power goes at any moment, and what was not synced is there, or not, in any order.

One real run (an account is added, then tasks, then they are watched and their results saved) is
recorded call by call. Each state of the disk it could have left is then started from.
"""

import asyncio
import functools
import json
import os
import random
import tempfile
import unittest
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from rushes.backend.backend import Backend
from rushes.core.task import ArtifactState, Task
from rushes.options import Options
from rushes.store import tables
from tests.e2e.command import Served, Shell, simulating
from tests.faults.power import Call, Disk, can_record, record
from tests.faults.report import Report
from tests.patience import LIMIT_S

SCENE, SERVICE = "last-frame", "ark"
HOW = ("none", "first", "some", "all")


@dataclass
class Said:
    """What the program had told before the power went."""

    account: bool = False
    ids: set[str] = field(default_factory=set)
    status: dict[str, str] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)  # path → SHA-256

    @classmethod
    def of(cls, output: bytes) -> "Said":
        said = cls()
        for line in output.splitlines(keepends=True):
            if line.startswith(b"{") and line.endswith(b"\n"):
                said.take(json.loads(line))
        return said

    def take(self, line: dict[str, Any]) -> None:
        self.account = self.account or "account" in line
        self.ids.update(line.get("ids", ()))
        if "status" in line:
            self.status[line["id"]] = line["status"]
            kept = [a for a in line["artifacts"] if a["state"] == "saved"]
            self.saved.update({a["path"]: a["sha256"] for a in kept})


def note(**said: Any) -> Call:
    """What the end of a command says, as if it had been printed."""
    text = json.dumps(said).encode() + b"\n"
    return Call("write", ("1",), (text,), len(text))


def recorded(shell: Shell, served: Served, log: Path) -> list[list[Call]]:
    """The calls of the three commands."""
    line = served.line(SERVICE)
    account = ("accounts", "add", "--name", "mine", "--service", SERVICE)
    at = ("--base-url", line["base_url"], "--key-env", f"KEY_{SERVICE}")
    watch = ("watch", "--until-done", "--save", "--json")
    take = functools.partial(record, env=shell.env, log=log)
    return [
        [*take(shell.words(*account, *at)), note(account=True)],
        [*take(shell.words("add", *line["ids"])), note(ids=line["ids"])],
        take(shell.words(*watch)),
    ]


def states(runs: list[list[Call]], top: Path, count: int) -> list[tuple[int, str]]:
    """Where to cut the power, and what survives: spread over everything that was done."""
    disk = Disk(top)
    at, moments = 0, []
    for run in runs:
        for call in run:
            at += 1
            if disk.play(call):
                moments.append(at)
        disk.end_process()
    every = [(moment, how) for moment in moments for how in HOW]
    dice = random.Random(3)
    return sorted(dice.sample(every, min(count, len(every))))


def played_to(runs: list[list[Call]], top: Path, moment: int) -> Disk:
    disk = Disk(top)
    for run in runs:
        for call in run[:moment]:
            disk.play(call)
        moment -= len(run)
        if moment <= 0:
            break
        disk.end_process()
    return disk


def results_in(base: Path) -> set[Path]:
    return {p for p in (base / "files").rglob("*") if p.is_file() and not p.name.startswith(".")}


def check_names(base: Path, good: set[str]) -> None:
    """What has a final name is whole: a result, or the JSON beside one."""
    for path in results_in(base):
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        else:
            assert sha256(path.read_bytes()).hexdigest() in good, f"{path.name} is not whole"


def count_lost(tasks: dict[str, Task], said: Said) -> int:
    lost = len(said.ids - tasks.keys())
    lost += sum(
        1 for i, s in said.status.items() if i in tasks and s != tasks[i].status.value and s in ENDS
    )
    files = said.saved.items()
    return lost + sum(1 for path, digest in files if not _holds(Path(path), digest))


ENDS = ("succeeded", "failed", "cancelled", "expired")


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == digest


async def start_again(report: Report, base: Path, said: Said, good: set[str]) -> None:
    news: list[object] = []
    backend = await Backend.open(Options(base_dir=base, speed=200), news.append, auto_save=True)
    try:
        assert backend.store.opened.set_aside is None, "the list was damaged"
        tasks = {task.id: task for task in await backend.store.read(tables.tasks)}
        lost = count_lost(tasks, said)
        report.lost += lost
        assert lost == 0, f"{lost} acknowledged rows or files were gone"
        assert not said.account or await backend.accounts(), "the account was gone"
        if not said.ids:
            return
        async with asyncio.timeout(LIMIT_S):
            while not await _all_saved(backend):  # noqa: ASYNC110  (no one event says this)
                await asyncio.sleep(0.01)
        found = [a for task in await backend.store.read(tables.tasks) for a in task.artifacts]
        assert {a.sha256 for a in found} <= good
        assert all(_holds(Path(a.path or ""), a.sha256 or "") for a in found)
        expected = {Path(a.path or "") for a in found}
        await backend.saver.aclose()
        left = {p for p in (base / "files").rglob("*") if p.is_file()}
        strays = {p for p in left if p.suffix != ".json" or ".part" in p.name} - expected
        report.leaks += len(strays)
        assert not strays, f"left over: {sorted(p.name for p in strays)}"
    finally:
        await backend.aclose()


async def _all_saved(backend: Backend) -> bool:
    tasks = await backend.store.read(tables.tasks)
    ended = all(task.status.is_terminal for task in tasks)
    saved = all(a.state is ArtifactState.SAVED for task in tasks for a in task.artifacts)
    return ended and saved and not backend.saver.is_busy


def run(full: bool) -> Report:
    report = Report("T3")
    if not can_record():
        raise unittest.SkipTest("strace is needed to see what a program asks of the disk")
    with tempfile.TemporaryDirectory() as place, simulating(SCENE, speed=50) as served:
        base = Path(place, "base")
        base.mkdir()
        shell = Shell.on(base, served)
        keys = {name: shell.env[name] for name in shell.env if name.startswith("KEY_")}
        runs = recorded(shell, served, Path(place, "calls"))
        truth = served.truth()[SERVICE].values()
        good = {a["sha256"] for job in truth for a in job["artifacts"]}
        dice = random.Random(33)
        for moment, how in states(runs, base, 400 if full else 4):
            disk = played_to(runs, base, moment)
            disk.write_out(base, how, dice)
            os.environ.update(keys)  # each program takes them out of there
            with report.case(f"after {moment} calls, {how} of what was not synced"):
                check_names(base, good)
                asyncio.run(start_again(report, base, Said.of(disk.said), good))
    return report
