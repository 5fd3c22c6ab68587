"""Requests to one account's service: provider, client and limiter put together.

Every request takes its turn at the limiter. Failures are values.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from rushes.core.account import Account, KeyCredit
from rushes.core.failure import CUT_OFF, Failure, Kind
from rushes.core.pace import RateLimits
from rushes.core.ports import Client, Clock, Sleep
from rushes.core.retry import OWN_WORDS
from rushes.core.task import Charge, Report
from rushes.core.wire import LARGE_BODY, ListPage, Provider, Reply, Request
from rushes.providers.gateway import (
    STATUS,
    USAGE,
    is_list_of_models,
    key_credit,
    quota_per_dollar,
    why_refused,
)
from rushes.providers.paths import absolute
from rushes.providers.refusals import blames_key, is_vague, no_route, refusal
from rushes.providers.registry import provider_for
from rushes.providers.values import dollars
from rushes.watching.clocks import ClockSkew, SteadyClock

Said = TypeVar("Said", Report, ListPage)
More = TypeVar("More")

#: An id no service can know: what is said about it tells who answers, and whether the key is good.
UNKNOWN_ID = "rushes-asks-who-is-there"

#: Answers that only a service gives that took the key and looked for the task.
_KEY_IS_GOOD = frozenset({Kind.NOT_FOUND, Kind.REJECTED, Kind.MODEL_NOT_OPEN})
#: What the list of models says of a key that is not usable now.
_KEY_IS_BAD = frozenset({Kind.DENIED, Kind.QUOTA, Kind.OVERDUE, Kind.LIMITED})

#: A gateway is asked at most so often why it refuses the key (seconds at speed 1).
EXPLAINED_S = 600.0
#: What a gateway says about the key and its units is asked for at most so often (speed 1).
CREDIT_S = 60.0

#: So long the route that answered may stumble before others are tried (seconds at speed 1).
DOUBTED_AFTER_S = 600.0
#: From one search for a route to the next, once one was known.
SEARCHES_S = 3600.0

#: This computer's clock moved so much against the loop's: it was set, or it slept.
_SET_S = 2.0


class Limiter:
    """Spaces single requests and list requests of one account, each sort by its own gap.

    Libraries for this (aiolimiter, pyrate-limiter) allow bursts up to the rate and read the clock
    themselves. A burst after a wake from sleep is just what must not happen.

    Args:
        in_flight: Shared by all accounts with the same origin.
        clock: Monotonic seconds.
        speed: See `Options.speed`.
    """

    def __init__(
        self,
        limits: RateLimits,
        in_flight: asyncio.Semaphore,
        *,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        speed: float = 1.0,
    ) -> None:
        self._gaps = {False: limits.get_gap_s / speed, True: limits.list_gap_s / speed}
        self._free_at = {False: float("-inf"), True: float("-inf")}
        self._in_flight = in_flight
        self._clock = clock
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, *, is_list: bool = False) -> AsyncIterator[None]:
        """Wait for this request's turn; leave when its answer is there."""
        # The place is taken first and the time after it: the other way round, requests that
        # waited for a place would leave it in a burst.
        async with self._in_flight:
            now = self._clock()
            start = max(now, self._free_at[is_list])
            self._free_at[is_list] = start + self._gaps[is_list]
            if start > now:
                await self._sleep(start - now)
            yield


