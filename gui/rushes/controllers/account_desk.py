"""Joins the account dialogs to the backend: first run, add, test, replace a key, remove."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from rushes.controllers.window import Desk
from rushes.core.account import Account, KeySource
from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure
from rushes.core.task import Diff
from rushes.presentation.account_problems import twin_problem
from rushes.presentation.sentences import Action, sentence
from rushes.presentation.text import tr
from rushes.store import listing, tables
from rushes.ui.accounts import AccountDialog, AccountDraft, AccountsDialog, Welcome
from rushes.ui.settings.name_example import example_name, sample

#: Offered when it is set; never used without a click.
OFFERED = "ARK_API_KEY"

Asking = AccountDialog | Welcome


class AccountDesk(QObject):
    """Opens the account dialogs, one at a time, and carries out what they ask for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._backend = desk.backend
        self._dialog: QDialog | None = None
        window = desk.window
        window.accounts_requested.connect(self.add)
        window.manage_accounts_requested.connect(self.manage)
        window.account_replace_key_requested.connect(self._replace_key)
        desk.inspector.replace_key_requested.connect(self._replace_key)
        window.account_remove_requested.connect(lambda account: desk.do(self._remove(account)))
        window.account_resume_requested.connect(self._resume)
        window.action_requested.connect(self._act)
        window.import_recent_requested.connect(lambda account: desk.do(self._import(account)))

    # --- opening ------------------------------------------------------------------------------

    def add(self) -> None:
        """Ask for an account; the first one with folder and auto-save."""
        if self._raise_open():
            return
        first = not self._desk.accounts
        dialog: Asking = Welcome(self._desk.window) if first else AccountDialog(self._desk.window)
        if isinstance(dialog, Welcome):
            dialog.folder_chosen.connect(
                lambda path: self._desk.do(self._show_folder(dialog, path))
            )
            self._desk.do(self._show_folder(dialog, ""))
        dialog.submitted.connect(lambda draft: self._desk.do(self._keep(dialog, draft, None)))
        self._ask(dialog)

    def _replace_key(self, account_id: str) -> None:
        account = self._desk.accounts.get(account_id)
        if account is None or self._raise_open():
            return
        dialog = AccountDialog(self._desk.window, account)
        dialog.submitted.connect(lambda draft: self._desk.do(self._keep(dialog, draft, account)))
        self._ask(dialog)

    def manage(self) -> None:
        """All accounts at once: test, rename, replace a key, remove."""
        if self._raise_open():
            return
        dialog, desk = AccountsDialog(self._desk.window), self._desk
        dialog.add_requested.connect(lambda: self._instead(self.add))
        dialog.replace_key_requested.connect(
            lambda account: self._instead(lambda: self._replace_key(account))
        )
        dialog.test_requested.connect(lambda account: desk.do(self._test_known(dialog, account)))
        dialog.remove_requested.connect(lambda account: desk.do(self._remove(account, dialog)))
        dialog.rename_requested.connect(
            lambda account, name: desk.do(self._rename(dialog, account, name))
        )
        dialog.importing_chosen.connect(
            lambda account, on: desk.do(self._keep_importing(dialog, account, on))
        )
        dialog.page_opened.connect(lambda account: desk.do(self._show_credit(dialog, account)))
        self._open(dialog)
        desk.do(self._show_all(dialog))

    def _act(self, action: str) -> None:
        """The button of a message that `Desk.complain` showed."""
        what, _, account = action.partition(" ")
        match what:
            case Action.REPLACE_KEY.value | Action.EDIT_ACCOUNT.value if account:
                self._replace_key(account)
            case Action.REPLACE_KEY.value | Action.EDIT_ACCOUNT.value:
                self.manage()
            case Action.UNLOCK.value | Action.RETRY.value if account:
                self._resume(account)
            case Action.TRY_NOW.value if account:
                self._backend.watcher.refresh(account)
            case Action.CHOOSE_FOLDER.value:
                self._desk.window.show_settings()

    def _ask(self, dialog: Asking) -> None:
        dialog.test_requested.connect(lambda draft: self._desk.do(self._test(dialog, draft)))
        dialog.authority_chosen.connect(
            lambda path: self._desk.do(self._look_at_authority(dialog, path))
        )
        if value := os.environ.get(OFFERED):
            dialog.set_environment_key(value)
        self._desk.do(self._note_vault(dialog))
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        self._dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _raise_open(self) -> bool:
        if self._dialog is None:
            return False
        self._dialog.raise_()
        self._dialog.activateWindow()
        return True

    def _instead(self, then: Callable[[], None]) -> None:
        """Close the open dialog and go on with another."""
        if self._dialog is not None:
            self._dialog.reject()
        then()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _is_open(self, dialog: QDialog) -> bool:
        return self._dialog is dialog

    # --- carrying out -------------------------------------------------------------------------

    async def _note_vault(self, dialog: Asking) -> None:
        if not await self._backend.vault.is_available() and self._is_open(dialog):
            dialog.set_vault_note(tr("No password store: the key is kept until you quit."))

    async def _look_at_authority(self, dialog: Asking, path: str) -> None:
        good = await self._backend.is_authority(path)
        if self._is_open(dialog):
            told = dialog.authority.show_file if good else dialog.authority.show_problem
            told(path)

    async def _show_folder(self, dialog: Welcome, chosen: str) -> None:
        folder, free = await self._backend.look_at_folder(chosen)
        if self._is_open(dialog):
            name = example_name(self._backend.settings.template, *sample())
            dialog.set_folder(str(folder), free, name)

    async def _test(self, dialog: Asking, draft: AccountDraft) -> None:
        dialog.set_busy(True)
        failure = await self._backend.test(draft.account, draft.secret)
        if self._is_open(dialog):
            dialog.show_test_result(sentence(failure).text if failure else None)

    async def _test_known(self, dialog: AccountsDialog, account_id: str) -> None:
        dialog.set_busy(account_id, True)
        failure = await self._backend.test(self._desk.accounts[account_id])
        if self._is_open(dialog):
            dialog.show_test_result(account_id, sentence(failure).text if failure else None)
            await self._show_credit(dialog, account_id)

    async def _show_credit(self, dialog: AccountsDialog, account_id: str) -> None:
        credit = await self._backend.watcher.credit(account_id)
        if self._is_open(dialog):
            dialog.show_credit(account_id, credit)

    async def _keep(self, dialog: Asking, draft: AccountDraft, known: Account | None) -> None:
        dialog.set_busy(True)
        account = draft.account
        if known is not None:
            account = replace(
                known,
                ca_file=account.ca_file,
                key_hint=account.key_hint,
                key_source=KeySource.VAULT,
                key_env="",
            )
        if problem := twin_problem(account, self._desk.accounts.values(), known):
            dialog.show_problem(problem)
            return
        if known is None:
            kept = await self._backend.add_account(account, draft.secret)
        else:
            kept = await self._backend.replace_key(account, draft.secret)
        await self._desk.reload_accounts()
        if isinstance(kept, Failure):
            if self._is_open(dialog):
                dialog.show_problem(sentence(kept).text)
            return
        self._take_settings(draft)
        if self._is_open(dialog):
            dialog.finish()
        if draft.import_recent:
            await self._import(kept.id)

    def _take_settings(self, draft: AccountDraft) -> None:
        """The first run also chooses folder and auto-save."""
        settings = self._backend.settings
        chosen = replace(
            settings,
            folder=settings.folder if draft.folder is None else self._chosen(draft.folder),
            auto_save=settings.auto_save if draft.auto_save is None else draft.auto_save,
        )
        if chosen != settings:
            self._desk.change_settings(chosen)

    def _chosen(self, folder: str) -> str:
        """The usual folder stays "not chosen": it is created with the first file."""
        return "" if Path(folder) == self._backend.places.files else folder

    async def _rename(self, dialog: AccountsDialog, account_id: str, name: str) -> None:
        known = self._desk.accounts[account_id]
        renamed = replace(known, name=name)
        problem = twin_problem(renamed, self._desk.accounts.values(), known)
        if not problem:
            await self._backend.store.write(tables.put_account, renamed)
        await self._show_all(dialog)
        if problem and self._is_open(dialog):
            dialog.show_problem(problem)

    async def _keep_importing(self, dialog: AccountsDialog, account_id: str, on: bool) -> None:
        await self._backend.keep_importing(self._desk.accounts[account_id], on)
        await self._show_all(dialog)

    async def _remove(self, account_id: str, dialog: AccountsDialog | None = None) -> None:
        account = self._desk.accounts.get(account_id)
        if account is None:
            return
        failure = await self._backend.remove_account(account)
        await self._show_all(dialog)
        if failure is not None:
            self._desk.complain(failure)

    async def _show_all(self, dialog: AccountsDialog | None) -> None:
        await self._desk.reload_accounts()
        if dialog is not None and self._is_open(dialog):
            rows = (
                await self._backend.store.read(listing.counts, self._backend.store.clock())
            ).accounts
            dialog.show_accounts(tuple(self._desk.accounts.values()), rows)

    def _resume(self, account_id: str) -> None:
        """Try a paused account again; its key is read again when there was none."""
        account = self._desk.accounts.get(account_id)
        if account is not None:
            self._desk.hear(AccountChanged(account_id, Activity.WATCHING))
            self._backend.begin(account)

    async def _import(self, account_id: str) -> None:
        name = self._desk.accounts[account_id].name
        window = self._desk.window
        window.show_message(tr("Asking {name} for the last 7 days…", name=name), replace="import")
        found = await self._backend.import_recent(account_id)
        if isinstance(found, Failure):
            self._desk.complain(found, replace="import")
        else:
            window.show_message(_imported(found), kind="success", replace="import", timeout_s=8)


def _imported(diff: Diff) -> str:
    if not diff.added:
        return tr("Nothing new: every task of the last 7 days is in the list already.")
    return tr("%n task(s) of the last 7 days added.", None, len(diff.added))
