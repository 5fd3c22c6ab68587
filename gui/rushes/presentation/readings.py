"""What is read from a task for a person: names, spans and facts no single field holds.

Columns, the inspector, the search and the export read the same ones.
"""

from rushes.core.account import Account, Dialect
from rushes.core.eta import started_at
from rushes.core.naming import model_short as model_short
from rushes.core.short_ids import telling
from rushes.core.task import Artifact, ArtifactKind, ArtifactState, Task
from rushes.presentation import format as fmt
from rushes.presentation.untrusted import one_line

#: A record is gone from Ark so long after its creation (contract §1).
RECORD_KEPT_S = 7 * 86400.0


def display_name(task: Task) -> str:
    """The user's name for it, else what tells its id apart; fit to be shown."""
    return one_line(task.mark.name or telling(task.id), 200)


def main_artifact(task: Task) -> Artifact | None:
    """The file a row stands for: the video or the model, else whatever there is."""
    for kind in (ArtifactKind.VIDEO, ArtifactKind.MODEL, ArtifactKind.ORIGINAL_VIDEO):
        if artifact := task.artifact(kind):
            return artifact
    return task.artifacts[0] if task.artifacts else None


def started(task: Task) -> float | None:
    """Since when it runs as far as anybody says; else since when there is such a task."""
    return started_at(task) or task.report.created_at


def saved_share(task: Task) -> float | None:
    """How much of what is being saved is here, 0 to 1; None while a length is not known."""
    saving = [a for a in task.artifacts if a.state is ArtifactState.SAVING]
    sizes = [a.size for a in saving]
    if not saving or any(not size for size in sizes):
        return None
    return sum(a.received for a in saving) / sum(size for size in sizes if size)


def parameters(task: Task) -> str:
    """ "1080p 16:9 5 s 24", or "medium glb" for 3D; what is not reported is left out."""
    r = task.report
    parts = [
        r.resolution or "",
        r.ratio or "",
        fmt.clip_length(r.duration_s) if r.duration_s is not None else "",
        fmt.number(r.fps) if r.fps is not None else "",
        r.subdivision or "",
        (r.file_format or "") if r.subdivision else "",
    ]
    return one_line(" ".join(part for part in parts if part), 120)


def queue_time(task: Task) -> float | None:
    return _span(task.report.created_at, task.report.started_at)


def run_time(task: Task) -> float | None:
    return _span(task.report.started_at, task.report.finished_at)


def _span(start: float | None, end: float | None) -> float | None:
    """Gateways stack and their clocks disagree: a negative span is unknown, not zero."""
    if start is None or end is None or end < start:
        return None
    return end - start


def record_expires(task: Task, account: Account | None) -> float | None:
    """When the service forgets the task. Only Ark says so: 7 days after creation."""
    if account is None or account.dialect is not Dialect.ARK or task.report.created_at is None:
        return None
    return task.report.created_at + RECORD_KEPT_S
