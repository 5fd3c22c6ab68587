"""What tells one take from another: its name, its second line, its status."""

from dataclasses import replace
from typing import Any

import pytest

from rushes.core.eta import Eta
from rushes.core.failure import Kind
from rushes.core.film import FileFacts
from rushes.core.naming import model_title
from rushes.core.task import ArtifactState, Checked, Flag, Mark, Pick, Status, TaskError
from rushes.presentation import format as fmt
from rushes.presentation.columns import BY_ID
from rushes.presentation.sentences import unsaved_sentence
from rushes.presentation.take import row_spoken, second_line, status_cell, take_name
from tests.presentation.tasks import CTX, FULL, NOW, file, task

MODEL = "doubao-seedance-2-0-260128"
PROMPT = (
    "A red fox runs through fresh snow at dawn, the camera follows low and close, 35 mm, "
    "soft light from the left"
)
FILM = FileFacts(width=1248, height=704, frames=121, fps=24.0, length_s=5.0416)
HOUR = 3600.0


def test_that_a_take_is_called_by_what_says_most() -> None:
    made: dict[str, Any] = {"model": MODEL, "created_at": NOW - 600}
    seeded = task(seed=31337, **made)
    assert take_name(seeded, CTX) == "Seedance 2.0 #31337"
    assert take_name(task(**made), CTX) == f"Seedance 2.0 · {fmt.clock(NOW - 600)}"
    assert take_name(task("cgt-1"), CTX) == f"Volcengine Ark · {fmt.clock(NOW)}"
    prompted = replace(seeded, mark=Mark(prompt=PROMPT))
    assert take_name(prompted, CTX) == f"{PROMPT[:99]}…"
    assert take_name(replace(seeded, mark=Mark(prompt="雪" * 130)), CTX) == "雪" * 100 + "…"
    named = replace(seeded, mark=Mark(name="hero", prompt=PROMPT))
    assert take_name(named, CTX) == "hero"
    by_id = replace(CTX, ids_as_names=True)
    assert [take_name(each, by_id) for each in (prompted, named)] == ["cgt-1", "hero"]


def test_that_models_have_the_titles_people_use() -> None:
    assert model_title("doubao-seedance-1-0-pro-fast-251015") == "Seedance 1.0 pro fast"
    assert model_title("doubao-seed3d-1-0-250928") == "Seed3D 1.0"
    assert model_title("sora-2") == "sora-2"


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (0.0, "just now"),
        (120.0, "2 min"),
        (3540.0, "59 min"),
        (2 * HOUR, fmt.clock(NOW - 2 * HOUR)),
        (49 * HOUR, fmt.absolute(NOW - 49 * HOUR)[5:16]),
        (400 * 24 * HOUR, fmt.absolute(NOW - 400 * 24 * HOUR)[:16]),
        (-90.0, fmt.clock(NOW + 90.0)),
    ],
)
def test_that_an_age_tells_the_minute(ago: float, told: str) -> None:
    assert fmt.age(NOW - ago, NOW) == told


