"""Volcengine Ark and BytePlus ModelArk: one task at a time (contract 1), and their list, many tasks
in one call, video and 3D alike (contract 4).

The id of a task stands in the path, although the documents call it a query parameter; the
services' own SDKs do the same. Tasks of the tier "flex" are invisible unless asked for, so
everything is asked twice. The page size is always sent: its default of 20 would hide the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote_plus, urlencode

from rushes.core.task import Status
from rushes.core.wire import RemoteList, Request, Wanted
from rushes.providers.paths import ARK_ROUTE, below, segment

TIERS = ("default", "flex")
PAGE_SIZE = 500
MAX_IDS = 100
MAX_QUERY_CHARS = 3800  # leaves room for scheme, host and path in a URL of 4,000

#: With so many live tasks the list is asked. Two, because one call then already saves one.
BATCH_FROM = 2

Pair = tuple[str, str]


def cancel(base_path: str, task_id: str) -> Request:
    """Cancels a queued task; on one that ended it erases the record for good."""
    return Request(f"{_tasks(base_path)}/{segment(task_id)}", method="DELETE")


def _tasks(base_path: str) -> str:
    """The collection that the single and the list calls share."""
    return below(base_path, *ARK_ROUTE)


def many(
    base_path: str, tier: str, wanted: Sequence[Wanted], lengths: Mapping[str, int] | None
) -> tuple[RemoteList, ...]:
    """The fewest requests that see all of `wanted` in `tier`.

    A list by status holds what other programs of the account made, too, and not what has ended:
    who is in none of them is asked for by id afterwards, which is why that way counts one more.
    """
    by_ids = _by_ids(base_path, tier, [one.id for one in wanted])
    if lengths is None:
        return by_ids
    queued = [one.id for one in wanted if one.status is Status.QUEUED]
    live = queued + [one.id for one in wanted if one.status is Status.RUNNING]
    others = [one.id for one in wanted if one.status not in (Status.QUEUED, Status.RUNNING)]
    by_status = (
        # What leaves the queue meanwhile stands in the list that is read after it.
        *([_whole(base_path, tier, "queued", queued)] if queued else ()),
        *([_whole(base_path, tier, "running", live)] if live else ()),
        *_by_ids(base_path, tier, others),
    )
    everything = (_whole(base_path, tier, "", [one.id for one in wanted]),)
    plans = {
        by_ids: len(by_ids),
        by_status: 1 + sum(_pages(listing, lengths) for listing in by_status),
        everything: 1 + sum(_pages(listing, lengths) for listing in everything),
    }
    return min(plans, key=plans.__getitem__)


def _pages(listing: RemoteList, lengths: Mapping[str, int]) -> int:
    length = 1 if listing.is_exact else max(lengths.get(listing.name, 0), len(listing.ids))
    return -(-length // PAGE_SIZE)


def _whole(base_path: str, tier: str, status: str, ids: Sequence[str]) -> RemoteList:
    pairs = (("filter.status", status),) if status else ()
    page = partial(_page, base_path, tier, pairs)
    return RemoteList(f"{tier} {status}", tuple(ids), page)


def _by_ids(base_path: str, tier: str, ids: Sequence[str]) -> tuple[RemoteList, ...]:
    return tuple(
        RemoteList("", chunk, partial(_page, base_path, tier, _named(chunk)))
        for chunk in _chunks(ids)
    )


def _named(ids: Sequence[str]) -> tuple[Pair, ...]:
    return tuple(("filter.task_ids", task_id) for task_id in ids)


def recent(base_path: str, page: int) -> tuple[Request, ...]:
    """One page of everything the service still holds (7 days), a request a tier."""
    return tuple(_page(base_path, tier, (), page) for tier in TIERS)


def _page(base_path: str, tier: str, filters: Sequence[Pair], page: int) -> Request:
    return Request(_tasks(base_path), (*_fixed(page, tier), *filters))


def _fixed(page: int, tier: str) -> tuple[Pair, ...]:
    return (
        ("page_num", str(page)),
        ("page_size", str(PAGE_SIZE)),
        ("filter.service_tier", tier),
    )


def _chunks(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The distinct ids in groups that fit one URL; an oversized id stands alone."""
    room = MAX_QUERY_CHARS - len(urlencode(_fixed(1, TIERS[0])))
    chunk: list[str] = []
    used = 0
    for task_id in dict.fromkeys(ids):
        is_plain = task_id.isascii() and task_id.replace("-", "a").isalnum()  # as nearly all are
        written = task_id if is_plain else quote_plus(task_id, errors="replace")
        size = len("&filter.task_ids=") + len(written)
        if chunk and (len(chunk) == MAX_IDS or used + size > room):
            yield tuple(chunk)
            chunk, used = [], 0
        chunk.append(task_id)
        used += size
    if chunk:
        yield tuple(chunk)
