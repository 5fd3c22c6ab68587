"""The window of T28, as a process of its own: brings itself into one predicament and says so.

``python -m tests.faults.quitting PREDICAMENT BASE THING``; THING is a file or folder that the suite
prepared. It prints "there" and goes on until it is told to end, as the program does.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize

from rushes import app
from rushes.assets import asset
from rushes.controllers.main_controller import MainController
from rushes.core.account import Account, KeySource, Service
from rushes.core.task import ArtifactState
from rushes.options import Options
from rushes.store import tables
from rushes.system import threads
from rushes.system.vault import KeyringVault
from tests.controllers.desks import drop
from tests.ui.takes import ended, take, with_file

Predicament = Callable[[MainController, Path], Awaitable[object]]
_LOOK_S = 0.005


def child(name: str) -> int | None:
    """Our helper whose command line says so, if there is one."""
    for home in Path("/proc").iterdir():
        try:
            words = (home / "cmdline").read_bytes()
            parent = (home / "stat").read_text("ascii").rsplit(")", 1)[1].split()[1]
        except (OSError, IndexError):
            continue
        if int(parent) == os.getpid() and b"--helper\0" + name.encode() in words:
            return int(home.name)
    return None


async def _stopped(name: str) -> None:
    """Stop the helper as soon as it is there: from then on it answers nothing."""
    while (pid := child(name)) is None:  # noqa: ASYNC110 - another process has no event here
        await asyncio.sleep(_LOOK_S)
    os.kill(pid, signal.SIGSTOP)
    # What waits for it has begun by now.
    await asyncio.sleep(_LOOK_S)


async def _pasted(desk: MainController, thing: Path) -> None:
    drop(desk.window, thing)
    await asyncio.sleep(0.3)


async def _pasted_often(desk: MainController, thing: Path) -> None:
    for _ in range(100):
        drop(desk.window, thing)
    await asyncio.sleep(0.3)


async def _watched(desk: MainController, thing: Path) -> None:
    settings = replace(desk.backend.settings, watch_folder=str(thing))
    desk.change_settings(settings)
    await asyncio.sleep(0.3)
    if "watched" in thing.name:  # no look at the others: this thread must not hang
        (thing / "news.txt").write_text("cgt-20251128123456-abcde", "utf-8")
        await asyncio.sleep(0.6)


async def _folder(desk: MainController, thing: Path) -> None:
    settings = replace(desk.backend.settings, folder=str(thing))
    desk.change_settings(settings)
    await asyncio.sleep(0.3)


async def _image(desk: MainController, thing: Path) -> None:
    """In a thread of Qt's, which waits for it when it is taken apart."""
    desk.preview._loader.load(str(thing))
    await asyncio.sleep(0.3)


def _posters_wanted(desk: MainController, path: Path) -> None:
    facts = {"path": str(path), "sha256": "ab" * 32, "size": 1}
    task = with_file(ended(take(1)), ArtifactState.SAVED, **facts)
    desk.window.content.posters.for_task(task, QSize(160, 90))


async def _poster(desk: MainController, thing: Path) -> None:
    _posters_wanted(desk, thing)
    await asyncio.sleep(0.3)


async def _decoder(desk: MainController, _: Path) -> None:
    _posters_wanted(desk, asset("media", "dusk.mp4"))
    await _stopped("frames")


async def _model(desk: MainController, thing: Path) -> None:
    desk.preview.model_wanted.emit(str(thing))
    await asyncio.sleep(0.3)


async def _model_read(desk: MainController, _: Path) -> None:
    desk.preview.model_wanted.emit(str(asset("media", "vase.zip")))
    await _stopped("models\0read")


async def _model_drawn(desk: MainController, _: Path) -> None:
    desk.preview.model_wanted.emit(str(asset("media", "vase.zip")))
    await _stopped("models\0render")


async def _orbit(desk: MainController, _: Path) -> None:
    desk.preview.orbit_wanted.emit(str(asset("media", "vase.zip")))
    await _stopped("models\0orbit")


async def _simulator(desk: MainController, _: Path) -> None:
    await _stopped("simulator")


async def _threads(desk: MainController, _: Path) -> None:
    """Far more work that never ends than there are threads."""
    for _number in range(200):
        asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    await asyncio.sleep(0.1)


async def _download(desk: MainController, _: Path) -> None:
    """A write that never comes back, in the thread of the downloads."""

    async def hang() -> None:
        await asyncio.shield(
            asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
        )

    desk.do(desk.backend._downloads.run(hang))
    await asyncio.sleep(0.1)


async def _vault(desk: MainController, _: Path) -> None:
    """The password store asks its user, who is not there."""
    assert isinstance(desk.backend.vault, KeyringVault)
    account = Account(
        id="x",
        name="X",
        service=Service.ARK,
        base_url="https://host.invalid",
        key_source=KeySource.VAULT,
    )
    await desk.backend.store.write(tables.put_account, account)
    desk.backend.begin(account)
    desk.do(desk.backend.vault.read(account))
    while not Path(os.environ["VAULT_ASKED"]).exists():  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_S)


PREDICAMENTS: dict[str, Predicament] = {
    "pasted": _pasted,
    "pasted-often": _pasted_often,
    "watched": _watched,
    "folder": _folder,
    "image": _image,
    "poster": _poster,
    "decoder": _decoder,
    "model": _model,
    "model-read": _model_read,
    "model-drawn": _model_drawn,
    "orbit": _orbit,
    "simulator": _simulator,
    "threads": _threads,
    "download": _download,
    "vault": _vault,
}


def main(name: str, base: str, thing: str) -> int:
    async def script(desk: MainController) -> int:
        await PREDICAMENTS[name](desk, Path(thing))
        print("there", flush=True)
        await asyncio.Event().wait()
        return 0

    return app.main(Options(base_dir=Path(base), demo=name == "simulator"), script)


if __name__ == "__main__":
    threads.exit_now(main(*sys.argv[1:]))
