"""Expected trouble, as a value. A bug still raises.

The sentence for a person is chosen in `presentation/sentences.py` by kind, with `assert_never`.
"""

import enum
from dataclasses import dataclass, field


class Kind(enum.Enum):
    # reaching the service
    OFFLINE = "offline"  # no route, refused, DNS, reset
    SLOW = "slow"  # a time limit of ours ran out
    TLS = "tls"  # the certificate or the protocol is not trusted; nothing was sent
    BLOCKED_URL = "blocked_url"  # an address we do not open (scheme, private range, redirect)
    PROXY = "proxy"
    # what the service said
    DENIED = "denied"  # 401 or 403 in its own words: the key is not accepted
    NO_CREDIT = "no_credit"  # the key is good, what it may spend is used up
    KEY_ENDED = "key_ended"  # the key was good until a moment that has passed
    FORBIDDEN = "forbidden"  # words of permission: the key may not do this one thing
    OVERDUE = "overdue"  # unpaid balance
    MODEL_NOT_OPEN = "model_not_open"
    LIMITED = "limited"  # 429 by rate, or overload: seconds to minutes
    QUOTA = "quota"  # 429 by quota: not a matter of seconds
    UPSTREAM = "upstream"  # a gateway's own trouble with the service behind it
    SERVER = "server"  # 5xx
    NOT_FOUND = "not_found"  # the service does not know this task
    REJECTED = "rejected"  # 400: the request itself is not accepted
    NOT_API = "not_api"  # HTML or a route error: the base URL is not an API of this kind
    UNCHECKED = "unchecked"  # whether the key is good cannot be told before the first task
    MALFORMED = "malformed"  # an answer in a shape the contract does not allow
    TOO_LARGE = "too_large"
    # keys
    NO_KEY = "no_key"
    VAULT_LOCKED = "vault_locked"
    VAULT_NONE = "vault_none"
    VAULT_REFUSED = "vault_refused"  # the vault did not take or give the key
    KEY_TOO_LONG = "key_too_long"
    # files
    LINK_ENDED = "link_ended"  # refused: 401/403/404/410 or an XML error where the file was
    LOST = "lost"
    STALLED = "stalled"
    CUT = "cut"  # the server ends each download of the file after the same time
    WRONG_FILE = "wrong_file"  # what came is not a file of the promised kind
    DAMAGED = "damaged"  # it is that file, but bytes are missing or wrong
    DISK_FULL = "disk_full"
    FOLDER = "folder"  # the folder cannot be written
    # ours
    STORE = "store"
    INTERNAL = "internal"  # a mistake in this program; what went wrong is in the log


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
    """

    kind: Kind
    host: str = ""
    retry_after: float | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    detail: str = ""
    status: int = field(default=0, compare=False)


class Malformed(ValueError):
    """An answer in a shape the contract does not allow. Names the place, never the value."""

    def __init__(self, where: str, found: object) -> None:
        super().__init__(f"{where}: unexpected {type(found).__name__}")
        self.where = where
