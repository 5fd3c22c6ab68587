"""Much at once, in the program's own window and command on 100,000 tasks: export and `list --json`
(P18), a paste of 10,000 ids and undo of 1,000 ratings (P19), and how long the window keeps a person
waiting meanwhile (P20)."""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from rushes.controllers.main_controller import MainController
from rushes.core.task import Key
from rushes.options import Options
from rushes.store import tables
from tests.benchmarks.figure import Figure, limit, percentile, rounds
from tests.benchmarks.fill_store import ACCOUNTS, fill
from tests.benchmarks.waits import Waits
from tests.benchmarks.window import driven
from tests.ui.windows import table_of

FIGURES = ("P18", "P19", "P20")

_GOAL, _QUICK = 100_000, 20_000  # tasks in the list
_PASTED = 10_000
_RATED = 1000
_PATIENCE_S = 150.0
_MB = 2**20


def figures(quick: bool) -> Iterator[Figure]:
    QApplication(sys.argv[:1])
    count = _QUICK if quick else _GOAL
    is_judged = not quick
    with tempfile.TemporaryDirectory(prefix="rushes-bench-bulk-") as folder:
        base = Path(folder)
        fill(base / "data" / "rushes.sqlite3", count)
        n = 1 if quick else rounds(quick=True)
        yield from _listed(base, count, n)
        hand = _Hand(base / "export.csv", n)
        driven(Options(base_dir=base), hand.run)
        for what, unit, goal in (
            ("P18 export as CSV", "s", 4.0),
            ("P18 memory of the export", "MB", 60.0),
            ("P19 paste as lines until the strip", "s", 0.3),
            ("P19 paste as lines until the rows", "s", 1.0),
            ("P19 paste as JSON until the strip", "s", 0.3),
            ("P19 paste as JSON until the rows", "s", 1.0),
            ("P19 undo of ratings", "s", 0.3),
        ):
            yield limit(
                f"{what}, {_amount(what, count):,}",
                hand.figures[what],
                unit=unit,
                at_most=goal if is_judged or "P19" in what else None,
            )
        for what, spent in hand.figures.items():
            if what.endswith(", CPU"):  # for a machine that has other things to do
                yield limit(f"{what}, {_amount(what, count):,}", spent, unit="s")
        for what, waits in hand.waits.items():
            waited = [wait * 1000 for wait in waits]
            p99 = [percentile(waited, 0.99)]
            yield limit(f"P20 gap, p99, {what}", p99, unit="ms", at_most=16)
            yield limit(f"P20 gap, longest, {what}", [max(waited)], unit="ms", at_most=50)


def _amount(what: str, count: int) -> int:
    return count if "P18" in what else _PASTED if "paste" in what else _RATED


def _listed(base: Path, count: int, n: int) -> Iterator[Figure]:
    """The command as a script runs it, into a pipe, and another one that only starts."""
    took, memory, cpu = zip(
        *[_run(base, "list", "--json", lines=count) for _ in range(n)], strict=True
    )
    bare = [_run(base, "list", "--help", lines=None)[1] for _ in range(n)]
    goal = 3.0 if count == _GOAL else None
    yield limit(f"P18 list --json, {count:,}", took, unit="s", at_most=goal)
    yield limit(f"P18 list --json, CPU, {count:,}", cpu, unit="s")
    more = [ours - theirs for ours, theirs in zip(memory, bare, strict=True)]
    what = f"P18 memory of list --json beyond a bare command, {count:,}"
    yield limit(what, more, unit="MB", at_most=60.0)


