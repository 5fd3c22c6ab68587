"""The real program with two canary keys and a service that repeats them wherever it can.

Not run by hand: `suite_t13_canary.py` starts it, reads what it leaves behind, and lets it crash.
Its arguments are the base folder and a folder for what cannot be read from outside: the clipboard,
the texts of the window, what a drag carries, exceptions, exports, the environment of children.
"""

import asyncio
import base64
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from PySide6.QtCore import QModelIndex, qWarning
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from rushes import app
from rushes.controllers.main_controller import MainController
from rushes.controllers.tasks_controller import text_for
from rushes.core.account import Account, KeySource, Service
from rushes.core.failure import Failure
from rushes.core.secret import Secret
from rushes.core.task import ArtifactState
from rushes.options import Options
from rushes.presentation.columns import COLUMNS
from rushes.presentation.export import csv_chunks, task_line
from rushes.store import tables
from tests.faults.canary import ODD_KEY, UUID_KEY
from tests.files.media import varied_mp4
from tests.net.web import serve
from tests.patience import LIMIT_S

VARIABLE = "CANARY_KEY"
IDS = ("cgt-20260101000000-aaaaa", "cgt-20260101000000-bbbbb", "cgt-20260101000000-ccccc")
#: A line that the suite looks for, so that it knows the key was really used.
#: What the key stands in for in an answer: in escapes of its characters, of its slashes.
_ESCAPED, _SLASHED = "<escaped>", "<slashed>"
HEARD = "the service heard each key"


@dataclass
class Parrot:
    """A service that repeats the key it was given, in every form, wherever it answers."""

    key: str
    url: str = ""
    denies: bool = False
    heard: int = 0
    turn: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard += request.headers.get("Authorization") == f"Bearer {self.key}"
        bearer = base64.b64encode(f"Bearer {self.key}".encode()).decode()
        said = f"key {self.key}, {quote(self.key, safe='')}, {bearer} repeated"
        said += f", {self.key.upper()}, {_ESCAPED}, {_SLASHED}"
        headers = {"X-Request-Id": f"req-{self.key}", "Set-Cookie": f"k={quote(self.key)}"}
        if "/files/" in request.path:
            headers["ETag"] = f'"{self.key}"'  # would be kept beside an unfinished file
            return web.Response(body=varied_mp4(65_536), headers=headers)
        if self.denies:
            error = {"code": "AuthenticationError", "message": said, "type": "Unauthorized"}
            return self._json({"error": error}, status=401, headers=headers)
        task_id = request.path.rpartition("/")[2]
        turn = self.turn[task_id] = self.turn.get(task_id, -1) + 1
        if turn < len(_TROUBLES):
            return _TROUBLES[turn](self._in_json(said), headers)
        return self._json(self._task(task_id, said), headers=headers)

    def _json(self, value: object, **more: Any) -> web.Response:
        return web.json_response(value, dumps=lambda v: self._in_json(json.dumps(v)), **more)

    def _in_json(self, text: str) -> str:
        """Escapes that no encoder of ours writes."""
        escaped = "".join(f"\\u{ord(c):04X}" for c in self.key)
        return text.replace(_ESCAPED, escaped).replace(_SLASHED, self.key.replace("/", "\\/"))

    def _task(self, task_id: str, said: str) -> dict[str, object]:
        task: dict[str, object] = {
            "id": task_id,
            "model": "doubao-seedance-1-0-pro",
            "status": "succeeded",
            "created_at": int(time.time()) - 60,
            "updated_at": int(time.time()),
            "content": {"video_url": f"{self.url}/files/{task_id}.mp4"},
            "seed": 7,
            "debug": said,
        }
        if task_id == IDS[1]:
            error = {"code": "InternalServiceError", "message": said}
            task |= {"status": "failed", "content": None, "error": error}
        return task


def _page(said: str, headers: dict[str, str]) -> web.Response:
    return web.Response(text=f"<html>{said}</html>", status=502, headers=headers)


def _broken(said: str, headers: dict[str, str]) -> web.Response:
    return web.Response(text=f'{{"id": "{said}', headers=headers)


def _refused(said: str, headers: dict[str, str]) -> web.Response:
    error = {"error": {"code": "InvalidParameter", "message": said}}
    return web.Response(text=json.dumps(error).replace("\\\\", "\\"), status=400, headers=headers)


_TROUBLES: tuple[Callable[[str, dict[str, str]], web.Response], ...] = (_page, _broken, _refused)


