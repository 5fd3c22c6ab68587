"""`rushes watch` beside a program that has the list: no trouble makes it wait without a word."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from rushes.backend.workspace import STORE_FILE
from rushes.cli import watching
from rushes.core.events import ProgramFailure
from rushes.core.failure import Kind
from rushes.options import Options
from rushes.store import Store, StoreError
from rushes.store.errors import failure_of
from rushes.system import handover
from tests.conftest import Drive


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("a mistake"), Kind.STORE),
        (PermissionError(13, "Permission denied"), Kind.FOLDER),
        (StoreError(failure_of(OSError(28, "No space left"))), Kind.DISK_FULL),
    ],
)
def test_that_a_list_that_cannot_be_followed_is_said_once(
    run: Drive[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    kind: Kind,
) -> None:
    async def work() -> None:
        looked, often = 0, asyncio.Event()

        async def fails(_: Path) -> Any:
            nonlocal looked
            looked += 1
            if looked == 20:
                often.set()
            raise error

        session = watching.SharedSession(Options(base_dir=tmp_path), auto_save=False)
        path = tmp_path / "data" / STORE_FILE
        store = await Store.open(path)
        async with session:
            monkeypatch.setattr(watching, "read_list", fails)
            os.utime(path, (0, 0))  # as if somebody had written into it
            news = await session.news.get()
            assert isinstance(news, ProgramFailure)
            assert news.failure.kind is kind
            await often.wait()
            assert session.news.empty()
        await store.aclose()

    monkeypatch.setattr(watching, "_LOOK_EVERY_S", 0.001)
    run(work())
    assert len(caplog.records) == (kind is Kind.STORE)  # of a mistake, where it was


def test_that_a_list_that_cannot_be_worked_on_is_let_go_of(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        session = watching.SharedSession(Options(base_dir=tmp_path), auto_save=False)
        with monkeypatch.context() as patched:
            patched.setattr(session, "_note", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await session.__aenter__()
        store = await Store.open(tmp_path / "data" / STORE_FILE)  # nobody has it
        await store.aclose()

    run(work())


def test_that_no_other_list_is_made_in_the_place_of_one_that_is_gone(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        data = tmp_path / "data"
        store = await Store.open(data / STORE_FILE)
        async with watching.SharedSession(Options(base_dir=tmp_path), auto_save=False) as session:
            data.rename(tmp_path / "elsewhere")
            news = await session.news.get()
            assert isinstance(news, ProgramFailure)
            assert news.failure.message == str(data / STORE_FILE)
            assert not data.exists()
            (tmp_path / "elsewhere").rename(data)
            await store.aclose()

    monkeypatch.setattr(watching, "_LOOK_EVERY_S", 0.001)
    run(work())


def test_that_a_list_that_cannot_be_given_away_ends_the_command(
    run: Drive[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        async with watching.SharedSession(Options(base_dir=tmp_path), auto_save=False) as session:
            close, backend = session.backend.aclose, session.backend
            monkeypatch.setattr(backend, "aclose", lambda: 1 / 0)
            where = handover.address(tmp_path / "data")
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(None, handover.ask, where, {"verb": "show"})
            assert answer is None
            news = await session.news.get()
            assert isinstance(news, ProgramFailure)
            assert news.failure.kind is Kind.STORE
            await close()

    run(work())
    assert "giving the list away ended by a bug" in caplog.text
