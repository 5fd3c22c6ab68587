"""Which file on disk a take's picture is made of."""

import hashlib
from dataclasses import dataclass

from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task

#: Best first: the last frame is there already, the others have to be opened.
_POSTER_ORDER = (
    ArtifactKind.LAST_FRAME,
    ArtifactKind.VIDEO,
    ArtifactKind.ORIGINAL_VIDEO,
    ArtifactKind.MODEL,
)
_CLIP_ORDER = (ArtifactKind.VIDEO, ArtifactKind.ORIGINAL_VIDEO)


@dataclass(frozen=True, slots=True)
class Source:
    """One saved file.

    Attributes:
        name: Stands for its content: hex digits, fit for a file name. Equal content, equal name.
        path: Absolute.
    """

    name: str
    path: str
    kind: ArtifactKind


def poster_source(task: Task) -> Source | None:
    """What the task's poster is made of; None while nothing of it is on disk."""
    return _first(task, _POSTER_ORDER)


def clip_source(task: Task) -> Source | None:
    """The saved film to leaf through, if there is one."""
    return _first(task, _CLIP_ORDER)


def _first(task: Task, kinds: tuple[ArtifactKind, ...]) -> Source | None:
    for kind in kinds:
        found = task.artifact(kind)
        if found and found.state is ArtifactState.SAVED and found.path:
            return Source(_name(found), found.path, kind)
    return None


def _name(artifact: Artifact) -> str:
    if artifact.sha256:
        return artifact.sha256
    facts = f"{artifact.path}\0{artifact.size}\0{artifact.mtime_ns}"
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()