class Routes:
    """Which route of a gateway answers for its tasks (contract 8, 11).

    A gateway of an unknown kind is asked at every route until one answers; that one is remembered.
    A gateway that restarts answers like one without the route, so the route is only doubted after
    ten minutes of that, and others are tried once an hour at most.

    Args:
        seconds: Turns policy into the loop's seconds.

    Attributes:
        seconds: As given.
        known: The number of the route that answered for a task last; None: none has so far.
        search: Held while routes are tried: one search at a time.
        tried: How many searches have ended.
        failure: What the last search came to, if no route answered.
    """

    def __init__(self, seconds: Callable[[float], float]) -> None:
        self.seconds = seconds
        self.known: int | None = None
        self.search = asyncio.Lock()
        self.tried = 0
        self.failure: Failure | None = None
        self._bad_since: float | None = None
        self._searched_at = float("-inf")
        self._is_open = False

    def answered(self, number: int) -> None:
        """This route told something about a task."""
        self.known, self._bad_since = number, None

    def failed(self, failure: Failure, now: float) -> bool:
        """The known route gave no task. Returns whether others are to be tried now."""
        if failure.kind is not Kind.NOT_API:
            self._bad_since, self._is_open = None, False
            return False
        if self._bad_since is None:
            self._bad_since = now
        if self._is_open:
            self._is_open = False
            return True
        doubted = now - self._bad_since >= self.seconds(DOUBTED_AFTER_S)
        if not doubted or now - self._searched_at < self.seconds(SEARCHES_S):
            return False
        self._searched_at = now
        return True

    def probed(self) -> None:
        """Another route was answered in the gateway's own words, without a key: the next task may
        look for it."""
        self._is_open = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service says about one task.

    Attributes:
        asked_at: When the request started, on the scale of `AccountApi.moment`: an older answer
            never wins.
        said: None: byte for byte what it said last time.
        fingerprint: What to tell the answer by next time; None for a failure.
    """

    asked_at: float
    said: Report | Failure | None
    fingerprint: int | None = None


@dataclass(frozen=True, slots=True)
class PageAnswer:
    asked_at: float
    said: ListPage | Failure


class AccountApi:
    """The requests to one account's service, through its limiter and with its clock and its route.

    Args:
        clock: Unix seconds.
        steady_clock, routes: Of an earlier `AccountApi` of this account in this run.
        keep_route: Remembers the route that was found for longer than this run (`Account.route`).
    """

    def __init__(
        self,
        account: Account,
        client: Client,
        limiter: Limiter,
        clock: Clock,
        steady_clock: SteadyClock | None = None,
        routes: Routes | None = None,
        keep_route: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self.account = account
        self.provider = provider_for(account.dialect)
        self._client = client
        self._limiter = limiter
        self._clock = clock
        self.path = urlsplit(account.root).path
        self._denials = 0  # in a row
        self._explained_at = float("-inf")
        self._why: Kind | None = None  # the key is refused, as far as the gateway says
        self._models_asked_at = float("-inf")
        self._models_refuse = True
        self._asking_price = asyncio.Lock()
        self._price_again_at = float("-inf")
        self._has_price = False  # it said what its units are, or that it does not
        self._per_dollar: float | None = None  # units of the gateway's quota
        self._asking_credit = asyncio.Lock()
        self._credit_again_at = float("-inf")
        self._credit: KeyCredit | None = None
        self.routes = routes or Routes(lambda seconds: seconds)
        self._keep_route = keep_route
        if self.routes.known is None and account.route in (names := self._route_names()):
            self.routes.known = names.index(account.route)
        self.steady_clock = steady_clock or SteadyClock(clock(), _now())
        self._offset: float | None = None  # of this computer's clock to the loop's
        self.skew = ClockSkew()

    def service_clock(self) -> float:
        """Unix seconds as the service counts them."""
        return self._clock() + self.skew.seconds

    def moment(self) -> float:
        """Now, on the scale answers are ordered by (`watching.clocks.SteadyClock`)."""
        return self.steady_clock.at(_now())

    async def one(self, task_id: str, known: int | None = None) -> Answer:
        """Ask about one task, at the route that answered before or at all of them in turn.

        Args:
            known: The fingerprint of the last answer, if it need not be read again.
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
        return self.provider.one(self.path, task_id) if template is None else (template,)

    def _route_names(self) -> list[str]:
        """The routes as `Account.route` has them; none where there is only one."""
        requests = self._requests(UNKNOWN_ID)
        written = (f"{request.path}?{urlencode(request.query)}" for request in requests)
        names = [name.rstrip("?").replace(UNKNOWN_ID, "{id}") for name in written]
        return names if len(names) > 1 else []

    async def _at_known(
        self, requests: Sequence[Request], task_id: str, known: int | None
    ) -> Answer:
        """Ask at the route that answered before; a search only after it stumbled for long. Then
        only another route's word about the task itself counts."""
        assert self.routes.known is not None
        first = self.routes.known
        answer = await self._at(first, requests, task_id, known)
        if not isinstance(answer.said, Failure) or not self.routes.failed(answer.said, _now()):
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
        print_ = None if isinstance(reply, Failure) else hash((reply.status, reply.body))
        if print_ is not None and print_ == known:
            return Answer(asked_at, None, print_)
        said = await _read(reply, self.provider.read_one, task_id)
        if isinstance(said, Failure):
            return Answer(asked_at, await self._explained(said))
        self._denials = 0
        if len(requests) > 1 and number != self.routes.known and self._keep_route is not None:
            await self._keep_route(self._route_names()[number])
        self.routes.answered(number)
        if said.quota is not None and said.charged is None and self.provider.models is not None:
            await self._ask_price()
            if self._per_dollar is not None:
                amount = dollars(said.quota / self._per_dollar)
                if amount is not None:
                    said = replace(said, charged=Charge(amount=amount, currency="USD"))
            elif not self._has_price:
                print_ = None  # the same answer says more once the price is known
        return Answer(asked_at, self._absolute(said, request.path), print_)

    async def _ask_price(self) -> None:
        """Find out what a unit of the gateway's quota is: once in a run, but at most once a minute
        while the gateway stumbles. Who comes meanwhile waits for the same answer."""
        async with self._asking_price:
            if self._has_price or _now() < self._price_again_at:
                return
            _, reply = await self._send(STATUS)
            self._price_again_at = _now() + self.routes.seconds(CREDIT_S)
            if isinstance(reply, Reply) and not _stumbles(reply):
                self._has_price, self._per_dollar = True, quota_per_dollar(reply)

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
        if self._why is None and not blames_key(failure) and not await self._is_key_refused():
            return replace(failure, kind=Kind.REJECTED)
        return failure if self._why is None else replace(failure, kind=self._why)

    async def _is_key_refused(self) -> bool:
        """Whether the list of models refuses the key, too, asked as rarely as for the reason; where
        that cannot be told now, it is taken to do so."""
        assert self.provider.models is not None
        if _now() - self._models_asked_at >= self.routes.seconds(EXPLAINED_S):
            self._models_asked_at = _now()
            _, reply = await self._send(self.provider.models(self.path))
            self._models_refuse = isinstance(reply, Failure) or (
                not is_list_of_models(reply)
                and (_stumbles(reply) or refusal(reply).kind is Kind.DENIED)
            )
        return self._models_refuse

    async def credit(self) -> KeyCredit | None:
        """What the gateway says about the key, at most a minute old; None: it says nothing.

        Its refusals and its rate limit there concern nothing else (contract 10), and a gateway
        that has no such route is not asked again for ten minutes.
        """
        async with self._asking_credit:
            if _now() >= self._credit_again_at:

                async def send(request: Request) -> Reply | Failure:
                    return (await self._send(request))[1]

                clock = self.service_clock
                told = await key_credit_of(send, self.account, self._clock, clock)
                rest = EXPLAINED_S if told is None else CREDIT_S
                self._credit_again_at = _now() + self.routes.seconds(rest)
                self._credit = None if isinstance(told, Failure) else told
            return self._credit

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

    async def probe(self) -> Failure | None:
        """Ask without the key who is there. None: the service itself, by its own words."""
        requests = self._requests(UNKNOWN_ID)
        known = self.routes.known if len(requests) > 1 else None
        if known is None:
            return await self._probe_at(requests)
        failure = await self._probe_at(requests[known : known + 1])
        if failure is None or not self.routes.failed(failure, _now()):
            return failure
        if await self._probe_at([*requests[:known], *requests[known + 1 :]]) is not None:
            return failure
        self.routes.probed()
        return None

    async def _probe_at(self, requests: Sequence[Request]) -> Failure | None:
        failure = Failure(Kind.NOT_API, host=self.account.host)
        for request in requests:
            _, reply = await self._send(replace(request, keyless=True))
            said = (
                reply if isinstance(reply, Failure) else self.provider.read_one(reply, UNKNOWN_ID)
            )
            if isinstance(said, Report) or said.kind in OWN_WORDS:
                return None
            failure = said
            if failure.kind is not Kind.NOT_API:
                break
        return failure

    def recent(self, page: int) -> tuple[Request, ...]:
        """Requests for page `page` (from 1) of everything the service holds: one a tier."""
        return () if self.provider.recent is None else self.provider.recent(self.path, page)

    async def cancel(self, task_id: str) -> Failure | None:
        """Send the cancelling call. Only for a task that was queued a moment ago."""
        if self.provider.cancel is None:
            return Failure(Kind.REJECTED, host=self.account.host, detail="no way to cancel here")
        _, reply = await self._send(self.provider.cancel(self.path, task_id))
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
            return self.steady_clock.at(started), reply

    def _note_date(self, date: float, asked_at: float) -> None:
        wall, now = self._clock(), _now()
        if self._offset is not None and abs(wall - now - self._offset) > _SET_S:
            self.skew.forget()
        self._offset = wall - now
        self.skew.note(date, asked_at, wall)
        self.steady_clock.note(date, now)


