from dataclasses import replace

import pytest

from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure, Kind
from rushes.core.views import View
from rushes.presentation import format as fmt
from rushes.presentation.overview import (
    Totals,
    account_words,
    activity_line,
    activity_words,
    empty_state,
    trouble,
)
from rushes.presentation.sentences import Action
from tests.presentation.tasks import ANYFAST, ARK, NOW

WATCHING = AccountChanged("a1", Activity.WATCHING, next_look_at=NOW + 6)
IDLE = AccountChanged("a2", Activity.IDLE)
OFFLINE = AccountChanged("a2", Activity.OFFLINE, next_look_at=NOW + 60, last_good_at=NOW - 5)
PAUSED = AccountChanged("a2", Activity.PAUSED, failure=Failure(Kind.DENIED, "h.example"))


def test_that_the_status_line_tells_all_its_figures() -> None:
    totals = Totals(running=7, expiring=3, saved=412, savable=413, free=81_000_000_000)
    assert activity_line([WATCHING, IDLE], totals, NOW) == (
        "watching, next check in 6 s · 7 running · 3 expire in < 2 h · saved 412/413 · 81 GB free"
    )


def test_that_figures_of_nothing_are_left_out() -> None:
    assert activity_line([IDLE], Totals(), NOW) == "nothing to watch"


@pytest.mark.parametrize(
    ("accounts", "words"),
    [
        ([], "no account yet"),
        ([PAUSED], "paused"),
        ([replace(PAUSED, failure=Failure(Kind.NO_KEY))], "paused: needs a key"),
        ([PAUSED, WATCHING], "watching, next check in 6 s"),
        ([OFFLINE, WATCHING], "watching, next check in 6 s"),
        ([AccountChanged("a", Activity.OFFLINE)], "Offline."),
        ([AccountChanged("a", Activity.OFFLINE), IDLE], "Offline."),
        ([AccountChanged("a", Activity.WATCHING)], "watching, checking now"),
        (
            [AccountChanged("a", Activity.WATCHING, next_look_at=NOW - 3)],
            "watching, next check in 0 s",
        ),
    ],
)
def test_that_the_watching_is_told_in_few_words(accounts: list[AccountChanged], words: str) -> None:
    assert activity_words(accounts, NOW) == words


def test_that_offline_says_how_old_the_data_is() -> None:
    said = "Offline. Showing data from "
    good_at = OFFLINE.last_good_at or 0.0
    assert activity_words([OFFLINE], good_at + 60) == f"{said}{fmt.clock(good_at)}."
    later = activity_words([OFFLINE], good_at + 2 * 86_400)
    assert later == f"{said}{fmt.absolute(good_at)[:16]}."


def test_that_an_account_in_trouble_tells_its_trouble() -> None:
    assert account_words(PAUSED, NOW).startswith("This key is not accepted by h.example.")
    slow = AccountChanged(
        "a", Activity.BACKING_OFF, NOW + 40, Failure(Kind.LIMITED, "h", retry_after=9)
    )
    assert account_words(slow, NOW) == "The service asked us to slow down. Next check in 40 s."


def resting(kind: Kind, *, was_good: bool = True) -> AccountChanged:
    return AccountChanged(
        "a",
        Activity.BACKING_OFF,
        next_look_at=NOW + 600,
        failure=Failure(kind, "h.example"),
        last_good_at=NOW - 60 if was_good else None,
    )


@pytest.mark.parametrize(
    ("kind", "words", "action"),
    [
        (Kind.NOT_API, "h.example does not answer as usual.", Action.TRY_NOW),
        (Kind.DOUBTED, "h.example refused the key just now.", Action.TRY_NOW),
        (Kind.TLS, "The connection to h.example is not trusted", Action.TRY_NOW),
        (Kind.SERVER, "h.example reports an internal error.", Action.TRY_NOW),
        (Kind.DENIED, "This key is not accepted by h.example.", Action.REPLACE_KEY),
    ],
)
def test_that_an_account_that_rests_says_when_it_is_asked_again(
    kind: Kind, words: str, action: Action
) -> None:
    news = resting(kind)
    told = trouble(Failure(kind, "h.example"), news, NOW)
    assert told.text.startswith(words)
    assert told.text.endswith(f"Next try at {fmt.clock(NOW + 600)}.")
    assert told.text == account_words(news, NOW)
    assert told.action is action


@pytest.mark.parametrize(("days", "words"), [(1, "Next try tomorrow at "), (3, "Next try on ")])
def test_that_a_next_try_on_another_day_says_the_day(days: int, words: str) -> None:
    at = NOW + days * 86_400.0
    news = replace(resting(Kind.SERVER), next_look_at=at)
    told = trouble(Failure(Kind.SERVER, "h.example"), news, NOW).text
    assert words in told
    assert told.endswith(f"at {fmt.clock(at)}.")


def test_that_an_account_that_never_answered_well_is_to_be_looked_at() -> None:
    news = resting(Kind.NOT_API, was_good=False)
    told = trouble(Failure(Kind.NOT_API, "h.example"), news, NOW)
    assert "Check address and key." in told.text
    assert told.action is Action.EDIT_ACCOUNT


def test_that_a_key_that_waits_for_the_user_says_so() -> None:
    news = replace(resting(Kind.NOT_API), key_waits=True)
    told = trouble(Failure(Kind.NOT_API, "h.example"), news, NOW)
    assert told.text.endswith("Your key is not sent there any more until you try again.")
    assert told.action is Action.TRY_NOW
    assert news.needs_user


def test_that_words_about_quota_are_a_sentence_of_their_own() -> None:
    assert account_words(resting(Kind.QUOTA), NOW) == "Free or plan quota is used up."


@pytest.mark.parametrize(
    ("accounts", "tasks", "filtered", "view", "unseen", "text", "action"),
    [
        ([], 0, False, View.ALL, 0, "Add the service", Action.ADD_SERVICE),
        ([ARK], 0, False, View.ALL, 0, "Drag task IDs here, or import", Action.IMPORT_RECENT),
        ([ANYFAST], 0, False, View.ALL, 0, "Drag task IDs here, or paste", None),
        ([ARK], 5, True, View.FAILED, 0, "No task matches", Action.CLEAR_FILTER),
        ([ARK], 5, False, View.RUNNING, 3, "All done. 3 new takes to review.", Action.SHOW_UNSEEN),
        ([ARK], 5, False, View.RUNNING, 1, "All done. 1 new take to review.", Action.SHOW_UNSEEN),
        ([ARK], 5, False, View.RUNNING, 0, "All done.", None),
        ([ARK], 5, False, View.EXPIRING, 0, "No link ends soon.", None),
        ([ARK], 5, False, View.UNSAVED, 0, "Everything is saved.", None),
        ([ARK], 5, False, View.FAILED, 0, "Nothing has failed.", None),
    ],
)
def test_that_an_empty_table_offers_the_next_step(
    accounts: list[object],
    tasks: int,
    filtered: bool,
    view: View,
    unseen: int,
    text: str,
    action: Action | None,
) -> None:
    chosen = [a for a in (ARK, ANYFAST) if a in accounts]
    found = empty_state(accounts=chosen, tasks=tasks, filtered=filtered, view=view, unseen=unseen)
    assert found.text.startswith(text)
    assert found.action is action
