"""`rushes watch` and `rushes save`: look at the services and print what changes."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rushes.cli.session import (
    FAILED,
    NOTHING,
    OK,
    TIMED_OUT,
    USAGE,
    Session,
    Stop,
    Words,
    complain,
    no_account,
    of_key,
)
from rushes.cli.shared import SharedSession
from rushes.cli.tasks import print_task
from rushes.core.account import Account
from rushes.core.events import (
    AccountChanged,
    Activity,
    BackendEvent,
    ProgramFailure,
    SaveFailed,
    TasksChanged,
)
from rushes.core.failure import Kind
from rushes.core.pace import awaits_link, wants_look
from rushes.core.retry import LINK_WAITED_FOR
from rushes.core.task import ArtifactState, Flag, Key, Task
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.overview import trouble
from rushes.presentation.sentences import held_sentence, sentence, unsaved_sentence
from rushes.presentation.text import tr
from rushes.presentation.words import (
    flag_sentence,
    flag_sentences,
    is_new,
    state_word,
    task_error_sentence,
)

#: A command that ends does not wait for a next try that is further away (seconds).
_PATIENCE_S = 60.0

_UNSAVED = (ArtifactState.REMOTE, ArtifactState.SAVING, ArtifactState.MISSING)


async def watch(words: Words, options: Options) -> int:
    session: Session = (
        Session(options, auto_save=words.save, patience_s=_PATIENCE_S)
        if words.once
        else SharedSession(options, auto_save=words.save)
    )
    async with session:
        watching = await Watching.of(session, as_json=words.json, save=words.save)
        unknown = await watching.narrow(words.ids, words.account)
        await session.start(watching.only)
        try:
            async with asyncio.timeout(words.timeout):
                code = await (watching.once() if words.once else watching.until(words.until_done))
        except TimeoutError:
            complain(tr("The time is over, and not everything has ended."))
            watching.complain_of_links()
            return TIMED_OUT
        if code != OK:
            watching.complain_of_links()
        return code if not unknown else FAILED


async def save(words: Words, options: Options) -> int:
    """Save the results of the named tasks, or what has a link that ends and no file yet.

    A link that ended is asked for again first, and a task whose end or link is not known is asked
    about once.
    """
    if not words.ids and not words.expiring:
        raise Stop(tr("Which tasks? Name their IDs, or say --expiring."), USAGE)
    async with Session(options, watch=True, auto_save=False, patience_s=_PATIENCE_S) as session:
        watching = await Watching.of(session, as_json=words.json, save=True)
        unknown = await watching.narrow(words.ids)
        named = watching.wanted()
        wanted = [task.key for task in named if not words.expiring or _is_expiring(task)]
        if not wanted:
            return NOTHING
        watching.only = frozenset(wanted)
        watching.looks = False
        await watching.ask([task.key for task in watching.wanted() if not task.artifacts])
        await session.backend.saver.save(wanted)
        code = await watching.until(done=True)
        watching.complain_of_waiting()
        early = [task for task in watching.wanted() if not task.artifacts]
        for task in early:
            complain(f"{task.id}: {_why_no_file(task)}")
        return code if not (unknown or early) else FAILED


def _why_no_file(task: Task) -> str:
    """And what to do, where something helps."""
    if flags := flag_sentences(task):
        return next(iter(flags.values()))
    if why := task_error_sentence(task.report.error, task.status, task.report.status_raw):
        return why
    if is_new(task):
        return tr("Its service has not answered for it yet. Run this again later.")
    state = state_word(task)
    if task.is_live:
        return tr(
            "{state}: no file yet. Run this again later, or leave rushes watch --save running.",
            state=state,
        )
    return tr("{state}: there is no file.", state=state)


def _is_expiring(task: Task) -> bool:
    return task.deadline is not None


class Watching:
    """Follows the news of a session until the tasks have come to their end.

    Attributes:
        only: The tasks that were asked for; None: all.
        looks: Whether it is waited for what the services still say; False: for files alone.
    """

    def __init__(
        self,
        session: Session,
        accounts: Mapping[str, Account],
        tasks: Iterable[Task],
        *,
        save: bool,
    ) -> None:
        self._session = session
        self._accounts = accounts
        self._save = save
        self._paused: set[str] = set()
        self._told: dict[str, str] = {}  # of accounts, what was complained of last
        self._trouble = ""  # of the disk or the folder, what was complained of last
        self._failed = False
        self.tasks: dict[Key, Task] = {task.key: task for task in tasks}
        self.only: frozenset[Key] | None = None
        self.looks = True
        self.as_json = False

    @classmethod
    async def of(cls, session: Session, *, as_json: bool, save: bool) -> "Watching":
        """Raises `Stop` when there is nothing to watch."""
        accounts = await session.accounts()
        if not accounts:
            raise Stop(no_account(), NOTHING)
        self = cls(session, accounts, await session.tasks(), save=save)
        self.as_json = as_json
        if not self.tasks:
            raise Stop(tr("No tasks in the list. Add some with: rushes add ID…"), NOTHING)
        return self

    async def narrow(self, ids: Sequence[str], account: str | None = None) -> set[str]:
        """Only these tasks, of this account, are asked for. Returns the ids nobody knows.

        Raises:
            Stop: there is none, or no such account.
        """
        if not ids and account is None:
            return set()
        owner = None if account is None else (await self._session.account(account)).id
        keys = [key for key in self.tasks if owner in (None, key.account)]
        wanted = frozenset(key for key in keys if not ids or key.id in set(ids))
        unknown = set(ids) - {key.id for key in wanted}
        if unknown:
            complain(tr("Not in the list: {ids}", ids=", ".join(sorted(unknown))))
        if not wanted:
            raise Stop(tr("None of these tasks is in the list."), NOTHING)
        self.only = wanted
        return unknown

    async def once(self) -> int:
        """One look at everything that is live, then the state of every task."""
        if not await self.ask([task.key for task in self.wanted() if task.is_live]):
            self._failed = True
        if self._save:
            await self._session.backend.saver.settled()
        self._take_waiting(quiet=True)
        for task in self.wanted():
            self._print(task)
        return self._code()

    async def ask(self, keys: Sequence[Key]) -> bool:
        """Ask the services once about these tasks. Returns whether all were seen."""
        backend = self._session.backend
        await backend.keys_ready()
        failure = await backend.watcher.look(keys)
        self._take_waiting(quiet=True)
        if failure is not None and not self._told:
            complain(sentence(failure).text)
        return failure is None

    async def until(self, done: bool) -> int:
        """Print every change; with `done`, end when nothing is left to come."""
        if done:
            for task in self.wanted():
                if not self._is_pending(task):
                    self._print(task)
        while True:
            self._take_waiting(quiet=False)
            is_over = done and not any(map(self._is_pending, self.wanted()))
            if is_over and not (self._save and self._session.is_saving):
                return self._code()
            if is_over and self._save and self._has_only_late_links():
                self.complain_of_waiting()
                return self._code()
            await self._wait(until_settled=is_over)

    async def _wait(self, *, until_settled: bool) -> None:
        """Until there is news, or nothing is left to be saved."""
        news = asyncio.create_task(self._session.news.get())
        waits: set[asyncio.Task[Any]] = {news}
        if until_settled:
            waits.add(asyncio.create_task(self._session.settled()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        if news.done() and not news.cancelled():
            self._take(news.result(), quiet=False)

    def wanted(self) -> list[Task]:
        """The tasks that were asked for."""
        return [task for task in self.tasks.values() if self._is_wanted(task.key)]

    def _is_wanted(self, key: Key) -> bool:
        return self.only is None or key in self.only

    def _is_pending(self, task: Task) -> bool:
        """Whether its service may still say something new that counts: an end, or a link soon.

        A link that does not come in minutes may come within a day: the next run looks for it, too.
        """
        if not self.looks or task.key.account in self._paused or not wants_look(task):
            return False
        return task.is_live or (self._lacks_link(task) and task.rechecks < LINK_WAITED_FOR)

    def _lacks_link(self, task: Task) -> bool:
        return self._save and Flag.RESULT_MISSING in task.flags

    def _has_only_late_links(self) -> bool:
        """Whether what is left to save has no link of its service's: a place where a gateway may
        have the file is tried meanwhile, and refuses it for as long."""
        left = [task for task in self.wanted() if any(a.state in _UNSAVED for a in task.artifacts)]
        return bool(left) and all(map(self._lacks_link, left))

    def _code(self) -> int:
        """What went wrong, or stayed unsaved, of what was asked for; a file that was lost before
        this run did neither."""
        left = any(
            self._lacks_link(task)
            or (self._save and any(a.state in _UNSAVED for a in task.artifacts))
            or (self.looks and task.is_live and task.key.account in self._paused)
            for task in self.wanted()
        )
        return FAILED if self._failed or left else OK

    def complain_of_links(self) -> None:
        """One sentence about each take whose link has not come."""
        for task in self.wanted():
            if awaits_link(task):
                complain(f"{task.id}: {flag_sentence(Flag.RESULT_MISSING)}")

    def complain_of_waiting(self) -> None:
        """One sentence about the files whose next try this command does not wait for."""
        now = time.time()
        nexts = [a.next_try_at for t in self.wanted() for a in t.artifacts if a.next_try_at]
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

    def _take(self, news: BackendEvent, *, quiet: bool) -> None:
        match news:
            case TasksChanged(diff):
                for task in (*diff.added, *diff.changed):
                    self._take_task(task, quiet=quiet)
                for key in diff.removed:
                    self.tasks.pop(key, None)
            case AccountChanged():
                self._take_account(news)
            case SaveFailed(key=key, artifact=artifact, failure=failure) if self._is_wanted(key):
                told = sentence(failure).text
                if artifact.next_try_at is not None:
                    told = unsaved_sentence(artifact, time.time())
                if told != self._trouble:  # said of all files already
                    complain(f"{key.id}: {told}")
            case ProgramFailure(folder=folder) if folder:
                complain(held_sentence(folder).text)
            case ProgramFailure(failure) if failure.kind is Kind.STORE:
                raise Stop(sentence(failure).text)
            case ProgramFailure(failure):  # the disk or the folder: it goes on by itself
                self._trouble = sentence(failure).text
                complain(self._trouble)

    def _take_task(self, task: Task, *, quiet: bool) -> None:
        old = self.tasks.get(task.key)
        self.tasks[task.key] = task
        if not self._is_wanted(task.key):
            return
        if self._save and _lost(task) > (0 if old is None else _lost(old)):
            self._failed = True
        if Flag.NOT_FOUND in task.flags and (old is None or Flag.NOT_FOUND not in old.flags):
            self._failed = True
            complain(f"{task.id}: {flag_sentence(Flag.NOT_FOUND)}")
        if not quiet:
            self._print(task)

    def _take_account(self, news: AccountChanged) -> None:
        """Only a pause ends anything; whoever rests is asked again."""
        self._paused.discard(news.account)
        if news.activity is Activity.PAUSED:
            self._paused.add(news.account)
        if news.failure is None:
            self._told.pop(news.account, None)
            return
        account = self._accounts[news.account]
        text = of_key(account, news.failure, trouble(news.failure, news, time.time()).text)
        if self._told.get(news.account) != text:
            self._told[news.account] = text
            complain(f"{account.name}: {text}")

    def _print(self, task: Task) -> None:
        account = self._accounts[task.key.account]
        print_task(task, account, self._session.clock(), as_json=self.as_json)


def _lost(task: Task) -> int:
    return sum(artifact.state is ArtifactState.LOST for artifact in task.artifacts)
