"""What a person reads when something happens: what happened, what it means, what to do.

The sentence of each kind of failure stands with the kind, in `core/failure.py`. Server words go in
as values, made fit by `untrusted`, never as the sentence itself.
"""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from rushes.core.account import Account
from rushes.core.events import HookTrouble, SaveHookFailed
from rushes.core.failure import PAUSING, Failure, Kind
from rushes.core.failure import Action as Action
from rushes.core.presence import Away, Why
from rushes.core.retry import DAY_S, OF_ONE_TASK, asked_wait_s
from rushes.core.task import Artifact, Flag
from rushes.core.translatable import QT_TR_NOOP
from rushes.presentation import format as fmt
from rushes.presentation.text import tr, translated
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import cut_sentence, flag_sentence, is_without_link, problem_kind


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain text, and the action that helps, if one does."""

    text: str
    action: Action | None = None


#: What OpenSSL says of a server that speaks without TLS.
_NO_TLS = ("wrong version number", "record layer failure", "packet length too long")

#: UTF-8 bytes that the file systems of all platforms allow.
_LONGEST_NAME_BYTES = 255


def action_label(action: Action) -> str:
    """The word on the button."""
    return translated(action.label)


# --- failures --------------------------------------------------------------------------------


def sentence(failure: Failure, *, next_look_s: float | None = None) -> Sentence:
    """The headline for a failure: that of its kind, the fuller one where its values are known.

    Args:
        next_look_s: Seconds until the program tries again, where it does so by itself; without
            it `failure.retry_after` is told.
    """
    kind, host = failure.kind, one_line(failure.host, 120) or tr("the service")
    why = _why(failure.detail or failure.message)
    wait = next_look_s if next_look_s is not None else asked_wait_s(failure)
    if kind is Kind.CUT:
        return Sentence(cut_sentence(why))
    figures = failure.detail.split()
    if kind is Kind.NO_ROOM and len(figures) == 2 and all(map(str.isdecimal, figures)):
        return Sentence(_no_room(*map(int, figures)), kind.action)
    if kind is Kind.FOLDER and failure.code == "unusable":  # the list, or its lock
        return Sentence(tr("Cannot use {place}: {why}.", place=failure.message, why=why))
    if kind is Kind.TLS and any(sign in why.casefold() for sign in _NO_TLS):
        return Sentence(
            tr("{host} does not answer with https on this port.", host=host), kind.action
        )
    if kind is Kind.STORE and (told := _of_store(failure.code, why)):
        return told
    values = {
        "message": one_line(failure.message, 160),
        "reason": why,
        "time": "" if wait is None else fmt.coarse(max(1.0, wait)),
    }
    is_fuller = kind.fuller and all(v for n, v in values.items() if f"{{{n}}}" in kind.fuller)
    values["reason"] = why or tr("no reason given")
    text = kind.fuller if is_fuller else kind.text
    return Sentence(translated(text, host=host, why=why or host, **values), kind.action)


#: These say themselves when they are asked again.
_SELF_TIMED = OF_ONE_TASK | {Kind.LIMITED}


def account_sentence(
    failure: Failure,
    *,
    now: float,
    next_look_at: float | None,
    was_good: bool,
    key_waits: bool = False,
) -> Sentence:
    """How an account fares: what is wrong, when it is asked again, and what helps.

    Args:
        next_look_at: Unix seconds; None: not by itself.
        was_good: Whether the service ever answered as it should.
        key_waits: Whether the key is only sent when the user says so.
    """
    wait = None if next_look_at is None else max(1.0, next_look_at - now)
    told = sentence(failure, next_look_s=wait)
    host = one_line(failure.host, 120) or tr("the service")
    if failure.kind is Kind.NOT_API and was_good:
        told = Sentence(tr("{host} does not answer as usual.", host=host), Action.TRY_NOW)
    elif failure.kind is Kind.NOT_API:
        told = Sentence(
            tr(
                "{host} does not answer as the chosen kind of service should. Check address and "
                "key.",
                host=host,
            ),
            Action.EDIT_ACCOUNT,
        )
    if key_waits:
        text = tr(
            "{sentence} Your key is not sent there any more until you try again.",
            sentence=told.text,
        )
        return Sentence(text, Action.TRY_NOW)
    if next_look_at is None or failure.kind in _SELF_TIMED:
        return told
    text = _with_next_try(told.text, next_look_at, now)
    return Sentence(text, told.action or Action.TRY_NOW)


def _with_next_try(told: str, at: float, now: float) -> str:
    """`told`, and when the next try is: with the day where that is not today."""
    day, time = fmt.absolute(at)[:10], fmt.clock(at)
    if day == fmt.absolute(now)[:10]:
        return tr("{sentence} Next try at {time}.", sentence=told, time=time)
    if day == fmt.absolute(now + DAY_S)[:10]:
        return tr("{sentence} Next try tomorrow at {time}.", sentence=told, time=time)
    return tr("{sentence} Next try on {day} at {time}.", sentence=told, day=day, time=time)


def about_take(name: str, told: str) -> str:
    """`told`, and of which take it is said."""
    return tr("“{take}”: {problem}", take=one_line(name, 60), problem=told)


def about_account(account: Account, failure: Failure, told: Sentence) -> Sentence:
    """`told` of an account's trouble, and of which account; a key in a variable is not entered."""
    name = one_line(account.name, 60)
    if failure.kind is Kind.NO_KEY and account.key_env:
        text = tr(
            "“{account}” takes its key from ${name}, which is not set or holds no key. Set it, "
            "then start Rushes again.",
            account=name,
            name=one_line(account.key_env, 60),
        )
    elif failure.kind is Kind.NO_KEY:
        text = tr("“{account}” has no key. Enter it to go on watching.", account=name)
    elif name in told.text:
        return told
    else:
        text = tr("“{take}”: {problem}", take=name, problem=told.text)
    return replace(told, text=text)


