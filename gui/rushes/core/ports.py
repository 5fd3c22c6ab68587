"""What rooms that may not import each other hand to each other: values, and protocols where there
is more than one implementation (the network's client and files, downloads beside the loop, tests).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rushes.core.events import BackendEvent
from rushes.core.failure import Failure
from rushes.core.task import ArtifactKind, Checked

if TYPE_CHECKING:
    from rushes.core.wire import Reply, Request

Clock = Callable[[], float]  # Unix seconds
Sleep = Callable[[float], Awaitable[object]]
Publish = Callable[[BackendEvent], None]


class Client(Protocol):
    """Calls to one account's origin with its key; the key goes nowhere else."""

    async def send(self, request: "Request") -> "Reply | Failure": ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A finished file under its final name.

    Attributes:
        checked: How far it was looked through; None: that is not known.
        damaged: It is kept although bytes are missing or wrong: the same ones came twice, or the
            link ended before others did.
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
        has_others: Other links are offered for this file: a picture or a sound in the place of a
            film is refused. Where this is the only one, it is kept: it was paid for.
        is_keyless: The link is not this account's own, even on its origin.
        led_to: Told the address at which the file was found in the end, where a redirect led to
            another one; a bearer capability, too.
    """

    url: str = field(repr=False)
    kind: ArtifactKind
    target: Path
    account: str
    max_bytes: int
    has_others: bool = False
    is_keyless: bool = False
    led_to: Callable[[str], object] | None = None


class Downloader(Protocol):
    """Brings one file to disk, whole or not at all (reliability 5)."""

    async def fetch(
        self, order: Order, report: Callable[[int, int | None], None]
    ) -> SavedFile | Failure:
        """Resume or start. `report` is called with (bytes so far, bytes in all or None)."""
        ...


class ResultSource(Protocol):
    """Opens result URLs for the downloader (keyless, or the account's own origin)."""

    def stream(
        self, url: str, account: str, headers: Mapping[str, str], *, keyless: bool = False
    ) -> AbstractAsyncContextManager["Stream | Failure"]: ...


class Stream(Protocol):
    """An open answer whose body is read in chunks.

    Attributes:
        url: Where it came from, after redirects.
    """

    url: str
    status: int
    headers: Mapping[str, str]  # names in lower case

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises `StreamBroken` when the connection ends early or stalls."""
        ...


class StreamBroken(Exception):
    """A body ended early. `failure` says how (OFFLINE, STALLED, TLS)."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.kind.value)
        self.failure = failure
