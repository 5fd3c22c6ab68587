"""`rushes --demo`: the window on the simulator, which runs as a process of its own."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import IO, Any, cast

from rushes.core.account import Account, service_named
from rushes.core.failure import Failure
from rushes.core.secret import Secret
from rushes.options import Options
from rushes.wiring.backend import Backend, NewAccount
from rushes.wiring.window import Desk

_SERVICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running simulator.

    Attributes:
        truth: Where it tells what a client that saw everything must know at the end.
    """

    process: "subprocess.Popen[str]"
    endpoints: tuple[dict[str, Any], ...]
    truth: str

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(5)
        cast(IO[str], self.process.stdout).close()


async def start(options: Options) -> Demo:
    """Start the simulator and wait until it serves."""
    return await asyncio.get_running_loop().run_in_executor(None, _start, options.speed)


def _start(speed: float) -> Demo:
    words = ("simulate", "--scene", "demo", "--speed", str(speed), "--with-parent")
    process = subprocess.Popen(
        [sys.executable, "-m", "rushes", *words], stdout=subprocess.PIPE, text=True
    )
    stdout = cast(IO[str], process.stdout)
    endpoints = tuple(json.loads(stdout.readline()) for _ in range(_SERVICES))
    return Demo(process=process, endpoints=endpoints, truth=endpoints[0]["truth"])


async def fill(desk: Desk, demo: Demo) -> None:
    """Add the simulator's accounts (their keys stay in memory) and their tasks."""
    for endpoint in demo.endpoints:
        account = await _account(desk.backend, endpoint)
        if isinstance(account, Failure):
            desk.complain(account)
            continue
        await desk.reload_accounts()
        await desk.backend.add(account.id, endpoint["ids"])


async def _account(backend: Backend, endpoint: dict[str, Any]) -> Account | Failure:
    draft = NewAccount(
        name=endpoint["title"],
        service=service_named(endpoint["service"]),
        base_url=endpoint["base_url"],
        secret=Secret(endpoint["key"]),
        keep_key=False,
    )
    for account in await backend.accounts():
        if account.name == draft.name:  # the demo was started before in this folder
            return await backend.replace_key(account, draft)
    return await backend.add_account(draft)