def _no_room(needed: int, free: int) -> str:
    return tr(
        "There is no room for this file: {needed} are needed, {free} are free. It waits until "
        "there is; others go on.",
        needed=fmt.file_size(needed),
        free=fmt.file_size(free),
    )


#: What this program itself says of a folder, in a `Failure`; the rest is the system's.
_OF_FOLDERS = frozenset(
    {
        QT_TR_NOOP("the folder is not there"),
        QT_TR_NOOP("the folder cannot be written"),
        QT_TR_NOOP("a link leads out of the folder"),
    }
)


def _why(detail: str) -> str:
    return translated(detail) if detail in _OF_FOLDERS else one_line(detail, 160)


def not_moved_sentence(failure: Failure) -> str:
    """Why saved files stay where they are."""
    figures = failure.detail.split()
    if failure.kind is Kind.NO_ROOM and len(figures) == 2 and all(map(str.isdecimal, figures)):
        needed, free = map(int, figures)
        return tr(
            "There is no room there: {needed} are needed, {free} are free. The files stay where "
            "they are.",
            needed=fmt.file_size(needed),
            free=fmt.file_size(free),
        )
    if failure.kind is Kind.DISK_FULL:
        return tr("The disk there is full. The files stay where they are.")
    if folder := one_line(failure.message, 160):
        return tr(
            "Cannot use {folder}: {reason}. The files stay where they are.",
            folder=folder,
            reason=_why(failure.detail),
        )
    return tr("The files stay where they are: {reason}.", reason=_why(failure.detail))


