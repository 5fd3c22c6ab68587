"""T2: kill -9 in each phase of a download; the next start ends with the whole file alone.

Also where the link has ended by then: what was whole on disk is taken over, the rest is lost.
"""

import asyncio
import signal
import tempfile
from hashlib import sha256
from pathlib import Path

from rushes.core.ports import SavedFile
from rushes.core.task import ArtifactState
from tests.faults.report import Report
from tests.files.test_download_kill import DEATHS, FILM, die
from tests.net.origin import Origin, bench
from tests.saving.test_saving import FILM as SHELVED
from tests.saving.test_saving import running, saving, with_status


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


#: Phase, and whether the whole file was on disk in it.
ENDED = {
    "headers": False,
    "block": False,
    "received": False,
    "synced": True,
    "renamed": True,
    "kept": True,
}


async def _link_ended(report: Report, phase: str, folder: Path) -> None:
    task_id = "cgt-20260101000000-00002"
    async with saving(folder, auto=False, clock=running()) as desk:
        await desk.succeed(task_id, "a.mp4", ends_in=-60.0)
        desk.folder.mkdir()
        link = (await desk.artifact(task_id)).url
        code = await die(link, desk.folder / f"{task_id}_video.mp4", phase, 0)
        assert code == -signal.SIGKILL, f"it ended with {code} before the phase"
        desk.shelf.answers("a.mp4", *[with_status(403)] * 99)
        await desk.saver.save([desk.rig.key(task_id)])
        await desk.settled()
        film = await desk.artifact(task_id)
        whole = [p for p in desk.folder.rglob("*.mp4") if not p.name.startswith(".")]
        assert all(path.read_bytes() == SHELVED for path in whole)
        if ENDED[phase]:
            report.lost += film.state is not ArtifactState.SAVED
            assert film.state is ArtifactState.SAVED, film
            assert whole == [Path(film.path or "")]
        else:
            assert film.state is ArtifactState.LOST, film
            assert whole == []


def run(full: bool) -> Report:
    """50 kills in each of the phases, or one in every third; a fifth of that for ended links."""
    report = Report("T2")
    deaths = DEATHS if full else DEATHS[::3]
    for attempt in range(50 if full else 1):
        for phase, size, *_ in deaths:
            with (
                tempfile.TemporaryDirectory() as folder,
                report.case(f"{phase} with {size} bytes, round {attempt}"),
            ):
                asyncio.run(_round(report, phase, size, Path(folder)))
        for phase in ENDED if attempt % 5 == 0 else ():
            with (
                tempfile.TemporaryDirectory() as folder,
                report.case(f"{phase}, link ended at the restart, round {attempt}"),
            ):
                asyncio.run(_link_ended(report, phase, Path(folder)))
    return report
