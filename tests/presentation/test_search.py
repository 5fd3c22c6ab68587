import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.core.conditions import holds
from rushes.core.task import ArtifactState, Mark, Pick, Status, TaskError
from rushes.presentation import search
from rushes.presentation.search import CHIPS, condition, has_chip, parse, with_chip_pressed
from tests.presentation.tasks import CTX, FULL, file, task

FAILED = task(
    "asyntask_1",
    "a2",
    status=Status.FAILED,
    status_raw="FAILURE",
    model="doubao-seedance-2-0-260128",
    seed=77,
    error=TaskError(code="E1", message="no luck"),
    mark=Mark(pick=Pick.REJECT),
)
UNSAVED = task("x", artifacts=(file(ArtifactState.REMOTE),), audio=True)
LOST = task("y", artifacts=(file(ArtifactState.LOST),))
ROWS = {"full": FULL, "failed": FAILED, "unsaved": UNSAVED, "lost": LOST}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", "full failed unsaved lost"),
        ("   ", "full failed unsaved lost"),
        ("fox", "full"),
        ("FOX take", "full"),
        ('"take 3"', "full"),
        ('"3 take"', ""),
        ("seed:77", "failed"),
        ("seed:7", ""),
        ("seed:>100", "full"),
        ("model:seedance", "full failed"),
        ("model:seedance rating:>=3", "full"),
        ("rating:>=4", ""),
        ("rating:3", "full"),
        ("rating:0", "failed unsaved lost"),
        ("rating:<3 model:seedance", "failed"),
        ("status:failed", "failed"),
        ("status:FAILURE", "failed"),
        ("state:succ", "full"),
        ("status:failed,succeeded", "full failed"),
        ("tag:fox", "full"),
        ("tag:fo", ""),
        ("-tag:fox", "failed unsaved lost"),
        ("-fox", "failed unsaved lost"),
        ("account:any", "failed"),
        ('account:"any fast"', "failed"),
        ("account:anyfast", "failed"),
        ("saved:no", "unsaved lost"),
        ("saved:yes", "full"),
        ("saved:lost", "lost"),
        ("pick:reject", "failed"),
        ("audio:yes", "unsaved"),
        ("audio:no", "full"),
        ("resolution:1080p", "full"),
        ("ratio:16:9", "full"),
        ("duration:<=5", "full"),
        ("error:e1", "failed"),
        ("luck", "failed"),
        ("10136", "full"),
        ("Any Fast", "failed"),
        ("标签：fox", ""),
        ("tag：fox", "full"),
        ("nonsense:fox", ""),
        ("rating:abc", ""),
        ("-", "full failed"),
        ('"fox', "full"),
        ("tag:", "full failed unsaved lost"),
        ('tag:"', "full failed unsaved lost"),
    ],
)
def test_that_a_search_finds(text: str, rows: str) -> None:
    query = parse(text)
    found = [name for name, row in ROWS.items() if query.matches(row, CTX)]
    if text == "-":
        assert set(found) >= {"full", "failed"}  # ids and names with a dash
    else:
        assert " ".join(found) == rows


@given(st.text(max_size=60))
def test_that_nothing_typed_raises(text: str) -> None:
    query = parse(text)
    for row in ROWS.values():
        assert query.matches(row, CTX) in (True, False)


@given(
    st.lists(
        st.sampled_from(["seed:", "rating:>=", "tag:", '"', "-", ":", "77", " ", "saved:no", ","])
    )
)
def test_that_half_typed_conditions_raise_nothing(parts: list[str]) -> None:
    parse("".join(parts)).matches(FULL, CTX)


def test_that_a_chip_puts_its_condition_into_the_search_and_takes_it_out_again() -> None:
    unrated, picks, rejects, good = CHIPS
    text = with_chip_pressed("lake model:seedance", good)
    assert text == "lake model:seedance rating:>=3"
    assert with_chip_pressed(text, good) == "lake model:seedance"
    assert with_chip_pressed(text, unrated) == "lake model:seedance rating:0 -pick:reject"
    assert with_chip_pressed('"two words', good) == '"two words" rating:>=3'
    both = with_chip_pressed(text, picks)
    assert both == "lake model:seedance rating:>=3 pick:pick"
    assert with_chip_pressed(both, rejects) == "lake model:seedance rating:>=3 pick:reject"


def test_that_a_chip_is_on_whoever_wrote_its_condition() -> None:
    unrated, picks, rejects, good = CHIPS
    text = "Stars:>=3 pick:pick"
    assert [has_chip(text, chip) for chip in (unrated, picks, rejects, good)] == [0, 1, 0, 1]
    assert not has_chip("-pick:pick", picks)


@given(st.text())
def test_that_a_pressed_chip_is_on_whatever_was_typed_before(text: str) -> None:
    for chip in CHIPS:
        assert has_chip(with_chip_pressed(text, chip), chip) != has_chip(text, chip)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("colour:red", "colour"),
        ("lake promp:dusk", "promp"),
        ("prompt:lake rating:>=4", ""),
        ("rating:high", ""),  # the field is known
        ("17:40 https://ark.example/x", ""),
        ("颜色：红", "颜色"),
        ("", ""),
    ],
)
def test_that_an_unknown_field_is_named(typed: str, name: str) -> None:
    assert search.unknown_field(typed) == name


def test_that_what_is_rejected_is_not_to_be_rated() -> None:
    unrated = CHIPS[0]
    left, rejected = task("1"), task("2", mark=Mark(pick=Pick.REJECT))
    wanted = [condition(term, {}) for term in unrated.terms]
    assert [all(holds(each, t) for each in wanted) for t in (left, rejected)] == [True, False]
    text = with_chip_pressed("lake", unrated)
    assert has_chip(text, unrated)
    assert with_chip_pressed(text, unrated) == "lake"
    rejects = next(chip for chip in CHIPS if chip.label == "Rejects")
    assert with_chip_pressed(text, rejects) == "lake pick:reject"
    good = next(chip for chip in CHIPS if chip.label == "★3+")
    assert with_chip_pressed(text, good) == "lake rating:>=3"
