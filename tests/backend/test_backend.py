"""The whole program without a window, against the simulator over real HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.errors import InitError, KeyringLocked

from rushes.backend.backend import Backend
from rushes.core.account import Account, KeySource, service_named
from rushes.core.events import AccountChanged, Activity, BackendEvent, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.core.settings import FolderRule
from rushes.core.task import ArtifactState, Status
from rushes.options import Options
from rushes.simulator.server import Endpoint
from rushes.store import tables
from rushes.system.vault import KeyringVault
from tests.conftest import Drive, MemoryKeyring
from tests.desktop_bus import LOGIND, desktop
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401 - a fixture

News_ = list[BackendEvent]


@asynccontextmanager
async def opened(base: Path, news: News_, **more: bool) -> AsyncIterator[Backend]:
    backend = await Backend.open(Options(base_dir=base, speed=50), news.append, **more)
    try:
        yield backend
    finally:
        await backend.aclose()


WRONG = Secret("wrong-key-000000")


def new(endpoint: Endpoint, source: KeySource = KeySource.SESSION) -> Account:
    return Account(
        name=endpoint.title,
        service=service_named(endpoint.service),
        base_url=endpoint.base_url,
        key_source=source,
    )


async def until(true: Callable[[], object], seconds: float = LIMIT_S) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - the news come as calls
            await asyncio.sleep(0.02)


async def added(backend: Backend, endpoint: Endpoint) -> Account:
    account = await backend.add_account(new(endpoint), Secret(endpoint.key))
    assert isinstance(account, Account)
    await backend.add(account.id, endpoint.ids)
    return account


def kept(news: News_) -> set[ArtifactState | None]:
    last = {t.key: t for n in news if isinstance(n, TasksChanged) for t in n.diff.changed}
    return {task.kept for task in last.values()}


def test_that_a_finished_take_is_on_disk_by_itself_and_a_restart_shows_the_same(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def first(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            await added(backend, endpoint)
            await until(lambda: kept(news) == {ArtifactState.SAVED})

    async def second() -> None:
        async with opened(base_dir, []) as backend:
            (task,) = await backend.store.read(tables.tasks)
            assert (task.status, task.kept) == (Status.SUCCEEDED, ArtifactState.SAVED)
            (file,) = [Path(a.path) for a in task.artifacts if a.path]
            assert file.stat().st_size == task.artifacts[0].size

    drive(first(simulator("one").endpoint("ark")))
    drive(second())


def test_that_a_wrong_key_is_told_and_a_new_one_goes_on(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            account = await backend.add_account(new(endpoint), WRONG)
            assert isinstance(account, Account)
            await backend.add(account.id, endpoint.ids)
            await until(lambda: _troubled(news))
            good = await backend.replace_key(account, Secret(endpoint.key))
            assert isinstance(good, Account)
            assert good.id == account.id
            await until(lambda: ArtifactState.SAVED in kept(news))

    drive(work(simulator("one").endpoint("rong")))


def _paused(news: News_, kind: Kind) -> bool:
    return any(
        isinstance(n, AccountChanged)
        and n.activity is Activity.PAUSED
        and n.failure is not None
        and n.failure.kind is kind
        for n in news
    )


def _troubled(news: News_) -> bool:
    return any(isinstance(n, AccountChanged) and n.failure is not None for n in news)


def test_that_testing_a_key_keeps_nothing(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoints: tuple[Endpoint, ...]) -> None:
        async with opened(base_dir, []) as backend:
            for endpoint in endpoints:
                assert await backend.test(new(endpoint), Secret(endpoint.key)) is None
                failure = await backend.test(new(endpoint), WRONG)
                assert failure is not None
                assert failure.kind is Kind.DENIED
            assert await backend.accounts() == ()

    drive(work(simulator("one").endpoints))


def test_that_a_removed_account_takes_its_rows_and_leaves_its_files(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            account = await added(backend, endpoint)
            await until(lambda: ArtifactState.SAVED in kept(news))
            assert await backend.remove_account(account) is None
            assert await backend.store.read(tables.tasks) == ()
            assert await backend.accounts() == ()
        assert list((base_dir / "files").rglob("*.mp4"))

    drive(work(simulator("one").endpoint("anyfast")))


def test_that_a_key_from_the_environment_is_read_at_each_start(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def add(endpoint: Endpoint) -> None:
        async with opened(base_dir, []) as backend:
            draft = replace(new(endpoint, KeySource.ENVIRONMENT), key_env="MY_KEY")
            account = await backend.add_account(draft)
            assert isinstance(account, Account)
            assert account.key_source is KeySource.ENVIRONMENT
            await backend.add(account.id, endpoint.ids)

    async def start(expected: Kind | None) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            await backend.keys_ready()
            if expected is not None:
                await until(lambda: _paused(news, expected))
            else:
                await until(lambda: ArtifactState.SAVED in kept(news))

    endpoint = simulator("one").endpoint("jimeng")
    drive(add(endpoint))
    drive(start(Kind.NO_KEY))
    monkeypatch.setenv("MY_KEY", endpoint.key)
    drive(start(None))


def test_that_importing_the_last_days_finds_the_tasks_of_both_tiers(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoint: Endpoint) -> None:
        async with opened(base_dir, []) as backend:
            account = await backend.add_account(new(endpoint), Secret(endpoint.key))
            assert isinstance(account, Account)
            found = await backend.import_recent(account.id)
            assert not isinstance(found, Failure)
            assert {task.id for task in found.added} == set(endpoint.ids)

    drive(work(simulator("flex").endpoint("ark")))


class Passing(MemoryKeyring):
    """Answers after so many questions that it could not."""

    def __init__(self, times: int, error: Exception) -> None:
        super().__init__()
        self.times = times
        self.error = error
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.asked <= self.times:
            raise self.error
        return super().get_password(service, username)


def _activities(news: News_) -> list[Activity]:
    return [n.activity for n in news if isinstance(n, AccountChanged)]


async def _restarted(backend: Backend, endpoint: Endpoint, ring: Passing) -> Account:
    """An account whose key is kept, about to be read as at a start."""
    backend.vault = KeyringVault(lambda _: True)
    ring.asked = 1_000
    keyring.set_keyring(ring)
    account = await backend.add_account(new(endpoint, KeySource.VAULT), Secret(endpoint.key))
    assert isinstance(account, Account)
    assert account.key_source is KeySource.VAULT
    await backend.keys_ready()
    await backend.watcher.stop(account.id)
    ring.asked = 0
    return account


def test_that_a_vault_that_comes_up_late_is_asked_until_it_answers(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            ring = Passing(2, TimeoutError("the daemon"))
            account = await _restarted(backend, endpoint, ring)
            news.clear()
            backend.begin(account)
            await backend.keys_ready()
            assert ring.asked == 3
            assert _activities(news)[:2] == [Activity.BACKING_OFF] * 2
            assert Activity.PAUSED not in _activities(news)
            await backend.add(account.id, endpoint.ids)
            await until(lambda: kept(news) == {ArtifactState.SAVED})

    drive(work(simulator("one").endpoint("ark")))


@pytest.mark.parametrize(
    ("error", "asked", "kind"),
    [
        (InitError("the collection"), 4, Kind.VAULT_REFUSED),
        (KeyringLocked("dismissed"), 1, Kind.VAULT_LOCKED),
    ],
)
def test_that_a_vault_that_stays_shut_pauses_until_the_user_tries_again(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
    error: Exception,
    asked: int,
    kind: Kind,
) -> None:
    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            ring = Passing(asked, error)
            account = await _restarted(backend, endpoint, ring)
            backend.begin(account)
            await backend.keys_ready()
            assert ring.asked == asked
            assert _paused(news, kind)
            news.clear()
            backend.begin(account)
            await until(lambda: Activity.IDLE in _activities(news))

    drive(work(simulator("one").endpoint("ark")))


def test_that_a_key_that_is_not_there_is_asked_for_once(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
) -> None:
    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            ring = Passing(0, InitError(""))
            account = await _restarted(backend, endpoint, ring)
            ring.entries.clear()
            backend.begin(account)
            await backend.keys_ready()
            assert ring.asked == 1
            assert _paused(news, Kind.NO_KEY)

    drive(work(simulator("one").endpoint("ark")))


def test_that_a_rule_chooses_the_folder_of_a_real_save(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    tmp_path: Path,
    drive: Drive[None],
) -> None:
    best = tmp_path / "best"
    best.mkdir()

    async def work(endpoint: Endpoint) -> None:
        news: News_ = []
        rules = [
            FolderRule(condition="rating:5", folder=str(tmp_path / "never")),
            FolderRule(condition=f'account:"{endpoint.title}"', folder=str(best)),
        ]
        async with opened(base_dir, news) as backend:
            await backend.set_settings(replace(backend.settings, folder_rules=tuple(rules)))
            await added(backend, endpoint)
            await until(lambda: kept(news) == {ArtifactState.SAVED})
            (task,) = await backend.store.read(tables.tasks)
            (file,) = [Path(a.path) for a in task.artifacts if a.path]
            assert file.is_relative_to(best)
            assert file.stat().st_size == task.artifacts[0].size
            assert not (tmp_path / "never").exists()

    drive(work(simulator("one").endpoint("ark")))


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux' own")
def test_that_the_computer_stays_awake_while_files_are_saved(
    simulator: Play,  # noqa: F811
    base_dir: Path,
    drive: Drive[None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def saved(endpoint: Endpoint) -> None:
        news: News_ = []
        async with opened(base_dir, news) as backend:
            await added(backend, endpoint)
            await until(lambda: kept(news) == {ArtifactState.SAVED})
            assert there.next()["call"] == "Inhibit"

    with desktop(tmp_path, LOGIND) as there:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", there.address)
        drive(saved(simulator("one").endpoint("ark")))
        last = [there.next()]
        while "released" not in last[-1]:
            last.append(there.next())
        assert last.pop() == {"released": True}
        assert there.said.empty()


def test_that_a_folder_that_was_just_chosen_is_made_and_one_that_goes_later_is_not(
    base_dir: Path, tmp_path: Path, drive: Drive[None]
) -> None:
    async def work() -> None:
        chosen = tmp_path / "films" / "new"
        async with opened(base_dir, []) as backend:
            await backend.set_settings(replace(backend.settings, folder=str(chosen)))
            assert chosen.is_dir()
            chosen.rmdir()
            await backend.set_settings(replace(backend.settings, theme="dark"))
            assert not chosen.exists()
            in_the_way = tmp_path / "a file"
            in_the_way.touch()
            below = replace(backend.settings, folder=str(in_the_way / "x"))
            assert await backend.set_settings(below) is None  # kept; saving says what is wrong

    drive(work())
