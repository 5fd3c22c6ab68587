"""Ark's list endpoint: many tasks in one call, video and 3D alike (contract 4).

Tasks of the tier "flex" are invisible unless asked for, so everything is asked twice. The page
size is always sent: its default of 20 would hide the rest.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from rushes.core.wire import Request
from rushes.providers.paths import ark_tasks

TIERS = ("default", "flex")
PAGE_SIZE = 500
MAX_IDS = 100
MAX_QUERY_CHARS = 3800  # leaves room for scheme, host and path in a URL of 4,000

#: With so many live tasks the list is asked. Two, because one call then already saves one.
BATCH_FROM = 2

Pair = tuple[str, str]


def many(base_path: str, ids: Sequence[str]) -> tuple[Request, ...]:
    """Requests that together ask for all of `ids`, in both tiers."""
    return tuple(_page(base_path, 1, tier, chunk) for chunk in _chunks(ids) for tier in TIERS)


def recent(base_path: str, page: int) -> tuple[Request, ...]:
    """One page of everything the service still holds (7 days), a request a tier."""
    return tuple(_page(base_path, page, tier) for tier in TIERS)


def _page(base_path: str, page: int, tier: str, ids: Sequence[str] = ()) -> Request:
    query = (*_fixed(page, tier), *(("filter.task_ids", task_id) for task_id in ids))
    return Request(ark_tasks(base_path), query)


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
        size = 1 + len(urlencode({"filter.task_ids": task_id}, errors="replace"))
        if chunk and (len(chunk) == MAX_IDS or used + size > room):
            yield tuple(chunk)
            chunk, used = [], 0
        chunk.append(task_id)
        used += size
    if chunk:
        yield tuple(chunk)
