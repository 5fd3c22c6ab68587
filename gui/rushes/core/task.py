"""What a job is: what the service said, what is on disk, what the user thinks of it.

No Qt, no HTTP, no clock. Times are Unix seconds (UTC) as floats unless a name says otherwise;
None always means "not reported by this service", never zero.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rushes.core.film import FileFacts


class Status(enum.Enum):
    """The canonical life of a task; the service's own word is kept beside it."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = (
        "unknown"  # a word we do not know yet, or not looked at yet: watched on, never terminal
    )

    @property
    def is_terminal(self) -> bool:
        return self in _TERMINAL


_TERMINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.EXPIRED})


class Flag(enum.Enum):
    """Something about a task's record that a person should know beside its status."""

    RESULT_MISSING = "result_missing"  # succeeded, but no usable link came with it
    STALE = "stale"  # live for longer than the service allows
    NOT_FOUND = "not_found"  # the service said three times in a row that it does not know it
    STATUS_CONFLICT = "status_conflict"  # two levels or two answers contradict each other
    GAVE_UP = "gave_up"  # the gateway stopped asking; the job behind it may still go on
    UPSTREAM_TROUBLE = "upstream_trouble"  # the gateway cannot ask the service behind it just now


class Key(NamedTuple):
    """A task is known by the account it was asked with and the id it was asked for."""

    account: str  # Account.id
    id: str


class ArtifactKind(enum.Enum):
    VIDEO = "video"
    ORIGINAL_VIDEO = "original_video"  # before super-resolution
    LAST_FRAME = "last_frame"
    MODEL = "model"  # the zip of 3D files


class ArtifactState(enum.Enum):
    REMOTE = "remote"  # only behind the service's link
    SAVING = "saving"
    SAVED = "saved"
    LOST = "lost"  # the link ended and the service has no newer one
    MISSING = "missing"  # was saved; the file is not there any more


