"""T24: odd and broken files of other people's programs, over real HTTP, their length told and not.

Whole ones arrive byte for byte and are saved; what is broken is never saved as checked.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aiohttp import web

from rushes.core.failure import Failure, Kind
from rushes.core.ports import SavedFile
from rushes.core.task import Checked
from rushes.files.verify import WrongFile, verify
from tests.faults import odd_files
from tests.faults.odd_files import Odd
from tests.faults.report import Report
from tests.net.origin import Bench, bench


def can_run() -> bool:
    return odd_files.can_run()


def run(full: bool) -> Report:
    """The quick form has fewer codecs and fewer places to cut at."""
    report = Report("T24")
    with _folder() as made, _folder() as kept:
        files = list(odd_files.make(made, full))
        asyncio.run(_fetch_all(files, kept, report))
        report.figures["files"] = len(files)
        _flip(files, kept / "flipped", report, 300 if full else 20)
    return report


def _flip(files: list[Odd], path: Path, report: Report, times: int) -> None:
    """Bytes exchanged anywhere, also in what the checks read: each ends with a verdict."""
    whole = [odd for odd in files if odd.ends == "full" and " " not in odd.name]
    for odd in whole:
        dice, slowest = random.Random(odd.name), 0.0
        with report.case(f"{odd.name}, {times} times with other bytes"):
            for _ in range(times):
                content = bytearray(odd.content)
                for _ in range(dice.choice((1, 4, 64))):
                    content[dice.randrange(len(content))] = dice.choice((0, 1, 0x7F, 0xFF))
                path.write_bytes(content)
                began = time.perf_counter()
                with suppress(WrongFile):
                    verify(path, odd.kind)
                slowest = max(slowest, time.perf_counter() - began)
            assert slowest < 2, f"{slowest:.1f} s"


@contextmanager
def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp())
    try:
        yield path
    finally:
        shutil.rmtree(path)


async def _fetch_all(files: list[Odd], folder: Path, report: Report) -> None:
    current: list[tuple[Odd, bool]] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        odd, told = current[-1]
        if told:
            return web.Response(body=odd.content)
        # As old servers do: the end of the connection is the end of the file.
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + odd.content)
        request.transport.close()
        raise asyncio.CancelledError

    async with bench(answer, folder) as b:
        for odd in files:
            for told in (True, False):
                current.append((odd, told))
                with report.case(f"{odd.name}, length {'told' if told else 'not told'}"):
                    await _check(odd, b)
                for path in folder.iterdir():
                    path.unlink()


async def _check(odd: Odd, b: Bench) -> None:
    found = await b.fetch(b.order("take.mp4", odd.kind))
    if odd.ends == "page":
        assert isinstance(found, Failure), found
        assert found.kind in (Kind.WRONG_FILE, Kind.LINK_ENDED), found
        assert b.names() == []
        return
    may_be_damaged = odd.ends in ("damaged", "unsure")
    if may_be_damaged and isinstance(found, Failure):
        assert found.kind is Kind.DAMAGED, found
        assert len(b.names()) == 1
        assert b.names()[0].endswith(".damaged")
        found = await b.fetch(b.order("take.mp4", odd.kind))
        assert isinstance(found, SavedFile), found
        assert found.damaged
    assert isinstance(found, SavedFile), found
    assert found.path.read_bytes() == odd.content, "other bytes than the server's were kept"
    assert b.names() == [found.path.name]
    assert found.path.suffix[1:] == odd.ext or not odd.ext, f"called {found.path.suffix}"
    assert found.damaged or odd.ends != "damaged", "its damage was not seen"
    assert (found.checked is Checked.FULL) == (odd.ends == "full"), f"checked: {found.checked}"
