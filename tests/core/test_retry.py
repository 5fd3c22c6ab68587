"""When a file is tried again, and when it is lost. The whole policy: faults/suite_t23."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.failure import Failure, Kind
from rushes.core.retry import (
    PASSING,
    REFUSED,
    SHORTEST_WAIT_S,
    ends_of,
    file_wait_s,
    is_lost,
    repaired,
    still_to_wait,
)
from rushes.core.task import Artifact, ArtifactKind, Key, Report, Task

HOUR, DAY = 3600.0, 86_400.0
FAR = (1e9, 1e9)


def wait(kind: Kind, count: int = 1, ends: tuple[float, ...] = FAR, **more: float) -> float | None:
    failure = Failure(kind, retry_after=more.get("retry_after"))
    return file_wait_s(failure, refusals=count, attempts=count, ends=ends, chance=0.0)


def video(expires_at: float | None, *, inferred: bool = False) -> tuple[Task, Artifact]:
    artifact = Artifact(
        kind=ArtifactKind.VIDEO, expires_at=expires_at, expires_inferred=inferred, url="u"
    )
    report = Report(id="t", created_at=1000.0)
    return Task(key=Key("a", "t"), report=report, added_at=5000.0), artifact


@pytest.mark.parametrize("kind", sorted(REFUSED, key=str))
def test_that_the_gaps_after_refusals_grow(kind: Kind) -> None:
    assert [wait(kind, n) for n in range(1, 8)] == [10, 30, 120, 600, 1800, 1800, 1800]


def test_that_only_what_a_person_can_change_is_not_tried_again() -> None:
    final = {kind for kind in Kind if wait(kind) is None}
    assert final.isdisjoint(REFUSED | PASSING)
    assert {Kind.TOO_LARGE, Kind.FOLDER, Kind.DISK_FULL, Kind.LOST} <= final


def test_that_retry_after_is_kept_unless_a_link_ends_before() -> None:
    assert wait(Kind.LIMITED, retry_after=500.0) == 500.0
    assert wait(Kind.LINK_ENDED, retry_after=500.0) == 500.0
    assert wait(Kind.LIMITED, retry_after=500.0, ends=(100.0, 100.0)) == 50.0


@pytest.mark.parametrize(
    ("kind", "longest"), [(Kind.LIMITED, 1800.0), (Kind.LINK_ENDED, 1800.0), (Kind.SERVER, 600.0)]
)
def test_that_no_file_waits_longer_than_half_an_hour_for_a_retry_after(
    kind: Kind, longest: float
) -> None:
    failure = Failure(kind, retry_after=86_400.0)
    for chance in (0.0, 1.0):
        waited = file_wait_s(failure, refusals=1, attempts=1, ends=FAR, chance=chance)
        assert waited == longest * (1.0 + 0.2 * chance if kind is Kind.SERVER else 1.0)


@given(
    st.sampled_from(sorted(REFUSED | PASSING, key=lambda kind: kind.value)),
    st.floats(61.0, 7 * DAY),
    st.floats(0.0, 1.0),
)
def test_that_there_is_a_try_within_the_last_minute_of_a_link(
    kind: Kind, left: float, chance: float
) -> None:
    count = 0
    while left > 60.0:
        count += 1
        failure = Failure(kind)
        ends = (left, left + HOUR)
        waits = file_wait_s(failure, refusals=count, attempts=count, ends=ends, chance=chance)
        assert waits is not None
        assert waits >= 5.0
        left -= waits
    assert left > 0.0


@pytest.mark.parametrize("kind", [Kind.LINK_ENDED, Kind.SERVER, Kind.OFFLINE])
def test_that_nothing_is_hurried_for_long_after_the_last_end(kind: Kind) -> None:
    """Who wakes after it fails at first because the network is not up yet."""
    waits = [wait(kind, n, (-HOUR, -1.0)) or 0.0 for n in range(1, 12)]
    assert waits[0] <= 10.0
    assert sorted(waits) == waits
    assert waits[-1] == 1800.0


def test_that_a_link_that_ends_during_an_attempt_is_asked_for_soon() -> None:
    """The service was asked before that end, so it named the link that ended."""

    def waits(ends: tuple[float, float], took_s: float) -> float | None:
        return file_wait_s(
            Failure(Kind.LINK_ENDED), refusals=9, attempts=9, ends=ends, chance=0.0, took_s=took_s
        )

    assert waits((-0.004, -0.004), 0.1) == SHORTEST_WAIT_S
    assert waits((-0.004, HOUR), 0.1) == SHORTEST_WAIT_S
    assert waits((-0.2, -0.2), 0.1) == 1800.0


@pytest.mark.parametrize(
    ("expires_at", "inferred", "end"),
    [
        (9000.0, False, 9000.0),
        (9000.0, True, 9000.0 + HOUR),
        (None, False, 1000.0 + 7 * DAY),
    ],
)
def test_that_a_refused_file_is_lost_only_after_its_end_and_when_the_service_was_asked(
    expires_at: float | None, inferred: bool, end: float
) -> None:
    task, artifact = video(expires_at, inferred=inferred)
    assert ends_of(task, artifact)[1] == end
    for now, was_asked, lost in (
        (end - 1.0, True, False),
        (end, True, True),
        (end, False, False),
        (end + DAY - 1.0, False, False),
        (end + DAY, False, True),
    ):
        assert is_lost(task, artifact, Kind.LINK_ENDED, now=now, was_asked=was_asked) is lost


@pytest.mark.parametrize("kind", [Kind.OFFLINE, Kind.SERVER, Kind.TLS])
def test_that_a_server_out_of_reach_loses_no_file_by_itself(kind: Kind) -> None:
    task, artifact = video(9000.0)
    assert not is_lost(task, artifact, kind, now=9000.0 + DAY - 1.0, was_asked=True)
    assert is_lost(task, artifact, kind, now=9000.0 + DAY, was_asked=True)
    assert not is_lost(task, artifact, kind, now=9000.0 + 99 * DAY, was_asked=False)


@pytest.mark.parametrize(
    ("next_try_at", "left"), [(None, 0.0), (900.0, 0.0), (1100.0, 100.0), (1e9, 0.0)]
)
def test_that_a_wait_written_down_by_a_wrong_clock_is_not_waited_for(
    next_try_at: float | None, left: float
) -> None:
    assert still_to_wait(next_try_at, 1000.0) == left


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://h/v?a=1\\u0026b=2", "https://h/v?a=1&b=2"),
        ("https://h/v?a=1&amp;b=2&amp;c=3", "https://h/v?a=1&b=2&c=3"),
        ("https://h/v?a=1\\\\u0026b=2", "https://h/v?a=1&b=2"),
        ("https://h/v?a=1&b=2", None),
    ],
)
def test_that_an_escape_that_was_left_in_a_link_is_undone(url: str, meant: str | None) -> None:
    assert repaired(url) == meant


def test_that_a_damaged_file_is_fetched_again_with_growing_gaps() -> None:
    waits = [wait(Kind.DAMAGED, count) for count in range(1, 6)]
    assert waits == [30.0, 300.0, 1800.0, 1800.0, 1800.0]
