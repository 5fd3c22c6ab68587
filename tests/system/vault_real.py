"""The real Secret Service. Not collected by itself: `test_vault_real.py` runs it in a session.

The session's keyring is unlocked when the tests begin; the last one locks it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import keyring.backends.SecretService
import pytest
import secretstorage

from rushes.core.failure import Kind
from rushes.core.secret import Secret
from rushes.system.vault import KeyringVault, is_accepted
from tests.conftest import Drive
from tests.system.vault_conformance import KEY, VaultConformance, account, kind

pytestmark = pytest.mark.keyring

#: Where the daemon of this session keeps its files.
DAEMON_HOME = "RUSHES_TEST_KEYRING_HOME"


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    yield
    with closing(secretstorage.dbus_init()) as bus:
        for item in secretstorage.search_items(bus, {"service": "rushes"}):
            if not item.is_locked():  # the last test's: the session ends with it
                item.delete()


def test_that_the_secret_service_is_found_and_accepted() -> None:
    # where PyGObject is installed keyring chains it with libsecret
    found = KeyringVault().backend()
    assert isinstance(found, keyring.backends.SecretService.Keyring)
    assert is_accepted(found)


class TestSecretService(VaultConformance):
    @pytest.fixture
    def make(self) -> Callable[[], KeyringVault]:
        return KeyringVault


def test_that_the_key_is_encrypted_where_it_is_kept(run: Drive[Any]) -> None:
    async def work() -> None:
        await KeyringVault().write(account(), Secret(KEY))

    run(work())
    kept = list(Path(os.environ[DAEMON_HOME]).rglob("*.keyring"))
    assert kept
    assert not [path for path in kept if KEY.encode() in path.read_bytes()]


# keyring 25.7 leaves its D-Bus connection to the garbage collector when the dialog is dismissed
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_that_a_locked_keyring_says_so(run: Drive[Any]) -> None:
    """Nobody can answer its dialog here, which is as good as dismissing it."""

    async def work() -> None:
        vault = KeyringVault()
        await vault.write(account(), Secret(KEY))
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()
        assert kind(await vault.read(account())) is Kind.VAULT_LOCKED
        assert kind(await vault.write(account(), Secret(KEY))) is Kind.VAULT_LOCKED
        assert kind(await vault.forget(account())) is Kind.VAULT_LOCKED

    run(work())
