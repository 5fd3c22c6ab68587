"""Expected trouble, as a value. A bug still raises.

A kind of failure is one entry here: its name in the store, its sentence, what helps, and where
there is one a fuller sentence. `presentation/sentences.py` translates them and fills them in.
"""

import enum
from dataclasses import dataclass, field

from rushes.core.translatable import QT_TR_NOOP


class Action(enum.Enum):
    """What a message offers to do about it; one button.

    Attributes:
        label: The word on the button, in English.
    """

    _value_: str
    label: str

    def __new__(cls, value: str, label: str = "") -> "Action":
        made = object.__new__(cls)
        made._value_ = value
        made.label = label
        return made

    REPLACE_KEY = "replace_key", QT_TR_NOOP("Replace key")
    EDIT_ACCOUNT = "edit_account", QT_TR_NOOP("Edit account")
    CHOOSE_FOLDER = "choose_folder", QT_TR_NOOP("Choose folder")
    TRY_OTHER_ACCOUNTS = "try_other_accounts", QT_TR_NOOP("Try other accounts")
    UNLOCK = "unlock", QT_TR_NOOP("Unlock")
    RETRY = "retry", QT_TR_NOOP("Try again")
    TRY_NOW = "try_now", QT_TR_NOOP("Try now")
    ADD_SERVICE = "add_service", QT_TR_NOOP("Add account")
    IMPORT_RECENT = "import_recent", QT_TR_NOOP("Import the last 7 days")
    CLEAR_FILTER = "clear_filter", QT_TR_NOOP("Clear filter")
    SHOW_UNSEEN = "show_unseen", QT_TR_NOOP("Show new takes")
    FETCH_ANYWAY = "fetch_anyway", QT_TR_NOOP("Fetch all the same")


