"""What happens in the backend, as values, for whoever listens: window, command line, tests."""

import enum
from dataclasses import dataclass

from rushes.core.failure import Failure, Kind
from rushes.core.presence import Away
from rushes.core.task import Artifact, Diff, Key


class Activity(enum.Enum):
    """What the loop of one account is doing."""

    WATCHING = "watching"
    IDLE = "idle"  # nothing live to look at
    BACKING_OFF = "backing_off"  # after a failure that passes
    OFFLINE = "offline"
    PAUSED = "paused"  # no key, or its store waits for the user


@dataclass(frozen=True, slots=True)
class TasksChanged:
    """Committed to disk already."""

    diff: Diff


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """State of an account's loop.

    Attributes:
        next_look_at: Unix seconds of the next request; None while paused or idle.
        failure: Why, with BACKING_OFF, OFFLINE and PAUSED; with WATCHING what the service says
            against a single task, model or route.
        last_good_at: When the service last answered as it should.
        skew_s: The service's clock minus this computer's; 0 for less than two seconds, None as
            long as it did not answer.
        key_waits: Somebody else answered for a day: the key is not sent before the user says so.
    """

    account: str
    activity: Activity
    next_look_at: float | None = None
    failure: Failure | None = None
    last_good_at: float | None = None
    skew_s: float | None = None
    key_waits: bool = False

    @property
    def needs_user(self) -> bool:
        """Whether nothing gets better without the user: no key, one that is not accepted, or one
        that waits."""
        if self.failure is None:
            return False
        if self.key_waits:
            return True
        return self.activity is Activity.PAUSED or self.failure.kind is Kind.DENIED


@dataclass(frozen=True, slots=True)
class SaveProgress:
    """Bytes of a running download; a few a second, not stored."""

    key: Key
    artifact: Artifact  # state SAVING, with `received` and, if announced, `size`


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """A file could not be saved now; the failure's kind says whether it will be tried again."""

    key: Key
    artifact: Artifact
    failure: Failure


class HookTrouble(enum.Enum):
    """Why a program that runs when a take is saved did not do its work."""

    NOT_STARTED = "not_started"
    TOO_LONG = "too_long"  # and was ended
    CODE = "code"  # it ended with an exit code that is not 0


@dataclass(frozen=True, slots=True)
class SaveHookFailed:
    """The take is saved; the user's program that was run for it failed.

    Attributes:
        program: The name of its file.
        code: With `CODE`; negative: the signal that ended it.
        said: The last line it wrote on standard error, or what the system says.
    """

    key: Key
    program: str
    why: HookTrouble
    code: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class FileSaved:
    """A file that the user wanted is on disk, now or since before.

    Attributes:
        path: The absolute path of it, or of the copy that was wanted.
    """

    key: Key
    path: str


@dataclass(frozen=True, slots=True)
class ProgramFailure:
    """Something that concerns the whole program (store, disk, folder).

    Attributes:
        folder: The one a rule chose, if it alone is concerned.
    """

    failure: Failure
    folder: str = ""


@dataclass(frozen=True, slots=True)
class SavingAgain:
    """Trouble with the disk or the folder is over: a file was saved, or its rule is changed.

    Attributes:
        folder: As in `ProgramFailure`.
    """

    folder: str = ""


@dataclass(frozen=True, slots=True)
class FoldersAway:
    """The folders with saved files that cannot be seen have changed.

    Attributes:
        folders: All of them, the one with most takes first; none: all are back.
    """

    folders: tuple[Away, ...]


BackendEvent = (
    TasksChanged
    | AccountChanged
    | SaveProgress
    | SaveFailed
    | FileSaved
    | SaveHookFailed
    | ProgramFailure
    | SavingAgain
    | FoldersAway
)
