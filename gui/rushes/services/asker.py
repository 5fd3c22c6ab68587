"""Questions to one account's service: provider, client and limiter put together.

Every request takes its turn at the limiter. Failures are values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Client, Clock
from rushes.core.task import Report
from rushes.core.wire import Page, Provider, Reply, Request
from rushes.services.limiter import Limiter


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says about one task.

    Attributes:
        asked_at: When the request started (Unix seconds): an older answer never wins.
    """

    asked_at: float
    said: Report | Failure


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

    async def one(self, task_id: str) -> Answer:
        """Ask about one task; the next route only where the one before is no API of this kind."""
        requests = self.provider.one(self._path, task_id)
        order = sorted(range(len(requests)), key=lambda i: i != self._route)
        answer = Answer(self._clock(), Failure(Kind.NOT_API, host=self.account.host))
        for i in order:
            asked_at, reply = await self._send(requests[i])
            said = reply if isinstance(reply, Failure) else self.provider.read_one(reply, task_id)
            answer = Answer(asked_at, said)
            if isinstance(said, Report):
                self._route = i
            if not (isinstance(said, Failure) and said.kind is Kind.NOT_API):
                break
        return answer

    def many(self, ids: Sequence[str]) -> tuple[Request, ...]:
        """Requests for `page` that together see all of `ids`, in all tiers."""
        return () if self.provider.many is None else self.provider.many(self._path, ids)

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

    async def page(self, request: Request) -> PageAnswer:
        assert self.provider.read_page is not None  # goes with `many` and `recent`
        asked_at, reply = await self._send(request, is_list=True)
        said = reply if isinstance(reply, Failure) else self.provider.read_page(reply)
        return PageAnswer(asked_at, said)

    async def _send(
        self, request: Request, *, is_list: bool = False
    ) -> tuple[float, Reply | Failure]:
        async with self._limiter.turn(is_list=is_list):
            asked_at = self._clock()
            return asked_at, await self._client.send(request)
