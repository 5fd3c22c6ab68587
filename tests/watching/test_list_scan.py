"""A pass over pretended lists: everybody there is seen, in few requests."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.core.account import Dialect
from rushes.core.task import Report, Status
from rushes.core.wire import ListPage, Request, Wanted
from rushes.providers.ark import PAGE_SIZE
from rushes.providers.registry import provider_for
from rushes.watching.list_scan import ListScan

ARK = provider_for(Dialect.ARK)
LIVE = {Status.QUEUED: "queued", Status.RUNNING: "running"}


class Lists:
    """An account at the service: id → (status word, tier)."""

    def __init__(self, tasks: dict[str, tuple[str, str]]) -> None:
        self.tasks = tasks
        self.asked = 0

    def answer(self, request: Request) -> ListPage:
        self.asked += 1
        query = dict(request.query)
        ids = {value for name, value in request.query if name == "filter.task_ids"}
        rows = [
            task_id
            for task_id, (word, tier) in self.tasks.items()
            if tier == query["filter.service_tier"]
            and (not ids or task_id in ids)
            and query.get("filter.status", word) == word
        ]
        first = (int(query["page_num"]) - 1) * PAGE_SIZE
        reports = tuple(Report(id=each) for each in rows[first : first + PAGE_SIZE])
        return ListPage(reports, len(rows))


def swept(lists: Lists, wanted: list[Wanted], lengths: dict[str, int] | None = None) -> set[str]:
    """ListScan to the end; gives who is missing."""
    sweep = ListScan(ARK, "", wanted, {} if lengths is None else lengths)
    while (request := sweep.request()) is not None:
        assert sweep.request() == request
        sweep.took(lists.answer(request))
    return set(sweep.missing)


def account(n: int, others: int = 0) -> tuple[Lists, list[Wanted]]:
    """`n` live tasks that we know, a third of them queued, among ended ones of others."""
    wanted = [
        Wanted(f"cgt-{i:020}", Status.RUNNING if i % 3 else Status.QUEUED, "default")
        for i in range(n)
    ]
    tasks = {f"other-{i:018}": ("succeeded", "default") for i in range(others)}
    tasks |= {one.id: (LIVE[one.status], "default") for one in wanted}
    return Lists(tasks), wanted


@pytest.mark.parametrize(("others", "most"), [(0, 2), (20_000, 3)])
def test_that_a_thousand_live_tasks_are_seen_in_a_few_requests(others: int, most: int) -> None:
    lists, wanted = account(1000, others)
    lengths = {"default ": 1000 + others}
    assert swept(lists, wanted, lengths) == set()
    assert lists.asked <= most


def test_that_who_ended_since_is_found_by_id() -> None:
    lists, wanted = account(1000, 20_000)
    for one in wanted[:40]:
        lists.tasks[one.id] = ("expired", "default")
    assert swept(lists, wanted, {"default ": 21_000}) == set()
    assert lists.asked <= 4


def test_that_a_long_history_is_not_read_to_its_end() -> None:
    lists, wanted = account(300, 20_000)
    unknown = [Wanted(one.id) for one in wanted]
    lengths: dict[str, int] = {}
    assert swept(lists, unknown, lengths) == set()
    assert lists.asked <= 6
    assert lengths["default "] == 20_300  # and the next pass knows better from the start


def test_that_a_task_of_unknown_tier_is_sought_in_both() -> None:
    lists = Lists({"a": ("running", "flex"), "b": ("running", "default")})
    assert swept(lists, [Wanted("a"), Wanted("b"), Wanted("gone")]) == {"gone"}
    assert lists.asked == 2


WORDS = st.sampled_from(["queued", "running", "succeeded", "failed", "expired"])
TIERS = st.sampled_from(["default", "flex"])


@settings(max_examples=30)
@given(
    st.dictionaries(st.integers(0, 400), st.tuples(WORDS, TIERS), max_size=250),
    st.integers(0, 2**32),
    st.sampled_from([0, 700, 5000]),
)
def test_that_exactly_those_are_missing_that_the_service_does_not_have(
    held: dict[int, tuple[str, str]], seed: int, others: int
) -> None:
    dice = random.Random(seed)
    tasks = {f"o{i}": ("running", "default") for i in range(others)}
    tasks |= {f"cgt-{number:020}": what for number, what in held.items()}
    wanted = [
        Wanted(
            f"cgt-{number:020}",
            dice.choice([Status.QUEUED, Status.RUNNING, Status.UNKNOWN]),
            dice.choice([None, held[number][1]]) if number in held else None,
        )
        for number in range(0, 400, 2)
    ]
    lists = Lists(tasks)
    lengths = {"default ": others} if seed % 2 else {}
    assert swept(lists, wanted, lengths) == {one.id for one in wanted} - set(tasks)
    assert lists.asked <= 30
