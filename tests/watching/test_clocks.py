"""The difference between two clocks, by what the service's answers say."""

import random

import pytest

from rushes.watching.clocks import ClockSkew, SteadyClock, TrueClock


def told(offset: float, n: int = 20) -> ClockSkew:
    """`n` answers of a service whose clock is `offset` seconds ahead; a whole second is told."""
    dice, skew, now = random.Random(3), ClockSkew(), 1_800_000_000.0
    for _ in range(n):
        now += dice.uniform(1.0, 60.0)
        took = dice.uniform(0.01, 1.5)
        skew.note(float(int(now + offset + dice.uniform(0.0, took))), now, now + took)
    return skew


@pytest.mark.parametrize("offset", [0.0, 0.9, -0.9])
def test_that_clocks_that_agree_are_left_alone(offset: float) -> None:
    assert told(offset).seconds == 0.0


@pytest.mark.parametrize("offset", [5.0, -5.0, 90.0, -3600.0, 172_800.0])
def test_that_a_clock_that_is_off_is_found_out(offset: float) -> None:
    assert told(offset).seconds == pytest.approx(offset, abs=1.5)


def test_that_one_odd_date_from_a_proxy_changes_nothing() -> None:
    skew = told(0.0)
    skew.note(1.0, 1_800_000_000.0, 1_800_000_000.1)
    assert skew.seconds == 0.0


def test_that_one_odd_date_at_first_is_put_right_by_the_next_answer() -> None:
    skew, now = ClockSkew(), 1_800_000_000.0
    skew.note(now + 3 * 86_400.0, now, now + 0.1)
    skew.note(now + 1.0, now + 1.0, now + 1.1)
    assert skew.seconds == 0.0


def test_that_a_slow_answer_says_nothing() -> None:
    skew = ClockSkew()
    skew.note(1_800_000_100.0, 1_800_000_000.0, 1_800_000_030.0)
    assert skew.seconds == 0.0


def test_that_nothing_is_known_before_the_first_answer() -> None:
    skew = ClockSkew()
    assert not skew.is_known
    skew.note(100.0, 100.0, 100.2)
    assert skew.is_known
    skew = ClockSkew()
    skew.note(100.0, 100.0, 140.0)  # the computer slept meanwhile
    assert not skew.is_known


def test_that_the_clock_is_put_right_by_what_most_services_say() -> None:
    clock = TrueClock(lambda: 1000.0)
    assert clock() == 1000.0
    assert clock.note("a", 3600.0)
    assert not clock.note("a", 3600.0)
    assert clock() == 4600.0
    clock.note("b", 3602.0)
    clock.note("odd", -86_400.0)
    assert clock() == 4600.0
    clock.note("a", 0.0)
    clock.note("b", 0.0)
    assert clock() == 1000.0


def test_that_the_moments_of_a_run_are_an_order_whatever_the_clock_does() -> None:
    moments = SteadyClock(wall=1_800_000_000.0 + 3 * 86_400.0, now=10.0)
    assert moments.at(10.0) == 1_800_000_000.0 + 3 * 86_400.0
    moments.note(1_800_000_000.0, now=11.0)
    assert moments.at(11.0) == 1_800_000_000.0
    moments.note(1_900_000_000.0, now=12.0)  # whatever is said later, the order stays
    assert moments.at(12.0) == 1_800_000_001.0


def test_that_a_clock_that_is_right_counts_more_than_a_date_cut_to_a_second() -> None:
    moments = SteadyClock(wall=1_800_000_000.9, now=0.0)
    moments.note(1_800_000_000.0, now=0.1)
    assert moments.at(0.1) == 1_800_000_001.0


def test_that_a_clock_that_was_set_is_found_out_with_the_next_answer() -> None:
    skew = told(0.0)
    skew.forget()
    skew.note(1_800_000_000.0, 1_800_259_200.0, 1_800_259_200.1)
    assert skew.seconds == pytest.approx(-259_200.0, abs=1.5)