@dataclass
class Run:
    """One run of the program.

    Attributes:
        out: Where what is seen from inside is written, a file for each channel.
    """

    out: Path
    _noted: set[tuple[str, str]] = field(default_factory=set)

    async def script(self, desk: MainController) -> int:
        asyncio.get_running_loop().set_debug(True)
        for name in ("httpx", "httpcore", "aiohttp", "asyncio", "keyring", "qasync"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        first, second = Parrot(UUID_KEY), Parrot(ODD_KEY)
        async with serve(first.answer) as one, serve(second.answer) as two:
            first.url, second.url = one.url, two.url
            accounts = [
                await self._add(desk, one.url, Service.ARK, Secret(UUID_KEY)),
                await self._add(desk, two.url, Service.JIMENG, None),
            ]
            await desk.reload_accounts()
            for account in accounts:
                await desk.add(account.id, IDS)
            await self._all_ended(desk)
            await desk.backend.set_settings(replace(desk.backend.settings, proxy="none"))
            await self._look_around(desk)
            first.denies = second.denies = True
            for account in accounts:
                keys = [t.key for t in await desk.backend.store.read(tables.tasks)]
                await desk.backend.watcher.look(keys)
                self._note("exceptions", repr(await desk.backend.test(account)))
                self._note("exceptions", repr(account), repr(Secret(UUID_KEY)))
            await self._look_around(desk)
            await self._fail_inside(desk)
            await self._look_around(desk)
        logging.getLogger("rushes").error("last words: %s %s", UUID_KEY, ODD_KEY)
        if first.heard and second.heard:
            self._note("window titles", HEARD)
        os.abort()

    async def _add(
        self, desk: MainController, url: str, service: Service, secret: Secret | None
    ) -> Account:
        """Without a secret the key comes from the environment."""
        new = Account(
            name=service.value,
            service=service,
            base_url=url,
            key_source=KeySource.SESSION if secret else KeySource.ENVIRONMENT,
            key_env="" if secret else VARIABLE,
        )
        kept = await desk.backend.add_account(new, secret)
        assert not isinstance(kept, Failure)
        return kept

    async def _all_ended(self, desk: MainController) -> None:
        async with asyncio.timeout(LIMIT_S):
            while True:
                tasks = await desk.backend.store.read(tables.tasks)
                saved = [t for t in tasks if t.kept is ArtifactState.SAVED]
                if len(saved) == 4 and all(t.status.is_terminal for t in tasks):
                    return
                await asyncio.sleep(0.05)

    async def _look_around(self, desk: MainController) -> None:
        """Everything a person, another program or a screen reader could take from the window."""
        tasks = await desk.backend.store.read(tables.tasks)
        window = desk.window
        for task in tasks:
            window.select([task.key])
            desk.inspector.raw_wanted.emit(task.key)
            desk.inspector.events_wanted.emit(task.key)
            await asyncio.sleep(0.05)
            self._window_texts()
        window.select([task.key for task in tasks])
        for what in ("seed", "parameters", "id", "path", "url", "curl"):
            window.copy_requested.emit(what, [task.key for task in tasks])
            await asyncio.sleep(0.05)
            self._note("clipboard", QGuiApplication.clipboard().text())
            self._note("clipboard", text_for(what, tasks, desk.accounts))
        self._drag(desk)
        self._note("CSV", "".join(csv_chunks(tasks, window.context, [c.id for c in COLUMNS])))
        lines = [task_line(task, desk.accounts[task.key.account], time.time()) for task in tasks]
        self._note("CSV", json.dumps(lines))
        self._children()

    def _window_texts(self) -> None:
        for widget in QApplication.topLevelWidgets():
            self._note("window titles", widget.windowTitle(), widget.windowFilePath())
        for widget in QApplication.allWidgets():
            self._widget(widget)

    def _widget(self, widget: QWidget) -> None:
        own = [getattr(widget, name, None) for name in ("text", "toPlainText", "placeholderText")]
        texts = [str(get()) for get in own if callable(get)]
        hints = (widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.accessibleName())
        self._note("accessibility", *texts, *hints, widget.accessibleDescription())
        found = QAccessible.queryAccessibleInterface(widget)
        if found is not None:
            self._interface(found, depth=3)

    def _interface(self, found: QAccessibleInterface, depth: int) -> None:
        kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
        self._note("accessibility", *(found.text(kind) for kind in kinds))
        if depth:
            for number in range(min(found.childCount(), 60)):
                child = found.child(number)
                if child is not None:
                    self._interface(child, depth - 1)

    def _drag(self, desk: MainController) -> None:
        model = desk.window.table.model()
        rows = [model.index(row, 0, QModelIndex()) for row in range(model.rowCount())]
        data = model.mimeData(rows)
        self._note("drag data", f"{len(rows)} rows")
        for kind in data.formats():
            self._note("drag data", kind, bytes(data.data(kind).data()).decode("latin-1"))

    def _children(self) -> None:
        tell = "import os, sys; print(sys.argv, dict(os.environ))"
        done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True)
        self._note("children", done.stdout)
        own = str(os.getpid())
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                if parent == own:
                    self._note("children", (entry / "cmdline").read_text())
                    self._note("children", (entry / "environ").read_text())
            except OSError:  # gone meanwhile
                continue

    async def _fail_inside(self, desk: MainController) -> None:
        """Bugs of every kind whose words hold a key."""

        def fail() -> None:
            raise RuntimeError(f"https://u:{ODD_KEY}@h.example/?key={UUID_KEY}")

        async def fail_later() -> None:
            fail()

        class Freed:
            def __del__(self) -> None:
                fail()

        qWarning(f"could not load {UUID_KEY} {quote(ODD_KEY, safe='')}")
        asyncio.get_running_loop().call_soon(fail)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        desk.do(fail_later())
        Freed()
        asyncio.get_running_loop().call_exception_handler({"message": f"odd {UUID_KEY}"})
        await asyncio.sleep(0.2)
        sys.excepthook(*_caught(fail))

    def _note(self, channel: str, *texts: str) -> None:
        """Most widgets say the same at every look: it is written once."""
        texts = tuple(text for text in texts if (channel, text) not in self._noted)
        if not texts:
            return
        self._noted.update((channel, text) for text in texts)
        with (self.out / channel).open("a", encoding="utf-8", errors="surrogatepass") as file:
            file.write("\n".join(texts) + "\n")


def _caught(fail: Callable[[], None]) -> tuple[type[BaseException], BaseException, None]:
    try:
        fail()
    except RuntimeError as e:
        return type(e), e, None
    raise AssertionError


def main() -> int:
    base, out = map(Path, sys.argv[1:])
    options = Options(base_dir=base, debug=frozenset({"log"}), speed=1000.0)
    return app.main(options, Run(out).script)


if __name__ == "__main__":
    raise SystemExit(main())
