"""What is said about everything at once: the status bar, an empty table, notifications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from rushes.core.account import Account
from rushes.core.events import AccountChanged, Activity
from rushes.core.failure import Failure
from rushes.core.listing import Counts
from rushes.core.notifications import Notice
from rushes.core.usage import UsageLine
from rushes.core.views import View
from rushes.presentation import format as fmt
from rushes.presentation.format import coarse
from rushes.presentation.sentences import Action, Sentence, account_sentence, sentence
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.usage import selection_words
from rushes.presentation.words import waits_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of the status bar.

    Attributes:
        expiring: Tasks with an unsaved file whose link ends in under 2 h.
        saved, savable: Tasks with all files on disk, of those that have files or may get a link.
        selected: The sums of several selected takes; None: not several.
        free: Bytes free where results are kept; None while unknown.
    """

    running: int = 0
    expiring: int = 0
    saved: int = 0
    savable: int = 0
    selected: UsageLine | None = None
    free: int | None = None


def totals_of(counts: Counts, free: int | None, selected: UsageLine | None = None) -> Totals:
    return Totals(
        running=counts.views.get(View.RUNNING, 0),
        expiring=counts.urgent,
        saved=counts.saved,
        savable=counts.savable,
        selected=selected,
        free=free,
    )


def activity_line(accounts: Sequence[AccountChanged], totals: Totals, now: float) -> str:
    """ "watching, next check in 6 s · 7 running · 3 expire in < 2 h · saved 412/413 · 81 GB free".

    Args:
        accounts: The latest news of each account.
    """
    parts = [activity_words(accounts, now)]
    if totals.running:
        parts.append(tr("%n running", None, totals.running))
    if totals.expiring:
        parts.append(tr("%n expire in < 2 h", None, totals.expiring))
    if totals.savable:
        parts.append(tr("saved {saved}/{all}", saved=totals.saved, all=totals.savable))
    if totals.selected is not None:
        parts.append(selection_words(totals.selected))
    if totals.free is not None:
        parts.append(tr("{size} free", size=fmt.file_size(totals.free)))
    return " · ".join(parts)


def activity_words(accounts: Sequence[AccountChanged], now: float) -> str:
    """What the watching as a whole is doing, in a few words."""
    if not accounts:
        return tr("no account yet")
    by = {activity: [a for a in accounts if a.activity is activity] for activity in Activity}
    if by[Activity.OFFLINE] and not by[Activity.WATCHING] and not by[Activity.BACKING_OFF]:
        seen = [a.last_good_at for a in accounts if a.last_good_at is not None]
        if seen:
            return tr("Offline. Showing data from {time}.", time=fmt.lately(max(seen), now))
        return tr("Offline.")
    if len(by[Activity.PAUSED]) == len(accounts):
        reasons = {waits_for(a.failure.kind if a.failure else None) for a in accounts}
        why = reasons.pop() if len(reasons) == 1 else ""
        return tr("paused: {why}", why=why) if why else tr("paused")
    looks = [a.next_look_at for a in accounts if a.next_look_at is not None]
    if by[Activity.WATCHING] or by[Activity.BACKING_OFF] or by[Activity.OFFLINE]:
        if not looks:
            return tr("watching, checking now")
        return tr("watching, next check in {time}", time=fmt.coarse(max(0.0, min(looks) - now)))
    return tr("nothing to watch")


def trouble(failure: Failure, news: AccountChanged, now: float) -> Sentence:
    """What is wrong with an account, when it is asked again, and what helps."""
    return account_sentence(
        failure,
        now=now,
        next_look_at=news.next_look_at,
        was_good=news.last_good_at is not None,
        key_waits=news.key_waits,
    )


def account_words(news: AccountChanged, now: float) -> str:
    """One account's state for its row in the sidebar and its tooltip."""
    if news.failure is not None:
        return trouble(news.failure, news, now).text
    return activity_words([news], now)


# --- nothing to show -------------------------------------------------------------------------


def empty_state(
    *,
    accounts: Mapping[str, Account] | Sequence[Account],
    tasks: int,
    filtered: bool,
    view: View = View.ALL,
    unseen: int = 0,
) -> Sentence:
    """What an empty table says, and the next step.

    Args:
        tasks: Rows in the whole list, whatever is shown.
        filtered: A search narrows the view.
        unseen: New takes nobody has looked at.
    """
    if not accounts:
        return Sentence(
            tr("Add the service your jobs run on, and they show up here."), Action.ADD_SERVICE
        )
    if not tasks:
        known = accounts.values() if isinstance(accounts, Mapping) else accounts
        if any(account.can_list for account in known):
            return Sentence(
                tr("Drag task IDs here, or import the last 7 days."), Action.IMPORT_RECENT
            )
        return Sentence(tr("Drag task IDs here, or paste them."))
    if filtered:
        return Sentence(tr("No task matches the search."), Action.CLEAR_FILTER)
    match view:
        case View.RUNNING if unseen:
            text = tr("All done. %n new take(s) to review.", None, unseen)
            return Sentence(text, Action.SHOW_UNSEEN)
        case View.RUNNING:
            return Sentence(tr("All done."))
        case View.EXPIRING:
            return Sentence(tr("No link ends soon."))
        case View.UNSAVED:
            return Sentence(tr("Everything is saved."))
        case View.FAILED:
            return Sentence(tr("Nothing has failed."))
        case View.ALL:
            return Sentence(tr("No task here."))
        case _:
            assert_never(view)


# --- notifications ---------------------------------------------------------------------------


#: So many tasks are named; the rest is counted.
_NAMED = 3
#: Characters of a name.
_NAME_LIMIT = 60


def notice_words(notice: Notice, accounts: Mapping[str, str], now: float) -> tuple[str, str]:
    """(title, text), not escaped: "4 done, 1 failed" and the names of the first tasks.

    Args:
        accounts: Names by id.
    """
    counted: list[str] = []
    if notice.done:
        counted.append(tr("%n done", None, len(notice.done)))
    if notice.failed:
        counted.append(tr("%n failed", None, len(notice.failed)))
    if notice.ending:
        counted.append(tr("%n unsaved link(s) ending", None, len(notice.ending)))
    if notice.troubled:
        counted.append(tr("%n account(s) waiting for you", None, len(notice.troubled)))
    lines = [
        f"{one_line(accounts.get(account, account), _NAME_LIMIT)}: {sentence(failure).text}"
        for account, failure in notice.troubled.items()
    ]
    if notice.ends_at is not None:
        left = coarse(notice.ends_at - now)
        lines.append(tr("The first unsaved file can be fetched for {left} only.", left=left))
    if notice.keys:
        lines.append(_named(notice))
    return ", ".join(counted), "\n".join(lines)


def tray_words(counts: Counts) -> str:
    """What waits and what runs, as the tray's tool tip says it."""
    figures = (
        tr("%n running", None, counts.views.get(View.RUNNING, 0)),
        tr("%n unsaved", None, counts.views.get(View.UNSAVED, 0)),
        tr("%n failed, not looked at", None, counts.unseen_failed),
    )
    return "Rushes\n" + " · ".join(figures)


def _named(notice: Notice) -> str:
    """The first tasks by name or id, and how many more there are."""
    names = {**notice.done, **notice.failed, **notice.ending}
    first = ", ".join(one_line(names[key] or key.id, _NAME_LIMIT) for key in notice.keys[:_NAMED])
    more = len(names) - _NAMED
    return first if more <= 0 else tr("{names} and %n more", None, more, names=first)
