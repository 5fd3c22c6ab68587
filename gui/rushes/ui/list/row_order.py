"""Where rows are in the order the store gave: plain numbers, no Qt, no task that is not shown."""

import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rushes.core.conditions import holds
from rushes.core.grouping import GroupBy, team_of
from rushes.core.listing import ListQuery, Numbers
from rushes.core.task import Task
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.search import Query

_SIZE = 4  # bytes of a number
_CHUNK = 4096
#: With more numbers to look for, one pass over all rows is cheaper than a search each.
_FEW = 16


def row_of(order: Numbers, num: int) -> int | None:
    """The row of one number: a search through bytes, 1 ms in a million rows."""
    packed, wanted = order.tobytes(), num.to_bytes(_SIZE, sys.byteorder)
    at = packed.find(wanted)
    while at >= 0 and at % _SIZE:
        at = packed.find(wanted, at + 1)
    return None if at < 0 else at // _SIZE


def rows_of(order: Numbers, nums: Collection[int]) -> dict[int, int]:
    """The rows of those of `nums` that are in `order`."""
    if len(nums) > _FEW:
        wanted = frozenset(nums)
        return {num: row for row, num in enumerate(order) if num in wanted}
    found = {num: row_of(order, num) for num in nums}
    return {num: row for num, row in found.items() if row is not None}


def changed_part(old: Numbers, new: Numbers) -> tuple[int, int, int]:
    """What is different between two orders: (first row, end in `old`, end in `new`)."""
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and old[first : first + _CHUNK] == new[first : first + _CHUNK]:
        first += min(_CHUNK, shorter - first)
    while first < shorter and old[first] == new[first]:
        first += 1
    tail = 0
    while tail < shorter - first:
        step = min(_CHUNK, shorter - first - tail)
        a, b = len(old) - tail, len(new) - tail
        if old[a - step : a] != new[b - step : b]:
            break
        tail += step
    while tail < shorter - first and old[len(old) - tail - 1] == new[len(new) - tail - 1]:
        tail += 1
    return first, len(old) - tail, len(new) - tail


def gently(old: Sequence[int], new: Sequence[int]) -> list[int]:
    """`old` as it stands, with what is new in `new` behind its neighbour there."""
    standing = set(old)
    behind: dict[int | None, list[int]] = {}
    before = None
    for num in new:
        if num in standing:
            before = num
        else:
            behind.setdefault(before, []).append(num)
    rows = list(behind.get(None, ()))
    for num in old:
        rows.append(num)
        rows += behind.get(num, ())
    return rows


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted row numbers as half-open spans: [1, 2, 5] -> [(1, 3), (5, 6)]."""
    spans: list[tuple[int, int]] = []
    for row in rows:
        if spans and spans[-1][1] == row:
            spans[-1] = (spans[-1][0], row + 1)
        else:
            spans.append((row, row + 1))
    return spans


def place(listing: ListQuery, task: Task, ctx: Context) -> tuple[Any, ...]:
    """What decides whether and where `task` stands: two equal ones need no new order."""
    column = BY_ID.get(listing.sort_by)
    key = column.value(task, ctx) if column else task.is_live
    created = task.report.created_at
    return (
        holds(listing.scope.condition(ctx.now), task),
        Query(listing.terms).matches(task, ctx),
        key,
        task.added_at if created is None else created,
        _group(listing.group_by, task),
    )


def _group(by: GroupBy, task: Task) -> str:
    match by:
        case GroupBy.HAND:
            return task.mark.group
        case GroupBy.NAME:
            return team_of(task.mark.name)
        case GroupBy.NOTHING:
            return ""
