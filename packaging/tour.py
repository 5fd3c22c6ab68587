"""The demo without a person: waits until every task has ended, takes pictures, checks each file.

Run by `dev.py demo` on a virtual screen. Exits 0 only if the tasks of all services came through
and every expected file is on disk with the right hash.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from rushes import app
from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.retry import LINK_WAITED_FOR
from rushes.core.task import ArtifactState, Flag, Status, Task
from rushes.options import Options
from rushes.presentation.export import task_line
from rushes.store import tables

PATIENCE_S = 120.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py demo")
    parser.add_argument("--screens", type=Path, default=Path("demo-screens"), metavar="DIR")
    folder: Path = parser.parse_args().screens
    folder.mkdir(parents=True, exist_ok=True)
    tour = Tour(folder)
    with tempfile.TemporaryDirectory(prefix="rushes-demo-") as base:
        return app.main(Options(base_dir=Path(base), speed=2.0), tour.run)


@dataclass
class Tour:
    """One walk through the demo."""

    folder: Path

    async def run(self, desk: MainController) -> int:
        desk.window.resize(1280, 800)
        await self._settle()
        self._shoot(desk.window, "empty")
        simulator = await demo.start(desk.backend.options, desk.backend.places.data)
        try:
            await demo.fill(desk, simulator)
            await self._until(desk, lambda tasks: _running(tasks) and _saved(tasks))
            self._shoot(desk.window, "live")
            await self._until(desk, lambda tasks: tasks and not pending(tasks))
            truth = await asyncio.to_thread(_truth, simulator.truth)
        finally:
            simulator.stop()
        await self._pictures(desk)
        return await self._verdict(desk, truth)

    async def _pictures(self, desk: MainController) -> None:
        for theme in ("light", "dark"):
            desk.change_settings(replace(desk.backend.settings, theme=theme))
            for name, wanted in (
                ("playing", lambda t: t.report.seed == 10136),
                ("failed", lambda t: t.status is Status.FAILED),
            ):
                found = [t for t in await desk.backend.store.read(tables.tasks) if wanted(t)]
                desk.window.select([found[0].key])
                await self._settle(1.5)
                self._shoot(desk.window, f"{name}-{theme}")
            desk.window.commands["as_usage"].trigger()
            await self._settle(1.5)
            self._shoot(desk.window, f"usage-{theme}")
            desk.window.commands["as_list"].trigger()

    async def _until(self, desk: MainController, true: Callable[[list[Task]], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not true(list(await desk.backend.store.read(tables.tasks))):
            if time.monotonic() > end:
                print("The demo's tasks did not end in time.", file=sys.stderr)
                return
            await asyncio.sleep(0.2)

    async def _settle(self, seconds: float = 0.6) -> None:
        await asyncio.sleep(seconds)

    def _shoot(self, window: QWidget, name: str) -> None:
        path = self.folder / f"{name}.png"
        window.grab().save(str(path))
        print(f"{path}")

    async def _verdict(self, desk: MainController, truth: dict[str, Any]) -> int:
        lines = [
            task_line(t, desk.accounts[t.key.account], time.time())
            for t in await desk.backend.store.read(tables.tasks)
        ]
        wanted = {id_: (site, job) for site, jobs in truth.items() for id_, job in jobs.items()}
        bad = 0
        print(f"\n{'service':10} {'task':42} {'state':10} {'saved':10} check")
        for line in sorted(lines, key=lambda line: (wanted[line["id"]][0], line["id"])):
            site, job = wanted.pop(line["id"])
            wrong = await asyncio.to_thread(_wrong, line, job)
            bad += bool(wrong)
            kept = ",".join(a["state"] for a in line["artifacts"]) or "-"
            print(f"{site:10} {line['id']:42} {line['status']:10} {kept:10} {wrong or 'ok'}")
        for site, job in wanted.values():
            bad += 1
            print(f"{site:10} {job['id']:42} never seen")
        print(f"\n{len(lines)} tasks, {bad} wrong")
        return 1 if bad else 0


def _running(tasks: list[Task]) -> bool:
    return any(task.status is Status.RUNNING for task in tasks)


def _saved(tasks: list[Task]) -> bool:
    return sum(task.kept is ArtifactState.SAVED for task in tasks) >= 2


def pending(tasks: list[Task]) -> list[Task]:
    """Tasks that are still asked about, or whose files still are on their way."""
    return list(filter(_is_pending, tasks))


def _is_pending(task: Task) -> bool:
    if Flag.RESULT_MISSING in task.flags:  # a link that does not come in minutes is not waited for
        return task.rechecks < LINK_WAITED_FOR
    on_the_way = (ArtifactState.SAVING, ArtifactState.REMOTE)
    return task.is_live or any(a.state in on_the_way and not a.problem for a in task.artifacts)


def _truth(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _wrong(line: dict[str, Any], job: dict[str, Any]) -> str:
    """What is not as the simulator holds it; "" when all is."""
    job = {**job, "usage": {**job["usage"], "charged": None}}  # none of its services names a price
    wrong = [
        f"{name}: {line.get(name)!r} instead of {value!r}"
        for name, value in job.items()
        if name not in ("artifacts", "service") and line.get(name) != value
    ]
    files = {artifact["kind"]: artifact for artifact in line["artifacts"]}
    for expected in job["artifacts"]:
        got = files.pop(expected["kind"], {"state": "nothing"})
        if got["state"] != expected["state"]:
            wrong.append(f"{expected['kind']}: {got['state']} instead of {expected['state']}")
        elif got["state"] == "saved" and _hash(got["path"]) != expected["sha256"]:
            wrong.append(f"{expected['kind']}: another hash on disk")
    wrong += [f"{kind}: not expected" for kind in files]
    return "; ".join(wrong)


def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
