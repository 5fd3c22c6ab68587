"""What a person reads when something happens: what happened, what it means, what to do.

Chosen here, by kind, with `assert_never`: a new kind without a sentence does not pass mypy.
Server words go in as values, made fit by `untrusted`, never as the sentence itself.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from rushes.core.failure import Failure, Kind
from rushes.core.presence import Away, Why
from rushes.core.retry import OF_ONE_TASK
from rushes.core.task import Artifact, Flag
from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line
from rushes.presentation.words import cut_sentence, flag_sentence, lost_sentence


class Action(enum.Enum):
    """What a message offers to do about it; one button."""

    REPLACE_KEY = "replace_key"
    EDIT_ACCOUNT = "edit_account"
    CHOOSE_FOLDER = "choose_folder"
    TRY_OTHER_ACCOUNTS = "try_other_accounts"
    UNLOCK = "unlock"
    RETRY = "retry"
    TRY_NOW = "try_now"
    ADD_SERVICE = "add_service"
    IMPORT_RECENT = "import_recent"
    CLEAR_FILTER = "clear_filter"
    SHOW_UNSEEN = "show_unseen"
    FETCH_ANYWAY = "fetch_anyway"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain text, and the action that helps, if one does."""

    text: str
    action: Action | None = None


def action_label(action: Action) -> str:
    """The word on the button."""
    match action:
        case Action.REPLACE_KEY:
            return tr("Replace key")
        case Action.EDIT_ACCOUNT:
            return tr("Edit account")
        case Action.CHOOSE_FOLDER:
            return tr("Choose folder")
        case Action.TRY_OTHER_ACCOUNTS:
            return tr("Try other accounts")
        case Action.UNLOCK:
            return tr("Unlock")
        case Action.RETRY:
            return tr("Try again")
        case Action.TRY_NOW:
            return tr("Try now")
        case Action.ADD_SERVICE:
            return tr("Add service")
        case Action.IMPORT_RECENT:
            return tr("Import the last 7 days")
        case Action.CLEAR_FILTER:
            return tr("Clear filter")
        case Action.SHOW_UNSEEN:
            return tr("Show new takes")
        case Action.FETCH_ANYWAY:
            return tr("Fetch all the same")
        case _:
            assert_never(action)


# --- failures --------------------------------------------------------------------------------


_Reaching = Literal[Kind.OFFLINE, Kind.SLOW, Kind.TLS, Kind.BLOCKED_URL, Kind.PROXY]
_Refused = Literal[
    Kind.DENIED,
    Kind.NO_CREDIT,
    Kind.KEY_ENDED,
    Kind.FORBIDDEN,
    Kind.OVERDUE,
    Kind.MODEL_NOT_OPEN,
    Kind.LIMITED,
    Kind.QUOTA,
]
_Answered = Literal[
    Kind.UPSTREAM,
    Kind.SERVER,
    Kind.NOT_FOUND,
    Kind.REJECTED,
    Kind.NOT_API,
    Kind.UNCHECKED,
    Kind.MALFORMED,
    Kind.TOO_LARGE,
]
_OfKeys = Literal[
    Kind.NO_KEY, Kind.VAULT_LOCKED, Kind.VAULT_NONE, Kind.VAULT_REFUSED, Kind.KEY_TOO_LONG
]
_OfFiles = Literal[
    Kind.LINK_ENDED,
    Kind.LOST,
    Kind.STALLED,
    Kind.CUT,
    Kind.WRONG_FILE,
    Kind.DAMAGED,
    Kind.DISK_FULL,
    Kind.FOLDER,
    Kind.STORE,
    Kind.INTERNAL,
]


