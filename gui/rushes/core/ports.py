"""What the services need from the outside world, as protocols. `backend` hands in the real ones."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rushes.core.account import Account, Service
from rushes.core.events import BackendEvent
from rushes.core.failure import Failure
from rushes.core.incoming import Incoming
from rushes.core.listing import Counts, Group, Listing, Numbers
from rushes.core.merge import Change
from rushes.core.presence import Found, KeptFile
from rushes.core.secret import Secret
from rushes.core.task import Artifact, ArtifactKind, Checked, Diff, Event, Key, Task

if TYPE_CHECKING:
    from rushes.core.eta import Run
    from rushes.core.wire import Reply, Request

Clock = Callable[[], float]  # Unix seconds
Sleep = Callable[[float], Awaitable[object]]
Publish = Callable[[BackendEvent], None]


class Store(Protocol):
    """Everything that survives a restart. Every method returns after its commit is on disk.

    Errors: every method raises `StoreError` when the disk is full or the file fails; the
    transaction is rolled back, so the list is as it was before. Never silently.
    """

    async def accounts(self) -> tuple[Account, ...]: ...

    async def put_account(self, account: Account) -> None:
        """Keep the account. The route that was found for it stays while its address does."""

    async def keep_route(self, account: str, route: str) -> None:
        """Remember at which route of its gateway the account's tasks are answered for."""

    async def remove_account(self, account: str) -> Diff:
        """Forget an account and its rows in the list. Files on disk stay."""
        ...

    async def tasks(self) -> tuple[Task, ...]:
        """Every task in the list, newest first."""
        ...

    async def unsaved(self) -> tuple[Task, ...]:
        """The tasks with a file that is only behind a link."""
        ...

    async def kept_files(self, below: int | None = None) -> tuple[tuple[KeptFile, ...], int | None]:
        """The files that are or were on disk of some hundred tasks, the newest first, and where to
        go on: the next `below`; None: these were the last."""
        ...

    async def get(self, keys: Sequence[Key]) -> tuple[Task, ...]:
        """Those of `keys` that are in the list, in the order of `keys`."""
        ...

    async def live(self, account: str) -> tuple[Task, ...]:
        """The account's tasks to be looked at: live and watched, or terminal but with their
        result missing or conflicting and rechecks left."""
        ...

    async def add(
        self,
        keys: Sequence[Key],
        at: float,
        *,
        discovered: bool = False,
        said: Mapping[Key, Incoming] | None = None,
    ) -> Diff:
        """Put tasks into the list. Already there: what is empty of it is filled by `said`, nothing
        else. Removed before: brought back with the user's marks, unless `discovered` (found by
        listing, not asked for by the user)."""
        ...

    async def forget_prompts(self, at: float) -> Diff:
        """Empty the prompts and references of every task, removed ones and backups included."""
        ...

    async def change(self, changes: Mapping[Key, Change], at: float) -> Diff:
        """Apply each change to the current row, all in one transaction, and write the history.

        Keys that are not in the list are passed over. A change that returns None or an equal
        task is not in the diff, but a new `report.raw` is kept all the same.
        """
        ...

    async def remove(self, keys: Sequence[Key], at: float) -> Diff:
        """Take tasks out of the list; `restore` brings them back for at least 7 days."""
        ...

    async def restore(self, keys: Sequence[Key], at: float) -> Diff: ...

    async def move(self, key: Key, account: str, at: float) -> Diff:
        """Have the task in the list as another account's, with all the user said about it.

        Is it there already, then that one stays; a mark goes over to it where it has none.
        """
        ...

    async def events(self, key: Key) -> tuple[Event, ...]:
        """A task's history, oldest first."""
        ...

    async def raw(self, key: Key) -> str:
        """The last answer about the task, as received; "" before the first."""
        ...

    async def run_times(self, service: Service) -> "tuple[Run, ...]":
        """How long tasks at this service took, the newest end first; kept by `change`."""
        ...


class TaskList(Protocol):
    """The list as the window asks for it: never more than is shown. Raises `StoreError`.

    A row is known by the store's number of its task, which never changes.
    """

    async def order(self, wanted: Listing, limit: int | None = None) -> Numbers:
        """The rows of `wanted`, first row first. Cancelled, it ends early."""
        ...

    async def top(self, wanted: Listing, limit: int) -> tuple[Numbers, bool]:
        """At most `limit` of its first rows, soon; and whether there are no others. Fewer than
        `limit` can be all that was found so far."""
        ...

    async def groups(self, wanted: Listing) -> dict[int, Group]:
        """What the heads among the rows of `wanted` say, by their numbers."""
        ...

    async def count(self, wanted: Listing) -> int:
        """How many tasks `wanted` has."""
        ...

    async def words_in_use(self) -> dict[str, tuple[str, ...]]:
        """By field of the search, the values that most tasks have, the commonest first."""
        ...

    async def unseen(self) -> tuple[Key, ...]:
        """The takes that are done and nobody has looked at, the newest first."""
        ...

    async def rows(self, nums: Sequence[int]) -> tuple[tuple[int, Task], ...]:
        """The tasks with these numbers, as far as they are in the list."""
        ...

    async def keys(self, nums: Sequence[int]) -> tuple[Key, ...]:
        """Their keys alone, in the same order."""
        ...

    async def locate(self, keys: Sequence[Key]) -> dict[Key, int]:
        """The numbers of those of `keys` that are in the list."""
        ...

    async def counts(self) -> Counts: ...