def trial_sentence(failure: Failure) -> str:
    """Why a key is not accepted, or cannot be tested: a test is not repeated by itself."""
    host = one_line(failure.host, 120) or tr("the service")
    match failure.kind:
        case Kind.OFFLINE:
            return tr(
                "{host} cannot be reached. Check the address and your connection, then test again.",
                host=host,
            )
        case Kind.SLOW:
            return tr("{host} takes too long to answer. Test again later.", host=host)
        case Kind.SERVER:
            return tr("{host} reports an internal error. Test again later.", host=host)
        case Kind.MALFORMED:
            return tr("{host} sent an answer we cannot read. Test again later.", host=host)
        case Kind.UPSTREAM:
            return tr(
                "{host} cannot ask the service behind it just now. Test again later.", host=host
            )
        case Kind.LIMITED if failure.retry_after is not None:
            wait = fmt.coarse(max(1.0, failure.retry_after))
            return tr("The service asked us to slow down. Test again in {time}.", time=wait)
        case Kind.LIMITED:
            return tr("The service asked us to slow down. Test again later.")
        case Kind.NOT_API:
            return tr(
                "{host} does not answer as usual. Check the address, then test again.", host=host
            )
        case Kind.DENIED:
            return tr(
                "{host} does not accept this key. Check it and paste it again.",
                host=host,
            )
        case Kind.NO_CREDIT:
            return tr("The credit of this key is used up at {host}.", host=host)
        case Kind.FORBIDDEN:
            return tr("This key may not look at some tasks of {host}.", host=host)
        case Kind.BLOCKED_URL if failure.detail == "it redirects elsewhere":
            return tr("This address redirects elsewhere. Use the API's own address.")
        case Kind.NO_KEY:
            return tr("There is no key for this account. Enter it, then test again.")
        case _:
            return sentence(failure).text


def _of_store(code: str, why: str) -> Sentence | None:
    match code:
        case "damaged":
            return Sentence(list_damaged())
        case "too_new":
            return Sentence(list_too_new())
        case "no_locks":
            return Sentence(
                tr(
                    "The disk with the list cannot lock files ({reason}), so Rushes cannot tell "
                    "whether another Rushes uses it. Free its locks, or move the folder to "
                    "another disk.",
                    reason=why or tr("no reason given"),
                )
            )
    return None


def list_too_new() -> str:
    return tr(
        "This list was written by a newer version of Rushes, and was left as it is. Start that "
        "version, or this one with another folder (--base-dir)."
    )


def forget_prompts_sentence() -> str:
    """What forgetting prompts does, and what it does not."""
    return tr(
        "Prompts and reference images are taken out of the list, of removed tasks and of its "
        "backups. This cannot be undone. What you saved or exported stays as it is: films, the "
        ".json files beside them and tables; so does a damaged list that was set aside."
    )


#: Less room is worth a word (bytes).
_LITTLE_ROOM = 2 * 10**9


def folder_words(
    *, is_there: bool, is_file: bool, can_write: bool, free: int | None
) -> tuple[str, str]:
    """What a folder that was chosen is like, and the role of that in the style sheet: caption,
    warning or error."""
    if is_file:
        return tr("This is a file, not a folder."), "error"
    if not can_write:
        return tr("Nothing can be written into this folder."), "error"
    told = tr("{size} free", size=fmt.file_size(free)) if free is not None else ""
    if free is not None and free < _LITTLE_ROOM:
        return tr("Only {size} are free here.", size=fmt.file_size(free)), "warning"
    if not is_there:
        told = " · ".join(filter(None, (tr("It is made with the first file."), told)))
    return told, "caption"


def name_too_long(path: Path) -> str:
    """Why a file cannot have this name; "": it can."""
    if len(os.fsencode(path.name)) <= _LONGEST_NAME_BYTES:
        return ""
    name = one_line(path.name, 80)
    return tr("{name} was not written: the name is too long. Choose a shorter one.", name=name)


def unusable_place(error: OSError) -> str:
    """A file or folder that the system refuses."""
    return tr(
        "Cannot use {place}: {why}.",
        place=error.filename or "",
        why=error.strerror or str(error),
    )


def save_hook_sentence(news: SaveHookFailed) -> str:
    """What became of the program that runs when a take is saved."""
    program, said = one_line(news.program, 60), one_line(news.said, 160)
    match news.why:
        case HookTrouble.NOT_STARTED if said:
            return tr("{program} could not be started: {why}.", program=program, why=said)
        case HookTrouble.NOT_STARTED:
            return tr("{program} is no program that can be started.", program=program)
        case HookTrouble.TOO_LONG:
            return tr("{program} took too long and was ended. The take is saved.", program=program)
        case HookTrouble.CODE if said:
            return tr(
                "{program} ended with code {code}: {said}. The take is saved.",
                program=program,
                code=news.code,
                said=said.rstrip("."),
            )
        case HookTrouble.CODE:
            return tr(
                "{program} ended with code {code}. The take is saved.",
                program=program,
                code=news.code,
            )
        case _:
            assert_never(news.why)


