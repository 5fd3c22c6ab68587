"""Questions to one account's service: provider, client and limiter put together.

Every request takes its turn at the limiter. Failures are values.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Client, Clock
from rushes.core.retry import OWN_WORDS
from rushes.core.task import Report
from rushes.core.wire import LARGE_BODY, Page, Provider, Reply, Request, Wanted
from rushes.services.limiter import Limiter
from rushes.services.skew import Moments, Skew
from rushes.services.sweep import Sweep

Said = TypeVar("Said", Report, Page)
More = TypeVar("More")

#: An id no service can know.
_NOBODY = "rushes-asks-who-is-there"

#: This computer's clock moved so much against the loop's: it was set, or it slept.
_SET_S = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says about one task.

    Attributes:
        asked_at: When the request started, on the scale of `Asker.moment`: an older answer
            never wins.
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
    """Args:
    moments: The scale of an earlier asker of this account in this run.
    """

    def __init__(
        self,
        account: Account,
        client: Client,
        provider: Provider,
        limiter: Limiter,
        clock: Clock,
        moments: Moments | None = None,
    ) -> None:
        self.account = account
        self.provider = provider
        self._client = client
        self._limiter = limiter
        self._clock = clock
        self._path = urlsplit(account.base_url).path
        self._route = 0  # of `provider.one`: the one that answered last
        self._has_route = False  # it has told something about a task
        self.moments = moments or Moments(clock(), _now())
        self._offset: float | None = None  # of this computer's clock to the loop's
        self.skew = Skew()

    def service_clock(self) -> float:
        """Unix seconds as the service counts them."""
        return self._clock() + self.skew.seconds

    def moment(self) -> float:
        """Now, on the scale answers are ordered by (`services.skew.Moments`)."""
        return self.moments.at(_now())

    async def one(self, task_id: str, known: int | None = None) -> Answer:
        """Ask about one task; the next route only where the one before is no API of this kind.

        Where one has told of a task before, another one's word that it does not know this task
        counts only when the first does not stumble: a gateway that restarts answers so, too.

        Args:
            known: The `mark` of the last answer, if it need not be read again.
        """
        answer = Answer(self.moment(), Failure(Kind.NOT_API, host=self.account.host))
        for i, request in self._routes(task_id):
            asked_at, reply = await self._send(request)
            mark = None if isinstance(reply, Failure) else hash((reply.status, reply.body))
            if mark is not None and mark == known:
                return Answer(asked_at, None, mark)
            said = await _read(reply, self.provider.read_one, task_id)
            if isinstance(said, Report):
                self._route, self._has_route = i, True
                return Answer(asked_at, said, mark)
            if said.kind is Kind.NOT_FOUND and self._has_route and i != self._route:
                break
            answer = Answer(asked_at, said)
            if said.kind is not Kind.NOT_API:
                break
        return answer

    def _routes(self, task_id: str) -> list[tuple[int, Request]]:
        """The requests for one task by their numbers, the one that answered last first."""
        requests = enumerate(self.provider.one(self._path, task_id))
        return sorted(requests, key=lambda each: each[0] != self._route)

    async def greet(self) -> Failure | None:
        """Ask without the key who is there. None: the service itself, by its own words."""
        failure = Failure(Kind.NOT_API, host=self.account.host)
        for _, request in self._routes(_NOBODY):
            _, reply = await self._send(replace(request, keyless=True))
            said = reply if isinstance(reply, Failure) else self.provider.read_one(reply, _NOBODY)
            if isinstance(said, Report) or said.kind in OWN_WORDS:
                return None
            failure = said
            if failure.kind is not Kind.NOT_API:
                break
        return failure

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
            started, asked_at = _now(), self._clock()
            reply = await self._client.send(request)
            if isinstance(reply, Reply) and reply.date is not None:
                self._note_date(reply.date, asked_at)
            return self.moments.at(started), reply

    def _note_date(self, date: float, asked_at: float) -> None:
        wall, now = self._clock(), _now()
        if self._offset is not None and abs(wall - now - self._offset) > _SET_S:
            self.skew.forget()
        self._offset = wall - now
        self.skew.note(date, asked_at, wall)
        self.moments.note(date, now)


async def _read(
    reply: Reply | Failure, read: Callable[[Reply, More], Said | Failure], more: More
) -> Said | Failure:
    """What an answer says; a large one is read in a thread, or the window would wait for it."""
    if isinstance(reply, Failure):
        return reply
    if len(reply.body) < LARGE_BODY:
        return read(reply, more)
    return await asyncio.get_running_loop().run_in_executor(None, read, reply, more)


def _now() -> float:
    return asyncio.get_running_loop().time()
