"""What every vault must do, for the one in memory and the real one alike."""

import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rushes.core.account import Account, KeySource, Service
from rushes.core.failure import Failure, Kind
from rushes.core.secret import Secret
from rushes.system.vault import LONGEST_ENTRY, SERVICE, KeyringVault
from tests.conftest import Drive

KEY = "0f3c2b1a-9d8e-4f7a-b6c5-d4e3f2a17f3a"


def account(number: int = 1, **more: Any) -> Account:
    plain = Account(
        id=f"{number:08}-1111-4111-8111-111111111111",
        name="Ark",
        service=Service.ARK,
        base_url="https://ark.cn-beijing.volces.com",
    )
    return replace(plain, **more)


def kind(answer: object) -> Kind | None:
    return answer.kind if isinstance(answer, Failure) else None


class VaultConformance:
    """Give it a fixture `make`: a function that returns a new vault over the same keyring."""

    def test_that_a_kept_key_is_there_after_a_restart(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            kept = await make().write(account(), Secret(KEY))
            assert kept == account(key_source=KeySource.VAULT, key_hint="7f3a")
            assert await make().read(account()) == Secret(KEY)

        run(work())

    def test_that_a_key_is_replaced_and_others_stay(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            vault = make()
            await vault.write(account(1), Secret("first-key-of-one"))
            await vault.write(account(2), Secret("first-key-of-two"))
            await vault.write(account(1), Secret("second-key-of-one"))
            assert await vault.read(account(1)) == Secret("second-key-of-one")
            assert await vault.read(account(2)) == Secret("first-key-of-two")

        run(work())

    def test_that_a_forgotten_key_is_gone_and_may_be_forgotten_again(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            vault = make()
            await vault.write(account(), Secret(KEY))
            assert await vault.forget(account()) is None
            assert kind(await vault.read(account())) is Kind.NO_KEY
            assert await vault.forget(account()) is None

        run(work())

    def test_that_a_key_is_not_given_out_for_another_origin(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            vault = make()
            await vault.write(account(), Secret(KEY))
            for elsewhere in (
                "https://ark.cn-beijing.volces.com.evil.example",
                "http://ark.cn-beijing.volces.com",
                "https://ark.cn-beijing.volces.com:8443",
            ):
                assert kind(await vault.read(account(base_url=elsewhere))) is Kind.NO_KEY
            same = "https://ARK.cn-beijing.volces.com:443/prefix"
            assert await vault.read(account(base_url=same)) == Secret(KEY)

        run(work())

    @pytest.mark.parametrize(
        "key", [string.punctuation, string.ascii_letters, "-" * 4, 'k{"origin":k', "%s{}\\n"]
    )
    def test_that_difficult_characters_come_back(
        self, run: Drive[Any], make: Callable[[], KeyringVault], key: str
    ) -> None:
        async def work() -> None:
            await make().write(account(), Secret(key))
            assert await make().read(account()) == Secret(key)

        run(work())

    def test_that_the_longest_key_is_kept_and_a_longer_one_refused(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            vault = make()
            assert kind(await vault.write(account(), Secret("k" * LONGEST_ENTRY))) is (
                Kind.KEY_TOO_LONG
            )
            assert kind(await vault.read(account())) is Kind.NO_KEY
            long = Secret("k" * (LONGEST_ENTRY - 80))
            assert isinstance(await vault.write(account(), long), Account)
            assert await vault.read(account()) == long

        run(work())

    def test_that_the_vault_has_a_name(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        async def work() -> None:
            assert await make().is_available()
            assert await make().describe()

        run(work())

    def test_that_the_entry_is_named_for_the_program_and_the_account(
        self, run: Drive[Any], make: Callable[[], KeyringVault]
    ) -> None:
        vault = make()

        async def work() -> None:
            await vault.write(account(), Secret(KEY))

        run(work())
        backend = vault.backend()
        assert backend is not None
        assert KEY in (backend.get_password(SERVICE, account().id) or "")
