import pytest

from rushes.presentation import format as fmt

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"),
        (0, "0 s"),
        (59.9, "59 s"),
        (125, "2 min 5 s"),
        (3600 * 3 + 60 * 20 + 59, "3 h 20 min"),
        (3600 * 3 + 59, "3 h"),
        (86400 * 2 + 59, "2 d"),
        (86400 * 2 + 3600, "2 d 1 h"),
        (86400 * 2 + 3600 * 4, "2 d 4 h"),
        (-3, "0 s"),
        (float("nan"), "—"),
        (float("inf"), "—"),
    ],
)
def test_that_a_duration_shows_its_two_largest_units(seconds: float | None, text: str) -> None:
    assert fmt.duration(seconds) == text


@pytest.mark.parametrize(
    ("left", "inferred", "text"),
    [
        (21 * 3600 + 3599, False, "21 h"),
        (45 * 60, False, "45 min"),
        (30, False, "30 s"),
        (3 * 3600, True, "≈ 3 h"),
        (6 * 86400, False, "6 d"),
        (0, False, "ended"),
        (-1, True, "ended"),
    ],
)
def test_that_time_left_is_rounded_down_to_one_unit(left: float, inferred: bool, text: str) -> None:
    assert fmt.time_left(NOW + left, NOW, inferred) == text


def test_that_an_unknown_end_is_not_an_end() -> None:
    assert fmt.time_left(None, NOW) == "—"
    assert fmt.urgency(None, NOW) is None


@pytest.mark.parametrize(
    ("hours", "colour"),
    [(6, None), (5.99, "amber"), (2, "amber"), (1.99, "red"), (0, "red"), (-1, "red")],
)
def test_that_links_redden_as_they_end(hours: float, colour: str | None) -> None:
    assert fmt.urgency(NOW + hours * 3600, NOW) == colour


@pytest.mark.parametrize(
    ("ago", "text"),
    [(0, "just now"), (4, "just now"), (125, "2 min ago"), (7200, "2 h ago"), (-600, "in 10 min")],
)
def test_that_moments_are_told_by_their_distance(ago: float, text: str) -> None:
    assert fmt.relative(NOW - ago, NOW) == text


def test_that_moments_are_told_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert fmt.absolute(1777288506) == "2026-04-27 19:15:06"
        assert fmt.clock(1777288506) == "19:15"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_that_a_time_beyond_the_calendar_is_shown_as_it_is() -> None:
    assert fmt.absolute(1e18) == "1000000000000000000"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "—"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (12_345_678, "12.3 MB"),
        (99_960_000, "100 MB"),
        (81e9, "81 GB"),
        (999_990_000, "1 GB"),
    ],
)
def test_that_sizes_are_decimal(size: float | None, text: str) -> None:
    assert fmt.file_size(size) == text


def test_that_digits_are_grouped_by_narrow_spaces() -> None:
    assert fmt.tokens(108900) == "108\u202f900"
    assert fmt.tokens(0) == "0"
    assert fmt.tokens(None) == "—"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1.6335, "CNY", "≈ ¥1.63"),
        (0.0762, "USD", "≈ $0.0762"),
        (2.5, "EUR", "≈ 2.50 EUR"),
        (0.000002, "USD", "≈ $0.000002"),
        (0.0, "USD", "≈ $0.00"),
    ],
)
def test_that_money_names_its_currency(amount: float, currency: str, text: str) -> None:
    assert fmt.money(amount, currency, estimated=True) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.639, "63 %"), (0.9999, "99 %"), (1.0, "100 %"), (1.2, "100 %"), (None, "—")],
)
def test_that_only_what_is_complete_reads_100_percent(share: float | None, text: str) -> None:
    assert fmt.percent_down(share) == text


def test_that_numbers_carry_no_useless_digits() -> None:
    assert [fmt.number(v) for v in (24.0, 23.976, 0.5, None)] == ["24", "23.98", "0.5", "—"]
    assert fmt.clip_length(5.5417) == "5.54 s"


def test_that_a_missing_flag_is_not_no() -> None:
    assert [fmt.yes_no(v) for v in (True, False, None)] == ["Yes", "No", "—"]


def test_that_stars_show_the_rating() -> None:
    assert fmt.stars(3) == "★★★☆☆"
    assert fmt.stars(0) == ""
