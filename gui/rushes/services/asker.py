"""Questions to one account's service: provider, client and limiter put together.

Every request takes its turn at the limiter. Failures are values.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Client, Clock
from rushes.core.task import Report
from rushes.core.wire import LARGE_BODY, Page, Provider, Reply, Request, Wanted
from rushes.services.limiter import Limiter
from rushes.services.skew import Skew
from rushes.services.sweep import Sweep

Said = TypeVar("Said", Report, Page)
More = TypeVar("More")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says about one task.

    Attributes:
        asked_at: When the request started (Unix seconds): an older answer never wins.
        said: None: byte for byte what it said last time.
        mark: What to tell the answer by next time; None for a failure.
    """

    asked_at: float
    said: Report | Failure | None
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class PageAnswer:
    asked_at: float
    said: Page | Failure


class Asker:
    def __init__(
        self, account: Account, client: Client, provider: Provider, limiter: Limiter, clock: Clock
    ) -> None:
        self.account = account
        self.provider = provider
        self._client = client
        self._limiter = limiter
        self._clock = clock
        self._path = urlsplit(account.base_url).path
        self._route = 0  # of `provider.one`: the one that answered last
        self.skew = Skew()

    def service_clock(self) -> float:
        """Unix seconds as the service counts them."""
        return self._clock() + self.skew.seconds

    async def one(self, task_id: str, known: int | None = None) -> Answer:
        """Ask about one task; the next route only where the one before is no API of this kind.

        Args:
            known: The `mark` of the last answer, if it need not be read again.
        """
        requests = self.provider.one(self._path, task_id)
        order = sorted(range(len(requests)), key=lambda i: i != self._route)
        answer = Answer(self._clock(), Failure(Kind.NOT_API, host=self.account.host))
        for i in order:
            asked_at, reply = await self._send(requests[i])
            mark = None if isinstance(reply, Failure) else hash((reply.status, reply.body))
            if mark is not None and mark == known:
                return Answer(asked_at, None, mark)
            said = await _read(reply, self.provider.read_one, task_id)
            answer = Answer(asked_at, said)
            if isinstance(said, Report):
                self._route = i
                answer = Answer(asked_at, said, mark)
            if not (isinstance(said, Failure) and said.kind is Kind.NOT_API):
                break
        return answer

    def sweep(self, wanted: Iterable[Wanted], lengths: MutableMapping[str, int]) -> Sweep:
        """Requests for `page` that together see all of `wanted`, in all tiers."""
        return Sweep(self.provider, self._path, wanted, lengths)

    def recent(self, page: int) -> tuple[Request, ...]:
        """Requests for page `page` (from 1) of everything the service holds: one a tier."""
        return () if self.provider.recent is None else self.provider.recent(self._path, page)

    async def cancel(self, task_id: str) -> Failure | None:
        """Send the cancelling call. Only for a task that was queued a moment ago."""
        if self.provider.cancel is None:
            return Failure(Kind.REJECTED, host=self.account.host, detail="no way to cancel here")
        _, reply = await self._send(self.provider.cancel(self._path, task_id))
        if isinstance(reply, Failure) or 200 <= reply.status < 300:
            return reply if isinstance(reply, Failure) else None
        said = self.provider.read_one(reply, task_id)
        return said if isinstance(said, Failure) else Failure(Kind.REJECTED, host=reply.host)

    async def page(self, request: Request, known: Mapping[int, str] | None = None) -> PageAnswer:
        """`known`: see `Provider.read_page`."""
        assert self.provider.read_page is not None  # goes with `many` and `recent`
        asked_at, reply = await self._send(request, is_list=True)
        said = await _read(reply, self.provider.read_page, known or {})
        return PageAnswer(asked_at, said)

    async def _send(
        self, request: Request, *, is_list: bool = False
    ) -> tuple[float, Reply | Failure]:
        async with self._limiter.turn(is_list=is_list):
            asked_at = self._clock()
            reply = await self._client.send(request)
            if isinstance(reply, Reply) and reply.date is not None:
                self.skew.note(reply.date, asked_at, self._clock())
            return asked_at, reply


async def _read(
    reply: Reply | Failure, read: Callable[[Reply, More], Said | Failure], more: More
) -> Said | Failure:
    """What an answer says; a large one is read in a thread, or the window would wait for it."""
    if isinstance(reply, Failure):
        return reply
    if len(reply.body) < LARGE_BODY:
        return read(reply, more)
    return await asyncio.get_running_loop().run_in_executor(None, read, reply, more)
