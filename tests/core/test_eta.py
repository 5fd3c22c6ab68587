"""What is left of a task, as its like fared."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.eta import ENOUGH, Eta, History, Run, eta, run_of, started_at
from rushes.core.task import Key, Report, Status, Task

NOW = 1_000_000.0


def run(total_s: float, ran_s: float | None = None, *, ended_at: float = 0.0, **kind: str) -> Run:
    return Run(
        model=kind.get("model", "m"),
        resolution=kind.get("resolution"),
        duration_s=None,
        total_s=total_s,
        ran_s=ran_s,
        ended_at=ended_at,
    )


def task(status: Status = Status.RUNNING, **report: object) -> Task:
    said = Report(id="t", **{"status": status, "model": "m", "created_at": NOW, **report})  # type: ignore[arg-type]
    return Task(key=Key("a", "t"), report=said, added_at=NOW)


def test_that_the_guess_is_what_its_like_still_needed() -> None:
    took = [float(n) for n in range(100, 201, 10)]  # 100, 110, … 200
    assert eta(took, 0.0) == Eta(110.0, 140.0, 190.0)
    late = eta(took, 150.0)
    assert late is not None
    assert (late.low_s, late.likely_s, late.high_s) == pytest.approx((14.0, 30.0, 46.0))


def test_that_the_likely_moment_is_least_off_as_a_share_of_the_whole_time() -> None:
    took = sorted(random.Random(3).lognormvariate(math.log(120), 0.4) for _ in range(101))
    found = eta(took, 60.0)
    assert found is not None

    def off(at: float) -> float:
        return sum(abs(at - each) / each for each in took if each > 60.0)

    assert off(60.0 + found.likely_s) == pytest.approx(min(map(off, took)))


def test_that_nothing_is_said_with_too_little_history_or_beyond_it() -> None:
    took = [100.0 + n for n in range(ENOUGH)]
    assert eta(took[:-1], 0.0) is None
    assert eta(took, 0.0) is not None
    assert eta(took, 200.0) is None
    assert eta((), 0.0) is None


@given(st.lists(st.floats(0.01, 1e6), max_size=60).map(sorted), st.floats(-100, 1e6))
def test_that_a_guess_is_in_order_and_never_over_already(
    took: list[float], elapsed_s: float
) -> None:
    found = eta(took, elapsed_s)
    if found is not None:
        assert 0.0 < found.low_s <= found.likely_s <= found.high_s


def test_that_eight_of_ten_fall_into_the_range() -> None:
    dice = random.Random(7)
    took = sorted(dice.lognormvariate(math.log(120), 0.3) for _ in range(200))
    inside = 0
    for _ in range(500):
        whole = dice.lognormvariate(math.log(120), 0.3)
        found = eta(took, whole / 2)
        inside += found is not None and found.low_s <= whole / 2 <= found.high_s
    assert 0.72 <= inside / 500 <= 0.88


def test_that_only_tasks_of_the_same_kind_count() -> None:
    others = [run(1000.0, model="other") for _ in range(50)]
    small = [run(50.0, resolution="480p") for _ in range(ENOUGH)]
    large = [run(150.0, resolution="1080p") for _ in range(9 * ENOUGH)]
    history = History([*others, *small, *large])
    known = history.eta(task(resolution="480p"), NOW)
    unknown = history.eta(task(), NOW)
    assert known is not None
    assert known.likely_s == 50.0
    assert unknown is not None
    assert unknown.likely_s == 150.0
    assert history.eta(task(model="never seen"), NOW) is None


def test_that_the_time_in_the_queue_is_left_out_once_it_runs() -> None:
    history = History([run(300.0, 60.0 + n) for n in range(ENOUGH + 1)])
    queued = history.eta(task(Status.QUEUED), NOW + 100.0)
    running = history.eta(task(updated_at=NOW + 100.0), NOW + 110.0)
    assert queued is not None
    assert queued.likely_s == 200.0
    assert running is not None
    assert running.likely_s == 54.0


def test_that_a_slow_hour_is_taken_into_account() -> None:
    usual = [run(100.0, ended_at=NOW - 86_400.0) for _ in range(50)]
    slow = [run(200.0, ended_at=NOW - 60.0) for _ in range(20)]
    calm = History(usual).eta(task(), NOW)
    late = History([*slow, *usual]).eta(task(), NOW)
    assert calm is not None
    assert late is not None
    assert 1.3 * calm.likely_s < late.likely_s <= 2.0 * calm.likely_s


def test_that_nothing_is_said_about_a_task_that_ended_or_has_no_beginning() -> None:
    history = History([run(100.0) for _ in range(20)])
    assert history.eta(task(Status.FAILED), NOW) is None
    assert history.eta(task(created_at=None), NOW) is None


def test_that_what_is_waited_for_next_is_the_start_while_queued_and_then_the_end() -> None:
    history = History([run(100.0, 60.0) for _ in range(ENOUGH)])
    waits = history.next_change(task(Status.QUEUED))
    runs = history.next_change(task(updated_at=NOW + 40.0))
    assert (waits.since, waits.took[0]) == (NOW, 40.0)
    assert (runs.since, runs.took[0]) == (NOW + 40.0, 60.0)
    assert history.next_change(task(model="new")).took == ()


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({"started_at": 5.0, "updated_at": 7.0}, 5.0),
        ({"updated_at": 7.0}, 7.0),
        ({"updated_at": 7.0, "status": Status.QUEUED}, None),
        ({"updated_at": 7.0, "upstream_id": "cgt-1"}, None),  # a gateway's, contract trap 25
        ({}, None),
    ],
)
def test_that_a_start_is_taken_from_who_knows_it(
    report: dict[str, object], expected: float | None
) -> None:
    assert started_at(task(**report)) == expected  # type: ignore[arg-type]


def test_that_a_success_teaches_once_and_a_failure_nothing() -> None:
    old = task(updated_at=NOW + 40.0)
    done = task(Status.SUCCEEDED, updated_at=NOW + 100.0, resolution="720p")
    learnt = run_of(old, done)
    assert learnt == Run(
        model="m",
        resolution="720p",
        duration_s=None,
        total_s=100.0,
        ran_s=60.0,
        ended_at=NOW + 100.0,
    )
    assert run_of(done, done) is None
    assert run_of(old, task(Status.FAILED, updated_at=NOW + 100.0)) is None


@pytest.mark.parametrize(
    "times",
    [
        {"updated_at": NOW},
        {"updated_at": NOW - 5.0},
        {"updated_at": NOW + 1e9},
        {"updated_at": None},
        {"created_at": None, "updated_at": NOW},
        {"updated_at": math.nan},
    ],
)
def test_that_times_that_cannot_be_teach_nothing(times: dict[str, float | None]) -> None:
    assert run_of(task(), task(Status.SUCCEEDED, **times)) is None
