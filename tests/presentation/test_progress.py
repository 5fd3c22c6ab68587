"""How far a task is, in words: no percentage, a range no finer than the guess."""

import pytest

from rushes.core.eta import Eta
from rushes.core.task import Status
from rushes.presentation.columns import BY_ID, Context
from rushes.presentation.progress import left_spoken, left_words, progress_words, so_far
from rushes.presentation.take import row_spoken
from tests.presentation.tasks import NOW, task


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (23.0, 58.0, "≈ 20–60 s left"),
        (3.0, 14.0, "less than 20 s left"),
        (130.0, 200.0, "≈ 2–4 min left"),
        (121.0, 179.0, "≈ 2–3 min left"),
        (40.0, 200.0, "less than 4 min left"),
        (1830.0, 3000.0, "≈ 30–50 min left"),
        (7300.0, 17_000.0, "≈ 2–5 h left"),
        (86_500.0, 200_000.0, "≈ 1–3 d left"),
        (120.0, 120.0, "≈ 120 s left"),
        (180.0, 180.0, "≈ 3 min left"),
    ],
)
def test_that_a_guess_is_a_range_rounded_outwards(low: float, high: float, words: str) -> None:
    assert left_words(Eta(low, (low + high) / 2, high)) == words


def test_that_a_screen_reader_hears_words_and_no_signs() -> None:
    assert left_spoken(Eta(130.0, 150.0, 200.0)) == "about 2 to 4 min left"
    assert left_spoken(Eta(5.0, 9.0, 14.0)) == "less than 20 s left"
    assert left_spoken(Eta(180.0, 180.0, 180.0)) == "about 3 min left"


def test_that_a_running_task_counts_from_its_start_and_a_waiting_one_from_its_creation() -> None:
    def spent(status: Status, created_at: float = NOW - 300) -> float | None:
        return so_far(task(status=status, created_at=created_at, updated_at=NOW - 60), NOW)

    assert spent(Status.RUNNING) == 60.0
    assert spent(Status.QUEUED) == 300.0
    assert spent(Status.QUEUED, created_at=NOW + 9) == 0.0
    assert spent(Status.SUCCEEDED) is None
    assert so_far(task(), NOW) is None


def test_that_nothing_is_invented_where_the_history_is_too_thin() -> None:
    running = task(status=Status.RUNNING, created_at=NOW - 192)
    eta = Eta(130.0, 150.0, 200.0)
    assert progress_words(running, NOW, eta) == "for 3 min 12 s · ≈ 2–4 min left"
    assert progress_words(running, NOW, None) == "for 3 min 12 s"
    assert progress_words(task(), NOW, None) == ""


def test_that_the_state_tells_in_its_tooltip_and_in_speech_what_may_be_left() -> None:
    running = task(status=Status.RUNNING, created_at=NOW - 60)
    ended = task(status=Status.FAILED, created_at=NOW - 60)
    ctx = Context(now=NOW, eta=lambda _: Eta(130.0, 150.0, 200.0))
    assert BY_ID["state"].tip(running, ctx) == "for 1 min 0 s · ≈ 2–4 min left"
    assert "running 1:00, about 2 to 4 min left" in row_spoken(running, ctx).casefold()
    assert "left" not in BY_ID["state"].tip(ended, ctx) + row_spoken(ended, ctx)