def _run(base: Path, *words: str, lines: int | None) -> tuple[float, float, float]:
    """(seconds until its end, most resident MB, seconds of CPU)"""
    command = [sys.executable, "-m", "rushes", "--base-dir", str(base), *words]
    began, peak, before = time.perf_counter(), 0.0, os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        ended = threading.Event()
        watching: list[float] = [0.0]

        def watch() -> None:
            while not ended.wait(0.02):
                watching.append(_resident_mb(process.pid, "VmHWM"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        assert process.stdout is not None
        found = sum(1 for _ in process.stdout)
        took = time.perf_counter() - began
        ended.set()
        watcher.join()
        peak = max(watching)
    if lines is not None and found != lines:
        raise RuntimeError(f"{found} lines of {lines}")
    after = os.times()
    spent = after.children_user + after.children_system
    return took, peak, spent - before.children_user - before.children_system


def _resident_mb(pid: int | str, what: str) -> float:
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in told.splitlines() if line.startswith(what)]
    return int(found[0]) * 1024 / _MB if found else 0.0


@dataclass
class _Hand:
    """Does in the window what a person does, and times it.

    Attributes:
        figures: By name, a value a round.
        waits: By what was done, the waits of the window meanwhile in seconds (`Waits`).
    """

    export: Path
    n: int
    figures: dict[str, list[float]] = field(default_factory=dict)
    waits: dict[str, list[float]] = field(default_factory=dict)

    async def run(self, desk: MainController) -> int:
        table = table_of(desk.window)
        await _until(lambda: table.is_filled and table.has_visible_rows)
        await desk.backend.presence.idle()
        await asyncio.sleep(1.0)
        for _ in range(self.n):
            await self._undo(desk)
            await self._export(desk)
        for turn in range(self.n):
            for form in ("lines", "JSON"):
                await self._paste(desk, form, turn)
        return 0

    async def _export(self, desk: MainController) -> None:
        self.export.unlink(missing_ok=True)
        table = table_of(desk.window)
        table.setFocus()
        table.selectAll()
        desk.window.export_requested.emit(
            "csv", list(await desk.backend.store.read(_all_keys, table.row_count))
        )
        (dialog,) = desk.window.findChildren(QFileDialog)
        dialog.selectFile(str(self.export))
        Path("/proc/self/clear_refs").write_text("5")
        before = _resident_mb("self", "VmRSS")
        with _Timed(self, "export", "P18 export as CSV"):
            dialog.fileSelected.emit(str(self.export))
            await _until(self.export.exists)
        self._note("P18 memory of the export", _resident_mb("self", "VmHWM") - before)
        dialog.reject()
        table.clearSelection()
        await asyncio.sleep(0.5)

    async def _paste(self, desk: MainController, form: str, turn: int) -> None:
        dice = random.Random(f"{form} {turn}")
        ids = [f"cgt-2026{dice.randrange(10**10):010d}-{n:05x}" for n in range(_PASTED)]
        if form == "lines":
            text = "\n".join(ids)
        else:
            said = [{"id": id_, "model": "doubao-seedance-1-0-pro-250528"} for id_ in ids]
            text = json.dumps({"items": said, "total": len(said)}, indent=2)
        QGuiApplication.clipboard().setText(text)
        strip, table = desk.window.add_strip, table_of(desk.window)
        add = next(b for b in strip.findChildren(QPushButton) if b.text().startswith("Add"))
        before = table.row_count
        with _Timed(self, f"paste as {form}", f"P19 paste as {form} until the strip"):
            desk.window.command_context.do.paste()
            await _until(lambda: strip.isVisible() and f"{_PASTED}" in add.text())
        strip.found_list.found.give(range(_PASTED), ACCOUNTS[0].id)
        with _Timed(self, f"add what was pasted as {form}", f"P19 paste as {form} until the rows"):
            add.click()
            await _until(lambda: table.row_count == before + _PASTED and table.has_visible_rows)
        await asyncio.sleep(1.0)

    async def _undo(self, desk: MainController) -> None:
        keys = await desk.backend.store.read(_all_keys, _RATED)
        told: list[int] = []
        link = desk.tasks_changed.connect(lambda diff: told.append(len(diff.changed)))
        rate = [task.mark.rating for task in await desk.backend.store.read(tables.get, keys)]
        desk.window.mark_requested.emit(list(keys), _rated)
        await _until(lambda: sum(told) >= sum(each != 4 for each in rate))
        told.clear()
        with _Timed(self, "undo", "P19 undo of ratings"):
            desk.window.command_context.do.undo()
            await _until(lambda: sum(told) >= sum(each != 4 for each in rate))
        QObject.disconnect(link)
        after = [task.mark.rating for task in await desk.backend.store.read(tables.get, keys)]
        if after != rate:
            raise RuntimeError("undo did not bring the ratings back")
        await asyncio.sleep(0.5)

    def _note(self, what: str, value: float) -> None:
        self.figures.setdefault(what, []).append(value)


class _Timed:
    """Notes how long what is inside took, the window's CPU for it, and how long it kept a person
    waiting."""

    def __init__(self, hand: _Hand, doing: str, figure: str) -> None:
        self._hand, self._doing, self._figure = hand, doing, figure
        self._waits = Waits()

    def __enter__(self) -> None:
        self._waits.start()
        self._began, self._spent = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self._hand._note(self._figure, time.perf_counter() - self._began)
        self._hand._note(f"{self._figure}, CPU", time.process_time() - self._spent)
        self._hand.waits.setdefault(self._doing, []).extend(self._waits.stop())


def _rated(mark: object) -> object:
    from dataclasses import replace

    return replace(mark, rating=4)  # type: ignore[type-var]


def _all_keys(db: object, count: int) -> list[Key]:
    found = db.execute(  # type: ignore[attr-defined]
        "SELECT account, id FROM task WHERE removed_at IS NULL ORDER BY num DESC LIMIT ?", (count,)
    )
    return [Key(*row) for row in found]


async def _until(condition: Callable[[], bool]) -> None:
    """Looks every few milliseconds: the window has no event for it."""
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
