"""Of a key that is only late nothing is said."""

import asyncio
import threading
from functools import partial
from pathlib import Path
from typing import Any

import keyring
import pytest
from pytestqt.qtbot import QtBot

from rushes.controllers import demo
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, KeySource, Service
from rushes.core.events import AccountChanged, Activity
from rushes.core.secret import Secret
from rushes.core.task import Key
from rushes.options import Options
from rushes.store import tables
from rushes.system.vault import KeyringVault
from tests.conftest import Drive, MemoryKeyring
from tests.controllers.desks import Windows, until
from tests.patience import LIMIT_S
from tests.simulated import Play, simulator  # noqa: F401 - a fixture


def messages(desk: MainController) -> list[str]:
    """What the window says from now on, the newest last."""
    said: list[str] = []
    desk.window.messages.said.connect(said.append)
    return said


def _is_watching(news: list[AccountChanged]) -> bool:
    return any(each.activity is Activity.WATCHING for each in news)


class Slow(MemoryKeyring):
    """Does not give a key before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answers = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.answers.wait(LIMIT_S)
        return super().get_password(service, username)


def test_that_a_demo_that_goes_on_misses_no_key(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)

    async def work() -> None:
        for _ in range(2):
            async with windows.desk(base_dir) as desk:
                said = messages(desk)
                seen = list[AccountChanged]()
                desk.account_changed.connect(seen.append)
                places = desk.backend.places
                served = await demo.start(Options(base_dir=base_dir), places.data)
                try:
                    await demo.begin(desk, served)
                    await desk.backend.keys_ready()
                    await until(partial(_is_watching, seen))
                finally:
                    served.stop()
                assert len(desk.accounts) == len(served.endpoints)
                assert not [news for news in seen if news.activity is Activity.PAUSED]
                assert not [text for text in said if "key" in text]

    windows.drive(work())


@pytest.mark.parametrize("has_key", [True, False])
def test_that_a_missing_key_is_told_once_the_keyring_has_answered(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, has_key: bool
) -> None:
    windows, ring = Windows(drive, qtbot), Slow()

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            vault = desk.backend.vault = KeyringVault(lambda _: True)
            ring.answers.set()
            keyring.set_keyring(ring)
            new = Account(
                name="Lena",
                service=Service.ARK,
                base_url="http://127.0.0.1:9",
                id="a",
                key_source=KeySource.VAULT,
            )
            kept = await vault.write(new, Secret("0f1e2d3c-0000-4000-8000-aabbccdd7f3a"))
            assert isinstance(kept, Account)
            await desk.backend.store.write(tables.put_account, kept)
            await desk.reload_accounts()
            task = Key("a", "task-1")
            await desk.backend.store.write(tables.add, [task], 1.0)
            if not has_key:
                ring.entries.clear()
            ring.asked.clear()
            ring.answers.clear()
            said, news = messages(desk), list[AccountChanged]()
            desk.account_changed.connect(news.append)
            await desk.backend.start()
            await until(ring.asked.is_set)
            # What the user asks for meanwhile waits, too.
            desk.window.look_requested.emit([task])
            await until(lambda: desk.list.scope._live)
            await asyncio.sleep(0)
            assert not said
            assert not news
            ring.answers.set()
            await desk.backend.keys_ready()
            await until(lambda: news)
            told = "“Lena” has no key. Enter it to go on watching."
            await until(lambda: has_key or told in said)
            assert not has_key or not [text for text in said if "key" in text]

    windows.drive(work())