def sentence(failure: Failure, *, next_look_s: float | None = None, model: str = "") -> Sentence:
    """The headline for a failure.

    Args:
        next_look_s: Seconds until the program tries again, where it does so by itself; without
            it `failure.retry_after` is told.
        model: The model concerned, for `MODEL_NOT_OPEN` and `FORBIDDEN`.
    """
    host = one_line(failure.host, 120) or tr("the service")
    why = one_line(failure.detail or failure.message, 160)
    wait = next_look_s if next_look_s is not None else failure.retry_after
    match failure.kind:
        case Kind.OFFLINE | Kind.SLOW | Kind.TLS | Kind.BLOCKED_URL | Kind.PROXY as kind:
            return _reaching(kind, host, why)
        case (
            Kind.DENIED
            | Kind.NO_CREDIT
            | Kind.KEY_ENDED
            | Kind.FORBIDDEN
            | Kind.OVERDUE
            | Kind.MODEL_NOT_OPEN
            | Kind.LIMITED
            | Kind.QUOTA as kind
        ):
            return _refused(kind, host, wait, one_line(model, 80))
        case (
            Kind.UPSTREAM
            | Kind.SERVER
            | Kind.NOT_FOUND
            | Kind.REJECTED
            | Kind.NOT_API
            | Kind.UNCHECKED
            | Kind.MALFORMED
            | Kind.TOO_LARGE as kind
        ):
            return _answered(kind, host, one_line(failure.message, 160))
        case (
            Kind.NO_KEY
            | Kind.VAULT_LOCKED
            | Kind.VAULT_NONE
            | Kind.VAULT_REFUSED
            | Kind.KEY_TOO_LONG as kind
        ):
            return _of_keys(kind)
        case (
            Kind.LINK_ENDED
            | Kind.LOST
            | Kind.STALLED
            | Kind.CUT
            | Kind.WRONG_FILE
            | Kind.DAMAGED
            | Kind.DISK_FULL
            | Kind.FOLDER
            | Kind.STORE
            | Kind.INTERNAL as kind
        ):
            if kind is Kind.STORE and (told := _of_store(failure.code, why)):
                return told
            return _of_files(kind, why)
        case _:
            assert_never(failure.kind)


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
                "{host} does not answer as the chosen kind of service should. Check base URL and "
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
    text = tr("{sentence} Next try at {time}.", sentence=told.text, time=fmt.clock(next_look_at))
    return Sentence(text, told.action or Action.TRY_NOW)


def _reaching(kind: _Reaching, host: str, why: str) -> Sentence:
    match kind:
        case Kind.OFFLINE:
            return Sentence(tr("{host} cannot be reached. Trying again by itself.", host=host))
        case Kind.SLOW:
            return Sentence(
                tr("{host} takes too long to answer. Trying again by itself.", host=host)
            )
        case Kind.TLS:
            reason = why or tr("no reason given")
            return Sentence(
                tr(
                    "The connection to {host} is not trusted ({reason}). Nothing was sent.",
                    host=host,
                    reason=reason,
                ),
                Action.TRY_NOW,
            )
        case Kind.BLOCKED_URL:
            return Sentence(
                tr(
                    "The service returned an address we do not open ({why}).",
                    why=why or host,
                )
            )
        case Kind.PROXY:
            return Sentence(
                tr("The proxy did not let us through to {host}. Check its settings.", host=host),
                Action.TRY_NOW,
            )
        case _:
            assert_never(kind)


def _refused(kind: _Refused, host: str, wait: float | None, model: str) -> Sentence:
    match kind:
        case Kind.DENIED:
            return Sentence(
                tr("This key is not accepted by {host}.", host=host), Action.REPLACE_KEY
            )
        case Kind.NO_CREDIT:
            return Sentence(
                tr(
                    "The credit of this key is used up at {host}. One task is asked about every "
                    "ten minutes until there is credit again.",
                    host=host,
                )
            )
        case Kind.KEY_ENDED:
            return Sentence(
                tr("The time of this key is over at {host}: it needs another one.", host=host),
                Action.REPLACE_KEY,
            )
        case Kind.FORBIDDEN | Kind.MODEL_NOT_OPEN if model:
            return Sentence(
                tr("This key cannot use {model}. Enable it in the console.", model=model),
                Action.REPLACE_KEY,
            )
        case Kind.FORBIDDEN:
            return Sentence(
                tr(
                    "This key may not look at some tasks of {host}. Asking again every hour.",
                    host=host,
                ),
                Action.REPLACE_KEY,
            )
        case Kind.MODEL_NOT_OPEN:
            return Sentence(tr("This key cannot use this model. Enable it in the console."))
        case Kind.OVERDUE:
            return Sentence(
                tr("The account has an unpaid balance. Your saved files are safe."),
                Action.TRY_NOW,
            )
        case Kind.LIMITED:
            return Sentence(_slowed_down(wait))
        case Kind.QUOTA:
            return Sentence(tr("Free or plan quota is used up."), Action.TRY_NOW)
        case _:
            assert_never(kind)


def _slowed_down(wait: float | None) -> str:
    if wait is None:
        return tr("The service asked us to slow down. Trying again by itself.")
    return tr(
        "The service asked us to slow down. Next look in {time}.", time=fmt.coarse(max(1.0, wait))
    )