class Kind(enum.Enum):
    """Sentences take {host}, {message} (the other side's words), {reason} (our detail, or those
    words), {why} (the same; the host where there is none) and {time} (until the next try).

    Attributes:
        text: The sentence, in English.
        action: What helps, if something does.
        fuller: Said instead where all its values are known; "" for none.
    """

    _value_: str
    text: str
    action: Action | None
    fuller: str

    def __new__(
        cls, value: str, text: str = "", action: Action | None = None, fuller: str = ""
    ) -> "Kind":
        made = object.__new__(cls)
        made._value_ = value
        made.text, made.action, made.fuller = text, action, fuller
        return made

    # reaching the service
    # no route, refused, DNS, reset
    OFFLINE = "offline", QT_TR_NOOP("{host} cannot be reached. Trying again by itself.")
    # a time limit of ours ran out
    SLOW = "slow", QT_TR_NOOP("{host} takes too long to answer. Trying again by itself.")
    # the certificate or the protocol is not trusted; nothing was sent
    TLS = (
        "tls",
        QT_TR_NOOP("The connection to {host} is not trusted ({reason}). Nothing was sent."),
        Action.TRY_NOW,
    )
    # an address we do not open (scheme, private range, redirect)
    BLOCKED_URL = (
        "blocked_url",
        QT_TR_NOOP("The service returned an address we do not open ({why})."),
    )
    PROXY = (
        "proxy",
        QT_TR_NOOP("The proxy did not let us through to {host}. Check its settings."),
        Action.TRY_NOW,
    )

    # what the service said
    # 401 or 403 in its own words: the key is not accepted
    DENIED = "denied", QT_TR_NOOP("This key is not accepted by {host}."), Action.REPLACE_KEY
    # the same, before so many refusals came that the key is to blame; told only
    DOUBTED = "doubted", QT_TR_NOOP("{host} refused the key just now."), Action.TRY_NOW
    # the key is good, what it may spend is used up
    NO_CREDIT = (
        "no_credit",
        QT_TR_NOOP(
            "The credit of this key is used up at {host}. One task is asked about every ten "
            "minutes until there is credit again."
        ),
    )
    # the key was good until a moment that has passed
    KEY_ENDED = (
        "key_ended",
        QT_TR_NOOP("The time of this key is over at {host}: it needs another one."),
        Action.REPLACE_KEY,
    )
    # words of permission: the key may not do this one thing
    FORBIDDEN = (
        "forbidden",
        QT_TR_NOOP("This key may not look at some tasks of {host}. Asking again every hour."),
        Action.REPLACE_KEY,
    )
    # unpaid balance
    OVERDUE = (
        "overdue",
        QT_TR_NOOP("The account has an unpaid balance. Your saved files are safe."),
        Action.TRY_NOW,
    )
    MODEL_NOT_OPEN = (
        "model_not_open",
        QT_TR_NOOP("This key cannot use this model. Enable it in the console."),
    )
    # 429 by rate, or overload: seconds to minutes
    LIMITED = (
        "limited",
        QT_TR_NOOP("The service asked us to slow down. Trying again by itself."),
        None,
        QT_TR_NOOP("The service asked us to slow down. Next check in {time}."),
    )
    # 429 by quota: not a matter of seconds
    QUOTA = "quota", QT_TR_NOOP("Free or plan quota is used up."), Action.TRY_NOW
    # a gateway's own trouble with the service behind it
    UPSTREAM = (
        "upstream",
        QT_TR_NOOP(
            "{host} cannot ask the service behind it just now. Your key is fine; asking again."
        ),
        None,
        QT_TR_NOOP(
            "{host} cannot ask the service behind it just now: {message} Your key is fine; asking "
            "again."
        ),
    )
    # 5xx
    SERVER = "server", QT_TR_NOOP("{host} reports an internal error. Trying again by itself.")
    # the service does not know this task
    NOT_FOUND = (
        "not_found",
        QT_TR_NOOP(
            "This service does not know the task (older than 7 days, or another account). "
            "Kept in your list."
        ),
        Action.TRY_OTHER_ACCOUNTS,
    )
    # 400: the request itself is not accepted
    REJECTED = (
        "rejected",
        QT_TR_NOOP("{host} did not accept the request."),
        None,
        QT_TR_NOOP("{host} did not accept the request: {message}"),
    )
    # HTML or a route error: the base URL is not an API of this kind
    NOT_API = (
        "not_api",
        QT_TR_NOOP("{host} answers, but not as the chosen kind of service. Check the address."),
        Action.EDIT_ACCOUNT,
    )
    # whether the key is good cannot be told before the first task
    UNCHECKED = (
        "unchecked",
        QT_TR_NOOP(
            "{host} answers, but whether it takes this key cannot be checked until the first task "
            "is asked for."
        ),
    )
    # an answer in a shape the contract does not allow
    MALFORMED = (
        "malformed",
        QT_TR_NOOP(
            "{host} sent an answer we cannot read. Nothing was lost; trying again by itself."
        ),
    )
    TOO_LARGE = (
        "too_large",
        QT_TR_NOOP("What {host} sent is larger than allowed and was not kept."),
    )

    # keys
    NO_KEY = (
        "no_key",
        QT_TR_NOOP("There is no key for this account. Enter it to go on watching."),
        Action.REPLACE_KEY,
    )
    VAULT_LOCKED = (
        "vault_locked",
        QT_TR_NOOP("Unlock your password store to continue."),
        Action.UNLOCK,
    )
    VAULT_NONE = (
        "vault_none",
        QT_TR_NOOP(
            "No password store is running, so the key cannot be read. Start it, then try again."
        ),
        Action.RETRY,
    )
    # the vault did not take or give the key
    VAULT_REFUSED = (
        "vault_refused",
        QT_TR_NOOP("The password store does not answer as it should. Unlock it, then try again."),
        Action.RETRY,
    )
    KEY_TOO_LONG = (
        "key_too_long",
        QT_TR_NOOP("This key is too long for the password store. Check what was pasted."),
        Action.REPLACE_KEY,
    )

    # files
    # refused: 401/403/404/410 or an XML error where the file was
    LINK_ENDED = "link_ended", QT_TR_NOOP("The file is refused just now.")
    LOST = (
        "lost",
        QT_TR_NOOP(
            "The download link ended. The record stays; the file cannot be fetched any more."
        ),
    )
    STALLED = "stalled", QT_TR_NOOP("The download stopped on its way. It is resumed by itself.")
    # the server ends each download of the file after the same time
    CUT = "cut", QT_TR_NOOP("The server ends every download of this file after the same time.")
    # what came is not a file of the promised kind
    WRONG_FILE = (
        "wrong_file",
        QT_TR_NOOP("What came is not the promised file and was not kept."),
        Action.RETRY,
    )
    # it is that file, but bytes are missing or wrong
    DAMAGED = (
        "damaged",
        QT_TR_NOOP("The file came damaged. It is fetched again while the link lives."),
    )
    # with the free bytes and the folder, where they are known: `disk_full_sentence`
    DISK_FULL = (
        "disk_full",
        QT_TR_NOOP("The disk is full; downloads paused, nothing lost."),
        Action.CHOOSE_FOLDER,
    )
    # this file does not fit, others may; `detail`: the bytes that are needed, and that are free
    NO_ROOM = (
        "no_room",
        QT_TR_NOOP("There is no room for this file. It waits until there is; others go on."),
        Action.CHOOSE_FOLDER,
    )
    # the folder cannot be written
    FOLDER = (
        "folder",
        QT_TR_NOOP("The folder cannot be written; downloads paused, nothing lost."),
        Action.CHOOSE_FOLDER,
        QT_TR_NOOP("Cannot use {message}: {reason}. Downloads paused, nothing lost."),
    )

    # ours
    STORE = (
        "store",
        QT_TR_NOOP("The list cannot be written to disk."),
        None,
        QT_TR_NOOP("The list cannot be written to disk: {reason}"),
    )
    # a mistake in this program; what went wrong is in the log
    INTERNAL = (
        "internal",
        QT_TR_NOOP("A mistake in Rushes stopped this. Nothing was lost; the log says more."),
    )


#: With these the whole account pauses until the user acts: nothing can be asked without a key.
#: All else passes or may pass, and is asked again (`core.retry`).
PAUSING = frozenset({Kind.NO_KEY, Kind.VAULT_LOCKED, Kind.VAULT_NONE, Kind.VAULT_REFUSED})

#: Nobody was reached: when the network is back there is no reason to wait for the next try.
CUT_OFF = frozenset({Kind.OFFLINE, Kind.SLOW, Kind.STALLED, Kind.PROXY})


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, for whom, and what the other side said about it.

    Attributes:
        host: The host concerned; never a whole URL (a signed URL is a secret).
        retry_after: Seconds the server asked us to wait, already clamped to 1 s to a day.
        code, message, request_id: The service's own words, untrusted.
        detail: For the log and the details fold; never the headline.
        status: The HTTP status it came with; 0 where none came.
        announced: Bytes a file is said to have, of which none was taken; 0: nothing was said.
    """

    kind: Kind
    host: str = ""
    retry_after: float | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    detail: str = ""
    status: int = field(default=0, compare=False)
    announced: int = field(default=0, compare=False)


class Malformed(ValueError):
    """An answer in a shape the contract does not allow. Names the place, never the value."""

    def __init__(self, where: str, found: object) -> None:
        super().__init__(f"{where}: unexpected {type(found).__name__}")
        self.where = where
