"""What is asked, and where."""

from urllib.parse import urlencode

import pytest

from rushes.core.account import Dialect
from rushes.core.task import Status
from rushes.core.wire import Request, Wanted
from rushes.providers.ark import MAX_IDS
from rushes.providers.paths import absolute
from rushes.providers.registry import provider_for

ARK = provider_for(Dialect.ARK)


@pytest.mark.parametrize(
    ("dialect", "base", "path"),
    [
        (Dialect.ARK, "", "/api/v3/contents/generations/tasks/t"),
        (Dialect.ARK, "/proxy", "/api/v3/contents/generations/tasks/t"),
        (Dialect.ARK, "/api/plan/v3", "/contents/generations/tasks/t"),
        (Dialect.ARK, "/api/v3/", "/contents/generations/tasks/t"),
        (Dialect.RONG, "", "/llm/v1/contents/generations/tasks/t"),
        (Dialect.RONG, "/llm/v1", "/contents/generations/tasks/t"),
        (Dialect.ANYFAST, "", "/v1/video/generations/t"),
        (Dialect.ANYFAST, "/v1", "/video/generations/t"),
        (Dialect.JIMENG, "", "/jimeng/fetch/t"),
        (Dialect.JIMENG, "/v1", "/jimeng/fetch/t"),
    ],
)
def test_where_one_task_is_asked_for(dialect: Dialect, base: str, path: str) -> None:
    assert provider_for(dialect).one(base, "t") == (Request(path),)


def test_that_an_unknown_gateway_is_asked_on_every_known_route() -> None:
    assert [r.path for r in provider_for(Dialect.GATEWAY).one("", "t")] == [
        "/v1/video/generations/t",
        "/v1/videos/t",
        "/api/v3/contents/generations/tasks/t",
        "/jimeng/fetch/t",
        "/volc/v3/contents/generations/tasks/t",
        "/seedance/api/v3/contents/generations/tasks/t",
        "/byteplus/api/v3/contents/generations/tasks/t",
        "/llm/v1/contents/generations/tasks/t",
        "/volc/v1/contents/generations/tasks/t",
        "/api/v1/videos/t",
        "/kling/v1/videos/text2video/t",
        "/kling/v1/videos/image2video/t",
        "/v2/videos/generations/t",
        "/v1/tasks/t",
        "/v1/task/get/t",
        "/v1/video/query",
        "/ent/v2/tasks/t/creations",
    ]


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/volc/v3", "/contents/generations/tasks/t"),
        ("/seedance/api/v3", "/contents/generations/tasks/t"),
        ("/llm/v1", "/contents/generations/tasks/t"),
        ("/api/v1", "/videos/t"),
        ("/prefix", "/v1/videos/t"),
    ],
)
def test_that_a_prefix_in_the_base_is_not_doubled(base: str, path: str) -> None:
    assert path in [r.path for r in provider_for(Dialect.GATEWAY).one(base, "t")]


@pytest.mark.parametrize(
    ("base", "route", "link", "leads_to"),
    [
        ("", "/v1/videos/t", "/v1/videos/t/content", "/v1/videos/t/content"),
        ("", "/v1/video/generations/t", "/v1/videos/t/content", "/v1/videos/t/content"),
        ("/v1", "/videos/t", "/v1/videos/t/content?index=0", "/v1/videos/t/content?index=0"),
        ("/api/v1", "/videos/t", "/v1/videos/t/content", "/api/v1/videos/t/content"),
        ("", "/api/v1/videos/t", "/v1/videos/t/content", "/api/v1/videos/t/content"),
        ("/gw", "/v1/videos/t", "/v1/videos/t/content", "/gw/v1/videos/t/content"),
        ("/gw", "/v1/videos/t", "/files/t.mp4", "/files/t.mp4"),
        ("", "/kling/v1/videos/text2video/t", "/v1/videos/t/content", "/v1/videos/t/content"),
        ("", "/v1/tasks/t", "/v1/tasks/t/artifacts/v/content", "/v1/tasks/t/artifacts/v/content"),
    ],
)  # fmt: skip
def test_where_a_relative_link_leads(base: str, route: str, link: str, leads_to: str) -> None:
    assert absolute(link, f"https://gw.example{base}", route) == f"https://gw.example{leads_to}"


def test_that_other_links_stay_byte_for_byte() -> None:
    link = "https://files.example/a%2Fb.mp4?X=1&amp;Y"
    assert absolute(link, "https://gw.example", "/v1/videos/t") == link


