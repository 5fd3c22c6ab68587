"""Which rule chooses the folder, and which cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest

from rushes.core.account import Account, Service
from rushes.core.settings import FolderRule
from rushes.core.task import Key, Mark, Report, Task
from rushes.presentation.columns import Context
from rushes.presentation.folder_rules import folder_for, problem

ACCOUNT = Account(id="a", name="Studio", service=Service.ARK, base_url="https://x.example")
CTX = Context(now=0.0, accounts={"a": ACCOUNT})
TASK = Task(
    key=Key("a", "cgt-1"),
    report=Report(id="cgt-1", model="doubao-seedance-2-0-260128"),
    added_at=0.0,
    mark=Mark(rating=4, tags=("hero",)),
)


def rule(condition: str, folder: str = "/films") -> FolderRule:
    return FolderRule(condition=condition, folder=folder)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("model:seedance", True),
        ("account:studio", True),
        ("account:rong", False),
        ("tag:hero", True),
        ("-tag:hero", False),
        ("rating:>=4", True),
        ("rating:5", False),
        ("model:seedance rating:>=4", True),
        ("model:seedance rating:5", False),
        ("", False),
        ("modle:x", False),
    ],
)
def test_that_a_rule_chooses_by_its_condition(condition: str, holds: bool) -> None:
    assert folder_for([rule(condition)], TASK, CTX) == (Path("/films") if holds else None)


def test_that_the_first_rule_that_holds_counts() -> None:
    rules = rule("rating:5", "/best"), rule("tag:hero", "/hero"), rule("rating:4", "/good")
    assert folder_for(rules, TASK, CTX) == Path("/hero")
    unrated = replace(TASK, mark=Mark(rating=4))
    assert folder_for(rules, unrated, CTX) == Path("/good")
    assert folder_for((), TASK, CTX) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (rule(""), "needs a condition"),
        (rule("model:"), "needs a condition"),
        (rule("x" * 1001), "needs a condition"),
        (rule("modle:seedance"), "“modle:seedance”"),
        (rule("rating:many"), "“rating:many”"),
        (rule("tag:x rating:>="), "“rating:>=”"),
        (rule("tag:x", "films"), "a whole path, not “films”"),
        (rule("tag:x", ""), "a whole path"),
    ],
)
def test_that_a_rule_that_cannot_be_used_is_told_and_holds_for_nothing(
    wrong: FolderRule, said: str
) -> None:
    assert said in problem(wrong)
    assert folder_for([wrong], TASK, CTX) is None


def test_that_words_and_quoted_colons_are_conditions() -> None:
    assert [problem(rule(text)) for text in ("dusk", '"a: b"', 'tag:"two words" -dusk')] == [""] * 3
