"""*When a take is saved, run…*: a program of the user's choice, with the take on its stdin.

No shell is between, two run at once at most, and one that takes too long is ended. What it says on
standard error is told when it fails; what it says on standard output is nobody's.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from rushes.core.account import Account
from rushes.core.events import HookTrouble, SaveHookFailed
from rushes.core.ports import Clock, Publish
from rushes.core.settings import Settings, arguments
from rushes.core.task import ArtifactState, Key, Task
from rushes.presentation import search
from rushes.presentation.columns import Context
from rushes.presentation.export import task_line
from rushes.store import Store, StoreError, tables
from rushes.system import helper
from rushes.system.scope import CoroutineScope
from rushes.system.threads import in_thread

log = logging.getLogger(__name__)

AT_ONCE = 2
LONGEST_S = 600.0
#: At the end of the program: then those that still run go on by themselves.
_END_S = 2.0
_KNOWN = 1000


class SaveHook:
    """Args:
    settings: The current ones, asked for at each call.
    longest_s: Seconds until a program is ended.
    """

    def __init__(
        self,
        *,
        store: Store,
        publish: Publish,
        settings: Callable[[], Settings],
        clock: Clock = time.time,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._store = store
        self._publish = publish
        self._settings = settings
        self._clock = clock
        self._longest_s = longest_s
        self._scope = CoroutineScope("save hook", self._on_bug)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._number = 0
        self._waiting = 0
        self._ended = asyncio.Event()  # another one after each end
        self._done: dict[Key, tuple[str | None, ...]] = {}
        self._order: deque[Key] = deque()

    @property
    def is_busy(self) -> bool:
        return self._waiting > 0

    def saved(self, key: Key) -> None:
        """A file of the task was saved: once all of them are, the program is run."""
        if self._settings().run_program:
            self._number += 1
            self._waiting += 1
            self._scope.start(f"run {self._number}", self._after(key))

    async def settled(self) -> None:
        """Wait until every program has ended. Who waits no longer ends none."""
        while self._waiting:
            await self._ended.wait()

    async def aclose(self) -> None:
        """Start nothing more; what runs has a moment to end, and then goes on by itself."""
        try:
            async with asyncio.timeout(_END_S):
                await self._scope.idle()
        except TimeoutError:
            log.info("programs for saved takes are left to themselves")
        await self._scope.aclose()

    async def _after(self, key: Key) -> None:
        try:
            await self._run(key)
        except StoreError as e:
            log.warning("no program was run for a saved take: %s", e)
        finally:
            self._waiting -= 1
            self._ended.set()
            self._ended = asyncio.Event()

    async def _run(self, key: Key) -> None:
        found = await self._store.read(tables.get, [key])
        accounts = {account.id: account for account in await self._store.read(tables.accounts)}
        if not found or key.account not in accounts:
            return
        (task,) = found
        if task.kept is not ArtifactState.SAVED or not self._is_new(task):
            return
        ctx = Context(now=self._clock(), accounts=accounts)
        if not _fits(self._settings().run_for, task, ctx):
            return
        async with self._turn:
            await self._start(task, accounts)

    async def _start(self, task: Task, accounts: Mapping[str, Account]) -> None:
        settings = self._settings()
        program = Path(settings.run_program).expanduser()
        hidden = {account.key_env for account in accounts.values()} - {""}
        line = (
            json.dumps(
                task_line(task, accounts[task.key.account], self._clock()), ensure_ascii=False
            )
            + "\n"
        )
        words = (str(program), *arguments(settings.run_arguments))
        if not helper.is_program(program):
            self._publish_failure(task.key, program, HookTrouble.NOT_STARTED)
            return
        given = line.encode(errors="replace")
        end = await in_thread(
            lambda: helper.run_program(words, given, hidden, self._longest_s), "save hook"
        )
        match end.code:
            case 0:
                return
            case None:
                why = HookTrouble.TOO_LONG if end.is_late else HookTrouble.NOT_STARTED
                self._publish_failure(task.key, program, why, said=end.said)
            case code:
                self._publish_failure(task.key, program, HookTrouble.CODE, code, end.said)

    def _publish_failure(
        self, key: Key, program: Path, why: HookTrouble, code: int = 0, said: str = ""
    ) -> None:
        self._publish(SaveHookFailed(key, program.name, why, code, said))

    def _is_new(self, task: Task) -> bool:
        """Two files of a take can be saved in the same moment: it is one take all the same."""
        state = tuple(part for a in task.artifacts for part in (a.path, a.sha256, str(a.mtime_ns)))
        if self._done.get(task.key) == state:
            return False
        if task.key not in self._done:
            self._order.append(task.key)
        self._done[task.key] = state
        if len(self._order) > _KNOWN:
            self._done.pop(self._order.popleft(), None)
        return True

    def _on_bug(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)


def _fits(condition: str, task: Task, ctx: Context) -> bool:
    """A condition that cannot be used holds for nothing."""
    if not condition.strip():
        return True
    if search.misread(condition):
        return False
    return search.parse(condition).matches(task, ctx)
