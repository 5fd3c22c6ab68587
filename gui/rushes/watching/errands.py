"""What a user asks of an account now and then: is the key good, what is there, cancel this."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from rushes.core.account import Account
from rushes.core.failure import CUT_OFF, Failure, Kind
from rushes.core.merge import Change, absorb
from rushes.core.ports import Client, Clock
from rushes.core.retry import OWN_WORDS
from rushes.core.task import Diff, Key, Report, Status
from rushes.core.wire import Page, Provider, Reply, Request
from rushes.providers.gateway import USAGE, is_list_of_models, why_refused
from rushes.providers.refusals import is_vague, no_route, refusal
from rushes.store import Store, tables
from rushes.watching.asker import Asker

#: An id no service can know.
_NOBODY = "rushes-asks-whether-this-key-is-good"

#: Answers that only a service gives that took the key and looked for the task.
_KEY_IS_GOOD = frozenset({Kind.NOT_FOUND, Kind.REJECTED, Kind.MODEL_NOT_OPEN})
#: What the list of models says of a key that is not usable now.
_KEY_IS_BAD = frozenset({Kind.DENIED, Kind.QUOTA, Kind.OVERDUE, Kind.LIMITED})

_MAX_PAGES = 500


async def test_account(
    provider: Provider, client: Client, account: Account, *, gap_s: float
) -> Failure | None:
    """Ask the service the cheapest question that needs the key. None: the key is accepted.

    Args:
        gap_s: Seconds from one question to the next, where several routes are tried.
    """
    path = urlsplit(account.root).path
    if provider.recent is not None and provider.read_page is not None:
        reply = await client.send(_smallest(provider.recent(path, 1)[0]))
        said = reply if isinstance(reply, Failure) else provider.read_page(reply, {})
        return said if isinstance(said, Failure) else None
    if provider.models is not None:
        told = await _test_by_models(client, provider.models(path))
        if told is None or told.kind is not Kind.UNCHECKED:
            return told
    template = account.route_for(_NOBODY)
    requests = provider.one(path, _NOBODY) if template is None else (template,)
    return await _test_by_tasks(provider, client, requests, account.host, gap_s)


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
    answer = reply if isinstance(reply, Failure) else provider.read_one(reply, _NOBODY)
    return answer if isinstance(answer, Failure) else None


def _unchecked(host: str) -> Failure:
    return Failure(Kind.UNCHECKED, host=host)


def _smallest(request: Request) -> Request:
    """The same list, one row long."""
    query = ((name, "1" if name == "page_size" else value) for name, value in request.query)
    return replace(request, query=tuple(query))


async def import_recent(asker: Asker, store: Store, clock: Clock) -> tuple[Diff, Failure | None]:
    """Put everything the service still holds into the list.

    Returns:
        What is new in the list, already committed, and why it is not everything, if so.
    """
    found: dict[Key, tuple[Report, float]] = {}
    failure: Failure | None = None
    seen: dict[int, int] = {}  # rows read, by tier
    for page in range(1, _MAX_PAGES + 1):
        before, more = len(found), False
        for tier, request in enumerate(asker.recent(page)):
            answer = await asker.page(request)
            if isinstance(answer.said, Failure):
                failure = answer.said
                break
            _collect(found, answer.said, answer.asked_at, asker.account.id)
            rows = len(answer.said.reports) + len(answer.said.broken)
            seen[tier] = seen.get(tier, 0) + rows
            total = answer.said.total
            more = more or (rows > 0 and (total is None or seen[tier] < total))
        if failure is not None or not more or len(found) == before:
            break
    seen_at, now = clock(), asker.moment()
    changes: dict[Key, Change] = {
        key: partial(absorb, report=report, asked_at=asked_at, seen_at=seen_at, now=now)
        for key, (report, asked_at) in found.items()
    }
    return await take_found(changes, store, clock), failure


async def take_found(found: Mapping[Key, Change], store: Store, clock: Clock) -> Diff:
    """Put what a list held into ours, and what it says of it."""
    added = await store.write(tables.add, tuple(found), clock(), discovered=True)
    changed = await store.write(tables.change, found, clock())
    return _joined(added, changed)


def _collect(
    found: dict[Key, tuple[Report, float]], page: Page, asked_at: float, account: str
) -> None:
    """Take over a page. New tasks shift the pages after it: a row may come twice."""
    for report in page.reports:
        found.setdefault(Key(account, report.id), (report, asked_at))


def _joined(added: Diff, changed: Diff) -> Diff:
    """One diff of two commits: a task added by the first is added as the second left it."""
    now = {task.key: task for task in changed.changed}
    new = {task.key for task in added.added}
    return Diff(
        added=tuple(now.get(task.key, task) for task in added.added),
        changed=tuple(task for task in changed.changed if task.key not in new),
    )


async def cancel_queued(asker: Asker, key: Key) -> tuple[Report | None, float, Failure | None]:
    """Cancel a task that is queued *now*: the same call destroys the record of one that ended.

    Returns:
        What the look right before it found, when that was asked, and why nothing was cancelled.
    """
    answer = await asker.one(key.id)
    assert answer.said is not None  # no earlier answer was named
    if isinstance(answer.said, Failure):
        return None, answer.asked_at, answer.said
    if answer.said.status is not Status.QUEUED:
        host = asker.account.host
        failure = Failure(Kind.REJECTED, host=host, detail="the task is not queued any more")
        return answer.said, answer.asked_at, failure
    return answer.said, answer.asked_at, await asker.cancel(key.id)
