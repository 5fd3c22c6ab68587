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
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TypeVar

from rushes.backend.backend import Backend
from rushes.backend.workspace import STORE_FILE
from rushes.core.account import Account
from rushes.core.events import BackendEvent
from rushes.core.failure import Failure, Kind
from rushes.core.long_text import LIMIT, decode_file
from rushes.core.ports import Clock
from rushes.core.secret import BadKey, KeyFault
from rushes.core.task import Key, Task
from rushes.options import Options
from rushes.presentation.account_problems import key_problem
from rushes.presentation.export import json_text
from rushes.presentation.sentences import list_damaged
from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.store import Ask, StoreError, StoreInUse, beside, tables
from rushes.store.opening import is_there
from rushes.system import handover, places
from rushes.watching.clocks import TrueClock

OK, FAILED, USAGE, NOTHING, TIMED_OUT = 0, 1, 2, 3, 4

#: So long another program may have the list without answering, as one does that only writes.
_PATIENCE_S = 5.0
_AGAIN_AFTER_S = 0.1

Words = argparse.Namespace
T = TypeVar("T")


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


def print_row(*fields: str) -> None:
    """One line on standard output: the fields, apart by tabs.

    Raises:
        NotWritten: it is closed or full.
    """
    print_lines([row_line(*fields)])


def row_line(*fields: str) -> str:
    """The fields, apart by tabs."""
    return "\t".join(map(for_terminal, fields))


def print_lines(lines: Sequence[str]) -> None:
    """Lines on standard output, together. Raises as `print_row`."""
    if lines:
        _write("\n".join(lines))


def print_json(value: object) -> None:
    """One JSON object on a line, readable where the terminal can show it. Raises as `print_row`."""
    _write(json_line(value))


def json_line(value: object) -> str:
    """One JSON object, readable where the terminal can show it."""
    can_show = sys.stdout is not None and sys.stdout.encoding.lower().startswith("utf")
    line = json_text(value) if can_show else json.dumps(value)
    if line.isascii() and "\x7f" not in line:  # others of these are escaped already
        return line
    return _UNSAFE_IN_JSON.sub(lambda m: f"\\u{ord(m[0]):04x}", line)


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
    """The text of `given_bytes`."""
    return decode_file(given_bytes())


def given_bytes() -> bytes:
    """All of standard input. Ctrl+C ends the wait for it: asyncio would first wait for its end.

    Raises:
        Stop: it is more than is read for task ids.
    """
    if sys.stdin is None:
        return b""
    before = signal.getsignal(signal.SIGINT)
    if callable(before):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        data = sys.stdin.buffer.read(LIMIT + 1)
    finally:
        signal.signal(signal.SIGINT, before)
    if len(data) > LIMIT:
        most = LIMIT // 2**20
        raise Stop(
            tr("Standard input is larger than {most} MiB. Nothing was added.", most=most), USAGE
        )
    return data


def by_who_has_the_list(
    options: Options, hand_over: Callable[[str], T], here: Callable[[], T]
) -> T:
    """Have something done by the program that has the list, or do it here if none has.

    Args:
        hand_over: Asks the program that answers at an address.

    Raises:
        StoreInUse: another program has the list and does not answer.
    """
    where = handover.address(places.find(options.base_dir).data)
    until = time.monotonic() + _PATIENCE_S
    while True:
        if handover.ask(where, {"verb": "ping"}) is not None:
            return hand_over(where)
        try:
            return here()
        except StoreInUse:
            if time.monotonic() > until:
                raise
        time.sleep(_AGAIN_AFTER_S)


class Session:
    """An open backend and the news it told, for one command.

    Args:
        watch: Whether accounts are looked at; commands that only read or edit need not.
        auto_save: Whether results are saved as they come, whatever the settings say.
        patience_s: See `Saver`.
    """

    def __init__(
        self,
        options: Options,
        *,
        watch: bool = False,
        auto_save: bool | None = None,
        patience_s: float | None = None,
    ) -> None:
        self._options = options
        self._watch = watch
        self._auto_save = auto_save
        self._patience_s = patience_s
        self.news: asyncio.Queue[BackendEvent] = asyncio.Queue()
        self.clock: Clock = TrueClock()

    async def __aenter__(self) -> "Session":
        self.backend = await Backend.open(
            self._options,
            self.take_event,
            watch=self._watch,
            auto_save=self._auto_save,
            patience_s=self._patience_s,
        )
        self.clock = self.backend.workspace.clock
        for note in self.backend.workspace.notes:
            complain(note)
        self.backend.store.on_damage(lambda: complain(list_damaged()))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.backend.aclose()

    def take_event(self, news: BackendEvent) -> None:
        self.news.put_nowait(news)

    async def accounts(self) -> dict[str, Account]:
        """By their ids; what is added to them is in here, too."""
        return {account.id: account for account in await self.backend.accounts()}

    async def tasks(self) -> Sequence[Task]:
        return await self.backend.store.read(tables.tasks)

    async def start(self, only: frozenset[Key] | None) -> None:
        """Watch and save these tasks from now on; None: all."""
        await self.backend.start(only)

    @property
    def is_saving(self) -> bool:
        """Whether a file is on its way, or waits for its turn, or for room on the disk; or a
        program runs for one that was saved."""
        saver = self.backend.saver
        is_halted = self._patience_s is None and saver.is_halted
        return saver.is_busy or is_halted or self.backend.save_hook.is_busy

    async def settled(self) -> None:
        """Wait until no file is on its way, and no program runs for one."""
        await self.backend.saver.settled(with_halts=self._patience_s is None)
        await self.backend.save_hook.settled()

    async def account(self, name: str | None) -> Account:
        """The account of that name, or the only one.

        Raises:
            Stop: none, unknown or ambiguous.
        """
        accounts = tuple((await self.accounts()).values())
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


def of_key(account: Account, failure: Failure, told: str) -> str:
    """`told`; of an account whose key is not in its variable, what is to be done on a command
    line."""
    if failure.kind is not Kind.NO_KEY or not account.key_env:
        return told
    fault = next((each for each in KeyFault if failure.detail.endswith(each)), None)
    if fault is None:
        return told
    if fault is KeyFault.EMPTY:
        return tr("${name} is not set or empty. Set it, then run this again.", name=account.key_env)
    return f"${account.key_env}: {key_problem(BadKey(fault))}"


@asynccontextmanager
async def read_anyhow(options: Options) -> AsyncIterator[tuple[Ask, Clock]]:
    """What asks the list, and the services' time. Beside a running program, and where nothing can
    be written, the list is read as it was last written.

    Raises:
        StoreError, OSError: there is none, or it cannot be read.
    """
    async with AsyncExitStack() as opened:
        try:
            session = await opened.enter_async_context(Session(options))
        except (StoreError, OSError):
            path = places.look(options.base_dir).data / STORE_FILE
            if not is_there(path):
                raise
            yield await opened.enter_async_context(beside(path)), TrueClock()
        else:
            yield session.backend.store.read, session.clock


def no_task() -> str:
    return tr("No tasks in the list. Add some with: rushes add ID…")


def no_account() -> str:
    return tr("No account yet. Add one with: rushes accounts add")
