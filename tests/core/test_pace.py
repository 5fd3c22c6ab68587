"""When to look next, as a table of cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.account import Dialect
from rushes.core.failure import Kind
from rushes.core.pace import (
    IN_FLIGHT,
    LIMITS,
    LONGEST_WAIT_S,
    RECHECKS,
    recheck_wait_s,
    wait_s,
    wants_look,
)
from rushes.core.retry import back_off_s
from rushes.core.task import Flag, Key, Report, Status, Task, blank

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("age_s", "shortest", "longest"),
    [
        (-5000.0, 10.0, 13.0),
        (0.0, 10.0, 13.0),
        (5 * MINUTE, 16.0, 20.0),
        (HOUR, 44.0, 55.0),
        (DAY, 210.0, 260.0),
        (100 * DAY, 270.0, 330.0),
    ],
)
def test_that_without_a_history_older_tasks_are_looked_at_more_rarely(
    age_s: float, shortest: float, longest: float
) -> None:
    for chance in (0.0, 0.5, 1.0):
        wait = wait_s(age_s, status=Status.RUNNING, gap_s=1.0, chance=chance)
        assert shortest <= wait <= longest


#: Seconds that a hundred of its like took: all between 90 and 110.
NARROW = tuple(90.0 + n / 5 for n in range(100))


@pytest.mark.parametrize(
    ("elapsed_s", "shortest", "longest"),
    [
        (0.0, 30.0, 92.0),  # nothing to be seen yet
        (60.0, 20.0, 34.0),  # it may begin to end
        (95.0, 1.0, 3.0),  # the thick of it
        (105.0, 1.0, 3.0),
        (130.0, 4.0, 8.0),  # out of the ordinary
        (3600.0, 20.0, 40.0),
    ],
)
def test_that_looks_crowd_where_its_like_ended(
    elapsed_s: float, shortest: float, longest: float
) -> None:
    wait = wait_s(elapsed_s, status=Status.RUNNING, gap_s=1.0, chance=0.5, took=NARROW)
    assert shortest <= wait <= longest


def test_that_what_is_on_the_screen_is_looked_at_more_often_and_a_queue_more_rarely() -> None:
    def wait(status: Status, *, is_shown: bool = False) -> float:
        return wait_s(100.0, status=status, gap_s=0.1, chance=0.5, took=NARROW, is_shown=is_shown)

    assert wait(Status.RUNNING, is_shown=True) < wait(Status.RUNNING) < wait(Status.QUEUED)


TOOK = st.lists(st.floats(0.001, 1e6), max_size=50).map(lambda took: tuple(sorted(took)))


@given(
    st.floats(-1e9, 1e9),
    st.sampled_from(Status),
    st.floats(0, 1),
    TOOK,
    st.floats(1, 60),
    st.booleans(),
)
def test_that_no_task_is_looked_at_sooner_than_its_gap_or_later_than_the_bound(
    elapsed_s: float,
    status: Status,
    chance: float,
    took: tuple[float, ...],
    gap_s: float,
    is_shown: bool,
) -> None:
    wait = wait_s(
        elapsed_s, status=status, gap_s=gap_s, chance=chance, took=took, is_shown=is_shown
    )
    if not status.is_terminal:
        assert gap_s <= wait <= max(gap_s, LONGEST_WAIT_S * 1.1)


def test_that_a_missing_link_is_looked_for_ever_more_rarely_for_a_day() -> None:
    waits = [
        wait_s(0.0, status=Status.SUCCEEDED, gap_s=3.0, chance=0.7, rechecks=n)
        for n in range(RECHECKS[Flag.RESULT_MISSING])
    ]
    assert waits == sorted(waits)
    assert waits[0] <= 30.0
    assert 24 * 3600.0 <= sum(waits) < 25 * 3600.0
    assert len(waits) < 50


@pytest.mark.parametrize(
    ("kind", "failures", "retry_after", "shortest"),
    [
        (Kind.SERVER, 1, None, 5.0),
        (Kind.SERVER, 2, None, 10.0),
        (Kind.SERVER, 3, None, 20.0),
        (Kind.SERVER, 50, None, 300.0),
        (Kind.OFFLINE, 50, None, 60.0),
        (Kind.LIMITED, 1, None, 5.0),
        (Kind.LIMITED, 1, 40.0, 40.0),
        (Kind.LIMITED, 1, 2.0, 5.0),
        (Kind.LIMITED, 50, 600.0, 600.0),
        (Kind.SERVER, 1, 600.0, 600.0),
        (Kind.QUOTA, 1, None, 600.0),
        (Kind.QUOTA, 1, 30.0, 600.0),
        (Kind.QUOTA, 2, None, 1200.0),
        (Kind.QUOTA, 50, None, 3600.0),
    ],
)
def test_that_failures_in_a_row_double_the_rest_and_the_server_is_obeyed(
    kind: Kind, failures: int, retry_after: float | None, shortest: float
) -> None:
    def rest(chance: float) -> float:
        return back_off_s(kind, failures=failures, chance=chance, retry_after=retry_after)

    assert rest(0.0) == shortest
    assert rest(1.0) == pytest.approx(shortest * 1.2)


def test_that_our_rates_stay_far_below_what_the_services_allow() -> None:
    assert set(LIMITS) == set(Dialect)
    assert all(limits.get_gap_s >= 0.5 and limits.list_gap_s >= 5.0 for limits in LIMITS.values())
    assert all(limits.task_gap_s >= 3.0 for limits in LIMITS.values())
    assert LIMITS[Dialect.RONG].get_gap_s >= 1.0
    assert LIMITS[Dialect.RONG].task_gap_s >= 10.0
    assert IN_FLIGHT == 2


def task(status: Status, *flags: Flag, rechecks: int = 0, watched: bool = True) -> Task:
    new = blank(Key("a", "1"), added_at=0.0)
    return Task(
        key=new.key,
        report=Report(id="1", status=status),
        added_at=0.0,
        flags=frozenset(flags),
        rechecks=rechecks,
        watched=watched,
    )


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (task(Status.UNKNOWN), True),
        (task(Status.RUNNING, Flag.STALE), True),
        (task(Status.RUNNING, watched=False), False),
        (replace(task(Status.RUNNING, Flag.NOT_FOUND), misses=3), True),
        (replace(task(Status.RUNNING, Flag.NOT_FOUND), misses=26), True),
        (replace(task(Status.RUNNING, Flag.NOT_FOUND), misses=27), False),
        (task(Status.SUCCEEDED), False),
        (task(Status.FAILED), False),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING), True),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING, watched=False), False),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=30), True),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=50), False),
        (task(Status.FAILED, Flag.STATUS_CONFLICT), True),
        (task(Status.FAILED, Flag.STATUS_CONFLICT, rechecks=1), False),
    ],
)
def test_that_an_ended_task_is_asked_again_only_where_something_is_missing(
    one: Task, wanted: bool
) -> None:
    assert wants_look(one) is wanted


def test_how_long_an_end_that_may_change_is_looked_at() -> None:
    report = Report(id="t", status=Status.EXPIRED, provisional=True)
    unsettled = replace(blank(Key("a", "t"), 0.0), report=report)
    conflict = replace(unsettled, flags=frozenset({Flag.STATUS_CONFLICT}))
    gave_up = replace(
        unsettled,
        report=replace(report, status=Status.FAILED),
        flags=frozenset({Flag.GAVE_UP}),
    )
    assert (wants_look(conflict), recheck_wait_s(conflict)) == (True, 600.0)
    assert wants_look(replace(conflict, rechecks=500))
    assert (wants_look(gave_up), recheck_wait_s(gave_up)) == (True, 3600.0)
    assert wants_look(replace(gave_up, rechecks=23))
    assert not wants_look(replace(gave_up, rechecks=24))
    settled = replace(conflict, report=replace(report, provisional=False), rechecks=1)
    assert not wants_look(settled)
