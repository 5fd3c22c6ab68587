"""The canonical status of every word, and what a status word never does."""

from collections.abc import Callable

import pytest

from rushes.core.task import Status
from tests.providers.replies import report

WORDS = {
    Status.QUEUED: (
        *("queued", "pending", "submitted", "not_start", "creating", "created", "in_queue"),
        "queueing",
    ),
    Status.RUNNING: ("running", "in_progress", "processing", "generating", "preparing"),
    Status.SUCCEEDED: ("succeeded", "success", "completed", "succeed", "done"),
    Status.FAILED: ("failed", "failure", "error", "fail"),
    Status.CANCELLED: ("cancelled", "canceled", "cancel"),
    Status.EXPIRED: ("expired", "timeout"),
    Status.UNKNOWN: ("unknown", "paused", "finished", "run ning", "ＱＵＥＵＥＤ"),
}
PAIRS = [(word, status) for status, words in WORDS.items() for word in words]


@pytest.mark.parametrize(("word", "status"), PAIRS)
@pytest.mark.parametrize("spell", [str, str.upper, str.title, lambda w: f"\t{w} \n"])
def test_what_a_word_means(word: str, status: Status, spell: Callable[[str], str]) -> None:
    found = report({"id": "t", "status": spell(word)})
    assert found.status is status
    assert found.status_raw.strip() == spell(word).strip()


@pytest.mark.parametrize("value", [None, "", "  ", 0, 3, 200, True, False, 1.5, [], {}, ["failed"]])
def test_that_what_is_no_word_is_unknown_and_never_terminal(value: object) -> None:
    found = report({"id": "t", "status": value})
    assert found.status is Status.UNKNOWN
    assert not found.status.is_terminal


def test_that_a_number_is_shown_as_the_raw_word() -> None:
    for number, raw in ((3, "3"), (99, "99"), (100, "")):  # from three figures on, of the call
        assert report({"id": "t", "status": number}).status_raw == raw


def test_that_a_missing_status_is_unknown() -> None:
    assert report({"id": "t"}).status is Status.UNKNOWN


def test_that_task_status_stands_in_for_status() -> None:
    assert report({"id": "t", "task_status": "SUCCEEDED"}).status is Status.SUCCEEDED
    assert report({"id": "t", "status": None, "task_status": "RUNNING"}).status is Status.RUNNING
    assert report({"id": "t", "status": 200, "task_status": "RUNNING"}).status is Status.RUNNING
