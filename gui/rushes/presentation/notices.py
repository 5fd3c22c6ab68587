"""A notice in words: a title that counts, and one line that says which."""

from collections.abc import Mapping

from rushes.core.listing import Counts
from rushes.core.notifications import Notice
from rushes.core.views import View
from rushes.presentation.format import coarse
from rushes.presentation.sentences import sentence
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line

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
