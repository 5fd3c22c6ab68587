"""Downloads on a loop of their own: the caller's loop sees the same as without it."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes.core.account import Account, Service
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Order, SavedFile
from rushes.core.secret import Secret
from rushes.core.task import ArtifactKind
from rushes.files.download import BackgroundDownloader, FileDownloader, source_of
from rushes.files.part import PartFile
from rushes.net.http import Network
from rushes.system.threads import BackgroundLoop
from tests.conftest import Drive
from tests.files.media import varied_mp4
from tests.net.origin import ETAG, Origin
from tests.net.web import Answer, serve

FILM = varied_mp4(300_000)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


async def nothing() -> None:
    return None


def order(url: str, folder: Path) -> Order:
    return Order(
        url=f"{url}/take.mp4",
        kind=ArtifactKind.VIDEO,
        target=folder / "take.mp4",
        account="a",
        max_bytes=2**32,
    )


async def fetch(answer: Answer, folder: Path, work: Any) -> Any:
    """Call `work(downloader, order)` with a downloader aside, and end everything after it."""
    async with serve(answer) as site:
        network, side = Network(), BackgroundLoop("aside")
        account = Account(id="a", name="mine", service=Service.ARK, base_url=site.url)
        network.client_for(account, Secret("canary-key-1234"))
        try:
            downloader = BackgroundDownloader(FileDownloader(network.results), side)
            return await work(downloader, order(site.url, folder))
        finally:
            await side.aclose(network.results.aclose)
            await network.aclose()


def test_that_a_file_fetched_aside_is_whole_and_its_reports_come_on_the_callers_thread(
    drive: Drive[Any], tmp_path: Path
) -> None:
    heard: list[tuple[int, int | None, int]] = []

    async def work(downloader: BackgroundDownloader, wanted: Order) -> object:
        return await downloader.fetch(
            wanted, lambda *report: heard.append((*report, threading.get_ident()))
        )

    saved = drive(fetch(Origin(FILM), tmp_path, work))

    assert isinstance(saved, SavedFile)
    assert saved.path.read_bytes() == FILM
    assert heard[-1][:2] == (len(FILM), len(FILM))
    assert {ident for *_, ident in heard} == {threading.get_ident()}
    assert "aside" not in threads()


def test_that_a_cancelled_download_has_let_go_of_its_part_when_the_cancelling_returns(
    drive: Drive[Any], tmp_path: Path
) -> None:
    over = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"ETag": ETAG})
        response.content_length = len(FILM)
        await response.prepare(request)
        await response.write(FILM[:200_000])
        await over.wait()
        return response

    async def work(downloader: BackgroundDownloader, wanted: Order) -> int:
        begun = asyncio.Event()
        task = asyncio.create_task(downloader.fetch(wanted, lambda *_: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        over.set()
        left = PartFile.open(wanted.target, source_of(wanted.url))
        parts = [path for path in tmp_path.iterdir() if path.suffix == ".part"]
        left.discard()
        return len(parts)

    assert drive(fetch(endless, tmp_path, work)) == 1  # the very part, not a second one beside it


def test_that_a_failure_and_a_bug_come_through(run: Drive[Any]) -> None:
    async def refused() -> Failure:
        return Failure(Kind.OFFLINE)

    async def broken() -> None:
        raise ZeroDivisionError

    async def work() -> Failure:
        side = BackgroundLoop("aside")
        try:
            with pytest.raises(ZeroDivisionError):
                await side.run(broken)
            return await side.run(refused)
        finally:
            await side.aclose(nothing)

    assert run(work()).kind is Kind.OFFLINE
    assert "aside" not in threads()


def test_that_a_loop_aside_that_was_never_needed_has_no_thread(run: Drive[Any]) -> None:
    async def work() -> None:
        side = BackgroundLoop("aside")
        assert "aside" not in threads()
        await side.aclose(nothing)

    run(work())
