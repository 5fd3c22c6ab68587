"""Checks the status of an account's tasks: ask, read, commit, publish; one by one, or by pages of
its list. Two checks of one task never overlap.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

from rushes.core.events import TasksChanged
from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.merge import Change, absorb, missed, troubled
from rushes.core.pace import IN_FLIGHT
from rushes.core.ports import Clock, Publish
from rushes.core.retry import OF_ONE_ROUTE, OF_ONE_TASK
from rushes.core.task import Diff, Key, Report, Status
from rushes.core.wire import ListPage, Wanted
from rushes.store import Store, StoreError, tables
from rushes.watching.api import AccountApi, Answer
from rushes.watching.list_scan import Discovery, ListScan
from rushes.watching.schedule import ListHealth, Schedule

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

_MAX_PAGES = 500


@dataclass(slots=True)
class Tally:
    """What a round of questions came to.

    Attributes:
        good: Answers as they should be.
        account_failure: What went wrong on the way to the service, or with the key.
        task_failure: What the service said against one task, route or model.
        stop: Nobody else's question would fare better now.
        missing: Not in the list: to be asked about singly.
    """

    good: int = 0
    account_failure: Failure | None = None
    task_failure: Failure | None = None
    stop: bool = False
    missing: tuple[Key, ...] = ()

    def failed(self, failure: Failure, *, stop: bool) -> None:
        if failure.kind in OF_ONE_TASK:
            self.task_failure = failure
        else:
            self.account_failure, self.stop = failure, self.stop or stop

    @property
    def failure(self) -> Failure | None:
        return self.account_failure or self.task_failure


class StatusChecker:
    """Asks about the tasks of a schedule and writes down what came.

    Args:
        noticed: Called with each commit before it is published.

    Attributes:
        in_flight: The tasks that are being asked about right now.
    """

    def __init__(
        self,
        api: AccountApi,
        schedule: Schedule,
        *,
        store: Store,
        publish: Publish,
        clock: Clock,
        noticed: Callable[[Diff], object],
    ) -> None:
        self._api = api
        self._schedule = schedule
        self._store = store
        self._publish = publish
        self._clock = clock
        self._noticed = noticed
        self._account = api.account.id
        self._lengths: dict[str, int] = {}  # of the service's lists, by name
        self._list = ListHealth(api.provider.many is not None, schedule.seconds)
        self.in_flight: set[Key] = set()
        self._released = asyncio.Event()

    @property
    def can_list(self) -> bool:
        """Whether this service's list can be asked now."""
        return self._list.may_ask(self._now())

    def retry_list(self) -> None:
        """Whatever it said before: the list is asked again with the next check."""
        self._list.good()

    async def check(self, keys: Collection[Key]) -> Tally:
        """See each of these once, by the list where that is cheaper."""
        async with self._claim(keys):
            tally = Tally()
            if self.can_list and len(keys) >= self._api.provider.batch_from:
                scan = self.new_scan(keys)
                while await self._check_page(scan, tally):
                    pass
                if tally.stop or not tally.missing:
                    return tally
                keys, tally = tally.missing, Tally()
            await self._ask_each(iter(keys), tally, lambda _: nullcontext())  # claimed already
            return tally

    @asynccontextmanager
    async def _claim(self, keys: Collection[Key]) -> AsyncIterator[None]:
        """Wait until nobody else asks about these, then keep others from it."""
        wanted = set(keys)
        while self.in_flight & wanted:
            await self._released.wait()
        self.in_flight |= wanted
        try:
            yield
        finally:
            self.in_flight -= wanted
            self._released.set()
            self._released = asyncio.Event()

    # --- one by one -------------------------------------------------------------------------

    async def check_singly(self, keys: Iterator[Key], tally: Tally) -> None:
        """A question each, nothing more, about whom `keys` names one after the other."""
        await self._ask_each(keys, tally, self._claim)

    async def _ask_each(
        self,
        keys: Iterator[Key],
        tally: Tally,
        claim: Callable[[Collection[Key]], AbstractAsyncContextManager[None]],
    ) -> None:
        """Two questions at a time. What an answer says is on disk before another one goes out in
        its place: its file is fetched while others are asked about.

        Raises:
            StoreError: an answer could not be written down.
        """

        failed: list[StoreError] = []

        async def ask_on() -> None:
            while not (tally.stop or failed) and (key := next(keys, None)) is not None:
                async with claim([key]):
                    try:
                        await self._ask(key, tally)
                    except StoreError as e:  # raised here it would end the other question, too
                        failed.append(e)

        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(ask_on())
        if failed:
            raise failed[0]

    async def _ask(self, key: Key, tally: Tally) -> None:
        answer = await self._api.one(key.id, self._schedule.fingerprint(key, self._now()))
        counts = self._schedule.counts(key, self._now())
        self._judge(key, answer, tally)
        if (change := self._change(answer, counts)) is not None:
            await self._commit({key: change})
            if answer.fingerprint is not None:
                self._remember({key: answer.fingerprint})

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
                return self._absorbing(report, answer.asked_at, counts=counts)
            case Failure(kind=Kind.UPSTREAM) as failure:
                said = failure.message or failure.code or failure.detail
                return partial(troubled, said=said, asked_at=answer.asked_at)
            case Failure(kind=Kind.NOT_FOUND):
                return partial(missed, asked_at=answer.asked_at, now=self._api.moment())
            case _:
                return None

    async def cancel(self, key: Key) -> Failure | None:
        """Cancel a task that is queued *now*: the same call destroys the record of one that ended.

        Returns why nothing was cancelled. What the question right before it found is committed.
        """
        async with self._claim([key]):
            answer = await self._api.one(key.id)
            assert answer.said is not None  # no earlier answer was named
            if isinstance(answer.said, Failure):
                return answer.said
            if answer.said.status is Status.QUEUED:
                failure = await self._api.cancel(key.id)
            else:
                host, detail = self._api.account.host, "the task is not queued any more"
                failure = Failure(Kind.REJECTED, host=host, detail=detail)
            await self._commit({key: self._absorbing(answer.said, answer.asked_at)})
            return failure

    # --- by pages of the list ---------------------------------------------------------------

    def new_scan(self, keys: Collection[Key]) -> ListScan:
        """A pass over the lists that sees these tasks; `next_page` reads it page by page."""
        wanted = [self._wanted(key) for key in keys]
        return ListScan(self._api.provider, self._api.path, wanted, self._lengths)

    def _wanted(self, key: Key) -> Wanted:
        if (task := self._schedule.task(key)) is None:
            return Wanted(key.id)
        return Wanted(key.id, task.status, task.report.tier)

    def missing(self, scan: ListScan) -> tuple[Key, ...]:
        """Who was not seen yet by this pass."""
        return tuple(Key(self._account, each) for each in scan.missing)

    async def next_page(self, scan: ListScan) -> tuple[Tally, bool]:
        """The next page of a pass. Returns what came of it, and whether the pass goes on."""
        async with self._claim(self.missing(scan)):
            tally = Tally()
            return tally, await self._check_page(scan, tally)

    async def _check_page(self, scan: ListScan, tally: Tally) -> bool:
        """Ask for one page and commit it. Returns whether the pass goes on.

        Who stands on no page is asked for singly: only then an absence counts (contract 4).
        """
        if (request := scan.request()) is None:
            return False
        known = {
            mark: key.id
            for key in self.missing(scan)
            if (mark := self._schedule.fingerprint(key, self._now())) is not None
        }
        answer = await self._api.page(request, known)
        page = answer.said
        if isinstance(page, Failure):
            self._list_failed(page, tally)
            if not tally.stop:
                tally.missing = self.missing(scan)
            return False
        rows = {Key(self._account, r.id): r for r in page.reports}
        wanted = {key: report for key, report in rows.items() if key.id in scan.missing}
        await self._commit(self._absorbing_all(wanted, answer.asked_at))
        self._remember({key: page.prints[key.id] for key in wanted if key.id in page.prints})
        self._list_answered(wanted, page, tally)
        if self._api.account.keep_importing:
            others = {key: report for key, report in rows.items() if key not in wanted}
            await self._take_found(self._absorbing_all(others, answer.asked_at))
        scan.took(page)
        if scan.request() is not None:
            return True
        tally.missing = self.missing(scan)
        return False

    async def discover(self, discovery: Discovery) -> Tally:
        """A page of all that the service lists: who is new comes into the list, and whom we know
        was seen with it."""
        tally = Tally()
        answer = await self._api.page(discovery.request(self._now()), discovery.known)
        page = answer.said
        if isinstance(page, Failure):
            discovery.failed(self._now())
            self._list_failed(page, tally)
        else:
            found = {Key(self._account, r.id): r for r in page.reports}
            await self._take_found(self._absorbing_all(found, answer.asked_at))
            self._list_answered(found, page, tally)
            discovery.took(page, self._now())
        return tally

    def _list_answered(self, rows: Collection[Key], page: ListPage, tally: Tally) -> None:
        same = (Key(self._account, each) for each in page.same)
        self._answered((*rows, *same), is_listed=True)
        self._list.good()
        tally.good += 1

    def _list_failed(self, failure: Failure, tally: Tally) -> None:
        if failure.kind not in _SPOILT:
            tally.failed(failure, stop=True)
            return
        log.info("no list at %s: %s", failure.host, failure.kind.value)
        if failure.kind in _NO_LIST:
            self._list.failed(self._now())

    async def import_recent(self) -> Diff | Failure:
        """Put everything the service still holds into the list. What was found is kept also where
        the rest could not be read."""
        found: dict[Key, Change] = {}
        failure: Failure | None = None
        read: dict[int, int] = {}  # rows, by tier
        for page in range(1, _MAX_PAGES + 1):
            before, more = len(found), False
            for tier, request in enumerate(self._api.recent(page)):
                answer = await self._api.page(request)
                if isinstance(answer.said, Failure):
                    failure = answer.said
                    break
                for report in answer.said.reports:
                    # New tasks shift the pages after them: a row may come twice.
                    key = Key(self._account, report.id)
                    found.setdefault(key, self._absorbing(report, answer.asked_at))
                read[tier] = read.get(tier, 0) + answer.said.rows
                total = answer.said.total
                more = more or (answer.said.rows > 0 and (total is None or read[tier] < total))
            if failure is not None or not more or len(found) == before:
                break
        diff = await self._take_found(found)
        return diff if failure is None else failure

    # --- what came of it --------------------------------------------------------------------

    def _absorbing_all(self, found: Mapping[Key, Report], asked_at: float) -> dict[Key, Change]:
        now = self._now()
        return {
            key: self._absorbing(report, asked_at, counts=self._schedule.counts(key, now))
            for key, report in found.items()
        }

    def _absorbing(self, report: Report, asked_at: float, *, counts: bool = True) -> Change:
        return partial(
            absorb,
            report=report,
            asked_at=asked_at,
            seen_at=self._clock(),
            now=self._api.moment(),
            counts=counts,
        )

    def _answered(self, keys: Iterable[Key], *, is_listed: bool = False) -> None:
        now, wall = self._now(), self._api.service_clock()
        for key in keys:
            self._schedule.answered(key, now, wall, is_listed=is_listed)

    def _remember(self, prints: Mapping[Key, int]) -> None:
        """Only after the commit: what is not on disk is read again."""
        self._schedule.remember(prints, self._now())

    async def _commit(self, changes: Mapping[Key, Change]) -> None:
        if changes:
            self._committed(await self._store.write(tables.change, changes, self._clock()))

    async def _take_found(self, found: Mapping[Key, Change]) -> Diff:
        """Put rows of the service's list into ours, and what they say."""
        if not found:
            return Diff()
        added = await self._store.write(tables.add, tuple(found), self._clock(), discovered=True)
        changed = await self._store.write(tables.change, found, self._clock())
        # Two commits, one diff: a task added by the first is added as the second left it.
        now = {task.key: task for task in changed.changed}
        new = {task.key for task in added.added}
        diff = Diff(
            added=tuple(now.get(task.key, task) for task in added.added),
            changed=tuple(task for task in changed.changed if task.key not in new),
        )
        self._committed(diff)
        return diff

    def _committed(self, diff: Diff) -> None:
        """Something is on disk: tell it."""
        self._noticed(diff)
        if diff:
            self._publish(TasksChanged(diff))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
