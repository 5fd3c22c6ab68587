"""T20: a clock that is wrong, jumps or slept: earliest deadline first, and no file is missed."""

import asyncio
import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rushes.core.task import ArtifactState
from tests.faults.report import Report
from tests.saving.test_saving import Desk, saving, with_status
from tests.watching.cloud import CREATED_AT

DAY, HOUR = 86400.0, 3600.0
TASKS = 8


@dataclass
class World:
    """The true time, and what our clock says instead."""

    now: float = CREATED_AT + 60.0
    skew: float = 0.0

    def ours(self) -> float:
        return self.now + self.skew


@contextmanager
def zone(name: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def _ends(dice: random.Random) -> list[float]:
    """Seconds from the true now to the end of each link, all different, in no order."""
    return dice.sample([600.0 * n for n in range(1, 120)], TASKS)


async def _offer(desk: Desk, world: World, ends_in: list[float], *, exact: bool) -> None:
    """Tasks whose links end then, by their own words or a day after they finished."""
    for number, seconds in enumerate(ends_in):
        end = world.now + seconds
        signed = f"?Expires={int(end)}" if exact else ""
        url = f"{desk.shelf.url}/{number}.mp4{signed}"
        desk.rig.cloud.succeeds(f"t{number}", url, updated_at=int(end - DAY))
        await desk.rig.add(f"t{number}")
        await desk.rig.watcher.look([desk.rig.key(f"t{number}")])


async def _save_all(desk: Desk) -> None:
    await desk.saver.save([desk.rig.key(f"t{n}") for n in range(TASKS)])
    await desk.settled()
    assert {await desk.state(f"t{n}") for n in range(TASKS)} == {ArtifactState.SAVED}


async def earliest_first(folder: Path, world: World, *, exact: bool) -> None:
    async with saving(folder, auto=False, clock=world.ours) as desk:
        desk.settings = replace(desk.settings, downloads_at_once=1)
        ends_in = _ends(random.Random(f"{world} {exact}"))
        await _offer(desk, world, ends_in, exact=exact)
        await _save_all(desk)
        by_end = sorted(range(TASKS), key=lambda n: ends_in[n])
        assert desk.shelf.asked == [f"{n}.mp4" for n in by_end], desk.shelf.asked


async def after_a_sleep(folder: Path, world: World) -> None:
    """Every link ended meanwhile; each is asked for again, and what comes is saved."""
    async with saving(folder, auto=False, clock=world.ours) as desk:
        await _offer(desk, world, _ends(random.Random(20)), exact=True)
        world.now += 20 * HOUR
        for number in range(TASKS):
            desk.shelf.answers(f"{number}.mp4", *[with_status(403)] * 3)
            fresh = f"{desk.shelf.url}/new-{number}.mp4?Expires={int(world.now + DAY)}"
            desk.rig.cloud.succeeds(f"t{number}", fresh)
        await _save_all(desk)
        assert sorted(desk.shelf.asked) == [f"new-{n}.mp4" for n in range(TASKS)]


async def woken(folder: Path, world: World) -> None:
    """The loop itself notices the sleep: what finished in it is seen and saved at once."""
    async with saving(folder, clock=world.ours) as desk:
        desk.rig.cloud.has(*(f"t{n}" for n in range(TASKS)))
        desk.rig.start()
        await desk.rig.add(*(f"t{n}" for n in range(TASKS)))
        await desk.rig.until(lambda: len(set(desk.rig.cloud.heard)) >= 1)
        world.now += 20 * HOUR
        for number in range(TASKS):
            desk.offer(f"t{number}", f"{number}.mp4", ends_in=21 * HOUR)
        await desk.rig.ended(*(f"t{n}" for n in range(TASKS)))
        await desk.settled()
        assert {await desk.state(f"t{n}") for n in range(TASKS)} == {ArtifactState.SAVED}


async def set_once(folder: Path, world: World, days: float, *, restarted: bool) -> None:
    """One look with a clock that is days off; then it is right: every later answer counts."""
    async with saving(folder, auto=False, clock=world.ours) as desk:
        ids = [f"t{n}" for n in range(TASKS)]
        keys = [desk.rig.key(each) for each in ids]
        desk.rig.cloud.has(*ids, status="queued")
        await desk.rig.add(*ids)
        world.skew = days * DAY
        desk.rig.start(loop=False)
        assert await desk.rig.watcher.look(keys) is None
        world.skew = 0.0
        if restarted:
            await desk.rig.watcher.stop(desk.rig.account.id)
            desk.rig.start(loop=False)
        desk.rig.cloud.has(*ids, status="running")
        assert await desk.rig.watcher.look(keys) is None
        words = {(await desk.rig.task(each)).status.value for each in ids}
        assert words == {"running"}, words
        await _offer(desk, world, _ends(random.Random(3)), exact=True)
        await _save_all(desk)


Play = Callable[[Path], None]


def cases() -> dict[str, Play]:
    found: dict[str, Play] = {}

    def add(name: str, world: World, *, exact: bool, place: str = "UTC") -> None:
        def play(folder: Path) -> None:
            with zone(place):
                asyncio.run(earliest_first(folder, world, exact=exact))

        found[name] = play

    for skew in (-2 * DAY, -DAY, -HOUR, HOUR, DAY, 2 * DAY):
        add(f"clock {skew / HOUR:+.0f} h", World(skew=skew), exact=True)
    for skew in (-2 * DAY, 2 * DAY):
        add(f"clock {skew / HOUR:+.0f} h, ends inferred", World(skew=skew), exact=False)
    spring, autumn = 1774746000.0, 1792890000.0  # 2026-03-29 and 2026-10-25, 01:00 UTC
    for name, at in (("spring", spring), ("autumn", autumn)):
        world = World(now=at - 60, skew=120.0)
        add(f"summer time changes in {name}", world, exact=True, place="Europe/Berlin")
    add("half an hour of summer time", World(now=autumn), exact=True, place="Australia/Lord_Howe")
    add("a day skipped", World(now=1325239200.0), exact=True, place="Pacific/Apia")
    add("32 bits end in a link", World(now=2.0**31 - 1800), exact=True)
    add("after 2038", World(now=2.0**31 + DAY), exact=True)
    found["20 h of sleep, links ended"] = lambda f: asyncio.run(after_a_sleep(f, World()))
    found["20 h of sleep, tasks ended"] = lambda f: asyncio.run(woken(f, World()))
    for days, restarted in itertools.product((3.0, -3.0), (False, True)):
        where = "from run to run" if restarted else "in one run"
        found[f"once {days:+.0f} d, then right, {where}"] = partial(
            _set_once, days=days, restarted=restarted
        )
    return found


def _set_once(folder: Path, days: float, restarted: bool) -> None:
    asyncio.run(set_once(folder, World(), days, restarted=restarted))


def run(full: bool) -> Report:
    """All 20 in either form: they take a few seconds."""
    del full
    report = Report("T20")
    for name, play in cases().items():
        with tempfile.TemporaryDirectory() as folder, report.case(name):
            play(Path(folder))
    return report
