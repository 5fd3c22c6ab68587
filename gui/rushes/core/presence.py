"""Which saved files are there: what is asked of a disk about each of them, and what it answers."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Key, Task

#: A file in one of these states is, or was, on disk.
ON_DISK = frozenset({ArtifactState.SAVED, ArtifactState.MISSING})


class KeptFile(NamedTuple):  # these two are made of every file at each look
    """A file that was saved once, as the list knows it. See `Artifact` for its values."""

    key: Key
    kind: ArtifactKind
    state: ArtifactState  # one of `ON_DISK`
    path: str | None
    size: int | None
    mtime_ns: int | None
    sha256: str | None

    @classmethod
    def of(cls, key: Key, artifact: Artifact) -> "KeptFile":
        a = artifact
        return cls(key, a.kind, a.state, a.path, a.size, a.mtime_ns, a.sha256)

    def is_same_row(self, artifact: Artifact) -> bool:
        """Whether the row still says of the file what it said when it was looked up."""
        return self == KeptFile.of(self.key, artifact)


def kept_files(task: Task) -> Iterator[KeptFile]:
    """The files of a task that are, or were, on disk; one in the trash may come back."""
    return (KeptFile.of(task.key, each) for each in task.artifacts if each.state in ON_DISK)


class Why(enum.Enum):
    """What is wrong with a folder whose files cannot be seen."""

    GONE = "gone"  # it is not there
    EMPTY = "empty"  # results are kept in it, and there is nothing: a disk that is not mounted
    CLOSED = "closed"  # it must not be read, or the system fails to
    SILENT = "silent"  # the system does not come back from it: a dead network drive


@dataclass(frozen=True, slots=True)
class AwayFolder:
    """The topmost folder that keeps files from being seen."""

    path: str
    why: Why


class FoundFile(NamedTuple):
    """What a disk says about one file.

    Attributes:
        there: It is there with the size it was saved with.
        changed_at: Its modification time (ns) where that is another one than noted: only its
            content can say whether it is the same file.
        away: The folder that is to blame, where there is one.
    """

    there: bool = False
    changed_at: int | None = None
    away: AwayFolder | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """A folder that is away, and how many takes have files there."""

    folder: AwayFolder
    takes: int