class Client(Protocol):
    """Calls to one account's origin with its key; the key goes nowhere else."""

    async def send(self, request: "Request") -> "Reply | Failure": ...

    async def aclose(self) -> None: ...


class Vault(Protocol):
    """Where keys are kept between starts. Blocking work is done in a thread inside."""

    async def read(self, account: Account) -> Secret | Failure: ...

    async def write(self, account: Account, secret: Secret) -> Account | Failure:
        """Keep the key. Returns the account with the key source really used: a system without
        an accepted vault keeps the key in memory (KeySource.SESSION)."""
        ...

    async def forget(self, account: Account) -> Failure | None: ...


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A finished file under its final name.

    Attributes:
        checked: How far it was looked through; None: that is not known.
        damaged: It is kept although bytes are missing or wrong: the same ones came twice.
    """

    path: Path
    size: int
    mtime_ns: int
    sha256: str
    checked: Checked | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One file to be fetched.

    Attributes:
        url: A bearer capability: never logged.
        target: The wanted final path; the saved one differs where a file is there already.
        account: Whose result it is: links on the account's own origin go through its client.
        max_bytes: Refuse anything larger.
        led_to: Told the address at which the file was found in the end, where a redirect led to
            another one; a bearer capability, too.
    """

    url: str = field(repr=False)
    kind: ArtifactKind
    target: Path
    account: str
    max_bytes: int
    led_to: Callable[[str], object] | None = None


class Downloader(Protocol):
    """Brings one file to disk, whole or not at all (reliability 5)."""

    async def fetch(
        self, order: Order, report: Callable[[int, int | None], None]
    ) -> SavedFile | Failure:
        """Resume or start. `report` is called with (bytes so far, bytes in all or None)."""
        ...


class Files(Protocol):
    """Names and facts of files on disk; blocking work is done in a thread inside."""

    async def target(self, task: Task, kind: ArtifactKind, account: Account) -> Path | Failure:
        """Where this file should go, by the user's template, inside the folder for it."""
        ...

    def folder_by_rule(self, task: Task, account: Account) -> Path | None:
        """The folder that a rule of the user's chooses; None: the usual one."""
        ...

    async def write_sidecar(
        self, task: Task, artifact: Artifact, account: Account
    ) -> Failure | None: ...

    async def is_intact(self, artifact: Artifact) -> bool:
        """Whether the saved file still is there: size and mtime, or else its content, are its."""
        ...

    async def copy(self, artifact: Artifact, path: Path) -> Path | Failure:
        """Another copy of a saved file, under `path` or a number after it: nothing is replaced."""
        ...

    async def take_over(
        self, task: Task, kind: ArtifactKind, account: Account, path: Path | None
    ) -> SavedFile | None:
        """The whole file that an earlier run left where this one would go, if it is proven to be
        this very result. `path`: where the user wants it; None: by the template."""
        ...

    async def free_bytes(self, folder: Path | None = None) -> int | None:
        """Room in `folder`, or where results usually go; None while that is not known."""
        ...


class Disk(Protocol):
    """Which saved files are there. Never waits long for a drive that does not answer."""

    async def look(self, files: Sequence[KeptFile]) -> Sequence[Found]:
        """What is there of each file, in the order of `files`; nothing is read but names, sizes
        and times."""
        ...

    async def is_same(self, file: KeptFile) -> bool:
        """Whether the file that is there has the content it was saved with."""
        ...


class ResultSource(Protocol):
    """Opens result URLs for the downloader (keyless, or the account's own origin)."""

    def stream(
        self, url: str, account: str, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager["Stream | Failure"]: ...


class Stream(Protocol):
    """An open answer whose body is read in chunks.

    Attributes:
        url: Where it came from, after redirects.
    """

    url: str
    status: int
    headers: Mapping[str, str]  # names in lower case

    def chunks(self) -> "AsyncChunks": ...


class AsyncChunks(Protocol):
    def __aiter__(self) -> "AsyncChunks": ...

    async def __anext__(self) -> bytes:
        """The next bytes. Raises `StreamBroken` when the connection ends early or stalls."""
        ...


class StreamBroken(Exception):
    """A body ended early. `failure` says how (OFFLINE, STALLED, TLS)."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind.value)
        self.failure = failure


class StoreError(Exception):
    """The store could not read or keep something. `failure` says why (STORE, DISK_FULL, FOLDER)."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail or failure.kind.value)
        self.failure = failure
