"""Takes of one shot are known by what their names have in common."""

import pytest

from rushes.core.grouping import team_of


@pytest.mark.parametrize(
    "name",
    [
        "dusk take 3",
        "dusk Take 12",
        "dusk_01",
        "dusk-2",
        "dusk v2",
        "dusk #3",
        "dusk (2)",
        "dusk（2）",
        "dusk_take_04",
        "dusk",
        "  dusk 7 ",
        "dusk 第3条",
        "dusk3条",
    ],
)
def test_that_the_number_of_the_take_is_not_part_of_the_group(name: str) -> None:
    assert team_of(name) == "dusk"


@pytest.mark.parametrize(
    ("name", "team"),
    [
        ("", ""),
        ("   ", ""),
        ("scene 2 take 3", "scene 2"),
        ("黄昏_02", "黄昏"),
        ("1080p", "1080p"),
        ("shot 20240312", "shot 20240312"),
        ("(3)", "(3)"),
        ("x" * 900, "x" * 500),
    ],
)
def test_that_what_is_no_number_of_a_take_stays(name: str, team: str) -> None:
    assert team_of(name) == team
