"""P21: 200 takes that end together at a service which is asked task by task. The file of the last
one is on disk hardly later than the limiter lets the question about it out: downloads run beside
looks."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QApplication

from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.account import Dialect
from rushes.core.pace import IN_FLIGHT, LIMITS
from rushes.core.task import ArtifactState, Diff
from rushes.options import Options
from tests.benchmarks import crowd
from tests.benchmarks.figure import Figure, compare
from tests.benchmarks.window import driven

FIGURES = ("P21",)

_TAKES = 200
_PATIENCE_S = 600.0


def figures(quick: bool) -> Iterator[Figure]:
    QApplication(sys.argv[:1])
    speed = 3.0 if quick else 1.0
    for what, answers_in_s in (("at once", 0.0), ("after 1.2 s", 1.2)):
        with (
            tempfile.TemporaryDirectory(prefix="rushes-p21-") as folder,
            crowd.serving(_TAKES, speed, kind="together", answers_in_s=answers_in_s) as services,
        ):
            hand = _Waiting(services)
            driven(Options(base_dir=Path(folder), speed=speed), hand.run)
        gap_s = max(LIMITS[Dialect.ANYFAST].get_gap_s, answers_in_s / IN_FLIGHT)
        took_s = (max(hand.saved.values()) - services.endpoints[0]["ends_at"]) * speed
        yield compare(
            f"P21 {_TAKES} takes end together, until the last is on disk, answers {what}",
            [took_s],
            [_TAKES * gap_s],
            unit="s",
            at_most=1.2,
        )


@dataclass
class _Waiting:
    """`saved`: when each file was on disk (Unix seconds)."""

    services: demo.Demo
    saved: dict[str, float] = field(default_factory=dict)

    async def run(self, desk: MainController) -> int:
        desk.tasks_changed.connect(self._note)
        await demo.fill(desk, self.services)
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.saved) < _TAKES:  # noqa: ASYNC110 - a measurement, not a program
                await asyncio.sleep(0.05)
        return 0

    def _note(self, diff: Diff) -> None:
        for task in (*diff.added, *diff.changed):
            if any(file.state is ArtifactState.SAVED for file in task.artifacts):
                self.saved.setdefault(task.id, time.time())
