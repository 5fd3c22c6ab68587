"""The network goes and comes back: who hears of it looks at once, without a burst."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from rushes.core.events import AccountChanged, Activity
from rushes.core.secret import Secret
from rushes.core.task import ArtifactState, Key
from rushes.store import tables
from tests.conftest import Drive
from tests.net.web import serve
from tests.saving.test_saving import hang_up, saving
from tests.watching.cloud import CREATED_AT, Rig, rigged
from tests.watching.test_watching import ONE_BY_ONE


@dataclass
class Line:
    """A service two accounts share; while it is cut every request is hung up on."""

    rig: Rig
    is_cut: bool = True

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await (hang_up(request) if self.is_cut else self.rig.cloud.answer(request))

    async def add(self, account: str, url: str, *ids: str) -> None:
        mine = replace(self.rig.account, id=account, base_url=url)
        await self.rig.store.write(tables.put_account, mine)
        self.rig.cloud.has(*ids)
        await self.rig.store.write(tables.add, [Key(account, each) for each in ids], CREATED_AT)
        client = self.rig.network.client_for(mine, Secret("key-of-the-rig"))
        self.rig.watcher.start(mine, client)

    async def looked(self, times: int) -> None:
        await self.rig.until(lambda: len(self.rig.cloud.asked()) >= times)

    def state(self, account: str) -> Activity | None:
        told = [news for news in self.rig.of(AccountChanged) if news.account == account]
        return told[-1].activity if told else None

    def rest_for_long(self, account: str) -> None:
        """As after many tries."""
        self.rig.watcher._pollers[account]._health.rests_until += 1e6


@asynccontextmanager
async def cut_line(folder: Path, speed: float = 50.0) -> AsyncIterator[tuple[Line, str]]:
    async with rigged(folder, service=ONE_BY_ONE, speed=speed) as rig:
        line = Line(rig)
        async with serve(line.answer) as site:
            try:
                yield line, site.url
            finally:
                await rig.watcher.aclose()


def test_that_an_account_that_is_reached_again_takes_the_others_along(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with cut_line(tmp_path) as (line, url):
            await line.add("one", url, "t1")
            await line.add("two", url, "t2")
            both = ("one", "two")
            await line.rig.until(lambda: {line.state(a) for a in both} == {Activity.OFFLINE})
            line.rest_for_long("two")
            line.is_cut = False
            line.rig.watcher.refresh("one")
            await line.rig.until(lambda: {line.state(a) for a in both} == {Activity.WATCHING})

    run(work())


def test_that_an_account_that_was_never_cut_off_does_not_hurry_one_whose_host_is_gone(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with cut_line(tmp_path) as (line, url):
            await line.add("gone", url, "t1")
            await line.rig.until(lambda: line.state("gone") is Activity.OFFLINE)
            line.rest_for_long("gone")
            await line.add("fine", line.rig.cloud.url, "t2")
            for looks in (1, 2, 3):
                await line.looked(looks)
                line.rig.watcher.refresh("fine")
            assert "t1" not in line.rig.cloud.asked()
            assert line.state("gone") is Activity.OFFLINE

    run(work())


def test_that_the_return_of_the_network_is_no_burst_and_starts_where_a_link_ends_first(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with cut_line(tmp_path) as (line, url):
            ids = [f"t{n}" for n in range(6)]
            await line.add("one", url, *ids)
            for n, each in enumerate(ids):
                line.rig.cloud.has(each, created_at=CREATED_AT - 100 * n)
            line.is_cut = False
            line.rig.watcher.refresh("one")
            await line.rig.until(lambda: set(line.rig.cloud.asked()) == set(ids))
            line.is_cut = True
            line.rig.watcher.refresh("one")
            await line.rig.until(lambda: line.state("one") is Activity.OFFLINE)
            line.rest_for_long("one")
            line.rig.cloud.heard.clear()
            line.rig.cloud.most = 0
            line.is_cut = False
            line.rig.watcher.online()
            await line.rig.until(lambda: len(line.rig.cloud.asked()) >= len(ids))
            # Two are under way at a time: neighbours may change places.
            order = [ids.index(each) for each in line.rig.cloud.asked()[: len(ids)]]
            assert all(abs(5 - place - n) <= 1 for n, place in enumerate(order)), order
            assert line.rig.cloud.most <= 2

    run(work())


def test_that_a_file_that_found_no_network_is_tried_again_as_soon_as_it_is_back(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with saving(tmp_path) as desk:
            desk.shelf.answers("a.mp4", hang_up, hang_up, hang_up)
            await desk.succeed("t1", "a.mp4")
            await desk.rig.until(lambda: any(job.is_cut_off for job in desk.saver.waiting.values()))
            for job in desk.saver.waiting.values():
                job.not_before += 1e6
            desk.shelf.odd.clear()
            desk.saver.online()
            await desk.settled()
            assert await desk.state("t1") is ArtifactState.SAVED

    run(work())


def test_that_data_from_before_the_start_has_its_age_too(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with cut_line(tmp_path) as (line, url):
            seen = CREATED_AT + 7.0
            rig, key = line.rig, Key("one", "t1")
            await rig.store.write(tables.put_account, replace(rig.account, id="one", base_url=url))
            await rig.store.write(tables.add, [key], CREATED_AT)
            await rig.store.write(
                tables.change, {key: lambda task: replace(task, misses=1, last_seen_at=seen)}, 1.0
            )
            await line.add("one", url)
            await line.rig.until(lambda: line.state("one") is Activity.OFFLINE)
            assert line.rig.of(AccountChanged)[-1].last_good_at == seen

    run(work())
