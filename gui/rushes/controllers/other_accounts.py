"""Whose task is it, if its account's service does not know it: asked when the user says so.

One account after the other, and never without a click: an id tells a service what somebody works
on elsewhere.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from rushes.controllers.undo import Undo
from rushes.controllers.window import Desk
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.task import Diff, Flag, Key, Task
from rushes.presentation.sentences import Action, action_label
from rushes.presentation.text import tr
from rushes.store import tables
from rushes.ui.widgets import plain

_PLACE = "elsewhere"  # of its messages


class OtherAccounts(QObject):
    """Offers to try the others when a task turns out to be unknown, and tries them."""

    def __init__(self, desk: Desk, undo: Undo) -> None:
        super().__init__(desk)
        self._desk = desk
        self._undo = undo
        self._told: set[Key] = set()
        self._offered: tuple[Key, ...] = ()
        desk.changed.connect(self._noticed)
        desk.window.action_requested.connect(self._act)
        desk.window.elsewhere_requested.connect(self._start)
        desk.inspector.elsewhere_requested.connect(self._start)

    def _noticed(self, diff: Diff) -> None:
        """Tasks that have just been given up; those before them are not offered any more."""
        accounts = self._desk.accounts
        given_up = [t.key for t in diff.changed if _is_lost(t) and t.key.account in accounts]
        lost = [key for key in given_up if key not in self._told]
        if not lost or len(accounts) < 2:
            return
        self._told.update(lost)
        self._offered = tuple(lost)
        names = ", ".join(sorted({named(accounts[key.account]) for key in lost}))
        told = tr("Not found with {account}.", account=names)
        if len(lost) > 1:
            told = tr("%n task(s) not found with {account}.", None, len(lost), account=names)
        action = (action_label(Action.TRY_OTHER_ACCOUNTS), Action.TRY_OTHER_ACCOUNTS.value)
        self._desk.window.show_message(told, kind="warning", action=action, replace=_PLACE)

    def _act(self, action: str) -> None:
        if action.strip() == Action.TRY_OTHER_ACCOUNTS.value:
            self._start(self._offered)

    def _start(self, keys: Sequence[Key]) -> None:
        self._desk.do(self._try(tuple(keys)))

    async def _try(self, keys: Sequence[Key]) -> None:
        tasks = await self._desk.backend.store.read(tables.get, keys)
        left, silent = 0, dict[str, Account]()
        moved: list[tuple[Key, Key]] = []
        for task in filter(_is_lost, tasks):
            owner = await self._owner(task, silent)
            if owner is None:
                left += 1
                continue
            await self._desk.backend.move(task.key, owner.id)
            moved.append((task.key, Key(owner.id, task.key.id)))
        self._say(moved, left, list(silent.values()))

    async def _owner(self, task: Task, silent: dict[str, Account]) -> Account | None:
        """The first other account whose service knows the task.

        Args:
            silent: Accounts that could not be asked are added here, and not asked again.
        """
        for account in tuple(self._desk.accounts.values()):
            if account.id == task.key.account or account.id in silent:
                continue
            told = tr("Asking {account}…", account=named(account))
            self._desk.window.show_message(told, replace=_PLACE)
            said = await self._desk.backend.watcher.ask(Key(account.id, task.key.id))
            if not isinstance(said, Failure):
                return account
            if said.kind is not Kind.NOT_FOUND:
                silent[account.id] = account
        return None

    def _say(self, moved: Sequence[tuple[Key, Key]], left: int, silent: Sequence[Account]) -> None:
        parts = []
        if moved:
            accounts = self._desk.accounts
            owners = {new.account for _, new in moved} & accounts.keys()
            names = ", ".join(sorted(named(accounts[id_]) for id_ in owners))
            parts.append(tr("Found with {account}.", account=names))
            self._undo.note(lambda: self._desk.do(self._back(moved)))
            self._desk.window.select([new for _, new in moved])
        if left:
            parts.append(tr("No other account knows %n task(s).", None, left))
        if silent:
            names = ", ".join(map(named, silent))
            parts.append(tr("Could not be asked: {accounts}.", accounts=names))
        action = (tr("Undo"), "undo") if moved else None
        kind = "success" if moved and not left else "warning"
        told = " ".join(parts) or tr("There is no task here that its service does not know.")
        self._desk.window.show_message(told, kind=kind, action=action, replace=_PLACE)

    async def _back(self, moved: Sequence[tuple[Key, Key]]) -> None:
        for old, new in moved:
            await self._desk.backend.move(new, old.account)
        self._desk.window.clear_message(_PLACE)
        self._desk.window.select([old for old, _ in moved])


def named(account: Account) -> str:
    """ "Ark (·7f3a)"."""
    hint = f" (·{account.key_hint})" if account.key_hint else ""
    return plain.one_line(account.name, 60) + hint


def _is_lost(task: Task) -> bool:
    return Flag.NOT_FOUND in task.flags and not task.status.is_terminal
