"""`rushes --demo`: the window on the simulator, which runs as a process of its own.

Where it was started in this folder a short while ago, however that ended, the same evening goes on:
the same tasks at the same addresses.
"""

import asyncio
import json
import logging
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from rushes.backend.backend import Backend
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, KeySource, service_named
from rushes.core.failure import Failure
from rushes.core.incoming import Incoming
from rushes.core.secret import Secret
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.system import helper
from rushes.system.disk import open_regular, write_whole

log = logging.getLogger(__name__)

_SERVICES = 5
_ORIGINS = _SERVICES + 1  # the files have one of their own
_PATIENCE_S = 0.7  # it ends in a tenth of that
_ENDS_S = 3.0  # a simulator whose window was killed has ended after so long
_GOES_ON_S = 3600.0  # after so long everything in it is over: it begins anew
_PORTS = range(20_000, 32_000, _ORIGINS)  # below those the system lends out by itself


@dataclass(frozen=True, slots=True)
class _Evening:
    """One play of the scene.

    Attributes:
        began: Unix seconds.
        port: The first of its ports.
    """

    began: float
    port: int
    speed: float


class NoSimulator(Exception):
    """It cannot be started. `args[0]` is the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running simulator.

    Attributes:
        errors: What it has said on standard error.
        truth: Where it tells what a client that saw everything must know at the end.
    """

    process: "subprocess.Popen[bytes]"
    errors: IO[bytes]
    endpoints: tuple[dict[str, Any], ...]
    truth: str

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:  # stopped, or it hangs: nothing of it is needed
            self.process.kill()
            self.process.wait()
        cast(IO[bytes], self.process.stdout).close()
        if said := helper.last_line(self.errors):
            log.warning("the simulator has said: %s", said)
        self.errors.close()


async def start(options: Options, folder: Path) -> Demo:
    """Start the simulator, or start it again, and wait until it serves.

    Args:
        folder: Where it is noted which evening that is.

    Raises:
        NoSimulator: it cannot be started, or ends at once.
    """
    loop, note = asyncio.get_running_loop(), folder / "demo.json"
    with ExitStack() as opened:
        errors = opened.enter_context(tempfile.TemporaryFile())
        try:
            how = await loop.run_in_executor(None, _how, options.speed, note)
            process = _launch(how, folder / "helpers", errors)
            try:
                endpoints = await loop.run_in_executor(None, _read, cast(IO[bytes], process.stdout))
            except BaseException:
                process.kill()
                process.wait()
                raise
        except (OSError, ValueError) as e:
            why = getattr(e, "strerror", None) or helper.last_line(errors) or tr("it ended at once")
            told = tr("The simulator of the demo cannot be started: {why}.", why=why.rstrip("."))
            raise NoSimulator(told) from e
        opened.pop_all()
        return Demo(
            process=process, errors=errors, endpoints=endpoints, truth=endpoints[0]["truth"]
        )


def _how(speed: float, note: Path) -> dict[str, Any]:
    """What the simulator is told: which evening it plays."""
    started = time.time()
    evening = next(one for one in _evenings(speed, note) if _is_free(one.port))
    write_whole(note, json.dumps(asdict(evening)).encode())
    again = evening.began < started
    return {"scene": "demo", **asdict(evening), "again": again}


def _launch(how: dict[str, Any], home: Path, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    words = ("simulator", json.dumps(how))
    return helper.start(home, *words, stdout=subprocess.PIPE, stderr=errors.fileno())


def _read(stdout: IO[bytes]) -> tuple[dict[str, Any], ...]:
    try:
        return tuple(json.loads(stdout.readline()) for _ in range(_SERVICES))
    except ValueError:  # it ended
        stdout.close()
        raise


def _evenings(speed: float, note: Path) -> Iterator[_Evening]:
    """The one before, while it is not over, then new ones at other ports, without end."""
    now = time.time()
    with suppress(OSError, ValueError, RecursionError):
        with open_regular(note) as file:
            before = msgspec.json.decode(file.read(), type=_Evening)
        if before.speed == speed and 0 <= now - before.began < _GOES_ON_S:
            end = time.monotonic() + _ENDS_S
            while time.monotonic() < end and not _is_free(before.port):
                time.sleep(0.1)
            yield before
    while True:
        yield _Evening(now, secrets.choice(_PORTS), speed)


def _is_free(port: int) -> bool:
    with ExitStack() as opened:
        try:
            for number in range(port, port + _ORIGINS):
                opened.enter_context(socket.create_server(("127.0.0.1", number)))
        except (OSError, OverflowError):
            return False
        return True


async def begin(main: MainController, demo: Demo) -> None:
    """Start the backend and put in what the simulator has. The accounts of a demo that goes on get
    their keys first, which only memory holds: keys that are read before would be missed."""
    backend = main.backend
    known = {account.name: account for account in await backend.accounts()}
    for endpoint in demo.endpoints:
        if account := known.get(endpoint["title"]):
            moved = replace(account, base_url=endpoint["base_url"])
            kept = await backend.vault.write(moved, Secret(endpoint["key"]))
            if isinstance(kept, Account):
                await backend.store.write(tables.put_account, kept)
    await backend.start()
    await fill(main, demo)


async def fill(main: MainController, demo: Demo) -> None:
    """Add the simulator's accounts, where they are not there yet, and their tasks."""
    for endpoint in demo.endpoints:
        account = await _account(main.backend, endpoint)
        if isinstance(account, Failure):
            main.complain(account)
            continue
        await main.reload_accounts()
        prompts = endpoint.get("prompts", {})
        items = [Incoming(id_, prompt=prompts.get(id_, "")) for id_ in endpoint["ids"]]
        await main.backend.add(account.id, items)


async def _account(backend: Backend, endpoint: dict[str, Any]) -> Account | Failure:
    new = Account(
        name=endpoint["title"],
        service=service_named(endpoint["service"]),
        base_url=endpoint["base_url"],
        key_source=KeySource.SESSION,
    )
    for known in await backend.accounts():
        if known.name == new.name:  # the demo was started before in this folder
            return known
    return await backend.add_account(new, Secret(endpoint["key"]))
