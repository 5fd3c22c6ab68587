"""How long a task takes, learnt from those that ended. Pure; nothing here is a promise.

The services tell no progress, so what is left is read off the run times this user has seen.
"""

from dataclasses import dataclass

from rushes.core.task import Status, Task

#: Nothing takes longer (contract 1.1: at most 3 days): such times are a clock's fault.
LONGEST_S = 7 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One task that succeeded, and how long it took.

    Attributes:
        total_s: From its creation to its end, waiting in the queue included.
        ran_s: Of that, without the queue; None where nobody saw it start.
    """

    model: str | None
    resolution: str | None
    duration_s: float | None
    total_s: float
    ran_s: float | None
    ended_at: float


def started_at(task: Task) -> float | None:
    """Since when `task` runs; None while it waits, and where nobody says.

    Ark tells the time of the last change of status only, which for a running task is its start.
    A gateway moves that time as it likes (contract, trap 25), but tells the start itself.
    """
    report = task.report
    if report.started_at is not None:
        return report.started_at
    is_first_hand = report.upstream_id is None and report.status is Status.RUNNING
    return report.updated_at if is_first_hand else None


def run_of(old: Task, new: Task) -> Run | None:
    """What a task that has just succeeded teaches; None for any other change."""
    report = new.report
    if new.status is not Status.SUCCEEDED or old.status is Status.SUCCEEDED:
        return None
    ended_at = report.finished_at or report.updated_at
    if report.created_at is None or ended_at is None:
        return None
    total_s = ended_at - report.created_at
    if not 0.0 < total_s <= LONGEST_S:
        return None
    started = started_at(new) or started_at(old)
    has_start = started is not None and report.created_at <= started < ended_at
    return Run(
        model=report.model,
        resolution=report.resolution,
        duration_s=report.duration_s,
        total_s=total_s,
        ran_s=ended_at - started if has_start and started is not None else None,
        ended_at=ended_at,
    )