async def _read(
    reply: Reply | Failure, read: Callable[[Reply, More], Said | Failure], more: More
) -> Said | Failure:
    """What an answer says; a large one is read in a thread, or the window would wait for it."""
    if isinstance(reply, Failure):
        return reply
    if len(reply.body) < LARGE_BODY:
        return read(reply, more)
    return await asyncio.get_running_loop().run_in_executor(None, read, reply, more)


def _stumbles(reply: Reply) -> bool:
    """Whether the same question may be answered soon."""
    return reply.status == 429 or reply.status >= 500


def _now() -> float:
    return asyncio.get_running_loop().time()


# --- is the key good ----------------------------------------------------------------------------


async def check_key(client: Client, account: Account, *, gap_s: float) -> Failure | None:
    """Ask the service the cheapest question that needs the key. None: the key is accepted.

    Args:
        gap_s: Seconds from one question to the next, where several routes are tried.
    """
    provider, path = provider_for(account.dialect), urlsplit(account.root).path
    if provider.recent is not None and provider.read_page is not None:
        reply = await client.send(_smallest(provider.recent(path, 1)[0]))
        said = reply if isinstance(reply, Failure) else provider.read_page(reply, {})
        return said if isinstance(said, Failure) else None
    if provider.models is not None:
        told = await _test_by_models(client, provider.models(path))
        if told is None or told.kind is not Kind.UNCHECKED:
            return told
    template = account.route_for(UNKNOWN_ID)
    requests = provider.one(path, UNKNOWN_ID) if template is None else (template,)
    return await _test_by_tasks(provider, client, requests, account.host, gap_s)


