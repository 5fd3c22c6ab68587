"""A session that shares its list: a window that opens gets it, and it is followed meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rushes.backend import second_starts
from rushes.backend.workspace import STORE_FILE
from rushes.cli.session import Session, complain
from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity, BackendEvent, ProgramFailure, TasksChanged
from rushes.core.incoming import Incoming
from rushes.core.task import ArtifactState, Diff, Key, Status, Task
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.store import StoreError, StoreInUse, read_list, tables
from rushes.system import handover, places

#: How often a list that another program has is looked at (seconds).
_LOOK_EVERY_S = 1.0
#: So long a window that asked for the list may take to open it.
_OTHERS_TURN_S = 10.0
#: Tasks in one message to a window.
_MOST_ASKED = 200
#: A list that cannot be read so many times in a row will not be readable.
_MOST_FAILURES = 5

#: Who answers a ping: this, where a window names nobody.
_WATCH = "watch"


class SharedSession(Session):
    """Works on the list while no window does; else follows what the window writes, as news.

    A window's start asks for the list: the work ends as at any other end (parts of downloads stay
    and are resumed), the file is closed, and the window goes on. When the window has ended, the
    work is taken back.
    """

    def __init__(self, options: Options, *, auto_save: bool) -> None:
        super().__init__(options, auto_save=auto_save)
        data = places.find(options.base_dir).data
        self._store = data / STORE_FILE
        self._where = handover.address(data)
        self._saves = auto_save
        self._is_started = False
        self._only: frozenset[Key] | None = None
        self._asked_for: set[Key] = set()  # of the window that has the list
        self._known: dict[Key, Task] = {}
        self._accounts: dict[str, Account] = {}
        self._has_list = False
        self._is_begun = False  # what is there at the start is no news
        self._others_turn_until = 0.0
        self._listener: handover.Listener | None = None
        self._seen: tuple[object, ...] = ()  # of the file, when it was last read
        self._turning = asyncio.Lock()  # while the list changes hands
        self._news_of_list = asyncio.Condition()

    async def __aenter__(self) -> "SharedSession":
        async with self._turning:
            if not await self._take():
                complain(await self._who_has_it())
                await self._read()
        self._is_begun = True
        self._sharing = asyncio.get_running_loop().create_task(self._share())
        return self

    async def __aexit__(self, *error: object) -> None:
        async with self._turning:
            self._sharing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._sharing
        if self._listener is not None:
            self._listener.close()
            await self._listener.answered()
        if self._has_list:
            await super().__aexit__(*error)

    async def accounts(self) -> dict[str, Account]:
        return self._accounts

    async def tasks(self) -> Sequence[Task]:
        return tuple(self._known.values())

    async def start(self, only: frozenset[Key] | None) -> None:
        """As `Session.start`; whenever the list comes back, too."""
        async with self._turning:
            self._only, self._is_started = only, True
            if self._has_list:
                await super().start(only)

    @property
    def is_saving(self) -> bool:
        return super().is_saving if self._has_list else bool(self._to_save())

    def _to_save(self) -> list[Key]:
        """What somebody else still has to save."""
        return [
            key
            for key, task in self._known.items()
            if (self._only is None or key in self._only) and _is_to_save(task)
        ]

    async def settled(self) -> None:
        """Wait until no file is on its way, whoever saves it."""
        while True:
            async with self._news_of_list:
                while not self._has_list and self._to_save():
                    await self._news_of_list.wait()
                if not self._has_list:
                    return
            if await self._settled_here():
                return

    async def _settled_here(self) -> bool:
        """Wait for the own downloads. False: a window goes on with them."""
        mine = asyncio.ensure_future(super().settled())
        given = asyncio.ensure_future(self._given())
        try:
            await asyncio.wait({mine, given}, return_when=asyncio.FIRST_COMPLETED)
            return mine.done() and self._has_list
        finally:
            for waiting in (mine, given):
                waiting.cancel()
            await asyncio.gather(mine, given, return_exceptions=True)

    async def _given(self) -> None:
        async with self._news_of_list:
            await self._news_of_list.wait_for(lambda: not self._has_list)

    # --- taking and giving ----------------------------------------------------------------

    async def _share(self) -> None:
        failures = 0
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                async with self._turning:
                    if self._has_list:
                        continue
                    is_mine = time.monotonic() >= self._others_turn_until
                    if is_mine and await self._take():
                        continue
                    await self._read()
                    await self._ask_to_save()
                failures = 0
            except (StoreError, OSError) as e:
                failures += 1
                if failures >= _MOST_FAILURES and isinstance(e, StoreError):
                    self.news.put_nowait(ProgramFailure(e.failure))

    async def _take(self) -> bool:
        """Have the list and work on it. False: another program has it."""
        try:
            await super().__aenter__()
        except StoreInUse:
            return False
        if self._is_started:
            await self.backend.start(self._only)
        self._has_list = True
        self._asked_for.clear()
        self._note(await self.backend.accounts(), await self.backend.store.read(tables.tasks))
        try:
            self._listener = await handover.Listener.open(self._where, self._answer)
        except OSError:  # a window that opens says then that the list is in use
            self._listener = None
        await self._tell_waiting()
        if self._is_begun:
            complain(tr("The other program has ended: its work goes on here."))
        return True

    async def _who_has_it(self) -> str:
        """One sentence on whom is followed."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(None, handover.ask, self._where, {"verb": "ping"})
        if answer is None:  # a command that ends soon, or a window that is just opening
            return tr("Another program has this list: what changes there is told here.")
        if answer.get("who") == _WATCH:
            return tr("Another `rushes watch` has this list: what changes there is told here.")
        return tr("A window has this list: what changes there is told here.")

    async def _give(self) -> None:
        async with self._turning:
            if not self._has_list:
                return
            if self._listener is not None:  # the window listens in the same place
                self._listener.close()
            self._has_list = False
            self._others_turn_until = time.monotonic() + _OTHERS_TURN_S
            await self.backend.aclose()
            complain(tr("A window goes on with the work: what changes there is told here."))
            for account in self._accounts:  # what kept it from being watched here is over
                self.news.put_nowait(AccountChanged(account, Activity.IDLE))
            await self._tell_waiting()

    async def _ask_to_save(self) -> None:
        """A window may not save by itself; what it was asked for once it does in its own time."""
        fresh = [key for key in self._to_save() if key not in self._asked_for]
        if not self._saves or not fresh:
            return
        wanted = {"verb": "save", "tasks": fresh[:_MOST_ASKED]}
        loop = asyncio.get_running_loop()
        if await loop.run_in_executor(None, handover.ask, self._where, wanted) is not None:
            self._asked_for.update(fresh[:_MOST_ASKED])

    async def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        match message.get("verb"):
            case "show" | "open":
                await self._give()
                return {"released": True}
            case "ping":
                return {"who": _WATCH}
            case "add":
                return await second_starts.add(message, self._accounts.values(), self._add)
            case "forget_prompts":
                await self.backend.forget_prompts()
                return {"told": second_starts.forgotten()}
            case "save":
                await second_starts.save(message, self.backend)
                return {}
            case _:
                return second_starts.not_understood()

    async def _add(self, account: str, items: Sequence[Incoming]) -> Diff:
        return await self.backend.add(account, items)

    # --- what is known --------------------------------------------------------------------

    def take_event(self, news: BackendEvent) -> None:
        """What the own backend says."""
        if isinstance(news, TasksChanged):
            self._know(news.diff)
        super().take_event(news)

    async def _read(self) -> None:
        """Read the list as another program has written it, if it has."""
        seen = await asyncio.get_running_loop().run_in_executor(None, _signs, self._store)
        if seen != self._seen:
            self._note(*await read_list(self._store))
            self._seen = seen
            await self._tell_waiting()

    def _note(self, accounts: Sequence[Account], tasks: Sequence[Task]) -> None:
        """These are all; what is different from before is news."""
        self._accounts.update({account.id: account for account in accounts})
        now = {task.key: task for task in tasks}
        diff = Diff(
            added=tuple(task for key, task in now.items() if key not in self._known),
            changed=tuple(t for k, t in now.items() if k in self._known and self._known[k] != t),
            removed=tuple(key for key in self._known if key not in now),
        )
        self._know(diff)
        if diff and self._is_begun:
            self.news.put_nowait(TasksChanged(diff))

    def _know(self, diff: Diff) -> None:
        self._known |= {task.key: task for task in (*diff.added, *diff.changed)}
        for key in diff.removed:
            self._known.pop(key, None)

    async def _tell_waiting(self) -> None:
        async with self._news_of_list:
            self._news_of_list.notify_all()


def _is_to_save(task: Task) -> bool:
    if task.status is not Status.SUCCEEDED:
        return False
    waiting = (ArtifactState.REMOTE, ArtifactState.SAVING)
    return any(artifact.state in waiting for artifact in task.artifacts)


def _signs(store: Path) -> tuple[object, ...]:
    """What changes when somebody writes into the list."""
    signs: list[object] = []
    for path in (store, store.with_name(f"{store.name}-wal")):
        try:
            facts = path.stat()
        except OSError:
            signs.append(None)
        else:
            signs.append((facts.st_ino, facts.st_mtime_ns, facts.st_size))
    return tuple(signs)
