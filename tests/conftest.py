"""Guards and fixtures of the whole suite: whatever is unexpected fails the test that caused it."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import keyring
import keyring.backend
import keyring.errors
import pytest
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

from tests.patience import LIMIT_MS, LIMIT_S

T = TypeVar("T")
Drive = Callable[[Coroutine[Any, Any, T]], T]

# Speed is measured by the benchmarks: a busy machine fails no test.
hypothesis.settings.register_profile("house", deadline=None, database=None)
hypothesis.settings.load_profile("house")

# No test may look at or change the developer's own folders, keyring or network.
for _name in ("ARK_API_KEY", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
    os.environ.pop(_name, None)


# A suite that runs as a shell's background job ignores Ctrl+C, and so would what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A vault for tests that need one but not the real one."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


@pytest.fixture(autouse=True)
def memory_keyring(request: pytest.FixtureRequest) -> Iterator[MemoryKeyring | None]:
    if request.node.get_closest_marker("keyring"):
        yield None
        return
    before = keyring.get_keyring()
    vault = MemoryKeyring()
    keyring.set_keyring(vault)
    yield vault
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every usual place of the system points into a temporary folder."""
    home = tmp_path_factory.mktemp("home")
    for name, sub in (
        ("HOME", ""),
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_STATE_HOME", ".local/state"),
    ):
        folder = home / sub
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(name, str(folder))


class FailOnWarning(logging.Handler):
    """Collects what the program logged at WARNING or above during a test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail on an unexpected log line; a test that asks for `caplog` expects some."""
    if "caplog" in request.fixturenames:
        yield
        return
    handler = FailOnWarning()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert not handler.lines, "unexpected log lines: " + "; ".join(handler.lines)
    assert not _muted(), "from here on nobody would hear these loggers"


def _muted() -> list[str]:
    """Loggers of the program that a library's set-up has switched off."""
    known = logging.getLogger().manager.loggerDict
    return [n for n in known if n.startswith("rushes") and logging.getLogger(n).disabled]


async def _checked(work: Coroutine[Any, Any, T], seconds: float) -> T:
    answer = await asyncio.wait_for(work, seconds)
    await asyncio.sleep(0)  # what has its result already ends now
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"left running: {[t.get_name() for t in left]}"
    return answer


@pytest.fixture
def run() -> Drive[Any]:
    """Run a coroutine on a plain asyncio loop; fail if it leaves tasks behind."""
    return lambda work: asyncio.run(_checked(work, LIMIT_S))


@pytest.fixture
def drive(qapp: Any) -> Drive[Any]:
    """Run a coroutine on the loop the program really uses; fail if it leaves tasks behind."""
    from rushes.runtime.loop import new_loop

    def run_on_qt(work: Coroutine[Any, Any, T]) -> T:
        try:
            with asyncio.Runner(loop_factory=lambda: new_loop(qapp)) as runner:
                return runner.run(_checked(work, LIMIT_S))
        finally:
            del runner
            gc.collect()  # the loop's timers must die in this thread, not where a later test is

    return run_on_qt


class PatientBot(QtBot):
    """pytest-qt's own limit is five seconds."""

    def waitSignal(self, signal: Any, *, timeout: int = LIMIT_MS, **more: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(
        self, signals: Any, *, timeout: int = LIMIT_MS, **more: Any
    ) -> MultiSignalBlocker:
        return super().waitSignals(signals, timeout=timeout, **more)

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LIMIT_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def base_dir(tmp_path: Path) -> Path:
    """An empty base folder, as `--base-dir` takes it."""
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def no_litter() -> Iterator[None]:
    """Un-awaited coroutines and unclosed files show in the test that left them."""
    yield
    gc.collect(1)
