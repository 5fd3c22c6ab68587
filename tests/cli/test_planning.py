"""What `rushes add --dry-run --json -` says of a text, by the command's own way through it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rushes.cli.adding import Given, plan_json, plan_of
from rushes.cli.session import Stop
from rushes.core.incoming import Incoming
from rushes.core.task import Key
from rushes.core.task_ids import read_text
from tests.core.pasted import texts
from tests.core.test_prompts import NOTHING, PAIRS
from tests.core.test_task_ids import SAMPLES
from tests.store.stores import ARK, RONG

UUID = "660f1fd7-fa36-450c-bf8d-cd1424a3d869"


def dry(text: str, **more: Any) -> dict[str, Any]:
    given = Given(reading=read_text(text), **more)
    return plan_json(plan_of(given, (ARK,)))


def ids(said: dict[str, Any]) -> list[str]:
    return [each["id"] for each in said["ids"]]


def asked(said: dict[str, Any]) -> list[str]:
    return [id_ for question in said["questions"] for id_ in question["ids"]]


def test_that_every_text_grown_from_the_cases_adds_exactly_its_ids() -> None:
    wrong = []
    number = 0
    for name, text, wanted in texts():
        number += 1
        if sorted(ids(dry(text, takes_keys=True))) != sorted(wanted):
            wrong.append(name)
    assert number >= 400
    assert wrong == []


@pytest.mark.parametrize(("text", "wanted"), SAMPLES.values(), ids=SAMPLES.keys())
def test_that_every_case_adds_its_ids_or_asks_about_them(text: str, wanted: list[str]) -> None:
    said = dry(text)
    assert sorted(ids(said) + asked(said)) == sorted(wanted)


@pytest.mark.parametrize(("text", "said"), PAIRS.values(), ids=PAIRS.keys())
def test_that_the_prompt_would_come_along(text: str, said: dict[str, str]) -> None:
    found = dry(text, takes_keys=True)["ids"]
    assert {each["id"]: each["prompt"] for each in found} == said


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING.keys())
def test_that_no_prompt_would_come_where_it_could_be_anothers(text: str) -> None:
    found = dry(text, takes_keys=True)["ids"]
    assert [each["prompt"] for each in found] == [""] * len(found)


def test_that_what_could_be_a_key_is_asked_about_and_not_added() -> None:
    said = dry(f"{UUID}\n")
    assert ids(said) == []
    assert asked(said) == [UUID]
    assert ids(dry(f"{UUID}\n", takes_keys=True)) == [UUID]
    named = plan_json(plan_of(Given(named=(UUID,)), (ARK,)))
    assert (ids(named), named["questions"]) == ([UUID], [])


def test_that_a_number_that_a_spreadsheet_cut_is_left_out_with_its_line() -> None:
    for text in ("task_id,seed\n8.31922E+17,1.23E+12\n", "Task IDs\n8.31922E+17\n"):
        said = dry(text)
        assert said["left_out"] == [{"text": "8.31922E+17", "line": 2, "why": "rounded"}]


def test_that_half_an_id_is_left_out() -> None:
    said = dry("task_id=cgt-20260915092331-\nend\n")
    assert said["left_out"] == [{"text": "cgt-20260915092331-", "line": 1, "why": "half"}]


def test_that_several_accounts_that_fit_are_a_question_and_no_guess() -> None:
    plan = plan_of(Given(reading=read_text("cgt-20260915092331-ab1cd")), (ARK, RONG))
    said = plan_json(plan)
    (question,) = said["questions"]
    assert (question["kind"], question["ids"]) == ("account", ["cgt-20260915092331-ab1cd"])
    assert said["ids"][0]["account"] is None
    assert said["ids"][0]["reason"] == question["text"]
    with pytest.raises(Stop, match="Which account"):
        plan.shares()


def test_that_the_host_beside_an_id_says_whose_it_is() -> None:
    rong = replace(RONG, base_url="https://api.rong.example")
    text = f"curl {rong.base_url}/x/cgt-20260915092331-ab1cd"
    (each,) = plan_of(Given(reading=read_text(text)), (ARK, rong)).planned
    assert each.account == rong


def test_that_what_is_there_is_marked_and_what_the_user_says_wins() -> None:
    given = Given(
        reading=read_text('{"id": "cgt-20260915092331-ab1cd", "prompt": "a fox"}'),
        said=Incoming("", prompt="a cat", tags=("t",)),
    )
    here = frozenset({Key(ARK.id, "cgt-20260915092331-ab1cd")})
    (each,) = plan_json(plan_of(given, (ARK,), here))["ids"]
    assert (each["already"], each["prompt"], each["tags"]) == (True, "a cat", ["t"])
    assert (each["account"], each["line"]) == ("Ark", 1)


PASTED = Path(__file__).parents[1] / "data" / "pasted"
RIGHT = json.loads((PASTED / "right.json").read_text("utf-8"))


@pytest.mark.parametrize("case", sorted((PASTED / "ids").iterdir()), ids=lambda path: path.stem)
def test_that_every_file_of_the_field_gives_its_right_value(case: Path) -> None:
    said = dry(case.read_text("utf-8"))
    left_out = [each["text"] for each in said["left_out"]]
    found = {"ids": ids(said), "asked": asked(said), "left_out": left_out}
    assert found == {"ids": [], "asked": [], "left_out": [], **RIGHT[case.name]}


LIFE = json.loads((PASTED / "life.json").read_text("utf-8"))


@pytest.mark.parametrize("case", LIFE.values(), ids=LIFE.keys())
def test_that_what_people_paste_gives_exactly_its_ids_and_prompts(case: dict[str, Any]) -> None:
    said = dry(case["text"])
    left_out = [each["text"] for each in said["left_out"]]
    found = {"ids": ids(said), "asked": asked(said), "left_out": left_out}
    assert found == {key: case.get(key, []) for key in ("ids", "asked", "left_out")}
    known = {each["id"]: each["prompt"] for each in said["ids"] if each["prompt"]}
    assert known == case.get("prompts", {})
