"""What goes to a service and what comes back, without the socket in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rushes.core.failure import Failure
from rushes.core.task import Report, Status

#: From this size on (bytes) a body is read in a thread beside the window's.
LARGE_BODY = 256 * 1024

#: How links begin that hold their file themselves; no other `data:` URL is opened.
FILE_IN_LINK = ("data:video/", "data:model/", "data:application/octet-stream")


@dataclass(frozen=True, slots=True)
class Request:
    """A call to be made under an account's base URL.

    Attributes:
        path: Starts with "/" and is appended to the base URL's own path; ids in it are
            percent-encoded as one segment.
        query: Pairs in order; a repeated name stays repeated.
        keyless: Sent without the account's key, to see who answers.
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    method: Literal["GET", "DELETE"] = "GET"
    keyless: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, whatever its status.

    Attributes:
        retry_after: Seconds, clamped to 1 s to a day; None when absent or unreadable.
        date: The server's own clock (its Date header) as Unix seconds.
    """

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    retry_after: float | None = None
    date: float | None = None
    request_id: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list answer.

    Attributes:
        total: All matching rows at the service, not the length of this page; None if not said.
        broken: Places that could not be read (`items[3]`); the other rows are still good.
        same: Ids whose rows are byte for byte what they were; not read again.
        prints: By id, what to tell each row by next time (`Provider.read_page`).
    """

    reports: tuple[Report, ...]
    total: int | None = None
    broken: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    prints: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rows(self) -> int:
        return len(self.reports) + len(self.broken) + len(self.same)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task to be found in a list, and what is known of it so far."""

    id: str
    status: Status = Status.UNKNOWN
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteList:
    """One filtered list, to be read page by page.

    Attributes:
        name: What stands in it, to remember its length by; "" for one asked by ids.
        ids: Those of the wanted tasks that may stand in it.
        page: The request for a page, from 1.
    """

    name: str
    ids: tuple[str, ...]
    page: Callable[[int], Request]

    @property
    def is_exact(self) -> bool:
        """Asked by ids: one page, and who is not in it is absent."""
        return not self.name


Many = Callable[[str, str, Sequence[Wanted], Mapping[str, int] | None], tuple[RemoteList, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """How one dialect asks and reads. All members are pure functions.

    Attributes:
        one: (base path, task id) → the requests of all routes at which a task may be asked
            about, the likeliest first. All but "other gateway" give one.
        read_one: (reply, task id asked for) → what it says about that task, or why not.
            `Kind.NOT_FOUND` when the service does not know the task.
        tiers: The parts a list comes in; a task stands in one of them.
        many: (base path, tier, wanted, lengths of lists by name) → the cheapest lists of that
            tier that together hold all of the wanted that are there and live. Without lengths
            (None) by ids alone. Rows come back unordered; None where the service cannot list.
        recent: (base path, page number from 1) → requests for that page of everything the
            service still holds, one request a tier; None where the service cannot list.
        read_page: (reply to one of `many` or `recent`, ids by the prints of rows read before)
            → rows, or why not.
        cancel: (base path, task id) → the request that cancels a *queued* task. On a task that
            ended the same call destroys the record: look again right before.
        batch_from: With at least this many live tasks, `many` is cheaper than `one`.
        models: (base path) → the request whose answer tells a good key; None where the list or
            the task route does.
    """

    one: Callable[[str, str], tuple[Request, ...]]
    read_one: Callable[[Reply, str], Report | Failure]
    tiers: tuple[str, ...] = ()
    many: Many | None = None
    recent: Callable[[str, int], tuple[Request, ...]] | None = None
    read_page: Callable[[Reply, Mapping[int, str]], ListPage | Failure] | None = None
    cancel: Callable[[str, str], Request] | None = None
    batch_from: int = 1
    models: Callable[[str], Request] | None = None
