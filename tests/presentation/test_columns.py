from dataclasses import replace
from typing import Any

import pytest

from rushes.core.task import (
    Artifact,
    ArtifactKind,
    ArtifactState,
    Checked,
    Flag,
    Mark,
    Status,
    Task,
)
from rushes.presentation.columns import BY_ID, COLUMNS, NOTHING
from rushes.presentation.take import row_spoken
from tests.presentation.tasks import CTX, FULL, NOW, file, task

HOUR = 3600.0


def _shown(column: str, of: Task) -> str:
    return BY_ID[column].shown(of, CTX)


def test_that_a_full_task_is_written_out() -> None:
    row = {column.id: column.shown(FULL, CTX) for column in COLUMNS}
    assert row == {
        "poster": "",
        "name": "Fox, take 3",
        "status": "Saved",
        "state": "Succeeded",
        "saved": "Saved",
        "left": NOTHING,
        "rating": "★★★☆☆ fox, night",
        "model": "seedance-1-0-pro",
        "parameters": "1080p 16:9 5 s 24 fps",
        "seed": "10136",
        "created": "2 h ago",
        "account": "Ark",
        "id": "cgt-20260427191505-9j2q7",
        "updated": "—",
        "queue_time": "1 min 40 s",
        "run_time": "1 min 40 s",
        "tokens": "108\u202f900",
        "cost": "≈ ¥1.63",
        "charged": "—",
        "tier": "—",
        "audio": "No",
        "draft": "—",
        "size": "12.3 MB",
        "path": "/videos/fox.mp4",
        "tags": "fox, night",
        "notes": "good light",
        "prompt": "",
        "record_expires": "6 d",
        "status_raw": "succeeded",
        "sha256": "ab" * 32,
    }


def test_that_what_a_service_does_not_say_is_never_zero() -> None:
    bare = task(status=Status.RUNNING)
    for name in ("seed", "model", "parameters", "created", "tokens", "cost", "tier", "audio"):
        assert _shown(name, bare) == "—"
        assert BY_ID[name].tip(bare, CTX) == "not reported by this service"


def test_that_a_new_task_is_called_new() -> None:
    assert _shown("state", task()) == "New"
    assert _shown("state", task(last_seen_at=NOW)) == "Unknown"


def test_that_an_unknown_status_is_shown_in_the_services_own_word() -> None:
    odd = task(status=Status.UNKNOWN, status_raw="dreaming")
    assert _shown("state", odd) == "dreaming"
    assert "dreaming" in BY_ID["state"].tip(odd, CTX)


def test_that_a_task_given_up_is_called_not_found_unless_it_has_ended() -> None:
    flags = frozenset({Flag.NOT_FOUND})
    assert _shown("state", task(status=Status.RUNNING, flags=flags)) == "Not found"
    assert _shown("state", task(status=Status.FAILED, flags=flags)) == "Failed"


@pytest.mark.parametrize(
    ("artifacts", "word"),
    [
        ([], NOTHING),
        ([file(ArtifactState.REMOTE)], "Not saved"),
        ([file(ArtifactState.SAVING)], "Saving"),
        ([file(ArtifactState.SAVING, size=1000, received=639)], "Saving 63 %"),
        ([file(ArtifactState.SAVED)], "Saved"),
        ([file(ArtifactState.MISSING)], "Missing"),
        ([file(ArtifactState.LOST)], "Lost"),
        (
            [
                file(ArtifactState.SAVING, size=900, received=900),
                file(ArtifactState.SAVING, kind=ArtifactKind.LAST_FRAME, size=100),
            ],
            "Saving 90 %",
        ),
        (
            [
                file(ArtifactState.SAVED),
                file(ArtifactState.REMOTE, kind=ArtifactKind.LAST_FRAME),
            ],
            "Not saved",
        ),
    ],
)
def test_that_the_saved_column_tells_what_is_on_disk(artifacts: list[Artifact], word: str) -> None:
    assert _shown("saved", task(artifacts=tuple(artifacts))) == word


