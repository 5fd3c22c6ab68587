"""Joins the account dialogs to the backend: first run, add, test, replace a key, remove."""

import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from rushes.controllers.main_controller import MainController
from rushes.controllers.settings_controller import folder_words_for
from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure, Kind
from rushes.core.retry import account_rest_s, asked_wait_s
from rushes.core.secret import Secret
from rushes.core.task import Diff
from rushes.presentation.account_problems import twin_problem
from rushes.presentation.sentences import Action, sentence, trial_sentence
from rushes.presentation.text import tr
from rushes.store import listing, tables
from rushes.ui.accounts.accounts_dialog import AccountDialog, AccountsDialog
from rushes.ui.accounts.form import AccountDraft
from rushes.ui.accounts.welcome import Welcome
from rushes.ui.settings.name_example import example_name, sample
from rushes.ui.widgets import plain
from rushes.ui.widgets.calm import calm
from rushes.ui.window.sidebar import AccountCommand

#: Offered when it is set; never used without a click.
OFFERED = "ARK_API_KEY"

Asking = AccountDialog | Welcome

#: A password store that takes longer is told about.
_SILENT_S = 3.0


class AccountsController(QObject):
    """Opens the account dialogs, one at a time, and carries out what they ask for."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._backend = main.backend
        self._dialog: QDialog | None = None
        self._testing: asyncio.Future[Failure | None] | None = None
        self._keeping: asyncio.Future[Account | Failure] | None = None
        self._imports: dict[str, object] = {}  # by account, the import that was begun last
        sidebar = main.window.sidebar
        sidebar.add_account_asked.connect(self.add)
        sidebar.account_asked.connect(self._do)
        main.inspector.replace_key_requested.connect(self._replace_key)
        asked_for = main.window.command_context.do
        asked_for.add_account, asked_for.show_accounts = self.add, self.manage
        main.list.remedies |= {
            Action.ADD_SERVICE: lambda _: self.add(),
            Action.IMPORT_RECENT: lambda _: self._import_all(),
            Action.REPLACE_KEY: self._mend,
            Action.EDIT_ACCOUNT: self._mend,
            Action.UNLOCK: self._resume,
            Action.RETRY: self._resume,
            Action.TRY_NOW: self._try_now,
            Action.CHOOSE_FOLDER: lambda _: main.list.settings.show_settings(),
        }

    def _do(self, command: AccountCommand, account_id: str) -> None:
        """The sidebar's menu of an account."""
        match command:
            case AccountCommand.REFRESH:
                self._backend.watcher.refresh(account_id)
            case AccountCommand.IMPORT:
                self._main.do(self._import(account_id))
            case AccountCommand.RESUME:
                self._resume(account_id)
            case AccountCommand.REPLACE_KEY:
                self._replace_key(account_id)
            case AccountCommand.REMOVE:
                self._ask_to_remove(account_id)

    def _mend(self, account_id: str) -> None:
        """Replace its key; of an account that is not named, in the dialog of all accounts."""
        if account_id:
            self._replace_key(account_id)
        else:
            self.manage()

    def _try_now(self, account_id: str) -> None:
        if account_id:
            self._backend.watcher.refresh(account_id)

    def _import_all(self) -> None:
        for account in self._main.accounts.values():
            if account.can_list:
                self._main.do(self._import(account.id))

    # --- opening ------------------------------------------------------------------------------

    def add(self) -> None:
        """Ask for an account; the first one with folder and auto-save."""
        if self._raise_open():
            return
        first = not self._main.accounts
        dialog: Asking = Welcome(self._main.window) if first else AccountDialog(self._main.window)
        if isinstance(dialog, Welcome):
            dialog.folder_page.folder_chosen.connect(
                lambda path: self._main.do(self._show_folder(dialog, path))
            )
            self._main.do(self._show_folder(dialog, ""))
        dialog.submitted.connect(lambda draft: self._main.do(self._keep(dialog, draft, None)))
        self._ask(dialog)

    def _replace_key(self, account_id: str) -> None:
        account = self._main.accounts.get(account_id)
        if account is None or self._raise_open():
            return
        dialog = AccountDialog(self._main.window, account)
        dialog.submitted.connect(lambda draft: self._main.do(self._keep(dialog, draft, account)))
        self._ask(dialog)

    def manage(self) -> None:
        """All accounts at once: test, rename, replace a key, remove."""
        if self._raise_open():
            return
        dialog, main = AccountsDialog(self._main.window), self._main
        dialog.add_requested.connect(lambda: self._instead(self.add))
        dialog.replace_key_requested.connect(
            lambda account: self._instead(lambda: self._replace_key(account))
        )
        dialog.test_requested.connect(lambda account: main.do(self._test_known(dialog, account)))
        dialog.test_stopped.connect(lambda _: self._stop_test())
        dialog.remove_requested.connect(lambda account: main.do(self._remove(account, dialog)))
        dialog.rename_requested.connect(
            lambda account, name: main.do(self._rename(dialog, account, name))
        )
        dialog.importing_chosen.connect(
            lambda account, on: main.do(self._keep_importing(dialog, account, on))
        )
        dialog.page_opened.connect(lambda account: main.do(self._show_credit(dialog, account)))
        dialog.show_accounts(tuple(main.accounts.values()))  # they are counted next
        self._open(dialog)
        main.do(self._show_all(dialog))

    def _ask(self, dialog: Asking) -> None:
        dialog.test_requested.connect(lambda draft: self._main.do(self._test(dialog, draft)))
        dialog.form.stop_pressed.connect(self._stop_test)
        dialog.authority.chosen.connect(
            lambda path: self._main.do(self._look_at_authority(dialog, path))
        )
        if value := os.environ.get(OFFERED):
            dialog.set_environment_key(value)
        self._main.do(self._note_vault(dialog))
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        self._dialog = dialog
        dialog.finished.connect(self._closed)
        calm(dialog)
        dialog.show()  # not modal: the window goes on, and can be closed

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
        tried = await self._backend.look_at_folder(chosen)
        if self._is_open(dialog):
            name = example_name(self._backend.settings.template, *sample())
            dialog.set_folder(str(tried.folder), *folder_words_for(tried), name)

    async def _test(self, dialog: Asking, draft: AccountDraft) -> None:
        dialog.set_busy(True, testing=True)
        told = await self._tried(draft.account, draft.secret)
        if self._is_open(dialog):
            dialog.show_test_result(told)

    async def _test_known(self, dialog: AccountsDialog, account_id: str) -> None:
        dialog.set_busy(account_id, True)
        told = await self._tried(self._main.accounts[account_id])
        if self._is_open(dialog):
            dialog.show_test_result(account_id, told)
            await self._show_credit(dialog, account_id)

    async def _tried(self, account: Account, secret: Secret | None = None) -> str | None:
        """What the service says of the key in one sentence; None: it is accepted."""
        self._stop_test()
        self._testing = asking = asyncio.ensure_future(self._backend.test(account, secret))
        try:
            failure = await asking
        except asyncio.CancelledError:
            asking.cancel()
            if self._testing is asking:  # the whole program ends
                raise
            return tr("The test was stopped.")
        return trial_sentence(failure) if failure else None

    def _stop_test(self) -> None:
        asking, self._testing = self._testing, None
        if asking is not None:
            asking.cancel()

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
                key_source=account.key_source,
                key_env="",
            )
        if problem := twin_problem(account, self._main.accounts.values(), known):
            dialog.show_problem(problem)
            return
        if known is None:
            keeping = self._backend.add_account(account, draft.secret)
        else:
            keeping = self._backend.replace_key(account, draft.secret)
        kept = await self._kept(dialog, keeping)
        if kept is None:
            return
        await self._main.reload_accounts()
        if isinstance(kept, Failure):
            if self._is_open(dialog):
                of_the_vault = kept.kind in (Kind.VAULT_LOCKED, Kind.VAULT_REFUSED)
                dialog.show_problem(sentence(kept).text, of_the_vault=of_the_vault)
            return
        self._take_settings(draft)
        if self._is_open(dialog):
            dialog.finish()
        if draft.import_recent:
            await self._import(kept.id)

    async def _kept(
        self, dialog: Asking, keeping: Coroutine[Any, Any, Account | Failure]
    ) -> Account | Failure | None:
        """The account; None: the user did not wait for the password store, or closed the dialog."""
        if self._keeping is not None:
            self._keeping.cancel()
        self._keeping = work = asyncio.ensure_future(keeping)
        dialog.rejected.connect(work.cancel)
        try:
            await asyncio.wait({work}, timeout=_SILENT_S)
            if not work.done() and self._is_open(dialog):
                dialog.show_silence(
                    tr(
                        "The password store does not answer yet. It may be waiting for you in a "
                        "window of its own."
                    )
                )
            await asyncio.wait({work})
            return None if work.cancelled() else work.result()
        finally:
            work.cancel()

    def _take_settings(self, draft: AccountDraft) -> None:
        """The first run also chooses folder and auto-save."""
        settings = self._main.list.settings.settings
        chosen = replace(
            settings,
            folder=settings.folder if draft.folder is None else self._chosen(draft.folder),
            auto_save=settings.auto_save if draft.auto_save is None else draft.auto_save,
        )
        if chosen != settings:
            self._main.change_settings(chosen)

    def _chosen(self, folder: str) -> str:
        """The usual folder stays "not chosen": it is created with the first file."""
        return "" if Path(folder) == self._backend.places.files else folder

    async def _rename(self, dialog: AccountsDialog, account_id: str, name: str) -> None:
        known = self._main.accounts[account_id]
        renamed = replace(known, name=name)
        problem = twin_problem(renamed, self._main.accounts.values(), known)
        if not problem:
            await self._backend.store.write(tables.put_account, renamed)
        await self._show_all(dialog)
        if problem and self._is_open(dialog):
            dialog.show_problem(problem)

    async def _keep_importing(self, dialog: AccountsDialog, account_id: str, on: bool) -> None:
        await self._backend.keep_importing(self._main.accounts[account_id], on)
        await self._show_all(dialog)

    def _ask_to_remove(self, account_id: str) -> None:
        plain.ask(
            self._main.window,
            tr("Remove the account?"),
            tr(
                "“{name}” and its tasks leave the list, and its key is forgotten. "
                "Saved files stay on disk.",
                name=plain.one_line(self._main.accounts[account_id].name, 60),
            ),
            tr("Remove account"),
            tr("Keep it"),
            lambda: self._main.do(self._remove(account_id)),
        )

    async def _remove(self, account_id: str, dialog: AccountsDialog | None = None) -> None:
        account = self._main.accounts.get(account_id)
        if account is None:
            return
        failure = await self._backend.remove_account(account)
        await self._show_all(dialog)
        if failure is not None:
            self._main.complain(failure)

    async def _show_all(self, dialog: AccountsDialog | None) -> None:
        await self._main.reload_accounts()
        counts = await self._backend.store.read(listing.counts, self._backend.store.clock())
        if dialog is not None and self._is_open(dialog):
            dialog.show_accounts(tuple(self._main.accounts.values()), counts.accounts)

    def _resume(self, account_id: str) -> None:
        """Try a paused account again; its key is read again when there was none."""
        account = self._main.accounts.get(account_id)
        if account is not None:
            self._main.show_event(AccountChanged(account_id, Activity.WATCHING))
            self._backend.begin(account)

    async def _import(self, account_id: str) -> None:
        """Ask until there is an answer: what passes by itself is tried again as looks are."""
        name = self._main.accounts[account_id].name
        window = self._main.window
        window.show_message(tr("Asking {name} for the last 7 days…", name=name), replace="import")
        self._imports[account_id] = mine = object()
        told: Kind | None = None
        for failures in itertools.count(1):
            found = await self._backend.import_recent(account_id)
            if not isinstance(found, Failure):
                window.show_message(_imported(found), kind="success", replace="import", timeout_s=8)
                return
            if found.kind is not told:  # a message that the user has closed stays closed
                self._main.complain(found, replace="import", about=account_id)
            told = found.kind
            if told.action is not None:  # its button helps, waiting does not
                return
            wait = max(account_rest_s(told, failures=failures), asked_wait_s(found) or 0)
            await asyncio.sleep(wait / self._backend.options.speed)
            if self._imports[account_id] is not mine or account_id not in self._main.accounts:
                return


def _imported(diff: Diff) -> str:
    if not diff.added:
        return tr("Nothing new: every task of the last 7 days is in the list already.")
    return tr("%n task(s) of the last 7 days added.", None, len(diff.added))
