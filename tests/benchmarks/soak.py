"""10,000 live tasks on five simulated services, the real window, for ten minutes: ``dev.py bench
--soak [--minutes N]``.

The services are a process of their own. They answer 429 above the limits of an account and count
that. In the program itself are watched: how long the event loop lets a click wait, its memory,
and how late each task was looked at. Late is measured against what the policy promises
(`core.pace`): the wait it chose, and then, where more are due than an account may ask for, the
turn of each by the account's rate. One JSON line a figure; exit code 1 when a goal is missed.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
import tempfile
import urllib.request
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rushes.controllers import demo
from rushes.core.pace import LIMITS
from rushes.core.task import Key
from rushes.options import Options
from rushes.runtime.loop import Gap, GapMonitor
from rushes.watching.schedule import Schedule
from tests.benchmarks import crowd
from tests.benchmarks.figure import Figure, limit
from tests.benchmarks.waits import Waits
from tests.benchmarks.window import driven
from tests.ui.windows import table_of

if TYPE_CHECKING:
    from rushes.controllers.main_controller import MainController
    from rushes.watching.supervisor import Poller

TASKS = 10_000
_SETTLE_S = 30.0
_STEP_S = 1.0

#: A turn may come so much later than by pure arithmetic: rounds of a few, pages, the way there.
_GRACE_S, _SHARE = 10.0, 0.15
_GROWTH_MIB = 20.0


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench --soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--tasks", type=int, default=TASKS)
    options = parser.parse_args(argv)
    is_good = True
    for figure in figures(options.minutes * 60.0, options.tasks):
        print(figure.line(), flush=True)
        is_good = is_good and figure.met
    return 0 if is_good else 1


def figures(lasts_s: float, tasks: int) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(prefix="rushes-soak-") as folder,
        crowd.serving(tasks) as services,
    ):
        soak = Soak(services, lasts_s)
        driven(Options(base_dir=Path(folder)), soak.run)
        with urllib.request.urlopen(services.truth.replace("expected", "refused")) as answer:
            refused: dict[str, int] = json.load(answer)
    yield from _waiting(soak)
    growth = (soak.memory[-1] - soak.memory[0]) / 2**20
    yield limit("soak memory, growth", [growth], unit="MiB", at_most=_GROWTH_MIB)
    yield limit("soak memory at the end", [soak.memory[-1] / 2**20], unit="MiB")
    yield limit("soak answers 429", [float(sum(refused.values()))], unit="answers", at_most=0)
    yield from _watching(soak.punctuality)


def _waiting(soak: "Soak") -> Iterator[Figure]:
    waits = soak.waits
    yield limit("soak gap, p50", [waits.percentile(0.5)], unit="ms")
    yield limit("soak gap, p99", [waits.percentile(0.99)], unit="ms", at_most=16)
    yield limit("soak gap, longest", [waits.percentile(1.0)], unit="ms", at_most=50)
    long = [gap for gap in soak.gaps if gap.seconds > 0.05]
    yield limit("soak gaps over 50 ms", [float(len(long))], unit="gaps", at_most=0)
    if worked := [gap.working_s * 1000 for gap in soak.gaps if gap.working_s is not None]:
        # On a machine that others load, too, this says what of it was the window's own doing.
        yield limit("soak most own work in a gap", [max(worked)], unit="ms")
    worst = sorted(soak.gaps, key=lambda gap: gap.seconds, reverse=True)[:10]
    busiest = sorted(soak.gaps, key=lambda gap: gap.working_s or 0.0, reverse=True)[:10]
    print("longest:", *worst, "most own work:", *busiest, sep="\n", file=sys.stderr)


def _watching(punctuality: "Punctuality") -> Iterator[Figure]:
    yield limit("soak looks", [float(punctuality.looks)], unit="looks")
    yield limit("soak tasks seen", [float(punctuality.seen)], unit="tasks")
    late = "soak latest look after its turn"
    yield limit(late, [punctuality.latest_s], unit="s", at_most=0)
    for service, use in sorted(punctuality.use().items()):
        what = f"soak share of what it allows, {service}, while somebody is due"
        yield limit(what, [use], unit="of looks", at_least=0.9)


class Histogram(Waits):
    """`Waits` of any length in the same memory: counted by tenths of a millisecond, up to 1 s."""

    def __init__(self) -> None:
        super().__init__()
        self._counted = array("Q", [0] * 10_001)

    def _beat(self) -> None:
        super()._beat()
        gap = self._gaps.pop()
        for n in range(max(1, int(gap * 1000))):
            self._counted[min(10_000, int((gap - n / 1000) * 10_000))] += 1

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        left = share * sum(self._counted)
        for tenths, count in enumerate(self._counted):
            left -= count
            if count and left <= 0:
                return tenths / 10
        return 0.0


@dataclass
class Soak:
    """Ten minutes of a window."""

    services: demo.Demo
    lasts_s: float
    waits: Histogram = field(default_factory=Histogram)
    gaps: list[Gap] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    punctuality: "Punctuality" = field(default_factory=lambda: Punctuality())

    async def run(self, desk: "MainController") -> int:
        self.punctuality.begin()
        await demo.fill(desk, self.services)
        pollers = desk.backend.watcher._pollers
        async with asyncio.timeout(_SETTLE_S):
            while len(pollers) < len(self.services.endpoints):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.sleep(_SETTLE_S)
        self.memory.append(_resident())
        with GapMonitor(tell=self._note):
            self.waits.start()
            await self._stay(desk)
            self.waits.stop()
        self.punctuality.end(pollers.values())
        self.memory.append(_resident())
        return 0

    def _note(self, gap: Gap) -> None:
        """Only the worst are kept: a list that grows would be measured with the program."""
        self.gaps.append(gap)
        if len(self.gaps) > 200:
            self.gaps.sort(key=lambda each: each.seconds + 4 * (each.working_s or 0), reverse=True)
            del self.gaps[100:]

    async def _stay(self, desk: "MainController") -> None:
        """Somebody goes down the list now and then, and the clock is kept for punctuality."""
        loop, table = asyncio.get_running_loop(), table_of(desk.window)
        end = loop.time() + self.lasts_s
        while (now := loop.time()) < end:
            self.punctuality.sample(desk.backend.watcher._pollers.values(), now)
            QTest.keyClick(table, Qt.Key.Key_Down)
            await asyncio.sleep(_STEP_S)


@dataclass
class _Account:
    """How many of its tasks were due when, and how often it asked about one.

    Attributes:
        gap_s: From one look to the next; 0 where one list answers for all.
    """

    name: str
    gap_s: float
    times: "array[float]" = field(default_factory=lambda: array("d"))
    due: "array[int]" = field(default_factory=lambda: array("L"))
    looks: "array[int]" = field(default_factory=lambda: array("L"))
    asked: int = 0

    def turn_s(self, due_at: float) -> float:
        """How long it takes until who was due at that time had their looks."""
        place = bisect_right(self.times, due_at)
        return self.gap_s * max(self.due[max(0, place - 1) : place + 1], default=0)

    def use(self) -> float | None:
        """Looks made of those allowed, over the seconds at whose both ends somebody was due."""
        seconds = looks = 0.0
        for n in range(len(self.times) - 1):
            if self.due[n] and self.due[n + 1]:
                seconds += self.times[n + 1] - self.times[n]
                looks += self.looks[n + 1] - self.looks[n]
        return looks * self.gap_s / seconds if seconds and self.gap_s else None


class Punctuality:
    """Compares each look with the time the policy gave it.

    Attributes:
        latest_s: The most that a look came after its turn, the grace taken off.
    """

    def __init__(self) -> None:
        self.looks = self.seen = 0
        self.latest_s = float("-inf")
        self._accounts: dict[str, _Account] = {}

    def begin(self) -> None:
        """Listen to every schedule of this process."""
        note, answered = self._note, Schedule.answered

        def heard(schedule: Schedule, key: Key, now: float, wall: float, **more: Any) -> None:
            note(schedule, key, now, is_listed=bool(more.get("is_listed")))
            answered(schedule, key, now, wall, **more)

        Schedule.answered = heard  # type: ignore[method-assign, assignment]

    def _note(self, schedule: Schedule, key: Key, now: float, *, is_listed: bool) -> None:
        row, account = schedule._rows.get(key), self._accounts.get(key.account)
        self.looks += 1
        if row is None:
            return
        self.seen += row.looked_at == float("-inf")
        if account is not None:
            account.asked += not is_listed
            self._judge(account, row.due_at, now)

    def _judge(self, account: _Account, due_at: float, now: float) -> None:
        if due_at >= account.times[0]:  # else nobody kept the time yet
            turn = account.turn_s(due_at) * (1 + _SHARE)
            self.latest_s = max(self.latest_s, now - due_at - turn - _GRACE_S)

    def sample(self, pollers: Iterable["Poller"], now: float) -> None:
        for poller in pollers:
            account, rows = self._account(poller), poller._schedule._rows.values()
            account.times.append(now)
            account.due.append(sum(row.due_at <= now for row in rows))
            account.looks.append(account.asked)

    def _account(self, poller: "Poller") -> _Account:
        known, id_ = poller._api.account, poller._account
        if id_ not in self._accounts:
            gap_s = 0.0 if poller._checker.can_list else LIMITS[known.dialect].get_gap_s
            self._accounts[id_] = _Account(known.name, gap_s)
        return self._accounts[id_]

    def end(self, pollers: Iterable["Poller"]) -> None:
        """Who is due and was not looked at is late, too."""
        now = asyncio.get_running_loop().time()
        for poller in pollers:
            for row in poller._schedule._rows.values():
                if row.due_at <= now:
                    self._judge(self._account(poller), row.due_at, now)

    def use(self) -> dict[str, float]:
        """By account, where tasks are asked about one by one."""
        every = ((account.name, account.use()) for account in self._accounts.values())
        return {name: use for name, use in every if use is not None}


def _resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
