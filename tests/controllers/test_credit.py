"""The page of an account at a gateway, over HTTP: what it says about the key."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from rushes.controllers.accounts_controller import AccountsController
from rushes.core.account import Account, KeySource, Service
from rushes.ui.accounts.accounts_dialog import AccountsDialog
from tests.conftest import Drive
from tests.controllers.desks import Windows, until
from tests.simulated import Play, simulator  # noqa: F401 - a fixture
from tests.ui.test_accounts import button, visible_texts

#: Keys of the pretended new-api, and what the page says of each.
PAGES = {
    "good": ("full", "no limit of its own", "never"),
    "limited": ("limited", "no limit of its own", "kling-v1-6"),
    "ended": ("old", "no limit of its own", "ended on"),
    "used_up": ("poor", "nothing, the key is used up", "never"),
}


async def says(dialog: AccountsDialog, words: Sequence[str]) -> None:
    await until(lambda: all(each in visible_texts(dialog) for each in words))


def test_that_the_page_of_an_account_says_what_its_gateway_says_of_the_key(
    drive: Drive[Any],
    qtbot: QtBot,
    base_dir: Path,
    simulator: Play,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sim = simulator("gateways")
    windows = Windows(drive, qtbot)
    gateways = {name: sim.endpoint(name) for name in ("newapi", "aisix", "litellm")}
    accounts = [
        Account(
            name=f"{name}-{kind}",
            service=Service.GATEWAY,
            base_url=gateway.base_url,
            key_source=KeySource.ENVIRONMENT,
            key_env=f"KEY_{name}_{kind}",
        )
        for name, gateway in gateways.items()
        for kind in gateway.keys
        if name == "newapi" or kind == "good"
    ]
    for account in accounts:
        name, _, kind = account.name.partition("-")
        monkeypatch.setenv(account.key_env, gateways[name].keys[kind])

    def asked() -> list[str]:
        return [one.service for one in sim.heard if one.path.startswith("/api/usage")]

    async def work() -> None:
        async with windows.desk(base_dir) as desk:
            ids: dict[str, str] = {}
            for account in accounts:
                kept = await desk.backend.add_account(account)
                assert isinstance(kept, Account)
                ids[account.name] = kept.id
            await desk.backend.keys_ready()
            await desk.reload_accounts()
            (controller,) = desk.findChildren(AccountsController)
            controller.manage()
            (dialog,) = desk.window.findChildren(AccountsDialog)
            chooser = dialog.findChild(QListWidget)
            assert chooser is not None
            await until(lambda: chooser.count() == len(accounts))
            rows = {chooser.item(row).text(): row for row in range(chooser.count())}

            for kind, words in PAGES.items():
                chooser.setCurrentRow(rows[f"newapi-{kind}"])
                await says(dialog, words)
            for name in ("newapi-wrong", "newapi-off", "aisix-good", "litellm-good"):
                chooser.setCurrentRow(rows[name])
                assert await desk.backend.watcher.credit(ids[name]) is None
                assert "Left" not in visible_texts(dialog)

            # Nobody is asked again and again, whoever goes through the pages.
            assert sorted(asked()) == ["aisix", "litellm", *["newapi"] * 6]
            for name, row in rows.items():
                chooser.setCurrentRow(row)
                await desk.backend.watcher.credit(ids[name])
            assert len(asked()) == len(rows)
            button(dialog, "Close").click()

    windows.drive(work())
