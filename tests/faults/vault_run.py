"""The vault in one session with or without a keyring; `suite_t14_vault.py` starts it.

Runs its cases on the loop that the window has, with a timer beside them that notices every gap,
and prints one JSON line a case.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.backends.SecretService
import qasync
import secretstorage
from keyring.backend import KeyringBackend
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from rushes.core.account import Account, KeySource
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.system.vault import LONGEST_ENTRY, KeyringVault
from tests.faults.canary import ODD_KEY, UUID_KEY
from tests.patience import LIMIT_S
from tests.system.vault_conformance import account, kind

PASSWORD = b"a password"
PLAINTEXT = "plaintext.cfg"
_TICK_MS = 2

Case = Callable[[], Awaitable[None]]


class PlaintextKeyring(KeyringBackend):
    """As in keyrings.alt: it would write each key into a readable file."""

    priority = 9

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        (Path(os.environ["HOME"]) / PLAINTEXT).write_text(password)

    def delete_password(self, service: str, username: str) -> None:
        return None


class Subclass(keyring.backends.SecretService.Keyring):
    """Derived from an accepted one, and free to do anything."""

    def set_password(self, service: str, username: str, password: str) -> None:
        (Path(os.environ["HOME"]) / PLAINTEXT).write_text(password)


class Gaps:
    """How long the loop did not come round, at most."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now

    def begin(self) -> None:
        self.longest_s, self._last = 0.0, time.perf_counter()


async def kept(source: KeySource = KeySource.VAULT, key: str = UUID_KEY) -> Account:
    found = await KeyringVault().write(account(), Secret(key))
    assert isinstance(found, Account), found
    assert found.key_source is source, found.key_source
    return found


# with the real keyring, unlocked


async def a_key_is_there_after_a_restart() -> None:
    found = await kept()
    assert await KeyringVault().read(found) == Secret(UUID_KEY)


async def a_key_is_replaced() -> None:
    await kept()
    found = await kept(key=ODD_KEY)
    assert await KeyringVault().read(found) == Secret(ODD_KEY)


async def a_key_is_forgotten() -> None:
    found = await kept()
    assert await KeyringVault().forget(found) is None
    assert kind(await KeyringVault().read(found)) is Kind.NO_KEY


async def a_key_is_not_given_to_another_origin() -> None:
    await kept()
    evil = account(base_url="https://ark.cn-beijing.volces.com.evil.example")
    assert kind(await KeyringVault().read(evil)) is Kind.NO_KEY


async def a_key_too_long_is_refused_and_not_kept() -> None:
    long = Secret("k" * LONGEST_ENTRY)
    assert kind(await KeyringVault().write(account(7), long)) is Kind.KEY_TOO_LONG
    assert kind(await KeyringVault().read(account(7))) is Kind.NO_KEY


async def the_longest_key_is_kept() -> None:
    long = Secret("k" * (LONGEST_ENTRY - 80))
    found = await KeyringVault().write(account(8), long)
    assert isinstance(found, Account)
    assert await KeyringVault().read(found) == long


async def many_questions_at_once_are_all_answered() -> None:
    found, vault = await kept(), KeyringVault()
    answers = await asyncio.gather(*(vault.read(found) for _ in range(20)))
    assert set(map(repr, answers)) == {repr(Secret(UUID_KEY))}


# locked


async def a_locked_keyring_says_so_when_read() -> None:
    found = await kept()
    async with locked():
        assert kind(await KeyringVault().read(found)) is Kind.VAULT_LOCKED


async def a_locked_keyring_takes_no_key_and_nothing_else_does() -> None:
    await kept()
    async with locked():
        vault = KeyringVault()
        assert kind(await vault.write(account(), Secret(ODD_KEY))) is Kind.VAULT_LOCKED
        session = account(key_source=KeySource.SESSION)
        assert kind(await vault.read(session)) is Kind.NO_KEY


async def a_locked_keyring_forgets_nothing() -> None:
    found = await kept()
    async with locked():
        assert kind(await KeyringVault().forget(found)) is Kind.VAULT_LOCKED
    assert await KeyringVault().read(found) == Secret(UUID_KEY)


# a daemon that does not answer, or is not there any more


async def a_daemon_that_hangs_holds_up_nobody() -> None:
    found = await kept()
    daemon = await daemon_id()
    os.kill(daemon, signal.SIGSTOP)
    try:
        asking = asyncio.ensure_future(KeyringVault().read(found))
        await asyncio.sleep(0.5)
        assert not asking.done()
    finally:
        os.kill(daemon, signal.SIGCONT)
    assert await asking == Secret(UUID_KEY)


async def a_question_that_is_given_up_leaves_the_next_one_alone() -> None:
    found, vault = await kept(), KeyringVault()
    daemon = await daemon_id()
    os.kill(daemon, signal.SIGSTOP)
    try:
        asking = asyncio.ensure_future(vault.read(found))
        await asyncio.sleep(0.1)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    finally:
        os.kill(daemon, signal.SIGCONT)
    assert await vault.read(found) == Secret(UUID_KEY)


async def a_daemon_that_vanishes_is_a_failure() -> None:
    found = await kept()
    os.kill(await daemon_id(), signal.SIGKILL)
    answer = await KeyringVault().read(found)  # D-Bus may start another one: a locked one
    assert isinstance(answer, Failure)
    assert answer.kind in (Kind.VAULT_REFUSED, Kind.VAULT_LOCKED, Kind.VAULT_NONE), answer.kind
    written = await KeyringVault().write(account(), Secret(ODD_KEY))
    assert isinstance(written, Failure) or written.key_source is KeySource.SESSION


