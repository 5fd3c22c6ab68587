"""What is read from a task for a person: names, spans and facts no single field holds.

Columns, the inspector, the search and the export read the same ones.
"""

import re

from rushes.core.account import Account
from rushes.core.columns import main_artifact as main_artifact
from rushes.core.columns import queue_time as queue_time
from rushes.core.columns import record_expires as record_expires
from rushes.core.columns import run_time as run_time
from rushes.core.columns import take_name
from rushes.core.eta import started_at
from rushes.core.naming import model_short as model_short
from rushes.core.task import ArtifactState, Task
from rushes.presentation import format as fmt
from rushes.presentation.untrusted import one_line, shown

#: "-2-0" in a model's name: two numbers of one digit, not a date.
_RELEASE = re.compile(r"-(\d)-(\d)(?!\d)")


def display_name(task: Task) -> str:
    """The user's name for it, else the first words of its prompt, else its id; fit to be shown."""
    return shown(take_name(task), 200)


def name_shown(task: Task, account: Account) -> str:
    """What a take is called where its id stands beside it: the user's name, the first words of its
    prompt, model and seed, or model or service and time (UTC)."""
    if task.mark.name or task.mark.prompt:
        return display_name(task)
    report = task.report
    model = model_title(report.model) if report.model else ""
    what = model or account.service.value
    if model and report.seed is not None:
        return f"{what} #{report.seed}"
    return f"{what} · {fmt.absolute(report.created_at or task.added_at)}"


def model_title(model: str) -> str:
    """``doubao-seedance-2-0-260128`` → "Seedance 2.0"; names of other kinds as they are."""
    short = model_short(model)
    if short.startswith("seed"):
        dotted = _RELEASE.sub(r" \1.\2", short)
        short = dotted.replace("-", " ").title()
    return one_line(short, 60)


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


def printed_line(task: Task, account: Account) -> str:
    """What a take was made with, on paper, where its age would soon be wrong: model, parameters,
    seed and date."""
    report = task.report
    parts = [
        model_title(report.model) if report.model else account.service.title,
        parameters(task),
        "" if report.seed is None else f"#{report.seed}",
        fmt.absolute(report.created_at or task.added_at)[:10],
    ]
    return " · ".join(part for part in parts if part)
