"""Looks a gateway's task up at Ark, where its job really runs: when the user says so, once.

One account of Ark after the other; what one of them knows is joined to the take.
"""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from rushes.controllers.other_accounts import named
from rushes.controllers.window import Desk
from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.task import Key, Report, Status, Task
from rushes.core.upstream import joined, places, upstream_id
from rushes.presentation.text import tr
from rushes.presentation.words import status_word
from rushes.store import tables

_PLACE = "upstream"  # of its messages


class UpstreamDesk(QObject):
    """What becomes of "Look it up at Ark"."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        for asked in (desk.window.upstream_requested, desk.inspector.upstream_requested):
            asked.connect(lambda keys: desk.do(self._look(keys)))

    async def _look(self, keys: Sequence[Key]) -> None:
        accounts = tuple(self._desk.accounts.values())
        for task in await self._desk.backend.store.read(tables.get, keys):
            if asked := places(task, accounts):
                await self._ask(task, asked)

    async def _ask(self, task: Task, accounts: Sequence[Account]) -> None:
        wanted = upstream_id(task)
        failure = Failure(Kind.NOT_FOUND)
        for account in accounts:
            self._say(tr("Asking {account}…", account=named(account)), "info")
            at = time.time()
            said = await self._desk.backend.watcher.ask(Key(account.id, str(wanted)))
            if isinstance(said, Report):
                await self._join(task, account, said, at)
                return
            if said.kind is not Kind.NOT_FOUND:
                failure = said
        if failure.kind is Kind.NOT_FOUND:
            names = ", ".join(map(named, accounts))
            self._say(tr("{id} is not known with {account}.", id=wanted, account=names), "warning")
        else:
            self._desk.window.clear_message(_PLACE)
            self._desk.complain(failure)

    async def _join(self, task: Task, account: Account, said: Report, at: float) -> None:
        change = partial(joined, report=said, where=account.name, at=at)
        await self._desk.backend.join(task.key, change)
        word = status_word(said.status)
        told = tr("{account} says: {status}.", account=named(account), status=word)
        self._say(told, "success" if said.status is Status.SUCCEEDED else "warning")

    def _say(self, told: str, kind: str) -> None:
        self._desk.window.show_message(told, kind=kind, replace=_PLACE)
