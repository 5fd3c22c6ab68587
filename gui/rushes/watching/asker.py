"""Questions to one account's service: provider, client and limiter put together.

Every request takes its turn at the limiter. Failures are values.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from rushes.core.account import Account
from rushes.core.failure import Failure, Kind
from rushes.core.ports import Client, Clock
from rushes.core.retry import OWN_WORDS
from rushes.core.task import Charge, Report
from rushes.core.wire import LARGE_BODY, Page, Provider, Reply, Request, Wanted
from rushes.providers.gateway import STATUS, USAGE, quota_per_dollar, why_refused
from rushes.providers.paths import absolute
from rushes.providers.refusals import is_vague, no_route
from rushes.watching.limiter import Limiter
from rushes.watching.routes import Routes
from rushes.watching.skew import Moments, Skew
from rushes.watching.sweep import Sweep

Said = TypeVar("Said", Report, Page)
More = TypeVar("More")

#: An id no service can know.
_NOBODY = "rushes-asks-who-is-there"

#: A gateway is asked at most so often why it refuses the key (seconds at speed 1).
EXPLAINED_S = 600.0

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
    moments, routes: Of an earlier asker of this account in this run.
    keep_route: Remembers the route that was found for longer than this run (`Account.route`).
    """

    def __init__(
        self,
        account: Account,
        client: Client,
        provider: Provider,
        limiter: Limiter,
        clock: Clock,
        moments: Moments | None = None,
        routes: Routes | None = None,
        keep_route: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.account = account
        self.provider = provider
        self._client = client
        self._limiter = limiter
        self._clock = clock
        self._path = urlsplit(account.root).path
        self._denials = 0  # in a row
        self._explained_at = float("-inf")
        self._why: Kind | None = None  # the key is refused, as far as the gateway says
        self._has_asked_prices = False
        self._per_dollar: float | None = None  # units of the gateway's quota
        self.routes = routes or Routes(lambda seconds: seconds)
        self._keep_route = keep_route
        if self.routes.known is None and account.route in (names := self._route_names()):
            self.routes.known = names.index(account.route)
        self.moments = moments or Moments(clock(), _now())
        self._offset: float | None = None  # of this computer's clock to the loop's
        self.skew = Skew()

    def service_clock(self) -> float:
        """Unix seconds as the service counts them."""
        return self._clock() + self.skew.seconds

    def moment(self) -> float:
        """Now, on the scale answers are ordered by (`watching.skew.Moments`)."""
        return self.moments.at(_now())

    async def one(self, task_id: str, known: int | None = None) -> Answer:
        """Ask about one task, at the route that answered before or at all of them in turn.

        Args:
            known: The `mark` of the last answer, if it need not be read again.
        """
        requests = self._requests(task_id)
        tried = self.routes.tried
        if len(requests) == 1:
            return await self._at(0, requests, task_id, known)
        if self.routes.known is not None:
            return await self._at_known(requests, task_id, known)
        async with self.routes.search:
            if self.routes.known is not None:  # found while this task waited for the search
                return await self._at(self.routes.known, requests, task_id, known)
            failed = self.routes.failure
            if self.routes.tried > tried and failed is not None:
                return Answer(self.moment(), failed)
            answer = await self._seek(requests, task_id, known)
            self.routes.tried += 1
            self.routes.failure = no_route(answer.said)
            return answer

    def _requests(self, task_id: str) -> tuple[Request, ...]:
        template = self.account.route_for(task_id)
        return self.provider.one(self._path, task_id) if template is None else (template,)

    def _route_names(self) -> list[str]:
        """The routes as `Account.route` has them; none where there is only one."""
        requests = self._requests(_NOBODY)
        written = (f"{request.path}?{urlencode(request.query)}" for request in requests)
        names = [name.rstrip("?").replace(_NOBODY, "{id}") for name in written]
        return names if len(names) > 1 else []

    async def _at_known(
        self, requests: Sequence[Request], task_id: str, known: int | None
    ) -> Answer:
        """Ask at the route that answered before; a search only after it stumbled for long. Then
        only another route's word about the task itself counts."""
        assert self.routes.known is not None
        first = self.routes.known
        answer = await self._at(first, requests, task_id, known)
        if not isinstance(answer.said, Failure) or not self.routes.heard(answer.said, _now()):
            return answer
        async with self.routes.search:
            found = await self._seek(requests, task_id, known, but=first)
        return answer if isinstance(found.said, Failure) else found

    async def _seek(
        self, requests: Sequence[Request], task_id: str, known: int | None, but: int | None = None
    ) -> Answer:
        """Try the routes in turn, one a second, until one answers in the gateway's own words."""
        vague: Answer | None = None
        answer = Answer(self.moment(), Failure(Kind.NOT_API, host=self.account.host))
        for number in range(len(requests)):
            if number == but:
                continue
            answer = await self._at(number, requests, task_id, known, sought=True)
            if is_vague(answer.said):
                vague = vague or answer
            elif no_route(answer.said) is None:
                return answer
        return vague or answer

    async def _at(
        self,
        number: int,
        requests: Sequence[Request],
        task_id: str,
        known: int | None,
        *,
        sought: bool = False,
    ) -> Answer:
        """Ask at one route, and remember it when it tells something about the task."""
        request = requests[number]
        if sought and number > 0:
            async with self._limiter.turn():  # a second turn: half as fast as single questions
                pass
        asked_at, reply = await self._send(request)
        mark = None if isinstance(reply, Failure) else hash((reply.status, reply.body))
        if mark is not None and mark == known:
            return Answer(asked_at, None, mark)
        said = await _read(reply, self.provider.read_one, task_id)
        if isinstance(said, Failure):
            return Answer(asked_at, await self._explained(said))
        self._denials = 0
        if len(requests) > 1 and number != self.routes.known and self._keep_route is not None:
            await self._keep_route(self._route_names()[number])
        self.routes.answered(number)
        priced = await self._priced(said)
        return Answer(asked_at, self._absolute(priced, request.path), mark)

    async def _priced(self, report: Report) -> Report:
        """The report with what was charged in money, where the gateway says what its units are."""
        if report.quota is None or report.charged is not None or self.provider.models is None:
            return report
        if not self._has_asked_prices:
            self._has_asked_prices = True
            _, reply = await self._send(STATUS)
            self._per_dollar = quota_per_dollar(reply) if isinstance(reply, Reply) else None
        if self._per_dollar is None:
            return report
        amount = report.quota / self._per_dollar
        return replace(report, charged=Charge(amount=amount, currency="USD"))

    async def _explained(self, failure: Failure) -> Failure:
        """A refusal of the key, with the reason that the gateway tells when it is asked for it."""
        if failure.kind is not Kind.DENIED:
            if failure.kind is Kind.NOT_FOUND:
                self._denials = 0
            return failure
        self._denials += 1
        if self.provider.models is None or self._denials < 2:
            return failure
        now = _now()
        if now - self._explained_at >= self.routes.seconds(EXPLAINED_S):
            self._explained_at = now
            _, reply = await self._send(USAGE)
            clock = self.service_clock()
            self._why = why_refused(reply, clock) if isinstance(reply, Reply) else None
        return failure if self._why is None else replace(failure, kind=self._why)

    def _absolute(self, report: Report, route: str) -> Report:
        """The report with links that lead somewhere by themselves (`providers.paths.absolute`)."""
        base = self.account.root

        def lead(url: str) -> str:
            return absolute(url, base, route)

        links = (
            replace(link, url=lead(link.url), others=tuple(map(lead, link.others)))
            for link in report.links
        )
        return replace(report, links=tuple(links))

    async def greet(self) -> Failure | None:
        """Ask without the key who is there. None: the service itself, by its own words."""
        requests = self._requests(_NOBODY)
        known = self.routes.known if len(requests) > 1 else None
        if known is None:
            return await self._greet_at(requests)
        failure = await self._greet_at(requests[known : known + 1])
        if failure is None or not self.routes.heard(failure, _now()):
            return failure
        if await self._greet_at([*requests[:known], *requests[known + 1 :]]) is not None:
            return failure
        self.routes.greeted()
        return None

    async def _greet_at(self, requests: Sequence[Request]) -> Failure | None:
        failure = Failure(Kind.NOT_API, host=self.account.host)
        for request in requests:
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
