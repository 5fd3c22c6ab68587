"""What the usage page says."""

import random

import pytest

from rushes.core.usage import Measure, Quantity, UsageLine, UsageQuery, UsageReport
from rushes.presentation.usage import (
    COLUMNS,
    amount,
    billed_word,
    selection_words,
    summary,
    ticks,
)


@pytest.mark.parametrize("measure", [Measure(q, "CNY") for q in Quantity])
def test_that_the_lines_behind_the_bars_are_few_and_round(measure: Measure) -> None:
    rng = random.Random(1)
    whole = measure.quantity in (Quantity.TAKES, Quantity.TOKENS, Quantity.BYTES)
    for _ in range(300):
        most = 10 ** rng.uniform(0 if whole else -3, 9)
        most = float(round(most)) if whole else most
        found = ticks(most, measure)
        assert found == tuple(sorted(found))
        assert all(0 < value <= most for value in found)
        assert 1 <= len(found) <= 4 or (most < 1 and measure.quantity is Quantity.SECONDS)
        assert len({amount(value, measure) for value in found}) == len(found)
        if measure.quantity is not Quantity.SECONDS:
            digits = f"{found[0]:.12e}".partition("e")[0].rstrip("0").rstrip(".")
            assert digits in ("1", "2", "5")


def test_that_time_is_marked_in_its_own_units() -> None:
    seconds = Measure(Quantity.SECONDS)
    assert ticks(670, seconds) == (300, 600)
    assert ticks(20, seconds) == (5, 10, 15, 20)
    assert ticks(4 * 86400, seconds) == tuple(n * 86400 for n in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("billed", "said"), [(300, "300 tokens"), (500, "500 billed tokens")], ids=["same", "more"]
)
def test_that_tokens_that_are_billed_are_called_so_where_they_are_others(
    billed: int, said: str
) -> None:
    line = UsageLine(takes=2, tokens=300, billed=billed)
    report = UsageReport(
        query=UsageQuery(since=None, until=1), first=1, step=1, bars=(), lines=(line,), total=line,
        measures=(Measure(),),
    )  # fmt: skip
    assert summary(report).endswith(said)
    assert selection_words(line).endswith(said)
    titles = {c.title(): c.text(line) for c in COLUMNS if c.is_told(line)}
    assert titles[billed_word(line)] == str(billed)


def test_that_the_summary_says_how_many_takes_its_cost_leaves_out() -> None:
    line = UsageLine(takes=5, succeeded=4, by_list=1, cost={"CNY": 10.0})
    report = UsageReport(
        query=UsageQuery(since=None, until=1), first=1, step=1, bars=(), lines=(line,), total=line,
        measures=(Measure(),),
    )  # fmt: skip
    assert summary(report).endswith("Cost by list prices: ¥10.00 · 3 takes without a price")
