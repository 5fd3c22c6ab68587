"""The search field offers fields and values that exist, by the word being typed."""

import pytest

from rushes.core.task import Status
from rushes.presentation.search import completions

KNOWN = {
    "tag": ("hero", "b roll"),
    "account": ("Ark",),
    "model": ("doubao-seedance-2-0", "seed3d", "cogvideo"),
    "status": ("rendering", "queued"),
}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ()),
        ("s", ()),
        ("se", ("seed:",)),
        ("night mo", ("night model:",)),
        ("-ta", ("-tag:",)),
        ("tag:", ("tag:hero", 'tag:"b roll"')),
        ("tag:h", ("tag:hero",)),
        ("tag:HE", ("tag:hero",)),
        ("tag:hero", ()),
        ("rating:>", ("rating:>=4", "rating:>=3")),
        ("hero -account:a", ("hero -account:Ark",)),
        ("saved:n", ("saved:no",)),
        ("model:seed", ("model:seed3d", "model:doubao-seedance-2-0")),
        ("model:x", ()),
        ("status:re", ("status:rendering",)),
        ("status:q", ("status:queued",)),
        ('note:"not fi', ()),
        ("nothing:x", ()),
    ],
)
def test_that_only_the_word_being_typed_is_completed(typed: str, offered: tuple[str, ...]) -> None:
    assert completions(typed, KNOWN) == offered


def test_that_every_state_can_be_completed() -> None:
    offered = completions("status:", KNOWN)
    assert {line.removeprefix("status:") for line in offered} >= {s.value for s in Status}
