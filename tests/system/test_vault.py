"""Keys are kept in an accepted keyring or in memory, and are given out to their origin only."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.backends.SecretService
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked

from rushes.core.account import Account, KeySource
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.system.vault import ACCEPTED, SERVICE, KeyringVault, is_accepted
from tests.conftest import Drive, MemoryKeyring
from tests.patience import LIMIT_S
from tests.system.vault_conformance import KEY, VaultConformance, account, kind


def accept_any(_: KeyringBackend) -> bool:
    return True


class TestInMemory(VaultConformance):
    @pytest.fixture
    def make(self, memory_keyring: MemoryKeyring) -> Callable[[], KeyringVault]:
        return lambda: KeyringVault(accept_any)


class PlaintextKeyring(MemoryKeyring):
    """Named and placed as the one of keyrings.alt that writes a readable file."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


class LooksLikeTheRealOne(keyring.backends.SecretService.Keyring):
    """A subclass from elsewhere may do anything with a key."""


@pytest.mark.parametrize(
    "backend",
    [
        keyring.backends.fail.Keyring,
        keyring.backends.null.Keyring,
        PlaintextKeyring,
        MemoryKeyring,
        LooksLikeTheRealOne,
        keyring.backends.chainer.ChainerBackend,
    ],
)
def test_that_without_an_accepted_keyring_the_key_lasts_until_the_end_only(
    run: Drive[Any], backend: type[KeyringBackend]
) -> None:
    used = backend()
    assert not is_accepted(used)
    keyring.set_keyring(used)

    async def work() -> None:
        vault = KeyringVault()
        assert not await vault.is_available()
        assert await vault.describe() == ""
        assert kind(await vault.read(account())) is Kind.VAULT_NONE
        kept = await vault.write(account(), Secret(KEY))
        assert kept == account(key_source=KeySource.SESSION, key_hint="7f3a")
        assert await vault.read(kept) == Secret(KEY)
        evil = account(key_source=KeySource.SESSION, base_url="https://evil.example")
        assert kind(await vault.read(evil)) is Kind.NO_KEY
        assert kind(await KeyringVault().read(kept)) is Kind.NO_KEY  # after a restart
        assert await vault.forget(kept) is None
        assert kind(await vault.read(kept)) is Kind.NO_KEY

    run(work())
    assert not getattr(used, "entries", {})


