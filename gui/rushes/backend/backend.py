"""The program without a window: what the window and the command line share.

Start order: the workspace (see there; a second program is refused), vault, network, saver,
watcher; then each account's key is read in the background, because a vault may ask its user
first. End order: see `Backend.aclose`.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from rushes.backend.workspace import SETTINGS_FILE, Workspace
from rushes.core.account import Account, KeyCredit, KeySource, OwnPrice
from rushes.core.events import AccountChanged, Activity, BackendEvent, TasksChanged
from rushes.core.failure import Failure, Kind
from rushes.core.film import FileFacts
from rushes.core.incoming import Incoming, as_incoming, joined
from rushes.core.ports import Client
from rushes.core.secret import Secret
from rushes.core.settings import Settings
from rushes.core.task import ArtifactKind, Diff, Key, Mark, Task
from rushes.files.download import BackgroundDownloader, FileDownloader
from rushes.files.file_store import FileStore, TriedFolder, try_folder
from rushes.net.http import Network
from rushes.net.session import UnusableAuthority, trust
from rushes.options import Options
from rushes.presentation.columns import Context
from rushes.presentation.folder_rules import folder_for, place_of
from rushes.presentation.text import tr
from rushes.saving.found_files import FoundFiles
from rushes.saving.mover import FileMover
from rushes.saving.presence import Presence
from rushes.saving.save_hook import SaveHook
from rushes.saving.saver import Saver
from rushes.store import tables, transfer
from rushes.store.transfer import ListSource, TakenIn
from rushes.system import logs, settings_file
from rushes.system.awake import Awake
from rushes.system.disk import make_folders
from rushes.system.scope import CoroutineScope
from rushes.system.threads import BackgroundLoop, in_thread
from rushes.system.vault import KeyringVault
from rushes.watching.api import check_key, key_credit_of
from rushes.watching.supervisor import TaskSupervisor

log = logging.getLogger(__name__)

#: Seconds between the questions to a password store that is only just starting, as at log-in.
_KEY_WAITS_S = (1.0, 4.0, 15.0)
#: So long after the last file the computer may suspend again.
_AWAKE_AFTER_S = 5.0
#: What passes by itself there. Not a locked one: its dialog must not open again and again.
_KEY_LATER = frozenset({Kind.VAULT_REFUSED, Kind.VAULT_NONE})


#: Hears of accounts that come with another list.
AccountsCame = Callable[[Sequence[Account]], object]


def nobody(_accounts: Sequence[Account]) -> None:
    """An `AccountsCame` that does nothing."""


class Backend:
    """Everything that happens without a window. All methods run on the loop it was opened on."""

    def __init__(
        self,
        workspace: Workspace,
        publish: Callable[[BackendEvent], object],
        patience_s: float | None = None,
    ) -> None:
        """Use `open`, or `start` afterwards."""
        self.workspace = workspace
        self.options = options = workspace.options
        self.log = workspace.log
        self.places = workspace.places
        self.store = store = workspace.store
        self.settings = workspace.settings
        self.tell = publish
        self._is_started = False
        self._scope = CoroutineScope("backend", self._on_bug)
        self.vault = KeyringVault()
        self.network = Network(proxy=lambda: self.settings.proxy)
        self.files = FileStore(
            lambda: self.settings,
            workspace.places.files,
            by_rule=self._folder_by_rule,
            ruled=lambda: places_of_rules(self.settings),
        )
        self.presence = Presence(store=store, disk=self.files.disk, publish=self._publish)
        self.mover = FileMover(store=store, files=self.files, publish=self._publish)
        self.found_files = FoundFiles(store, self._publish)
        self._downloader = FileDownloader(self.network.results)
        self._downloads = BackgroundLoop("downloads")
        self._writing_settings = asyncio.Lock()
        self.watcher = TaskSupervisor(store=store, publish=self._publish, speed=options.speed)
        self.saver = Saver(
            store=store,
            downloader=BackgroundDownloader(self._downloader, self._downloads),
            files=self.files,
            publish=self._publish,
            settings=lambda: self.settings,
            renew=lambda key: self.watcher.look([key]),
            key_problem=self.watcher.key_problem,
            ends_by=workspace.clock,
            patience_s=patience_s,
            speed=options.speed,
        )
        self.watcher.came_online = self.saver.online
        self._awake = Awake()
        self.saver.busy_changed = lambda on: self._scope.start("awake", self._stay_awake(on))
        self.save_hook = SaveHook(
            store=store,
            publish=self._publish,
            settings=lambda: self.settings,
            clock=workspace.clock,
        )
        self.saver.saved = self.save_hook.saved

    @classmethod
    async def open(
        cls,
        options: Options,
        publish: Callable[[BackendEvent], object],
        *,
        watch: bool = True,
        auto_save: bool | None = None,
        patience_s: float | None = None,
    ) -> Self:
        """Open everything that is on disk and start watching.

        Args:
            watch: False for a command that only reads or edits the list.
            auto_save: Instead of what the settings say, for this run.
            patience_s: See `Saver`.

        Raises:
            StoreError: see `Store.open`; `StoreInUse` when another program has the store.
            OSError: a folder cannot be made.
        """
        self = cls(await Workspace.open(options), publish, patience_s)
        if auto_save is not None:
            self.settings = replace(self.settings, auto_save=auto_save)
        if watch:
            await self.start()
        return self

    async def start(self, only: Collection[Key] | None = None) -> None:
        """Watch every account and save what is not saved, from now on; what is saved is looked
        at.

        Args:
            only: Nothing but these tasks and their accounts; None: all.
        """
        if only is not None:
            self.watcher.wants = self.saver.wants = frozenset(only).__contains__
        self._is_started = True
        concerned = None if only is None else {key.account for key in only}
        for account in await self.store.read(tables.accounts):
            if concerned is None or account.id in concerned:
                self.begin(account)
        self._scope.start("moves", self._end_moves())
        await self.saver.recover()
        self._scope.start("old parts", self._purge_parts())

    async def aclose(self) -> None:
        """Stop looking, then saving (parts stay), close the clients, then store and log."""
        await self._scope.aclose()
        await self.presence.aclose()
        await self.watcher.aclose()
        await self.saver.aclose()
        self._awake.release()
        await self.save_hook.aclose()
        await self._downloads.aclose(self.network.results.aclose)
        await self.network.aclose()
        await self.workspace.aclose()

    def _publish(self, event: BackendEvent) -> None:
        if isinstance(event, TasksChanged):
            if not event.diff:
                return
            self.watcher.noticed(event.diff)
            self.saver.on_tasks(event.diff)
        elif (
            isinstance(event, AccountChanged)
            and event.skew_s is not None
            and self.workspace.clock.note(event.account, event.skew_s)
        ):
            self.saver.clock_moved()
        self.tell(event)

    async def _stay_awake(self, on: bool) -> None:
        """While files are saved; not let go between one and the next."""
        if on:
            await in_thread(self._awake.hold, "awake")
        else:
            await asyncio.sleep(_AWAKE_AFTER_S)
            await in_thread(self._awake.release, "awake")

    def _on_bug(self, name: str, error: BaseException) -> None:
        log.error("%s ended by a bug", name, exc_info=error)

    # --- accounts ---------------------------------------------------------------------------

    async def accounts(self) -> tuple[Account, ...]:
        return await self.store.read(tables.accounts)

    def begin(self, account: Account) -> None:
        """Read the account's key in the background, then watch it."""
        self._scope.start(_reading(account.id), self._begin(account))

    async def _begin(self, account: Account) -> None:
        secret = await self._key(account)
        if isinstance(secret, Failure):
            self._publish(AccountChanged(account.id, Activity.PAUSED, failure=secret))
        else:
            self._watch(account, secret)

    async def _key(self, account: Account) -> Secret | Failure:
        """The account's key; a password store that may still come up is asked again."""
        for wait in _KEY_WAITS_S:
            secret = await self.vault.read(account)
            if isinstance(secret, Secret) or secret.kind not in _KEY_LATER:
                return secret
            wait /= self.options.speed
            self._publish(
                AccountChanged(
                    account.id,
                    Activity.BACKING_OFF,
                    next_look_at=time.time() + wait,
                    failure=secret,
                )
            )
            await asyncio.sleep(wait)
            await self.vault.look_again()
        return await self.vault.read(account)

    def _watch(self, account: Account, secret: Secret) -> None:
        self.watcher.start(account, self._client(account, secret))

    def _client(self, account: Account, secret: Secret) -> Client:
        logs.remember(secret)
        return self.network.client_for(account, secret)

    async def keys_ready(self, accounts: Iterable[str] | None = None) -> None:
        """Wait until the keys of these accounts were read, or not: then they are watched or
        paused. None: of all, and for what else the backend does in the background."""
        names = None if accounts is None else map(_reading, accounts)
        await self._scope.idle(names)

    async def test(self, account: Account, given: Secret | None = None) -> Failure | None:
        """Ask the service once, without keeping anything. None: the key is accepted.

        Args:
            given: Instead of the key that is kept.
        """
        secret = given or await self.vault.read(account)
        if isinstance(secret, Failure):
            return secret
        async with self._trial(account, secret) as client:
            return await check_key(client, account, gap_s=1.0 / self.options.speed)

    async def credit(self, account: Account) -> KeyCredit | None:
        """What the account's gateway says about its key; None: nothing, or it cannot be asked.
        For an account that is not watched (`TaskSupervisor.credit`)."""
        secret = await self.vault.read(account)
        if isinstance(secret, Failure):
            return None
        async with self._trial(account, secret) as client:
            told = await key_credit_of(client.send, account, time.time, time.time)
            return told if isinstance(told, KeyCredit) else None

    @asynccontextmanager
    async def _trial(self, account: Account, secret: Secret) -> AsyncIterator[Client]:
        """A client of its own for a few questions."""
        trial = replace(account, id=f"trial {uuid.uuid4()}")
        try:
            yield self._client(trial, secret)
        finally:
            await self.network.forget(trial.id)

    async def add_account(
        self, account: Account, secret: Secret | None = None
    ) -> Account | Failure:
        """Keep the key, then the account, then watch it. Nothing is kept on a failure.

        An account whose key comes from the environment is kept even while the variable is empty.

        Args:
            account: Without an id; its `key_source` says where the key is to be kept.
        """
        new = replace(account, id=str(uuid.uuid4()), created_at=time.time())
        return await self._keep(new, secret)

    async def replace_key(self, account: Account, secret: Secret) -> Account | Failure:
        """Another key for an account that exists; its other values count from now on, too."""
        (before,) = [each for each in await self.accounts() if each.id == account.id]
        await self.watcher.stop(account.id)
        await self.network.forget(account.id)
        kept: Account | Failure | None = None
        try:
            kept = await self._keep(account, secret)
        finally:
            if not isinstance(kept, Account):
                self.begin(before)
        return kept

    async def _keep(self, account: Account, secret: Secret | None) -> Account | Failure:
        if secret is not None:
            kept = await self.vault.write(account, secret)
            if isinstance(kept, Failure):
                return kept
            account = kept
        elif account.key_source is not KeySource.ENVIRONMENT:
            return Failure(Kind.NO_KEY, host=account.host, detail=tr("it is empty"))
        await self.store.write(tables.put_account, account)
        self.begin(account)
        return account

    async def keep_importing(self, account: Account, on: bool) -> None:
        """Whether tasks made elsewhere come into the list by themselves, from now on."""
        changed = replace(account, keep_importing=on)
        await self.store.write(tables.put_account, changed)
        await self.watcher.stop(account.id)
        await self.network.forget(account.id)
        self.begin(changed)

    async def set_prices(self, prices: Mapping[str, Sequence[OwnPrice]]) -> None:
        """The user's own prices by the account's id; what is in the list is counted anew."""
        for account, theirs in prices.items():
            await self.store.write(tables.set_prices, account, theirs)
            last: int | None = 0
            while last is not None:
                last = await self.store.write(tables.reprice, account, last)

    async def remove_account(self, account: Account) -> Failure | None:
        """Forget the account, its key and its rows. Files on disk stay."""
        await self.watcher.stop(account.id)
        await self.network.forget(account.id)
        failure = await self.vault.forget(account)
        self._publish(TasksChanged(await self.store.write(tables.remove_account, account.id)))
        return failure

    # --- tasks ------------------------------------------------------------------------------

    async def add(self, account: str, items: Sequence[str | Incoming]) -> Diff:
        """Put tasks into the list, with what was said beside their ids, and look at them at once.
        Of one that is there already only what is empty is filled."""
        said = {Key(account, id_): item for id_, item in joined(as_incoming(items)).items()}
        return await self._after(
            self.store.write(tables.add, tuple(said), time.time(), said=said), wake=account
        )

    async def mark(self, keys: Sequence[Key], change: Callable[[Mark], Mark]) -> Diff:
        return await self.mark_each(dict.fromkeys(keys, change))

    async def mark_each(self, changes: Mapping[Key, Callable[[Mark], Mark]]) -> Diff:
        """A change for each, all in one commit. Who rates or chooses a take has looked at it."""

        def marked(change: Callable[[Mark], Mark], task: Task) -> Task:
            mark = change(task.mark)
            judged = (mark.rating, mark.pick) != (task.mark.rating, task.mark.pick)
            return replace(task, mark=mark, seen=task.seen or (judged and task.status.is_terminal))

        each = {key: partial(marked, change) for key, change in changes.items()}
        return await self._after(self.store.write(tables.change, each, time.time()))

    async def forget_prompts(self) -> Diff:
        """Empty the prompts and references of all tasks, removed ones and backups included. Files
        that were saved, and what lies beside them, stay as they are."""
        return await self._after(self.store.forget_prompts(time.time()))

    async def join(self, key: Key, change: Callable[[Task], Task]) -> Diff:
        """Take over what another service says about the task's job."""
        return await self._edit([key], change)

    async def set_watched(self, keys: Sequence[Key], watched: bool) -> Diff:
        return await self._edit(keys, lambda task: replace(task, watched=watched))

    async def see(self, keys: Sequence[Key]) -> Diff:
        """The user has looked at these; one that has not ended yet is looked at again then."""

        def looked_at(task: Task) -> Task | None:
            is_new = task.status.is_terminal and not task.seen
            return replace(task, seen=True) if is_new else None

        return await self._edit(keys, looked_at)

    async def note_film(self, key: Key, path: str, film: FileFacts) -> Diff:
        """What the saved film at `path` is by itself."""

        def noted(task: Task) -> Task:
            artifacts = (replace(a, film=film) if a.path == path else a for a in task.artifacts)
            return replace(task, artifacts=tuple(artifacts))

        return await self._edit([key], noted)

    async def move(self, key: Key, account: str) -> Diff:
        """Another account's service knows the task: it is watched there from now on."""
        return await self._after(
            self.store.write(tables.move, key, account, time.time()), wake=account
        )

    async def _edit(self, keys: Sequence[Key], change: Callable[[Task], Task | None]) -> Diff:
        return await self._after(
            self.store.write(tables.change, dict.fromkeys(keys, change), time.time())
        )

    async def remove(self, keys: Sequence[Key]) -> Diff:
        return await self._after(self.store.write(tables.remove, keys, time.time()))

    async def restore(self, keys: Sequence[Key]) -> Diff:
        return await self._after(self.store.write(tables.restore, keys, time.time()))

    async def _after(self, work: Coroutine[Any, Any, Diff], wake: str = "") -> Diff:
        diff = await work
        self._publish(TasksChanged(diff))
        if wake:
            self.watcher.wake(wake)
        return diff

    async def take_in(self, source: ListSource, came: AccountsCame = nobody) -> TakenIn:
        """Put another list into this one, see `store.transfer`: all of it or nothing.

        Args:
            came: Called with the accounts that came along before their tasks are published.

        Raises:
            BadListFile: a part of it cannot be read.
        """
        done = await self.store.write(transfer.take_in, source, time.time())
        came(done.accounts)
        for account in done.accounts:
            if self._is_started:
                self.begin(account)
        for keys, is_new in ((done.added, True), (done.changed, False)):
            for part in tables.in_parts(keys):
                tasks = await self.store.read(tables.get, part)
                self._publish(TasksChanged(Diff(added=tasks) if is_new else Diff(changed=tasks)))
        if self._is_started:
            for owner in {key.account for key in done.added}:
                self.watcher.wake(owner)
            self.presence.look(())
        return done

    async def import_recent(self, account: str) -> Diff | Failure:
        """Put what the service still holds (7 days) into the list."""
        await self.keys_ready([account])
        return await self.watcher.import_recent(account)

    async def look(self, keys: Sequence[Key]) -> Failure | None:
        """One pass over these tasks, once the keys for it are read. Returns why some of them were
        not seen."""
        await self.keys_ready({key.account for key in keys})
        return await self.watcher.look(keys)

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a queued task at the service, once the key for it is read."""
        await self.keys_ready([key.account])
        return await self.watcher.cancel(key)

    # --- files ------------------------------------------------------------------------------

    def _folder_by_rule(self, task: Task, account: Account) -> Path | None:
        ctx = Context(now=time.time(), accounts={account.id: account})
        return folder_for(self.settings.folder_rules, task, ctx)

    async def set_trashed(self, files: Collection[tuple[Key, ArtifactKind]], *, on: bool) -> Diff:
        """Say of these files that they are in the system's trash, or about to go there, or not."""

        def changed(task: Task) -> Task:
            artifacts = (
                replace(each, trashed=on) if (task.key, each.kind) in files else each
                for each in task.artifacts
            )
            return replace(task, artifacts=tuple(artifacts))

        return await self._edit(list(dict.fromkeys(key for key, _ in files)), changed)

    async def _end_moves(self) -> None:
        """What was being moved when the last run ended has its place before files are looked at."""
        await self.mover.recover()
        self.presence.look(())

    async def hand_out(self, keys: Sequence[Key]) -> Diff:
        """Other programs know the saved files of these tasks by their paths from now on (dragged
        out, opened, in a timeline): they are not moved unless the user says so."""
        return await self._after(self.store.write(tables.hand_out, keys, time.time()))

    async def _purge_parts(self) -> None:
        for folder in dict.fromkeys((self.files.folder, *places_of_rules(self.settings))):
            await self._downloader.purge_parts(folder)

    async def save_as_name(self, task: Task, kind: ArtifactKind) -> Path:
        """The name proposed for "save as"."""
        accounts = {account.id: account for account in await self.accounts()}
        return await self.files.proposal(task, kind, accounts[task.key.account])

    async def is_authority(self, path: str) -> bool:
        """Whether the file holds certificates that an account could trust."""
        try:
            await asyncio.get_running_loop().run_in_executor(None, trust, path)
        except UnusableAuthority:
            return False
        return True

    async def look_at_folder(self, chosen: str) -> TriedFolder:
        """Try a folder for results; "" for the usual one."""
        folder = Path(chosen).expanduser().absolute() if chosen else self.files.folder
        return await asyncio.get_running_loop().run_in_executor(None, try_folder, folder)

    # --- settings ---------------------------------------------------------------------------

    async def _make_folder(self) -> None:
        """The one for results, as the user has just chosen it; later, a chosen folder that is not
        there is on a disk that is away. Saving says why, where it cannot be made."""
        with suppress(OSError):
            await self.files.ask(self.files.folder, partial(make_folders, self.files.folder))

    async def set_settings(self, settings: Settings) -> Failure | None:
        """Use new settings from now on and keep them; a failure says why they are not kept."""
        starts_saving = settings.auto_save and not self.settings.auto_save
        before = self.settings
        moves = (settings.folder, settings.folder_rules) != (before.folder, before.folder_rules)
        self.settings = settings
        if settings.folder not in ("", before.folder):
            await self._make_folder()
        if moves:
            self.saver.resume()  # what the old one could not take may go on in the new one
        if starts_saving:
            await self.saver.recover()
        path = self.places.config / SETTINGS_FILE
        loop = asyncio.get_running_loop()
        async with self._writing_settings:  # two at once, and the older might be the last
            return await loop.run_in_executor(None, settings_file.write, path, self.settings)


def _reading(account: str) -> str:
    """The name of the work that reads the account's key."""
    return f"key of {account}"


def places_of_rules(settings: Settings) -> tuple[Path, ...]:
    """The folders that rules may choose for results."""
    return tuple(map(place_of, settings.folder_rules))
