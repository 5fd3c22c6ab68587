"""What an answer may and may not do to a task."""

from dataclasses import replace
from typing import Any

import pytest

from rushes.core.merge import absorb, history, missed, troubled
from rushes.core.retry import MISSES_UNTIL_NOT_FOUND
from rushes.core.task import (
    ArtifactKind,
    ArtifactState,
    Flag,
    Key,
    Link,
    Mark,
    Report,
    Status,
    Task,
    blank,
)

KEY = Key("acc", "cgt-1")


def task(status: Status = Status.RUNNING, **more: Any) -> Task:
    report = Report(id="cgt-1", status=status, status_raw=status.value, seed=7)
    return replace(blank(KEY, 1000.0), report=report, asked_at=1000.0, **more)


def said(status: Status, **more: Any) -> Report:
    report = Report(id="cgt-1", status=status, status_raw=status.value)
    return replace(report, **more)


def test_that_an_older_answer_never_overwrites_a_newer_one() -> None:
    old = task(Status.RUNNING)
    assert absorb(old, said(Status.QUEUED), asked_at=999.0, seen_at=2000.0) is old


@pytest.mark.parametrize("new", [s for s in Status if s is not Status.SUCCEEDED])
def test_that_success_is_never_left_and_the_contradiction_is_flagged(new: Status) -> None:
    after = absorb(task(Status.SUCCEEDED), said(new), asked_at=1001.0, seen_at=1002.0)
    assert after.status is Status.SUCCEEDED
    assert Flag.STATUS_CONFLICT in after.flags


def test_that_a_false_failure_heals_to_success() -> None:
    after = absorb(task(Status.FAILED), said(Status.SUCCEEDED), asked_at=1001.0, seen_at=1002.0)
    assert after.status is Status.SUCCEEDED


def test_that_what_an_answer_leaves_out_is_kept_from_an_earlier_one() -> None:
    after = absorb(task(), said(Status.SUCCEEDED), asked_at=1001.0, seen_at=1002.0)
    assert after.report.seed == 7


def test_that_an_unknown_word_keeps_the_task_live() -> None:
    after = absorb(
        task(), said(Status.UNKNOWN, status_raw="warming"), asked_at=1001.0, seen_at=1002.0
    )
    assert after.is_live
    assert after.report.status_raw == "warming"


def test_that_only_the_third_miss_in_a_row_is_believed() -> None:
    now = task()
    for n in range(1, MISSES_UNTIL_NOT_FOUND + 1):
        assert now.is_live
        now = missed(now, asked_at=1000.0 + n)
    assert not now.is_live
    seen = absorb(now, said(Status.RUNNING), asked_at=1010.0, seen_at=1011.0)
    assert seen.is_live
    assert seen.misses == 0


def test_that_a_lost_file_heals_only_by_another_link_that_ends_later() -> None:
    link = Link(kind=ArtifactKind.VIDEO, url="https://a/1", expires_at=5000.0)
    done = absorb(task(), said(Status.SUCCEEDED, links=(link,)), asked_at=1001.0, seen_at=1002.0)
    lost = replace(done, artifacts=(replace(done.artifacts[0], state=ArtifactState.LOST),))
    same = absorb(lost, said(Status.SUCCEEDED, links=(link,)), asked_at=1003.0, seen_at=1004.0)
    assert same.kept is ArtifactState.LOST
    newer = replace(link, url="https://a/2", expires_at=9000.0)
    healed = absorb(lost, said(Status.SUCCEEDED, links=(newer,)), asked_at=1003.0, seen_at=1004.0)
    assert healed.kept is ArtifactState.REMOTE


def test_that_a_task_live_beyond_its_own_limit_is_stale_and_still_live() -> None:
    report = said(Status.RUNNING, created_at=1000.0, expires_after_s=3600.0)
    after = absorb(task(), report, asked_at=1001.0, seen_at=1000.0 + 3601.0)
    assert Flag.STALE in after.flags
    assert after.is_live


def test_that_history_names_what_changed_and_never_a_url() -> None:
    link = Link(kind=ArtifactKind.VIDEO, url="https://secret/1")
    done = absorb(task(), said(Status.SUCCEEDED, links=(link,)), asked_at=1001.0, seen_at=1002.0)
    done = replace(done, mark=Mark(name="Take 3", rating=5))
    lines = history(task(), done, 1002.0)
    assert [(e.what, e.old, e.new) for e in lines] == [
        ("status", "running", "succeeded"),
        ("artifact:video", "", "remote"),
        ("name", "", "Take 3"),
        ("rating", "0", "5"),
    ]
    assert "secret" not in repr(lines)


def test_that_a_moment_that_is_still_to_come_stops_no_answer() -> None:
    """A look with a clock three days ahead was written down; now the clock is right."""
    ahead = replace(task(), asked_at=1000.0 + 3 * 86_400.0)
    after = absorb(ahead, said(Status.SUCCEEDED), asked_at=1010.0, seen_at=1010.5, now=1011.0)
    assert after.status is Status.SUCCEEDED
    assert after.asked_at == 1010.0
    assert missed(ahead, asked_at=1010.0, now=1011.0).misses == 1


def test_that_an_answer_that_was_held_back_loses_to_a_later_one_that_is_written_down() -> None:
    newer = replace(task(), asked_at=1005.0)
    assert absorb(newer, said(Status.QUEUED), asked_at=1001.0, seen_at=1.0, now=1006.0) is newer
    assert missed(newer, asked_at=1001.0, now=1006.0) is newer


def test_that_only_a_look_that_counts_uses_up_the_looks_for_a_missing_link() -> None:
    done = task(Status.SUCCEEDED)
    answer = said(Status.SUCCEEDED, flags=frozenset({Flag.RESULT_MISSING}))
    assert absorb(done, answer, asked_at=1001.0, seen_at=1002.0).rechecks == 1
    assert absorb(done, answer, asked_at=1001.0, seen_at=1002.0, counts=False).rechecks == 0


@pytest.mark.parametrize("new", [s for s in Status if s is not Status.EXPIRED])
def test_that_an_end_only_the_service_behind_has_said_may_still_change(new: Status) -> None:
    old = task(Status.EXPIRED)
    old = replace(old, report=replace(old.report, provisional=True), rechecks=5)
    after = absorb(old, said(new), asked_at=1001.0, seen_at=1002.0)
    assert (after.status, after.flags, after.rechecks) == (new, frozenset(), 0)


def test_that_trouble_behind_a_gateway_is_shown_until_the_next_good_look() -> None:
    after = troubled(task(), said="no key", asked_at=1001.0)
    assert after is not None
    assert (after.status, after.flags) == (Status.RUNNING, frozenset({Flag.UPSTREAM_TROUBLE}))
    assert after.report.upstream_said == "no key"
    assert troubled(after, said="older", asked_at=999.0) is None
    good = absorb(after, said(Status.RUNNING), asked_at=1002.0, seen_at=1003.0)
    assert (good.flags, good.report.upstream_said) == (frozenset(), None)
