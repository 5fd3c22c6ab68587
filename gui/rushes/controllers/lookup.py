"""Looks a task up with another account, when the user says so: one account after the other, and
never without a click. An id tells a service what somebody works on elsewhere.

A task that its account's service does not know may be another account's; a gateway's task may be
known at Ark, where its job really runs.
"""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from rushes.controllers.main_controller import MainController
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.task import Diff, Flag, Key, Report, Status, Task
from rushes.core.upstream import joined, places, upstream_id
from rushes.presentation.sentences import Action, action_label
from rushes.presentation.text import tr
from rushes.presentation.words import status_word
from rushes.store import tables
from rushes.ui.widgets import plain

#: Subjects of the messages.
_OWNER, _UPSTREAM = "owner", "upstream"


class OwnerLookup(QObject):
    """Offers to try the other accounts when a task turns out to be unknown, and tries them."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._told: set[Key] = set()
        main.tasks_changed.connect(self._note)
        for asked in (main.window.elsewhere_requested, main.inspector.elsewhere_requested):
            asked.connect(self._start)

    def _note(self, diff: Diff) -> None:
        """Tasks that have just been given up; those before them are not offered any more."""
        accounts = self._main.accounts
        given_up = [t.key for t in diff.changed if _is_lost(t) and t.key.account in accounts]
        lost = [key for key in given_up if key not in self._told]
        if not lost or len(accounts) < 2:
            return
        self._told.update(lost)
        names = ", ".join(sorted({named(accounts[key.account]) for key in lost}))
        told = tr("Not found with {account}.", account=names)
        if len(lost) > 1:
            told = tr("%n task(s) not found with {account}.", None, len(lost), account=names)
        action = (action_label(Action.TRY_OTHER_ACCOUNTS), partial(self._start, lost))
        self._main.window.show_message(told, kind="warning", action=action, replace=_OWNER)

    def _start(self, keys: Sequence[Key]) -> None:
        self._main.do(self._try(tuple(keys)))

    async def _try(self, keys: Sequence[Key]) -> None:
        tasks = await self._main.backend.store.read(tables.get, keys)
        left, silent = 0, dict[str, Account]()
        moved: list[tuple[Key, Key]] = []
        for task in filter(_is_lost, tasks):
            owner = await self._owner(task, silent)
            if owner is None:
                left += 1
                continue
            await self._main.backend.move(task.key, owner.id)
            moved.append((task.key, Key(owner.id, task.key.id)))
        self._show_result(moved, left, list(silent.values()))

    async def _owner(self, task: Task, silent: dict[str, Account]) -> Account | None:
        """The first other account whose service knows the task.

        Args:
            silent: Accounts that could not be asked are added here, and not asked again.
        """
        for account in tuple(self._main.accounts.values()):
            if account.id == task.key.account or account.id in silent:
                continue
            told = tr("Asking {account}…", account=named(account))
            self._main.window.show_message(told, replace=_OWNER)
            said = await self._main.backend.watcher.ask(Key(account.id, task.key.id))
            if not isinstance(said, Failure):
                return account
            if said.kind is not Kind.NOT_FOUND:
                silent[account.id] = account
        return None

    def _show_result(
        self, moved: Sequence[tuple[Key, Key]], left: int, silent: Sequence[Account]
    ) -> None:
        parts, window = [], self._main.window
        if moved:
            accounts = self._main.accounts
            owners = {new.account for _, new in moved} & accounts.keys()
            names = ", ".join(sorted(named(accounts[id_]) for id_ in owners))
            parts.append(tr("Found with {account}.", account=names))
            self._main.undo.note(lambda: self._main.do(self._back(moved)))
            window.select([new for _, new in moved])
        if left:
            parts.append(tr("No other account knows %n task(s).", None, left))
        if silent:
            names = ", ".join(map(named, silent))
            parts.append(tr("Could not be asked: {accounts}.", accounts=names))
        action = self._main.undo_button() if moved else None
        kind = "success" if moved and not left else "warning"
        told = " ".join(parts) or tr("There is no task here that its service does not know.")
        window.show_message(told, kind=kind, action=action, replace=_OWNER)

    async def _back(self, moved: Sequence[tuple[Key, Key]]) -> None:
        for old, new in moved:
            await self._main.backend.move(new, old.account)
        self._main.window.clear_message(_OWNER)
        self._main.window.select([old for old, _ in moved])


class UpstreamLookup(QObject):
    """Asks one account of Ark after the other about a gateway's task; what one of them knows is
    joined to the take."""

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        for asked in (main.window.upstream_requested, main.inspector.upstream_requested):
            asked.connect(lambda keys: main.do(self._start(keys)))

    async def _start(self, keys: Sequence[Key]) -> None:
        accounts = tuple(self._main.accounts.values())
        for task in await self._main.backend.store.read(tables.get, keys):
            if asked := places(task, accounts):
                await self._ask(task, asked)

    async def _ask(self, task: Task, accounts: Sequence[Account]) -> None:
        wanted = upstream_id(task)
        failure = Failure(Kind.NOT_FOUND)
        for account in accounts:
            self._show_message(tr("Asking {account}…", account=named(account)), "info")
            at = time.time()
            said = await self._main.backend.watcher.ask(Key(account.id, str(wanted)))
            if isinstance(said, Report):
                await self._join(task, account, said, at)
                return
            if said.kind is not Kind.NOT_FOUND:
                failure = said
        if failure.kind is Kind.NOT_FOUND:
            names = ", ".join(map(named, accounts))
            self._show_message(
                tr("{id} is not known with {account}.", id=wanted, account=names), "warning"
            )
        else:
            self._main.window.clear_message(_UPSTREAM)
            self._main.complain(failure)

    async def _join(self, task: Task, account: Account, said: Report, at: float) -> None:
        change = partial(joined, report=said, where=account.name, at=at)
        await self._main.backend.join(task.key, change)
        word = status_word(said.status)
        told = tr("{account} says: {status}.", account=named(account), status=word)
        self._show_message(told, "success" if said.status is Status.SUCCEEDED else "warning")

    def _show_message(self, told: str, kind: str) -> None:
        self._main.window.show_message(told, kind=kind, replace=_UPSTREAM)


def named(account: Account) -> str:
    """ "Ark (·7f3a)"."""
    hint = f" (·{account.key_hint})" if account.key_hint else ""
    return plain.one_line(account.name, 60) + hint


def _is_lost(task: Task) -> bool:
    return Flag.NOT_FOUND in task.flags and not task.status.is_terminal
