"""`rushes watch` and `rushes save`: look at the services and print what changes."""

import asyncio
import time
from collections.abc import Iterable, Mapping

from rushes.cli.session import (
    FAILED,
    NOTHING,
    OK,
    USAGE,
    Session,
    Stop,
    Words,
    complain,
    no_account,
)
from rushes.cli.shared import SharedSession
from rushes.cli.tasks import print_task
from rushes.core.account import Account
from rushes.core.news import AccountChanged, Activity, News, SaveFailed, TasksChanged, Trouble
from rushes.core.pace import wants_look
from rushes.core.task import ArtifactState, Key, Task
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.sentences import held_sentence, sentence, unsaved_sentence
from rushes.presentation.text import tr

#: A command that ends does not wait for a next try that is further away (seconds).
_PATIENCE_S = 60.0


async def watch(words: Words, options: Options) -> int:
    if words.once:
        async with Session(
            options, watch=True, auto_save=words.save, patience_s=_PATIENCE_S
        ) as session:
            watching = await Watching.of(session, as_json=words.json)
            return await watching.once(save=words.save)
    async with SharedSession(options, auto_save=words.save) as session:
        watching = await Watching.of(session, as_json=words.json)
        return await watching.until(done=words.until_done, save=words.save)


async def save(words: Words, options: Options) -> int:
    """Save the results of the named tasks, or what has a link that ends and no file yet.

    A link that ended is asked for again first. A refused file is tried again for as long as its
    next try is close; after that the command ends and says when it would be.
    """
    if not words.ids and not words.expiring:
        raise Stop(tr("Which tasks? Name their IDs, or say --expiring."), USAGE)
    async with Session(options, watch=True, auto_save=False, patience_s=_PATIENCE_S) as session:
        watching = await Watching.of(session, as_json=words.json)
        named = [key for key in watching.tasks if not words.ids or key.id in set(words.ids)]
        unknown = set(words.ids) - {key.id for key in named}
        if unknown:
            complain(tr("Not in the list: {ids}", ids=", ".join(sorted(unknown))))
        wanted = [key for key in named if not words.expiring or _is_expiring(watching.tasks[key])]
        if not wanted:
            return NOTHING
        watching.only = frozenset(wanted)
        await session.backend.saver.save(wanted)
        code = await watching.until(done=True, save=True)
        watching.complain_of_waiting()
        return code if not unknown else FAILED


def _is_expiring(task: Task) -> bool:
    return task.deadline is not None


class Watching:
    """Follows the news of a session until the tasks have come to their end."""

    def __init__(self, session: Session, accounts: Mapping[str, Account], tasks: Iterable[Task]):
        self._session = session
        self._accounts = accounts
        self._paused: set[str] = set()
        self._failed = False
        self.tasks: dict[Key, Task] = {task.key: task for task in tasks}
        self.only: frozenset[Key] | None = None
        self.as_json = False

    @classmethod
    async def of(cls, session: Session, *, as_json: bool) -> "Watching":
        """Raises `Stop` when there is nothing to watch."""
        accounts = await session.accounts()
        if not accounts:
            raise Stop(no_account(), NOTHING)
        self = cls(session, accounts, await session.tasks())
        self.as_json = as_json
        if not self.tasks:
            raise Stop(tr("No tasks in the list. Add some with: rushes add ID…"), NOTHING)
        return self

    async def once(self, *, save: bool) -> int:
        """One look at everything that is live, then the state of every task."""
        await self._session.backend.keys_ready()
        live = [task.key for task in self.tasks.values() if task.is_live]
        await self._session.backend.watcher.look(live)
        if save:
            await self._session.backend.saver.settled()
        self._take_waiting(quiet=True)
        for task in self.tasks.values():
            self._print(task)
        return self._code(save=save)

    async def until(self, *, done: bool, save: bool) -> int:
        """Print every change; with `done`, end when nothing is left to come."""
        if done:
            for task in self._wanted():
                if not self._is_pending(task):
                    self._print(task)
        while True:
            while not done or any(map(self._is_pending, self._wanted())):
                self._take(await self._session.news.get(), quiet=False)
            if save:
                await self._settle()
            self._take_waiting(quiet=False)
            if not any(map(self._is_pending, self._wanted())):
                return self._code(save=save)

    async def _settle(self) -> None:
        """Wait until no file is on its way; what changes meanwhile is printed as it comes."""
        settling = asyncio.ensure_future(self._session.settled())
        hearing = asyncio.ensure_future(self._session.news.get())
        try:
            while True:
                await asyncio.wait({settling, hearing}, return_when=asyncio.FIRST_COMPLETED)
                if hearing.done():
                    self._take(hearing.result(), quiet=False)
                    hearing = asyncio.ensure_future(self._session.news.get())
                elif settling.done():
                    return await settling
        finally:
            for waiting in (settling, hearing):
                waiting.cancel()
            await asyncio.gather(settling, hearing, return_exceptions=True)

    def _wanted(self) -> list[Task]:
        return [t for t in self.tasks.values() if self.only is None or t.key in self.only]

    def _is_pending(self, task: Task) -> bool:
        """Whether its service may still say something new about it."""
        return self.only is None and task.key.account not in self._paused and wants_look(task)

    def _code(self, *, save: bool) -> int:
        """A file that is still behind its link could not be saved; one lost in this run counts as
        a failure of it."""
        unsaved = (ArtifactState.REMOTE, ArtifactState.SAVING, ArtifactState.MISSING)
        left = save and any(a.state in unsaved for t in self._wanted() for a in t.artifacts)
        return FAILED if self._failed or left else OK

    def complain_of_waiting(self) -> None:
        """One sentence about the files whose next try this command does not wait for."""
        now = time.time()
        nexts = [a.next_try_at for t in self._wanted() for a in t.artifacts if a.next_try_at]
        if left := [at for at in nexts if at > now]:
            complain(
                tr(
                    "%n file(s) are not saved yet. Next try in {time}: say the same again then, or "
                    "leave rushes watch --save running.",
                    None,
                    len(left),
                    time=fmt.coarse(max(1.0, min(left) - now)),
                )
            )

    def _take_waiting(self, *, quiet: bool) -> None:
        while not self._session.news.empty():
            self._take(self._session.news.get_nowait(), quiet=quiet)

    def _take(self, news: News, *, quiet: bool) -> None:
        match news:
            case TasksChanged(diff):
                for task in (*diff.added, *diff.changed):
                    self.tasks[task.key] = task
                    if not quiet and (self.only is None or task.key in self.only):
                        self._print(task)
                for key in diff.removed:
                    self.tasks.pop(key, None)
            case AccountChanged(account=account, activity=activity, failure=failure):
                self._paused.discard(account)
                if activity is Activity.PAUSED:
                    self._paused.add(account)
                    self._failed = True
                if failure is not None:
                    name = self._accounts[account].name
                    complain(f"{name}: {sentence(failure).text}")
            case SaveFailed(key=key, artifact=artifact, failure=failure):
                self._failed = self._failed or artifact.state is ArtifactState.LOST
                told = sentence(failure).text
                if artifact.next_try_at is not None:
                    told = unsaved_sentence(artifact, time.time())
                complain(f"{key.id}: {told}")
            case Trouble(folder=folder) if folder:
                complain(held_sentence(folder).text)
            case Trouble(failure):
                raise Stop(sentence(failure).text)

    def _print(self, task: Task) -> None:
        now = self._session.backend.workspace.clock()
        print_task(task, self._accounts[task.key.account], now, as_json=self.as_json)
