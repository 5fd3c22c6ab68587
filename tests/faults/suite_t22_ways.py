"""T22: a bad answer, once or for a while, on the way to a service. Every task ends saved, with
nobody there; who asks to try now is followed at once."""

import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rushes.core.account import Account, service_named
from rushes.core.events import AccountChanged, Activity, BackendEvent, TasksChanged
from rushes.core.secret import Secret
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Key
from rushes.files.download import FileDownloader
from rushes.files.file_store import FileStore
from rushes.net.http import Network
from rushes.saving.saver import Saver
from rushes.simulator.life import TaskLife, lived
from rushes.simulator.scene import Scene, Site, Slot
from rushes.simulator.server import Simulator
from rushes.store import Store, tables
from rushes.watching.supervisor import TaskSupervisor
from tests.faults.report import Report
from tests.faults.ways import Bad, Contexts, Way, When, opened
from tests.net.certificates import new_authority
from tests.simulated import playing

SPEED = 500.0
#: Simulated seconds; the first stands for a single answer.
LASTS_S = (0.0, 20.0, 600.0)
#: Long enough for some looks before the success, short enough not to be waited for.
RUNS_S = 400.0
#: Real seconds for a batch: the longest rest is an hour of simulated time.
PATIENCE_S = 90.0

#: "Try now" is played so slowly that no rest of our own ends meanwhile (real seconds).
SLOW, RESTS_S = 0.1, 40.0

SITES = (Site.ARK, Site.ARK_LIST, Site.RONG, Site.ANYFAST, Site.JIMENG)


@dataclass(frozen=True, slots=True)
class Case:
    bad: Bad
    when: When
    lasts_s: float
    site: Site

    @property
    def name(self) -> str:
        lasts = f"for {self.lasts_s:.0f} s" if self.lasts_s else "once"
        return f"{self.bad.name}, {self.when.value}, {lasts}, {self.site.value}"


class Held:
    """The simulator's clock: it stands until everybody is ready to look."""

    def __init__(self) -> None:
        self._stood_at = time.time()
        self._let_go_at: float | None = None

    def let_go(self) -> None:
        self._let_go_at = time.time()

    def __call__(self) -> float:
        if self._let_go_at is None:
            return self._stood_at
        return self._stood_at + time.time() - self._let_go_at

    def is_past(self, seconds: float) -> bool:
        return self() >= self._stood_at + seconds


def _scene(cases: Sequence[Case], life: TaskLife) -> Scene:
    slots: dict[Site, list[Slot]] = {site: [] for site in SITES}
    for number, case in enumerate(cases):
        slots[case.site].append(Slot(name=f"c{number}", life=life))
    return Scene(name="ways", about="", slots={site: tuple(held) for site, held in slots.items()})


@dataclass
class World:
    """The program at work on many accounts, each behind a way of its own."""

    watcher: TaskSupervisor
    saver: Saver
    store: Store
    network: Network
    speed: float
    news: list[BackendEvent] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)  # accounts whose film is on the disk
    ways: dict[str, Way] = field(default_factory=dict)

    def hear(self, news: BackendEvent) -> None:
        self.news.append(news)
        if isinstance(news, TasksChanged):
            self.watcher.noticed(news.diff)
            self.saver.on_tasks(news.diff)
            for task in (*news.diff.added, *news.diff.changed):
                states = {artifact.state for artifact in task.artifacts}
                if states == {ArtifactState.SAVED}:
                    self.saved.add(task.key.account)

    async def add(self, account: Account, task_id: str) -> None:
        await self.store.write(tables.put_account, account)
        await self.store.write(tables.add, [Key(account.id, task_id)], time.time())

    def begin(self, account: Account, key: str) -> None:
        self.watcher.start(account, self.network.client_for(account, Secret(key)))

    async def all_saved(self) -> None:
        await until(lambda: self.saved == self.ways.keys(), PATIENCE_S)

    def activities(self, account: str) -> set[Activity]:
        found = (news for news in self.news if isinstance(news, AccountChanged))
        return {news.activity for news in found if news.account == account}


