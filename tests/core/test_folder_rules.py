"""Rules for folders survive a settings file; what is no list of whole rules is refused as one."""

import json

import pytest

from rushes.core.folder_rules import MOST, FolderRule, is_whole, read, write
from rushes.core.settings import Settings

BEST = FolderRule(condition='model:seedance "two words"', folder="/media/最好")
HOME = FolderRule(condition="tag:x", folder="~/Films")


def test_that_rules_come_back_in_their_order() -> None:
    assert read(write([BEST, HOME])) == (BEST, HOME)
    assert read(write([HOME, BEST])) == (HOME, BEST)
    assert write(()) == ""
    assert read("") == ()


GOOD = {"condition": "tag:x", "folder": "/media"}


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        "{}",
        "[" * 9000,
        json.dumps([GOOD, None]),
        json.dumps([GOOD] * (MOST + 1)),
        *(
            json.dumps([GOOD | wrong])
            for wrong in (
                {"folder": "films"},
                {"folder": "../films"},
                {"folder": ""},
                {"folder": "/a\0b"},
                {"folder": 5},
                {"condition": " "},
                {"condition": None},
                {"condition": "x" * 1001},
                {"more": 1},
            )
        ),
    ],
)
def test_that_settings_with_half_of_the_rules_have_none(told: str) -> None:
    settings, ignored = Settings.read({"folder_rules": told, "theme": "dark"})
    assert (settings.folder_rules, settings.theme) == ("", "dark")
    assert ignored == ("folder_rules",)


def test_that_a_home_that_does_not_exist_is_no_whole_path() -> None:
    assert is_whole("~/Films")
    assert not is_whole("~nobody-of-that-name/Films")
