"""The same account twice is refused where accounts are made, renamed and given another key."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from rushes.controllers.accounts_controller import AccountsController
from rushes.core.account import Account, twin
from rushes.core.secret import clean_key
from rushes.store import tables
from rushes.ui.accounts.accounts_dialog import AccountDialog
from rushes.ui.accounts.form import AccountDraft
from tests.conftest import Drive
from tests.controllers.desks import Windows
from tests.ui.takes import ARK


def test_that_the_same_account_twice_is_refused_in_one_sentence(
    drive: Drive[Any], qtbot: QtBot, base_dir: Path
) -> None:
    windows = Windows(drive, qtbot)
    key = "ark-0123456789-7f3a"

    def draft(name: str, key: str, base_url: str = ARK.base_url) -> AccountDraft:
        secret = clean_key(key)
        account = Account(name=name, service=ARK.service, base_url=base_url, key_hint=secret.hint)
        return AccountDraft(account=account, secret=secret)

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            (desks,) = desk.findChildren(AccountsController)
            await desk.backend.store.write(
                tables.put_account, replace(ARK, name="Ark", key_hint="7f3a")
            )
            await desk.reload_accounts()

            async def told(given: AccountDraft) -> str:
                desks.add()
                dialog = desks._dialog
                assert isinstance(dialog, AccountDialog)
                dialog.submitted.emit(given)
                await desk.list.scope.idle()
                if desks._dialog is None:
                    return ""  # it was kept
                shown = dialog._problem.text()
                dialog.reject()
                return shown

            assert await told(draft("ark ", "other-key-0123456789")) == (
                "There is an account called Ark already. Choose another name."
            )
            assert (
                await told(draft("Second", key))
                == "This key at this address is there already: Ark."
            )
            assert len(desk.accounts) == 1
            assert await told(draft("Third", key, "https://127.0.0.1:9")) == ""
            assert {account.name for account in desk.accounts.values()} == {"Ark", "Third"}

    windows.drive(work())


def test_that_only_what_is_new_about_an_account_is_compared() -> None:
    one = replace(ARK, id="1", name="One", key_hint="7f3a")
    two = replace(one, id="2", name="Two")  # from before this was refused
    assert twin(replace(two, name="Three"), [one, two], two) is None
    assert twin(replace(two, name="ONE"), [one, two], two) is one
    assert twin(replace(two, key_hint="0000"), [one, two], two) is None
    assert twin(replace(two, id="3", key_env="X", key_hint="", name="N"), [one, two]) is None
