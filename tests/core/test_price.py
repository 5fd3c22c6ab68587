from typing import Any

import pytest

from rushes.core.account import OwnPrice, PriceUnit, Service
from rushes.core.price import PRICES, Cost, Price, billed_tokens, cost, tokens_estimate
from rushes.core.task import Report, Status, Usage


def _report(model: str, tokens: int | None = 1_000_000, **more: Any) -> Report:
    usage = None if tokens is None else Usage(completion_tokens=tokens, total_tokens=tokens)
    return Report(id="x", status=Status.SUCCEEDED, model=model, **{"usage": usage, **more})


@pytest.mark.parametrize(
    ("model", "more", "amount"),
    [
        ("doubao-seedance-2-5-260628", {"resolution": "720p"}, 70),
        ("doubao-seedance-2-5-260628", {"resolution": "1080p"}, 77),
        ("doubao-seedance-2-0-260128", {"resolution": "480p"}, 46),
        ("doubao-seedance-2-0-260128", {"resolution": "1080p"}, 51),
        ("doubao-seedance-2-0-260128", {"resolution": "4k"}, 26),
        ("doubao-seedance-2-0-fast-260128", {}, 37),
        ("doubao-seedance-2-0-mini-260615", {}, 23),
        ("doubao-seedance-1-5-pro-251215", {"audio": True}, 16),
        ("doubao-seedance-1-5-pro-251215", {"audio": False}, 8),
        ("doubao-seedance-1-5-pro-251215", {"audio": True, "draft": True}, 16 * 0.6),
        ("doubao-seedance-1-5-pro-251215", {"audio": False, "draft": True}, 8 * 0.7),
        ("doubao-seedance-1-5-pro-251215", {"audio": True, "tier": "flex"}, 8),
        ("doubao-seedance-2-0-260128", {"tier": "flex"}, 46),
        ("doubao-seedance-1-0-pro-250528", {}, 15),
        ("doubao-seedance-1-0-pro-fast-251015", {}, 4.2),
        ("doubao-seedance-1-0-lite-t2v-250428", {}, 10),
        ("doubao-seed3d-1-0-250928", {}, 80),
    ],
)
def test_that_a_million_tokens_cost_what_the_price_sheet_says(
    model: str, more: dict[str, Any], amount: float
) -> None:
    found = cost(_report(model, **more), Service.ARK)
    assert found is not None
    assert found.amount == pytest.approx(amount)
    assert (found.currency, found.estimated) == ("CNY", False)


def test_that_byteplus_is_priced_in_dollars() -> None:
    found = cost(_report("dreamina-seedance-2-0-260128", resolution="720p"), Service.BYTEPLUS_EU)
    assert found is not None
    assert found.amount == pytest.approx(7.0)
    assert found.currency == "USD"


def test_that_one_3d_file_costs_2_yuan_40() -> None:
    reported = cost(_report("doubao-seed3d-1-0-250928", 30000), Service.ARK)
    unsaid = cost(_report("doubao-seed3d-1-0-250928", None), Service.ARK)
    assert reported is not None
    assert unsaid is not None
    assert reported.amount == unsaid.amount == pytest.approx(2.40)
    assert unsaid.estimated


@pytest.mark.parametrize(
    "service", [Service.RONG_BJ, Service.ANYFAST, Service.JIMENG, Service.GATEWAY]
)
def test_that_gateways_have_no_price_of_ours(service: Service) -> None:
    assert cost(_report("doubao-seedance-2-0-260128"), service) is None


def test_that_only_success_is_billed() -> None:
    failed = Report(id="x", status=Status.FAILED, model="doubao-seedance-2-0-260128")
    assert cost(failed, Service.ARK) is None


def test_that_an_unknown_model_has_no_price() -> None:
    assert cost(_report("doubao-seedance-9-0-300101"), Service.ARK) is None
    assert cost(_report(""), Service.ARK) is None


def test_that_what_is_billed_counts_before_what_was_used() -> None:
    assert billed_tokens(Usage(completion_tokens=1, total_tokens=2, billed_tokens=3)) == 3
    assert billed_tokens(Usage(completion_tokens=1, total_tokens=2)) == 2
    assert billed_tokens(Usage()) is None
    assert billed_tokens(None) is None


