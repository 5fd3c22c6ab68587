"""The window goes on while megabytes are read: an answer, a paste."""

import asyncio
import gc
import http.server
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from rushes.core.account import Account, Service
from rushes.core.pace import LIMITS
from rushes.core.secret import Secret
from rushes.core.task import Report
from rushes.core.task_ids import Reading
from rushes.core.wire import LARGE_BODY, ListPage, Reply, Request
from rushes.files.texts import TextReader
from rushes.net.http import AccountClient
from rushes.providers.registry import provider_for
from rushes.runtime.loop import Gap, GapMonitor
from rushes.store import tables
from rushes.watching.api import AccountApi, Limiter
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.ui.takes import ARK

TASK = {
    "id": "cgt-20260101000000-abcde",
    "model": "doubao-seedance-1-0-pro",
    "status": "running",
    "created_at": 1_760_000_000,
    "updated_at": 1_760_000_001,
}


@contextmanager
def served(body: bytes) -> Iterator[str]:
    """A server in a thread of its own, which is no part of what is measured."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Undisturbed:
    """Garbage is collected in the window's idle time in the program, so not here."""

    def __enter__(self) -> list[Gap]:
        gc.collect()
        gc.disable()
        self.gaps: list[Gap] = []
        self._monitor = GapMonitor(tell=self.gaps.append)
        self._monitor.start()
        return self.gaps

    def __exit__(self, *_: object) -> None:
        self._monitor.stop()
        gc.enable()


def longest_s(gaps: list[Gap]) -> float:
    """As long as it would be if no other program wanted this machine's processors."""
    wanted = os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 1.0
    return max((gap.seconds for gap in gaps), default=0.0) / max(1.0, wanted)


def at_once_s(work: Callable[[], object]) -> float:
    """How long the same takes in one go on this machine, now."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def api_at(url: str) -> tuple[AccountClient, AccountApi]:
    account = Account(id="a", name="a", service=Service.ARK, base_url=url)
    client = AccountClient(account, Secret("a-key-0123456789"))
    gate = asyncio.Semaphore(2)
    limiter = Limiter(LIMITS[account.dialect], gate, clock=time.monotonic, speed=100.0)
    return client, AccountApi(account, client, limiter, time.time)


def many_rows() -> bytes:
    rows = [
        {**TASK, "id": f"cgt-20260101000000-{n:05d}", "extra": "雨 x" * 30} for n in range(20_000)
    ]
    return json.dumps({"items": rows, "total": len(rows)}, ensure_ascii=False).encode()


def one_large() -> bytes:
    steps = [{"step": n, "note": "x" * 40, "more": [1, 2, {"a": n}]} for n in range(60_000)]
    return json.dumps({**TASK, "trace": {"steps": steps}}).encode()


@pytest.mark.parametrize("body", [many_rows, one_large])
def test_that_a_large_answer_is_read_without_a_stop(
    body: Callable[[], bytes], drive: Drive[Any]
) -> None:
    raw = body()
    assert 4_000_000 < len(raw) < 8 * 2**20
    provider = provider_for(ARK.dialect)
    assert provider.read_page is not None
    read_page = provider.read_page

    async def work(url: str) -> tuple[object, list[Gap]]:
        client, api = api_at(url)
        with Undisturbed() as gaps:
            if body is many_rows:
                said: object = (await api.page(Request("/"))).said
            else:
                said = (await api.one("cgt-20260101000000-abcde")).said
            await asyncio.sleep(0.05)
        await client.aclose()
        return said, gaps

    with served(raw) as url:
        said, gaps = drive(work(url))
    reply = Reply(200, raw)
    if body is many_rows:
        assert isinstance(said, ListPage)
        assert said.rows == 20_000
        whole_s = at_once_s(lambda: read_page(reply, {}))
    else:
        assert isinstance(said, Report)
        whole_s = at_once_s(lambda: provider.read_one(reply, "cgt-20260101000000-abcde"))
    # 50 ms on a machine that does nothing else; here as a share of what it takes at once.
    assert longest_s(gaps) < max(0.05, 0.5 * whole_s), (whole_s, list(map(str, gaps)))


def test_that_an_answer_is_the_same_whether_large_or_small(drive: Drive[Any]) -> None:
    provider = provider_for(ARK.dialect)
    small = provider.read_one(Reply(200, json.dumps(TASK).encode()), TASK["id"])  # type: ignore[arg-type]
    filled = json.dumps({**TASK, "nan": float("nan"), "half": "\ud800", "x": "雨" * LARGE_BODY})
    large = provider.read_one(Reply(200, filled.encode()), TASK["id"])  # type: ignore[arg-type]
    assert isinstance(small, Report)
    assert isinstance(large, Report)
    assert (large.id, large.status, large.created_at) == (small.id, small.status, small.created_at)


def test_that_a_paste_of_50_mb_does_not_stop_the_window(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The search of 50 MB takes a busy machine minutes; what the window does is the same.
    line = "2026-01-01 12:00:00 INFO 雨 the task cgt-20260101000000-abcde is running at step 7\n"
    text = line * (50_000_000 // len(line.encode()))
    real = TextReader.text
    given: list[int] = []

    def beginning(self: TextReader, whole: str | memoryview) -> Reading:
        assert isinstance(whole, memoryview)
        given.append(len(whole))
        return real(self, whole[: len(line.encode()) * 5000])

    monkeypatch.setattr(TextReader, "text", beginning)
    windows = Windows(drive, qtbot)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            data = QMimeData()
            data.setData("text/plain", text.encode())  # as it comes from another program
            QGuiApplication.clipboard().setMimeData(data)
            await asyncio.sleep(0.2)
            with Undisturbed() as gaps:
                desk.window.command_context.do.paste()
                await until(desk.window.add_strip.isVisible)
            assert desk.window.add_strip.ids == [TASK["id"]]
            assert given == [len(text.encode())]
            # Half a second before. 50 ms on a machine that does nothing else.
            assert longest_s(gaps) < 0.15, list(map(str, gaps))

    windows.drive(work())


@pytest.mark.parametrize("form", ["lines", "json"])
def test_that_ten_thousand_ids_become_rows_without_a_stop(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path, form: str
) -> None:
    ids = [f"cgt-20260101000000-{n:05d}" for n in range(10_000)]
    text = "\n".join(ids)
    if form == "json":
        text = json.dumps({"items": [{**TASK, "id": each} for each in ids]})
    windows = Windows(drive, qtbot)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            await desk.backend.store.write(tables.put_account, ARK)
            await desk.reload_accounts()
            with Undisturbed() as gaps:
                desk.window.add_strip.text_given.emit(text)
                await until(desk.window.add_strip.isVisible)
                assert len(desk.window.add_strip.ids) == 10_000
                desk.window.add_strip.add_button.click()
                await desk.list.scope.idle()
                await until(lambda: desk.window.table.row_count == 10_000)
            assert longest_s(gaps) < 0.25, list(map(str, gaps))

    windows.drive(work())
