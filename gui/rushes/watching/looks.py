"""Looks at one account's tasks: ask, read, commit, publish; one by one, or by pages of its list."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.merge import Change, absorb, missed, troubled
from rushes.core.news import TasksChanged
from rushes.core.ports import Clock, Publish
from rushes.core.retry import OF_ONE_ROUTE, OF_ONE_TASK
from rushes.core.task import Diff, Key, Report
from rushes.core.wire import Wanted
from rushes.store import Store, tables
from rushes.watching.asker import Answer, Asker
from rushes.watching.claims import Claims
from rushes.watching.discovery import Discovery
from rushes.watching.errands import take_found
from rushes.watching.marks import Marks
from rushes.watching.schedule import ListHealth, Schedule
from rushes.watching.sweep import Sweep

log = logging.getLogger(__name__)

#: With these nobody else's question would fare better now.
_STOPPING = PAUSING | {
    Kind.OFFLINE,
    Kind.PROXY,
    Kind.TLS,
    Kind.BLOCKED_URL,
    Kind.NOT_API,
    Kind.DENIED,
    Kind.NO_CREDIT,
    Kind.KEY_ENDED,
    Kind.LIMITED,
}

#: The list cannot be asked here, or not now; single tasks may be.
_NO_LIST = OF_ONE_ROUTE | {Kind.NOT_API, Kind.NOT_FOUND}

#: One odd id may spoil the whole list answer: these tasks are asked about one by one.
_SPOILT = _NO_LIST | {Kind.REJECTED, Kind.MALFORMED, Kind.TOO_LARGE}


@dataclass(slots=True)
class Tally:
    """What a round of questions came to.

    Attributes:
        way: What went wrong on the way to the service, or with the key.
        refused: What the service said against one task, route or model.
    """

    good: int = 0
    way: Failure | None = None
    refused: Failure | None = None
    stop: bool = False  # nobody else's question would fare better now
    missing: tuple[Key, ...] = ()  # not in the list: to be asked about singly

    def failed(self, failure: Failure, *, stop: bool) -> None:
        if failure.kind in OF_ONE_TASK:
            self.refused = failure
        else:
            self.way, self.stop = failure, self.stop or stop

    @property
    def failure(self) -> Failure | None:
        return self.way or self.refused


class Looks:
    """Asks about the tasks of a schedule and writes down what came.

    Args:
        noticed: Told of each commit before anybody else.
        marks: Of the last answers.

    Attributes:
        takes_others: Rows of other tasks on a page come into the list, too.
    """

    def __init__(
        self,
        asker: Asker,
        schedule: Schedule,
        claims: Claims,
        marks: Marks,
        *,
        store: Store,
        publish: Publish,
        clock: Clock,
        noticed: Callable[[Diff], object],
    ) -> None:
        self._asker = asker
        self._schedule = schedule
        self._claims = claims
        self._marks = marks
        self._store = store
        self._publish = publish
        self._clock = clock
        self._noticed = noticed
        self._account = asker.account.id
        self._lengths: dict[str, int] = {}  # of the service's lists, by name
        self._list = ListHealth(asker.provider.many is not None, schedule.seconds)
        self.takes_others = asker.account.keep_importing

    @property
    def can_list(self) -> bool:
        """Whether this service's list can be asked now."""
        return self._list.may_ask(self._now())

    def list_again(self) -> None:
        """Whatever it said before: the list is asked again with the next look."""
        self._list.good()

    async def at(self, keys: Collection[Key]) -> Tally:
        """See each of these once, by the list where that is cheaper."""
        async with self._claims.on(keys):
            if not self.can_list or len(keys) < self._asker.provider.batch_from:
                return await self._singly(tuple(keys))
            sweep, tally = self.new_sweep(keys), Tally()
            while await self._page(sweep, tally):
                pass
            if tally.stop or not tally.missing:
                return tally
            return await self._singly(tally.missing)

    async def singly(self, keys: Collection[Key]) -> Tally:
        """A question each, nothing more."""
        async with self._claims.on(keys):
            return await self._singly(tuple(keys))

    async def _singly(self, keys: Sequence[Key]) -> Tally:
        """One question a task, two at a time, one commit for all."""
        tally = Tally()
        answers: dict[Key, Answer] = {}
        early: set[Key] = set()
        left = list(reversed(keys))

        async def ask_on() -> None:
            while left and not tally.stop:
                key = left.pop()
                answer = await self._asker.one(key.id, self._known(key))
                if not self._schedule.counts(key, self._now()):
                    early.add(key)
                self._judge(key, answer, tally)
                answers[key] = answer

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(2):
                    group.create_task(ask_on())
        finally:
            found = ((key, self._change(a, key not in early)) for key, a in answers.items())
            changes = {key: change for key, change in found if change is not None}
            await self.commit(changes)
            said = ((key, answers[key].mark) for key in changes)
            self._remember({key: mark for key, mark in said if mark is not None})
        return tally

    def _judge(self, key: Key, answer: Answer, tally: Tally) -> None:
        match answer.said:
            case None | Report() | Failure(kind=Kind.NOT_FOUND):  # it did answer as it should
                self._answered([key])
                tally.good += 1
            case Failure() as failure:
                tally.failed(failure, stop=failure.kind in _STOPPING)
                # Whoever it concerns: the next try is made with another task, if there is one.
                self._schedule.failed(key, failure, self._now())

    def _change(self, answer: Answer, counts: bool) -> Change | None:
        """What an answer does to its task, as it is written down now."""
        match answer.said:
            case Report() as report:
                return self.absorbing(report, answer.asked_at, counts=counts)
            case Failure(kind=Kind.UPSTREAM) as failure:
                said = failure.message or failure.code or failure.detail
                return partial(troubled, said=said, asked_at=answer.asked_at)
            case Failure(kind=Kind.NOT_FOUND):
                return partial(missed, asked_at=answer.asked_at, now=self._asker.moment())
            case _:
                return None

    async def _page(self, sweep: Sweep, tally: Tally) -> bool:
        """Ask for one page and commit it. Returns whether the pass goes on.

        Who stands on no page is asked for singly: only then an absence counts (contract 4).
        """
        if (request := sweep.request()) is None:
            return False
        known = {
            mark: key.id for key in self.missing(sweep) if (mark := self._known(key)) is not None
        }
        answer = await self._asker.page(request, known)
        page = answer.said
        if isinstance(page, Failure):
            self._list_failed(page, tally)
            if not tally.stop:
                tally.missing = self.missing(sweep)
            return False
        found = {Key(self._account, r.id): r for r in page.reports if r.id in sweep.missing}
        await self.commit(self._absorbing_all(found, answer.asked_at))
        self._remember({key: page.prints[key.id] for key in found if key.id in page.prints})
        seen = (*found, *(Key(self._account, each) for each in page.same))
        self._answered(seen, is_listed=True)
        if self.takes_others:
            others = {
                Key(self._account, r.id): r for r in page.reports if r.id not in sweep.missing
            }
            await self._take_found(others, answer.asked_at)
        sweep.took(page)
        tally.good += 1
        self._list.good()
        if sweep.request() is not None:
            return True
        tally.missing = self.missing(sweep)
        return False

    async def next_page(self, sweep: Sweep) -> tuple[Tally, bool]:
        """The next page of a pass. Returns what came of it, and whether the pass goes on."""
        async with self._claims.on(self.missing(sweep)):
            tally = Tally()
            return tally, await self._page(sweep, tally)

    def missing(self, sweep: Sweep) -> tuple[Key, ...]:
        return tuple(Key(self._account, each) for each in sweep.missing)

    def _list_failed(self, failure: Failure, tally: Tally) -> None:
        if failure.kind not in _SPOILT:
            tally.failed(failure, stop=True)
            return
        log.info("no list at %s: %s", failure.host, failure.kind.value)
        if failure.kind in _NO_LIST:
            self._list.failed(self._now())

    # reading all of the list

    def new_sweep(self, keys: Collection[Key]) -> Sweep:
        return self._asker.sweep(map(self._wanted, keys), self._lengths)

    def _wanted(self, key: Key) -> Wanted:
        if (task := self._schedule.task(key)) is None:
            return Wanted(key.id)
        return Wanted(key.id, task.status, task.report.tier)

    async def discover(self, discovery: Discovery) -> Tally:
        """A page of all that the service lists: who is new comes into the list, and whom we know
        was looked at with it."""
        tally = Tally()
        answer = await self._asker.page(discovery.request(self._now()), discovery.known)
        page = answer.said
        if isinstance(page, Failure):
            discovery.failed(self._now())
            self._list_failed(page, tally)
        else:
            found = {Key(self._account, r.id): r for r in page.reports}
            await self._take_found(found, answer.asked_at)
            seen = (*found, *(Key(self._account, each) for each in page.same))
            self._answered(seen, is_listed=True)
            discovery.took(page, self._now())
            self._list.good()
            tally.good += 1
        return tally

    async def _take_found(self, found: Mapping[Key, Report], asked_at: float) -> None:
        if found:
            changes = self._absorbing_all(found, asked_at)
            self.took(await take_found(changes, self._store, self._clock))

    # what came of it

    def _absorbing_all(self, found: Mapping[Key, Report], asked_at: float) -> dict[Key, Change]:
        now = self._now()
        return {
            key: self.absorbing(report, asked_at, counts=self._schedule.counts(key, now))
            for key, report in found.items()
        }

    def absorbing(self, report: Report, asked_at: float, *, counts: bool = True) -> Change:
        return partial(
            absorb,
            report=report,
            asked_at=asked_at,
            seen_at=self._clock(),
            now=self._asker.moment(),
            counts=counts,
        )

    def _answered(self, keys: Iterable[Key], *, is_listed: bool = False) -> None:
        now, wall = self._now(), self._asker.service_clock()
        for key in keys:
            self._schedule.answered(key, now, wall, is_listed=is_listed)

    def _known(self, key: Key) -> int | None:
        return self._marks.known(self._schedule.task(key), self._now())

    def _remember(self, marks: Mapping[Key, int]) -> None:
        self._marks.remember(marks, self._now())

    async def commit(self, changes: dict[Key, Change]) -> None:
        if changes:
            self.took(await self._store.write(tables.change, changes, self._clock()))

    def took(self, diff: Diff) -> None:
        """Something is on disk: tell it."""
        self._noticed(diff)
        self._marks.forget(diff.changed)
        if diff:
            self._publish(TasksChanged(diff))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