@pytest.mark.parametrize(
    ("width", "height", "frames", "tokens"),
    [
        (1280, 720, 121, 108900),
        (1280, 720, 241, 216900),
        (1280, 720, 433, 389700),
        (864, 496, 121, 50638),
        (854, 480, 97, 38830),
        (1088, 640, 121, 82280),
        (1920, 1088, 121, 246840),
    ],
)
def test_that_the_rule_gives_the_published_token_counts(
    width: int, height: int, frames: int, tokens: int
) -> None:
    assert tokens_estimate(width, height, (frames - 1) / 24) == tokens
    assert tokens_estimate(width, height, 0, frames=frames) == tokens


def test_that_tokens_are_estimated_where_none_are_reported() -> None:
    known: dict[str, Any] = {"resolution": "720p", "ratio": "16:9", "duration_s": 5.0}
    for usage in (None, Usage(total_tokens=0)):
        report = _report("doubao-seedance-1-0-pro-250528", None, usage=usage, **known)
        found = cost(report, Service.ARK)
        assert found is not None
        assert found.estimated
        assert found.amount == pytest.approx(108900 * 15 / 1e6)


@pytest.mark.parametrize("ratio", ["9:16", "1:1", "21:9"])
def test_that_a_class_has_about_the_same_area_in_every_ratio(ratio: str) -> None:
    found = cost(
        _report("doubao-seedance-1-0-pro", None, resolution="720p", ratio=ratio, duration_s=5.0),
        Service.ARK,
    )
    assert found is not None
    assert found.amount == pytest.approx(108900 * 15 / 1e6, rel=0.01)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"resolution": "720p"},
        {"resolution": "720p", "ratio": "adaptive", "duration_s": 5.0},
        {"resolution": "huge", "ratio": "16:9", "duration_s": 5.0},
        {"resolution": "720p", "ratio": "0:0", "duration_s": 5.0},
    ],
)
def test_that_nothing_is_estimated_from_too_little(more: dict[str, Any]) -> None:
    assert cost(_report("doubao-seedance-1-0-pro", None, **more), Service.ARK) is None


def test_that_another_price_table_can_be_used() -> None:
    own = [Price(model="seedance", per_million=1.0, currency="CNY", as_of="2027-01-01")]
    found = cost(_report("doubao-seedance-9"), Service.ARK, own)
    assert found is not None
    assert found.amount == pytest.approx(1.0)
    assert found.as_of == "2027-01-01"


def _own(model: str, unit: PriceUnit, amount: float = 2.0) -> OwnPrice:
    return OwnPrice(model=model, amount=amount, currency="EUR", unit=unit, as_of="2026-11-29")


def test_that_an_own_price_stands_in_for_the_list_price() -> None:
    report = _report("doubao-seedance-1.5-pro-251215", 500_000, duration_s=5.0, draft=True)
    for unit, amount in (
        (PriceUnit.MILLION_TOKENS, 1.0),
        (PriceUnit.SECOND, 10.0),
        (PriceUnit.TAKE, 2.0),
    ):
        found = cost(report, Service.GATEWAY, own=[_own("Seedance-1-5", unit)])
        assert found == Cost(amount, "EUR", "2026-11-29", estimated=False, own=unit)
    every = [_own("3d", PriceUnit.TAKE, 9.0), _own("", PriceUnit.TAKE), _own("", PriceUnit.SECOND)]
    found = cost(report, Service.ARK, own=every)
    assert found is not None
    assert (found.amount, found.own) == (2.0, PriceUnit.TAKE)  # the first that fits


def test_that_an_own_price_costs_nothing_where_there_is_nothing_to_count_by() -> None:
    nothing = _report("doubao-seedance-2-0-260128", None)
    for unit in (PriceUnit.SECOND, PriceUnit.MILLION_TOKENS):
        assert cost(nothing, Service.ARK, own=[_own("", unit)]) is None
    known = _report("doubao-seedance-2-0", None, resolution="720p", ratio="16:9", duration_s=5.0)
    found = cost(known, Service.RONG_BJ, own=[_own("", PriceUnit.MILLION_TOKENS)])
    assert found is not None
    assert found.estimated
    failed = Report(id="x", status=Status.FAILED, model="seedance", duration_s=5.0)
    assert cost(failed, Service.ARK, own=[_own("", PriceUnit.TAKE)]) is None


def test_that_every_price_is_dated() -> None:
    assert all(len(price.as_of) == 10 for price in PRICES)