def _answered(kind: _Answered, host: str, said: str) -> Sentence:
    match kind:
        case Kind.UPSTREAM if said:
            return Sentence(
                tr(
                    "{host} cannot ask the service behind it just now: {message} Your key is fine; "
                    "asking again.",
                    host=host,
                    message=said,
                )
            )
        case Kind.UPSTREAM:
            return Sentence(
                tr(
                    "{host} cannot ask the service behind it just now. Your key is fine; asking "
                    "again.",
                    host=host,
                )
            )
        case Kind.UNCHECKED:
            return Sentence(
                tr(
                    "{host} answers, but whether it takes this key cannot be checked until the "
                    "first task is asked for.",
                    host=host,
                )
            )
        case Kind.SERVER:
            return Sentence(tr("{host} has trouble of its own. Trying again by itself.", host=host))
        case Kind.NOT_FOUND:
            return Sentence(flag_sentence(Flag.NOT_FOUND), Action.TRY_OTHER_ACCOUNTS)
        case Kind.REJECTED if said:
            return Sentence(
                tr("{host} did not accept the request: {message}", host=host, message=said)
            )
        case Kind.REJECTED:
            return Sentence(tr("{host} did not accept the request.", host=host))
        case Kind.NOT_API:
            return Sentence(
                tr(
                    "{host} answers, but not as the chosen kind of service. Check the base URL.",
                    host=host,
                ),
                Action.EDIT_ACCOUNT,
            )
        case Kind.MALFORMED:
            return Sentence(
                tr(
                    "{host} sent an answer we cannot read. Nothing was lost; trying again by "
                    "itself.",
                    host=host,
                )
            )
        case Kind.TOO_LARGE:
            return Sentence(
                tr("What {host} sent is larger than allowed and was not kept.", host=host)
            )
        case _:
            assert_never(kind)


def _of_keys(kind: _OfKeys) -> Sentence:
    match kind:
        case Kind.NO_KEY:
            return Sentence(
                tr("There is no key for this account. Enter it to go on watching."),
                Action.REPLACE_KEY,
            )
        case Kind.VAULT_LOCKED:
            return Sentence(tr("Unlock your password store to continue."), Action.UNLOCK)
        case Kind.VAULT_NONE:
            return Sentence(
                tr("No password store is running, so the key cannot be read. Start it, then try "
                   "again."),
                Action.RETRY,
            )  # fmt: skip
        case Kind.VAULT_REFUSED:
            return Sentence(
                tr("The password store does not answer as it should. Unlock it, then try again."),
                Action.RETRY,
            )
        case Kind.KEY_TOO_LONG:
            return Sentence(
                tr("This key is too long for the password store. Check what was pasted."),
                Action.REPLACE_KEY,
            )
        case _:
            assert_never(kind)


def _of_store(code: str, why: str) -> Sentence | None:
    match code:
        case "damaged":
            return Sentence(list_damaged())
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


def forget_prompts_sentence() -> str:
    """What forgetting prompts does, and what it does not."""
    return tr(
        "Prompts and reference images are taken out of the list, of removed tasks and of its "
        "backups. This cannot be undone. What you saved or exported stays as it is: films, the "
        ".json files beside them and tables; so does a damaged list that was set aside."
    )


def list_in_use() -> str:
    """For a command, which cannot bring the other one up."""
    return tr("Another Rushes is running with this folder. Use its window, or close it.")


def list_damaged() -> str:
    """Said while it is open."""
    return tr(
        "The list on disk is damaged. Quit Rushes and start it again: it then brings the list in "
        "order with all that can still be read."
    )


def _of_files(kind: _OfFiles, why: str) -> Sentence:
    match kind:
        case Kind.LINK_ENDED:
            return Sentence(tr("The file is refused just now."))
        case Kind.LOST:
            return Sentence(lost_sentence(None))
        case Kind.STALLED:
            return Sentence(tr("The download stopped on its way. It is resumed by itself."))
        case Kind.CUT:
            return Sentence(cut_sentence(why))
        case Kind.WRONG_FILE:
            return Sentence(
                tr("What came is not the promised file and was not kept."), Action.RETRY
            )
        case Kind.DAMAGED:
            return Sentence(tr("The file came damaged. It is fetched again while the link lives."))
        case Kind.DISK_FULL:
            return Sentence(
                tr("The disk is full; downloads paused, nothing lost."), Action.CHOOSE_FOLDER
            )
        case Kind.FOLDER:
            return Sentence(
                tr("The folder cannot be written; downloads paused, nothing lost."),
                Action.CHOOSE_FOLDER,
            )
        case Kind.STORE if why:
            return Sentence(tr("The list cannot be written to disk: {reason}", reason=why))
        case Kind.STORE:
            return Sentence(tr("The list cannot be written to disk."))
        case Kind.INTERNAL:
            return Sentence(
                tr("A mistake in Rushes stopped this. Nothing was lost; the log says more.")
            )
        case _:
            assert_never(kind)


def unsaved_sentence(artifact: Artifact, now: float) -> str:
    """Why a file is not saved yet, when it is tried again, and how long there is for it.

    Args:
        now: Unix seconds.
    """
    try:
        name, _, figures = artifact.problem.lower().partition(" ")
        kind = Kind(name)
    except ValueError:  # written by a newer version
        told = tr("The file could not be saved.")
    else:
        kind = Kind.LINK_ENDED if kind is Kind.REJECTED else kind
        told = sentence(Failure(kind, detail=figures)).text
    if artifact.next_try_at is None or artifact.next_try_at <= now:
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
