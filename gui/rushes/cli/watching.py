"""`rushes watch` and `rushes save`: look at the services and print what changes."""

import asyncio
import contextlib
import errno
import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rushes.backend import second_starts
from rushes.backend.workspace import STORE_FILE
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
    no_task,
    of_key,
    print_row,
)
from rushes.cli.tasks import print_task
from rushes.core.account import Account
from rushes.core.events import (
    AccountChanged,
    Activity,
    BackendEvent,
    FileSaved,
    ProgramFailure,
    SaveFailed,
    SaveHookFailed,
    TasksChanged,
)
from rushes.core.failure import Failure, Kind
from rushes.core.incoming import Incoming
from rushes.core.pace import awaits_link, wants_look
from rushes.core.retry import LINK_WAITED_FOR
from rushes.core.task import Artifact, ArtifactState, Diff, Flag, Key, Status, Task
from rushes.options import Options
from rushes.presentation import format as fmt
from rushes.presentation.overview import trouble
from rushes.presentation.sentences import (
    held_sentence,
    save_hook_sentence,
    sentence,
    unsaved_sentence,
)
from rushes.presentation.text import tr
from rushes.presentation.words import (
    flag_sentence,
    flag_sentences,
    is_new,
    state_word,
    task_sentence,
)
from rushes.store import StoreError, StoreInUse, read_list, tables
from rushes.store.errors import failure_of
from rushes.store.reader import signs
from rushes.system import handover, places

log = logging.getLogger(__name__)

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


#: A command that ends does not wait for a next try that is further away (seconds).
_PATIENCE_S = 60.0

_UNSAVED = (ArtifactState.REMOTE, ArtifactState.SAVING, ArtifactState.MISSING)


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
            except Exception as e:  # noqa: BLE001 - else the command would wait for ever
                failures += 1
                if failures == _MOST_FAILURES:
                    self.news.put_nowait(ProgramFailure(_failure(e, self._store.parent)))

    async def _take(self) -> bool:
        """Have the list and work on it. False: another program has it.

        Raises:
            FileNotFoundError: it was there and is gone: no other is made in its place.
        """
        if self._is_begun and not self._store.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._store))
        try:
            await super().__aenter__()
        except StoreInUse:
            return False
        try:
            self._came(await self.backend.accounts())  # before they are told of
            if self._is_started:
                await self.backend.start(self._only)
            self._note(await self.backend.accounts(), await self.backend.store.read(tables.tasks))
        except BaseException:  # else it would be in use for ever, by this very program
            await self.backend.aclose()
            raise
        self._has_list = True
        self._asked_for.clear()
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
            try:
                await self.backend.aclose()
            except Exception as e:  # this program may still have the list: it must end
                log.error("giving the list away ended by a bug", exc_info=e)
                failure = Failure(Kind.STORE, detail=type(e).__name__)
                self.news.put_nowait(ProgramFailure(failure))
                raise
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
        answer = await loop.run_in_executor(None, handover.ask, self._where, wanted)
        if answer is not None:
            self._asked_for.update(fresh[:_MOST_ASKED])
            if answer.get("problem"):  # of another version, which does not save for others
                complain(str(answer["problem"]))

    async def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        match message.get("verb"):
            case "show" | "open":
                await self._give()
                return {"released": True}
            case "ping":
                return {"who": _WATCH}
            case "add":
                return await second_starts.add(message, self._accounts.values(), self._add)
            case "import_list":
                return await second_starts.import_list(message, self.backend, self._came)
            case "forget_prompts":
                await self.backend.forget_prompts()
                return {"told": second_starts.prompts_forgotten_sentence()}
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
        seen = await asyncio.get_running_loop().run_in_executor(None, signs, self._store)
        if seen != self._seen:
            self._note(*await read_list(self._store))
            self._seen = seen
            await self._tell_waiting()

    def _came(self, accounts: Sequence[Account]) -> None:
        self._accounts.update({account.id: account for account in accounts})

    def _note(self, accounts: Sequence[Account], tasks: Sequence[Task]) -> None:
        """These are all; what is different from before is news."""
        self._came(accounts)
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


def _failure(error: Exception, folder: Path) -> Failure:
    """Why the list in `folder` can neither be read nor taken."""
    match error:
        case StoreError():
            return error.failure
        case OSError():
            return failure_of(error, folder)
        case _:
            log.error("sharing the list ended by a bug", exc_info=error)
            return Failure(Kind.STORE, detail=type(error).__name__)


def _is_to_save(task: Task) -> bool:
    if task.status is not Status.SUCCEEDED:
        return False
    waiting = (ArtifactState.REMOTE, ArtifactState.SAVING)
    return any(artifact.state in waiting for artifact in task.artifacts)


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
            raise Stop(tr("No unsaved file here has a link that ends."), NOTHING)
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
    if why := task_sentence(task):
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
            raise Stop(no_task(), NOTHING)
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
            await self._session.settled()
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
        left = [task for task in self.wanted() if any(map(_is_unsaved, task.artifacts))]
        return bool(left) and all(map(self._lacks_link, left))

    def _code(self) -> int:
        """What went wrong, or stayed unsaved, of what was asked for; a file that was lost before
        this run did neither."""
        left = any(
            self._lacks_link(task)
            or (self._save and any(map(_is_unsaved, task.artifacts)))
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
                    "%n file(s) not saved yet. Next try in {time}: say the same again then, or "
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
            case FileSaved(key=key, path=path) if self._is_wanted(key) and not self.as_json:
                print_row(tr("Saved to {path}", path=path))
            case SaveFailed(key=key, artifact=artifact, failure=failure) if self._is_wanted(key):
                told = sentence(failure).text
                if artifact.next_try_at is not None:
                    flags = self.tasks[key].flags if key in self.tasks else frozenset[Flag]()
                    told = unsaved_sentence(artifact, time.time(), flags)
                if told != self._trouble:  # said of all files already
                    complain(f"{key.id}: {told}")
            case SaveHookFailed(key=key):
                self._failed = True
                complain(f"{key.id}: {save_hook_sentence(news)}")
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


def _is_unsaved(artifact: Artifact) -> bool:
    """Whether its file is wanted and not here: what is in the trash was thrown away."""
    return artifact.state in _UNSAVED and not artifact.trashed


def _lost(task: Task) -> int:
    return sum(artifact.state is ArtifactState.LOST for artifact in task.artifacts)