def test_that_a_refused_file_says_when_it_is_tried_again() -> None:
    refused = file(
        ArtifactState.REMOTE,
        problem="link_ended",
        refusals=2,
        next_try_at=NOW + 125.0,
        expires_at=NOW + 21 * HOUR + 60.0,
    )
    one = task(artifacts=(file(ArtifactState.SAVED, kind=ArtifactKind.LAST_FRAME), refused))
    assert _shown("saved", one) == "Refused · 2 min"
    told = "The file is refused just now. Next try in 2 min; the link lives 21 h."
    assert BY_ID["saved"].tip(one, CTX) == told
    late = task(artifacts=(replace(refused, next_try_at=NOW - 1.0),))
    assert _shown("saved", late) == "Not saved"
    assert BY_ID["saved"].tip(late, CTX) == "The file is refused just now."
    saving = task(artifacts=(replace(refused, state=ArtifactState.SAVING, next_try_at=None),))
    assert _shown("saved", saving).startswith("Saving")


def test_that_a_take_whose_link_has_not_come_says_so_while_it_may_come() -> None:
    missing = frozenset({Flag.RESULT_MISSING})
    one = task(status=Status.SUCCEEDED, flags=missing)
    assert _shown("saved", one) == "No link yet"
    assert "gave no link" in BY_ID["saved"].tip(one, CTX)
    assert "No link yet" in row_spoken(one, CTX)
    assert _shown("saved", replace(one, rechecks=99)) == NOTHING
    assert _shown("saved", task(status=Status.RUNNING)) == NOTHING


def test_that_an_inferred_end_is_marked() -> None:
    link = file(ArtifactState.REMOTE, expires_at=NOW + 3 * HOUR, expires_inferred=True)
    sure = file(ArtifactState.REMOTE, expires_at=NOW + 3 * HOUR)
    assert _shown("left", task(artifacts=(link,))) == "≈ 3 h"
    assert _shown("left", task(artifacts=(sure,))) == "3 h"
    assert "not said in the link" in BY_ID["left"].tip(task(artifacts=(link,)), CTX)


def test_that_a_3d_task_shows_its_own_parameters() -> None:
    assert _shown("parameters", task(subdivision="medium", file_format="glb")) == "medium glb"


def test_that_spans_between_clocks_that_disagree_are_unknown() -> None:
    odd = task(created_at=NOW, started_at=NOW - 50, finished_at=NOW - 60)
    assert (_shown("queue_time", odd), _shown("run_time", odd)) == ("—", "—")


def test_that_only_ark_says_when_it_forgets_a_task() -> None:
    assert _shown("record_expires", task(account="a2", created_at=NOW)) == "—"


def test_that_names_of_servers_and_users_cannot_break_the_row() -> None:
    odd = task("id\u202e\n1", mark=Mark(name="two\nlines\u200b"), model="m\x07")
    assert _shown("name", odd) == "two lines⟨U+200B⟩"
    assert _shown("id", odd) == "id⟨U+202E⟩ 1"
    assert _shown("model", odd) == "m␇"


def test_that_a_new_user_sees_four_columns() -> None:
    shown = tuple(column.id for column in COLUMNS if column.on)
    assert shown == ("poster", "name", "status", "rating")


@pytest.mark.parametrize(
    ("facts", "word", "tip"),
    [
        ({"checked": Checked.FULL}, "Saved", ""),
        ({}, "Saved", ""),
        (
            {"checked": Checked.NONE},
            "Saved, not checked",
            "Saved as it came. Its kind cannot be checked here.",
        ),
        (
            {"checked": Checked.NONE, "damaged": True},
            "Saved, damaged as delivered",
            "The service delivered this file damaged. It was kept as it came.",
        ),
    ],
)
def test_that_a_saved_file_says_how_far_it_was_checked(
    facts: dict[str, Any], word: str, tip: str
) -> None:
    row = task(artifacts=(file(ArtifactState.SAVED, **facts), file(ArtifactState.SAVED)))
    assert _shown("saved", row) == word
    assert BY_ID["saved"].tip(row, CTX) == tip
