"""Notices in words."""

from rushes.core.failure import Failure, Kind
from rushes.core.listing import Counts
from rushes.core.notifications import Notice
from rushes.core.task import Key
from rushes.core.views import View
from rushes.presentation.overview import notice_words, tray_words
from rushes.presentation.sentences import sentence

NOW = 1_795_000_000.0


def tasks(first: int, last: int, name: str = "") -> dict[Key, str]:
    return {Key("a", f"t{n}"): name for n in range(first, last + 1)}


def test_that_a_title_counts_each_kind() -> None:
    title, text = notice_words(Notice(done=tasks(1, 4), failed=tasks(5, 5)), {}, NOW)
    assert title == "4 done, 1 failed"
    assert text == "t1, t2, t3 and 2 more"


def test_that_a_take_is_called_by_its_name() -> None:
    assert notice_words(Notice(done=tasks(1, 1, "dusk")), {}, NOW) == ("1 done", "dusk")


def test_that_an_ending_link_says_how_long_it_may_still_be_fetched() -> None:
    notice = Notice(ending=tasks(1, 2), ends_at=NOW + 7200)
    title, text = notice_words(notice, {}, NOW)
    assert title == "2 unsaved links ending"
    assert text == "The first unsaved file can be fetched for 2 h only.\nt1, t2"


def test_that_a_paused_account_is_told_by_its_name_and_why() -> None:
    failure = Failure(Kind.OVERDUE)
    title, text = notice_words(Notice(troubled={"a": failure}), {"a": "Ark"}, NOW)
    assert title == "1 account waiting for you"
    assert text == f"Ark: {sentence(failure).text}"


def test_that_braces_in_names_are_shown_as_they_are() -> None:
    _, text = notice_words(Notice(done=tasks(1, 4, "{x} %n")), {}, NOW)
    assert text == "{x} %n, {x} %n, {x} %n and 1 more"


def test_that_the_tray_says_what_runs_and_what_waits() -> None:
    counts = Counts(views={View.RUNNING: 3, View.UNSAVED: 2}, unseen_failed=1)
    assert tray_words(counts) == "Rushes\n3 running · 2 unsaved · 1 failed, not looked at"
