"""T15: many tasks for long. Memory and descriptors stay where they are, and nothing goes wrong."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from rushes.backend.backend import Backend
from rushes.core.account import Account, KeySource, Service
from rushes.options import Options
from rushes.store import tables
from tests.faults.report import Report
from tests.patience import LIMIT_S

MOST_GROWTH = 20 * 2**20
KEY = "RUSHES_SOAK_KEY"
#: Looked at as fast as the limits allow at this speed.
SPEED = 20_000.0


@dataclass(frozen=True)
class Size:
    tasks: int
    polls: int
    downloads: int


FULL = Size(10_000, 100_000, 5000)
QUICK = Size(200, 300, 50)


@dataclass
class Gauge:
    """Memory and descriptors, at the first mark and since."""

    growth: int = 0
    descriptors: int = 0
    first: tuple[int, int] | None = None
    errors: list[str] = field(default_factory=list)

    def mark(self) -> None:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        now = pages * os.sysconf("SC_PAGE_SIZE"), sum(1 for _ in Path("/proc/self/fd").iterdir())
        self.first = self.first or now
        self.growth = max(self.growth, now[0] - self.first[0])
        self.descriptors = now[1] - self.first[1]


@contextlib.contextmanager
def cloud(size: Size) -> Iterator[str]:
    words = ["-m", "tests.faults.long_cloud", str(size.tasks), str(size.downloads)]
    child = subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.stdin.close()
        child.wait(LIMIT_S)
        child.stdout.close()


async def counted(url: str) -> dict[str, int]:
    def ask() -> dict[str, int]:
        with urlopen(f"{url}/counted", timeout=LIMIT_S) as answer:
            found: dict[str, int] = json.load(answer)
            return found

    return await asyncio.to_thread(ask)


async def soak(base: Path, url: str, size: Size, gauge: Gauge) -> dict[str, int]:
    """Watch until everything that will come has come, and so often was asked."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, what: gauge.errors.append(str(what)))
    backend = await Backend.open(Options(base_dir=base, speed=SPEED), lambda news: None)
    try:
        new = Account(
            name="long",
            service=Service.ARK,
            base_url=url,
            key_source=KeySource.ENVIRONMENT,
            key_env=KEY,
        )
        account = await backend.add_account(new)
        assert isinstance(account, Account), account
        for first in range(0, size.tasks, 500):
            ids = [f"cgt-{n}" for n in range(first, min(first + 500, size.tasks))]
            await backend.add(account.id, ids)
        seen = {"looks": 0, "files": 0}
        while seen["looks"] < size.polls or seen["files"] < size.downloads:
            await asyncio.sleep(5 if size is FULL else 0.05)  # to take a mark is work
            seen = await counted(url)
            if seen["looks"] >= size.polls * 0.2:
                gauge.mark()
        await backend.saver.settled()
        saved = [
            t for t in await backend.store.read(tables.tasks) if t.artifacts and t.artifacts[0].path
        ]
        return {**seen, "saved": len(saved)}
    finally:
        await backend.aclose()


@contextlib.contextmanager
def listening(lines: list[str]) -> Iterator[None]:
    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name}: {record.getMessage()}")

    handler = Listening(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def run(full: bool) -> Report:
    report, gauge, size = Report("T15"), Gauge(), FULL if full else QUICK
    found: dict[str, Any] = {}
    os.environ[KEY] = "k" * 20
    with (
        tempfile.TemporaryDirectory() as place,
        cloud(size) as url,
        listening(gauge.errors),
        report.case("it comes to its end"),
    ):
        found = asyncio.run(soak(Path(place), url, size, gauge))
        assert found["saved"] == size.downloads, found
    with report.case("nothing went unhandled"):
        assert gauge.errors == [], gauge.errors[:3]
    with report.case("memory"):
        assert gauge.growth <= MOST_GROWTH, f"{gauge.growth / 2**20:.1f} MiB more"
    with report.case("descriptors"):
        report.leaks = max(0, gauge.descriptors - 12)  # connections that are kept open
        assert report.leaks == 0, f"{gauge.descriptors} more"
    report.figures["grown_mib"] = round(gauge.growth / 2**20, 1)
    report.figures |= {name: found.get(name, 0) for name in ("looks", "saved")}
    return report
