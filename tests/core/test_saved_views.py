"""Saved views survive a settings file, and nothing in one stops the program."""

import json

import pytest

from rushes.core.listing import Scope
from rushes.core.saved_views import MOST, SavedView, put, read, write
from rushes.core.views import View

HERO = SavedView(
    name="hero takes",
    search='tag:hero "two words"',
    scope=Scope(View.UNSAVED, "a", ""),
    sort_by="rating",
    descending=True,
)
PLAIN = SavedView(name="黄昏")


def test_that_views_come_back_as_they_were_saved() -> None:
    assert read(write([HERO, PLAIN])) == (HERO, PLAIN)
    assert write(()) == ""


@pytest.mark.parametrize(
    "text", ["", "nonsense", "{}", "[1, null]", '[{"name": ""}]', '[{"name": 5}]', "[" * 9000]
)
def test_that_nonsense_is_no_view(text: str) -> None:
    assert read(text) == ()


def test_that_only_what_can_be_read_counts() -> None:
    odd = [{"name": "x", "view": "gone"}, {"name": "x"}, {"name": "y", "search": 5}]
    assert read(json.dumps(odd)) == (SavedView(name="x"),)
    assert len(read(json.dumps([{"name": str(n)} for n in range(500)]))) == MOST


def test_that_a_view_takes_the_place_of_its_name() -> None:
    renamed = SavedView(name="dusk", search="x")
    assert put([HERO, PLAIN], renamed) == (HERO, PLAIN, renamed)
    assert put([HERO, PLAIN], renamed, "hero takes") == (renamed, PLAIN)
    taken = SavedView(name=PLAIN.name, search="x")
    assert put([HERO, PLAIN], taken, HERO.name) == (taken,)
