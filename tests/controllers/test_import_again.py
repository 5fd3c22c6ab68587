"""An import of the last 7 days that nobody answers is asked for again."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytestqt.qtbot import QtBot

from rushes.core.account import Account, KeySource, Service
from rushes.core.secret import Secret
from rushes.store import tables
from rushes.ui.window.sidebar import AccountCommand
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.simulated import Play, simulator  # noqa: F401 - a fixture

SPEED = 50.0


@asynccontextmanager
async def relay(port: int, to: int) -> AsyncIterator[None]:
    """Something that listens at `port` and passes all on."""

    async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await source.read(65_536):
                sink.write(part)
                await sink.drain()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(copy(reader, back), copy(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


def test_that_an_import_nobody_answered_is_tried_again_by_itself(
    drive: Drive[Any],
    qtbot: QtBot,
    base_dir: Path,
    simulator: Play,  # noqa: F811
) -> None:
    windows, there = Windows(drive, qtbot), simulator("one").endpoint("ark")
    port = urlsplit(there.base_url).port
    assert port is not None
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        free = reserved.getsockname()[1]

    async def work() -> None:
        async with windows.desk(base_dir, speed=SPEED) as desk:
            new = Account(
                name="Lena",
                service=Service.ARK,
                base_url=there.base_url.replace(str(port), str(free)),
                key_source=KeySource.SESSION,
            )
            account = await desk.backend.add_account(new, Secret(there.key))
            assert isinstance(account, Account)
            await desk.reload_accounts()
            said: list[str] = []  # what the window says from now on
            desk.window.messages.said.connect(said.append)
            desk.window.sidebar.account_asked.emit(AccountCommand.IMPORT, account.id)
            await until(lambda: said and "Trying again by itself." in said[-1])
            async with relay(free, port):
                await until(lambda: said[-1].endswith("of the last 7 days added."))
            assert len(said) == 3  # asking, not reached, added: no message at each try
            assert await desk.backend.store.read(tables.tasks)

    windows.drive(work())
