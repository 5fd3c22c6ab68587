"""An open backend for one command, and how a command ends early."""

import argparse
import asyncio
import errno
import io
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from rushes.core import task_ids
from rushes.core.account import Account
from rushes.core.news import News
from rushes.core.task import Task
from rushes.options import Options
from rushes.presentation.sentences import list_damaged
from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.wiring.backend import Backend

OK, FAILED, USAGE, NOTHING = 0, 1, 2, 3

Words = argparse.Namespace

#: A command ends: it gives a file up after so many attempts, the window only when its link ends.
_PATIENCE = 5


class Stop(Exception):
    """Ends the command: one sentence for standard error and an exit code."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


class NotWritten(Exception):
    """What was asked for could not be written to standard output. `args[0]` says why."""


#: Valid in JSON, but an order to a terminal, or half of a character.
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def open_output() -> None:
    """What the terminal's encoding does not have is written as an escape and ends no command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(*fields: str) -> None:
    """One line on standard output: the fields, apart by tabs.

    Raises:
        NotWritten: it is closed or full.
    """
    _write("\t".join(map(for_terminal, fields)))


def say_json(value: object) -> None:
    """One JSON object on a line, readable where the terminal can show it. Raises as `say`."""
    can_show = sys.stdout is not None and sys.stdout.encoding.lower().startswith("utf")
    line = json.dumps(value, ensure_ascii=not can_show)
    _write(_UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", line))


def _write(line: str) -> None:
    if sys.stdout is None:
        raise NotWritten(os.strerror(errno.EBADF))
    try:
        print(line, flush=True)
    except BrokenPipeError:
        raise
    except OSError as e:
        raise NotWritten(e.strerror or str(e)) from None


def complain(sentence: str) -> None:
    """One sentence on standard error; where that is closed or full, the exit code must do."""
    with suppress(OSError):
        print(f"rushes: {for_terminal(sentence)}", file=sys.stderr, flush=True)


def given_text() -> str:
    """All of standard input. Ctrl+C ends the wait for it: asyncio would first wait for its end.

    Raises:
        Stop: it is more than is read for task ids.
    """
    if sys.stdin is None:
        return ""
    before = signal.getsignal(signal.SIGINT)
    if callable(before):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return task_ids.decode_file(sys.stdin.buffer.read(task_ids.LIMIT + 1))
    except task_ids.TooLarge:
        raise Stop(tr("Standard input is larger than 64 MiB. Nothing was added."), USAGE) from None
    finally:
        signal.signal(signal.SIGINT, before)


class Session:
    """An open backend and the news it told, for one command.

    Args:
        watch: Whether accounts are looked at; commands that only read or edit need not.
        auto_save: Whether results are saved as they come, whatever the settings say.
    """

    def __init__(
        self, options: Options, *, watch: bool = False, auto_save: bool | None = None
    ) -> None:
        self._options = options
        self._watch = watch
        self._auto_save = auto_save
        self.news: asyncio.Queue[News] = asyncio.Queue()

    async def __aenter__(self) -> "Session":
        self.backend = await Backend.open(
            self._options,
            self.hear,
            watch=self._watch,
            auto_save=self._auto_save,
            patience=_PATIENCE,
        )
        for note in self.backend.workspace.notes:
            complain(note)
        self.backend.store.on_damage(lambda: complain(list_damaged()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.backend.aclose()

    def hear(self, news: News) -> None:
        self.news.put_nowait(news)

    async def accounts(self) -> dict[str, Account]:
        """By their ids; what is added to them is in here, too."""
        return {account.id: account for account in await self.backend.accounts()}

    async def tasks(self) -> Sequence[Task]:
        return await self.backend.store.tasks()

    async def settled(self) -> None:
        """Wait until no file is on its way."""
        await self.backend.saver.settled()

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
