"""An open backend for one command, and how a command ends early."""

import argparse
import asyncio
import sys

from rushes.core.account import Account
from rushes.core.news import News
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.wiring.backend import Backend

OK, FAILED, USAGE, NOTHING, TIMED_OUT = 0, 1, 2, 3, 4

Words = argparse.Namespace

#: `save` gives a file up after so many attempts; the window and `watch` only when its link ends.
PATIENCE = 5


class Stop(Exception):
    """Ends the command: one sentence for standard error and an exit code."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def complain(sentence: str) -> None:
    print(f"rushes: {sentence}", file=sys.stderr, flush=True)


class Session:
    """An open backend and the news it told, for one command.

    Args:
        watch: Whether accounts are looked at; commands that only read or edit need not.
        auto_save: Whether results are saved as they come, whatever the settings say.
        patience: See `Backend.open`.
    """

    def __init__(
        self,
        options: Options,
        *,
        watch: bool = False,
        auto_save: bool | None = None,
        patience: int | None = None,
    ) -> None:
        self._options = options
        self._watch = watch
        self._auto_save = auto_save
        self._patience = patience
        self.news: asyncio.Queue[News] = asyncio.Queue()

    async def __aenter__(self) -> "Session":
        self.backend = await Backend.open(
            self._options,
            self.news.put_nowait,
            watch=self._watch,
            auto_save=self._auto_save,
            patience=self._patience,
        )
        for note in self.backend.workspace.notes:
            complain(note)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.backend.aclose()

    async def account(self, name: str | None) -> Account:
        """The account of that name, or the only one.

        Raises:
            Stop: none, unknown or ambiguous.
        """
        accounts = await self.backend.accounts()
        if not accounts:
            raise Stop(no_account(), NOTHING)
        if name is None:
            if len(accounts) > 1:
                names = ", ".join(a.name for a in accounts)
                raise Stop(tr("Which account? Say --account, one of: {names}", names=names), USAGE)
            return accounts[0]
        found = [a for a in accounts if name in (a.name, a.id)]
        if not found:
            raise Stop(tr("No account is called {name}.", name=name), NOTHING)
        return found[0]


def no_account() -> str:
    return tr("No account yet. Add one with: rushes accounts add")
