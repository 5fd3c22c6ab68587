"""What is read from a task for a person: names, spans and facts no single field holds.

Columns, the inspector, the search and the export read the same ones.
"""

from collections.abc import Callable
from typing import Any

from rushes.core.columns import queue_time as queue_time
from rushes.core.columns import record_expires as record_expires
from rushes.core.columns import run_time as run_time
from rushes.core.eta import started_at
from rushes.core.naming import model_short as model_short
from rushes.core.parameters import main_artifact as main_artifact
from rushes.core.parameters import parameters_of
from rushes.core.task import ArtifactState, Task
from rushes.presentation import format as fmt
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line, shown


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


def _frames(count: float) -> str:
    return tr("{count} frames", count=count)


def _fps(count: float) -> str:
    return tr("{count} fps", count=fmt.number(count))


#: Of `Parameters`: what each is called in a report, and how it is written.
_MADE: dict[str, tuple[str, Callable[[Any], str]]] = {
    "size": ("resolution", str),
    "ratio": ("ratio", str),
    "duration_s": ("duration_s", fmt.clip_length),
    "frames": ("frames", _frames),
    "fps": ("fps", _fps),
}


def parameter(task: Task, name: str) -> tuple[str, str, Any] | None:
    """One of `Parameters`: for reading, the same without a remark where it is from, as received.
    None: neither the service nor the file says so."""
    value = getattr(parameters_of(task), name)
    if value is None:
        return None
    said, write = _MADE[name]
    text = shown(write(value), 600)
    if getattr(task.report, said) is not None:
        return text, text, value
    return tr("{value} (from the file)", value=text), text, value


def parameters(task: Task, *, with_rate: bool = True) -> str:
    """ "1080p 16:9 5 s 24 fps", or "medium glb" for 3D; what is not known is left out."""
    r, made = task.report, parameters_of(task)
    parts = [
        made.size or "",
        made.ratio or "",
        fmt.clip_length(made.duration_s) if made.duration_s is not None else "",
        tr("{count} fps", count=fmt.number(made.fps)) if with_rate and made.fps is not None else "",
        r.subdivision or "",
        (r.file_format or "") if r.subdivision else "",
    ]
    return one_line(" ".join(part for part in parts if part), 120)