def list_in_use() -> str:
    """For a command, which cannot bring the other one up."""
    return tr("Another Rushes is running with this folder. Use its window, or close it.")


def list_damaged() -> str:
    """Said while it is open."""
    return tr(
        "The list on disk is damaged. Quit Rushes and start it again: it then brings the list in "
        "order with all that can still be read."
    )


def unsaved_sentence(artifact: Artifact, now: float, flags: Collection[Flag] = frozenset()) -> str:
    """Why a file is not saved yet, when it is tried again, and how long there is for it.

    Args:
        now: Unix seconds.
        flags: Of its task.
    """
    kind, more = problem_kind(artifact), artifact.problem.partition(" ")[2]
    if kind is None:  # written by a newer version
        told = tr("The file could not be saved.")
    elif is_without_link(artifact, flags):
        told = flag_sentence(Flag.RESULT_MISSING)
    else:
        kind = Kind.LINK_ENDED if kind is Kind.REJECTED else kind
        told = sentence(Failure(kind, detail=more)).text
        if more and kind in (Kind.LINK_ENDED, Kind.SERVER, Kind.LIMITED):
            said = one_line(more, 160).rstrip(".")
            told = tr("{problem} The server says: {message}.", problem=told, message=said)
    if kind in PAUSING or artifact.next_try_at is None or artifact.next_try_at <= now:
        return told
    wait = fmt.coarse(max(1.0, artifact.next_try_at - now))
    if artifact.expires_at is None or artifact.expires_at <= now:
        return tr("{problem} Next try in {time}.", problem=told, time=wait)
    left = fmt.time_left(artifact.expires_at, now, artifact.expires_inferred)
    return tr(
        "{problem} Next try in {time}; the link lives {left}.", problem=told, time=wait, left=left
    )


def held_sentence(folder: str) -> Sentence:
    """Files that a rule sends to `folder` wait."""
    return Sentence(
        tr(
            "The folder {folder} is not there, full, or not writable; what a rule saves there "
            "waits, the rest goes on.",
            folder=one_line(folder, 120),
        ),
        Action.CHOOSE_FOLDER,
    )


def too_large_sentence(limit: float) -> Sentence:
    """The same as for `Kind.TOO_LARGE` where it is a file's.

    Args:
        limit: Bytes.
    """
    return Sentence(
        tr(
            "A file is larger than the limit of {size} and was not fetched.",
            size=fmt.file_size(limit),
        ),
        Action.FETCH_ANYWAY,
    )


def disk_full_sentence(free: int, folder: str) -> Sentence:
    """The same as for `Kind.DISK_FULL` where the free bytes and the folder are known."""
    return Sentence(
        tr(
            "{size} left in {folder}; downloads paused, nothing lost.",
            size=fmt.file_size(free),
            folder=one_line(folder, 120),
        ),
        Action.CHOOSE_FOLDER,
    )


def away_sentence(folders: Sequence[Away]) -> str:
    """Why saved takes are missing all at once: a folder is away, or several; "" for none."""
    if not folders:
        return ""
    folder, takes = one_line(folders[0].folder.path, 120), folders[0].takes
    if others := len(folders) - 1:
        return tr(
            "{folder} and %n other folder(s) are not there. {takes} saved takes cannot be shown "
            "until they are back.",
            None,
            others,
            folder=folder,
            takes=sum(each.takes for each in folders),
        )
    match folders[0].folder.why:
        case Why.GONE:
            return tr(
                "{folder} is not there. %n saved take(s) cannot be shown until it is back.",
                None,
                takes,
                folder=folder,
            )
        case Why.EMPTY:
            return tr(
                "{folder} is empty. %n saved take(s) cannot be shown until their files are back.",
                None,
                takes,
                folder=folder,
            )
        case Why.CLOSED:
            return tr(
                "{folder} cannot be read. %n saved take(s) cannot be shown until it can.",
                None,
                takes,
                folder=folder,
            )
        case Why.SILENT:
            return tr(
                "{folder} does not answer. %n saved take(s) cannot be shown until it does.",
                None,
                takes,
                folder=folder,
            )
        case _:
            assert_never(folders[0].folder.why)