class Checked(enum.Enum):
    """How far a saved file was checked."""

    FULL = "full"  # its container was read through: what it promises is there
    NONE = "none"  # kept as it came: its kind cannot be checked here


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One result as the service offers it. The URL is a bearer capability: never log it."""

    kind: ArtifactKind
    url: str = field(repr=False)  # byte for byte as received: re-encoding breaks its signature
    expires_at: float | None = None
    expires_inferred: bool = False  # True: not in the URL, computed from the finish time
    max_requests: int | None = None  # how often the URL may be fetched, if it says so
    others: tuple[str, ...] = field(default=(), repr=False)  # for the same file, tried after it
    found_by_search: bool = False  # it stood at no place that is known for results


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One result file: where it can be had, and where it is kept."""

    kind: ArtifactKind
    state: ArtifactState = ArtifactState.REMOTE
    url: str = field(default="", repr=False)
    expires_at: float | None = None
    expires_inferred: bool = False
    max_requests: int | None = None
    path: str | None = None  # absolute; set once a final file exists (or existed: MISSING)
    size: int | None = None  # bytes of the final file; while saving, the announced length
    received: int = 0  # bytes so far while saving; not stored
    mtime_ns: int | None = None  # of the final file when it was saved
    sha256: str | None = None  # lower-case hex
    problem: str = ""  # kind of the last failure and, behind a space, figures or words; "" none
    refusals: int = 0  # refused attempts in a row (401, 403, 404, 410, a page); 0 after a good one
    next_try_at: float | None = None  # Unix seconds of the next attempt; None: none is planned
    checked: Checked | None = None  # None: not saved yet, or saved before this was noted
    damaged: bool = False  # as it came: the same damaged bytes twice, or once before the link ended
    playable: bool | None = None  # whether it can be shown here; None: not tried
    film: FileFacts | None = None  # of a saved film, read from the file; None: not read yet
    handed: bool = False  # other programs know where it is: dragged out, opened, in a timeline
    trashed: bool = False  # the user had it put into the system's trash; MISSING then

    @property
    def is_in_trash(self) -> bool:
        return self.trashed and self.state is ArtifactState.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Token counts as reported. `billed` is what the service charges by, where it says so."""

    completion_tokens: int | None = None
    total_tokens: int | None = None
    billed_tokens: int | None = None
    web_searches: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a service says it charged; never mixed with list prices."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    """Why a task failed, in the service's words."""

    code: str = ""
    message: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one answer says about one task. None: the answer does not say."""

    id: str
    status: Status = Status.UNKNOWN
    status_raw: str = ""
    model: str | None = None
    created_at: float | None = None
    updated_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    resolution: str | None = None  # "720p"; after super-resolution the final class
    source_resolution: str | None = None  # the class before super-resolution
    ratio: str | None = None
    duration_s: float | None = None
    frames: int | None = None
    fps: float | None = None
    seed: int | None = None
    audio: bool | None = None
    draft: bool | None = None
    draft_task_id: str | None = None
    tier: str | None = None  # "default" or "flex"
    priority: str | None = None
    subdivision: str | None = None  # 3D: a level word, not a number
    file_format: str | None = None  # 3D: format inside the zip; video: mp4 or mov
    progress_raw: str | None = None  # a gateway's step figure, as received
    action: str | None = None  # gateways: what kind of generation it was
    revised_prompt: str | None = None
    safety_identifier: str | None = None
    tools: tuple[str, ...] = ()
    expires_after_s: float | None = None  # the task's own time limit, counted from created_at
    usage: Usage | None = None
    charged: Charge | None = None
    quota: float | None = field(default=None, compare=False)  # charged, in a gateway's own units
    error: TaskError | None = None
    links: tuple[Link, ...] = ()
    upstream_id: str | None = None  # the id one service further up
    upstream_said: str | None = None  # what the service behind a gateway said last, in its words
    provisional: bool = False  # a status taken from an inner level: the gateway may still change it
    request_id: str | None = None
    flags: frozenset[Flag] = frozenset()
    raw: str = field(default="", compare=False, repr=False)  # this task's own JSON, as received


class Pick(enum.Enum):
    NONE = "none"
    PICK = "pick"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the user says about a take.

    Attributes:
        prompt: What was asked for, as the user has it: services seldom give it back.
        references: Addresses or file names of reference images, never image data.
    """

    name: str = ""
    rating: int = 0  # 0 (not rated) to 5
    pick: Pick = Pick.NONE
    tags: tuple[str, ...] = ()
    note: str = ""
    group: str = ""  # of takes that belong together; "": none
    prompt: str = ""
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.rating <= 5:
            raise ValueError("rating must be 0 to 5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row of the table."""

    key: Key
    report: Report
    added_at: float
    artifacts: tuple[Artifact, ...] = ()
    flags: frozenset[Flag] = frozenset()
    mark: Mark = field(default_factory=Mark)
    # Not compared: a look that finds nothing new is not a change.
    last_seen_at: float | None = field(default=None, compare=False)  # service last answered
    asked_at: float | None = field(default=None, compare=False)  # start of that request
    misses: int = 0  # not-found answers in a row
    rechecks: int = 0  # looks since it became terminal (missing result, conflict)
    watched: bool = True  # False: the user paused watching it
    seen: bool = False  # the user has looked at it since it ended

    @property
    def id(self) -> str:
        return self.key.id

    @property
    def status(self) -> Status:
        return self.report.status

    @property
    def is_live(self) -> bool:
        """Whether the service may still change it: neither terminal nor given up as not found."""
        return not self.status.is_terminal and Flag.NOT_FOUND not in self.flags

    @property
    def kept(self) -> ArtifactState | None:
        """The state of all its files in one word; None while there is nothing to keep.

        What can still be acted on wins: a row with one lost and one remote file is "remote".
        """
        if len(self.artifacts) == 1:  # nearly all, and it is asked for some times a row
            return self.artifacts[0].state
        return _kept([artifact.state for artifact in self.artifacts])

    @property
    def kept_of_wanted(self) -> ArtifactState | None:
        """`kept` of the files the user did not put into the trash; None: no other is left."""
        if any(artifact.is_in_trash for artifact in self.artifacts):
            return _kept([each.state for each in self.artifacts if not each.is_in_trash])
        return self.kept

    @property
    def deadline(self) -> float | None:
        """When the first file that is not on disk can no longer be fetched."""
        ends = [
            a.expires_at
            for a in self.artifacts
            if a.expires_at is not None and a.state in (ArtifactState.REMOTE, ArtifactState.SAVING)
        ]
        return min(ends, default=None)

    def artifact(self, kind: ArtifactKind) -> Artifact | None:
        return next((a for a in self.artifacts if a.kind is kind), None)


def is_found_by_search(task: Task, artifact: Artifact) -> bool:
    """Whether the link of a file stood at no place of the answer that is known for results."""
    links = (link for link in task.report.links if link.kind is artifact.kind)
    return any(link.found_by_search and link.url == artifact.url for link in links)


#: In the order in which one state speaks for all files of a task (`Task.kept`).
KEPT_ORDER = (
    ArtifactState.SAVING,
    ArtifactState.REMOTE,
    ArtifactState.MISSING,
    ArtifactState.LOST,
    ArtifactState.SAVED,
)


def _kept(states: Sequence[ArtifactState]) -> ArtifactState | None:
    # No set: enums hash slowly.
    return next((state for state in KEPT_ORDER if state in states), None)


def blank(key: Key, added_at: float) -> Task:
    """A task that was added and not looked at yet."""
    return Task(key=key, report=Report(id=key.id), added_at=added_at)


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed in one commit. A key stands in one of the three only."""

    added: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    removed: tuple[Key, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a task's history: what changed when. Values are short and hold no URL."""

    at: float
    what: str  # "status", "artifact:video", "link:video", "flag", "added", "name", …
    old: str
    new: str