async def until(happened: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110  (there is no one event for all of these)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _world(folder: Path, speed: float) -> AsyncIterator[World]:
    store = await Store.open(folder / "store.sqlite3")
    network, settings = Network(), Settings(downloads_at_once=8)
    made: list[World] = []
    watcher = TaskSupervisor(store=store, publish=lambda news: made[0].hear(news), speed=speed)
    saver = Saver(
        store=store,
        downloader=FileDownloader(network.results),
        files=FileStore(lambda: settings, folder / "files"),
        publish=lambda news: made[0].hear(news),
        settings=lambda: settings,
        renew=lambda key: watcher.look([key]),
        key_problem=watcher.key_problem,
        speed=max(speed, 1.0),
    )
    made.append(World(watcher, saver, store, network, speed))
    try:
        yield made[0]
    finally:
        await watcher.aclose()
        await saver.aclose()
        await network.aclose()
        await store.aclose()


@asynccontextmanager
async def _at_work(
    cases: Sequence[Case], sim: Simulator, folder: Path, clock: Held, speed: float
) -> AsyncIterator[World]:
    """All cases at once, each with an account and a task of its own."""
    (folder / "ca").mkdir()
    authority = new_authority(folder / "ca")
    contexts = Contexts(authority.server("127.0.0.1"), authority.server("127.0.0.2"))
    left = {site: iter(sim.endpoint(site.value).ids) for site in SITES}
    accounts: list[tuple[Account, str]] = []
    async with _world(folder, speed) as world, AsyncExitStack() as ways:
        for case in cases:
            end = sim.endpoint(case.site.value)
            way = Way(
                upstream=int(end.base_url.rpartition(":")[2]),
                bad=case.bad,
                when=case.when,
                lasts_s=case.lasts_s / speed,
                succeeded=lambda: clock.is_past(RUNS_S / speed),
                contexts=contexts,
            )
            world.ways[case.name] = await ways.enter_async_context(opened(way))
            account = Account(
                id=case.name,
                name=case.name,
                service=service_named(end.service),
                base_url=way.base_url,
                ca_file=str(authority.bundle),
            )
            await world.add(account, next(left[case.site]))
            accounts.append((account, end.key))
        for account, key in accounts:
            world.begin(account, key)
        yield world


def _unattended(report: Report, cases: Sequence[Case], folder: Path) -> None:
    clock = Held()

    async def work(sim: Simulator) -> None:
        async with _at_work(cases, sim, folder, clock, SPEED) as world:
            with contextlib.suppress(TimeoutError):  # told below, case by case
                await until(lambda: all(map(_is_met, world.ways.values())), PATIENCE_S)
                clock.let_go()
                await world.all_saved()
            for case in cases:
                with report.case(case.name):
                    assert case.name in world.saved, "not saved"
                    assert world.ways[case.name].was_bad, "the way was never bad"
                    assert Activity.PAUSED not in world.activities(case.name)

    scene = _scene(cases, lived(0, RUNS_S))
    with playing(Simulator(scene, speed=SPEED, clock=clock)) as sim:
        asyncio.run(work(sim))


def _tried_now(report: Report, cases: Sequence[Case], folder: Path) -> None:
    """At a tenth of the pace of real life: the wish is what brings the next question. Where the
    program got over the bad answer already (a lie about compression, a reset when another service
    is reached), there is nothing to wish for."""

    async def one(case: Case, world: World) -> None:
        way = world.ways[case.name]
        await until(lambda: case.name in world.saved or _troubled(world, case.name), PATIENCE_S)
        asked = len(way.asked_at)
        if asked == 1:
            world.watcher.refresh(case.name)
            await until(lambda: len(way.asked_at) > asked, RESTS_S)

    async def work(sim: Simulator) -> None:
        async with _at_work(cases, sim, folder, Held(), SLOW) as world:
            said = await asyncio.gather(*(one(c, world) for c in cases), return_exceptions=True)
            with contextlib.suppress(TimeoutError):  # told below, case by case
                await world.all_saved()
            for case, trouble in zip(cases, said, strict=True):
                with report.case(f"try now: {case.name}"):
                    if trouble is not None:
                        raise trouble
                    assert case.name in world.saved, "not saved"

    with playing(Simulator(_scene(cases, lived(0, 0, submitted_s=-60.0)), speed=1.0)) as sim:
        asyncio.run(work(sim))


def _is_met(way: Way) -> bool:
    """Whether the task may go on: the looks before its success have met what they were to meet."""
    return bool(way.asked_at) if way.when is When.SUCCESS else way.was_bad > 0


def _troubled(world: World, account: str) -> bool:
    news = (n for n in world.news if isinstance(n, AccountChanged) and n.account == account)
    return any(n.failure is not None for n in news)


def run(full: bool) -> Report:
    report = Report("T22")
    for when, lasts_s in itertools.product(When, LASTS_S):
        if not full and (when, lasts_s) not in QUICK:
            continue
        sites = SITES if full else SITES[2:4]
        cases = [Case(bad, when, lasts_s, site) for bad in Bad for site in sites]
        with tempfile.TemporaryDirectory() as folder:
            _unattended(report, cases, Path(folder))
    hurried = SITES if full else SITES[2:3]
    cases = [Case(bad, When.FIRST, 0.0, site) for bad in Bad for site in hurried]
    with tempfile.TemporaryDirectory() as folder:
        _tried_now(report, cases, Path(folder))
    return report


#: The quick form: a single answer at the first look, a while at the success.
QUICK = {(When.FIRST, 0.0), (When.SUCCESS, 600.0)}
