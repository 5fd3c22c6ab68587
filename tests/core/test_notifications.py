"""What is told is what somebody who looked away has missed: each thing once."""

from dataclasses import replace
from typing import Any

import pytest

from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure, Kind
from rushes.core.notifications import Notifications
from rushes.core.settings import Settings
from rushes.core.task import ArtifactState, Diff, Mark, Status, Task
from tests.ui.takes import NOW, ended, take, with_file

HOUR = 3600.0


@pytest.fixture
def pending() -> Notifications:
    return begun(Settings())


def begun(settings: Settings, *tasks: Task) -> Notifications:
    made = Notifications(settings)
    open_ = [task.key for task in tasks if not task.status.is_terminal]
    made.begin(open_, [task for task in tasks if task.deadline is not None], NOW)
    return made


def changed(*tasks: Task) -> Diff:
    return Diff(changed=tasks)


def unsaved(number: int, left: float) -> Task:
    """A done take whose link ends `left` seconds from now."""
    done = ended(take(number))
    return with_file(done, ArtifactState.REMOTE, expires_at=NOW + left)


def test_that_takes_that_end_are_gathered_until_they_are_taken_once(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=tuple(take(n) for n in range(5))), NOW)
    for n in range(4):
        pending.note_tasks(changed(ended(take(n))), NOW)
    pending.note_tasks(changed(ended(take(4), Status.FAILED)), NOW)
    assert pending.is_pending
    notice = pending.take()
    assert (len(notice.done), len(notice.failed)) == (4, 1)
    assert set(notice.keys) == {take(n).key for n in range(5)}
    assert not pending.is_pending
    assert not pending.take()


def test_that_a_take_that_ran_when_the_program_started_is_told() -> None:
    pending = begun(Settings(), take(1))
    pending.note_tasks(changed(ended(take(1))), NOW)
    assert list(pending.take().done) == [take(1).key]


def test_that_a_take_that_ended_before_is_no_news_when_its_file_is_saved(
    pending: Notifications,
) -> None:
    pending.note_tasks(changed(with_file(ended(take(1)), ArtifactState.SAVED)), NOW)
    assert not pending.is_pending


def test_that_a_take_told_once_is_not_told_again_when_it_is_saved(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=(take(1),)), NOW)
    pending.note_tasks(changed(ended(take(1))), NOW)
    pending.take()
    pending.note_tasks(changed(with_file(ended(take(1)), ArtifactState.SAVED)), NOW)
    assert not pending.is_pending


def test_that_a_task_found_ended_is_no_news(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=(ended(take(1)),)), NOW)
    assert not pending.is_pending


def test_that_an_expired_task_counts_as_failed_and_a_cancelled_one_not_at_all(
    pending: Notifications,
) -> None:
    pending.note_tasks(Diff(added=(take(1), take(2))), NOW)
    ends = (ended(take(1), Status.EXPIRED), ended(take(2), Status.CANCELLED))
    pending.note_tasks(changed(*ends), NOW)
    assert pending.take().keys == (take(1).key,)


def test_that_what_is_removed_is_not_told(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=(take(1),)), NOW)
    pending.note_tasks(changed(ended(take(1))), NOW)
    pending.note_tasks(Diff(removed=(take(1).key,)), NOW)
    assert not pending.is_pending


def test_that_what_ends_while_the_list_is_read_is_no_news_afterwards() -> None:
    pending = Notifications(Settings())
    saved = with_file(ended(take(1)), ArtifactState.SAVED)
    pending.note_tasks(changed(saved), NOW)  # newer than what is read below
    pending.begin([take(1).key], [unsaved(1, 3 * HOUR)], NOW)
    pending.note_tasks(changed(saved), NOW)
    assert not pending.is_pending
    assert pending.next_moment is None


def test_that_names_come_along(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=(take(1),)), NOW)
    pending.note_tasks(changed(replace(ended(take(1)), mark=Mark(name="dusk"))), NOW)
    assert list(pending.take().done.values()) == ["dusk"]