async def key_credit_of(
    send: Callable[[Request], Awaitable[Reply | Failure]],
    account: Account,
    clock: Clock,
    service_clock: Clock,
) -> KeyCredit | Failure | None:
    """What the account's gateway says about its key. None: it has no such route; a failure: it did
    not say so now.

    Args:
        clock, service_clock: Unix seconds by this computer and as the gateway counts them.
    """
    provider = provider_for(account.dialect)
    if provider.models is None:
        return None
    usage = await send(USAGE)
    if isinstance(usage, Failure):
        return usage
    if _stumbles(usage) or usage.status == 401:
        return refusal(usage)
    if key_credit(usage, None, None, now=0.0, asked_at=0.0) is None:
        return None
    answers = [await send(each) for each in (STATUS, provider.models(urlsplit(account.root).path))]
    status, models = (reply if isinstance(reply, Reply) else None for reply in answers)
    return key_credit(usage, status, models, now=service_clock(), asked_at=clock())


async def _test_by_models(client: Client, request: Request) -> Failure | None:
    """What the list of models says about the key. UNCHECKED: it proves nothing."""
    with_key = await client.send(request)
    if isinstance(with_key, Failure):
        return with_key
    if not is_list_of_models(with_key):
        failure = refusal(with_key)
        if failure.kind is not Kind.DENIED:
            return failure if failure.kind in _KEY_IS_BAD else _unchecked(with_key.host)
        told = await client.send(USAGE)
        why = why_refused(told, time.time()) if isinstance(told, Reply) else None
        return failure if why is None else replace(failure, kind=why)
    without = await client.send(replace(request, keyless=True))
    if isinstance(without, Failure):
        return without
    # LiteLLM answers 500 in plain text where a key is missing (contract 9).
    refused = without.status == 500 or refusal(without).kind in OWN_WORDS
    asks_for_keys = not is_list_of_models(without) and refused
    return None if asks_for_keys else _unchecked(with_key.host)


async def _test_by_tasks(
    provider: Provider, client: Client, requests: Sequence[Request], host: str, gap_s: float
) -> Failure | None:
    """What the task route says about the key, where one is found. What is answered without the
    key as well proves nothing: then only the first task can tell."""
    failure: Failure | None = None
    for number, request in enumerate(requests):
        if number:
            await asyncio.sleep(gap_s)
        failure = await _said(provider, client, request)
        if failure is None or (no_route(failure) is None and not is_vague(failure)):
            break
    if failure is not None and failure.kind not in _KEY_IS_GOOD:
        return failure
    if provider.models is None:  # no gateway: it looks for no task before the key
        return None
    without = await _said(provider, client, replace(request, keyless=True))
    if without is not None and without.kind is Kind.DENIED:
        return None
    return without if without and without.kind in CUT_OFF else _unchecked(host)


async def _said(provider: Provider, client: Client, request: Request) -> Failure | None:
    reply = await client.send(request)
    answer = reply if isinstance(reply, Failure) else provider.read_one(reply, UNKNOWN_ID)
    return answer if isinstance(answer, Failure) else None


def _unchecked(host: str) -> Failure:
    return Failure(Kind.UNCHECKED, host=host)


def _smallest(request: Request) -> Request:
    """The same list, one row long."""
    query = ((name, "1" if name == "page_size" else value) for name, value in request.query)
    return replace(request, query=tuple(query))