@pytest.mark.parametrize(
    ("task_id", "segment"),
    [
        ("cgt-20250331175019-68d9t", "cgt-20250331175019-68d9t"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a..b", "a..b"),
        ("任务 1", "%E4%BB%BB%E5%8A%A1%201"),
        ("%2F", "%252F"),
        ("\ud800", "%3F"),
        ("cgt-2025******-****", "cgt-2025%2A%2A%2A%2A%2A%2A-%2A%2A%2A%2A"),
    ],
)
@pytest.mark.parametrize("dialect", list(Dialect))
def test_that_an_id_is_one_segment_whatever_it_holds(
    dialect: Dialect, task_id: str, segment: str
) -> None:
    for request in provider_for(dialect).one("", task_id):
        parts = request.path.split("/")
        assert segment in parts or ("id", task_id) in request.query


@pytest.mark.parametrize("dialect", list(Dialect))
def test_that_an_empty_id_never_becomes_a_call_about_all_tasks(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="empty"):
        provider_for(dialect).one("", "")


def test_that_cancelling_is_a_delete_of_one_task() -> None:
    assert ARK.cancel is not None
    path = "/api/v3/contents/generations/tasks/t"
    assert ARK.cancel("", "t") == Request(path, method="DELETE")
    with pytest.raises(ValueError, match="empty"):
        ARK.cancel("", "")


def wanted(
    n: int, status: Status = Status.RUNNING, *, length: int = 24, first: int = 0
) -> list[Wanted]:
    return [Wanted(f"{first + i:0{length}}", status) for i in range(n)]


def test_that_a_few_are_asked_for_with_repeated_ids() -> None:
    assert ARK.many is not None
    assert ARK.tiers == ("default", "flex")
    path = "/api/v3/contents/generations/tasks"
    page = (("page_num", "1"), ("page_size", "500"), ("filter.service_tier", "flex"))
    (listing,) = ARK.many("", "flex", [Wanted("a"), Wanted("b"), Wanted("a")], {})
    ids = (("filter.task_ids", "a"), ("filter.task_ids", "b"))
    assert listing.is_exact
    assert listing.page(1) == Request(path, (*page, *ids))
    assert ARK.many("", "flex", [], None) == ()


@pytest.mark.parametrize("length", [1, 5, 25, 60, 500, 5000])
def test_that_ids_are_cut_into_urls_of_bearable_length(length: int) -> None:
    assert ARK.many is not None
    every = wanted(10 if length == 1 else 330, length=length)
    asked = []
    for listing in ARK.many("", "default", every, None):
        request = listing.page(1)
        mine = [value for name, value in request.query if name == "filter.task_ids"]
        assert tuple(mine) == listing.ids
        assert 1 <= len(mine) <= MAX_IDS
        assert len(mine) == 1 or len(request.path + urlencode(request.query)) <= 3900
        asked += mine
    assert asked == [one.id for one in every]


@pytest.mark.parametrize(
    ("running", "queued", "unknown", "lengths", "requests"),
    [
        (90, 0, 0, {}, ["ids"]),
        (150, 50, 0, {"default ": 4000}, ["ids"] * 3),
        (400, 0, 0, {}, ["running"]),
        (700, 300, 0, {}, ["everything"]),
        (700, 300, 0, {"default ": 4000}, ["queued", "running"]),
        (700, 300, 80, {"default ": 4000}, ["queued", "running", "ids"]),
        (700, 300, 0, {"default ": 9000, "default running": 9000}, ["ids"] * 11),
        (0, 0, 900, {}, ["everything"]),
        (0, 0, 900, {"default ": 9000}, ["ids"] * 10),
    ],
)
def test_that_the_fewest_requests_are_made(
    running: int, queued: int, unknown: int, lengths: dict[str, int], requests: list[str]
) -> None:
    assert ARK.many is not None
    every = [
        *wanted(running),
        *wanted(queued, Status.QUEUED, first=10_000),
        *wanted(unknown, Status.UNKNOWN, first=20_000),
    ]
    found = []
    for listing in ARK.many("", "default", every, lengths):
        query = dict(listing.page(1).query)
        found.append("ids" if listing.is_exact else query.get("filter.status", "everything"))
    assert found == requests


def test_that_everything_recent_is_asked_page_by_page_in_both_tiers() -> None:
    assert ARK.recent is not None
    path = "/contents/generations/tasks"
    page = (("page_num", "3"), ("page_size", "500"))
    assert ARK.recent("/api/plan/v3", 3) == (
        Request(path, (*page, ("filter.service_tier", "default"))),
        Request(path, (*page, ("filter.service_tier", "flex"))),
    )


@pytest.mark.parametrize("dialect", [d for d in Dialect if d is not Dialect.ARK])
def test_that_only_ark_can_list_and_cancel(dialect: Dialect) -> None:
    provider = provider_for(dialect)
    assert (provider.many, provider.recent, provider.read_page, provider.cancel) == (None,) * 4


def test_that_two_live_tasks_at_ark_are_worth_a_batch() -> None:
    assert ARK.batch_from == 2
