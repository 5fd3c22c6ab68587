"""Result files: signatures, ends, ranges, renewals, and downloads that go wrong."""

import hashlib
import http.client
import re

import pytest

from rushes.simulator.media import medium
from rushes.simulator.server import Simulator
from tests.simulated import HandClock, Play
from tests.simulator.conftest import Ask, task_url

DUNES = medium("dunes.mp4")


def link(sim: Simulator, ask: Ask, name: str = "ark", number: int = 0) -> str:
    end = sim.endpoint(name)
    body = ask(task_url(end, end.ids[number]), key=end.key).json
    url: str = body["content"]["video_url"]
    return url


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def done(simulator: Play, clock: HandClock) -> Simulator:
    sim = simulator("one", clock=clock)
    clock.forward(60)
    return sim


def test_that_a_link_is_signed_for_a_day_on_an_origin_of_its_own(done: Simulator, ask: Ask) -> None:
    url = link(done, ask)
    assert not url.startswith(done.endpoint("ark").base_url)
    names = re.findall(r"[?&](X-Tos-[A-Za-z-]+)=", url)
    assert names == [
        *("X-Tos-Algorithm", "X-Tos-Credential", "X-Tos-Date", "X-Tos-Expires"),
        *("X-Tos-SignedHeaders", "X-Tos-Signature"),
    ]
    assert "X-Tos-Expires=86400&" in url
    film = ask(url)
    assert film.status == 200
    assert film.headers["content-type"] == "video/mp4"
    assert hashlib.sha256(film.body).hexdigest() == DUNES.sha256


def test_that_a_link_ends_with_xml(done: Simulator, ask: Ask, clock: HandClock) -> None:
    url = link(done, ask)
    clock.forward(86400 - 61)
    assert ask(url).status == 200
    clock.forward(2)
    answer = ask(url)
    assert (answer.status, answer.headers["content-type"]) == (
        403,
        "application/xml; charset=utf-8",
    )
    assert b"<Code>RequestExpired</Code>" in answer.body
    assert link(done, ask) == url  # asked again: the same


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("X-Tos-Expires=86400", "X-Tos-Expires=604800", b"SignatureDoesNotMatch"),
        ("%2F", "/", b"SignatureDoesNotMatch"),  # re-encoding breaks a signature
        ("cgt-", "cgt_", b"SignatureDoesNotMatch"),
        ("X-Tos-Signature=", "X-Tos-Signature=0", b"SignatureDoesNotMatch"),
        ("&X-Tos-Signature=", "&Signature=", b"AccessDenied"),
    ],
)
def test_that_a_changed_link_is_refused(
    done: Simulator, ask: Ask, old: str, new: str, code: bytes
) -> None:
    url = link(done, ask)
    assert old in url
    answer = ask(url.replace(old, new))
    assert answer.status == 403
    assert b"<Code>%s</Code>" % code in answer.body


def test_that_an_unsigned_address_is_refused(done: Simulator, ask: Ask) -> None:
    assert ask(link(done, ask).partition("?")[0]).status == 403


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, DUNES.bytes - 1),
        ("bytes=-10", DUNES.bytes - 10, DUNES.bytes - 1),
        (f"bytes=5-{10 * DUNES.bytes}", 5, DUNES.bytes - 1),
    ],
)
def test_that_a_range_is_answered_with_exactly_these_bytes(
    done: Simulator, ask: Ask, asked: str, first: int, last: int
) -> None:
    part = ask(link(done, ask), Range=asked)
    assert part.status == 206
    assert part.headers["content-range"] == f"bytes {first}-{last}/{DUNES.bytes}"
    assert part.body == DUNES.path.read_bytes()[first : last + 1]


def test_that_a_range_past_the_end_is_416(done: Simulator, ask: Ask) -> None:
    answer = ask(link(done, ask), Range=f"bytes={DUNES.bytes}-")
    assert answer.status == 416
    assert answer.headers["content-range"] == f"bytes */{DUNES.bytes}"


def test_that_a_file_is_resumed_only_while_its_etag_is_the_same(done: Simulator, ask: Ask) -> None:
    url = link(done, ask)
    etag = ask(url, "HEAD").headers["etag"]
    assert etag.startswith('"')  # strong
    assert ask(url, Range="bytes=9-", If_Range=etag).status == 206
    whole = ask(url, Range="bytes=9-", If_Range='"another"')
    assert (whole.status, len(whole.body)) == (200, DUNES.bytes)


def test_that_head_tells_the_length_and_sends_nothing(done: Simulator, ask: Ask) -> None:
    answer = ask(link(done, ask), "HEAD")
    assert (answer.status, answer.headers["content-length"]) == (200, str(DUNES.bytes))
    assert answer.body == b""
    assert not done.downloads


def test_that_a_link_can_be_used_as_often_as_it_says(
    simulator: Play, ask: Ask, clock: HandClock
) -> None:
    sim = simulator("many-requests", clock=clock)
    clock.forward(60)
    assert "X-Tos-Max-Requests=100&" in link(sim, ask)
    url = link(sim, ask, number=1)
    assert "X-Tos-Max-Requests=2&" in url
    assert [ask(url).status for _ in range(3)] == [200, 200, 403]
    assert list(sim.downloads.values()) == [2]


def test_that_a_link_that_ended_is_renewed_when_asked_again(
    simulator: Play, ask: Ask, clock: HandClock
) -> None:
    sim = simulator("link-renewed", clock=clock)
    first = link(sim, ask)
    assert ask(first).status == 403
    second = link(sim, ask)
    assert second != first
    assert ask(second).status == 200
    assert ask(first).status == 403
    assert link(sim, ask) == second  # still good: no third one


def test_that_a_link_that_ended_for_good_stays_the_same(simulator: Play, ask: Ask) -> None:
    sim = simulator("link-lost")
    first = link(sim, ask)
    assert ask(first).status == 403
    assert link(sim, ask) == first
    (told,) = sim.expected()["ark"].values()
    assert told["artifacts"][0]["state"] == "lost"


def test_that_a_success_may_lack_its_link_for_ever_or_for_a_while(
    simulator: Play, ask: Ask, clock: HandClock
) -> None:
    never, later = (simulator(name, speed=1, clock=clock) for name in ("no-url", "late-url"))
    clock.forward(10)
    for sim in (never, later):
        ark = sim.endpoint("ark")
        body = ask(task_url(ark), key=ark.key).json
        assert (body["status"], body["content"]) == ("succeeded", {})
    clock.forward(60)
    assert ask(link(later, ask)).status == 200
    ark = never.endpoint("ark")
    assert ask(task_url(ark), key=ark.key).json["content"] == {}
    (told,) = never.expected()["ark"].values()
    assert (told["artifacts"], told["flags"]) == ([], ["result_missing"])


def test_that_a_download_breaks_off_once_and_is_whole_the_next_time(
    simulator: Play, ask: Ask, clock: HandClock
) -> None:
    sim = simulator("link-cut", speed=1000, clock=clock)
    clock.forward(1)
    url = link(sim, ask)
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(url)
    assert len(broken.value.partial) == 100_000
    rest = ask(url, Range="bytes=100000-")
    assert broken.value.partial + rest.body == medium("lanterns.mp4").path.read_bytes()
    clock.forward(3)
    assert ask(url).status == 403
    assert ask(link(sim, ask)).status == 200


def test_that_a_broken_file_is_a_web_page_with_status_200(
    simulator: Play, ask: Ask, clock: HandClock
) -> None:
    sim = simulator("broken-file", clock=clock)
    clock.forward(60)
    answer = ask(link(sim, ask))
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