def test_that_an_unsaved_file_is_warned_of_at_two_hours_and_at_twenty_minutes() -> None:
    pending = begun(Settings(), unsaved(1, 3 * HOUR))
    assert pending.next_moment == NOW + HOUR
    pending.pass_time(NOW + HOUR - 1)
    assert not pending.is_pending
    pending.pass_time(NOW + HOUR)
    notice = pending.take()
    assert (notice.keys, notice.ends_at) == ((take(1).key,), NOW + 3 * HOUR)
    assert pending.next_moment == NOW + 3 * HOUR - 1200
    pending.pass_time(NOW + 3 * HOUR - 1200)
    assert pending.take().keys == (take(1).key,)
    assert pending.next_moment is None


def test_that_a_moment_that_was_past_at_the_start_is_not_told() -> None:
    pending = begun(Settings(), unsaved(1, HOUR))
    pending.pass_time(NOW)
    assert not pending.is_pending
    assert pending.next_moment == NOW + HOUR - 1200


def test_that_a_saved_file_is_not_warned_of() -> None:
    pending = begun(Settings(), unsaved(1, 3 * HOUR))
    pending.note_tasks(changed(with_file(ended(take(1)), ArtifactState.SAVED)), NOW)
    assert pending.next_moment is None
    pending.pass_time(NOW + 2 * HOUR)
    assert not pending.is_pending


def test_that_a_file_saved_before_the_warning_is_told_takes_it_back() -> None:
    pending = begun(Settings(), unsaved(1, 3 * HOUR))
    pending.pass_time(NOW + HOUR)
    pending.note_tasks(changed(with_file(ended(take(1)), ArtifactState.SAVED)), NOW + HOUR)
    assert not pending.is_pending


def test_that_a_fresh_link_moves_the_warning() -> None:
    pending = begun(Settings(), unsaved(1, 3 * HOUR))
    pending.note_tasks(changed(unsaved(1, 10 * HOUR)), NOW)
    assert pending.next_moment == NOW + 8 * HOUR
    pending.pass_time(NOW + HOUR)
    assert not pending.is_pending


def test_that_a_link_that_ended_during_a_sleep_is_not_warned_of() -> None:
    pending = begun(Settings(), unsaved(1, 3 * HOUR))
    pending.pass_time(NOW + 4 * HOUR)
    assert not pending.is_pending
    assert pending.next_moment is None


def paused(kind: Kind = Kind.DENIED) -> AccountChanged:
    return AccountChanged("a", Activity.PAUSED, failure=Failure(kind))


def test_that_a_paused_account_is_told_once_until_it_goes_on(pending: Notifications) -> None:
    pending.note_account(paused())
    pending.note_account(paused())
    assert list(pending.take().troubled) == ["a"]
    pending.note_account(paused())
    assert not pending.is_pending
    pending.note_account(AccountChanged("a", Activity.WATCHING))
    pending.note_account(paused(Kind.OVERDUE))
    assert pending.take().troubled["a"].kind is Kind.OVERDUE


def test_that_an_account_that_goes_on_in_time_is_not_told(pending: Notifications) -> None:
    pending.note_account(paused())
    pending.note_account(AccountChanged("a", Activity.WATCHING))
    assert not pending.is_pending


def test_that_trouble_that_passes_is_not_told(pending: Notifications) -> None:
    away = AccountChanged("a", Activity.OFFLINE, failure=Failure(Kind.OFFLINE))
    pending.note_account(away)
    assert not pending.is_pending


@pytest.mark.parametrize("off", ["tell_done", "tell_failed", "tell_expiring", "tell_trouble"])
def test_that_each_switch_silences_its_own_news_only(off: str) -> None:
    switched: dict[str, Any] = {off: False}
    pending = begun(Settings(**switched), take(1), take(2), unsaved(3, 3 * HOUR))
    pending.note_tasks(changed(ended(take(1)), ended(take(2), Status.FAILED)), NOW)
    pending.note_account(paused())
    pending.pass_time(NOW + HOUR)
    notice = pending.take()
    told = {
        "tell_done": bool(notice.done),
        "tell_failed": bool(notice.failed),
        "tell_expiring": bool(notice.ending),
        "tell_trouble": bool(notice.troubled),
    }
    assert told == {name: name != off for name in told}


def test_that_a_switch_set_later_counts_from_then_on(pending: Notifications) -> None:
    pending.note_tasks(Diff(added=(take(1), take(2))), NOW)
    pending.use_settings(Settings(tell_done=False))
    pending.note_tasks(changed(ended(take(1))), NOW)
    pending.use_settings(Settings())
    pending.note_tasks(changed(ended(take(2))), NOW)
    assert pending.take().keys == (take(2).key,)
