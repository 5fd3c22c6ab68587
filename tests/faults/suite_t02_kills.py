"""T2: kill -9 in each phase of a download; the next start ends with the whole file alone."""

import asyncio
import signal
import tempfile
from hashlib import sha256
from pathlib import Path

from rushes.core.ports import SavedFile
from tests.adapters.origin import Origin, bench
from tests.adapters.test_download_kill import DEATHS, FILM, die
from tests.faults.report import Report


async def _round(report: Report, phase: str, size: int, folder: Path) -> None:
    async with bench(Origin(FILM), folder) as b:
        order = b.order()
        code = await die(order.url, order.target, phase, size)
        assert code == -signal.SIGKILL, f"it ended with {code} before the phase"
        for name in b.names():
            if not name.startswith("."):
                assert (folder / name).read_bytes() == FILM, f"{name} is not whole"
        found = await b.fetch(order)
        assert isinstance(found, SavedFile), found
        assert found.sha256 == sha256(FILM).hexdigest()
        report.lost += found.path.read_bytes() != FILM
        report.leaks += len(b.names()) - 1
        assert b.names() == ["take.mp4"]


def run(full: bool) -> Report:
    """50 kills in each of nine phases, or one in every third."""
    report = Report("T2")
    deaths = DEATHS if full else DEATHS[::3]
    for attempt in range(50 if full else 1):
        for phase, size, *_ in deaths:
            with (
                tempfile.TemporaryDirectory() as folder,
                report.case(f"{phase} with {size} bytes, round {attempt}"),
            ):
                asyncio.run(_round(report, phase, size, Path(folder)))
    return report