def test_that_ages_are_the_same_within_a_minute_only() -> None:
    moments = [NOW - 7.0 * n for n in range(1200)]
    ages = {(moment // 60, fmt.age(moment, NOW)) for moment in moments}
    assert len({minute for minute, _ in ages}) == len({age for _, age in ages}) == len(ages)


def test_that_the_second_line_says_what_the_name_does_not() -> None:
    made: dict[str, Any] = {
        "model": MODEL,
        "seed": 10136,
        "created_at": NOW - 120,
        "resolution": "720p",
        "ratio": "16:9",
        "duration_s": 5.0,
        "fps": 24.0,
    }
    bare = task("cgt-20260427191505-77ctn", **made)
    assert second_line(bare, CTX) == ("720p 16:9 5 s", "2 min · …77ctn")
    prompted = replace(bare, mark=Mark(prompt=PROMPT))
    facts, tail = "Seedance 2.0 · 720p 16:9 5 s", "#10136 · 2 min"
    assert second_line(prompted, CTX) == (facts, tail)
    named = replace(bare, mark=Mark(name="hero", prompt=PROMPT))
    assert second_line(named, CTX) == (f"{facts} · {PROMPT}", tail)
    assert second_line(named, CTX, is_brief=True) == ("720p 16:9 5 s", tail)
    unseeded = task("x" * 40 + "abcde", model=MODEL, created_at=NOW - 3 * HOUR)
    assert second_line(unseeded, CTX) == ("", "…abcde")  # the time is its name


def test_that_a_failed_take_says_why_before_all_else() -> None:
    error = TaskError(code="InputTextSensitiveContentDetected", message="…")
    failed = task(
        status=Status.FAILED, error=error, model=MODEL, seed=7, resolution="720p", created_at=NOW
    )
    why = "The prompt was refused by moderation. Rephrase and submit again."
    line = second_line(failed, CTX)
    assert line.words.startswith(f"{why} · 720p")
    assert "·" not in line.tail  # the room is for the reason
    assert why in row_spoken(failed, CTX)
    assert status_cell(failed, CTX) == ("state-failed", "failed", "Failed", "", None)
    odd = task(status=Status.RUNNING, flags=frozenset({Flag.UPSTREAM_TROUBLE}))
    assert "cannot ask the service behind it" in second_line(odd, CTX).words


def test_that_what_the_service_leaves_out_is_read_from_the_film() -> None:
    film = file(ArtifactState.SAVED, film=FILM)
    silent = task(model="sora-2", created_at=NOW, artifacts=(film,))
    assert second_line(silent, CTX).words == "1248×704 5.04 s"
    told = "From the file: 1248 × 704 · 5.04 s · 24 fps · 121 frames."
    assert told in BY_ID["name"].tip(silent, CTX)
    assert BY_ID["parameters"].tip(silent, CTX) == told
    half = task(model="sora-2", resolution="720p", duration_s=5.0, artifacts=(film,))
    assert second_line(half, CTX).words == "720p 16:9 5 s"
    full = replace(FULL, artifacts=(replace(FULL.artifacts[0], film=FILM),))
    assert second_line(full, CTX) == second_line(FULL, CTX)
    assert "120" not in BY_ID["parameters"].shown(full, CTX)


@pytest.mark.parametrize(
    ("artifact", "told", "look"),
    [
        (file(ArtifactState.SAVED), "Saved", "succeeded"),
        (file(ArtifactState.SAVED, checked=Checked.NONE), "Saved, not checked", "succeeded"),
        (file(ArtifactState.SAVED, damaged=True), "Saved, damaged as delivered", "amber"),
        (file(ArtifactState.SAVING), "Saving", "running"),
        (file(ArtifactState.SAVING, size=1000, received=639), "Saving 63 %", "running"),
        (file(ArtifactState.REMOTE), "Not saved", "amber"),
        (
            file(ArtifactState.REMOTE, expires_at=NOW + 23 * HOUR + 60),
            "Not saved, 23 h left",
            "amber",
        ),
        (
            file(ArtifactState.REMOTE, expires_at=NOW + 3 * HOUR, expires_inferred=True),
            "Not saved, ≈ 3 h left",
            "amber",
        ),
        (file(ArtifactState.REMOTE, expires_at=NOW + 900), "Not saved, 15 min left", "red"),
        (file(ArtifactState.REMOTE, expires_at=NOW - 1), "Not saved, link ended", "red"),
        (
            file(ArtifactState.REMOTE, refusals=2, next_try_at=NOW + 125.0),
            "Refused, next try 2 min",
            "amber",
        ),
        (file(ArtifactState.LOST), "Lost", "red"),
        (file(ArtifactState.MISSING), "Missing", "amber"),
        (file(ArtifactState.MISSING, trashed=True), "In the trash", "amber"),
    ],
)
def test_that_one_cell_tells_what_became_of_a_take(artifact: Any, told: str, look: str) -> None:
    cell = status_cell(task(status=Status.SUCCEEDED, artifacts=(artifact,)), CTX)
    assert (str(cell), cell.look) == (told, look)


def test_that_a_running_take_says_how_long_it_runs_and_may_run_yet() -> None:
    running = task(status=Status.RUNNING, created_at=NOW - 100, started_at=NOW - 80)
    assert str(status_cell(running, CTX)) == "Running 1:20"
    guessed = replace(CTX, eta=lambda _: Eta(90.0, 130.0, 200.0))
    assert str(status_cell(running, guessed)) == "Running 1:20, ≈ 2 min"
    over = replace(CTX, eta=lambda _: Eta(0.0, 3.0, 20.0))
    assert str(status_cell(running, over)) == "Running 1:20"
    assert str(status_cell(task(status=Status.QUEUED), guessed)) == "Queued"
    assert str(status_cell(task(), CTX)) == "New"


def test_that_the_states_sort_from_what_runs_to_what_ended() -> None:
    kept = (ArtifactState.SAVING, ArtifactState.REMOTE, ArtifactState.LOST, ArtifactState.SAVED)
    takes = [
        task(status=Status.RUNNING),
        task(status=Status.QUEUED),
        *(task(status=Status.SUCCEEDED, artifacts=(file(state),)) for state in kept),
        task(status=Status.SUCCEEDED),
        task(status=Status.FAILED),
        task(status=Status.RUNNING, flags=frozenset({Flag.NOT_FOUND})),
    ]
    places = [BY_ID["status"].value(take, CTX) for take in takes]
    assert places == sorted(set(places))


def test_that_a_row_is_spoken_as_it_is_painted() -> None:
    link = file(ArtifactState.REMOTE, expires_at=NOW + 21 * HOUR)
    mark = Mark(name="Fox", rating=4, tags=("hero", "night"))
    row = task(
        "x",
        status=Status.SUCCEEDED,
        model=MODEL,
        seed=9,
        created_at=NOW - 120,
        artifacts=(link,),
        mark=mark,
    )
    told = "Fox, Seedance 2.0 · #9 · 2 min, Not saved, 21 h left, rated 4 of 5, "
    assert row_spoken(row, CTX) == f"{told}hero, night, not looked at yet"
    picked = replace(row, mark=Mark(name="Fox", pick=Pick.PICK), seen=True)
    assert row_spoken(picked, CTX).endswith("21 h left, not rated, picked")


def test_that_an_account_without_a_key_is_what_a_row_waits_for() -> None:
    held = replace(CTX, held={"a1": Kind.NO_KEY})
    running = task(status=Status.RUNNING, started_at=NOW - 80)
    assert str(status_cell(running, held)) == "Running, needs a key"
    asked = file(ArtifactState.REMOTE, refusals=2, next_try_at=NOW + 4, problem="no_key")
    refused = replace(asked, problem="link_ended")
    wants = "Not saved, needs a key"
    for artifact, ctx in ((asked, CTX), (refused, held)):
        waiting = task(status=Status.SUCCEEDED, artifacts=(artifact,))
        assert str(status_cell(waiting, ctx)) == wants
        assert BY_ID["saved"].shown(waiting, ctx) == "Not saved · needs a key"
        assert "ext try" not in unsaved_sentence(asked, NOW)
    locked = replace(CTX, held={"a1": Kind.VAULT_LOCKED})
    assert str(status_cell(running, locked)) == "Running, waits for the password store"