# a bus that lets nobody ask for secrets


async def a_denied_keyring_gives_nothing() -> None:
    answer = await KeyringVault().read(account())
    assert kind(answer) in (Kind.VAULT_REFUSED, Kind.VAULT_NONE), answer


async def a_denied_keyring_takes_nothing() -> None:
    vault = KeyringVault()
    written = await vault.write(account(), Secret(UUID_KEY))
    assert isinstance(written, Failure) or written.key_source is KeySource.SESSION


# a bus on which the keyring's daemon comes up after the program


async def a_daemon_that_comes_up_late_is_found_when_looked_for_again() -> None:
    vault = KeyringVault()
    bound = replace(account(), key_source=KeySource.VAULT)
    assert kind(answer := await vault.read(bound)) is Kind.VAULT_NONE, answer
    await asyncio.to_thread(_start)
    assert kind(answer := await vault.read(bound)) is Kind.VAULT_NONE, answer
    for _ in range(60):  # the daemon says that it is up before it has its name on the bus
        await vault.look_again()
        if kind(answer := await vault.read(bound)) is not Kind.VAULT_NONE:
            break
        await asyncio.sleep(0.5)
    assert kind(answer) is Kind.NO_KEY, answer
    written = await vault.write(bound, Secret(UUID_KEY))
    assert isinstance(written, Account), written
    assert written.key_source is KeySource.VAULT
    assert await KeyringVault().read(written) == Secret(UUID_KEY)


# no keyring, or one that is not accepted


def _in_memory_only(make: Callable[[], KeyringBackend | None]) -> Case:
    async def case() -> None:
        if (backend := make()) is not None:
            keyring.set_keyring(backend)
        vault = KeyringVault()
        found = await vault.write(account(), Secret(UUID_KEY))
        assert isinstance(found, Account), found
        assert found.key_source is KeySource.SESSION
        assert await vault.read(found) == Secret(UUID_KEY)
        assert kind(await KeyringVault().read(found)) is Kind.NO_KEY  # after a restart

    return case


def _chain() -> KeyringBackend:
    class Chain(keyring.backends.chainer.ChainerBackend):
        backends = (_made(PlaintextKeyring),)

    made: KeyringBackend = _made(Chain)
    return made


def _made(backend: Any) -> Any:
    """Keyring's constructors have no types."""
    return backend()


CASES: dict[str, dict[str, Case]] = {
    "unlocked": {
        case.__name__: case
        for case in (
            a_key_is_there_after_a_restart,
            a_key_is_replaced,
            a_key_is_forgotten,
            a_key_is_not_given_to_another_origin,
            a_key_too_long_is_refused_and_not_kept,
            the_longest_key_is_kept,
            many_questions_at_once_are_all_answered,
            a_locked_keyring_says_so_when_read,
            a_locked_keyring_takes_no_key_and_nothing_else_does,
            a_locked_keyring_forgets_nothing,
            a_daemon_that_hangs_holds_up_nobody,
            a_question_that_is_given_up_leaves_the_next_one_alone,
            a_daemon_that_vanishes_is_a_failure,
        )
    },
    "denied": {
        case.__name__: case
        for case in (a_denied_keyring_gives_nothing, a_denied_keyring_takes_nothing)
    },
    "late": {
        case.__name__: case
        for case in (a_daemon_that_comes_up_late_is_found_when_looked_for_again,)
    },
    "none": {
        "no keyring at all": _in_memory_only(lambda: None),
        "the one that fails": _in_memory_only(keyring.backends.fail.Keyring),
        "the one that keeps nothing": _in_memory_only(keyring.backends.null.Keyring),
        "one in plain text": _in_memory_only(PlaintextKeyring),
        "one derived from an accepted one": _in_memory_only(Subclass),
        "a chain of one in plain text": _in_memory_only(_chain),
    },
}


@contextlib.asynccontextmanager
async def locked() -> AsyncIterator[None]:
    """Nobody can answer the dialog that would unlock it, which is as good as dismissing it."""
    await asyncio.to_thread(_lock)
    try:
        yield
    finally:
        await asyncio.to_thread(_start_again)


def _lock() -> None:
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()


def _start_again() -> None:
    os.kill(_daemon_id(), signal.SIGKILL)
    _start()


def _start() -> None:
    start = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    subprocess.run(start, input=PASSWORD, stdout=subprocess.DEVNULL, check=True)


async def daemon_id() -> int:
    return await asyncio.to_thread(_daemon_id)


def _daemon_id() -> int:
    ask = "org.freedesktop.DBus.GetConnectionUnixProcessID"
    command = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", ask]
    done = subprocess.run(
        [*command, "string:org.freedesktop.secrets"], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


async def _play(which: str) -> None:
    gaps = Gaps()
    await asyncio.sleep(0.3)  # the loop's own first round takes its time
    for name, case in CASES[which].items():
        why = ""
        gaps.begin()
        try:
            async with asyncio.timeout(LIMIT_S):
                await case()
        except Exception as e:  # noqa: BLE001 - told, and the next case runs
            why = f"{type(e).__name__}: {e}"
        line = {"case": name, "why": why, "gap_ms": round(gaps.longest_s * 1000, 1)}
        print(json.dumps(line), flush=True)


def main() -> int:
    app = QApplication([])
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(_play(sys.argv[1]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
