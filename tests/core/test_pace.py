"""When to look next, as a table of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.account import Dialect
from rushes.core.failure import Kind
from rushes.core.pace import IN_FLIGHT, LIMITS, back_off_s, wait_s, wants_look
from rushes.core.task import Flag, Key, Report, Status, Task, blank

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@pytest.mark.parametrize(
    ("age_s", "shortest", "longest"),
    [
        (-5000.0, 10.0, 12.0),
        (0.0, 10.0, 12.0),
        (4 * MINUTE, 10.0, 12.0),
        (5 * MINUTE, 15.0, 30.0),
        (59 * MINUTE, 15.0, 30.0),
        (HOUR, 60.0, 90.0),
        (23 * HOUR, 60.0, 90.0),
        (2 * DAY, 300.0, 360.0),
    ],
)
def test_that_older_tasks_are_looked_at_more_rarely(
    age_s: float, shortest: float, longest: float
) -> None:
    assert wait_s(age_s, status=Status.RUNNING, chance=0.0) == shortest
    assert wait_s(age_s, status=Status.QUEUED, chance=1.0) == longest


@given(st.floats(-1e9, 1e9), st.sampled_from(Status), st.floats(0, 1))
def test_that_no_task_is_looked_at_twice_within_ten_seconds(
    age_s: float, status: Status, chance: float
) -> None:
    assert wait_s(age_s, status=status, chance=chance) >= 10.0


def test_that_a_recheck_comes_after_half_a_minute() -> None:
    assert wait_s(0.0, status=Status.SUCCEEDED, chance=0.7) == 30.0


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
    assert LIMITS[Dialect.RONG].get_gap_s >= 1.0
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
        (task(Status.RUNNING, Flag.NOT_FOUND), False),
        (task(Status.SUCCEEDED), False),
        (task(Status.FAILED), False),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING), True),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=2), True),
        (task(Status.SUCCEEDED, Flag.RESULT_MISSING, rechecks=3), False),
        (task(Status.FAILED, Flag.STATUS_CONFLICT), True),
        (task(Status.FAILED, Flag.STATUS_CONFLICT, rechecks=1), False),
    ],
)
def test_that_an_ended_task_is_asked_again_only_where_something_is_missing(
    one: Task, wanted: bool
) -> None:
    assert wants_look(one) is wanted