def test_that_the_accepted_keyrings_are_there_under_their_names() -> None:
    import keyring.backends.kwallet
    import keyring.backends.libsecret
    import keyring.backends.macOS
    import keyring.backends.Windows

    modules = (
        keyring.backends.kwallet,
        keyring.backends.libsecret,
        keyring.backends.macOS,
        keyring.backends.SecretService,
        keyring.backends.Windows,
    )
    found = {
        (module.__name__, name)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    assert found >= ACCEPTED


def test_that_a_chain_is_searched_for_an_accepted_keyring(
    run: Drive[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, good = PlaintextKeyring(), MemoryKeyring()

    class Chain(keyring.backends.chainer.ChainerBackend):
        backends = (plain, good)

    keyring.set_keyring(Chain())  # type: ignore[no-untyped-call]

    async def work() -> None:
        vault = KeyringVault(lambda backend: backend is good)
        kept = await vault.write(account(), Secret(KEY))
        assert isinstance(kept, Account)
        assert kept.key_source is KeySource.VAULT

    run(work())
    assert list(good.entries) == [(SERVICE, account().id)]
    assert not plain.entries


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (f"  {KEY}\r\n", KEY),
        (f"\ufeff{KEY}\t", KEY),
        ("", None),
        (" \n", None),
        (f"{KEY}\nX-Evil: 1", None),
        ("two words", None),
        ("a\x00b", None),
        ("密钥密钥密钥", None),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_that_a_pasted_key_is_cleaned_or_refused(
    run: Drive[Any], pasted: str, kept: str | None
) -> None:
    async def work() -> None:
        vault = KeyringVault(accept_any)
        told = await vault.write(account(), Secret(pasted))
        if kept is not None:
            assert await vault.read(account()) == Secret(kept)
            return
        assert isinstance(told, Failure)
        assert told.kind is Kind.NO_KEY
        assert told.detail

    run(work())


def test_that_a_key_of_the_environment_is_read_at_each_start_and_never_stored(
    run: Drive[Any], memory_keyring: MemoryKeyring
) -> None:
    bound = account(key_source=KeySource.ENVIRONMENT, key_env="ARK_API_KEY")

    async def work() -> None:
        environment: dict[str, str] = {}
        vault = KeyringVault(accept_any, environment)
        told = await vault.read(bound)
        assert isinstance(told, Failure)
        assert told.kind is Kind.NO_KEY
        assert "ARK_API_KEY" in told.detail
        environment["ARK_API_KEY"] = f"{KEY}\n"
        assert await vault.read(bound) == Secret(KEY)
        assert environment == {}  # what we start later does not inherit it
        assert await vault.read(bound) == Secret(KEY)
        kept = await vault.write(bound, Secret(KEY))
        assert isinstance(kept, Account)
        assert (kept.key_source, kept.key_hint) == (KeySource.ENVIRONMENT, "7f3a")
        assert await vault.forget(bound) is None

    run(work())
    assert not memory_keyring.entries


class Troubled(MemoryKeyring):
    """Raises what it was given."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error

    def delete_password(self, service: str, username: str) -> None:
        raise self.error


class PromptDismissedException(Exception):  # as SecretStorage calls it
    pass


def dismissed() -> InitError:
    error = InitError("no")
    error.__cause__ = PromptDismissedException()
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyringLocked("no"), Kind.VAULT_LOCKED),
        (dismissed(), Kind.VAULT_LOCKED),
        (InitError("no"), Kind.VAULT_REFUSED),
        (ConnectionResetError(KEY), Kind.VAULT_REFUSED),
    ],
)
def test_that_trouble_in_the_keyring_is_a_failure_that_names_no_entry(
    run: Drive[Any], error: Exception, expected: Kind
) -> None:
    keyring.set_keyring(Troubled(error))

    async def work() -> None:
        vault = KeyringVault(accept_any)
        for told in (
            await vault.read(account()),
            await vault.write(account(), Secret(KEY)),
            await vault.forget(account()),
        ):
            assert isinstance(told, Failure)
            assert told.kind is expected
            assert KEY not in repr(told)

    run(work())


class Forgetful(MemoryKeyring):
    """Takes keys and gives back others."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:-1])


def test_that_a_key_that_does_not_come_back_was_not_kept(run: Drive[Any]) -> None:
    keyring.set_keyring(Forgetful())

    async def work() -> None:
        told = await KeyringVault(accept_any).write(account(), Secret(KEY))
        assert kind(told) is Kind.VAULT_REFUSED

    run(work())


def test_that_an_entry_of_somebody_else_is_no_key(
    run: Drive[Any], memory_keyring: MemoryKeyring
) -> None:
    async def work() -> None:
        for entry in (KEY, "[]", "7", '{"key": 7, "origin": 7}', '{"key": "k"}'):
            memory_keyring.set_password(SERVICE, account().id, entry)
            assert kind(await KeyringVault(accept_any).read(account())) is Kind.NO_KEY

    run(work())


class Asking(MemoryKeyring):
    """Waits for its user, as an unlock dialog does."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answered = threading.Event(), threading.Event()
        self.dialogs = self.most_dialogs = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.dialogs += 1
        self.most_dialogs = max(self.dialogs, self.most_dialogs)
        self.asked.set()
        self.answered.wait(LIMIT_S)
        self.dialogs -= 1
        return super().get_password(service, username)


def test_that_the_loop_is_free_while_the_keyring_asks_one_question_at_a_time(
    drive: Drive[Any],
) -> None:
    asking = Asking()
    keyring.set_keyring(asking)

    async def work() -> None:
        vault = KeyringVault(accept_any)
        given_up = asyncio.ensure_future(vault.read(account(1)))
        await asyncio.sleep(0)  # it starts
        assert asking.asked.wait(LIMIT_S)
        given_up.cancel()
        waiting = [asyncio.ensure_future(vault.read(account(n))) for n in (2, 3)]
        await asyncio.sleep(0.02)
        assert not any(each.done() for each in waiting)
        asking.answered.set()
        assert [kind(told) for told in await asyncio.gather(*waiting)] == [Kind.NO_KEY] * 2

    drive(work())
    assert asking.most_dialogs == 1


def test_that_an_unanswered_question_does_not_outlive_the_loop(run: Drive[Any]) -> None:
    asking = Asking()
    keyring.set_keyring(asking)

    async def work() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(KeyringVault(accept_any).read(account()), 0.02)

    run(work())
    threads = [t for t in threading.enumerate() if t.name == "vault"]
    assert all(t.daemon for t in threads)
    asking.answered.set()
    for thread in threads:
        thread.join(LIMIT_S)
        assert not thread.is_alive()
